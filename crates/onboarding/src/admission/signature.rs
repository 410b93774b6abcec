//! Operations that take effect by a signature on the bound device, within five minutes.
//!
//! ```text
//! Open -> Approved | Denied | Expired | Failed (the device is locked) | Impossible (what was signed cannot be done now)
//! ```

use jiff::Timestamp;
use uuid::Uuid;

use super::correct::ContactChange;
use super::tax::TaxDeclaration;
use crate::evaluation::words;

/// An operation that waits for its signature, or did.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// Its id: 128 random bits, told to the institution and to the device.
    pub id: Uuid,
    /// What takes effect.
    pub operation: Operation,
    /// SHA-256 of the operation, in canonical JSON.
    pub digest: [u8; 32],
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when it may be answered.
    pub expires_at: Timestamp,
    /// How it ended; it is open, if it has not.
    pub ended: Option<Ended>,
}

/// How a signature ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub how: End,
    /// When.
    pub at: Timestamp,
}

/// How a signature may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Signed: it took effect.
    Approved,
    /// The customer said no.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// The device was locked or killed.
    Failed,
    /// Signed, but it could not be done any more.
    Impossible,
}

words!(End {
    Approved = "approved",
    Denied = "denied",
    Expired = "expired",
    Failed = "failed",
    Impossible = "impossible",
});

/// What takes effect by a signature.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// The tax form.
    Tax(TaxDeclaration),
    /// The terms are accepted.
    Terms,
    /// Where the customer is reached, once it is validated.
    Contact(ContactChange),
}

impl Operation {
    /// The word for its kind.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Tax(_) => "tax",
            Self::Terms => "terms",
            Self::Contact(_) => "contact",
        }
    }
}

impl Signature {
    /// Whether it waits for an answer.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// The word for where it stands.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self.ended {
            None => "open",
            Some(ended) => ended.how.as_str(),
        }
    }
}
