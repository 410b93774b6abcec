//! Reads registrations: for their owners, and for the sealer, who reads none that is about somebody else.

use std::collections::BTreeSet;

use db::{Row, Sql, Value, sql, values};
use onboarding::EventKind;

use super::sealed::{self, Inside};
use super::{Interest, Registration, RegistrationFilter, RegistrationId, RegistrationMode, RegistrationState, Retries};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, count, id};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;

macro_rules! select {
    () => {
        "SELECT tenant_id, id, dialect, name, events, customer_id, mode, callback_url, format, retry_times, \
         retry_seconds, sealed, state, created_at, changed_at, version FROM registrations WHERE tenant_id=$1"
    };
}

statements! {
    REGISTRATION = sql(concat!(select!(), " AND id=$2 AND state <> 'deleted'"));
    REGISTRATION_NAMED = sql(concat!(select!(), " AND dialect=$2 AND name=$3 AND state <> 'deleted'"));
    INTERESTS = sql(
        "SELECT tenant_id, id, dialect, name, events, customer_id, mode, state FROM registrations \
         WHERE tenant_id=$1 AND customer_id IS NULL AND state <> 'deleted' ORDER BY id",
    );
    // Led by the few customers of whom something waits, however many registrations there are.
    INTERESTS_ABOUT = sql(
        "SELECT r.tenant_id, r.id, r.dialect, r.name, r.events, r.customer_id, r.mode, r.state FROM registrations r \
         WHERE (r.tenant_id, r.customer_id) IN (SELECT o.tenant_id, o.customer_id FROM outbox o \
         WHERE o.entry > $1 AND o.entry <= $2) AND r.state <> 'deleted' ORDER BY r.id",
    );
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

    /// The registration of this name in this dialect, unless it was deleted.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged.
    pub async fn registration_named(
        &self,
        ctx: &Ctx,
        dialect: &str,
        name: &str,
    ) -> Result<Option<Registration>, StoreError> {
        if name.contains('\0') {
            return Ok(None);
        }
        let keys = self.keys(ctx.tenant).await?;
        let row = self.db().read_one(&REGISTRATION_NAMED, values![id(ctx.tenant.0), dialect, name]).await?;
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
            ("name", filter.name.as_deref()),
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
        if let Some(customer) = filter.customer {
            values.push(id(customer.0));
            text.push_str(&format!(" AND customer_id=${}", values.len()));
        }
        values.extend([Value::from(limit), count(offset)]);
        text.push_str(&format!(" ORDER BY created_at, id LIMIT ${} OFFSET ${}", values.len() - 1, values.len()));
        self.db().read(&Sql::built(text), values).await?.iter().map(|row| read(row, &keys)).collect()
    }

    /// Who of the tenant wants to know of what, whomever it is about.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn interests(&self, ctx: &Ctx) -> Result<Vec<Interest>, StoreError> {
        self.db().read(&INTERESTS, values![id(ctx.tenant.0)]).await?.iter().map(interest).collect()
    }

    /// Who wants to know of those customers, of any tenant, of whom something waits in the outbox after entry `after`
    /// and not after entry `last`: each with the tenant, or what is wrong with the row.
    pub(crate) async fn interests_about(
        &self,
        after: i64,
        last: i64,
    ) -> Result<Vec<(onboarding::TenantId, Result<Interest, StoreError>)>, StoreError> {
        let rows = self.db().read(&INTERESTS_ABOUT, values![after, last]).await?;
        rows.iter().map(|row| Ok((Reader::new(row, "registrations", "id").tenant()?, interest(row)))).collect()
    }
}

fn interest(row: &Row) -> Result<Interest, StoreError> {
    let row = Reader::new(row, "registrations", "id");
    Ok(Interest {
        registration: RegistrationId(row.uuid("id")?),
        dialect: row.string("dialect")?,
        name: row.string("name")?,
        events: events(&row)?,
        customer: row.opt_customer("customer_id")?,
        mode: row.word("mode", RegistrationMode::parse)?,
        state: row.word("state", RegistrationState::parse)?,
    })
}

fn read(row: &Row, keys: &TenantKeys) -> Result<Registration, StoreError> {
    let row = Reader::new(row, "registrations", "id");
    let (tenant, dialect, name) = (row.tenant()?, row.string("dialect")?, row.string("name")?);
    let inside = match row.opt_bytes("sealed")? {
        None => Inside::default(),
        Some(bytes) => sealed::open(keys, tenant, &dialect, &name, bytes).map_err(|why| row.inconsistent(why))?,
    };
    let retries = row.opt_number("retry_times")?.zip(row.opt_number("retry_seconds")?);
    Ok(Registration {
        id: RegistrationId(row.uuid("id")?),
        tenant,
        dialect,
        name,
        events: events(&row)?,
        customer: row.opt_customer("customer_id")?,
        mode: row.word("mode", RegistrationMode::parse)?,
        callback_url: row.opt_string("callback_url")?,
        format: row.string("format")?,
        retries: retries.map(|(times, back_off_seconds)| Retries { times, back_off_seconds }),
        auth: inside.auth,
        secret: inside.secret,
        attributes: inside.attributes,
        state: row.word("state", RegistrationState::parse)?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
        version: row.number("version")?,
    })
}

fn events(row: &Reader<'_>) -> Result<BTreeSet<EventKind>, StoreError> {
    let words = row.text("events")?.split_terminator(',');
    words.map(|word| EventKind::parse(word).ok_or_else(|| row.inconsistent("events holds no known word"))).collect()
}
