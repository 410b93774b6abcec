//! What happens behind: conclusions of a screening taken further, and fraud checks of their own.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use onboarding::case::ask_also;
use onboarding::customer::Draft;
use onboarding::evaluation::conclude::{self, Seen, Why};
use onboarding::evaluation::judge::judge;
use onboarding::evaluation::person;
use onboarding::evaluation::scenario::Scenario;
use onboarding::{Case, Changes, Customer};
use store::Job;

use super::rules;
use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Takes what a screening concluded further, where the customer is evaluated. What a run leaves open for a person is asked in the
    /// customer's case; `open_case` is the one before this change.
    pub(crate) async fn evaluated(
        &self,
        house: &Caller,
        changes: Changes,
        open_case: Option<Case>,
        now: Timestamp,
    ) -> Result<Changes, Refused> {
        if changes.customer.evaluation.is_none() {
            return Ok(changes);
        }
        let rules = rules(house);
        let scenario = Scenario::of(&changes.customer, house.tenant.sandbox);
        let seen = self.seen(house, &changes.customer, scenario, now).await?;
        let mut ids = self.ids(now);
        let mut draft = Draft::resume(changes, &mut ids, now);
        conclude::conclude(&mut draft, seen, &rules, scenario, Why::Screened);
        Ok(self.asked(draft.finish(), open_case, scenario, now))
    }

    /// The same where a person has answered a case.
    pub(crate) fn decided(&self, house: &Caller, changes: Changes, now: Timestamp) -> Changes {
        if changes.customer.evaluation.is_none() {
            return changes;
        }
        let mut ids = self.ids(now);
        let mut draft = Draft::resume(changes, &mut ids, now);
        person::answered(&mut draft, &rules(house));
        draft.finish()
    }

    /// Ends the fraud checks that were asked for.
    pub(crate) async fn evaluate(&self, job: &Job) -> Result<(), Refused> {
        let house = self.on_behalf_of(job.tenant).await?;
        let now = self.now();
        let customer = self.store().customer(&house.ctx, job.customer).await?;
        let mut write = self.store().write(&house.ctx, now);
        if let Some(customer) = customer.filter(conclude::awaits_fraud) {
            let scenario = Scenario::of(&customer, house.tenant.sandbox);
            let seen = self.seen(&house, &customer, scenario, now).await?;
            let changes = {
                let mut ids = self.ids(now);
                let mut draft = Draft::new(customer, &mut ids, now);
                conclude::end_fraud(&mut draft, seen, &rules(&house));
                draft.finish()
            };
            let open_case = self.store().open_case(&house.ctx, job.customer).await?;
            write.apply(&self.asked(changes, open_case, scenario, now))?;
        }
        write.job_done(job);
        Ok(self.commit(write).await?)
    }

    /// Puts what a run has left open to a person. A sandbox's promises are nobody's to question.
    fn asked(&self, changes: Changes, open_case: Option<Case>, scenario: Option<Scenario>, now: Timestamp) -> Changes {
        match person::left_open(&changes).filter(|_| scenario.is_none()) {
            Some(question) => ask_also(changes, open_case, vec![question], &mut self.ids(now), now),
            None => changes,
        }
    }

    async fn seen(
        &self,
        house: &Caller,
        customer: &Customer,
        scenario: Option<Scenario>,
        now: Timestamp,
    ) -> Result<Seen, Refused> {
        if let Some(scenario) = scenario {
            return Ok(Seen::promised(scenario, &rules(house)));
        }
        let network = self.store().network_facts(&house.ctx, customer).await?;
        let today = now.to_zoned(TimeZone::UTC).date();
        Ok(judge(customer, Some(&network), &house.policy, today))
    }
}
