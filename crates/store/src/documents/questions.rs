//! What the lists are asked about a customer, taken from its document without reading the rest.

use std::collections::BTreeMap;

use onboarding::screening::{Number, Questions, Subject};
use onboarding::{CheckKind, Party, Pii, Related};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::party::PartyV1;
use super::related::RelatedV1;
use super::{Unreadable, parse, version};

/// The parts of a customer's document that name it.
#[derive(Deserialize)]
struct QuestionsV1 {
    v: u32,
    party: PartyV1,
    #[serde(default)]
    addresses: Vec<ResidenceV1>,
    #[serde(default)]
    identifications: Vec<IdentifiedV1>,
    #[serde(default)]
    related: Vec<RelatedV1>,
    checks: BTreeMap<String, WaitingV1>,
}

#[derive(Deserialize)]
struct ResidenceV1 {
    country: String,
}

#[derive(Deserialize)]
struct IdentifiedV1 {
    kind: String,
    number: String,
    #[serde(default)]
    country: Option<String>,
}

#[derive(Deserialize)]
struct WaitingV1 {
    #[serde(default)]
    case: Option<IgnoredAny>,
}

/// Reads a customer's document of any version, as far as the lists are asked about it.
pub(crate) fn decode(json: &[u8]) -> Result<Questions, Unreadable> {
    // One way through the text where it is of the version that nearly all are.
    let document: QuestionsV1 = match parse(json) {
        Ok(document) => document,
        Err(unreadable) => match version(json)? {
            1 => return Err(unreadable),
            other => return Err(Unreadable::Version(other)),
        },
    };
    if document.v != 1 {
        return Err(Unreadable::Version(document.v));
    }
    let party = Party::try_from(document.party)?;
    let residences = document.addresses.into_iter().map(|address| address.country).collect();
    let numbers = document.identifications.into_iter().map(|known| Number {
        kind: known.kind,
        value: Pii(known.number),
        country: known.country,
    });
    let mut subjects = Vec::with_capacity(1 + document.related.len());
    subjects.push(Subject::known(&party, residences, numbers.collect()));
    for related in document.related {
        subjects.push(Subject::of_related(&Related::try_from(related)?));
    }
    let kind = |word: &String| CheckKind::parse(word).ok_or(Unreadable::Field("checks"));
    Ok(Questions {
        subjects,
        in_case: document.checks.values().any(|check| check.case.is_some()),
        checks: document.checks.keys().map(kind).collect::<Result<_, _>>()?,
    })
}
