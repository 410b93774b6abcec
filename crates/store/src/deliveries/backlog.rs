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

macro_rules! of {
    ($what:literal, $where:literal) => {
        concat!("(SELECT ", $what, " FROM deliveries WHERE tenant_id=$1 AND registration_id=$2 AND ", $where, ")")
    };
}

statements! {
    BACKLOG = sql(concat!(
        "SELECT ",
        of!("COUNT(*)", "state='pending'"),
        " AS waiting, ",
        of!("COUNT(*)", "state='pending' AND last_attempted_at IS NOT NULL"),
        " AS tried, ",
        of!("COUNT(*)", "state='failed'"),
        " AS failed, ",
        of!("last_attempted_at", "state='failed' ORDER BY id DESC LIMIT 1"),
        " AS last_attempted_at, ",
        of!("last_status", "state='failed' ORDER BY id DESC LIMIT 1"),
        " AS last_status",
    ));
    FAILED_RESEND = sql(
        "UPDATE deliveries SET state='pending', attempts=0, attempt_id=NULL, due_at=$1 \
         WHERE tenant_id=$2 AND registration_id=$3 AND state='failed'",
    );
}

impl Store {
    /// What this registration is owed.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn backlog(&self, ctx: &Ctx, registration: RegistrationId) -> Result<Backlog, StoreError> {
        let row = self.db().read_one(&BACKLOG, values![id(ctx.tenant.0), id(registration.0)]).await?;
        let row = row.ok_or(db::ReadError::NotOne)?;
        let row = Reader::named(&row, "deliveries", registration.0.to_string());
        Ok(Backlog {
            waiting: row.number("waiting")?,
            tried: row.number("tried")?,
            failed: row.number("failed")?,
            last_failed_at: row.opt_time("last_attempted_at")?,
            last_failed_status: row.opt_number("last_status")?,
        })
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
