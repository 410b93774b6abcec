//! Deliveries: one row an (entry, registration), until it has arrived or somebody has seen that it did not.
//!
//! ```text
//! Pending --> Delivered
//!    |  \
//!    |   `--> Failed        tried often enough; the registration is suspended with it
//!    |
//!    +-- shown as Held while the registration is suspended: its restart makes it due
//!    `-- shown as Abandoned once the registration was deleted
//! ```
//! Held and abandoned are not written anywhere: they follow from the registration. So suspending, restarting and
//! deleting one touches one row, whatever it is owed, and no event that is sealed at the same moment can slip through.

pub(crate) mod backlog;
pub(crate) mod claim;
pub(crate) mod end;
pub(crate) mod queue;
pub(crate) mod read;

use jiff::Timestamp;
use onboarding::id::EventId;
use onboarding::{CustomerId, EventKind, TenantId};
use uuid::Uuid;

use crate::jobs::AttemptId;
use crate::journal::chain::Entry;
use crate::registrations::{Interest, RegistrationId, RegistrationMode, RegistrationState};
use crate::time::NEVER;

/// The id of a delivery: what dialects call the id of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub Uuid);

/// One entry of the journal that one registration is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose.
    pub tenant: TenantId,
    /// Which registration is owed it.
    pub registration: RegistrationId,
    /// The registration's dialect.
    pub dialect: String,
    /// The registration's name, as it is now.
    pub name: String,
    /// How it is told.
    pub mode: RegistrationMode,
    /// The entry's number in the tenant's journal.
    pub seq: u64,
    /// The event.
    pub event: EventId,
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub customer: CustomerId,
    /// The customer's how manyth fact it is.
    pub number: u64,
    /// The record or case it is about.
    pub about: Option<Uuid>,
    /// The state something moved to.
    pub to: Option<String>,
    /// When it happened.
    pub at: Timestamp,
    /// Where the delivery stands.
    pub state: DeliveryState,
    /// How often it was tried, a try that is running not included: one that nobody saw the end of is not counted.
    pub attempts: u32,
    /// The try that is running, if it is leased.
    pub attempt_id: Option<AttemptId>,
    /// When it may next be tried; of a leased one, when the lease ends. Never, of one that is held or abandoned and was
    /// owed to a registration about one customer.
    pub due_at: Timestamp,
    /// When the last try ended.
    pub last_attempted_at: Option<Timestamp>,
    /// What HTTP status the last try got, if it got any.
    pub last_status: Option<u16>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Delivery {
    /// What a registration is owed because of this entry, from now on.
    pub(crate) fn owed(id: DeliveryId, interest: &Interest, entry: &Entry, now: Timestamp) -> Self {
        // One of many, and not to be sent: it is due when the registration is taken up again, and not looked at before.
        let is_aside = interest.customer.is_some() && interest.state == RegistrationState::Suspended;
        Self {
            id,
            tenant: entry.fact.tenant,
            registration: interest.registration,
            dialect: interest.dialect.clone(),
            name: interest.name.clone(),
            mode: interest.mode,
            seq: entry.seq,
            event: entry.fact.event,
            kind: entry.fact.kind,
            customer: entry.fact.customer,
            number: entry.fact.number,
            about: entry.fact.about,
            to: entry.fact.to.clone(),
            at: entry.fact.at,
            state: DeliveryState::Pending,
            attempts: 0,
            attempt_id: None,
            due_at: if is_aside { NEVER } else { now },
            last_attempted_at: None,
            last_status: None,
            created_at: now,
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It is owed.
    Pending,
    /// It arrived: answered with success, or acknowledged.
    Delivered,
    /// It was tried often enough. Sent again only when somebody asks for it.
    Failed,
    /// It is owed, and waits for its registration to be restarted.
    Held,
    /// It was owed when its registration was deleted.
    Abandoned,
}

impl DeliveryState {
    const ALL: [Self; 5] = [Self::Pending, Self::Delivered, Self::Failed, Self::Held, Self::Abandoned];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Held => "held",
            Self::Abandoned => "abandoned",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}
