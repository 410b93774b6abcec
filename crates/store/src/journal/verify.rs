//! Verifies a tenant's journal from its first entry to its head.

use db::{sql, values};
use onboarding::{CustomerId, TenantId};
use uuid::Uuid;

use super::chain::{Entry, Head, hash};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id};
use crate::statements::statements;

statements! {
    TOLD = sql(
        "SELECT c.id, c.event_count, w.waiting, \
         (SELECT max(j.number) FROM journal j WHERE j.tenant_id=c.tenant_id AND j.customer_id=c.id) AS sealed \
         FROM customers c LEFT JOIN (SELECT customer_id, count(*) AS waiting FROM outbox WHERE tenant_id=$1 \
         GROUP BY customer_id) w ON w.customer_id=c.id WHERE c.tenant_id=$1 AND c.id > $2 ORDER BY c.id LIMIT $3",
    );
}

/// How many entries, or customers, are read at a time.
const PAGE: u32 = 1000;

/// Most defects that a report lists; the first ones tell where to look.
const DEFECTS_MAX: usize = 100;

/// What a journal is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whose.
    pub tenant: TenantId,
    /// How many entries were looked at.
    pub entries: u64,
    /// The head, if it is vouched for: what to compare with one that was kept elsewhere.
    pub head: Option<Head>,
    /// What is wrong, in the order of the journal, then of the customers; at most a hundred.
    pub defects: Vec<Defect>,
}

/// Something wrong with a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// No entry has this number: it was deleted.
    Missing {
        /// The number.
        seq: u64,
    },
    /// The entry is not what its hash was made of: it, or one before it, was edited, inserted or moved.
    Hash {
        /// Its number.
        seq: u64,
    },
    /// The row of this entry does not even read.
    Unreadable,
    /// There is no head. Every tenant has one from its first moment: it was removed.
    HeadMissing,
    /// A customer counts so many events, and the journal with what waits for it so many: some were removed from it, or
    /// an older row of the customer was put back.
    Events {
        /// Whose.
        customer: CustomerId,
        /// As many as the customer counts.
        counted: u64,
        /// As many as are told of.
        told: u64,
    },
    /// The head is not vouched for by the tenant's key.
    HeadForged,
    /// The journal ends before its head: its end was cut off.
    Truncated {
        /// The number of the last entry that is there.
        last: u64,
        /// The number of the head.
        head: u64,
    },
    /// The journal goes on after its head: something was put at its end.
    BeyondHead {
        /// The number of the last entry that is there.
        last: u64,
        /// The number of the head.
        head: u64,
    },
    /// The last entry is not the head's.
    HeadHash,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.defects.is_empty()
    }

    fn add(&mut self, defect: Defect) {
        if self.defects.len() < DEFECTS_MAX {
            self.defects.push(defect);
        }
    }
}

/// Goes through a journal, page by page.
#[derive(Debug)]
struct Walk {
    at: Head,
    report: Report,
}

impl Walk {
    fn step(&mut self, entry: &Entry) {
        self.report.entries += 1;
        let skipped = (self.at.seq + 1..entry.seq).take(DEFECTS_MAX);
        skipped.for_each(|seq| self.report.add(Defect::Missing { seq }));
        if hash(&self.at.hash, entry.seq, &entry.fact) != entry.hash {
            self.report.add(Defect::Hash { seq: entry.seq });
        }
        // From what stands there, not from what should: so one edited entry is one defect, not all that follow.
        self.at = Head { seq: entry.seq, hash: entry.hash };
    }

    fn end(mut self, head: Result<Head, Defect>, last: u64, head_now: Result<Head, Defect>) -> Report {
        self.report.head = head.ok();
        match head {
            Err(defect) => self.report.add(defect),
            Ok(head) if self.at.seq < head.seq => {
                self.report.add(Defect::Truncated { last: self.at.seq, head: head.seq });
            }
            Ok(head) if self.at != head => self.report.add(Defect::HeadHash),
            Ok(_) => {}
        }
        if let Ok(Head { seq: head, .. }) = head_now
            && last > head
        {
            self.report.add(Defect::BeyondHead { last, head });
        }
        self.report
    }
}

impl Store {
    /// Goes through the journal of the tenant up to its head, then through its customers, and says what is wrong. What
    /// is sealed meanwhile is left to the next time.
    ///
    /// # Errors
    /// What the store cannot do; a defect of the journal is no error.
    pub async fn verify(&self, ctx: &Ctx) -> Result<Report, StoreError> {
        let mut report = self.verify_chain(ctx).await?;
        self.verify_customers(ctx, &mut report).await?;
        Ok(report)
    }

    async fn verify_chain(&self, ctx: &Ctx) -> Result<Report, StoreError> {
        let head = self.vouched_head(ctx).await?;
        let report = Report { tenant: ctx.tenant, entries: 0, head: None, defects: Vec::new() };
        let mut walk = Walk { at: Head::default(), report };
        let end = head.as_ref().map_or(u64::MAX, |head| head.seq);
        while walk.at.seq < end {
            let page = match self.journal(ctx, walk.at.seq, PAGE).await {
                Ok(page) => page,
                Err(StoreError::Inconsistent(_)) => {
                    walk.report.add(Defect::Unreadable);
                    return Ok(walk.report);
                }
                Err(error) => return Err(error),
            };
            let before = walk.at.seq;
            for entry in page.iter().filter(|entry| entry.seq <= end) {
                walk.step(entry);
            }
            if walk.at.seq == before {
                break;
            }
        }
        // The last entry first, then the head: entries that are sealed in between cannot look like too many.
        let last = self.last_seq(ctx).await?;
        let head_now = self.vouched_head(ctx).await?;
        Ok(walk.end(head, last, head_now))
    }

    /// Compares what each customer counts with what is told of it: the chain alone does not show that all of it, or
    /// what still waited for it, was removed. One statement a page, so that each customer is seen as of one moment.
    async fn verify_customers(&self, ctx: &Ctx, report: &mut Report) -> Result<(), StoreError> {
        let mut after = CustomerId(Uuid::nil());
        while report.defects.len() < DEFECTS_MAX {
            let page = self.db().read(&TOLD, values![id(ctx.tenant.0), id(after.0), PAGE]).await?;
            for row in &page {
                let row = Reader::new(row, "customers", "id");
                after = row.customer("id")?;
                let sealed = row.opt_number::<u64>("sealed")?.unwrap_or(0);
                let waiting = row.opt_number::<u64>("waiting")?.unwrap_or(0);
                let (counted, told) = (row.number("event_count")?, sealed.saturating_add(waiting));
                if counted != told {
                    report.add(Defect::Events { customer: after, counted, told });
                }
            }
            if page.len() < PAGE as usize {
                break;
            }
        }
        Ok(())
    }

    async fn vouched_head(&self, ctx: &Ctx) -> Result<Result<Head, Defect>, StoreError> {
        match self.head_if_any(ctx).await {
            Ok(head) => Ok(head.ok_or(Defect::HeadMissing)),
            Err(StoreError::Inconsistent(_)) => Ok(Err(Defect::HeadForged)),
            Err(error) => Err(error),
        }
    }
}
