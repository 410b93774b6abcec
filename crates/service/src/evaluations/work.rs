//! What happens behind: conclusions of a screening taken further, and fraud checks of their own.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use onboarding::case::ask_also;
use onboarding::customer::Draft;
use onboarding::evaluation::conclude::{self, Seen, Why};
use onboarding::evaluation::judge::judge;
use onboarding::evaluation::person;
use onboarding::evaluation::scenario::Scenario;
use onboarding::{Case, Changes, Customer, CustomerId};
use store::Job;

use super::rules;
use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Takes what a screening concluded further, where the customer is evaluated. What a run leaves open for a person is
    /// asked in the customer's case; `open_case` is the one before this change. With it, who should be looked at again,
    /// because this one has come.
    pub(crate) async fn evaluated(
        &self,
        house: &Caller,
        changes: Changes,
        open_case: Option<Case>,
        now: Timestamp,
    ) -> Result<(Changes, BTreeSet<CustomerId>), Refused> {
        if changes.customer.evaluation.is_none() {
            return Ok((changes, BTreeSet::new()));
        }
        let rules = rules(house);
        let scenario = Scenario::of(&changes.customer, house.tenant.sandbox);
        let (seen, others) = self.seen(house, &changes.customer, scenario, now).await?;
        let mut ids = self.ids(now);
        let mut draft = Draft::resume(changes, &mut ids, now);
        conclude::conclude(&mut draft, seen, &rules, scenario, Why::Screened);
        let changes = self.asked(draft.finish(), open_case, scenario, now);
        let others = if conclude::has_come(&changes) { others } else { BTreeSet::new() };
        Ok((changes, others))
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

    /// Ends the fraud checks that were asked for, or looks again at one around whom others have come or were flagged.
    pub(crate) async fn evaluate(&self, job: &Job) -> Result<(), Refused> {
        let house = self.on_behalf_of(job.tenant).await?;
        let now = self.now();
        let customer = self.store().customer(&house.ctx, job.customer).await?;
        let mut write = self.store().write(&house.ctx, now);
        let due = |customer: &Customer| conclude::awaits_fraud(customer) || conclude::may_be_looked_at_again(customer);
        if let Some(customer) = customer.filter(due) {
            let scenario = Scenario::of(&customer, house.tenant.sandbox);
            let (seen, _) = self.seen(&house, &customer, scenario, now).await?;
            let changes = {
                let mut ids = self.ids(now);
                let asked_for = conclude::awaits_fraud(&customer);
                let mut draft = Draft::new(customer, &mut ids, now);
                if asked_for {
                    conclude::end_fraud(&mut draft, seen, &rules(&house));
                } else {
                    conclude::look_again(&mut draft, seen, &rules(&house));
                }
                draft.finish()
            };
            if !changes.events.is_empty() {
                let open_case = self.store().open_case(&house.ctx, job.customer).await?;
                write.apply(&self.asked(changes, open_case, scenario, now))?;
            }
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

    /// What speaks for and against the customer, and who should be looked at again because of it.
    async fn seen(
        &self,
        house: &Caller,
        customer: &Customer,
        scenario: Option<Scenario>,
        now: Timestamp,
    ) -> Result<(Seen, BTreeSet<CustomerId>), Refused> {
        if let Some(scenario) = scenario {
            return Ok((Seen::promised(scenario, &rules(house)), BTreeSet::new()));
        }
        let known = self.store().network_facts(&house.ctx, customer).await?;
        let today = now.to_zoned(TimeZone::UTC).date();
        let seen = judge(customer, Some(&known.facts), &house.policy, today);
        Ok((seen, if known.facts.changes_others() { known.others } else { BTreeSet::new() }))
    }
}
