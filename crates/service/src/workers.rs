//! What goes on behind: screener, sealer, courier, list fetcher and keeper, rescreener, janitor.
//!
//! Each has one loop: wait for a signal or for its period, take what is due, do it. A worker is idempotent: what it
//! takes is leased, and what it writes is guarded by the lease, so a crash at any point only means that it is done
//! again after the lease has run out.

pub mod courier;
mod fetcher;
mod janitor;
mod keeper;
mod lookers;
mod postman;
mod rescreener;
mod screener;
mod sealer;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use store::{Committed, Job};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::workers::courier::Ping;
use crate::{Parts, Service};

/// How long work is leased to this process: longer than the longest try.
pub(crate) const LEASE: SignedDuration = store::HAND_OVER_LEASE;

/// How often the store is asked for what nobody told us of.
pub(crate) const PERIOD: Duration = Duration::from_secs(1);

/// Most jobs that wait in memory; more are left to the lease and found by polling.
const HANDED_OVER_MAX: usize = 100_000;

/// How a use case wakes the workers.
pub(crate) struct Signals {
    /// Whether this process has workers at the other ends.
    pub(crate) attended: bool,
    jobs: mpsc::Sender<Job>,
    /// Events wait for their order.
    sealer: Arc<Notify>,
    /// Deliveries became due outside the sealer.
    pub(crate) courier_due: Arc<Notify>,
    /// Simulated events to send once.
    pub(crate) pings: mpsc::Sender<Ping>,
    /// Something was destroyed, of which the write-ahead log still has a copy.
    destroyed: Arc<Notify>,
}

/// The other ends.
pub(crate) struct Inbox {
    jobs: mpsc::Receiver<Job>,
    sealer: Arc<Notify>,
    courier_due: Arc<Notify>,
    pings: mpsc::Receiver<Ping>,
    destroyed: Arc<Notify>,
}

impl Signals {
    /// Signals that nobody hears, for a process without workers.
    pub(crate) fn unattended() -> Self {
        Self { attended: false, ..Self::attended().0 }
    }

    fn attended() -> (Self, Inbox) {
        let (jobs, jobs_in) = mpsc::channel(HANDED_OVER_MAX);
        let (pings, pings_in) = mpsc::channel(64);
        let (sealer, courier_due) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let destroyed = Arc::new(Notify::new());
        let inbox = Inbox {
            jobs: jobs_in,
            sealer: Arc::clone(&sealer),
            courier_due: Arc::clone(&courier_due),
            pings: pings_in,
            destroyed: Arc::clone(&destroyed),
        };
        (Self { attended: true, jobs, sealer, courier_due, pings, destroyed }, inbox)
    }

    /// Tells the janitor that something was destroyed.
    pub(crate) fn something_was_destroyed(&self) {
        self.destroyed.notify_one();
    }

    /// Hands what a commit made due to the workers. What does not fit is found again when its lease has run out.
    pub(crate) fn hand_over(&self, committed: Committed) {
        for job in committed.jobs {
            if self.jobs.try_send(job).is_err() {
                break;
            }
        }
        if committed.events > 0 {
            self.sealer.notify_one();
        }
    }
}

/// The running workers of one process.
pub struct Workers {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Workers {
    /// Takes nothing new, finishes what is begun, and returns. What is not finished in `patience` is left to its lease.
    pub async fn stop(self, patience: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait()).await.is_err() {
            tracing::warn!("Some work was not finished in time; it is done after its lease has run out");
        }
    }
}

/// How much the workers do at once.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Customers by which a pass through all of them moves on.
    pub page: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { page: rescreener::PAGE }
    }
}

/// Makes a house and starts its workers.
#[must_use]
pub fn start(parts: Parts) -> (Service, Workers) {
    start_at(parts, Pace::default())
}

/// The same, at another pace: so that what takes a million customers is seen with a few.
#[must_use]
pub fn start_at(parts: Parts, pace: Pace) -> (Service, Workers) {
    let (signals, inbox) = Signals::attended();
    let service = Service::with_signals(parts, signals);
    let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
    let (deliveries, deliveries_in) = mpsc::channel(courier::WAITING_MAX);
    tracker.spawn(fetcher::run(service.clone(), stop.clone()));
    tracker.spawn(keeper::run(service.clone(), stop.clone()));
    tracker.spawn(rescreener::run(service.clone(), pace, stop.clone()));
    tracker.spawn(crate::what_if::work::run(service.clone(), stop.clone()));
    tracker.spawn(screener::run(service.clone(), inbox.jobs, stop.clone()));
    tracker.spawn(sealer::run(service.clone(), inbox.sealer, deliveries, stop.clone()));
    tracker.spawn(courier::run(service.clone(), deliveries_in, inbox.pings, inbox.courier_due, stop.clone()));
    tracker.spawn(janitor::run(service.clone(), inbox.destroyed, stop.clone()));
    (service, Workers { tracker, stop })
}

/// Waits for a signal or the period; `false` when the house is closing.
pub(crate) async fn woken(signal: &Notify, period: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = signal.notified() => true,
        () = tokio::time::sleep(period) => true,
    }
}
