//! What-ifs: comparisons of what is in force with what could be, kept with what came of them.
//!
//! One is leased to the node that works on it; whose node dies is begun anew by another. What is tried and what came of it
//! are sealed: they tell which customer looks like which listed party.

use db::{Batch, Expect, Row, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::TenantId;
use uuid::Uuid;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::jobs::AttemptId;
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::Place;

macro_rules! columns {
    () => {
        "tenant_id, id, state, sealed, passed, customers, sealed_report, created_at, ended_at"
    };
}

statements! {
    WHAT_IF_ADD = sql(
        "INSERT INTO what_ifs (tenant_id, id, state, sealed, passed, customers, created_at, leased_until) \
         SELECT $1, $2, 'waiting', $3, 0, 0, $4, 0 WHERE (SELECT count(*) FROM what_ifs \
         WHERE tenant_id=$1 AND state IN ('waiting', 'running')) < $5",
    );
    WHAT_IFS_FORGET = sql("DELETE FROM what_ifs WHERE tenant_id=$1 AND ended_at < $2");
    WHAT_IF = sql(concat!("SELECT ", columns!(), " FROM what_ifs WHERE tenant_id=$1 AND id=$2"));
    WHAT_IFS = sql(concat!("SELECT ", columns!(), " FROM what_ifs WHERE tenant_id=$1 AND id < $2 ORDER BY id DESC LIMIT $3"));
    WHAT_IF_CANCEL = sql(
        "UPDATE what_ifs SET state='cancelled', ended_at=$1, attempt_id=NULL \
         WHERE tenant_id=$2 AND id=$3 AND state IN ('waiting', 'running')",
    );
    // The oldest that waits, or whose node has gone; of no tenant in particular.
    WHAT_IF_CLAIM = sql(concat!(
        "UPDATE what_ifs SET state='running', attempt_id=$1, leased_until=$2, passed=0 WHERE id=(SELECT id FROM what_ifs \
         WHERE state IN ('waiting', 'running') AND leased_until <= $3 ORDER BY id LIMIT 1) \
         AND leased_until <= $3 AND state IN ('waiting', 'running') RETURNING ", columns!()
    ));
    WHAT_IF_GO_ON = sql(
        "UPDATE what_ifs SET passed=$1, customers=$2, leased_until=$3 \
         WHERE tenant_id=$4 AND id=$5 AND attempt_id=$6 AND state='running'",
    );
    WHAT_IF_END = sql(
        "UPDATE what_ifs SET state=$1, sealed_report=$2, ended_at=$3, attempt_id=NULL \
         WHERE tenant_id=$4 AND id=$5 AND attempt_id=$6 AND state='running'",
    );
}

/// How long one that has ended is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How far a what-if is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatIfState {
    /// Nobody has begun.
    Waiting,
    /// Under way.
    Running,
    /// There is a report.
    Done,
    /// Given up.
    Cancelled,
    /// It cannot be done: a version that was named is gone.
    Failed,
}

impl WhatIfState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Cancelled, Self::Failed];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A what-if as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfRow {
    /// Id.
    pub id: Uuid,
    /// How far it is.
    pub state: WhatIfState,
    /// What is tried, as whoever asked wrote it.
    pub proposal: Vec<u8>,
    /// How many customers were passed.
    pub passed: u64,
    /// Of how many.
    pub customers: u64,
    /// What came of it.
    pub report: Option<Vec<u8>>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// Keeps a what-if to be worked on. `false` where the tenant has as many unfinished ones as it may.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn add_what_if(
        &self,
        ctx: &Ctx,
        what_if: Uuid,
        proposal: &[u8],
        unfinished_max: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let sealed = keys.seal.seal(&place(&ctx.tenant, &what_if, "sealed"), proposal);
        let mut batch = Batch::new();
        let ended = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        batch.add(&WHAT_IFS_FORGET, values![id(ctx.tenant.0), time(ended)], Expect::Any);
        let add = values![id(ctx.tenant.0), id(what_if), sealed, time(now), unfinished_max];
        batch.add(&WHAT_IF_ADD, add, Expect::Rows(1));
        written(self.db().write(batch).await)
    }

    /// One of the tenant's.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] where a seal does not hold.
    pub async fn what_if(&self, ctx: &Ctx, what_if: Uuid) -> Result<Option<WhatIfRow>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let row = self.db().read_one(&WHAT_IF, values![id(ctx.tenant.0), id(what_if)]).await?;
        row.map(|row| read(&row, &keys)).transpose()
    }

    /// The tenant's before this one, the newest first.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] where a seal does not hold.
    pub async fn what_ifs(&self, ctx: &Ctx, before: Uuid, limit: u32) -> Result<Vec<WhatIfRow>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let rows = self.db().read(&WHAT_IFS, values![id(ctx.tenant.0), id(before), limit]).await?;
        rows.iter().map(|row| read(row, &keys)).collect()
    }

    /// Gives one up that has not ended; whether there was one.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn cancel_what_if(&self, ctx: &Ctx, what_if: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        batch.add(&WHAT_IF_CANCEL, values![time(now), id(ctx.tenant.0), id(what_if)], Expect::Rows(1));
        written(self.db().write(batch).await)
    }

    /// Leases the oldest that waits, of whatever tenant.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn claim_what_if(
        &self,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<(WhatIfRow, TenantId, AttemptId)>, StoreError> {
        let attempt = AttemptId::random();
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let mut batch = Batch::new();
        batch.add(&WHAT_IF_CLAIM, values![attempt.0, time(until), time(now)], Expect::AtMost(1));
        let results = self.db().write(batch).await?;
        let Some(row) = results.iter().flat_map(|result| &result.rows).next() else { return Ok(None) };
        let tenant = Reader::new(row, "what_ifs", "id").tenant()?;
        let keys = self.keys(tenant).await?;
        Ok(Some((read(row, &keys)?, tenant, attempt)))
    }

    /// Notes how far it is: past so many customers, of so many. `false` when it was given up, or the lease was lost.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn go_on_with_what_if(
        &self,
        ctx: &Ctx,
        what_if: Uuid,
        attempt: AttemptId,
        (passed, customers): (u64, u64),
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<bool, StoreError> {
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let mut batch = Batch::new();
        let step = values![count(passed), count(customers), time(until), id(ctx.tenant.0), id(what_if), attempt.0];
        batch.add(&WHAT_IF_GO_ON, step, Expect::Rows(1));
        written(self.db().write(batch).await)
    }

    /// Ends it. Nothing happens when it was given up meanwhile.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn end_what_if(
        &self,
        ctx: &Ctx,
        what_if: Uuid,
        attempt: AttemptId,
        state: WhatIfState,
        report: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let sealed = report.map(|report| keys.seal.seal(&place(&ctx.tenant, &what_if, "sealed_report"), report));
        let mut batch = Batch::new();
        let end = values![state.as_str(), sealed, time(now), id(ctx.tenant.0), id(what_if), attempt.0];
        batch.add(&WHAT_IF_END, end, Expect::AtMost(1));
        self.db().write(batch).await?;
        Ok(())
    }
}

fn place<'a>(tenant: &'a TenantId, what_if: &'a Uuid, column: &'static str) -> Place<'a> {
    Place { tenant: *tenant, table: "what_ifs", row: what_if.as_bytes(), column, version: 1 }
}

fn written(written: Result<Vec<db::StatementResult>, db::WriteError>) -> Result<bool, StoreError> {
    match written {
        Ok(_) => Ok(true),
        Err(db::WriteError::Expectation { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn read(row: &Row, keys: &TenantKeys) -> Result<WhatIfRow, StoreError> {
    let row = Reader::new(row, "what_ifs", "id");
    let (tenant, what_if) = (row.tenant()?, row.uuid("id")?);
    let opened = |column: &'static str, sealed: &[u8]| {
        let opened = keys.seal.open(&place(&tenant, &what_if, column), sealed);
        opened.map(|opened| opened.to_vec()).map_err(|_| row.inconsistent("the seal does not hold"))
    };
    Ok(WhatIfRow {
        id: what_if,
        state: row.word("state", WhatIfState::parse)?,
        proposal: opened("sealed", row.bytes("sealed")?)?,
        passed: row.number("passed")?,
        customers: row.number("customers")?,
        report: row.opt_bytes("sealed_report")?.map(|sealed| opened("sealed_report", sealed)).transpose()?,
        created_at: row.time("created_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}
