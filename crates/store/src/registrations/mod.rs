//! Registrations: who wants to know of which events.
//!
//! One is known by its name, of which there is one in a dialect and tenant. It is about everybody, or about one customer:
//! there may be as many of the second kind as customers, so nothing reads them all.
//!
//! A deleted registration stays as a row without an address or anything secret, so that what it was owed can still be
//! read.

pub(crate) mod read;
pub(crate) mod sealed;
pub(crate) mod write;

use std::collections::BTreeSet;

use jiff::Timestamp;
use onboarding::{CustomerId, EventKind, Pii, TenantId};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The id of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistrationId(pub Uuid);

/// Somebody's wish to know of some kinds of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// Whose.
    pub tenant: TenantId,
    /// The dialect it was made in.
    pub dialect: String,
    /// Its name, which no other of the tenant in this dialect has. Kept in clear: nothing personal.
    pub name: String,
    /// The events, in the journal's words.
    pub events: BTreeSet<EventKind>,
    /// The customer it is about; nobody in particular if there is none.
    pub customer: Option<CustomerId>,
    /// Sent or fetched.
    pub mode: RegistrationMode,
    /// Where to, when it is sent.
    pub callback_url: Option<String>,
    /// How much is said, in the dialect's word.
    pub format: String,
    /// How long to try, where it says so itself.
    pub retries: Option<Retries>,
    /// HTTP Basic user and password for the callback. Sealed.
    pub auth: Option<(String, Pii<String>)>,
    /// What the dialect signs with, or shows, so that the receiver knows who calls. Sealed.
    pub secret: Option<Pii<String>>,
    /// What else the dialect was told of it and only the dialect reads. Sealed.
    pub attributes: Map<String, Value>,
    /// Whether it is served.
    pub state: RegistrationState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Raised by every change.
    pub version: u64,
}

/// A schedule of a registration's own; what exactly it means is its dialect's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How many further tries there are after the first.
    pub times: u32,
    /// How many seconds are waited.
    pub back_off_seconds: u32,
}

/// How events reach who registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationMode {
    /// Sent to the callback.
    Push,
    /// Fetched.
    Poll,
}

/// Whether a registration is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationState {
    /// It is.
    Active,
    /// Nothing is sent until it is restarted; what it is owed is held.
    Suspended,
}

/// Which registrations are meant: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistrationFilter {
    /// Made in this dialect.
    pub dialect: Option<String>,
    /// Of this name.
    pub name: Option<String>,
    /// About this customer.
    pub customer: Option<CustomerId>,
    /// To this address.
    pub callback_url: Option<String>,
    /// In this mode.
    pub mode: Option<RegistrationMode>,
    /// In this state.
    pub state: Option<RegistrationState>,
}

/// As much of a registration as the sealer needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// Which registration.
    pub registration: RegistrationId,
    /// The dialect it was made in.
    pub dialect: String,
    /// Its name.
    pub name: String,
    /// In which events.
    pub events: BTreeSet<EventKind>,
    /// Of which customer; of every, if there is none.
    pub customer: Option<CustomerId>,
    /// How it is told.
    pub mode: RegistrationMode,
    /// Whether it is told now.
    pub state: RegistrationState,
}

impl Interest {
    /// Whether this happening is one of those.
    #[must_use]
    pub fn covers(&self, customer: CustomerId, kind: EventKind) -> bool {
        self.customer.is_none_or(|about| about == customer) && self.events.contains(&kind)
    }
}

impl RegistrationMode {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Poll => "poll",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Push, Self::Poll].into_iter().find(|mode| mode.as_str() == text)
    }
}

impl RegistrationState {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|state| state.as_str() == text)
    }
}
