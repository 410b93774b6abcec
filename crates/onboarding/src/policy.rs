//! What a tenant demands of its customers, as versioned data.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::admission::standing::Rules;
use crate::case::Outcome;
use crate::check::CheckKind;
use crate::evaluation::model::FraudModel;
use crate::party::PartyKind;

/// Which decisions on a case need a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FourEyes {
    /// None.
    None,
    /// That a listed party is the customer.
    TrueMatch,
    /// Every one that settles something.
    All,
}

impl FourEyes {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::None, Self::TrueMatch, Self::All];

    /// The word an operator sets it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::TrueMatch => "true-match",
            Self::All => "all",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text)
    }

    /// Whether this answer is only proposed by who gives it.
    #[must_use]
    pub fn needs_two(self, outcome: Outcome) -> bool {
        match self {
            Self::None => false,
            Self::TrueMatch => outcome == Outcome::TrueMatch,
            Self::All => outcome != Outcome::NeedsMore,
        }
    }
}

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
    /// Whether the tenant shows the network, and is shown, who shares what with customers of other tenants.
    pub network_share: bool,
    /// What signals of fraud weigh.
    pub fraud: FraudModel,
    /// Which decisions on a case need a second person.
    pub four_eyes: FourEyes,
    /// What is asked of who takes its steps in any order.
    pub admission: Rules,
    /// How long a decision counts that a listed party is not the customer; for ever, if it says nothing.
    pub dismissal_lasts: Option<SignedDuration>,
}

/// The shortest of our periods of review: what nobody looks at again for longer is no decision but a habit.
const DISMISSAL_LASTS: SignedDuration = SignedDuration::from_hours(365 * 24);

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
            network_share: false,
            fraud: FraudModel::default(),
            four_eyes: FourEyes::None,
            admission: Rules::default(),
            dismissal_lasts: Some(DISMISSAL_LASTS),
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
