//! When a customer is looked at again by a person: as its sender wants, or in the time that its risk allows.

use onboarding::Customer;
use onboarding::case::{Asks, NewQuestion, ask_also};
use onboarding::changes::Work;
use onboarding::customer::Draft;
use onboarding::risk::Level;
use onboarding::submission::{is_review_due, next_review, review_asked};
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

/// Puts the work where a change has moved the day.
pub(crate) fn keep_due(write: &mut Write, before: &Customer, after: &Customer) {
    if let Some(due_at) = next_review(after).filter(|due_at| Some(*due_at) != next_review(before)) {
        write.job_at(after.id, Work::Review, due_at);
    }
}

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
        if is_review_due(&customer, now) {
            let open_case = self.store().open_case(ctx, customer.id).await?;
            let years = years(&customer);
            let due = customer.submission.and_then(|submission| submission.next_review_on);
            let question = due.map(|due| NewQuestion::of(Asks::Review { due }));
            let changes = Draft::new(customer, &mut self.ids(now), now).finish();
            let changes = review_asked(changes, years, &mut self.ids(now), now);
            let changes = ask_also(changes, open_case, question.into_iter().collect(), &mut self.ids(now), now);
            write.apply(&changes)?;
            match next_review(&changes.customer) {
                Some(due_at) => write.job_later(job, due_at),
                None => write.job_done(job),
            }
        } else {
            match next_review(&customer) {
                Some(due_at) => write.job_later(job, due_at),
                None => write.job_done(job),
            }
        }
        Ok(self.commit(write).await?)
    }
}
