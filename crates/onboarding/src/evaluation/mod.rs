//! The evaluation of a customer: what KYC and fraud signals say of it, and what follows.
//!
//! ```text
//! operation:  initiated --> in progress --> completed
//!                   \             \-------> failed
//! kyc:        PENDING --> PASSED | REVIEW --> PASSED | REJECTED (a person)
//! approval:   REVIEW  --> APPROVED | REJECTED, by score, flag or person
//! ```
//! Each operation keeps how things stood when it began and when it ended, so that whoever is told late is told what was
//! true at the event, and not what the customer has become since.
//!
//! - [`tag`], [`finding`]: the single findings; [`operation`]: one run, with what it saw;
//! - [`judge`], [`model`]: from [`crate::signals`] to findings and a score, weight by weight;
//! - [`begin`], [`conclude`]: runs started and ended; [`papers`]: those of documents;
//! - [`flag`], [`person`]: the word of a person.

pub mod begin;
pub mod conclude;
pub mod document;
pub mod finding;
pub mod flag;
pub mod judge;
pub mod model;
pub mod operation;
pub mod papers;
pub mod person;
pub mod scenario;
pub mod tag;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::Timestamp;

use crate::pii::Pii;
use crate::signals::SignalName;
use document::DocumentReport;
pub use finding::Finding;
use model::Weighed;
use operation::Operation;
pub use tag::{DocumentTag, Tag};

/// Operations kept; of more, the oldest ended ones are forgotten, and webhooks about them that are still owed with them. So
/// there is room for a customer that is sent sixty times, with a fraud check each, while its receiver is down.
pub const OPERATIONS_MAX: usize = 128;

/// Entries of each history; of more, the oldest are forgotten.
pub const HISTORY_MAX: usize = 100;

/// What is known and concluded of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Whether it is let in.
    pub approval: Approval,
    /// What the checks of its identity and of the lists say.
    pub kyc: Kyc,
    /// The last fraud score; none as long as nobody asked for one.
    pub score: Option<FraudScore>,
    /// The signals behind that score, each with what it weighed; none for a score that a sandbox promised.
    pub weighed: Option<Weighed>,
    /// Why it is flagged, if it is.
    pub flag: Option<Flag>,
    /// What a person decided by hand, until it is evaluated anew.
    pub decided: Option<Approval>,
    /// The findings of the last run, by tag; empty before the first has ended.
    pub tags: BTreeMap<Tag, Finding>,
    /// The signals behind those findings; none where a sandbox promised them.
    pub signals: BTreeSet<SignalName>,
    /// The last document that was looked at.
    pub document: Option<DocumentReport>,
    /// From where the customer came, as far as it is known.
    pub origin: Origin,
    /// The last runs, oldest first.
    pub operations: Vec<Operation>,
    /// KYC outcomes, oldest first.
    pub kyc_history: Vec<KycRecord>,
    /// Fraud scores, oldest first.
    pub fraud_history: Vec<FraudRecord>,
}

/// From where a customer came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Its internet address.
    pub ip: Option<Pii<IpAddr>>,
    /// Where that address is, ISO 3166-1 alpha-2 in lower case, if somebody could say.
    pub ip_country: Option<String>,
    /// Its device, in the sender's words.
    pub device: Option<Pii<String>>,
}

/// Whether a customer is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Approval {
    /// Nobody has decided yet.
    Review,
    /// Let in.
    Approved,
    /// Turned away.
    Rejected,
}

/// What KYC says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kyc {
    /// Something that must be answered is not.
    Pending,
    /// Nothing speaks against the customer.
    Passed,
    /// A person has to look.
    Review,
    /// A person found that it is true.
    Rejected,
}

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every one of them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word kept in the store and the journal.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads [`Self::as_str`] back.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.as_str() == text)
            }
        }
    };
}
pub(crate) use words;

words!(Approval { Review = "review", Approved = "approved", Rejected = "rejected" });
words!(Kyc { Pending = "pending", Passed = "passed", Review = "review", Rejected = "rejected" });

/// How safe a customer looks: 0 to 1, where 1 is safe, in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FraudScore(u16);

impl FraudScore {
    /// From a number, cut to 0..=1 and rounded to four digits; what is no number is not safe.
    #[must_use]
    pub fn of(score: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0..=10000 before")]
        let ten_thousandths = if score.is_nan() { 0 } else { (score.clamp(0.0, 1.0) * 10_000.0).round() as u16 };
        Self(ten_thousandths)
    }

    /// From ten-thousandths; more than the whole is the whole.
    #[must_use]
    pub fn from_ten_thousandths(ten_thousandths: u16) -> Self {
        Self(ten_thousandths.min(10_000))
    }

    /// In ten-thousandths.
    #[must_use]
    pub const fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// As a number.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

/// A person's word that a customer is a fraud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Why, if they said so.
    pub note: Option<Pii<String>>,
    /// When.
    pub at: Timestamp,
}

/// One KYC outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KycRecord {
    /// When.
    pub at: Timestamp,
    /// What.
    pub outcome: Kyc,
    /// Whether a document was looked at, or the customer's words alone.
    pub by: KycBasis,
}

/// What a KYC outcome rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KycBasis {
    /// Identity and lists.
    Kyc,
    /// A document.
    Document {
        /// Which kind.
        kind: document::DocumentKind,
        /// Its day of issue, where it could be read.
        issued_on: Option<jiff::civil::Date>,
    },
}

/// One fraud score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FraudRecord {
    /// When.
    pub at: Timestamp,
    /// What.
    pub score: FraudScore,
}

/// How a customer stood at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether it was let in.
    pub approval: Approval,
    /// What KYC said.
    pub kyc: Kyc,
    /// The fraud score.
    pub score: Option<FraudScore>,
    /// Whether it was flagged.
    pub flagged: bool,
    /// The tags that failed; none before anything was found out.
    pub failed: Option<BTreeSet<Tag>>,
    /// The signals behind the tags.
    pub signals: BTreeSet<SignalName>,
}

impl Standing {
    /// Whether something else is concluded than in the other. Another signal behind the same conclusions is no news.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let concluded = |one: &Self| Self { signals: BTreeSet::new(), ..one.clone() };
        concluded(self) != concluded(other)
    }
}

impl Evaluation {
    /// An evaluation of which nothing is known yet.
    #[must_use]
    pub fn unknown(origin: Origin) -> Self {
        Self {
            approval: Approval::Review,
            kyc: Kyc::Pending,
            score: None,
            weighed: None,
            flag: None,
            decided: None,
            tags: BTreeMap::new(),
            signals: BTreeSet::new(),
            document: None,
            origin,
            operations: Vec::new(),
            kyc_history: Vec::new(),
            fraud_history: Vec::new(),
        }
    }

    /// How things stand now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let failed = (!self.tags.is_empty()).then(|| {
            let failed = self.tags.iter().filter(|(_, finding)| !finding.passed);
            failed.map(|(&tag, _)| tag).collect()
        });
        let (approval, kyc, score) = (self.approval, self.kyc, self.score);
        let signals = self.signals.clone();
        Standing { approval, kyc, score, flagged: self.flag.is_some(), failed, signals }
    }

    /// The run that is under way, the oldest if there are several.
    #[must_use]
    pub fn running(&self) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.is_running())
    }

    /// The run with this id, if it is still kept.
    #[must_use]
    pub fn operation(&self, id: uuid::Uuid) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        assert!(Approval::ALL.into_iter().all(|one| Approval::parse(one.as_str()) == Some(one)));
        assert!(Kyc::ALL.into_iter().all(|one| Kyc::parse(one.as_str()) == Some(one)));
        assert_eq!(Kyc::parse("accepted"), None);
    }

    #[test]
    fn a_score_lies_between_nothing_and_one() {
        for (number, shown) in [(0.9, 0.9), (1.5, 1.0), (-3.0, 0.0), (0.123_456, 0.1235), (f64::NAN, 0.0)] {
            assert!((FraudScore::of(number).as_f64() - shown).abs() < 1e-9, "{number}");
        }
        assert_eq!(FraudScore::from_ten_thousandths(60_000).ten_thousandths(), 10_000);
    }
}
