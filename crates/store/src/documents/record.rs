//! The records of a customer that come in numbers, as kept.

use onboarding::records::{Address, Email, Identification, Owner, Phone, Record, Records};
use onboarding::{CustomerId, Pii, RecordId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Unreadable, at, moment, opt_date, reveal};

#[derive(Serialize, Deserialize)]
pub(super) struct RecordV1<T> {
    id: Uuid,
    primary: bool,
    created_at: i64,
    changed_at: i64,
    #[serde(flatten)]
    value: T,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AddressV1 {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    classification: Option<String>,
    street: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    country: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PhoneV1 {
    kind: String,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct EmailV1 {
    kind: String,
    address: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct IdentificationV1 {
    kind: String,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct OwnerV1 {
    customer: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    share_basis_points: u16,
}

pub(super) fn records_out<T, W>(records: &Records<T>) -> Vec<RecordV1<W>>
where
    W: for<'a> From<&'a T>,
{
    let out = |record: &Record<T>| RecordV1 {
        id: record.id.0,
        primary: record.primary,
        created_at: at(record.created_at),
        changed_at: at(record.changed_at),
        value: (&record.value).into(),
    };
    records.iter().map(out).collect()
}

pub(super) fn records_in<T, W>(kept: Vec<RecordV1<W>>, field: &'static str) -> Result<Records<T>, Unreadable>
where
    T: TryFrom<W, Error = Unreadable>,
{
    let read = |record: RecordV1<W>| -> Result<Record<T>, Unreadable> {
        Ok(Record {
            id: RecordId(record.id),
            primary: record.primary,
            created_at: moment(record.created_at, field)?,
            changed_at: moment(record.changed_at, field)?,
            value: record.value.try_into()?,
        })
    };
    let records = kept.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Records::restore(records).ok_or(Unreadable::Field(field))
}

fn conceal(text: Option<String>) -> Option<Pii<String>> {
    text.map(Pii)
}

impl From<&Address> for AddressV1 {
    fn from(address: &Address) -> Self {
        Self {
            kind: address.kind.clone(),
            classification: address.classification.clone(),
            street: address.street.iter().map(|line| line.0.clone()).collect(),
            city: reveal(address.city.as_ref()),
            state: address.state.clone(),
            postal_code: reveal(address.postal_code.as_ref()),
            country: address.country.clone(),
        }
    }
}

impl TryFrom<AddressV1> for Address {
    type Error = Unreadable;

    fn try_from(address: AddressV1) -> Result<Self, Unreadable> {
        Ok(Self {
            kind: address.kind,
            classification: address.classification,
            street: address.street.into_iter().map(Pii).collect(),
            city: conceal(address.city),
            state: address.state,
            postal_code: conceal(address.postal_code),
            country: address.country,
        })
    }
}

impl From<&Phone> for PhoneV1 {
    fn from(phone: &Phone) -> Self {
        let extension = reveal(phone.extension.as_ref());
        Self { kind: phone.kind.clone(), number: phone.number.0.clone(), extension }
    }
}

impl TryFrom<PhoneV1> for Phone {
    type Error = Unreadable;

    fn try_from(phone: PhoneV1) -> Result<Self, Unreadable> {
        Ok(Self { kind: phone.kind, number: Pii(phone.number), extension: conceal(phone.extension) })
    }
}

impl From<&Email> for EmailV1 {
    fn from(email: &Email) -> Self {
        Self { kind: email.kind.clone(), address: email.address.0.clone() }
    }
}

impl TryFrom<EmailV1> for Email {
    type Error = Unreadable;

    fn try_from(email: EmailV1) -> Result<Self, Unreadable> {
        Ok(Self { kind: email.kind, address: Pii(email.address) })
    }
}

impl From<&Identification> for IdentificationV1 {
    fn from(id: &Identification) -> Self {
        Self {
            kind: id.kind.clone(),
            number: id.number.0.clone(),
            issued_on: id.issued_on.map(|date| date.to_string()),
            expires_on: id.expires_on.map(|date| date.to_string()),
            verified_on: id.verified_on.map(|date| date.to_string()),
            authority: id.authority.clone(),
            state: id.state.clone(),
            country: id.country.clone(),
        }
    }
}

impl TryFrom<IdentificationV1> for Identification {
    type Error = Unreadable;

    fn try_from(id: IdentificationV1) -> Result<Self, Unreadable> {
        Ok(Self {
            kind: id.kind,
            number: Pii(id.number),
            issued_on: opt_date(id.issued_on.as_ref(), "issued_on")?,
            expires_on: opt_date(id.expires_on.as_ref(), "expires_on")?,
            verified_on: opt_date(id.verified_on.as_ref(), "verified_on")?,
            authority: id.authority,
            state: id.state,
            country: id.country,
        })
    }
}

impl From<&Owner> for OwnerV1 {
    fn from(owner: &Owner) -> Self {
        let share_basis_points = owner.share_basis_points;
        Self { customer: owner.customer.0, title: owner.title.clone(), share_basis_points }
    }
}

impl TryFrom<OwnerV1> for Owner {
    type Error = Unreadable;

    fn try_from(owner: OwnerV1) -> Result<Self, Unreadable> {
        let share_basis_points = owner.share_basis_points;
        Ok(Self { customer: CustomerId(owner.customer), title: owner.title, share_basis_points })
    }
}
