//! Why a step is not taken. Nothing is changed then.

use super::correct::Field;

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
}
