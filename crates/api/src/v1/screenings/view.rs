//! The answer: who may be meant, and why.

use serde::Serialize;
use watchlists::entity::NameKind;
use watchlists::screening::Explanation;
use watchlists::{Degree, Entity, EntityId, Finding, Gender, ftm};

use super::body::{kind_word, role_word};
use super::lists::ListView;

/// The whole answer.
#[derive(Serialize)]
pub struct Answer {
    /// The screening.
    pub screening: ScreeningView,
}

/// What was looked up, and what was found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScreeningView {
    /// The engine's version.
    pub engine: &'static str,
    /// When.
    pub screened_at: String,
    /// What it says.
    pub outcome: Outcome,
    /// From which score on a match counts.
    pub threshold: f64,
    /// Whether every entity at or above the threshold was looked at; below 0.7 names are left out that are less alike.
    pub exhaustive: bool,
    /// The lists of the question.
    pub lists: Vec<ListView>,
    /// Topics of the question that none of them has.
    pub topics_missing: Vec<&'static str>,
    /// How many matches there are.
    pub matches_total: usize,
    /// The best of them.
    pub matches: Vec<MatchView>,
}

/// What a screening says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Somebody is listed who may be meant.
    Hit,
    /// Nobody is.
    Clear,
    /// Nobody was found, and not everything was there to be looked up: this clears nobody.
    Unavailable,
}

/// One listed party that may be meant.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchView {
    entity: EntityView,
    score: f64,
    name_score: f64,
    queried_name: String,
    matched_name: String,
    matched_name_kind: &'static str,
    identified: bool,
    evidence: Vec<EvidenceView>,
    name_explanation: Vec<TokenView>,
    /// Other matches of this answer that are the same party, as documents, numbers or referents say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    same_party: Vec<SameView>,
}

#[derive(Serialize)]
struct SameView {
    list: String,
    id: String,
    because: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntityView {
    id: String,
    list: String,
    schema: &'static str,
    caption: String,
    topics: Vec<&'static str>,
    programmes: Vec<String>,
    names: Vec<NameView>,
    birth_dates: Vec<String>,
    death_dates: Vec<String>,
    birth_places: Vec<String>,
    countries: Vec<CountryView>,
    gender: Option<&'static str>,
    identifiers: Vec<IdentifierView>,
    addresses: Vec<String>,
    positions: Vec<String>,
    notes: Vec<String>,
    source_url: Option<String>,
    listed_on: Option<String>,
    changed_on: Option<String>,
}

#[derive(Serialize)]
struct NameView {
    name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct CountryView {
    code: String,
    role: &'static str,
}

#[derive(Serialize)]
struct IdentifierView {
    kind: &'static str,
    value: String,
    country: Option<String>,
    label: Option<String>,
}

#[derive(Serialize)]
struct EvidenceView {
    feature: &'static str,
    finding: &'static str,
    degree: Option<&'static str>,
    reason: &'static str,
    /// What it moved: the share of the distance to one that it closed, or what it took away, below zero.
    effect: f64,
    query: String,
    listed: String,
}

#[derive(Serialize)]
struct TokenView {
    query: String,
    listed: String,
    relation: Option<String>,
    meaning: String,
    similarity: f64,
    weight: f64,
}

impl MatchView {
    /// A match and its entity, and the other entries that are the same party.
    #[must_use]
    pub fn of<'a>(
        explanation: &Explanation,
        entity: &Entity,
        list: &str,
        same: impl Iterator<Item = (&'a str, &'a EntityId, String)>,
    ) -> Self {
        let same = same.map(|(list, id, because)| SameView { list: list.to_owned(), id: id.0.clone(), because });
        let found = &explanation.matched;
        let evidence = found.evidence.iter().map(|evidence| EvidenceView {
            feature: evidence.feature.as_str(),
            finding: evidence.finding.as_str(),
            degree: match evidence.finding {
                Finding::Missing => None,
                Finding::Agrees(degree) | Finding::Contradicts(degree) => Some(degree_word(degree)),
            },
            reason: evidence.reason,
            effect: (f64::from(evidence.lift) - f64::from(evidence.penalty)) / 1000.0,
            query: evidence.query.clone(),
            listed: evidence.listed.clone(),
        });
        let alignments = explanation.names.iter().flat_map(|names| &names.alignments);
        let tokens = alignments.map(|alignment| TokenView {
            query: alignment.first.clone(),
            listed: alignment.second.clone(),
            relation: alignment.relation.map(|relation| format!("{relation:?}").to_ascii_lowercase()),
            meaning: alignment.relation.map_or_else(|| "met nothing".to_owned(), |relation| relation.to_string()),
            similarity: f64::from(alignment.similarity) / 1000.0,
            weight: f64::from(alignment.weight) / 1000.0,
        });
        Self {
            entity: EntityView::of(entity, list),
            score: found.score.as_f64(),
            name_score: found.name_score.as_f64(),
            queried_name: found.query_name.clone(),
            matched_name: found.listed_name.clone(),
            matched_name_kind: name_word(found.name_kind),
            identified: found.identified,
            evidence: evidence.collect(),
            name_explanation: tokens.collect(),
            same_party: same.collect(),
        }
    }
}

impl EntityView {
    fn of(entity: &Entity, list: &str) -> Self {
        let texts = |dates: &[watchlists::DateRange]| dates.iter().map(ToString::to_string).collect();
        let names = entity.names.iter().map(|name| NameView { name: name.text.clone(), kind: name_word(name.kind) });
        let countries = entity.countries.iter();
        let countries =
            countries.map(|country| CountryView { code: country.code.clone(), role: role_word(country.role) });
        let identifiers = entity.identifiers.iter().map(|identifier| IdentifierView {
            kind: kind_word(identifier.kind),
            value: identifier.value.clone(),
            country: identifier.country.clone(),
            label: identifier.label.clone(),
        });
        let links = entity.links.iter().map(|(relation, to)| format!("{relation}: {to}"));
        Self {
            id: entity.id.0.clone(),
            list: list.to_owned(),
            schema: ftm::schema_word(entity.schema),
            caption: entity.caption().to_owned(),
            topics: ftm::topic_words(entity.topics),
            programmes: entity.programmes.clone(),
            names: names.collect(),
            birth_dates: texts(&entity.birth_dates),
            death_dates: texts(&entity.death_dates),
            birth_places: entity.birth_places.clone(),
            countries: countries.collect(),
            gender: entity.gender.map(|gender| match gender {
                Gender::Female => "female",
                Gender::Male => "male",
                Gender::Other => "other",
            }),
            identifiers: identifiers.collect(),
            addresses: entity.addresses.clone(),
            positions: entity.positions.clone(),
            notes: entity.notes.iter().cloned().chain(links).collect(),
            source_url: entity.source_url.clone(),
            listed_on: entity.listed_on.map(|date| date.to_string()),
            changed_on: entity.changed_on.map(|date| date.to_string()),
        }
    }
}

fn name_word(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Primary => "primary",
        NameKind::Alias => "alias",
        NameKind::Former => "former",
        NameKind::Weak => "weak",
    }
}

fn degree_word(degree: Degree) -> &'static str {
    match degree {
        Degree::Weak => "weak",
        Degree::Fair => "fair",
        Degree::Strong => "strong",
    }
}
