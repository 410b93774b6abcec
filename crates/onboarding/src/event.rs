//! A fact that happened to a customer, in the journal's own words. It holds ids and states, never personal data.

use jiff::Timestamp;
use uuid::Uuid;

use crate::admission::Moved;
use crate::check::CheckKind;
use crate::enrolment::Step;
use crate::evaluation::operation::{EvaluationKind, Phase};
use crate::id::{CaseId, CustomerId, EventId, RecordId};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// A customer record was made.
    CustomerOnboarded,
    /// The whole customer was sent anew.
    CustomerResubmitted,
    /// The answer to a submission is there, whose sender was told that it comes later.
    SubmissionAnswered,
    /// Its name changed.
    NameChanged,
    /// Its profile changed.
    ProfileChanged,
    /// Its customer information file number changed.
    CifNumberChanged,
    /// A record was added to it.
    Added(RecordKind),
    /// A record of it was changed.
    Changed(RecordKind),
    /// A record of it was removed.
    Removed(RecordKind),
    /// Somebody forbade to forget it.
    CustomerHeld,
    /// That was taken back.
    CustomerReleased,
    /// It was forgotten: nothing is left of it but its events.
    CustomerForgotten,
    /// A check moved to another state.
    CheckChanged(CheckKind),
    /// A check could not be run; it is still due.
    CheckUnavailable(CheckKind),
    /// A run of its evaluation moved; which run is told.
    Evaluation(EvaluationKind, Phase),
    /// A person flagged it as a fraud, or took that back.
    CustomerFlagged,
    /// Its level of risk moved; to which is told.
    RiskChanged,
    /// A case was opened for it.
    CaseOpened,
    /// An open case asks more than it did.
    CaseAsked,
    /// A person took the case.
    CaseTaken,
    /// The case was given to somebody, or to nobody.
    CaseAssigned,
    /// Something was noted on the case.
    CaseCommented,
    /// A file was attached to the case.
    CaseAttached,
    /// A person proposed an answer, which waits for a second one.
    CaseProposed,
    /// A second person agreed with what was proposed.
    CaseConfirmed,
    /// What was proposed was sent back.
    CaseRejected,
    /// A person said something to one of the case's questions that leaves it open.
    CasePartlyDecided,
    /// One of the case's questions is answered.
    CaseDecided,
    /// Every question of the case is answered.
    CaseClosed,
    /// A step of an enrolment was taken.
    Enrolment(Step),
    /// Something of an admission moved; the event names it, and its state.
    Admission(Moved),
}

/// A kind of record that customers have in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    /// A postal address.
    Address,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An identification document.
    Identification,
    /// A beneficial owner.
    Owner,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 75] = [
        Self::CustomerOnboarded,
        Self::CustomerHeld,
        Self::CustomerReleased,
        Self::CustomerForgotten,
        Self::CustomerResubmitted,
        Self::SubmissionAnswered,
        Self::NameChanged,
        Self::ProfileChanged,
        Self::CifNumberChanged,
        Self::Added(RecordKind::Address),
        Self::Changed(RecordKind::Address),
        Self::Removed(RecordKind::Address),
        Self::Added(RecordKind::Phone),
        Self::Changed(RecordKind::Phone),
        Self::Removed(RecordKind::Phone),
        Self::Added(RecordKind::Email),
        Self::Changed(RecordKind::Email),
        Self::Removed(RecordKind::Email),
        Self::Added(RecordKind::Identification),
        Self::Changed(RecordKind::Identification),
        Self::Removed(RecordKind::Identification),
        Self::Added(RecordKind::Owner),
        Self::Changed(RecordKind::Owner),
        Self::Removed(RecordKind::Owner),
        Self::CheckChanged(CheckKind::Sanctions),
        Self::CheckChanged(CheckKind::Pep),
        Self::CheckChanged(CheckKind::Watchlists),
        Self::CheckChanged(CheckKind::Adverse),
        Self::CheckUnavailable(CheckKind::Sanctions),
        Self::CheckUnavailable(CheckKind::Pep),
        Self::CheckUnavailable(CheckKind::Watchlists),
        Self::CheckUnavailable(CheckKind::Adverse),
        Self::Evaluation(EvaluationKind::Kyc, Phase::Initiated),
        Self::Evaluation(EvaluationKind::Kyc, Phase::InProgress),
        Self::Evaluation(EvaluationKind::Kyc, Phase::Completed),
        Self::Evaluation(EvaluationKind::Kyc, Phase::Failed),
        Self::Evaluation(EvaluationKind::Fraud, Phase::Initiated),
        Self::Evaluation(EvaluationKind::Fraud, Phase::InProgress),
        Self::Evaluation(EvaluationKind::Fraud, Phase::Completed),
        Self::Evaluation(EvaluationKind::Fraud, Phase::Failed),
        Self::Evaluation(EvaluationKind::Document, Phase::Initiated),
        Self::Evaluation(EvaluationKind::Document, Phase::InProgress),
        Self::Evaluation(EvaluationKind::Document, Phase::Completed),
        Self::Evaluation(EvaluationKind::Document, Phase::Failed),
        Self::CustomerFlagged,
        Self::RiskChanged,
        Self::CaseOpened,
        Self::CaseAsked,
        Self::CaseTaken,
        Self::CaseAssigned,
        Self::CaseCommented,
        Self::CaseAttached,
        Self::CaseProposed,
        Self::CaseConfirmed,
        Self::CaseRejected,
        Self::CasePartlyDecided,
        Self::CaseDecided,
        Self::CaseClosed,
        Self::Enrolment(Step::SessionOpened),
        Self::Enrolment(Step::EmailVerified),
        Self::Enrolment(Step::VerificationStarted),
        Self::Enrolment(Step::DocumentSubmitted),
        Self::Enrolment(Step::VerificationApproved),
        Self::Enrolment(Step::ConsentGranted),
        Self::Enrolment(Step::Activated),
        Self::Admission(Moved::Standing),
        Self::Admission(Moved::Demand),
        Self::Admission(Moved::Activation),
        Self::Admission(Moved::Page),
        Self::Admission(Moved::Signature),
        Self::Admission(Moved::Tax),
        Self::Admission(Moved::Account),
        Self::Admission(Moved::Transfer),
        Self::Admission(Moved::Filtering),
        Self::Admission(Moved::Freeze),
    ];

    /// The word kept in the journal; registrations are matched on it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        use RecordKind::{Address, Email, Identification, Owner, Phone};
        match self {
            Self::CustomerOnboarded => "customer.onboarded",
            Self::CustomerResubmitted => "customer.resubmitted",
            Self::SubmissionAnswered => "customer.submission.answered",
            Self::NameChanged => "customer.name.changed",
            Self::ProfileChanged => "customer.profile.changed",
            Self::CifNumberChanged => "customer.cif_number.changed",
            Self::Added(Address) => "customer.address.added",
            Self::Changed(Address) => "customer.address.changed",
            Self::Removed(Address) => "customer.address.removed",
            Self::Added(Phone) => "customer.phone.added",
            Self::Changed(Phone) => "customer.phone.changed",
            Self::Removed(Phone) => "customer.phone.removed",
            Self::Added(Email) => "customer.email.added",
            Self::Changed(Email) => "customer.email.changed",
            Self::Removed(Email) => "customer.email.removed",
            Self::Added(Identification) => "customer.identification.added",
            Self::Changed(Identification) => "customer.identification.changed",
            Self::Removed(Identification) => "customer.identification.removed",
            Self::Added(Owner) => "customer.owner.added",
            Self::Changed(Owner) => "customer.owner.changed",
            Self::Removed(Owner) => "customer.owner.removed",
            Self::CheckChanged(CheckKind::Sanctions) => "check.sanctions.changed",
            Self::CheckChanged(CheckKind::Pep) => "check.pep.changed",
            Self::CheckChanged(CheckKind::Watchlists) => "check.watchlists.changed",
            Self::CheckChanged(CheckKind::Adverse) => "check.adverse.changed",
            Self::CheckUnavailable(CheckKind::Sanctions) => "check.sanctions.unavailable",
            Self::CheckUnavailable(CheckKind::Pep) => "check.pep.unavailable",
            Self::CheckUnavailable(CheckKind::Watchlists) => "check.watchlists.unavailable",
            Self::CheckUnavailable(CheckKind::Adverse) => "check.adverse.unavailable",
            Self::Evaluation(EvaluationKind::Kyc, Phase::Initiated) => "evaluation.kyc.initiated",
            Self::Evaluation(EvaluationKind::Kyc, Phase::InProgress) => "evaluation.kyc.in_progress",
            Self::Evaluation(EvaluationKind::Kyc, Phase::Completed) => "evaluation.kyc.completed",
            Self::Evaluation(EvaluationKind::Kyc, Phase::Failed) => "evaluation.kyc.failed",
            Self::Evaluation(EvaluationKind::Fraud, Phase::Initiated) => "evaluation.fraud.initiated",
            Self::Evaluation(EvaluationKind::Fraud, Phase::InProgress) => "evaluation.fraud.in_progress",
            Self::Evaluation(EvaluationKind::Fraud, Phase::Completed) => "evaluation.fraud.completed",
            Self::Evaluation(EvaluationKind::Fraud, Phase::Failed) => "evaluation.fraud.failed",
            Self::Evaluation(EvaluationKind::Document, Phase::Initiated) => "evaluation.document.initiated",
            Self::Evaluation(EvaluationKind::Document, Phase::InProgress) => "evaluation.document.in_progress",
            Self::Evaluation(EvaluationKind::Document, Phase::Completed) => "evaluation.document.completed",
            Self::Evaluation(EvaluationKind::Document, Phase::Failed) => "evaluation.document.failed",
            Self::CustomerHeld => "customer.held",
            Self::CustomerReleased => "customer.released",
            Self::CustomerForgotten => "customer.forgotten",
            Self::CustomerFlagged => "customer.flagged",
            Self::RiskChanged => "customer.risk.changed",
            Self::CaseOpened => "case.opened",
            Self::CaseAsked => "case.asked",
            Self::CaseTaken => "case.taken",
            Self::CaseAssigned => "case.assigned",
            Self::CaseCommented => "case.commented",
            Self::CaseAttached => "case.attached",
            Self::CaseProposed => "case.proposed",
            Self::CaseConfirmed => "case.confirmed",
            Self::CaseRejected => "case.rejected",
            Self::CasePartlyDecided => "case.partly_decided",
            Self::CaseDecided => "case.decided",
            Self::CaseClosed => "case.closed",
            Self::Enrolment(step) => step.as_str(),
            Self::Admission(moved) => moved.as_str(),
        }
    }

    /// Whether it is about a case, whose id the event then has.
    #[must_use]
    pub fn is_about_case(self) -> bool {
        self.as_str().starts_with("case.")
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub customer: CustomerId,
    /// The customer's how manyth fact it is, from 1.
    pub number: u64,
    /// The record or case it is about, where it is not the customer as a whole.
    pub about: Option<Uuid>,
    /// The state something moved to, in the journal's words.
    pub to: Option<&'static str>,
    /// When.
    pub at: Timestamp,
}

impl From<RecordId> for Uuid {
    fn from(id: RecordId) -> Self {
        id.0
    }
}

impl From<CaseId> for Uuid {
    fn from(id: CaseId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
        }
    }
}
