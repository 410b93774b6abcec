//! What was found of a document that a customer sent.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{DocumentTag, words};
use crate::id::FileId;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKind {
    /// A driver's licence.
    DrivingLicence,
    /// A passport.
    Passport,
}

/// Which side of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentSide {
    /// The side with the portrait.
    Front,
    /// The other one.
    Back,
}

words!(DocumentKind { DrivingLicence = "driving_licence", Passport = "passport" });
words!(DocumentSide { Front = "front", Back = "back" });

/// What was found of one tag of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentFinding {
    /// Whether nothing speaks against it; none as long as nobody could say.
    pub passed: Option<bool>,
    /// What was looked at, by its word, and whether it was as it must be.
    pub details: BTreeMap<String, bool>,
}

/// What is known of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentReport {
    /// The file.
    pub file: FileId,
    /// Which document.
    pub kind: DocumentKind,
    /// Which side.
    pub side: DocumentSide,
    /// Who issued it, ISO 3166-1 alpha-3 in upper case.
    pub country: String,
    /// Its day of issue, where it could be read.
    pub issued_on: Option<Date>,
    /// What was found.
    pub findings: BTreeMap<DocumentTag, DocumentFinding>,
}

impl DocumentReport {
    /// Whether everything was answered.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        DocumentTag::ALL.iter().all(|tag| self.findings.get(tag).is_some_and(|finding| finding.passed.is_some()))
    }

    /// Whether something speaks against it.
    #[must_use]
    pub fn warns(&self) -> bool {
        self.findings.values().any(|finding| finding.passed == Some(false))
    }

    /// Puts in what somebody else found out: a verifier, or a person. What is known to have failed stays so.
    pub fn answer(&mut self, tag: DocumentTag, passed: bool) {
        let finding = self.findings.entry(tag).or_default();
        finding.passed = Some(passed && finding.passed != Some(false));
    }

    /// Answers everything that is still open in the same way.
    pub fn answer_open(&mut self, passed: bool) {
        for tag in DocumentTag::ALL {
            if self.findings.get(&tag).is_none_or(|finding| finding.passed.is_none()) {
                self.answer(tag, passed);
            }
        }
    }
}
