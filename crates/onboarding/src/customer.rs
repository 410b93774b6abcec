//! The aggregate: one customer with everything known and checked about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::admission::Admission;
use crate::case::Case;
use crate::changes::{Changes, Work};
use crate::check::{Check, CheckKind, CheckState};
use crate::enrolment::Enrolment;
use crate::evaluation::Evaluation;
use crate::event::{Event, EventKind};
use crate::id::{CustomerId, EventId, TenantId};
use crate::party::Party;
use crate::pii::Pii;
use crate::records::{Address, Email, Identification, Owner, Phone, Records};
use crate::related::Related;
use crate::risk::Rating;
use crate::screening::Evidence;
use crate::submission::Submission;

/// One customer of one tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// Id.
    pub id: CustomerId,
    /// Whose customer.
    pub tenant: TenantId,
    /// Raised by every change; a write that finds another version in the store conflicts.
    pub version: u64,
    /// How many events it has had.
    pub event_count: u64,
    /// Whether it is served.
    pub status: CustomerStatus,
    /// Who it is.
    pub party: Party,
    /// The bank's own number for it (customer information file), unique in the tenant.
    pub cif_number: String,
    /// The caller's id for it.
    pub client_identifier: Option<Pii<String>>,
    /// Postal addresses.
    pub addresses: Records<Address>,
    /// Telephone numbers.
    pub phones: Records<Phone>,
    /// E-mail addresses.
    pub emails: Records<Email>,
    /// Identification documents.
    pub identifications: Records<Identification>,
    /// Beneficial owners of a business.
    pub owners: Records<Owner>,
    /// Parties around it that are no customers themselves; they are screened with it.
    pub related: Vec<Related>,
    /// Diligence, by kind.
    pub checks: BTreeMap<CheckKind, Check>,
    /// How risky it is, and why; for a customer that has been rated.
    pub rating: Option<Rating>,
    /// What KYC and fraud signals say of it, where somebody asks for that.
    pub evaluation: Option<Evaluation>,
    /// The way to an active wallet, for a customer that signs in.
    pub enrolment: Option<Enrolment>,
    /// The steps to an account that are taken in any order.
    pub admission: Option<Admission>,
    /// Where the answer to the last submission stands, for a sender that sends the customer whole and asks for one.
    pub submission: Option<Submission>,
    /// What a dialect keeps for itself and no decision reads.
    pub attributes: Pii<Map<String, Value>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// Whether a customer is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CustomerStatus {
    /// Served.
    Active,
}

impl CustomerStatus {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text == Self::Active.as_str()).then_some(Self::Active)
    }
}

/// What is still missing before an account may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A check that is not clear.
    Check(CheckKind),
    /// A postal address.
    Address,
    /// A telephone number.
    Phone,
}

impl Customer {
    /// What is still missing before an account may be opened: every required check clear and none with a question open or
    /// confirmed, an address and a phone.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let unclear = self.checks.iter().filter(|(_, check)| check.is_awaited() || check.state.case().is_some());
        let mut missing: Vec<Missing> = unclear.map(|(&kind, _)| Missing::Check(kind)).collect();
        if self.addresses.is_empty() {
            missing.push(Missing::Address);
        }
        if self.phones.is_empty() {
            missing.push(Missing::Phone);
        }
        missing
    }
}

/// A customer being changed by one decision: collects what happened and numbers it.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The customer so far.
    pub customer: Customer,
    events: Vec<Event>,
    work: Vec<Work>,
    case: Option<Case>,
    evidence: Option<Evidence>,
    ids: &'a mut dyn Ids,
    now: Timestamp,
}

/// Where new ids come from: an argument, like the time.
pub trait Ids: std::fmt::Debug {
    /// A new id, greater than those before it.
    fn next(&mut self) -> Uuid;
}

impl<'a> Draft<'a> {
    /// Starts a change of this customer.
    pub fn new(customer: Customer, ids: &'a mut dyn Ids, now: Timestamp) -> Self {
        Self { customer, events: Vec::new(), work: Vec::new(), case: None, evidence: None, ids, now }
    }

    /// Goes on with a change that a decision has ended: both are written as one.
    pub fn resume(changes: Changes, ids: &'a mut dyn Ids, now: Timestamp) -> Self {
        let Changes { mut customer, events, work, case, evidence } = changes;
        customer.version -= 1;
        Self { customer, events, work, case, evidence, ids, now }
    }

    /// The case as this change leaves it, if it moves one.
    pub fn case(&mut self) -> &mut Option<Case> {
        &mut self.case
    }

    /// The time of the decision.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    pub fn next_id(&mut self) -> Uuid {
        self.ids.next()
    }

    /// Notes that something happened to the customer as a whole, or to a record or case of it.
    pub fn happened(&mut self, kind: EventKind, about: Option<Uuid>, to: Option<&'static str>) {
        self.customer.event_count += 1;
        let id = EventId(self.ids.next());
        let number = self.customer.event_count;
        self.events.push(Event { id, kind, customer: self.customer.id, number, about, to, at: self.now });
    }

    /// Moves a check, and notes it if the state is another one.
    pub fn move_check(&mut self, kind: CheckKind, state: CheckState) {
        let now = self.now;
        let check = self.customer.checks.entry(kind).or_insert_with(|| Check::due(now));
        if check.state == state {
            return;
        }
        let to = state.as_str();
        // Whoever waits for a result is told of results: a check that could not be run has none yet.
        let event = match state {
            CheckState::Unavailable(_) => EventKind::CheckUnavailable(kind),
            _ => EventKind::CheckChanged(kind),
        };
        check.state = state;
        check.changed_at = now;
        self.happened(event, None, Some(to));
    }

    /// Makes work due.
    pub fn due(&mut self, work: Work) {
        if !self.work.contains(&work) {
            self.work.push(work);
        }
    }

    /// Ends the change.
    #[must_use]
    pub fn finish(mut self) -> Changes {
        self.customer.version += 1;
        self.customer.changed_at = self.now;
        Changes {
            customer: self.customer,
            events: self.events,
            work: self.work,
            case: self.case,
            evidence: self.evidence,
        }
    }
}
