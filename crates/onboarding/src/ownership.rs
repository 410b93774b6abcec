//! Beneficial owners of a business: persons who are customers themselves, and so are screened themselves.

use jiff::Timestamp;

use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Draft, Ids};
use crate::event::{EventKind, RecordKind};
use crate::id::RecordId;
use crate::party::PartyKind;
use crate::records::{Owner, Standing};

/// The whole, in hundredths of a percent.
const WHOLE_BASIS_POINTS: u32 = 10_000;

/// Adds an owner.
///
/// # Errors
/// Where the customer is no business, the owner no person or there already, or more than the whole would be owned.
pub fn add(
    customer: Customer,
    owner: Owner,
    owner_kind: PartyKind,
    standing: Standing,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<(RecordId, Changes), Refusal> {
    if customer.party.kind() != PartyKind::Business {
        return Err(Refusal::OwnersOfAPerson);
    }
    if owner_kind != PartyKind::Person {
        return Err(Refusal::OwnerIsNoPerson);
    }
    if customer.owners.iter().any(|known| known.value.customer == owner.customer) {
        return Err(Refusal::OwnerTwice);
    }
    let mut draft = Draft::new(customer, ids, now);
    let id = RecordId(draft.next_id());
    draft.customer.owners.add(id, owner, standing, now)?;
    whole(&draft.customer)?;
    draft.happened(EventKind::Added(RecordKind::Owner), Some(id.into()), None);
    Ok((id, draft.finish()))
}

/// Changes an owner's title and share.
///
/// # Errors
/// Where there is no such owner, or more than the whole would be owned.
pub fn change(
    customer: Customer,
    id: RecordId,
    title: Option<String>,
    share_basis_points: u16,
    standing: Standing,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let owner = customer.owners.get(id).ok_or(Refusal::NoSuchRecord)?.value.customer;
    let mut draft = Draft::new(customer, ids, now);
    draft.customer.owners.change(id, Owner { customer: owner, title, share_basis_points }, standing, now)?;
    whole(&draft.customer)?;
    draft.happened(EventKind::Changed(RecordKind::Owner), Some(id.into()), None);
    Ok(draft.finish())
}

/// Removes an owner.
///
/// # Errors
/// [`Refusal::NoSuchRecord`].
pub fn remove(customer: Customer, id: RecordId, ids: &mut dyn Ids, now: Timestamp) -> Result<Changes, Refusal> {
    let mut draft = Draft::new(customer, ids, now);
    draft.customer.owners.remove(id, now)?;
    draft.happened(EventKind::Removed(RecordKind::Owner), Some(id.into()), None);
    Ok(draft.finish())
}

fn whole(customer: &Customer) -> Result<(), Refusal> {
    let owned: u32 = customer.owners.iter().map(|owner| u32::from(owner.value.share_basis_points)).sum();
    if owned > WHOLE_BASIS_POINTS { Err(Refusal::OverOwned) } else { Ok(()) }
}
