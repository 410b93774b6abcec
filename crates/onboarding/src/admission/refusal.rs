//! Why a step is not taken. Nothing is changed then.

use super::correct::Field;
use super::tax::TaxMistake;

/// Why a step of an admission is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionRefusal {
    /// The customer is not on this way.
    #[error("the customer was not let in this way")]
    NotAdmitted,
    /// Nobody forbade to forget the customer.
    #[error("the customer is not held")]
    NotHeld,
    /// The customer is refused, once and for all.
    #[error("the customer is refused")]
    Refused,
    /// Identification data that was entered is changed with a justification only.
    #[error("{} is locked: a justification is needed", .0.as_str())]
    NeedsJustification(Field),
    /// Once the identity is validated, this is not changed any more.
    #[error("{} is locked: the identity is validated", .0.as_str())]
    Locked(Field),
    /// Once the identity is validated, this is changed by a signature only.
    #[error("{} is changed by a signature only", .0.as_str())]
    NeedsSignature(Field),
    /// There is room for no more.
    #[error("there are too many {0}")]
    TooMany(&'static str),
    /// A demand stands that was not rejected.
    #[error("there is a demand already")]
    DemandStands,
    /// There is no demand.
    #[error("there is no demand")]
    NoDemand,
    /// One changes from the selfie to the transfer, and not back.
    #[error("the workflow may only change to a transfer, while the identity is not verified")]
    WorkflowFinal,
    /// Nothing of the kind is asked for, or it is in order already.
    #[error("nothing of the kind is awaited")]
    NotAwaited,
    /// Faces are compared only of who agreed.
    #[error("the customer has not agreed that faces are compared")]
    NoConsent,
    /// No operation of this id waits for a signature.
    #[error("there is no such signature")]
    NoSuchSignature,
    /// It was answered.
    #[error("the signature was already answered")]
    AlreadyAnswered,
    /// Its time is over.
    #[error("the time to sign is over")]
    SignatureExpired,
    /// It is another customer's device, or an old one.
    #[error("this is not the bound device")]
    WrongDevice,
    /// The device failed too often.
    #[error("the device is locked")]
    DeviceLocked,
    /// A device is bound.
    #[error("a device is bound already")]
    DeviceBound,
    /// The code was used or is dead, the device was killed, the page is closed.
    #[error("it has ended")]
    Ended,
    /// It is no key on the curve P-256.
    #[error("the key is none on P-256")]
    NoKey,
    /// What was declared cannot be signed.
    #[error("the tax declaration cannot be")]
    TaxMistakes(Vec<TaxMistake>),
}
