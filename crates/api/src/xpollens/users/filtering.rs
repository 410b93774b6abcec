//! What is told of the filtering against lists: whether somebody is politically exposed, and whether the analysis is done.
//! Of sanctions nothing is ever told.

use onboarding::Customer;
use onboarding::admission::filtering::{FilteringStage, filtering};

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Whether the customer is politically exposed; not known yet, if none.
    pub exposed: Option<bool>,
    /// Whether it is served although it is; nobody has said, if none.
    pub served: Option<bool>,
    /// Whether every list was asked and every hit answered.
    pub done: bool,
}

impl Told {
    /// The vendor's word for how far it is.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        if self.done { "Done" } else { "InProgress" }
    }

    /// What it is in the end; nothing before.
    #[must_use]
    pub fn last_word(&self) -> Option<bool> {
        self.exposed.filter(|_| self.done)
    }
}

/// What is told of this customer: nothing before its identity is verified.
#[must_use]
pub fn of(customer: &Customer) -> Told {
    filtering(customer).map_or_else(Told::default, |known| Told {
        exposed: known.exposed,
        served: known.served,
        done: known.stage == FilteringStage::Done,
    })
}
