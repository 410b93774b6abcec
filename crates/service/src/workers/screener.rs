//! Takes due work: screens, decides, writes; mail is the [postman's](super::postman).

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use onboarding::admission::standing::settled;
use onboarding::changes::Work;
use onboarding::screening::{conclude, is_unfinished};
use onboarding::submission::screened as answered;
use store::{CommitError, Ctx, Job};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::postman::Postman;
use super::{LEASE, PERIOD};
use crate::refused::Refused;
use crate::{Service, admissions, reviews};

/// Screenings under way at once: each waits for its commit, so there are many more than cores.
const AT_ONCE: usize = 128;

/// Due jobs taken from the store at once.
const CLAIM_MAX: u32 = 256;

/// How long a check that could not be run waits before it is tried again, unless a list arrives.
const UNAVAILABLE_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// First and longest wait after a failure.
const FAILURE_WAIT: (SignedDuration, SignedDuration) = (SignedDuration::from_secs(1), SignedDuration::from_mins(5));

pub(super) async fn run(service: Service, mut handed_over: mpsc::Receiver<Job>, stop: CancellationToken) {
    // Before the first lists are there, everybody would only be found unavailable.
    tokio::select! {
        () = stop.cancelled() => return,
        () = service.lists_looked_for() => (),
    }
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let running = TaskTracker::new();
    let (mails, documents) = (Postman::new(), Postman::new());
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let jobs = tokio::select! {
            () = stop.cancelled() => break,
            job = handed_over.recv() => job.into_iter().collect(),
            _ = period.tick() => claim(&service).await,
        };
        for job in jobs {
            match job.kind {
                Work::VerifyEmail => {
                    mails.take(&service, job, &running);
                    continue;
                }
                Work::VerifyDocument | Work::CompareFaces => {
                    documents.take(&service, job, &running);
                    continue;
                }
                Work::Screen | Work::Review | Work::Evaluate | Work::ExpireSignatures | Work::Forget => {}
            }
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let service = service.clone();
            running.spawn(async move {
                Box::pin(attempt(&service, job)).await;
                drop(slot);
            });
        }
    }
    running.close();
    running.wait().await;
}

async fn claim(service: &Service) -> Vec<Job> {
    match service.store().claim_jobs(service.now(), LEASE, CLAIM_MAX).await {
        Ok(jobs) => jobs,
        Err(error) => {
            tracing::warn!(error = %error, "Due screenings could not be claimed");
            Vec::new()
        }
    }
}

/// Screens once; puts the job off when that fails.
async fn attempt(service: &Service, job: Job) {
    for _ in 0..8 {
        let done = match job.kind {
            Work::Screen => screen(service, &job).await,
            Work::Review => service.review(&job).await,
            Work::VerifyEmail => {
                service.mail_token(&job).await;
                Ok(())
            }
            Work::VerifyDocument => {
                service.have_document_verified(&job).await;
                Ok(())
            }
            Work::CompareFaces => {
                service.have_faces_compared(&job).await;
                Ok(())
            }
            Work::Evaluate => service.evaluate(&job).await,
            Work::ExpireSignatures => service.end_unanswered(&job).await,
            Work::Forget => service.forget_if_due(&job).await,
        };
        match done {
            // The customer changed meanwhile: look again.
            Err(Refused::Conflict) => {}
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(customer.id = %job.customer, job.attempts = job.attempts, error = %error, "A screening failed");
                break;
            }
        }
    }
    let doubled = FAILURE_WAIT.0.saturating_mul(1 << job.attempts.min(16));
    put_off(service, &job, doubled.min(FAILURE_WAIT.1)).await;
}

async fn screen(service: &Service, job: &Job) -> Result<(), Refused> {
    let house = service.on_behalf_of(job.tenant).await?;
    let ctx = &house.ctx;
    let Some(customer) = service.store().customer(ctx, job.customer).await? else {
        return finish(service, ctx, job).await;
    };
    // A case is opened by a change, and one that was only let in has seen none.
    let open_case = if customer.version > 1 { service.store().open_case(ctx, customer.id).await? } else { None };
    let now = service.now();
    let lists = service.lists_in_force();
    let mut screened = lists.screen(&customer, &house.policy, house.tenant.sandbox, now);
    if let Some(case) = &open_case {
        screened.delisted = lists.delisted(case);
    }
    let unfinished = is_unfinished(&customer, &screened, &house.policy, now);
    let (before, case_before) = (customer.clone(), open_case.clone());
    let changes = conclude(customer, open_case, screened, &house.policy, &mut service.ids(now), now);
    let changes = service.rated(ctx, changes, case_before.clone(), now).await?;
    let (changes, others) = service.evaluated(&house, changes, case_before, now).await?;
    let years = reviews::years(&changes.customer);
    let changes = answered(changes, years, &mut service.ids(now), now);
    let changes = settled(changes, &before, &house.policy, &mut service.ids(now), now);
    let mut write = service.store().write(ctx, now);
    write.apply(&changes)?;
    for other in others {
        write.work_due(other, Work::Evaluate);
    }
    reviews::keep_due(&mut write, &before, &changes.customer, &house.policy, now);
    admissions::keep(&mut write, Some(&before), &changes.customer, &house.policy)?;
    if unfinished {
        // A list that came meanwhile is looked in at once.
        let same = Arc::ptr_eq(&lists, &service.lists_in_force());
        write.job_later(job, if same { later(now, UNAVAILABLE_WAIT) } else { now });
    } else {
        write.job_done(job);
    }
    service.commit(write).await.map_err(|error| match error {
        CommitError::LeaseLost => Refused::State("the lease was lost"),
        error => error.into(),
    })?;
    service.awaited().tell(job.customer);
    Ok(())
}

async fn finish(service: &Service, ctx: &Ctx, job: &Job) -> Result<(), Refused> {
    let mut write = service.store().write(ctx, service.now());
    write.job_done(job);
    Ok(service.commit(write).await?)
}

async fn put_off(service: &Service, job: &Job, by: SignedDuration) {
    let now = service.now();
    let mut write = service.store().write(&Ctx::system(job.tenant), now);
    write.job_later(job, later(now, by));
    if let Err(error) = service.commit(write).await {
        tracing::warn!(customer.id = %job.customer, error = %error, "A screening could not be put off; its lease will run out");
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}
