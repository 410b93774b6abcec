//! Tokens that prove an e-mail address: one a user, so that a new one ends the one before.

use db::{Batch, Expect, sql, values};
use jiff::Timestamp;
use onboarding::CustomerId;
use uuid::Uuid;

use super::users;
use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{id, time};
use crate::statements::statements;
use crate::write::{Meaning, Statements};

statements! {
    EMAIL_TOKEN_PUT = sql(
        "INSERT INTO email_tokens (tenant_id, user_id, hash, expires_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, user_id) DO UPDATE SET hash=excluded.hash, expires_at=excluded.expires_at",
    );
    EMAIL_TOKEN_USE = sql(
        "DELETE FROM email_tokens WHERE tenant_id=$1 AND user_id=$2 AND hash=$3 AND expires_at > $4",
    );
    EMAIL_TOKEN_VOID = sql("DELETE FROM email_tokens WHERE tenant_id=$1 AND user_id=$2");
    EMAIL_TOKENS_PURGE = sql(
        "DELETE FROM email_tokens WHERE (tenant_id, user_id) IN \
         (SELECT tenant_id, user_id FROM email_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    );
    EMAIL_USER = sql("SELECT tenant_id, id, customer_id FROM users WHERE tenant_id=$1 AND id=$2");
}

impl Store {
    /// Keeps the hash of a user's token in the place of the one before.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn put_email_token(
        &self,
        ctx: &Ctx,
        user: Uuid,
        hash: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.add(&EMAIL_TOKEN_PUT, values![id(ctx.tenant.0), id(user), hash, time(expires_at)], Expect::Rows(1));
        self.db().write(batch).await?;
        Ok(())
    }

    /// Which customer a user is.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn customer_of_user(&self, ctx: &Ctx, user: Uuid) -> Result<Option<CustomerId>, StoreError> {
        let row = self.db().read_one(&EMAIL_USER, values![id(ctx.tenant.0), id(user)]).await?;
        row.as_ref().map(users::customer_of).transpose()
    }

    /// Forgets at most `limit` tokens that have expired, and says how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn purge_email_tokens(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&EMAIL_TOKENS_PURGE, values![time(now), limit], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }
}

/// A token is used up, together with what it proves.
pub(super) fn take(ctx: &Ctx, user: Uuid, hash: [u8; 32], now: Timestamp, statements: &mut Statements) {
    let delete = values![id(ctx.tenant.0), id(user), hash, time(now)];
    statements.add(&EMAIL_TOKEN_USE, delete, Expect::Rows(1), Meaning::EmailToken);
}

/// Whatever token there is proves nothing any more.
pub(super) fn void(ctx: &Ctx, user: Uuid, statements: &mut Statements) {
    statements.add(&EMAIL_TOKEN_VOID, values![id(ctx.tenant.0), id(user)], Expect::AtMost(1), Meaning::EmailToken);
}
