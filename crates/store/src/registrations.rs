//! Registrations: who wants to know of which event.
//!
//! A deleted registration stays as a row without an address or password, so that what it was owed can still be read.

use db::{Expect, Row, Sql, Value, sql, values};
use jiff::Timestamp;
use onboarding::{EventKind, Pii, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::Place;
use crate::write::{Meaning, Statements};

macro_rules! select {
    () => {
        "SELECT tenant_id, id, dialect, event, wire_name, mode, callback_url, format, auth, state, created_at, \
         changed_at, version FROM registrations WHERE tenant_id=$1"
    };
}

statements! {
    REGISTRATION_INSERT = sql(
        "INSERT INTO registrations (tenant_id, id, dialect, event, wire_name, mode, callback_url, format, auth, state, \
         created_at, changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    );
    REGISTRATION_UPDATE = sql(
        "UPDATE registrations SET event=$1, wire_name=$2, mode=$3, callback_url=$4, format=$5, auth=$6, state=$7, \
         changed_at=$8, version=$9 WHERE tenant_id=$10 AND id=$11 AND version=$12 AND state <> 'deleted'",
    );
    REGISTRATION_DELETE = sql(
        "UPDATE registrations SET callback_url=NULL, auth=NULL, state='deleted', changed_at=$1, version=version+1 \
         WHERE tenant_id=$2 AND id=$3 AND version=$4 AND state <> 'deleted'",
    );
    HELD_MAKE_DUE = sql(
        "UPDATE deliveries SET due_at=$1 WHERE tenant_id=$2 AND registration_id=$3 AND state='pending' \
         AND attempt_id IS NULL AND due_at > $1",
    );
    REGISTRATION = sql(concat!(select!(), " AND id=$2 AND state <> 'deleted'"));
    INTERESTS = sql(
        "SELECT id, dialect, wire_name, event, mode, state FROM registrations \
         WHERE tenant_id=$1 AND state <> 'deleted' ORDER BY id",
    );
}

/// The id of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistrationId(pub Uuid);

/// Somebody's wish to know of one kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// Whose.
    pub tenant: TenantId,
    /// The dialect it was made in.
    pub dialect: String,
    /// The event, in the journal's words.
    pub event: EventKind,
    /// The event's name in the dialect; one registration each.
    pub wire_name: String,
    /// Sent or fetched.
    pub mode: RegistrationMode,
    /// Where to, when it is sent.
    pub callback_url: Option<String>,
    /// How much is said, in the dialect's word.
    pub format: String,
    /// HTTP Basic user and password for the callback. Sealed.
    pub auth: Option<(String, Pii<String>)>,
    /// Whether it is served.
    pub state: RegistrationState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Raised by every change.
    pub version: u64,
}

/// How events reach who registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationMode {
    /// Sent to the callback.
    Push,
    /// Fetched.
    Poll,
}

/// Whether a registration is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationState {
    /// It is.
    Active,
    /// Nothing is sent until it is restarted; what it is owed is held.
    Suspended,
}

/// Which registrations are meant: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistrationFilter {
    /// Made in this dialect.
    pub dialect: Option<String>,
    /// For this event, by its name in the dialect.
    pub wire_name: Option<String>,
    /// To this address.
    pub callback_url: Option<String>,
    /// In this mode.
    pub mode: Option<RegistrationMode>,
    /// In this state.
    pub state: Option<RegistrationState>,
}

/// As much of a registration as the sealer needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// Which registration.
    pub registration: RegistrationId,
    /// The dialect it was made in.
    pub dialect: String,
    /// The event's name in the dialect.
    pub wire_name: String,
    /// In which event.
    pub event: EventKind,
    /// How it is told.
    pub mode: RegistrationMode,
    /// Whether it is told now.
    pub state: RegistrationState,
}

impl RegistrationMode {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Poll => "poll",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Push, Self::Poll].into_iter().find(|mode| mode.as_str() == text)
    }
}

impl RegistrationState {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|state| state.as_str() == text)
    }
}

/// What a write does to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Create,
    Change,
    Restart,
    Delete,
}

impl Store {
    /// One registration of the tenant that was not deleted.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged.
    pub async fn registration(
        &self,
        ctx: &Ctx,
        registration: RegistrationId,
    ) -> Result<Option<Registration>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let row = self.db().read_one(&REGISTRATION, values![id(ctx.tenant.0), id(registration.0)]).await?;
        row.map(|row| read(&row, &keys)).transpose()
    }

    /// The tenant's registrations that fit the filter, oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn registrations(
        &self,
        ctx: &Ctx,
        filter: &RegistrationFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<Registration>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let mut text = concat!(select!(), " AND state <> 'deleted'").to_owned();
        let mut values = values![id(ctx.tenant.0)];
        let conditions: [(&str, Option<&str>); 5] = [
            ("dialect", filter.dialect.as_deref()),
            ("wire_name", filter.wire_name.as_deref()),
            ("callback_url", filter.callback_url.as_deref()),
            ("mode", filter.mode.map(RegistrationMode::as_str)),
            ("state", filter.state.map(RegistrationState::as_str)),
        ];
        for (column, value) in conditions {
            if let Some(value) = value {
                if value.contains('\0') {
                    return Ok(Vec::new());
                }
                values.push(value.into());
                text.push_str(&format!(" AND {column}=${}", values.len()));
            }
        }
        values.extend([Value::from(limit), count(offset)]);
        text.push_str(&format!(" ORDER BY created_at, id LIMIT ${} OFFSET ${}", values.len() - 1, values.len()));
        self.db().read(&Sql::built(text), values).await?.iter().map(|row| read(row, &keys)).collect()
    }

    /// Who of the tenant wants to know of what.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn interests(&self, ctx: &Ctx) -> Result<Vec<Interest>, StoreError> {
        let rows = self.db().read(&INTERESTS, values![id(ctx.tenant.0)]).await?;
        let interest = |row: &Row| {
            let row = Reader::new(row, "registrations", "id");
            Ok(Interest {
                registration: RegistrationId(row.uuid("id")?),
                dialect: row.string("dialect")?,
                wire_name: row.string("wire_name")?,
                event: row.word("event", EventKind::parse)?,
                mode: row.word("mode", RegistrationMode::parse)?,
                state: row.word("state", RegistrationState::parse)?,
            })
        };
        rows.iter().map(interest).collect()
    }
}

/// Adds what is done to a registration.
pub(crate) fn put(ctx: &Ctx, keys: &TenantKeys, registration: &Registration, step: Step, statements: &mut Statements) {
    let meaning = Meaning::Registration;
    match step {
        Step::Create => {
            let insert = values![
                id(ctx.tenant.0),
                id(registration.id.0),
                &registration.dialect,
                registration.event.as_str(),
                &registration.wire_name,
                registration.mode.as_str(),
                registration.callback_url.as_ref(),
                &registration.format,
                seal_auth(ctx, keys, registration),
                registration.state.as_str(),
                time(registration.created_at),
                time(registration.changed_at),
                count(registration.version)
            ];
            statements.add(&REGISTRATION_INSERT, insert, Expect::Rows(1), meaning);
        }
        Step::Change | Step::Restart => {
            let update = values![
                registration.event.as_str(),
                &registration.wire_name,
                registration.mode.as_str(),
                registration.callback_url.as_ref(),
                &registration.format,
                seal_auth(ctx, keys, registration),
                registration.state.as_str(),
                time(registration.changed_at),
                count(registration.version),
                id(ctx.tenant.0),
                id(registration.id.0),
                count(registration.version.saturating_sub(1))
            ];
            statements.add(&REGISTRATION_UPDATE, update, Expect::Rows(1), meaning);
            if step == Step::Restart {
                let due = values![time(registration.changed_at), id(ctx.tenant.0), id(registration.id.0)];
                statements.add(&HELD_MAKE_DUE, due, Expect::Any, meaning);
            }
        }
        Step::Delete => {
            let delete = values![
                time(registration.changed_at),
                id(ctx.tenant.0),
                id(registration.id.0),
                count(registration.version)
            ];
            statements.add(&REGISTRATION_DELETE, delete, Expect::Rows(1), meaning);
        }
    }
}

#[derive(Serialize, Deserialize)]
struct AuthV1 {
    v: u32,
    user: String,
    password: String,
}

fn seal_auth(ctx: &Ctx, keys: &TenantKeys, registration: &Registration) -> Option<Vec<u8>> {
    let (user, password) = registration.auth.as_ref()?;
    let document = AuthV1 { v: 1, user: user.clone(), password: password.0.clone() };
    let json = zeroize::Zeroizing::new(serde_json::to_vec(&document).expect("two texts are JSON"));
    Some(keys.seal.seal(&place(ctx.tenant, &registration.id), &json))
}

/// Not bound to the row's version: a suspension changes the version and cannot seal the password anew.
fn place(tenant: TenantId, registration: &RegistrationId) -> Place<'_> {
    Place { tenant, table: "registrations", row: registration.0.as_bytes(), column: "auth", version: 0 }
}

fn read(row: &Row, keys: &TenantKeys) -> Result<Registration, StoreError> {
    let row = Reader::new(row, "registrations", "id");
    let (tenant, registration) = (row.tenant()?, RegistrationId(row.uuid("id")?));
    let auth = match row.opt_bytes("auth")? {
        None => None,
        Some(sealed) => {
            let json = keys.seal.open(&place(tenant, &registration), sealed);
            let json = json.map_err(|broken| row.inconsistent(broken.to_string()))?;
            let auth: Option<AuthV1> = serde_json::from_slice(&json).ok().filter(|auth: &AuthV1| auth.v == 1);
            let auth = auth.ok_or_else(|| row.inconsistent("its auth does not read"))?;
            Some((auth.user, Pii(auth.password)))
        }
    };
    Ok(Registration {
        id: registration,
        tenant,
        dialect: row.string("dialect")?,
        event: row.word("event", EventKind::parse)?,
        wire_name: row.string("wire_name")?,
        mode: row.word("mode", RegistrationMode::parse)?,
        callback_url: row.opt_string("callback_url")?,
        format: row.string("format")?,
        auth,
        state: row.word("state", RegistrationState::parse)?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
        version: row.number("version")?,
    })
}
