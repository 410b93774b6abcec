//! When a customer is looked at again by a person: as its sender wants, or in the time that its risk allows.

use jiff::{SignedDuration, Timestamp};
use onboarding::case::{Asks, NewQuestion, ask_also};
use onboarding::changes::Work;
use onboarding::customer::Draft;
use onboarding::risk::Level;
use onboarding::screening::{has_expired_since, next_expiry};
use onboarding::submission::{is_review_due, next_review, review_asked};
use onboarding::{Customer, Policy};
use store::{Job, Write};

use crate::Service;
use crate::refused::Refused;

/// How many years after an answer a customer is to be looked at again, where its sender does not say: at most one year
/// where the risk is higher and five in all other cases (Regulation (EU) 2024/1624, article 26(2)).
const REVIEW_YEARS: [(Level, i8); 4] = [(Level::Low, 5), (Level::Medium, 3), (Level::High, 1), (Level::Prohibited, 1)];

/// The same for this customer; who is not rated is taken for risky.
pub(crate) fn years(customer: &Customer) -> i8 {
    let level = customer.rating.as_ref().map_or(Level::High, |rating| rating.level);
    REVIEW_YEARS.into_iter().find(|(known, _)| *known == level).map_or(1, |(_, years)| years)
}

/// Puts the work where a change has moved the time.
pub(crate) fn keep_due(write: &mut Write, before: &Customer, after: &Customer, policy: &Policy, now: Timestamp) {
    let due_at = next_look(after, policy, now);
    if let Some(due_at) = due_at.filter(|due_at| Some(*due_at) != next_look(before, policy, now)) {
        write.job_at(after.id, Work::Review, due_at);
    }
}

/// When the customer is to be looked at next: by a person, or by a screening that asks what is decided for too long.
fn next_look(customer: &Customer, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    next_review(customer).into_iter().chain(next_expiry(customer, policy, now)).min()
}

/// How far back a decision may have expired and still be noticed when its day has come: as long as the house may be closed.
/// What expired before is found by the screening of everybody.
const EXPIRED_LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Service {
    /// Asks a person to look at a customer again, when that is due.
    pub(crate) async fn review(&self, job: &Job) -> Result<(), Refused> {
        let house = self.on_behalf_of(job.tenant).await?;
        let ctx = &house.ctx;
        let Some(customer) = self.store().customer(ctx, job.customer).await? else {
            let mut write = self.store().write(ctx, self.now());
            write.job_done(job);
            return Ok(self.commit(write).await?);
        };
        let now = self.now();
        let mut write = self.store().write(ctx, now);
        let since = now.saturating_sub(EXPIRED_LOOK_BACK).unwrap_or(Timestamp::MIN);
        if has_expired_since(&customer, &house.policy, since, now) {
            write.work_due(customer.id, Work::Screen);
        }
        if is_review_due(&customer, now) {
            let open_case = self.store().open_case(ctx, customer.id).await?;
            let years = years(&customer);
            let due = customer.submission.and_then(|submission| submission.next_review_on);
            let question = due.map(|due| NewQuestion::of(Asks::Review { due }));
            let changes = Draft::new(customer, &mut self.ids(now), now).finish();
            let changes = review_asked(changes, years, &mut self.ids(now), now);
            let changes = ask_also(changes, open_case, question.into_iter().collect(), &mut self.ids(now), now);
            write.apply(&changes)?;
            match next_look(&changes.customer, &house.policy, now) {
                Some(due_at) => write.job_later(job, due_at),
                None => write.job_done(job),
            }
        } else {
            match next_look(&customer, &house.policy, now) {
                Some(due_at) => write.job_later(job, due_at),
                None => write.job_done(job),
            }
        }
        Ok(self.commit(write).await?)
    }
}
