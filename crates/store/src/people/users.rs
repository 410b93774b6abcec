//! Users, and how often somebody guessed their password wrong.

use std::fmt;

use db::{Batch, Expect, Row, sql, values};
use jiff::Timestamp;
use onboarding::{CustomerId, Pii, TenantId};
use uuid::Uuid;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::blind::Lookup;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::Place;
use crate::write::{Meaning, Statements};

statements! {
    USER_INSERT = sql(
        "INSERT INTO users (tenant_id, id, customer_id, email_token, failed_attempts, locked_until, created_at, sealed) \
         VALUES ($1, $2, $3, $4, 0, NULL, $5, $6)",
    );
    USER = sql(
        "SELECT tenant_id, id, customer_id, email_token, failed_attempts, locked_until, created_at, sealed FROM users \
         WHERE tenant_id=$1 AND id=$2",
    );
    // The attempt is counted before the password is looked at, so that attempts at the same time are counted as well:
    // whoever is past the bound finds the row locked. After a lock that has ended, counting starts anew.
    USER_ATTEMPT = sql(
        "UPDATE users SET failed_attempts = CASE WHEN locked_until IS NULL THEN failed_attempts+1 ELSE 1 END, \
         locked_until = CASE WHEN locked_until IS NULL AND failed_attempts+1 >= $1 THEN CAST($2 AS BIGINT) ELSE NULL END \
         WHERE tenant_id=$3 AND id=$4 AND (locked_until IS NULL OR locked_until <= $5) \
         RETURNING failed_attempts, locked_until",
    );
    USER_LOCK = sql("SELECT id, failed_attempts, locked_until FROM users WHERE tenant_id=$1 AND id=$2");
    USER_SIGNED_IN = sql(
        "UPDATE users SET failed_attempts=0, locked_until=NULL WHERE tenant_id=$1 AND id=$2",
    );
}

/// An Argon2id hash in the PHC text form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: Uuid,
    /// Which customer it is.
    pub customer: CustomerId,
    /// What the password must hash to.
    pub password: PasswordHash,
    /// Whether the address that was asked about is this user's.
    pub has_email: bool,
}

/// A user to be made with its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Id.
    pub id: Uuid,
    /// Which customer it is.
    pub customer: CustomerId,
    /// The address, unique in the tenant in whatever case.
    pub email: Pii<String>,
    /// What the password hashes to.
    pub password: PasswordHash,
}

/// What came of asking to try a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It may be tried, and counts as failed until it succeeds.
    Counted {
        /// How many have failed in a row, with this one.
        failed: u32,
        /// Until when nobody may try, if this one fails.
        locked_until: Option<Timestamp>,
    },
    /// Nobody may try until then.
    Locked {
        /// Until when.
        until: Timestamp,
    },
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(‹secret›)")
    }
}

impl Store {
    /// The user with this id, and whether this is its address.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged.
    pub async fn user(&self, ctx: &Ctx, user: Uuid, email: &Pii<String>) -> Result<Option<User>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let Some(row) = self.db().read_one(&USER, values![id(ctx.tenant.0), id(user)]).await? else { return Ok(None) };
        let row = Reader::new(&row, "users", "id");
        let opened = keys.seal.open(&place(ctx.tenant, &user), row.bytes("sealed")?);
        let opened = opened.map_err(|broken| row.inconsistent(broken.to_string()))?;
        let password = std::str::from_utf8(&opened).map_err(|_| row.inconsistent("its hash is no text"))?.to_owned();
        let asked = Lookup::Email(email.clone()).token(&keys.blind);
        let has_email = asked.is_some_and(|asked| row.bytes("email_token").is_ok_and(|known| known == asked));
        Ok(Some(User { id: user, customer: row.customer("customer_id")?, password: PasswordHash(password), has_email }))
    }

    /// Counts a try of a password as failed, before it is made, and locks the user when it is the `bound`-th in a row.
    /// `None` where there is no such user.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn attempt(
        &self,
        ctx: &Ctx,
        user: Uuid,
        bound: u32,
        lock_until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Attempt>, StoreError> {
        let mut batch = Batch::new();
        let update = values![bound, time(lock_until), id(ctx.tenant.0), id(user), time(now)];
        batch.add(&USER_ATTEMPT, update, Expect::AtMost(1));
        let results = self.db().write(batch).await?;
        if let Some(row) = results.iter().flat_map(|result| &result.rows).next() {
            let row = Reader::named(row, "users", user.to_string());
            let (failed, locked_until) = (row.number("failed_attempts")?, row.opt_time("locked_until")?);
            return Ok(Some(Attempt::Counted { failed, locked_until }));
        }
        let Some(row) = self.db().read_one(&USER_LOCK, values![id(ctx.tenant.0), id(user)]).await? else {
            return Ok(None);
        };
        // A lock that was lifted since is told as ending now: the next try is counted.
        let until = Reader::new(&row, "users", "id").opt_time("locked_until")?.unwrap_or(now);
        Ok(Some(Attempt::Locked { until }))
    }
}

pub(super) fn insert(
    ctx: &Ctx,
    keys: &TenantKeys,
    user: &NewUser,
    now: Timestamp,
    statements: &mut Statements,
) -> Result<(), StoreError> {
    let token = Lookup::Email(user.email.clone()).token(&keys.blind);
    let token = token.ok_or(StoreError::TooLarge { what: "an empty e-mail address" })?;
    let insert = values![
        id(ctx.tenant.0),
        id(user.id),
        id(user.customer.0),
        token,
        time(now),
        keys.seal.seal(&place(ctx.tenant, &user.id), user.password.0.as_bytes())
    ];
    statements.add(&USER_INSERT, insert, Expect::Rows(1), Meaning::User);
    Ok(())
}

/// The count of failures ends with a success.
pub(super) fn signed_in(ctx: &Ctx, user: Uuid, statements: &mut Statements) {
    statements.add(&USER_SIGNED_IN, values![id(ctx.tenant.0), id(user)], Expect::Rows(1), Meaning::Session);
}

fn place(tenant: TenantId, user: &Uuid) -> Place<'_> {
    Place { tenant, table: "users", row: user.as_bytes(), column: "sealed", version: 0 }
}

/// Reads a row of [`USER`] no further than whose it is.
pub(super) fn customer_of(row: &Row) -> Result<CustomerId, StoreError> {
    Reader::new(row, "users", "id").customer("customer_id")
}
