//! Onboarding: a new customer, with every check its policy demands due.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::changes::{Changes, Refusal, Work};
use crate::check::{Check, CheckKind};
use crate::customer::{Customer, CustomerStatus, Draft, Ids};
use crate::event::EventKind;
use crate::id::{CustomerId, RecordId, TenantId};
use crate::party::Party;
use crate::pii::Pii;
use crate::policy::Policy;
use crate::records::{Address, Email, Identification, Phone, Records, Standing};
use crate::related::Related;

/// A request to let a customer in.
#[derive(Debug, Clone, PartialEq)]
pub struct Onboard {
    /// Who it is.
    pub party: Party,
    /// The bank's number for it.
    pub cif_number: String,
    /// The caller's id for it.
    pub client_identifier: Option<Pii<String>>,
    /// Addresses; the first is the primary one. So with what follows.
    pub addresses: Vec<Address>,
    /// Phones.
    pub phones: Vec<Phone>,
    /// E-mail addresses.
    pub emails: Vec<Email>,
    /// Identifications.
    pub identifications: Vec<Identification>,
    /// Parties around the customer.
    pub related: Vec<Related>,
    /// Checks that the dialect speaks of, whether or not the policy demands them.
    pub checks: BTreeSet<CheckKind>,
    /// What the dialect keeps for itself.
    pub attributes: Map<String, Value>,
}

/// Makes the customer and makes its checks due. Records given at once are part of it: the one event says it all.
///
/// # Errors
/// [`Refusal::TooManyRecords`].
pub fn onboard(
    tenant: TenantId,
    command: Onboard,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let id = CustomerId(ids.next());
    let checks = due(&command, policy, now);
    related_fit(&command)?;
    let customer = Customer {
        id,
        tenant,
        version: 0,
        event_count: 0,
        status: CustomerStatus::Active,
        party: command.party,
        cif_number: command.cif_number,
        client_identifier: command.client_identifier,
        addresses: all(command.addresses, ids, now)?,
        phones: all(command.phones, ids, now)?,
        emails: all(command.emails, ids, now)?,
        identifications: all(command.identifications, ids, now)?,
        owners: Records::default(),
        related: command.related,
        checks,
        rating: None,
        evaluation: None,
        enrolment: None,
        admission: None,
        submission: None,
        attributes: Pii(command.attributes),
        created_at: now,
        changed_at: now,
    };
    let screens = !customer.checks.is_empty();
    let mut draft = Draft::new(customer, ids, now);
    draft.happened(EventKind::CustomerOnboarded, None, None);
    if screens {
        draft.due(Work::Screen);
    }
    Ok(draft.finish())
}

/// The checks that the dialect speaks of and those that the policy demands, all due.
pub(crate) fn due(command: &Onboard, policy: &Policy, now: Timestamp) -> BTreeMap<CheckKind, Check> {
    let required = policy.required_checks(command.party.kind());
    let kinds = command.checks.union(required);
    kinds.map(|&kind| (kind, Check { required: required.contains(&kind), ..Check::due(now) })).collect()
}

pub(crate) fn related_fit(command: &Onboard) -> Result<(), Refusal> {
    if command.related.len() > Related::MAX { Err(Refusal::TooManyRecords) } else { Ok(()) }
}

pub(crate) fn all<T>(values: Vec<T>, ids: &mut dyn Ids, now: Timestamp) -> Result<Records<T>, Refusal> {
    let mut records = Records::default();
    for value in values {
        records.add(RecordId(ids.next()), value, Standing::Secondary, now)?;
    }
    Ok(records)
}
