//! What a decision answers: everything that is to be written, as data; or why nothing is.

use crate::admission::AdmissionRefusal;
use crate::case::{Case, CaseRefusal};
use crate::customer::Customer;
use crate::enrolment::EnrolmentRefusal;
use crate::event::Event;
use crate::screening::Evidence;

/// Everything that one decision changes. The store writes it in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The customer as it is afterwards; its version is one above the stored one.
    pub customer: Customer,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Work that is now due.
    pub work: Vec<Work>,
    /// The case that was opened or moved, as it is afterwards.
    pub case: Option<Case>,
    /// What checks saw.
    pub evidence: Option<Evidence>,
}

/// Work that a decision makes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Screen the customer against the watchlists.
    Screen,
    /// See whether the customer has to be looked at again.
    Review,
    /// Send the customer a token that proves its e-mail address.
    VerifyEmail,
    /// Evaluate its fraud signals, which nobody has screened it for.
    Evaluate,
    /// Have somebody outside look at a document of the customer's.
    VerifyDocument,
    /// Have its selfie compared with its document outside.
    CompareFaces,
    /// End what of its admission has an end: operations nobody has signed, a demand nobody has answered.
    ExpireSignatures,
    /// Forget a prospect that came no further.
    Forget,
}

/// Why a command is not carried out. Nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The customer has no record of this id.
    #[error("there is no such record")]
    NoSuchRecord,
    /// The customer has as many records of the kind as it may.
    #[error("there are too many records of this kind")]
    TooManyRecords,
    /// Only a business has owners.
    #[error("only a business customer has beneficial owners")]
    OwnersOfAPerson,
    /// An owner is a person.
    #[error("a beneficial owner must be a personal customer")]
    OwnerIsNoPerson,
    /// The same owner twice.
    #[error("this customer is already a beneficial owner")]
    OwnerTwice,
    /// More than the whole is owned.
    #[error("the owners' shares add up to more than 100 percent")]
    OverOwned,
    /// A person cannot become a business, nor the other way round.
    #[error("the classification of a customer cannot change")]
    KindChanged,
    /// It cannot be done to the case.
    #[error(transparent)]
    Case(#[from] CaseRefusal),
    /// A step of an enrolment is not taken.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentRefusal),
    /// A step of an admission is not taken.
    #[error(transparent)]
    Admission(#[from] AdmissionRefusal),
}
