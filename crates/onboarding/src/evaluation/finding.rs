//! What was found of one tag.

use super::Tag;
use crate::check::CheckKind;

/// What was found of one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether nothing speaks against the customer.
    pub passed: bool,
    /// What was looked at and what it said, one sentence each, without the values themselves.
    pub reasons: Vec<String>,
}

impl Finding {
    /// Nothing to say.
    #[must_use]
    pub const fn passed() -> Self {
        Self { passed: true, reasons: Vec::new() }
    }

    /// Something speaks against the customer.
    #[must_use]
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { passed: false, reasons: vec![reason.into()] }
    }
}

/// The check that answers for a tag, where a screening does.
#[must_use]
pub const fn check_of(tag: Tag) -> Option<CheckKind> {
    match tag {
        Tag::Legal => Some(CheckKind::Adverse),
        Tag::Pep => Some(CheckKind::Pep),
        Tag::Sanction => Some(CheckKind::Sanctions),
        Tag::Watchlists => Some(CheckKind::Watchlists),
        Tag::Ssn | Tag::BirthDate | Tag::Address | Tag::FraudReports | Tag::Phone | Tag::Email => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_answers_for_one_tag() {
        for kind in CheckKind::ALL {
            assert_eq!(Tag::ALL.iter().filter(|tag| check_of(**tag) == Some(kind)).count(), 1, "{kind:?}");
        }
    }
}
