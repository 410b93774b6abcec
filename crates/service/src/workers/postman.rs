//! Does work that waits for somebody outside, a few pieces at a time: a mail server or a verifier of documents that is slow
//! holds up what it is asked for, and nothing else.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use onboarding::Work;
use store::{Ctx, Job};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::Service;

/// Pieces under way at once.
const AT_ONCE: usize = 8;

/// How long a piece waits when as many are under way.
const FULL_WAIT: SignedDuration = SignedDuration::from_secs(2);

/// Who carries work of one kind outside, and how many pieces at once.
pub(super) struct Postman {
    slots: Arc<Semaphore>,
}

impl Postman {
    pub fn new() -> Self {
        Self { slots: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Takes a piece along, or puts it off: a lease must not run out while it waits.
    pub fn take(&self, service: &Service, job: Job, running: &TaskTracker) {
        let slot = Arc::clone(&self.slots).try_acquire_owned();
        let service = service.clone();
        running.spawn(async move {
            match slot {
                Ok(slot) => {
                    match job.kind {
                        Work::VerifyDocument => service.have_document_verified(&job).await,
                        Work::CompareFaces => service.have_faces_compared(&job).await,
                        _ => service.mail_token(&job).await,
                    }
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
        tracing::warn!(customer.id = %job.customer, error = %error, "Work for outside could not be put off; its lease will run out");
    }
}
