//! Work that is due: one row a (customer, kind), however often it was asked for.
//!
//! A row is waiting (`attempt_id` null) or leased. Work that is asked for while it is running is noted in `again`: when
//! the running attempt ends, the next one is due at once. `due_at` is when the row may next be claimed; of a leased one,
//! when its lease ends. Whoever ends an attempt names its id, so that one whose lease was lost ends nothing.

use db::{Batch, Expect, Row, sql, sql_for, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::changes::Work;
use onboarding::{CustomerId, TenantId};

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::key::fill_random;
use crate::write::{Meaning, Statements};

statements! {
    JOB_PUT = sql(
        "INSERT INTO jobs (tenant_id, customer_id, kind, due_at, attempts, attempt_id, again) \
         VALUES ($1, $2, $3, $4, $5, $6, 0) \
         ON CONFLICT (tenant_id, customer_id, kind) DO UPDATE SET \
         again = CASE WHEN jobs.attempt_id IS NULL THEN 0 ELSE 1 END, \
         due_at = CASE WHEN jobs.attempt_id IS NULL THEN excluded.due_at ELSE jobs.due_at END, \
         attempts = CASE WHEN jobs.attempt_id IS NULL THEN excluded.attempts ELSE jobs.attempts END, \
         attempt_id = CASE WHEN jobs.attempt_id IS NULL THEN excluded.attempt_id ELSE jobs.attempt_id END \
         RETURNING tenant_id, customer_id, kind, due_at, attempts, attempt_id, again",
    );
    // A row of which no more was asked (`again` becomes -1) is deleted by the next statement.
    JOB_DONE = sql(
        "UPDATE jobs SET again=again-1, \
         attempts = CASE WHEN again=1 THEN $1 ELSE attempts END, \
         due_at = CASE WHEN again=1 THEN $2 ELSE due_at END, \
         attempt_id = CASE WHEN again=1 THEN $3 ELSE attempt_id END \
         WHERE tenant_id=$4 AND customer_id=$5 AND kind=$6 AND attempt_id=$7 \
         RETURNING tenant_id, customer_id, kind, due_at, attempts, attempt_id, again",
    );
    JOB_DELETE = sql("DELETE FROM jobs WHERE tenant_id=$1 AND customer_id=$2 AND kind=$3 AND again=-1");
    JOB_LATER = sql(
        "UPDATE jobs SET due_at = CASE WHEN again=1 THEN CAST($1 AS BIGINT) ELSE $2 END, again=0, attempt_id=NULL \
         WHERE tenant_id=$3 AND customer_id=$4 AND kind=$5 AND attempt_id=$6",
    );
    JOBS_CLAIM = sql_for(
        "UPDATE jobs SET attempt_id=$1, due_at=$2, attempts=attempts+1, again=0 \
         WHERE (tenant_id, customer_id, kind) IN \
         (SELECT tenant_id, customer_id, kind FROM jobs WHERE due_at <= $3 ORDER BY due_at LIMIT $4) \
         RETURNING tenant_id, customer_id, kind, due_at, attempts, attempt_id, again",
        // Several nodes claim at once: none waits for another, none gets the same row. Materialised, so that no plan can
        // run the locking part more than once and lease more than the limit.
        "WITH due AS MATERIALIZED (SELECT tenant_id, customer_id, kind FROM jobs WHERE due_at <= $3 ORDER BY due_at \
         LIMIT $4 FOR UPDATE SKIP LOCKED) \
         UPDATE jobs SET attempt_id=$1, due_at=$2, attempts=attempts+1, again=0 FROM due \
         WHERE jobs.tenant_id=due.tenant_id AND jobs.customer_id=due.customer_id AND jobs.kind=due.kind \
         RETURNING jobs.tenant_id, jobs.customer_id, jobs.kind, jobs.due_at, jobs.attempts, jobs.attempt_id, jobs.again",
    );
    JOBS_MAKE_DUE = sql("UPDATE jobs SET due_at=$1 WHERE kind=$2 AND attempt_id IS NULL AND due_at > $1");
    // An attempt that is running may have read the rules as they were: it is made once more.
    JOBS_MAKE_DUE_OF = sql(
        "UPDATE jobs SET again = CASE WHEN attempt_id IS NULL THEN again ELSE 1 END, \
         due_at = CASE WHEN attempt_id IS NULL THEN CAST($1 AS BIGINT) ELSE due_at END \
         WHERE tenant_id=$2 AND kind=$3 AND (attempt_id IS NOT NULL OR due_at > $1)",
    );
    JOBS_RELEASE = sql("UPDATE jobs SET due_at=$1, again=0, attempt_id=NULL WHERE attempt_id IS NOT NULL");
    JOBS_COUNT = sql(
        "SELECT kind, CAST(count(*) AS BIGINT) AS known, CAST(count(attempt_id) AS BIGINT) AS leased, \
         min(due_at) AS oldest_due_at FROM jobs GROUP BY kind ORDER BY kind",
    );
}

/// How long work that a commit hands over in memory is leased to this process. Long enough for a queue to be worked
/// off; what a crash leaves behind waits no longer than this.
pub const HAND_OVER_LEASE: SignedDuration = SignedDuration::from_mins(1);

/// Work, leased to whoever holds this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Whose customer.
    pub tenant: TenantId,
    /// About whom.
    pub customer: CustomerId,
    /// What is to be done.
    pub kind: Work,
    /// How many times it was begun, this one included.
    pub attempts: u32,
    /// This attempt.
    pub attempt_id: AttemptId,
    /// Until when it is leased.
    pub leased_until: Timestamp,
}

/// One attempt at leased work. Who has lost the lease has an id that no row has any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptId(pub(crate) [u8; 16]);

/// How much work of one kind there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which kind.
    pub kind: Work,
    /// How much, waiting or leased.
    pub known: u64,
    /// How much of it is leased.
    pub leased: u64,
    /// Since when the oldest is due; in the future when everything is leased or put off.
    pub oldest_due_at: Option<Timestamp>,
}

impl Waiting {
    /// Its kind, as a word.
    #[must_use]
    pub fn kind_word(&self) -> &'static str {
        word(self.kind)
    }
}

impl AttemptId {
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 16];
        fill_random(&mut bytes);
        Self(bytes)
    }
}

/// What is to become of work that a write makes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandOver {
    /// Leased to this process until then, and handed over in memory.
    Leased(AttemptId, Timestamp),
    /// Left for whoever claims it.
    Left(Timestamp),
}

impl HandOver {
    fn attempts(self) -> i64 {
        i64::from(matches!(self, Self::Leased(..)))
    }

    fn attempt_id(self) -> Option<[u8; 16]> {
        match self {
            Self::Leased(attempt, _) => Some(attempt.0),
            Self::Left(_) => None,
        }
    }

    fn due_at(self) -> Timestamp {
        match self {
            Self::Leased(_, at) | Self::Left(at) => at,
        }
    }

    /// The job in a returned row, if this process holds it now.
    pub fn held(self, row: &Row) -> Result<Option<Job>, StoreError> {
        let Self::Leased(attempt, _) = self else { return Ok(None) };
        Ok(job(row)?.filter(|job| job.attempt_id == attempt))
    }
}

impl Store {
    /// Leases at most `limit` pieces of work that are due, or whose lease has run out, until `now + lease`.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn claim_jobs(&self, now: Timestamp, lease: SignedDuration, limit: u32) -> Result<Vec<Job>, StoreError> {
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let mut batch = Batch::new();
        batch.add(&JOBS_CLAIM, values![AttemptId::random().0, time(until), time(now), limit], Expect::Any);
        let results = self.db().write(batch).await?;
        let jobs = results.iter().flat_map(|result| &result.rows).map(job);
        jobs.filter_map(Result::transpose).collect()
    }

    /// Makes all work of a kind that was put off due now, because what it waited for has come. Says how much.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn make_due(&self, kind: Work, now: Timestamp) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&JOBS_MAKE_DUE, values![time(now), word(kind)], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }

    /// Makes all work of a kind that was put off due now for the customers of one tenant, because its rules have changed.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn make_due_of(&self, ctx: &Ctx, kind: Work, now: Timestamp) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.add(&JOBS_MAKE_DUE_OF, values![time(now), id(ctx.tenant.0), word(kind)], Expect::Any);
        self.db().write(batch).await?;
        Ok(())
    }

    /// Ends every lease, of jobs, deliveries and feeds: what this node had begun before it was killed is due again. Only for
    /// the start of the only node there is.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn release_leases(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&JOBS_RELEASE, values![time(now)], Expect::Any);
        crate::deliveries::claim::release(&mut batch, now);
        crate::feeds::release(&mut batch);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }

    /// How much work there is, by kind.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        let rows = self.db().read(&JOBS_COUNT, values![]).await?;
        let waiting = |row: &Row| {
            let row = Reader::named(row, "jobs", "count".to_owned());
            Ok(Waiting {
                kind: row.word("kind", parse)?,
                known: row.number("known")?,
                leased: row.number("leased")?,
                oldest_due_at: row.opt_time("oldest_due_at")?,
            })
        };
        rows.iter().map(waiting).collect()
    }
}

/// Adds work that a decision makes due.
pub(crate) fn put(ctx: &Ctx, customer: CustomerId, kind: Work, hand_over: HandOver, statements: &mut Statements) {
    let put = values![
        id(ctx.tenant.0),
        id(customer.0),
        word(kind),
        time(hand_over.due_at()),
        hand_over.attempts(),
        hand_over.attempt_id()
    ];
    statements.add(&JOB_PUT, put, Expect::Rows(1), Meaning::Job(hand_over));
}

/// Adds work to a batch that is no decision's, for whoever claims it.
pub(crate) fn leave(ctx: &Ctx, customer: CustomerId, kind: Work, now: Timestamp, batch: &mut Batch) {
    let none: Option<[u8; 16]> = None;
    let put = values![id(ctx.tenant.0), id(customer.0), word(kind), time(now), 0_i64, none];
    batch.add(&JOB_PUT, put, Expect::Rows(1));
}

/// Ends an attempt that did its work.
pub(crate) fn done(job: &Job, hand_over: HandOver, statements: &mut Statements) {
    let update = values![
        hand_over.attempts(),
        time(hand_over.due_at()),
        hand_over.attempt_id(),
        id(job.tenant.0),
        id(job.customer.0),
        word(job.kind),
        job.attempt_id.0
    ];
    statements.add(&JOB_DONE, update, Expect::Rows(1), Meaning::Job(hand_over));
    let delete = values![id(job.tenant.0), id(job.customer.0), word(job.kind)];
    statements.add(&JOB_DELETE, delete, Expect::AtMost(1), Meaning::Lease);
}

/// Ends an attempt that has to be made again, at `due_at`; at once when more work came meanwhile.
pub(crate) fn later(job: &Job, due_at: Timestamp, now: Timestamp, statements: &mut Statements) {
    let update =
        values![time(now), time(due_at), id(job.tenant.0), id(job.customer.0), word(job.kind), job.attempt_id.0];
    statements.add(&JOB_LATER, update, Expect::Rows(1), Meaning::Lease);
}

fn word(kind: Work) -> &'static str {
    match kind {
        Work::Screen => "screen",
        Work::Review => "review",
        Work::VerifyEmail => "verify_email",
        Work::Evaluate => "evaluate",
        Work::VerifyDocument => "verify_document",
        Work::CompareFaces => "compare_faces",
        Work::ExpireSignatures => "expire_signatures",
        Work::Forget => "forget",
    }
}

fn parse(text: &str) -> Option<Work> {
    let known = [
        Work::Screen,
        Work::Review,
        Work::VerifyEmail,
        Work::Evaluate,
        Work::VerifyDocument,
        Work::CompareFaces,
        Work::ExpireSignatures,
        Work::Forget,
    ];
    known.into_iter().find(|kind| word(*kind) == text)
}

/// The job in a row, if it is leased.
fn job(row: &Row) -> Result<Option<Job>, StoreError> {
    let row = Reader::new(row, "jobs", "customer_id");
    let Some(attempt) = row.opt_bytes("attempt_id")? else { return Ok(None) };
    let attempt = attempt.try_into().map_err(|_| row.inconsistent("its attempt_id has not 16 bytes"))?;
    Ok(Some(Job {
        tenant: row.tenant()?,
        customer: row.customer("customer_id")?,
        kind: row.word("kind", parse)?,
        attempts: row.number("attempts")?,
        attempt_id: AttemptId(attempt),
        leased_until: row.time("due_at")?,
    }))
}
