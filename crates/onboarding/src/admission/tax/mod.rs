//! The tax form (FATCA and the common reporting standard): what a customer declares, how likely that is, and the papers
//! that it takes to believe it.

mod countries;
mod form;
mod tin;

use jiff::Timestamp;
use uuid::Uuid;

pub use form::{Assessment, TaxMistake, assess, decide_paper, show_paper};
pub(super) use form::{reassess, signed};

use super::diligence::Reason;
use crate::evaluation::words;
use crate::id::FileId;
use crate::pii::Pii;

/// What a customer declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxDeclaration {
    /// Whether it says to be a person of the United States.
    pub us_person: bool,
    /// Where it pays taxes; at most [`TaxDeclaration::RESIDENCES_MAX`].
    pub residences: Vec<TaxResidence>,
}

/// A country where somebody pays taxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxResidence {
    /// ISO 3166-1 alpha-2 in lower case.
    pub country: String,
    /// The number there.
    pub number: Option<Pii<String>>,
}

/// A declaration that was signed, and what it takes to believe it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxForm {
    /// Its id.
    pub id: Uuid,
    /// What was declared.
    pub declared: TaxDeclaration,
    /// Whether it fits what else is known of the customer.
    pub likely: bool,
    /// The papers that are asked for.
    pub papers: Vec<TaxPaper>,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// A paper that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxPaper {
    /// Its id.
    pub id: Uuid,
    /// Which.
    pub kind: TaxPaperKind,
    /// What was sent, oldest first.
    pub files: Vec<FileId>,
    /// Where it stands.
    pub state: PaperState,
}

/// Which paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaxPaperKind {
    /// The form of who is a person of the United States.
    W9,
    /// The form of who is none, although something speaks for it.
    W8Ben,
    /// Another paper that shows where taxes are paid.
    Other,
}

/// Where a paper stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperState {
    /// It was not sent.
    Missing,
    /// It waits for a person.
    Received,
    /// It is in order.
    Validated,
    /// It is not.
    Refused(Reason),
}

/// Where a tax form stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaxStatus {
    /// Papers are missing or refused.
    Nok,
    /// Papers wait for a person.
    Pending,
    /// Nothing is missing.
    Ok,
}

words!(TaxPaperKind { W9 = "w9", W8Ben = "w8_ben", Other = "other" });
words!(TaxStatus { Nok = "nok", Pending = "pending", Ok = "ok" });

impl TaxDeclaration {
    /// Most countries.
    pub const RESIDENCES_MAX: usize = 3;
}

impl PaperState {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Received => "received",
            Self::Validated => "validated",
            Self::Refused(_) => "refused",
        }
    }

    /// Why it was refused, if it was.
    #[must_use]
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Refused(reason) => Some(reason),
            _ => None,
        }
    }

    /// The state of this word; `reason` is for a refused one.
    #[must_use]
    pub fn parse(word: &str, reason: Option<Reason>) -> Option<Self> {
        match (word, reason) {
            ("missing", None) => Some(Self::Missing),
            ("received", None) => Some(Self::Received),
            ("validated", None) => Some(Self::Validated),
            ("refused", Some(reason)) => Some(Self::Refused(reason)),
            _ => None,
        }
    }
}

impl TaxForm {
    /// Where it stands: in order without papers or with all of them in order; waiting as soon as something was sent and
    /// nothing refused.
    #[must_use]
    pub fn status(&self) -> TaxStatus {
        let states = || self.papers.iter().map(|paper| paper.state);
        if states().all(|state| state == PaperState::Validated) {
            TaxStatus::Ok
        } else if states().any(|state| matches!(state, PaperState::Refused(_)))
            || states().all(|state| state == PaperState::Missing)
        {
            TaxStatus::Nok
        } else {
            TaxStatus::Pending
        }
    }
}
