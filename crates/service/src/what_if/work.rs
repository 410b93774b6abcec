//! What-ifs that were asked for over our own API: kept, worked off one after the other, read and given up.

use jiff::Timestamp;
use serde_json::Value;
use store::{AttemptId, Ctx};
pub use store::{WhatIfRow, WhatIfState};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Proposal;
use crate::refused::Refused;
use crate::workers::{LEASE, PERIOD, woken};
use crate::{Caller, Service};

/// What-ifs of a tenant that may wait or run at once.
const UNFINISHED_MAX: u32 = 10;

/// A what-if as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// Id.
    pub id: Uuid,
    /// How far it is.
    pub state: WhatIfState,
    /// What is tried.
    pub proposal: Value,
    /// How many customers were passed.
    pub passed: u64,
    /// Of how many.
    pub customers: u64,
    /// What came of it.
    pub report: Option<Value>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl WhatIf {
    fn of(row: &WhatIfRow) -> Self {
        let read = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
        Self {
            id: row.id,
            state: row.state,
            proposal: read(&row.proposal),
            passed: row.passed,
            customers: row.customers,
            report: row.report.as_deref().map(read),
            created_at: row.created_at,
            ended_at: row.ended_at,
        }
    }
}

impl Service {
    /// Has something tried, in the background.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a version that there is not, [`Refused::Overloaded`] where too many wait.
    pub async fn ask_what_if(&self, caller: &Caller, proposal: &Proposal) -> Result<WhatIf, Refused> {
        for (list, hash) in &proposal.versions {
            let version = self.store().list_version(list, *hash).await?;
            version.filter(|version| version.is_seen_by(caller.tenant_id())).ok_or(Refused::NotFound)?;
        }
        let now = self.now();
        let id = onboarding::customer::Ids::next(&mut self.ids(now));
        let asked = proposal.to_json().to_string();
        if !self.store().add_what_if(&caller.ctx, id, asked.as_bytes(), UNFINISHED_MAX, now).await? {
            return Err(Refused::Overloaded);
        }
        self.what_if(caller, id).await
    }

    /// One of the tenant's.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn what_if(&self, caller: &Caller, id: Uuid) -> Result<WhatIf, Refused> {
        Ok(WhatIf::of(&self.store().what_if(&caller.ctx, id).await?.ok_or(Refused::NotFound)?))
    }

    /// The tenant's, the newest first, those before this one.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn what_ifs(&self, caller: &Caller, before: Option<Uuid>, limit: u32) -> Result<Vec<WhatIf>, Refused> {
        let before = before.unwrap_or(Uuid::max());
        Ok(self.store().what_ifs(&caller.ctx, before, limit).await?.iter().map(WhatIf::of).collect())
    }

    /// Gives one up that waits or runs. One that has ended stays as it is.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn cancel_what_if(&self, caller: &Caller, id: Uuid) -> Result<WhatIf, Refused> {
        self.store().cancel_what_if(&caller.ctx, id, self.now()).await?;
        self.what_if(caller, id).await
    }
}

pub(crate) async fn run(service: Service, stop: CancellationToken) {
    let nothing = Notify::new();
    while woken(&nothing, PERIOD, &stop).await {
        if let Err(error) = next(&service, &stop).await {
            tracing::warn!(error = %error, "A what-if could not be gone on with; it is tried again");
        }
    }
}

async fn next(service: &Service, stop: &CancellationToken) -> Result<(), Refused> {
    // Before the lists are there, everything would look gained.
    if service.lists_in_force().generation == 0 {
        return Ok(());
    }
    let Some((row, tenant, attempt)) = service.store().claim_what_if(service.now(), LEASE).await? else {
        return Ok(());
    };
    let ctx = Ctx::system(tenant);
    let kept: Value = serde_json::from_slice(&row.proposal).unwrap_or(Value::Null);
    let Some(proposal) = Proposal::from_json(&kept) else {
        return end(service, &ctx, row.id, attempt, WhatIfState::Failed, None).await;
    };
    let mut walk = match service.begin_what_if(tenant, &proposal).await {
        Err(Refused::NotFound) => return end(service, &ctx, row.id, attempt, WhatIfState::Failed, None).await,
        begun => begun?,
    };
    while walk.step(service).await? {
        let (passed, customers) = walk.passed();
        let now = service.now();
        let store = service.store();
        let goes_on = store.go_on_with_what_if(&ctx, row.id, attempt, (passed, customers), now, LEASE).await?;
        // Given up, taken over, or left for another node.
        if !goes_on || stop.is_cancelled() {
            return Ok(());
        }
    }
    let report = walk.report().to_json().to_string();
    end(service, &ctx, row.id, attempt, WhatIfState::Done, Some(report.as_bytes())).await
}

async fn end(
    service: &Service,
    ctx: &Ctx,
    id: Uuid,
    attempt: AttemptId,
    state: WhatIfState,
    report: Option<&[u8]>,
) -> Result<(), Refused> {
    Ok(service.store().end_what_if(ctx, id, attempt, state, report, service.now()).await?)
}
