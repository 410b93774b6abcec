//! What can go wrong, and what the caller can do about it.

use db::{ColumnError, ReadError, WriteError};

/// Why the store gave no answer. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database could not read.
    #[error("the store cannot be read")]
    Read(#[source] ReadError),
    /// The database could not write.
    #[error("the store cannot be written")]
    Write(#[source] WriteError),
    /// A row is not what it can be.
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
    /// The tenant is not known here.
    #[error("there is no such tenant")]
    NoSuchTenant,
    /// More than the store takes at once.
    #[error("{what} is larger than the store takes")]
    TooLarge {
        /// What is too large.
        what: &'static str,
    },
}

/// A row that fits no state: damaged, moved, or written by a newer version. It is shown, never guessed at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {id} of {table} is inconsistent: {why}")]
pub struct Inconsistent {
    /// Which table.
    pub table: &'static str,
    /// Which row.
    pub id: String,
    /// What does not fit. Never a value.
    pub why: String,
}

/// Why a write was not made. Nothing of it was then, except perhaps under [`CommitError::Storage`] when the cause is
/// [`WriteError::Uncertain`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Somebody changed the same thing first. Load again, decide again.
    #[error("somebody else changed it first")]
    Conflict,
    /// Another customer of the tenant has this number.
    #[error("another customer has this CIF number")]
    CifNumberTaken,
    /// The request was answered already, perhaps a moment ago: read that answer.
    #[error("the request was already answered")]
    AnswerTaken,
    /// The tenant already has a registration for this event.
    #[error("there is a registration for this event already")]
    RegistrationTaken,
    /// Something was accepted about the same of the sender's customers too short a time ago, or under another customer
    /// of ours: look which.
    #[error("something was accepted about this customer just now")]
    TooSoon,
    /// The tenant has a user with this e-mail address.
    #[error("there is a user with this e-mail address already")]
    EmailTaken,
    /// The token is unknown, was used, or has expired.
    #[error("the token is unknown, used or expired")]
    TokenGone,
    /// The money came in before.
    #[error("this transfer came in before")]
    TransferTaken,
    /// There is a tenant, or a credential, of the same name.
    #[error("there is a tenant or credential of the same name already")]
    TenantTaken,
    /// What was leased is somebody else's by now: stop, the work is being done elsewhere.
    #[error("the lease was lost")]
    LeaseLost,
    /// The store itself.
    #[error(transparent)]
    Storage(StoreError),
}

impl StoreError {
    /// Whether there is merely too much to do: the same call may succeed when it is made again, later.
    #[must_use]
    pub fn is_overload(&self) -> bool {
        match self {
            Self::Read(error) => matches!(error, ReadError::TimedOut | ReadError::Busy | ReadError::Overloaded),
            Self::Write(error) => error.is_passing(),
            Self::Inconsistent(_) | Self::NoSuchTenant | Self::TooLarge { .. } => false,
        }
    }
}

impl Inconsistent {
    pub(crate) fn new(table: &'static str, id: impl Into<String>, why: impl Into<String>) -> Self {
        Self { table, id: id.into(), why: why.into() }
    }
}

impl From<ReadError> for StoreError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<WriteError> for StoreError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<ColumnError> for StoreError {
    fn from(error: ColumnError) -> Self {
        Self::Read(ReadError::Column(error))
    }
}

impl<T: Into<StoreError>> From<T> for CommitError {
    fn from(error: T) -> Self {
        Self::Storage(error.into())
    }
}
