//! Where a customer stands, read off what is there.

use std::collections::BTreeSet;

use crate::evaluation::words;

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
