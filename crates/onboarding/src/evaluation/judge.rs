//! From signals to what an evaluation takes in: a finding a tag, and the score with every weight that made it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::conclude::Seen;
use super::finding::check_of;
use super::{Finding, Tag};
use crate::customer::Customer;
use crate::policy::Policy;
use crate::signals::network::NetworkFacts;
use crate::signals::{self, Around, Bearing, Signal};

/// Looks at the customer, and at what others share with it where the network was asked. Tags that lists answer are not
/// among the findings.
#[must_use]
pub fn judge(customer: &Customer, network: Option<&NetworkFacts>, policy: &Policy, today: Date) -> Seen {
    let around = Around { today, age_min_years: policy.age_min_years, network };
    let signals = signals::of(customer, &around);
    let weighed = policy.fraud.weigh(&signals);
    let tags = Tag::ALL.into_iter().filter(|tag| check_of(*tag).is_none());
    let findings: BTreeMap<Tag, Finding> = tags.map(|tag| (tag, finding(tag, &signals))).collect();
    let names = signals.iter().map(|signal| signal.name).collect();
    Seen { findings, signals: names, score: weighed.score(), weighed: Some(weighed) }
}

/// What the signals of the tag's family say: what fails it, or else what was looked at.
fn finding(tag: Tag, signals: &[Signal]) -> Finding {
    let told: Vec<&Signal> = signals.iter().filter(|signal| signal.name.family() == Some(tag)).collect();
    let passed = told.iter().all(|signal| signal.fails() != Some(tag));
    // What speaks for the customer is told only where nothing speaks against it.
    let wanted = told.iter().filter(|signal| passed || signal.name.bearing() == Bearing::Bad);
    Finding { passed, reasons: wanted.map(|signal| signal.reason().to_owned()).collect() }
}
