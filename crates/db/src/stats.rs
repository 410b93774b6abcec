//! What the database counted, for whoever exports metrics.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters since the database was opened, and the state of its queues now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Batches answered, whether with success or not.
    pub batches: u64,
    /// Batches answered with an error.
    pub batches_failed: u64,
    /// Commits. On SQLite a commit writes a group of batches, so this is smaller than `batches` under load.
    pub commits: u64,
    /// The most batches that shared one commit.
    pub largest_group: u64,
    /// Groups that had to be written one batch at a time, because the engine threw the whole transaction away.
    pub groups_split: u64,
    /// Transactions repeated after a deadlock or a serialisation failure (PostgreSQL).
    pub retries: u64,
    /// Reads answered.
    pub reads: u64,
    /// Reads that went through a reader's thread, because no connection was free or they took too long (SQLite).
    pub reads_handed_over: u64,
    /// Batches that wait for the writer, or requests that wait for a connection, now.
    pub queue_length: u64,
    /// The size of the write-ahead logs now (SQLite). An alarm at 64 MiB means that some reader holds a snapshot.
    pub wal_bytes: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub batches: AtomicU64,
    pub batches_failed: AtomicU64,
    pub commits: AtomicU64,
    pub largest_group: AtomicU64,
    pub groups_split: AtomicU64,
    pub retries: AtomicU64,
    pub reads: AtomicU64,
    pub reads_handed_over: AtomicU64,
}

impl Counters {
    pub fn snapshot(&self) -> Stats {
        Stats {
            batches: self.batches.load(Relaxed),
            batches_failed: self.batches_failed.load(Relaxed),
            commits: self.commits.load(Relaxed),
            largest_group: self.largest_group.load(Relaxed),
            groups_split: self.groups_split.load(Relaxed),
            retries: self.retries.load(Relaxed),
            reads: self.reads.load(Relaxed),
            reads_handed_over: self.reads_handed_over.load(Relaxed),
            queue_length: 0,
            wal_bytes: 0,
        }
    }

    pub fn answered(&self, ok: bool) {
        self.batches.fetch_add(1, Relaxed);
        if !ok {
            self.batches_failed.fetch_add(1, Relaxed);
        }
    }

    pub fn committed(&self, batches: usize) {
        self.commits.fetch_add(1, Relaxed);
        self.largest_group.fetch_max(batches as u64, Relaxed);
    }
}

/// One more of what is counted.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
