//! Threads that ask customers about what changed, one a core, for as long as a pass lasts.
//!
//! Each remembers what it found out of every word, which is why they live longer than a page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use onboarding::{CustomerId, Policy};
use store::AskedPage;
use tokio::sync::{mpsc, oneshot};

use crate::refused::Refused;
use crate::rescreening::Changed;

/// The threads. They end when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Lookers {
    threads: Arc<[mpsc::Sender<Task>]>,
    turn: Arc<AtomicUsize>,
}

/// What was seen of a page of customers.
#[derive(Default)]
pub(super) struct Seen {
    /// Those whom something that came or changed looks like.
    pub(super) alike: Vec<CustomerId>,
    /// The others of whom a case asks something.
    pub(super) in_case: Vec<CustomerId>,
}

struct Task {
    page: AskedPage,
    policy: Arc<Policy>,
    reply: oneshot::Sender<Seen>,
}

impl Lookers {
    pub(super) fn start(changed: &Arc<Changed>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let thread = |_| {
            let (tasks, mut waiting) = mpsc::channel::<Task>(1);
            let changed = Arc::clone(changed);
            tokio::task::spawn_blocking(move || {
                let mut screener = changed.screener();
                while let Some(Task { page, policy, reply }) = waiting.blocking_recv() {
                    let mut seen = Seen::default();
                    for (customer, asked) in page.questions(0..page.customers().len()) {
                        match asked {
                            Ok(asked) if changed.looks_like(&mut screener, page.tenant(), &asked, &policy) => {
                                seen.alike.push(customer);
                            }
                            Ok(asked) if asked.in_case => seen.in_case.push(customer),
                            Ok(_) => {}
                            // Nobody is covered by not having been looked at; and nobody else waits for it.
                            Err(error) => {
                                tracing::warn!(customer.id = %customer, error = %error, "A customer could not be read to be compared");
                                seen.alike.push(customer);
                            }
                        }
                    }
                    drop(reply.send(seen));
                }
            });
            tasks
        };
        Self { threads: (0..cores).map(thread).collect(), turn: Arc::default() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.threads.len()
    }

    /// Has a page looked at.
    pub(super) async fn look(&self, page: AskedPage, policy: Arc<Policy>) -> Result<Seen, Refused> {
        let (reply, seen) = oneshot::channel();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        let gone = || Refused::Internal("a thread that compares customers has ended".into());
        self.threads[turn].send(Task { page, policy, reply }).await.map_err(|_| gone())?;
        seen.await.map_err(|_| gone())
    }
}
