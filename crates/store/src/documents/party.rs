//! Who a customer is, as kept.

use onboarding::party::PartyKind;
use onboarding::tax_id::{TaxId, TaxIdKind};
use onboarding::{Business, Party, Person, PersonName, Pii};
use serde::{Deserialize, Serialize};

use super::{Unreadable, opt_date, reveal};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PartyV1 {
    Person(PersonV1),
    Business(BusinessV1),
}

#[derive(Serialize, Deserialize)]
pub(super) struct PersonV1 {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    first: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    middle: Option<String>,
    last: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citizenship: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_id: Option<TaxIdV1>,
    declared_pep: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct BusinessV1 {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    formed_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jurisdiction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_id: Option<TaxIdV1>,
}

#[derive(Serialize, Deserialize)]
struct TaxIdV1 {
    kind: TaxIdKindV1,
    value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TaxIdKindV1 {
    Ssn,
    Ein,
    Itin,
    Foreign,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PartyKindV1 {
    Person,
    Business,
}

impl From<&Party> for PartyV1 {
    fn from(party: &Party) -> Self {
        match party {
            Party::Person(person) => Self::Person(person.into()),
            Party::Business(business) => Self::Business(business.into()),
        }
    }
}

impl TryFrom<PartyV1> for Party {
    type Error = Unreadable;

    fn try_from(party: PartyV1) -> Result<Self, Unreadable> {
        Ok(match party {
            PartyV1::Person(person) => Self::Person(person.try_into()?),
            PartyV1::Business(business) => Self::Business(business.try_into()?),
        })
    }
}

impl From<&Person> for PersonV1 {
    fn from(person: &Person) -> Self {
        Self {
            prefix: reveal(person.name.prefix.as_ref()),
            first: person.name.first.0.clone(),
            middle: reveal(person.name.middle.as_ref()),
            last: person.name.last.0.clone(),
            suffix: reveal(person.name.suffix.as_ref()),
            preferred: reveal(person.name.preferred.as_ref()),
            birth_date: person.birth_date.map(|date| date.to_string()),
            citizenship: reveal(person.citizenship.as_ref()),
            tax_id: person.tax_id.as_ref().map(Into::into),
            declared_pep: person.declared_pep,
        }
    }
}

impl TryFrom<PersonV1> for Person {
    type Error = Unreadable;

    fn try_from(person: PersonV1) -> Result<Self, Unreadable> {
        Ok(Self {
            name: PersonName {
                prefix: person.prefix.map(Pii),
                first: Pii(person.first),
                middle: person.middle.map(Pii),
                last: Pii(person.last),
                suffix: person.suffix.map(Pii),
                preferred: person.preferred.map(Pii),
            },
            birth_date: opt_date(person.birth_date.as_ref(), "birth_date")?.map(Pii),
            citizenship: person.citizenship.map(Pii),
            tax_id: person.tax_id.map(TryInto::try_into).transpose()?,
            declared_pep: person.declared_pep,
        })
    }
}

impl From<&Business> for BusinessV1 {
    fn from(business: &Business) -> Self {
        Self {
            name: business.name.0.clone(),
            formed_on: business.formed_on.map(|date| date.to_string()),
            jurisdiction: business.jurisdiction.clone(),
            tax_id: business.tax_id.as_ref().map(Into::into),
        }
    }
}

impl TryFrom<BusinessV1> for Business {
    type Error = Unreadable;

    fn try_from(business: BusinessV1) -> Result<Self, Unreadable> {
        Ok(Self {
            name: Pii(business.name),
            formed_on: opt_date(business.formed_on.as_ref(), "formed_on")?,
            jurisdiction: business.jurisdiction,
            tax_id: business.tax_id.map(TryInto::try_into).transpose()?,
        })
    }
}

impl From<&TaxId> for TaxIdV1 {
    fn from(id: &TaxId) -> Self {
        let kind = match id.kind() {
            TaxIdKind::Ssn => TaxIdKindV1::Ssn,
            TaxIdKind::Ein => TaxIdKindV1::Ein,
            TaxIdKind::Itin => TaxIdKindV1::Itin,
            TaxIdKind::Foreign => TaxIdKindV1::Foreign,
        };
        Self { kind, value: id.value().to_owned() }
    }
}

impl TryFrom<TaxIdV1> for TaxId {
    type Error = Unreadable;

    fn try_from(id: TaxIdV1) -> Result<Self, Unreadable> {
        let kind = match id.kind {
            TaxIdKindV1::Ssn => TaxIdKind::Ssn,
            TaxIdKindV1::Ein => TaxIdKind::Ein,
            TaxIdKindV1::Itin => TaxIdKind::Itin,
            TaxIdKindV1::Foreign => TaxIdKind::Foreign,
        };
        Self::parse(kind, &id.value).map_err(|_| Unreadable::Field("tax_id"))
    }
}

impl From<PartyKind> for PartyKindV1 {
    fn from(kind: PartyKind) -> Self {
        match kind {
            PartyKind::Person => Self::Person,
            PartyKind::Business => Self::Business,
        }
    }
}

impl From<PartyKindV1> for PartyKind {
    fn from(kind: PartyKindV1) -> Self {
        match kind {
            PartyKindV1::Person => Self::Person,
            PartyKindV1::Business => Self::Business,
        }
    }
}
