//! A case: what a person is asked about one customer. Opened by a check, a rule, a review; closed by decisions, which
//! move the checks.
//!
//! - [`answer`]: what may be said to a question, and whether it counts yet;
//! - [`ask`]: how questions come to a case;
//! - [`decide`]: decisions, the second person's confirmation, closing;
//! - [`delisted`](mod@delisted): entries that have left their list;
//! - [`work`]: who does it, what is noted and attached;
//! - [`priority`]: what comes first, and until when.

pub mod answer;
pub mod ask;
pub mod decide;
pub(crate) mod delisted;
pub mod priority;
pub mod work;

use jiff::{Timestamp, civil::Date};

pub use answer::{Answer, Outcome, Standing, Verdict};
pub use ask::{NewQuestion, ask, ask_also};
pub use decide::{About, Close, Confirm, Decide, Reject, close, confirm, decide, reject};
pub use priority::Priority;
pub use work::{Assignment, Attachment, Comment, assign, attach, comment, take};

use crate::admission::diligence::Reason;
use crate::changes::Refusal;
use crate::check::CheckKind;
use crate::customer::Customer;
use crate::id::{CaseId, CustomerId, FileId, TenantId};
use crate::pii::Pii;
use crate::screening::Hit;

/// Everything a person is asked about one customer at a time. A customer has at most one that is not closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// Whose.
    pub tenant: TenantId,
    /// About whom.
    pub customer: CustomerId,
    /// Raised by every change: a person decides on the version that was seen.
    pub version: u64,
    /// Where it stands.
    pub state: CaseState,
    /// What is asked.
    pub questions: Vec<Question>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Who is to do it.
    pub assignment: Option<Assignment>,
    /// What comes first.
    pub priority: Priority,
    /// Until when it should be closed.
    pub due_at: Timestamp,
    /// What was noted, oldest first.
    pub comments: Vec<Comment>,
    /// Files that belong to it, oldest first.
    pub attachments: Vec<Attachment>,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseState {
    /// Waits for somebody to look.
    Open,
    /// Somebody is looking.
    InReview {
        /// Who.
        by: String,
        /// Since when.
        since: Timestamp,
    },
    /// Every question is answered.
    Closed {
        /// When.
        at: Timestamp,
    },
}

impl CaseState {
    /// Every word of [`Self::as_str`].
    pub const WORDS: [&'static str; 3] = ["open", "in_review", "closed"];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InReview { .. } => "in_review",
            Self::Closed { .. } => "closed",
        }
    }
}

/// One question, and what was said to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its number in the case, from 1; never given twice.
    pub number: u32,
    /// What is asked.
    pub asks: Asks,
    /// For [`Asks::Hits`]: whom it is about, in the order in which they came. Each is answered for itself.
    pub hits: Vec<AskedHit>,
    /// What was said. For [`Asks::Hits`] it follows from what was said to the hits.
    pub verdict: Verdict,
}

/// What a question asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// Are these listed parties the customer, or somebody around it?
    Hits {
        /// The check that asks, and moves with the answer.
        check: CheckKind,
    },
    /// A risk rule fired: is the customer to be served all the same?
    Rule {
        /// The rule's name in its model.
        rule: String,
        /// How bad it is.
        severity: Severity,
        /// What fired, for a reader.
        why: Pii<String>,
    },
    /// The periodic review of the customer is due.
    Review {
        /// Since when.
        due: Date,
    },
    /// A document is to be looked at.
    Document {
        /// The file.
        file: FileId,
        /// What it is to show (`passport`, `proof of address`).
        what: String,
    },
    /// Somebody's consent is needed.
    Approval {
        /// Whose or what for (`compliance`, `power tenant`).
        what: String,
    },
}

/// How bad it is that a rule fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The customer may be served after enhanced diligence.
    High,
    /// The institution's rules do not let the customer in.
    Prohibited,
}

impl Severity {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Prohibited => "prohibited",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::High, Self::Prohibited].into_iter().find(|severity| severity.as_str() == text)
    }
}

impl Asks {
    /// The word for the kind of question.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Hits { .. } => "hits",
            Self::Rule { .. } => "rule",
            Self::Review { .. } => "review",
            Self::Document { .. } => "document",
            Self::Approval { .. } => "approval",
        }
    }

    /// Whether this can be said to it.
    #[must_use]
    pub const fn takes(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::FalsePositive | Outcome::TrueMatch => matches!(self, Self::Hits { .. }),
            Outcome::Accepted | Outcome::Refused => !matches!(self, Self::Hits { .. }),
            Outcome::Fraud => matches!(self, Self::Document { .. }),
            Outcome::NeedsMore | Outcome::Withdrawn => true,
        }
    }

    /// Whether it is the same question, perhaps with other particulars.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Hits { check: one }, Self::Hits { check: other }) => one == other,
            (Self::Rule { rule: one, .. }, Self::Rule { rule: other, .. })
            | (Self::Approval { what: one }, Self::Approval { what: other }) => one == other,
            (Self::Review { due: one }, Self::Review { due: other }) => one == other,
            (Self::Document { file: one, .. }, Self::Document { file: other, .. }) => one == other,
            _ => false,
        }
    }
}

/// A listed party that a person is asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedHit {
    /// Its number in the case, from 1; never given twice.
    pub number: u32,
    /// Who, and what speaks for and against.
    pub hit: Hit,
    /// What was said.
    pub verdict: Verdict,
}

impl Question {
    /// The check that asks, if one does.
    #[must_use]
    pub const fn check(&self) -> Option<CheckKind> {
        match self.asks {
            Asks::Hits { check } => Some(check),
            _ => None,
        }
    }

    /// Whether nothing more is to be said.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.verdict.settled().is_some()
    }

    /// The answer that counts, if there is one.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.verdict.settled()
    }

    /// What was proposed and waits for a second person.
    pub fn proposals(&self) -> impl Iterator<Item = &Answer> {
        self.hits.iter().filter_map(|asked| asked.verdict.proposed()).chain(self.verdict.proposed())
    }
}

impl Case {
    /// Most comments of a case.
    pub const COMMENTS_MAX: usize = 500;
    /// Most files of a case.
    pub const ATTACHMENTS_MAX: usize = 50;

    /// Whether something is still asked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, CaseState::Closed { .. })
    }

    /// Whether something waits for a second person.
    #[must_use]
    pub fn awaits_confirmation(&self) -> bool {
        self.is_open() && self.questions.iter().any(|question| question.proposals().next().is_some())
    }

    /// Every hit it asks about.
    pub fn hits(&self) -> impl Iterator<Item = &AskedHit> {
        self.questions.iter().flat_map(|question| &question.hits)
    }
}

/// Who does something to a case, and the version that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The person's name. It is kept in the journal, in clear.
    pub by: String,
    /// The version that was seen: another one is refused. Whatever stands, if none is given.
    pub seen: Option<u64>,
}

/// Why something is not done to a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefusal {
    /// The case is closed.
    #[error("the case is already closed")]
    Closed,
    /// The case does not belong to this customer.
    #[error("the case belongs to another customer")]
    OtherCustomers,
    /// The case changed since it was looked at.
    #[error("the case has changed: it is at version {version} now")]
    Stale {
        /// Where it is now.
        version: u64,
    },
    /// Nobody is named, or the name is no name.
    #[error("who does it must be named, with at most {} characters", Act::NAME_CHARS_MAX)]
    NobodyNamed,
    /// No reason, or too long a one.
    #[error("a reason or text must be given, with at most {} characters", Comment::CHARS_MAX)]
    NoText,
    /// The case asks nothing about this check, or it is answered already.
    #[error("the case has no open question about {}", .0.as_str())]
    NoOpenQuestion(CheckKind),
    /// The case has no question or hit of this number.
    #[error("the case has no such question or hit")]
    NothingOfThisNumber,
    /// The question is answered.
    #[error("the question is already answered")]
    Answered,
    /// The answer is none that the question takes.
    #[error("this is no answer to the question")]
    NoAnswerToIt,
    /// Such a document is refused for one of the reasons that are told to the customer.
    #[error("a document is refused for one of these reasons: {}", listed_reasons())]
    NotAListedReason,
    /// The second person must be another one.
    #[error("another person must confirm what was proposed")]
    SamePerson,
    /// There is nothing to confirm.
    #[error("nothing is proposed")]
    NothingProposed,
    /// A check waits for the answer, so the question cannot be dropped.
    #[error("the {} check waits for the answer", .0.as_str())]
    StillAsked(CheckKind),
    /// There is room for no more.
    #[error("the case has as many {0} as it may")]
    TooMany(&'static str),
}

impl Act {
    /// Longest name of a person.
    pub const NAME_CHARS_MAX: usize = 100;

    /// By this person, on whatever version stands.
    #[must_use]
    pub fn by(name: impl Into<String>) -> Self {
        Self { by: name.into(), seen: None }
    }

    /// The person's name without what surrounds it.
    fn name(&self) -> Result<String, Refusal> {
        name(&self.by)
    }

    /// Whether this may be done to this case at all; who does it, if so.
    fn enter(&self, customer: &Customer, case: &Case) -> Result<String, Refusal> {
        let refused = |refusal: CaseRefusal| Err(Refusal::Case(refusal));
        if (case.tenant, case.customer) != (customer.tenant, customer.id) {
            return refused(CaseRefusal::OtherCustomers);
        }
        if self.seen.is_some_and(|seen| seen != case.version) {
            return refused(CaseRefusal::Stale { version: case.version });
        }
        if !case.is_open() {
            return refused(CaseRefusal::Closed);
        }
        self.name()
    }
}

/// The reasons for which a document may be refused, for a reader.
fn listed_reasons() -> String {
    Reason::ALL.map(Reason::as_str).join(", ")
}

/// A person's name as it is kept.
fn name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= Act::NAME_CHARS_MAX && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(CaseRefusal::NobodyNamed.into()) }
}

/// A text that says something, and not too much.
fn text(text: &Pii<String>) -> Result<Pii<String>, Refusal> {
    let told = text.trim();
    let fits = !told.is_empty() && told.chars().count() <= Comment::CHARS_MAX;
    if fits { Ok(Pii(told.to_owned())) } else { Err(CaseRefusal::NoText.into()) }
}
