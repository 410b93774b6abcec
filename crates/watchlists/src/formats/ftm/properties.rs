//! FollowTheMoney's properties: where each goes in an entity.

use super::super::draft::Draft;
use super::joins::Joins;
use super::line::Property;
use super::vocabulary;
use crate::entity::CountryRole::{Birth, Jurisdiction, Nationality, Other as OtherRole, Residence};
use crate::entity::{IdentifierKind as Id, NameKind, Schema};

/// Pours the values of one property into the entity; what has no place of its own is a note.
pub(super) fn pour(draft: &mut Draft, property: &Property<'_>, joins: &Joins) {
    let name = property.name.as_ref();
    for value in &property.values {
        let value = value.trim();
        if !value.is_empty() {
            pour_value(draft, name, value, joins);
        }
    }
}

fn pour_value(draft: &mut Draft, name: &str, value: &str, joins: &Joins) {
    match name {
        // Every spelling stands under `name`; the first leads.
        "name" if draft.has_primary => {
            draft.name(value, NameKind::Alias);
        }
        "name" => draft.name(value, NameKind::Primary),
        "alias" => draft.name(value, NameKind::Alias),
        "previousName" | "birthName" | "maidenName" => draft.name(value, NameKind::Former),
        "weakAlias" | "abbreviation" => draft.name(value, NameKind::Weak),
        "firstName" | "secondName" | "middleName" => draft.entity.parts.given.push(value.to_owned()),
        "lastName" => draft.entity.parts.family.push(value.to_owned()),
        "fatherName" => draft.entity.parts.father.push(value.to_owned()),
        "birthDate" | "incorporationDate" | "buildDate" => draft.birth_date(value),
        "deathDate" | "dissolutionDate" => draft.death_date(value),
        "birthPlace" => draft.birth_place(value),
        "birthCountry" => draft.country(value, Birth),
        "nationality" | "citizenship" => draft.country(value, Nationality),
        "jurisdiction" | "flag" | "pastFlags" | "mainCountry" => draft.country(value, Jurisdiction),
        "country" if matches!(draft.entity.schema, Schema::Company | Schema::Vessel | Schema::Airplane) => {
            draft.country(value, Jurisdiction);
        }
        "country" => draft.country(value, OtherRole),
        "addressCountry" => draft.country(value, Residence),
        "gender" => draft.gender(value),
        "address" => draft.address(&[value], ""),
        "addressEntity" => joins.pour_address(draft, value),
        "position" | "title" => draft.position(value),
        "topics" => match vocabulary::topic(value) {
            Some(topic) => draft.topic(topic),
            None => draft.labelled_note("topics", value),
        },
        "program" | "programId" => draft.programme(value),
        "notes" => draft.note(value),
        "sourceUrl" => draft.source_url(value),
        "createdAt" => draft.entity.listed_on = draft.date(name, value).or(draft.entity.listed_on),
        "modifiedAt" => draft.entity.changed_on = draft.date(name, value).max(draft.entity.changed_on),
        "holder" | "owner" | "parent" => draft.link(name, value),
        _ => match identifier(name) {
            Some(kind) => draft.identifier(kind, value, "", name),
            None => draft.labelled_note(name, value),
        },
    }
}

pub(super) fn identifier(name: &str) -> Option<Id> {
    Some(match name {
        "passportNumber" => Id::Passport,
        "idNumber" => Id::NationalId,
        "taxNumber" | "innCode" | "vatCode" | "socialSecurityNumber" => Id::TaxId,
        "registrationNumber" | "ogrnCode" | "cnpjCode" | "coaCode" => Id::Registration,
        "leiCode" => Id::Lei,
        "swiftBic" => Id::Bic,
        "imoNumber" => Id::Imo,
        "mmsi" => Id::Mmsi,
        "callSign" => Id::CallSign,
        "publicKey" => Id::Wallet,
        "kppCode" | "okpoCode" | "bikCode" | "dunsCode" | "uniqueEntityId" | "npiCode" | "permId" | "cageCode"
        | "wikidataId" | "isin" | "isinCode" | "ticker" | "serialNumber" | "icaoCode" | "ricCode" | "giiNumber"
        | "usCode" | "cikCode" | "jibCode" | "irsCode" | "ipoCode" | "msn" | "accountId" | "iban" => Id::Other,
        _ => return None,
    })
}

/// A name from its parts, for a person that has no other.
pub(super) fn compose_name(draft: &mut Draft) {
    let parts = &draft.entity.parts;
    let words = [parts.given.first(), parts.father.first(), parts.family.first()];
    let name = words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    draft.name(&name, NameKind::Primary);
}
