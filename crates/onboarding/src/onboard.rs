//! Onboarding: a new customer, with every check its policy demands due.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::changes::{Changes, Refusal, Work};
use crate::check::Check;
use crate::customer::{Customer, CustomerStatus, Draft, Ids};
use crate::event::EventKind;
use crate::id::{CustomerId, RecordId, TenantId};
use crate::party::Party;
use crate::pii::Pii;
use crate::policy::Policy;
use crate::records::{Address, Email, Identification, Phone, Records, Standing};

/// A request to let a customer in.
#[derive(Debug, Clone, PartialEq)]
pub struct Onboard {
    /// Who it is.
    pub party: Party,
    /// The bank's number for it.
    pub cif_number: String,
    /// The caller's id for it.
    pub client_identifier: Option<Pii<String>>,
    /// A first address.
    pub address: Option<Address>,
    /// A first phone.
    pub phone: Option<Phone>,
    /// A first e-mail address.
    pub email: Option<Email>,
    /// A first identification.
    pub identification: Option<Identification>,
    /// What the dialect keeps for itself.
    pub attributes: Map<String, Value>,
}

/// Makes the customer and makes its checks due. Records given at once are part of it: the one event says it all.
///
/// # Errors
/// None today; a policy may refuse one day.
pub fn onboard(
    tenant: TenantId,
    command: Onboard,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let id = CustomerId(ids.next());
    let required = policy.required_checks(command.party.kind());
    let checks: BTreeMap<_, _> = required.iter().map(|&kind| (kind, Check::due(now))).collect();
    let customer = Customer {
        id,
        tenant,
        version: 0,
        event_count: 0,
        status: CustomerStatus::Active,
        party: command.party,
        cif_number: command.cif_number,
        client_identifier: command.client_identifier,
        addresses: first(command.address, ids, now)?,
        phones: first(command.phone, ids, now)?,
        emails: first(command.email, ids, now)?,
        identifications: first(command.identification, ids, now)?,
        owners: Records::default(),
        checks,
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

fn first<T>(value: Option<T>, ids: &mut dyn Ids, now: Timestamp) -> Result<Records<T>, Refusal> {
    let mut records = Records::default();
    if let Some(value) = value {
        records.add(RecordId(ids.next()), value, Standing::Primary, now)?;
    }
    Ok(records)
}
