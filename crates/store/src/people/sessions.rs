//! Sessions: asked on every use of a token, so that one that is ended is refused at once.

use db::{Batch, Expect, sql, values};
use jiff::Timestamp;
use onboarding::CustomerId;
use uuid::Uuid;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::write::{Meaning, Statements};

statements! {
    SESSION_INSERT = sql(
        "INSERT INTO sessions (hash, tenant_id, user_id, customer_id, created_at, expires_at, ended_at) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL)",
    );
    SESSION = sql(
        "SELECT hash, tenant_id, user_id, customer_id, expires_at FROM sessions \
         WHERE tenant_id=$1 AND hash=$2 AND ended_at IS NULL",
    );
    SESSION_END = sql(
        "UPDATE sessions SET ended_at=$1 \
         WHERE tenant_id=$2 AND hash=$3 AND user_id=$4 AND ended_at IS NULL AND expires_at > $5",
    );
    SESSIONS_END = sql("UPDATE sessions SET ended_at=$1 WHERE tenant_id=$2 AND user_id=$3 AND ended_at IS NULL");
    SESSIONS_PURGE = sql(
        "DELETE FROM sessions WHERE hash IN \
         (SELECT hash FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    );
}

/// A session in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of its id.
    pub hash: [u8; 32],
    /// Whose.
    pub user: Uuid,
    /// Which customer that is.
    pub customer: CustomerId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl Store {
    /// The session with this hash, unless it was ended. Whether it has expired is for the caller to see.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn session(&self, ctx: &Ctx, hash: [u8; 32]) -> Result<Option<Session>, StoreError> {
        let Some(row) = self.db().read_one(&SESSION, values![id(ctx.tenant.0), hash]).await? else { return Ok(None) };
        let row = Reader::new(&row, "sessions", "hash");
        let (user, customer) = (row.uuid("user_id")?, row.customer("customer_id")?);
        Ok(Some(Session { hash, user, customer, expires_at: row.time("expires_at")? }))
    }

    /// Ends a session of the user. Says whether it was in force.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn end_session(&self, ctx: &Ctx, user: Uuid, hash: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        let update = values![time(now), id(ctx.tenant.0), hash, id(user), time(now)];
        batch.add(&SESSION_END, update, Expect::AtMost(1));
        Ok(self.db().write(batch).await?.iter().any(|result| result.rows_affected == 1))
    }

    /// Ends every session of a user, and says how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn end_sessions(&self, ctx: &Ctx, user: Uuid, now: Timestamp) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&SESSIONS_END, values![time(now), id(ctx.tenant.0), id(user)], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }

    /// Forgets at most `limit` sessions that have expired, and says how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn purge_sessions(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&SESSIONS_PURGE, values![time(now), limit], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }
}

pub(super) fn insert(ctx: &Ctx, session: &Session, now: Timestamp, statements: &mut Statements) {
    let insert = values![
        session.hash,
        id(ctx.tenant.0),
        id(session.user),
        id(session.customer.0),
        time(now),
        time(session.expires_at)
    ];
    statements.add(&SESSION_INSERT, insert, Expect::Rows(1), Meaning::Session);
}
