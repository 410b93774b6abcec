//! Why a use case does not do what it was asked. Dialects turn each into their own words.

use store::{CommitError, StoreError};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such thing, or it is another tenant's.
    #[error("not found")]
    NotFound,
    /// A request with the same idempotency key is running; try again with the same key.
    #[error("a request with the same idempotency key is running")]
    InFlight,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    OtherBody,
    /// Others changed the same thing at the same time, several times over; try again.
    #[error("somebody else is changing the same thing")]
    Conflict,
    /// Something that may exist once exists already.
    #[error("it exists already")]
    Taken,
    /// The domain says no.
    #[error(transparent)]
    Domain(#[from] onboarding::Refusal),
    /// The thing is not in a state in which this can be done.
    #[error("{0}")]
    State(&'static str),
    /// There is more work than the house can take; try again later.
    #[error("the house is full")]
    Overloaded,
    /// Something inside failed; the log has it.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        if error.is_overload() { Self::Overloaded } else { Self::Internal(Box::new(error)) }
    }
}

impl From<CommitError> for Refused {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict
            | CommitError::TooSoon
            | CommitError::LeaseLost
            | CommitError::AnswerTaken
            | CommitError::TokenGone
            | CommitError::TransferTaken => Self::Conflict,
            CommitError::RegistrationTaken
            | CommitError::CifNumberTaken
            | CommitError::EmailTaken
            | CommitError::TenantTaken => Self::Taken,
            CommitError::Storage(error) => error.into(),
        }
    }
}
