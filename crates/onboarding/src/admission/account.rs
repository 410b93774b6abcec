//! The account that opens when every step is clear.

use uuid::Uuid;

use crate::evaluation::words;
use crate::iban::Iban;
use crate::pii::Pii;

/// An account.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// Where it stands.
    pub state: AccountState,
    /// The number that is booked for it.
    pub iban: Option<Pii<Iban>>,
}

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// Booked; nothing can be done with it.
    Initialized,
    /// Open.
    Activated,
    /// Open, and nothing can be done with it.
    Frozen,
}

words!(AccountState { Initialized = "initialized", Activated = "activated", Frozen = "frozen" });
