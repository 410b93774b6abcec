//! What a tenant demands of its customers, as versioned data.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::check::CheckKind;
use crate::evaluation::model::FraudModel;
use crate::party::PartyKind;

/// A tenant's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Raised by every change; kept with everything decided under it.
    pub version: u32,
    /// Checks of a person that must be answered; a dialect may ask for more.
    pub person_checks: BTreeSet<CheckKind>,
    /// Checks of a business that must be answered; a dialect may ask for more.
    pub business_checks: BTreeSet<CheckKind>,
    /// The score in [0, 1] from which a match is shown to a person.
    pub alert_threshold: f64,
    /// How long ago a list may have been added, fetched or confirmed, and still clear anyone.
    pub lists_age_max: SignedDuration,
    /// From which age on a person is let in, in years; a younger one is told of, not refused.
    pub age_min_years: u8,
    /// What signals of fraud weigh.
    pub fraud: FraudModel,
}

impl Default for Policy {
    fn default() -> Self {
        let all = BTreeSet::from([CheckKind::Sanctions, CheckKind::Pep]);
        Self {
            version: 1,
            person_checks: all.clone(),
            business_checks: all,
            alert_threshold: 0.7,
            lists_age_max: SignedDuration::from_hours(7 * 24),
            age_min_years: 18,
            fraud: FraudModel::default(),
        }
    }
}

impl Policy {
    /// The checks that this kind of customer needs.
    #[must_use]
    pub fn required_checks(&self, kind: PartyKind) -> &BTreeSet<CheckKind> {
        match kind {
            PartyKind::Person => &self.person_checks,
            PartyKind::Business => &self.business_checks,
        }
    }
}
