//! One diligence on a customer, and the states it may be in.
//!
//! ```text
//! Pending --> Clear <------------.
//!    |  \                         \
//!    |   `--> Hit --> Reviewing --+--> Confirmed
//!    `- Unavailable (tried again until it becomes Clear or Hit)
//! ```
//! There is no way from "could not be run" to `Clear` but a run, and none from `Hit` to `Clear` but a person, or the list
//! itself: when every entry that was asked about has left it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use watchlists::{Fingerprint, Topic, Topics};

use crate::id::{CaseId, EvidenceId};
use crate::pii::Pii;
use crate::policy::Policy;

/// Which diligence it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    /// Sanctions lists.
    Sanctions,
    /// Politically exposed persons, their relatives and close associates.
    Pep,
    /// Other watchlists: wanted, crime, special interest, and the institution's own blocklist.
    Watchlists,
    /// Adverse information: debarment, export control, action by a supervisor, adverse media.
    Adverse,
}

impl CheckKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Sanctions, Self::Pep, Self::Watchlists, Self::Adverse];

    /// The word kept in the store and the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sanctions => "sanctions",
            Self::Pep => "pep",
            Self::Watchlists => "watchlists",
            Self::Adverse => "adverse",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The topics of listed parties that this check is about.
    #[must_use]
    pub const fn topics(self) -> Topics {
        match self {
            Self::Sanctions => Topics::of(Topic::Sanction).with(Topic::SanctionLinked),
            Self::Pep => Topics::of(Topic::Pep).with(Topic::Rca),
            Self::Watchlists => Topics::of(Topic::Wanted).with(Topic::Crime).with(Topic::Interest).with(Topic::Blocked),
            Self::Adverse => {
                Topics::of(Topic::Debarred).with(Topic::ExportControl).with(Topic::Regulatory).with(Topic::AdverseMedia)
            }
        }
    }
}

/// Why a check could not be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unavailability {
    /// No list with the check's topics is loaded.
    NoList,
    /// A list with its topics is older than the tenant allows.
    StaleList,
}

impl Unavailability {
    /// The word kept in the store and the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoList => "no_list",
            Self::StaleList => "stale_list",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::NoList, Self::StaleList].into_iter().find(|why| why.as_str() == text)
    }
}

/// Where a check stands; what is true only in one state is kept only there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckState {
    /// Due, not yet run.
    Pending,
    /// Tried, and could not be run; it is tried again.
    Unavailable(Unavailability),
    /// Nothing speaks against the customer.
    Clear,
    /// Somebody on a list looks like the customer, or the customer says so; the case waits for a person.
    Hit(CaseId),
    /// A person is looking.
    Reviewing(CaseId),
    /// A person found that it is true.
    Confirmed(CaseId),
}

impl CheckState {
    /// The word kept in the store and the journal.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Unavailable(_) => "unavailable",
            Self::Clear => "clear",
            Self::Hit(_) => "hit",
            Self::Reviewing(_) => "reviewing",
            Self::Confirmed(_) => "confirmed",
        }
    }

    /// The case that the check waits for or was decided by.
    #[must_use]
    pub const fn case(&self) -> Option<CaseId> {
        match self {
            Self::Hit(case) | Self::Reviewing(case) | Self::Confirmed(case) => Some(*case),
            Self::Pending | Self::Unavailable(_) | Self::Clear => None,
        }
    }
}

/// One diligence on a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Where it stands.
    pub state: CheckState,
    /// Since when.
    pub changed_at: Timestamp,
    /// What it saw last, once it ran.
    pub evidence: Option<EvidenceId>,
    /// Whether the policy demands that it is answered. One that is not, and cannot be run, holds nobody up.
    pub required: bool,
    /// What a person found not to be so: it raises no question again as long as it [stands](Dismissed::stands).
    pub dismissed: BTreeSet<Dismissed>,
}

/// A listed party that a person found not to be the party it looked like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dismissed {
    /// The list it stands on.
    pub list: String,
    /// Its id there.
    pub entity: String,
    /// Who it was compared with ([`Subject::identity`](crate::screening::Subject::identity)): of somebody else in the
    /// same place nothing is dismissed.
    pub whom: Pii<String>,
    /// What the list said of it; nothing where no list raised the question.
    pub listed: Option<Fingerprint>,
    /// Whether a document or number of the party's agreed with the entry's, and a person found all the same.
    pub identified: bool,
    /// When a person found so.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// The case that it was found in.
    pub case: Option<CaseId>,
}

impl Dismissed {
    /// Whether it is about this entry looking like this party.
    #[must_use]
    pub fn is_about(&self, list: &str, entity: &str, whom: &Pii<String>) -> bool {
        (&*self.list, &*self.entity, &self.whom) == (list, entity, whom)
    }

    /// When it stops counting by itself.
    #[must_use]
    pub fn expires_at(&self, policy: &Policy) -> Option<Timestamp> {
        let lasts = policy.dismissal_lasts?;
        Some(self.at.saturating_add(lasts).unwrap_or(Timestamp::MAX))
    }

    /// Whether it counts still: not for too long, and for what was seen.
    #[must_use]
    pub fn stands(&self, listed: Option<&Fingerprint>, identified: bool, policy: &Policy, now: Timestamp) -> bool {
        let unchanged = self.listed.as_ref() == listed && (self.identified || !identified);
        unchanged && self.expires_at(policy).is_none_or(|at| now < at)
    }
}

impl Check {
    /// A check that is due and has to be answered.
    #[must_use]
    pub const fn due(now: Timestamp) -> Self {
        Self { state: CheckState::Pending, changed_at: now, evidence: None, required: true, dismissed: BTreeSet::new() }
    }

    /// Keeps a decision, in the place of an earlier one about the same.
    pub fn dismiss(&mut self, dismissed: Dismissed) {
        self.dismissed.retain(|known| !known.is_about(&dismissed.list, &dismissed.entity, &dismissed.whom));
        self.dismissed.insert(dismissed);
    }

    /// Whether it has to be answered and could not be yet.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.required && matches!(self.state, CheckState::Pending | CheckState::Unavailable(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for kind in CheckKind::ALL {
            assert_eq!(CheckKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(CheckKind::parse("ofac"), None);
    }
}
