//! Bringing every customer up to a generation of lists, and the ledger that says who is.
//!
//! A customer is covered by a generation when it was screened against it or a later one, or when a pass to it found that
//! nothing that changed concerns the customer. Whom something may concern has to be screened against that generation
//! (`due_generation`), and is behind until it was: whatever a crash or a node with older lists leaves behind is found by
//! comparing the two numbers.

use db::{Batch, Expect, Row, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::changes::Work;
use onboarding::{CustomerId, TenantId};

use crate::context::Ctx;
use crate::error::StoreError;
use crate::jobs::{self, AttemptId};
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;

statements! {
    PASS_BEGIN = sql(
        "INSERT INTO rescreenings (generation, since, state, looked_at, made_due, started_at, leased_until) \
         VALUES ($1, $2, 'running', 0, 0, $3, 0) ON CONFLICT (generation) DO NOTHING",
    );
    PASSES_SUPERSEDE = sql("UPDATE rescreenings SET state='superseded' WHERE state='running' AND generation < $1");
    PASS_CLAIM = sql(
        "UPDATE rescreenings SET attempt_id=$1, leased_until=$2 WHERE state='running' AND leased_until <= $3 \
         RETURNING generation, since, state, tenant_id, customer_id, looked_at, made_due, started_at, finished_at",
    );
    PASS_GO_ON = sql(
        "UPDATE rescreenings SET tenant_id=$1, customer_id=$2, looked_at=looked_at+$3, made_due=made_due+$4, \
         leased_until=$5 WHERE generation=$6 AND attempt_id=$7 AND state='running'",
    );
    PASS_END = sql(
        "UPDATE rescreenings SET state='done', finished_at=$1, attempt_id=NULL \
         WHERE generation=$2 AND attempt_id=$3 AND state='running'",
    );
    PASSES = sql(
        "SELECT generation, since, state, tenant_id, customer_id, looked_at, made_due, started_at, finished_at \
         FROM rescreenings ORDER BY generation DESC LIMIT $1",
    );
    WHOLE_AT = sql(
        "SELECT finished_at FROM rescreenings WHERE since=0 AND state='done' ORDER BY generation DESC LIMIT 1",
    );
    PASSES_BEFORE = sql(
        "SELECT generation, since, state, tenant_id, customer_id, looked_at, made_due, started_at, finished_at \
         FROM rescreenings WHERE generation < $1 ORDER BY generation DESC LIMIT $2",
    );
    DUE_RAISE = sql(
        "UPDATE customers SET due_generation=$1 WHERE tenant_id=$2 AND id=$3 AND due_generation < $1 \
         AND screened_generation < $1",
    );
    BEHIND = sql(
        "SELECT c.tenant_id, c.id, c.screened_generation, c.due_generation FROM customers c \
         WHERE c.tenant_id=$1 AND c.id > $2 AND c.screened_generation < c.due_generation ORDER BY c.id LIMIT $3",
    );
    STRANDED = sql(
        "SELECT c.tenant_id, c.id, c.screened_generation, c.due_generation FROM customers c \
         WHERE c.tenant_id=$1 AND c.screened_generation < c.due_generation AND NOT EXISTS (SELECT 1 FROM jobs j \
         WHERE j.tenant_id=c.tenant_id AND j.customer_id=c.id AND j.kind='screen') ORDER BY c.id LIMIT $2",
    );
    ALL = sql("SELECT CAST(count(*) AS BIGINT) AS n FROM customers WHERE tenant_id=$1");
    // Screened against an older one, and either not looked at yet (behind the pass) or found and not screened yet.
    UNCOVERED = sql(
        "SELECT c.tenant_id, c.id, c.screened_generation, c.due_generation FROM customers c WHERE c.tenant_id=$1 \
         AND c.id > $2 AND c.screened_generation < $3 \
         AND (c.id > $4 OR c.screened_generation < c.due_generation OR c.screened_generation = 0) ORDER BY c.id LIMIT $5",
    );
    UNCOVERED_COUNT = sql(
        "SELECT CAST(count(*) AS BIGINT) AS n FROM customers c WHERE c.tenant_id=$1 AND c.screened_generation < $2 \
         AND (c.id > $3 OR c.screened_generation < c.due_generation OR c.screened_generation = 0)",
    );
}

/// One way through all customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The generation that it brings every customer up to.
    pub generation: u64,
    /// What changed since this one is asked about; 0 where everybody is screened whole.
    pub since: u64,
    /// How far it is.
    pub state: PassState,
    /// The last customer that was looked at, in the order of tenants and ids.
    pub after: Option<(TenantId, CustomerId)>,
    /// How many were looked at.
    pub looked_at: u64,
    /// How many of them have to be screened.
    pub made_due: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// How far a pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassState {
    /// Under way, or waiting for a node to go on with it.
    Running,
    /// Every customer was looked at.
    Done,
    /// A newer one looks at everything that it would have.
    Superseded,
}

/// How many customers of a tenant are covered by a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// All of them.
    pub customers: u64,
    /// Those that are not yet.
    pub uncovered: u64,
}

/// A customer that has to be screened against newer lists than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    /// Who.
    pub customer: CustomerId,
    /// What it was screened against; 0 for nothing yet.
    pub screened: u64,
    /// What it has to be.
    pub due: u64,
}

impl PassState {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Superseded => "superseded",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Superseded].into_iter().find(|state| state.as_str() == text)
    }
}

impl Store {
    /// Begins a pass; one to an older generation that still runs is superseded by it. Nothing happens if it was begun.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn begin_pass(&self, generation: u64, since: u64, now: Timestamp) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.add(&PASSES_SUPERSEDE, values![count(generation)], Expect::Any);
        batch.add(&PASS_BEGIN, values![count(generation), count(since), time(now)], Expect::AtMost(1));
        self.db().write(batch).await?;
        Ok(())
    }

    /// Leases the running pass, if nobody holds it.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn claim_pass(
        &self,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<(Pass, AttemptId)>, StoreError> {
        let attempt = AttemptId::random();
        let mut batch = Batch::new();
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        batch.add(&PASS_CLAIM, values![attempt.0, time(until), time(now)], Expect::AtMost(1));
        let results = self.db().write(batch).await?;
        let row = results.iter().flat_map(|result| &result.rows).next();
        Ok(row.map(pass).transpose()?.map(|pass| (pass, attempt)))
    }

    /// Notes that all customers up to the last one were looked at, and makes those that may be concerned due: both or
    /// neither. `false` when the lease was lost or the pass superseded.
    ///
    /// # Errors
    /// What the store cannot do.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of the page")]
    pub async fn go_on(
        &self,
        pass: &Pass,
        attempt: AttemptId,
        last: (TenantId, CustomerId),
        looked_at: u64,
        due: &[CustomerId],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<bool, StoreError> {
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let ctx = Ctx::system(last.0);
        let mut batch = Batch::new();
        let step = values![
            id(last.0.0),
            id(last.1.0),
            count(looked_at),
            count(due.len() as u64),
            time(until),
            count(pass.generation),
            attempt.0
        ];
        batch.add(&PASS_GO_ON, step, Expect::Rows(1));
        for &customer in due {
            let raise = values![count(pass.generation), id(ctx.tenant.0), id(customer.0)];
            batch.add(&DUE_RAISE, raise, Expect::AtMost(1));
            jobs::leave(&ctx, customer, Work::Screen, now, &mut batch);
        }
        written(self.db().write(batch).await)
    }

    /// Ends a pass that has looked at everybody. `false` when the lease was lost or the pass superseded.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn end_pass(&self, pass: &Pass, attempt: AttemptId, now: Timestamp) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        batch.add(&PASS_END, values![time(now), count(pass.generation), attempt.0], Expect::Rows(1));
        written(self.db().write(batch).await)
    }

    /// The newest passes.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn passes(&self, limit: u32) -> Result<Vec<Pass>, StoreError> {
        self.db().read(&PASSES, values![limit]).await?.iter().map(pass).collect()
    }

    /// When the last pass that had everybody screened whole was done, if one ever was.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn screened_whole_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let found = self.db().read_one(&WHOLE_AT, values![]).await?;
        found.map(|row| Reader::named(&row, "rescreenings", "whole".to_owned()).time("finished_at")).transpose()
    }

    /// The newest passes to generations before this one.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn passes_before(&self, generation: u64, limit: u32) -> Result<Vec<Pass>, StoreError> {
        self.db().read(&PASSES_BEFORE, values![count(generation), limit]).await?.iter().map(pass).collect()
    }

    /// Makes customers due again that are behind and that no work waits for: a node with older lists screened them. Says
    /// how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn pick_up_stranded(&self, ctx: &Ctx, now: Timestamp, limit: u32) -> Result<usize, StoreError> {
        let rows = self.db().read(&STRANDED, values![id(ctx.tenant.0), limit]).await?;
        let stranded: Vec<Behind> = rows.iter().map(behind).collect::<Result<_, _>>()?;
        let mut batch = Batch::new();
        for stranded in &stranded {
            jobs::leave(ctx, stranded.customer, Work::Screen, now, &mut batch);
        }
        if !stranded.is_empty() {
            self.db().write(batch).await?;
        }
        Ok(stranded.len())
    }

    /// Customers of the tenant that have to be screened and were not yet, in the order of their ids.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn behind(&self, ctx: &Ctx, after: CustomerId, limit: u32) -> Result<Vec<Behind>, StoreError> {
        let rows = self.db().read(&BEHIND, values![id(ctx.tenant.0), id(after.0), limit]).await?;
        rows.iter().map(behind).collect()
    }

    /// How many customers of the tenant a generation covers.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn coverage(&self, ctx: &Ctx, generation: u64) -> Result<Coverage, StoreError> {
        let seen_to = self.seen_to(ctx.tenant, generation).await?;
        let counted = |row: Option<Row>| {
            row.map_or(Ok(0), |row| Reader::named(&row, "customers", "count".to_owned()).number("n"))
        };
        let all = counted(self.db().read_one(&ALL, values![id(ctx.tenant.0)]).await?)?;
        let values = values![id(ctx.tenant.0), count(generation), id(seen_to.0)];
        let uncovered = counted(self.db().read_one(&UNCOVERED_COUNT, values).await?)?;
        Ok(Coverage { customers: all, uncovered })
    }

    /// The customers of the tenant that a generation does not cover yet, in the order of their ids.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn uncovered(
        &self,
        ctx: &Ctx,
        generation: u64,
        after: CustomerId,
        limit: u32,
    ) -> Result<Vec<Behind>, StoreError> {
        let seen_to = self.seen_to(ctx.tenant, generation).await?;
        let values = values![id(ctx.tenant.0), id(after.0), count(generation), id(seen_to.0), limit];
        self.db().read(&UNCOVERED, values).await?.iter().map(behind).collect()
    }

    /// Up to which customer of the tenant a pass to this generation or a later one has looked.
    async fn seen_to(&self, tenant: TenantId, generation: u64) -> Result<CustomerId, StoreError> {
        let passes = self.passes(64).await?;
        let mut seen_to = CustomerId(uuid::Uuid::nil());
        for pass in passes.iter().filter(|pass| pass.generation >= generation) {
            let to = match (pass.state, pass.after) {
                (PassState::Done, _) => CustomerId(uuid::Uuid::max()),
                (_, Some((at, _))) if at > tenant => CustomerId(uuid::Uuid::max()),
                (_, Some((at, customer))) if at == tenant => customer,
                _ => continue,
            };
            seen_to = seen_to.max(to);
        }
        Ok(seen_to)
    }
}

fn written(written: Result<Vec<db::StatementResult>, db::WriteError>) -> Result<bool, StoreError> {
    match written {
        Ok(_) => Ok(true),
        Err(db::WriteError::Expectation { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn pass(row: &Row) -> Result<Pass, StoreError> {
    let row = Reader::named(row, "rescreenings", "pass".to_owned());
    let after = match (row.opt_uuid("tenant_id")?, row.opt_uuid("customer_id")?) {
        (Some(tenant), Some(customer)) => Some((TenantId(tenant), CustomerId(customer))),
        _ => None,
    };
    Ok(Pass {
        generation: row.number("generation")?,
        since: row.number("since")?,
        state: row.word("state", PassState::parse)?,
        after,
        looked_at: row.number("looked_at")?,
        made_due: row.number("made_due")?,
        started_at: row.time("started_at")?,
        finished_at: row.opt_time("finished_at")?,
    })
}

fn behind(row: &Row) -> Result<Behind, StoreError> {
    let row = Reader::new(row, "customers", "id");
    Ok(Behind {
        customer: row.customer("id")?,
        screened: row.number("screened_generation")?,
        due: row.number("due_generation")?,
    })
}
