//! Where a customer stands, read off what is there; and what is told when that moves.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::account::AccountState;
use super::demand::{self, DemandState};
use super::diligence::{DiligenceState, Proof};
use super::filtering::{self, FilteringStage, filtering};
use super::settle::Before;
use super::tax::TaxStatus;
use super::{Admission, AdmissionRefusal, settle, tax, transfer};
use crate::changes::Changes;
use crate::customer::{Customer, Draft, Ids};
use crate::evaluation::words;
use crate::party::Party;
use crate::policy::Policy;

/// Where a customer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// Let in, and nothing more.
    Initialized,
    /// At least one step is taken.
    InProgress,
    /// Every step is clear.
    Validated,
    /// It will not be served.
    Refused,
}

words!(Standing {
    Initialized = "initialized",
    InProgress = "in_progress",
    Validated = "validated",
    Refused = "refused",
});

/// A step that a tenant may ask for before an account opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Nationality, country of birth and address are known.
    Profile,
    /// An identity document is in order.
    Document,
    /// A selfie or a transfer shows that the document is its own.
    Complementary,
    /// Activity, assets and income are declared.
    Declarative,
    /// The tax form is signed and in order.
    Tax,
    /// The terms are accepted.
    Terms,
    /// No list speaks against it.
    Filtering,
}

words!(Step {
    Profile = "profile",
    Document = "document",
    Complementary = "complementary",
    Declarative = "declarative",
    Tax = "tax",
    Terms = "terms",
    Filtering = "filtering",
});

/// What a tenant asks of who is to be admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The steps that must be clear.
    pub steps: BTreeSet<Step>,
    /// After how many days a prospect that came no further is forgotten.
    pub prospect_days: u16,
    /// After how many days a refused one is forgotten, counted from its last change.
    pub refused_days: u16,
    /// After how many days a demand ends that nobody answered.
    pub demand_days: u16,
    /// The least that a transfer may bring, in cents.
    pub transfer_min_cents: u64,
    /// The most that a transfer may bring, in cents.
    pub transfer_max_cents: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            steps: Step::ALL.into(),
            prospect_days: 90,
            // Five years: article L561-12 of the French monetary and financial code.
            refused_days: 1_826,
            demand_days: 90,
            transfer_min_cents: 100,
            transfer_max_cents: 100_000,
        }
    }
}

/// The steps that are asked for and not clear; none of them for who was not let in this way.
#[must_use]
pub fn missing(customer: &Customer, rules: &Rules) -> BTreeSet<Step> {
    let Some(admission) = &customer.admission else { return BTreeSet::new() };
    rules.steps.iter().copied().filter(|step| !is_clear(*step, customer, admission)).collect()
}

fn is_clear(step: Step, customer: &Customer, admission: &Admission) -> bool {
    match step {
        Step::Profile => {
            let citizen = matches!(&customer.party, Party::Person(person) if person.citizenship.is_some());
            citizen && admission.birth.country.is_some() && !customer.addresses.is_empty()
        }
        Step::Document => is_proved(admission, &[Proof::Document]),
        Step::Complementary => is_proved(admission, &[Proof::Selfie, Proof::Transfer]),
        Step::Declarative => admission.declarative.is_some(),
        Step::Tax => admission.tax.as_ref().is_some_and(|form| form.status() == TaxStatus::Ok),
        Step::Terms => admission.terms.is_some(),
        Step::Filtering => {
            filtering(customer).is_some_and(|known| known.stage == FilteringStage::Done)
                && !filtering::forbids(customer, admission)
        }
    }
}

/// Whether something that proves one of these is in order.
pub(super) fn is_proved(admission: &Admission, proofs: &[Proof]) -> bool {
    let shown = admission.demand.iter().flat_map(|demand| &demand.diligences);
    shown
        .filter(|diligence| proofs.contains(&diligence.kind.proof()))
        .any(|diligence| diligence.state == DiligenceState::Validated)
}

/// Where a customer stands; nothing for who was not let in this way. Who has an account stays validated, whatever is found
/// later: that freezes the account.
#[must_use]
pub fn standing(customer: &Customer, rules: &Rules) -> Option<Standing> {
    let admission = customer.admission.as_ref()?;
    let begun = admission.demand.is_some()
        || admission.declarative.is_some()
        || admission.tax.is_some()
        || admission.terms.is_some();
    Some(if admission.account.state != AccountState::Initialized {
        Standing::Validated
    } else if is_refused(customer, admission) {
        Standing::Refused
    } else if !admission.frozen && missing(customer, rules).is_empty() {
        Standing::Validated
    } else if begun {
        Standing::InProgress
    } else {
        Standing::Initialized
    })
}

pub(super) fn is_refused(customer: &Customer, admission: &Admission) -> bool {
    let fraud = admission.demand.as_ref().is_some_and(|demand| demand.state == DemandState::FraudSuspicion);
    fraud || filtering::forbids(customer, admission)
}

/// Whether the identity is validated, so that what identifies the customer is not changed any more.
#[must_use]
pub fn is_identified(admission: &Admission) -> bool {
    let complete = admission.demand.as_ref().is_some_and(|demand| demand.state == DemandState::Complete);
    complete || admission.account.state != AccountState::Initialized
}

/// A change of somebody's admission. It knows how everything stood before, and tells at its end what has moved.
#[derive(Debug)]
pub struct Change<'a> {
    /// The customer so far.
    pub draft: Draft<'a>,
    before: Before,
    rules: Rules,
}

impl<'a> Change<'a> {
    /// Begins a change.
    ///
    /// # Errors
    /// [`AdmissionRefusal::NotAdmitted`].
    pub fn begin(
        customer: Customer,
        policy: &Policy,
        ids: &'a mut dyn Ids,
        now: Timestamp,
    ) -> Result<Self, AdmissionRefusal> {
        let before = Before::of(&customer, &policy.admission).ok_or(AdmissionRefusal::NotAdmitted)?;
        Ok(Self { draft: Draft::new(customer, ids, now), before, rules: policy.admission.clone() })
    }

    /// Goes on with a change that a decision has ended; `before` is the customer before it.
    ///
    /// # Errors
    /// [`AdmissionRefusal::NotAdmitted`].
    pub fn resume(
        changes: Changes,
        before: &Customer,
        policy: &Policy,
        ids: &'a mut dyn Ids,
        now: Timestamp,
    ) -> Result<Self, AdmissionRefusal> {
        let before = Before::of(before, &policy.admission).ok_or(AdmissionRefusal::NotAdmitted)?;
        Ok(Self { draft: Draft::resume(changes, ids, now), before, rules: policy.admission.clone() })
    }

    /// The first change of who is let in by it.
    pub(super) fn first(draft: Draft<'a>, policy: &Policy) -> Self {
        Self { draft, before: Before::nothing(), rules: policy.admission.clone() }
    }

    /// The admission so far.
    ///
    /// # Panics
    /// Never: a change is begun of an admission only, and none is taken away.
    pub fn admission(&mut self) -> &mut Admission {
        self.draft.customer.admission.as_mut().expect("a change is begun of an admission only")
    }

    /// Nothing is done for who is refused.
    ///
    /// # Errors
    /// [`AdmissionRefusal::Refused`].
    pub fn unless_refused(&self) -> Result<(), AdmissionRefusal> {
        match standing(&self.draft.customer, &self.rules) {
            Some(Standing::Refused) => Err(AdmissionRefusal::Refused),
            _ => Ok(()),
        }
    }

    /// Tells what has moved until now, and goes on.
    pub(super) fn settle(&mut self) {
        tax::reassess(&mut self.draft);
        transfer::follow(self.admission());
        demand::restate(&mut self.draft, &self.rules);
        settle::open_or_close(&mut self.draft, &self.rules);
        settle::tell(&mut self.draft, &self.before, &self.rules);
        self.before = Before::of(&self.draft.customer, &self.rules).unwrap_or_else(Before::nothing);
    }

    /// Ends the change: what follows from it is done, and whatever moved is told.
    #[must_use]
    pub fn finish(mut self) -> Changes {
        self.settle();
        self.draft.finish()
    }
}

/// Draws for an admission what follows from a change that something else has decided: a screening, a case. `before` is the
/// customer before it. Of who was not let in this way, nothing.
#[must_use]
pub fn settled(changes: Changes, before: &Customer, policy: &Policy, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    if changes.customer.admission.is_none() {
        return changes;
    }
    match Change::resume(changes.clone(), before, policy, ids, now) {
        Ok(change) => change.finish(),
        Err(_) => changes,
    }
}
