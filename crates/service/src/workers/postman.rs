//! Sends mail that is due, a few at a time: a mail server that is slow holds up mails, and nothing else.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use store::{Ctx, Job};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::Service;

/// Mails under way at once.
const AT_ONCE: usize = 8;

/// How long a mail waits when as many are under way.
const FULL_WAIT: SignedDuration = SignedDuration::from_secs(2);

/// Who carries mail, and how many at once.
pub(super) struct Postman {
    slots: Arc<Semaphore>,
}

impl Postman {
    pub fn new() -> Self {
        Self { slots: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Takes a mail along, or puts it off: a lease must not run out while it waits.
    pub fn take(&self, service: &Service, job: Job, running: &TaskTracker) {
        let slot = Arc::clone(&self.slots).try_acquire_owned();
        let service = service.clone();
        running.spawn(async move {
            match slot {
                Ok(slot) => {
                    service.mail_token(&job).await;
                    drop(slot);
                }
                Err(_) => put_off(&service, &job).await,
            }
        });
    }
}

async fn put_off(service: &Service, job: &Job) {
    let now = service.now();
    let mut write = service.store().write(&Ctx::system(job.tenant), now);
    write.job_later(job, now.saturating_add(FULL_WAIT).unwrap_or(Timestamp::MAX));
    if let Err(error) = service.commit(write).await {
        tracing::warn!(customer.id = %job.customer, error = %error, "A mail could not be put off; its lease will run out");
    }
}
