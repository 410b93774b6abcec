//! What comes first, and until when.

use jiff::{SignedDuration, Timestamp};

use super::{Asks, Question, Severity};
use crate::check::CheckKind;

/// How urgent a case is, the least urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// When there is time: a periodic review.
    Low,
    /// In the order in which they came.
    Normal,
    /// Before what is normal.
    High,
    /// Before everything else.
    Urgent,
}

/// The score from which on a hit is looked at sooner: an equal name, with nothing that speaks against it.
const NEARLY_CERTAIN: f64 = 0.9;

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Urgent, Self::High, Self::Normal, Self::Low];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == text)
    }

    /// How long a case of this priority may take.
    ///
    /// Funds of a listed party are to be frozen without delay, which FATF's glossary reads as within hours, at most 24;
    /// a weaker match is looked at before a second day has passed. The rest follows what institutions promise their
    /// applicants: a working week for an application that is held, a month for a review that comes on schedule.
    #[must_use]
    pub const fn allowed(self) -> SignedDuration {
        match self {
            Self::Urgent => SignedDuration::from_hours(24),
            Self::High => SignedDuration::from_hours(2 * 24),
            Self::Normal => SignedDuration::from_hours(5 * 24),
            Self::Low => SignedDuration::from_hours(30 * 24),
        }
    }

    pub(super) fn due_at(self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.allowed()).unwrap_or(Timestamp::MAX)
    }

    /// What a question is worth: sanctions before everything else, since serving a listed party is a crime; then what the
    /// institution's own rules forbid, and office holders and wanted people who are nearly certain; then what a customer
    /// waits for; then what comes on schedule.
    pub(super) fn of(question: &Question) -> Self {
        let best = question.hits.iter().map(|asked| asked.hit.score).fold(0.0, f64::max);
        match &question.asks {
            Asks::Hits { check: CheckKind::Sanctions } if best >= NEARLY_CERTAIN => Self::Urgent,
            Asks::Hits { check: CheckKind::Sanctions } | Asks::Rule { severity: Severity::Prohibited, .. } => {
                Self::High
            }
            Asks::Hits { check: CheckKind::Pep | CheckKind::Watchlists } if best >= NEARLY_CERTAIN => Self::High,
            Asks::Hits { .. }
            | Asks::Rule { severity: Severity::High, .. }
            | Asks::Document { .. }
            | Asks::Approval { .. } => Self::Normal,
            Asks::Review { .. } => Self::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_urgent_is_due_sooner() {
        assert!(Priority::ALL.is_sorted_by(|one, next| one > next && one.allowed() < next.allowed()));
        for priority in Priority::ALL {
            assert_eq!(Priority::parse(priority.as_str()), Some(priority));
        }
    }
}
