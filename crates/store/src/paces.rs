//! The pace of a sender: not twice about the same of its customers within a time. A row for each of the sender's own
//! customer ids, by its keyed token, says which customer of ours it is and when something was last accepted about it.
//!
//! The row is written in the transaction of what is accepted, on the condition that enough time has passed since the
//! last: however many nodes and requests there are at once, one of them finds it so.

use db::{Expect, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::{CustomerId, Pii};

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::blind::Lookup;
use crate::vault::keyring::TenantKeys;
use crate::write::{Meaning, Statements};

statements! {
    PACE_KEEP = sql(
        "INSERT INTO paces (tenant_id, token, customer_id, accepted_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, token) DO UPDATE SET accepted_at=excluded.accepted_at \
         WHERE paces.accepted_at <= $5 AND paces.customer_id=excluded.customer_id",
    );
    PACE = sql("SELECT customer_id, accepted_at FROM paces WHERE tenant_id=$1 AND token=$2");
}

/// That something is accepted about one of a sender's customers, and how long before nothing may have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// The sender's own id for the customer.
    pub external_id: Pii<String>,
    /// Which customer of ours it is.
    pub customer: CustomerId,
    /// When it came in.
    pub at: Timestamp,
    /// Least time since the last that was accepted.
    pub apart: SignedDuration,
}

/// What was last accepted about one of a sender's customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastAccepted {
    /// Which customer of ours it is.
    pub customer: CustomerId,
    /// When it came in.
    pub at: Timestamp,
}

impl Store {
    /// What was last accepted under this id of the sender's.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn last_accepted(
        &self,
        ctx: &Ctx,
        external_id: &Pii<String>,
    ) -> Result<Option<LastAccepted>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let Some(token) = Lookup::ClientIdentifier(external_id.clone()).token(&keys.blind) else { return Ok(None) };
        let row = self.db().read_one(&PACE, values![id(ctx.tenant.0), token]).await?;
        let row = row.as_ref().map(|row| Reader::new(row, "paces", "customer_id"));
        row.map(|row| Ok(LastAccepted { customer: row.customer("customer_id")?, at: row.time("accepted_at")? }))
            .transpose()
    }
}

/// Adds the condition to a write; an id without a character to look for has no pace.
pub(crate) fn keep(ctx: &Ctx, keys: &TenantKeys, pace: &Pace, statements: &mut Statements) {
    let Some(token) = Lookup::ClientIdentifier(pace.external_id.clone()).token(&keys.blind) else { return };
    let before = pace.at.saturating_sub(pace.apart).unwrap_or(Timestamp::MIN);
    let keep = values![id(ctx.tenant.0), token, id(pace.customer.0), time(pace.at), time(before)];
    statements.add(&PACE_KEEP, keep, Expect::Rows(1), Meaning::Pace);
}
