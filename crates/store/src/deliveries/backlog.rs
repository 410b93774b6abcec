//! What a registration is owed, in numbers, for whoever looks after the house; and what was given up, made due again.

use db::{Batch, Expect, sql, values};
use jiff::Timestamp;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::registrations::RegistrationId;
use crate::rows::{Reader, id, time};
use crate::statements::statements;

/// How what a registration is owed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Deliveries that are not settled: due, tried in vain, or held.
    pub waiting: u64,
    /// Of these, those that were tried before.
    pub tried: u64,
    /// Deliveries that were given up.
    pub failed: u64,
    /// When the newest of those that were given up was tried for the last time.
    pub last_failed_at: Option<Timestamp>,
    /// What it was answered with; nothing if there was no answer.
    pub last_failed_status: Option<u16>,
}

impl Backlog {
    /// Whether something does not arrive.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.tried > 0 || self.failed > 0
    }
}

// The times are named, which all such rows have, so that the indexes of what waits and of what failed are used.
statements! {
    WAITING = sql(
        "SELECT COUNT(*) AS waiting, COUNT(last_attempted_at) AS tried FROM deliveries \
         WHERE tenant_id=$1 AND registration_id=$2 AND state='pending' AND due_at >= 0",
    );
    FAILED = sql(
        "SELECT COUNT(*) AS failed FROM deliveries \
         WHERE tenant_id=$1 AND registration_id=$2 AND state='failed' AND last_attempted_at >= 0",
    );
    LAST_FAILED = sql(
        "SELECT last_attempted_at, last_status FROM deliveries WHERE tenant_id=$1 AND registration_id=$2 \
         AND state='failed' AND last_attempted_at >= 0 ORDER BY last_attempted_at DESC LIMIT 1",
    );
    FAILED_RESEND = sql(
        "UPDATE deliveries SET state='pending', attempts=0, attempt_id=NULL, due_at=$1 \
         WHERE tenant_id=$2 AND registration_id=$3 AND state='failed' AND last_attempted_at >= 0",
    );
}

impl Store {
    /// What this registration is owed.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn backlog(&self, ctx: &Ctx, registration: RegistrationId) -> Result<Backlog, StoreError> {
        let of = || values![id(ctx.tenant.0), id(registration.0)];
        let named = registration.0.to_string();
        let row = self.db().read_one(&WAITING, of()).await?.ok_or(db::ReadError::NotOne)?;
        let row = Reader::named(&row, "deliveries", named.clone());
        let (waiting, tried) = (row.number("waiting")?, row.number("tried")?);
        let row = self.db().read_one(&FAILED, of()).await?.ok_or(db::ReadError::NotOne)?;
        let failed = Reader::named(&row, "deliveries", named.clone()).number("failed")?;
        let mut backlog = Backlog { waiting, tried, failed, ..Backlog::default() };
        if let Some(row) = self.db().read_one(&LAST_FAILED, of()).await? {
            let row = Reader::named(&row, "deliveries", named);
            backlog.last_failed_at = row.opt_time("last_attempted_at")?;
            backlog.last_failed_status = row.opt_number("last_status")?;
        }
        Ok(backlog)
    }

    /// Makes everything due again, from the first try on, that was given up for this registration. Says how much it was.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn resend_failed(
        &self,
        ctx: &Ctx,
        registration: RegistrationId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&FAILED_RESEND, values![time(now), id(ctx.tenant.0), id(registration.0)], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }
}
