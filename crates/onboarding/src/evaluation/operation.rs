//! One run of an evaluation, with how the customer stood when it began and when it ended.

use jiff::Timestamp;
use uuid::Uuid;

use super::document::DocumentReport;
use super::{Standing, words};

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its id; events name it.
    pub id: Uuid,
    /// What the caller knows it by; none for a run that nobody asked for over the API.
    pub request_id: Option<String>,
    /// What started it.
    pub trigger: Trigger,
    /// What is evaluated.
    pub kind: EvaluationKind,
    /// Where it stands.
    pub phase: Phase,
    /// Whether a fraud evaluation follows when this one is completed.
    pub then_fraud: bool,
    /// How the customer stood when it began.
    pub before: Standing,
    /// How the customer stood when it ended.
    pub after: Option<Standing>,
    /// The document it looked at, once it did.
    pub document: Option<DocumentReport>,
    /// When it began.
    pub begun_at: Timestamp,
}

impl Operation {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Initiated | Phase::InProgress)
    }
}

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trigger {
    /// The customer was onboarded, or a person decided.
    Onboard,
    /// Somebody asked for it, or a list changed.
    Evaluation,
}

/// What is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EvaluationKind {
    /// Identity and lists.
    Kyc,
    /// Fraud signals.
    Fraud,
    /// A document.
    Document,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Asked for.
    Initiated,
    /// Begun; waits for something, or is about to end.
    InProgress,
    /// Ended with an answer.
    Completed,
    /// Ended without one.
    Failed,
}

words!(Trigger { Onboard = "onboard", Evaluation = "evaluation" });
words!(EvaluationKind { Kyc = "kyc", Fraud = "fraud", Document = "document" });
words!(Phase { Initiated = "initiated", InProgress = "in_progress", Completed = "completed", Failed = "failed" });
