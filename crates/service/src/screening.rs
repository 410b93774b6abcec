//! From a customer to the lists and back: the question in the lists' words, the matches in the domain's.

mod hits;
mod sandbox;

use std::sync::Arc;

use hits::{Asked, hits};
use jiff::{SignedDuration, Timestamp};
use onboarding::party::PartyKind;
use onboarding::screening::{ListSeen, Number, PartyScreened, Screened, Subject};
use onboarding::{Case, Customer, Pii, Policy, TenantId};
use store::ListVersion;
pub use watchlists::ftm::topic_words;
use watchlists::screening::{Query, QueryParts};
use watchlists::{
    Country, CountryRole, DateRange, Day, EntityId, Identifier, IdentifierKind, Index, ListNumber, Schema,
};

/// Version of the comparison and scoring; kept with everything that was screened.
pub const ENGINE: &str = concat!("vestibule-", env!("CARGO_PKG_VERSION"));

/// Most matches that one check hands to a person, of all parties together.
const HITS_MAX: usize = 50;

/// Of each party at least so many are shown, however many parties there are.
const HITS_OF_EACH_MIN: usize = 5;

/// The lists in force, searchable.
pub struct Lists {
    /// The index over all of them.
    pub index: Arc<Index>,
    /// Which versions they are, in the order of the index.
    pub versions: Vec<ListVersion>,
    /// Which composition of lists and engine it is, as the store counts them.
    pub generation: u64,
    /// Who looks: whatever is not theirs is not there.
    pub viewer: Viewer,
}

/// Who looks at the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// The house itself: all of them.
    House,
    /// A tenant: those that are everybody's, and its own.
    Tenant(TenantId),
    /// Somebody who is not known: those that are everybody's.
    Anybody,
}

impl Lists {
    /// No list at all: nobody can be cleared.
    #[must_use]
    pub fn none() -> Self {
        Self { index: Arc::new(Index::builder().build()), versions: Vec::new(), generation: 0, viewer: Viewer::House }
    }

    /// The same lists, as somebody sees them.
    #[must_use]
    pub fn seen_by(&self, viewer: Viewer) -> Self {
        let (index, versions) = (Arc::clone(&self.index), self.versions.clone());
        Self { index, versions, generation: self.generation, viewer }
    }

    /// The lists that are seen, with their numbers in the index.
    pub fn visible(&self) -> impl Iterator<Item = (&ListVersion, ListNumber)> {
        let seen = |version: &ListVersion| match self.viewer {
            Viewer::House => true,
            Viewer::Tenant(tenant) => version.is_seen_by(tenant),
            Viewer::Anybody => version.tenant.is_none(),
        };
        let numbered = self.versions.iter().zip(0..).map(|(version, number)| (version, ListNumber(number)));
        numbered.filter(move |(version, _)| seen(version))
    }

    /// Screens a customer and every party around it against every list; against the sandbox list as well, for a sandbox
    /// tenant.
    #[must_use]
    pub fn screen(&self, customer: &Customer, policy: &Policy, sandbox: bool, now: Timestamp) -> Screened {
        let threshold = threshold(policy.alert_threshold);
        let related = customer.related.iter().map(|related| (related.key.clone(), Subject::of_related(related)));
        let parties: Vec<_> = std::iter::once((String::new(), Subject::of(customer))).chain(related).collect();
        let most = (HITS_MAX / parties.len()).max(HITS_OF_EACH_MIN);
        let visible = self.visible_to(customer.tenant);
        let screen = |(party, subject): (String, Subject)| {
            let query = query(&subject);
            let (whom, lists) = (subject.identity(), visible.clone());
            let asked = Asked { query: &query, party: &party, whom, threshold, lists, most, policy, now };
            let mut found = hits(&self.index, &asked, customer);
            if sandbox {
                let asked = Asked { lists: None, whom: asked.whom.clone(), ..asked };
                found.extend(hits(sandbox::index(), &asked, customer));
            }
            PartyScreened { comparable: query.is_comparable(), subject, hits: found, party }
        };
        let parties = parties.into_iter().map(screen).collect();
        let versions = self.versions.iter().filter(|version| version.is_seen_by(customer.tenant));
        let mut lists: Vec<ListSeen> = versions.map(|version| seen(version, now)).collect();
        if sandbox {
            lists.push(sandbox::seen());
        }
        Screened { parties, lists, engine: ENGINE.to_owned(), generation: self.generation, delisted: Vec::new() }
    }

    /// The lists that a tenant's customers are screened against: those of the house and its own. Nothing where that is all
    /// of them.
    #[must_use]
    pub fn visible_to(&self, tenant: TenantId) -> Option<Vec<ListNumber>> {
        if self.versions.iter().all(|version| version.is_seen_by(tenant)) {
            return None;
        }
        let numbered = self.versions.iter().zip(0..).filter(|(version, _)| version.is_seen_by(tenant));
        Some(numbered.map(|(_, number)| ListNumber(number)).collect())
    }

    /// Entries that the case asks about and that the lists in force have no more, as (list, entry).
    #[must_use]
    pub fn delisted(&self, case: &Case) -> Vec<(String, String)> {
        let mut asked: Vec<(String, String)> =
            case.hits().flat_map(|asked| asked.hit.entries()).map(|(l, e, _)| (l.to_owned(), e.to_owned())).collect();
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

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn threshold(value: f64) -> names::Score {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0..=1 before")]
    let ten_thousandths = (value.clamp(0.0, 1.0) * 10_000.0).round() as u16;
    names::Score::from_ten_thousandths(ten_thousandths)
}
