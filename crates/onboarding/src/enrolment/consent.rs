//! The three agreements without which nobody is activated.

use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use crate::pii::Pii;

/// What is agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConsentKind {
    /// The terms and conditions.
    Terms,
    /// The privacy policy.
    Privacy,
    /// The processing of personal data.
    DataProcessing,
}

impl ConsentKind {
    /// Every kind; all of them are mandatory.
    pub const ALL: [Self; 3] = [Self::Terms, Self::Privacy, Self::DataProcessing];

    /// The word kept in the store and the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Privacy => "privacy",
            Self::DataProcessing => "data_processing",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One agreement, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: Uuid,
    /// To which version of the text.
    pub version: String,
    /// When the customer says to have agreed.
    pub accepted_at: Option<Timestamp>,
    /// When the house was told.
    pub granted_at: Timestamp,
    /// From then on it counts no more.
    pub expires_at: Timestamp,
    /// From which network address.
    pub ip_address: Option<Pii<String>>,
    /// With which program.
    pub user_agent: Option<Pii<String>>,
}

/// An agreement as a dialect is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantConsent {
    /// What is agreed to.
    pub kind: ConsentKind,
    /// To which version of the text.
    pub version: String,
    /// When the customer says to have agreed.
    pub accepted_at: Option<Timestamp>,
    /// From which network address.
    pub ip_address: Option<Pii<String>>,
    /// With which program.
    pub user_agent: Option<Pii<String>>,
}

impl Consent {
    /// The agreement, counting for a year from now.
    #[must_use]
    pub(crate) fn new(id: Uuid, given: GrantConsent, now: Timestamp) -> Self {
        let in_a_year = now.to_zoned(jiff::tz::TimeZone::UTC).checked_add(1.year());
        Self {
            id,
            version: given.version,
            accepted_at: given.accepted_at,
            granted_at: now,
            expires_at: in_a_year.map_or(Timestamp::MAX, |at| at.timestamp()),
            ip_address: given.ip_address,
            user_agent: given.user_agent,
        }
    }

    /// Whether it counts.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}
