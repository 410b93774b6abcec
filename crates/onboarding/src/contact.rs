//! Addresses, phones, e-mails and identifications: added, changed, removed.

use jiff::Timestamp;

use crate::changes::{Changes, Refusal, Work};
use crate::customer::{Customer, Draft, Ids};
use crate::event::{EventKind, RecordKind};
use crate::id::RecordId;
use crate::records::{Address, Email, Identification, Phone, Records, Standing};

/// A kind of record that a customer keeps and a dialect may add to, change and remove.
pub trait Contact: Sized {
    /// Its kind in the journal.
    const KIND: RecordKind;
    /// Whether a screening reads it, so that a change asks for another one.
    const SCREENED: bool;
    /// Where the customer keeps them.
    fn of(customer: &Customer) -> &Records<Self>;
    /// The same, to change.
    fn of_mut(customer: &mut Customer) -> &mut Records<Self>;
}

macro_rules! contact {
    ($type:ty, $kind:ident, $field:ident, $screened:literal) => {
        impl Contact for $type {
            const KIND: RecordKind = RecordKind::$kind;
            const SCREENED: bool = $screened;

            fn of(customer: &Customer) -> &Records<Self> {
                &customer.$field
            }

            fn of_mut(customer: &mut Customer) -> &mut Records<Self> {
                &mut customer.$field
            }
        }
    };
}

contact!(Address, Address, addresses, true);
contact!(Phone, Phone, phones, false);
contact!(Email, Email, emails, false);
contact!(Identification, Identification, identifications, true);

/// Adds a record.
///
/// # Errors
/// [`Refusal::TooManyRecords`].
pub fn add<T: Contact>(
    customer: Customer,
    value: T,
    standing: Standing,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<(RecordId, Changes), Refusal> {
    let mut draft = Draft::new(customer, ids, now);
    let id = RecordId(draft.next_id());
    T::of_mut(&mut draft.customer).add(id, value, standing, now)?;
    Ok((id, finish::<T>(draft, EventKind::Added(T::KIND), id)))
}

/// Puts another value in a record's place.
///
/// # Errors
/// [`Refusal::NoSuchRecord`].
pub fn change<T: Contact>(
    customer: Customer,
    id: RecordId,
    value: T,
    standing: Standing,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut draft = Draft::new(customer, ids, now);
    T::of_mut(&mut draft.customer).change(id, value, standing, now)?;
    Ok(finish::<T>(draft, EventKind::Changed(T::KIND), id))
}

/// Removes a record.
///
/// # Errors
/// [`Refusal::NoSuchRecord`].
pub fn remove<T: Contact>(
    customer: Customer,
    id: RecordId,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut draft = Draft::new(customer, ids, now);
    T::of_mut(&mut draft.customer).remove(id, now)?;
    Ok(finish::<T>(draft, EventKind::Removed(T::KIND), id))
}

/// A new address or document is new evidence: the customer is screened again, and keeps its states until then.
fn finish<T: Contact>(mut draft: Draft<'_>, kind: EventKind, id: RecordId) -> Changes {
    draft.happened(kind, Some(id.into()), None);
    if T::SCREENED && !draft.customer.checks.is_empty() {
        draft.due(Work::Screen);
    }
    draft.finish()
}
