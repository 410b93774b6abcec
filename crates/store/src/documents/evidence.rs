//! What a check saw, as kept.

use jiff::SignedDuration;
use onboarding::id::EvidenceId;
use onboarding::screening::{Evidence, ListSeen, Number, PartyScreened, Screened, Subject};
use onboarding::{CustomerId, Pii, Timestamp};
use serde::{Deserialize, Serialize};
use watchlists::Topics;
use zeroize::Zeroizing;

use super::hit::HitV1;
use super::party::PartyKindV1;
use super::{Unreadable, opt_date, parse, reveal, version, write};

/// What the row of evidence says in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clear {
    pub id: EvidenceId,
    pub customer: CustomerId,
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct EvidenceV1 {
    v: u32,
    policy_version: u32,
    threshold: f64,
    engine: String,
    #[serde(default)]
    generation: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    delisted: Vec<(String, String)>,
    lists: Vec<ListSeenV1>,
    parties: Vec<PartyScreenedV1>,
}

#[derive(Serialize, Deserialize)]
struct PartyScreenedV1 {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    party: String,
    subject: SubjectV1,
    /// Left out when it is so, as it nearly always is.
    #[serde(default = "yes", skip_serializing_if = "std::clone::Clone::clone")]
    comparable: bool,
    hits: Vec<HitV1>,
}

fn yes() -> bool {
    true
}

#[derive(Serialize, Deserialize)]
struct SubjectV1 {
    kind: PartyKindV1,
    name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    given: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    family: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    born: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nationality: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    residences: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<NumberV1>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct NumberV1 {
    kind: String,
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ListSeenV1 {
    list: String,
    version: String,
    topics: u16,
    age_ms: i64,
}

/// Writes the document of the newest version.
pub(crate) fn encode(evidence: &Evidence) -> Zeroizing<Vec<u8>> {
    let screened = &evidence.screened;
    write(&EvidenceV1 {
        v: 1,
        policy_version: evidence.policy_version,
        threshold: evidence.threshold,
        engine: screened.engine.clone(),
        generation: screened.generation,
        delisted: screened.delisted.clone(),
        lists: screened.lists.iter().map(Into::into).collect(),
        parties: screened.parties.iter().map(Into::into).collect(),
    })
}

/// Reads a document of any version, and joins it with the clear part of its row.
pub(crate) fn decode(clear: Clear, json: &[u8]) -> Result<Evidence, Unreadable> {
    let document: EvidenceV1 = match version(json)? {
        1 => parse(json)?,
        other => return Err(Unreadable::Version(other)),
    };
    Ok(Evidence {
        id: clear.id,
        customer: clear.customer,
        at: clear.at,
        policy_version: document.policy_version,
        threshold: document.threshold,
        screened: Screened {
            parties: document.parties.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
            lists: document.lists.into_iter().map(Into::into).collect(),
            engine: document.engine,
            generation: document.generation,
            delisted: document.delisted,
        },
    })
}

impl From<&PartyScreened> for PartyScreenedV1 {
    fn from(screened: &PartyScreened) -> Self {
        Self {
            party: screened.party.clone(),
            subject: (&screened.subject).into(),
            comparable: screened.comparable,
            hits: screened.hits.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<PartyScreenedV1> for PartyScreened {
    type Error = Unreadable;

    fn try_from(screened: PartyScreenedV1) -> Result<Self, Unreadable> {
        Ok(Self {
            party: screened.party,
            subject: screened.subject.try_into()?,
            comparable: screened.comparable,
            hits: screened.hits.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Number> for NumberV1 {
    fn from(number: &Number) -> Self {
        Self { kind: number.kind.clone(), value: number.value.0.clone(), country: number.country.clone() }
    }
}

impl From<NumberV1> for Number {
    fn from(number: NumberV1) -> Self {
        Self { kind: number.kind, value: Pii(number.value), country: number.country }
    }
}

impl From<&Subject> for SubjectV1 {
    fn from(subject: &Subject) -> Self {
        let texts = |texts: &[Pii<String>]| texts.iter().map(|text| text.0.clone()).collect();
        Self {
            kind: subject.kind.into(),
            name: subject.name.0.clone(),
            given: texts(&subject.given),
            family: texts(&subject.family),
            born: subject.born.map(|date| date.to_string()),
            nationality: reveal(subject.nationality.as_ref()),
            residences: subject.residences.clone(),
            numbers: subject.numbers.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<SubjectV1> for Subject {
    type Error = Unreadable;

    fn try_from(subject: SubjectV1) -> Result<Self, Unreadable> {
        let texts = |texts: Vec<String>| texts.into_iter().map(Pii).collect();
        Ok(Self {
            kind: subject.kind.into(),
            name: Pii(subject.name),
            given: texts(subject.given),
            family: texts(subject.family),
            born: opt_date(subject.born.as_ref(), "born")?.map(Pii),
            nationality: subject.nationality.map(Pii),
            residences: subject.residences,
            numbers: subject.numbers.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<&ListSeen> for ListSeenV1 {
    fn from(seen: &ListSeen) -> Self {
        let age_ms = i64::try_from(seen.age.as_millis()).unwrap_or(i64::MAX);
        Self { list: seen.list.clone(), version: seen.version.clone(), topics: seen.topics.0, age_ms }
    }
}

impl From<ListSeenV1> for ListSeen {
    fn from(seen: ListSeenV1) -> Self {
        let age = SignedDuration::from_millis(seen.age_ms);
        Self { list: seen.list, version: seen.version, topics: Topics(seen.topics), age }
    }
}
