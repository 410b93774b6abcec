//! From a customer to the lists and back: the question in the lists' words, the matches in the domain's.

mod sandbox;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use onboarding::check::Dismissed;
use onboarding::party::PartyKind;
use onboarding::reason::{Agreement, Reason};
use onboarding::screening::{Hit, ListSeen, Number, PartyScreened, Screened, Subject};
use onboarding::{Case, Customer, Pii, Policy};
use store::ListVersion;
use watchlists::evidence::Finding;
pub use watchlists::ftm::topic_words;
use watchlists::screening::{Match, Options, Query, QueryParts};
use watchlists::{
    Country, CountryRole, DateRange, Day, Entity, EntityId, Identifier, IdentifierKind, Index, ListNumber, Schema,
    Topics,
};

/// Version of the comparison and scoring; kept with everything that was screened.
pub const ENGINE: &str = concat!("vestibule-", env!("CARGO_PKG_VERSION"));

/// Most matches that one check hands to a person, of all parties together.
const HITS_MAX: usize = 50;

/// Of each party at least so many are shown, however many parties there are.
const HITS_OF_EACH_MIN: usize = 5;

/// Matches looked at for all checks together; where there are more, each check is screened alone.
const WIDE_MAX: usize = 500;

/// The lists in force, searchable.
pub struct Lists {
    /// The index over all of them.
    pub index: Arc<Index>,
    /// Which versions they are, in the order of the index.
    pub versions: Vec<ListVersion>,
    /// Which composition of lists and engine it is, as the store counts them.
    pub generation: u64,
}

impl Lists {
    /// No list at all: nobody can be cleared.
    #[must_use]
    pub fn none() -> Self {
        Self { index: Arc::new(Index::builder().build()), versions: Vec::new(), generation: 0 }
    }

    /// Screens a customer and every party around it against every list; against the sandbox list as well, for a sandbox
    /// tenant.
    #[must_use]
    pub fn screen(&self, customer: &Customer, policy: &Policy, sandbox: bool, now: Timestamp) -> Screened {
        let threshold = threshold(policy.alert_threshold);
        let related = customer.related.iter().map(|related| (related.key.clone(), Subject::of_related(related)));
        let parties: Vec<_> = std::iter::once((String::new(), Subject::of(customer))).chain(related).collect();
        let most = (HITS_MAX / parties.len()).max(HITS_OF_EACH_MIN);
        let screen = |(party, subject): (String, Subject)| {
            let query = query(&subject);
            let asked = Asked { query: &query, party: &party, whom: subject.identity(), threshold, most };
            let mut found = hits(&self.index, &asked, customer);
            if sandbox {
                found.extend(hits(sandbox::index(), &asked, customer));
            }
            PartyScreened { comparable: query.is_comparable(), subject, hits: found, party }
        };
        let parties = parties.into_iter().map(screen).collect();
        let mut lists: Vec<ListSeen> = self.versions.iter().map(|version| seen(version, now)).collect();
        if sandbox {
            lists.push(sandbox::seen());
        }
        Screened { parties, lists, engine: ENGINE.to_owned(), generation: self.generation, delisted: Vec::new() }
    }

    /// Entries that the case asks about and that the lists in force have no more, as (list, entry).
    #[must_use]
    pub fn delisted(&self, case: &Case) -> Vec<(String, String)> {
        let mut asked: Vec<(String, String)> =
            case.hits().map(|asked| (asked.hit.list.clone(), asked.hit.entity.clone())).collect();
        asked.sort();
        asked.dedup();
        asked.retain(|(list, entity)| {
            let number = self.index.lists().iter().position(|known| known.name == *list);
            let number = number.and_then(|number| u16::try_from(number).ok()).map(ListNumber);
            number.is_some_and(|number| self.index.find(number, &EntityId(entity.clone())).is_none())
        });
        asked
    }
}

/// The customer and every party around it, as questions to the lists.
pub(crate) fn questions(customer: &Customer) -> impl Iterator<Item = Query> {
    let related = customer.related.iter().map(Subject::of_related);
    std::iter::once(Subject::of(customer)).chain(related).map(|subject| query(&subject))
}

/// One party, as the lists are asked about it.
struct Asked<'a> {
    query: &'a Query,
    /// The key of the related party, empty for the customer itself.
    party: &'a str,
    whom: Pii<String>,
    threshold: names::Score,
    /// Most matches that one check shows of it.
    most: usize,
}

/// The hits of every check of the customer on one of its parties, each check's best ones.
///
/// Each check has room of its own, and what a person has dismissed takes none: hits of one kind never push those of
/// another, or a new one, out of sight.
fn hits(index: &Index, asked: &Asked<'_>, customer: &Customer) -> Vec<Hit> {
    let (query, threshold) = (asked.query, asked.threshold);
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
            let is_known =
                |known: &Dismissed| (&*known.list, &known.entity, &known.whom) == (list, &found.id.0, &asked.whom);
            !check.dismissed.iter().any(is_known)
        });
        for hit in open.take(asked.most).map(|found| hit(index, asked, found)) {
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

fn hit(index: &Index, asked: &Asked<'_>, found: &Match) -> Hit {
    let evidence = found.evidence.iter().map(|evidence| Reason {
        feature: evidence.feature.as_str().to_owned(),
        finding: match evidence.finding {
            Finding::Agrees(_) => Agreement::Agrees,
            Finding::Contradicts(_) => Agreement::Contradicts,
            Finding::Missing => Agreement::Missing,
        },
        why: evidence.reason.to_owned(),
        customer: Pii(evidence.query.clone()),
        listed: evidence.listed.clone(),
    });
    let names = Reason {
        feature: "name".to_owned(),
        finding: Agreement::Agrees,
        why: format!("alike by {:.3}", found.name_score),
        customer: Pii(found.query_name.clone()),
        listed: found.listed_name.clone(),
    };
    let entity = index.entity(found.entity);
    Hit {
        party: asked.party.to_owned(),
        whom: asked.whom.clone(),
        entity: found.id.0.clone(),
        list: index.list_of(found.entity).map(|list| list.name.clone()).unwrap_or_default(),
        topics: found.topics,
        caption: found.caption.clone(),
        matched_name: found.listed_name.clone(),
        score: found.score.as_f64(),
        name_score: found.name_score.as_f64(),
        reasons: std::iter::once(names).chain(evidence).collect(),
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

pub(crate) fn threshold(value: f64) -> names::Score {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0..=1 before")]
    let ten_thousandths = (value.clamp(0.0, 1.0) * 10_000.0).round() as u16;
    names::Score::from_ten_thousandths(ten_thousandths)
}
