//! From a customer to the lists and back: the question in the lists' words, the matches in the domain's.

mod sandbox;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use onboarding::party::PartyKind;
use onboarding::screening::{Hit, ListSeen, Number, Screened, Subject};
use onboarding::{Customer, Pii, Policy};
use store::ListVersion;
pub use watchlists::ftm::topic_words;
use watchlists::screening::{Match, Options, Query, QueryParts};
use watchlists::{Country, CountryRole, DateRange, Day, Entity, Identifier, IdentifierKind, Index, Schema, Topics};

/// Version of the comparison and scoring; kept with everything that was screened.
pub const ENGINE: &str = concat!("vestibule-", env!("CARGO_PKG_VERSION"));

/// Most matches that one check hands to a person.
const HITS_MAX: usize = 50;

/// Matches looked at for all checks together; where there are more, each check is screened alone.
const WIDE_MAX: usize = 500;

/// The lists in force, searchable.
pub struct Lists {
    /// The index over all of them.
    pub index: Arc<Index>,
    /// Which versions they are, in the order of the index.
    pub versions: Vec<ListVersion>,
}

impl Lists {
    /// No list at all: nobody can be cleared.
    #[must_use]
    pub fn none() -> Self {
        Self { index: Arc::new(Index::builder().build()), versions: Vec::new() }
    }

    /// Screens a customer against every list; against the sandbox list as well, for a sandbox tenant.
    #[must_use]
    pub fn screen(&self, customer: &Customer, policy: &Policy, sandbox: bool, now: Timestamp) -> Screened {
        let subject = Subject::of(customer);
        let query = query(&subject);
        let threshold = threshold(policy.alert_threshold);
        let mut hits = hits(&self.index, &query, threshold, customer);
        let mut lists: Vec<ListSeen> = self.versions.iter().map(|version| seen(version, now)).collect();
        if sandbox {
            hits.extend(self::hits(sandbox::index(), &query, threshold, customer));
            lists.push(sandbox::seen());
        }
        Screened { comparable: query.is_comparable(), subject, lists, engine: ENGINE.to_owned(), hits }
    }
}

/// The hits of every check of the customer, each check's best ones.
///
/// Each check has room of its own, and what a person has dismissed takes none: hits of one kind never push those of
/// another, or a new one, out of sight.
fn hits(index: &Index, query: &Query, threshold: names::Score, customer: &Customer) -> Vec<Hit> {
    let topics = customer.checks.keys().fold(Topics::NONE, |all, kind| all.union(kind.topics()));
    let options = |topics, limit| Options { threshold, limit, topics: Some(topics), lists: None };
    let wide = index.screen(query, &options(topics, WIDE_MAX));
    let complete = wide.len() < WIDE_MAX;
    let mut best: Vec<Hit> = Vec::new();
    for (kind, check) in &customer.checks {
        let narrow = if complete { None } else { Some(index.screen(query, &options(kind.topics(), usize::MAX))) };
        let matches = narrow.as_ref().unwrap_or(&wide);
        let open = matches.iter().filter(|found| found.topics.meets(kind.topics())).filter(|found| {
            let list = index.list_of(found.entity).map_or("", |list| list.name.as_str());
            !check.dismissed.iter().any(|(known, entity)| known == list && *entity == found.id.0)
        });
        for hit in open.take(HITS_MAX).map(|found| hit(index, found)) {
            if !best.iter().any(|known| (&known.entity, &known.list) == (&hit.entity, &hit.list)) {
                best.push(hit);
            }
        }
    }
    best.sort_by(|one, other| other.score.total_cmp(&one.score));
    best
}

fn seen(version: &ListVersion, now: Timestamp) -> ListSeen {
    ListSeen {
        list: version.list.clone(),
        version: hex(&version.hash),
        topics: version.topics,
        age: now.duration_since(version.confirmed_at).max(SignedDuration::ZERO),
    }
}

/// The customer as a question to the lists.
#[must_use]
pub fn query(subject: &Subject) -> Query {
    let joined = |parts: &[Pii<String>]| parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(" ");
    let nationality = subject.nationality.as_ref().map(|code| (code.0.clone(), CountryRole::Nationality));
    let residences = subject.residences.iter().map(|code| (code.clone(), CountryRole::Residence));
    let (schema, parts) = match subject.kind {
        PartyKind::Person => {
            let parts =
                QueryParts { given: joined(&subject.given), middle: String::new(), family: joined(&subject.family) };
            (Schema::Person, Some(parts))
        }
        PartyKind::Business => (Schema::Company, None),
    };
    Query {
        schema: Some(schema),
        names: vec![subject.name.0.clone()],
        parts,
        birth_date: subject.born.and_then(|born| day(*born)).map(DateRange::day),
        countries: nationality.into_iter().chain(residences).map(|(code, role)| Country { code, role }).collect(),
        identifiers: subject.numbers.iter().map(identifier).collect(),
        ..Query::default()
    }
}

fn day(date: onboarding::Date) -> Option<Day> {
    Day::new(date.year(), date.month().unsigned_abs(), date.day().unsigned_abs())
}

/// Which kind of listed number a customer's document is, by the word the dialect has for it.
fn identifier(number: &Number) -> Identifier {
    let word: String = number.kind.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    let kind = match word.as_str() {
        "passport" => IdentifierKind::Passport,
        "taxid" | "ssn" | "ein" | "itin" => IdentifierKind::TaxId,
        "nationalid" | "nationalidentitycard" | "identitycard" | "stateid" => IdentifierKind::NationalId,
        _ => IdentifierKind::Other,
    };
    Identifier {
        kind,
        value: number.value.0.clone(),
        country: number.country.clone(),
        label: Some(number.kind.clone()),
    }
}

fn hit(index: &Index, found: &Match) -> Hit {
    let evidence = found.evidence.iter().map(|evidence| {
        let (word, why) = (evidence.finding.as_str(), evidence.reason);
        let values = match (evidence.query.as_str(), evidence.listed.as_str()) {
            ("", "") => String::new(),
            (asked, listed) => format!(" (customer: {asked}; list: {listed})"),
        };
        Pii(format!("{}: {word}, {why}{values}", evidence.feature.as_str().replace('_', " ")))
    });
    let names = format!("name: \"{}\" is like \"{}\" ({:.3})", found.query_name, found.listed_name, found.name_score);
    let entity = index.entity(found.entity);
    Hit {
        entity: found.id.0.clone(),
        list: index.list_of(found.entity).map(|list| list.name.clone()).unwrap_or_default(),
        topics: found.topics,
        caption: found.caption.clone(),
        matched_name: found.listed_name.clone(),
        score: found.score.as_f64(),
        name_score: found.name_score.as_f64(),
        reasons: std::iter::once(Pii(names)).chain(evidence).collect(),
        details: entity.map(|entity| details(&entity)).unwrap_or_default(),
    }
}

/// What a reviewer reads of a listed party: (what, value), the long lists cut.
fn details(entity: &Entity) -> Vec<(String, String)> {
    const EACH_MAX: usize = 12;
    let mut details = Vec::new();
    let mut tell = |what: &str, values: Vec<String>| {
        details.extend(values.into_iter().take(EACH_MAX).map(|value| (what.to_owned(), value)));
    };
    tell("schema", vec![format!("{:?}", entity.schema)]);
    tell("topic", topic_words(entity.topics).into_iter().map(str::to_owned).collect());
    tell("alias", entity.names.iter().skip(1).map(|name| name.text.clone()).collect());
    tell("born", entity.birth_dates.iter().map(ToString::to_string).collect());
    tell("birth place", entity.birth_places.clone());
    tell("country", entity.countries.iter().map(|country| format!("{} ({:?})", country.code, country.role)).collect());
    tell("identifier", entity.identifiers.iter().map(shown).collect());
    tell("position", entity.positions.clone());
    tell("programme", entity.programmes.clone());
    tell("address", entity.addresses.clone());
    tell("note", entity.notes.clone());
    tell("source", entity.source_url.iter().cloned().collect());
    details
}

fn shown(identifier: &Identifier) -> String {
    let label = identifier.label.clone().unwrap_or_else(|| format!("{:?}", identifier.kind));
    format!("{label} {}", identifier.value)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn threshold(value: f64) -> names::Score {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0..=1 before")]
    let ten_thousandths = (value.clamp(0.0, 1.0) * 10_000.0).round() as u16;
    names::Score::from_ten_thousandths(ten_thousandths)
}
