//! Verifies a tenant's journal from its first entry to its head.

use onboarding::TenantId;

use super::chain::{Entry, Head, hash};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;

/// How many entries are read at a time.
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
    /// What is wrong, in the order of the journal; at most a hundred.
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

    fn end(mut self, head: Option<Head>, last: u64, head_now: Option<Head>) -> Report {
        self.report.head = head;
        match head {
            None => self.report.add(Defect::HeadForged),
            Some(head) if self.at.seq < head.seq => {
                self.report.add(Defect::Truncated { last: self.at.seq, head: head.seq });
            }
            Some(head) if self.at != head => self.report.add(Defect::HeadHash),
            Some(_) => {}
        }
        if let Some(head) = head_now.filter(|head| last > head.seq) {
            self.report.add(Defect::BeyondHead { last, head: head.seq });
        }
        self.report
    }
}

impl Store {
    /// Goes through the journal of the tenant up to its head, and says what is wrong with it. What is sealed meanwhile
    /// is left to the next time.
    ///
    /// # Errors
    /// What the store cannot do; a defect of the journal is no error.
    pub async fn verify(&self, ctx: &Ctx) -> Result<Report, StoreError> {
        let head = self.vouched_head(ctx).await?;
        let report = Report { tenant: ctx.tenant, entries: 0, head: None, defects: Vec::new() };
        let mut walk = Walk { at: Head::default(), report };
        let end = head.map_or(u64::MAX, |head| head.seq);
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

    async fn vouched_head(&self, ctx: &Ctx) -> Result<Option<Head>, StoreError> {
        match self.head(ctx).await {
            Ok(head) => Ok(Some(head)),
            Err(StoreError::Inconsistent(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
