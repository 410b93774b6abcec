//! What a screening asks, what it saw, and what follows from it.

use jiff::{SignedDuration, Timestamp, civil::Date};
use watchlists::Topics;

use crate::case::{Case, Question};
use crate::changes::Changes;
use crate::check::{CheckKind, CheckState, Unavailability};
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::id::{CaseId, CustomerId, EvidenceId, TenantId};
use crate::party::{Party, PartyKind};
use crate::pii::Pii;
use crate::policy::Policy;

/// What is asked of the lists: the customer, as far as a list can know it.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Person or business.
    pub kind: PartyKind,
    /// The name in full.
    pub name: Pii<String>,
    /// Given and middle names, for a person.
    pub given: Vec<Pii<String>>,
    /// Family names, for a person.
    pub family: Vec<Pii<String>>,
    /// Day of birth or formation.
    pub born: Option<Pii<Date>>,
    /// Citizenship or jurisdiction, ISO 3166-1 alpha-2 in lower case.
    pub nationality: Option<Pii<String>>,
    /// Countries of the addresses.
    pub residences: Vec<String>,
    /// Tax number and document numbers, each with its country where known.
    pub numbers: Vec<Number>,
}

/// A document or number of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The dialect's word for the document (`Passport`), or `TaxId`.
    pub kind: String,
    /// The number.
    pub value: Pii<String>,
    /// Issuing country.
    pub country: Option<String>,
}

impl Subject {
    /// The customer, as a list can know it.
    #[must_use]
    pub fn of(customer: &Customer) -> Self {
        let mut numbers: Vec<Number> = customer
            .identifications
            .iter()
            .map(|record| &record.value)
            .map(|id| Number { kind: id.kind.clone(), value: id.number.clone(), country: id.country.clone() })
            .collect();
        if let Some(tax_id) = customer.party.tax_id() {
            let value = Pii(tax_id.value().to_owned());
            numbers.push(Number { kind: "TaxId".to_owned(), value, country: None });
        }
        let mut residences: Vec<String> =
            customer.addresses.iter().map(|record| record.value.country.clone()).collect();
        residences.sort();
        residences.dedup();
        let (given, family, born, nationality) = match &customer.party {
            Party::Person(person) => {
                let given = [Some(&person.name.first), person.name.middle.as_ref()].into_iter().flatten().cloned();
                let family = vec![person.name.last.clone()];
                (given.collect(), family, person.birth_date, person.citizenship.clone())
            }
            Party::Business(business) => {
                (Vec::new(), Vec::new(), business.formed_on.map(Pii), business.jurisdiction.clone().map(Pii))
            }
        };
        let kind = customer.party.kind();
        let name = customer.party.full_name();
        Self { kind, name, given, family, born, nationality, residences, numbers }
    }
}

/// A list as a screening found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSeen {
    /// Its name (`ofac-sdn`).
    pub list: String,
    /// The content hash of its version.
    pub version: String,
    /// What its entries are listed for.
    pub topics: Topics,
    /// How long ago it was added, fetched or confirmed unchanged.
    pub age: SignedDuration,
}

/// A listed party that looks like the customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entry's id.
    pub entity: String,
    /// The list it stands on.
    pub list: String,
    /// What it is listed for.
    pub topics: Topics,
    /// The name the list leads with.
    pub caption: String,
    /// The listed name that was met.
    pub matched_name: String,
    /// How alike all in all, in [0, 1].
    pub score: f64,
    /// How alike the names are, in [0, 1].
    pub name_score: f64,
    /// What speaks for and against, one line each, for a reader.
    pub reasons: Vec<Pii<String>>,
    /// What the list says of the party, as (what, value), for a reader.
    pub details: Vec<(String, String)>,
}

/// What one screening saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Screened {
    /// What was asked.
    pub subject: Subject,
    /// The lists, as they were.
    pub lists: Vec<ListSeen>,
    /// The engine's version.
    pub engine: String,
    /// Whether the name has anything that can be compared; a run of titles or single letters has not.
    pub comparable: bool,
    /// Matches at or above the policy's threshold, best first.
    pub hits: Vec<Hit>,
}

/// What a check saw, kept so that it can be run again.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Id.
    pub id: EvidenceId,
    /// Whose.
    pub customer: CustomerId,
    /// When.
    pub at: Timestamp,
    /// Under which version of the policy.
    pub policy_version: u32,
    /// From which score on a match counts.
    pub threshold: f64,
    /// What was asked and seen.
    pub screened: Screened,
}

/// What a screening says of one check.
#[derive(Debug, Clone, PartialEq)]
enum Finding {
    Clear,
    Hits(Vec<Hit>),
    Unavailable(Unavailability),
}

/// Draws the conclusions of a screening for every check it can speak of.
///
/// `open_case` is the customer's open case, if there is one: new hits join it. A check that a person is looking at, or
/// has confirmed, is not moved; a clear one is not made worse by a list that is missing today.
pub fn conclude(
    customer: Customer,
    open_case: Option<Case>,
    screened: Screened,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Changes {
    let (id, tenant) = (customer.id, customer.tenant);
    let kinds: Vec<CheckKind> = customer.checks.keys().copied().collect();
    let evidence_id = EvidenceId(ids.next());
    let mut draft = Draft::new(customer, ids, now);
    let mut case = open_case.filter(Case::is_open);
    let case_version = case.as_ref().map_or(0, |case| case.version);
    let mut case_touched = false;
    for kind in kinds {
        let finding = find(kind, &draft.customer, &screened, policy);
        let state = draft.customer.checks.get(&kind).map(|check| check.state.clone());
        if !matches!(finding, Finding::Unavailable(_))
            && let Some(check) = draft.customer.checks.get_mut(&kind)
        {
            check.evidence = Some(evidence_id);
        }
        match (finding, state) {
            (_, None | Some(CheckState::Confirmed(_))) => {}
            (Finding::Clear, Some(CheckState::Pending | CheckState::Unavailable(_) | CheckState::Clear)) => {
                draft.move_check(kind, CheckState::Clear);
            }
            (Finding::Unavailable(why), Some(CheckState::Pending | CheckState::Unavailable(_))) => {
                draft.move_check(kind, CheckState::Unavailable(why));
            }
            (Finding::Hits(hits), Some(state)) => {
                let case = ask(&mut case, &mut draft, tenant, id, kind, hits);
                case_touched = true;
                if !matches!(state, CheckState::Hit(_) | CheckState::Reviewing(_)) {
                    draft.move_check(kind, CheckState::Hit(case));
                }
            }
            (Finding::Clear, Some(CheckState::Hit(_) | CheckState::Reviewing(_)))
            | (Finding::Unavailable(_), Some(CheckState::Clear | CheckState::Hit(_) | CheckState::Reviewing(_))) => {}
        }
    }
    let mut changes = draft.finish();
    // However many questions were put, it is one change: the store expects the version before it.
    changes.case = case.filter(|_| case_touched).map(|case| Case { version: case_version + 1, ..case });
    let (policy_version, threshold) = (policy.version, policy.alert_threshold);
    changes.evidence = Some(Evidence { id: evidence_id, customer: id, at: now, policy_version, threshold, screened });
    changes
}

/// Whether some required check still could not be run, so that the work has to be tried again.
#[must_use]
pub fn is_unfinished(customer: &Customer, screened: &Screened, policy: &Policy) -> bool {
    customer.checks.keys().any(|&kind| matches!(find(kind, customer, screened, policy), Finding::Unavailable(_)))
}

/// Puts the check's question to the customer's open case, or opens one.
fn ask(
    case: &mut Option<Case>,
    draft: &mut Draft<'_>,
    tenant: TenantId,
    customer: CustomerId,
    kind: CheckKind,
    hits: Vec<Hit>,
) -> CaseId {
    if let Some(open) = case {
        open.put(Question::new(kind, hits));
        return open.id;
    }
    let id = CaseId(draft.next_id());
    *case = Some(Case::open(id, tenant, customer, Question::new(kind, hits), draft.now()));
    draft.happened(EventKind::CaseOpened, Some(id.into()), None);
    id
}

fn find(kind: CheckKind, customer: &Customer, screened: &Screened, policy: &Policy) -> Finding {
    let mut hits: Vec<Hit> = screened.hits.iter().filter(|hit| hit.topics.meets(kind.topics())).cloned().collect();
    if !screened.comparable {
        hits.push(incomparable(kind));
    }
    if kind == CheckKind::Pep && declares_to_be_exposed(customer) {
        hits.push(declared());
    }
    if let Some(check) = customer.checks.get(&kind) {
        hits.retain(|hit| !check.dismissed.contains(&(hit.list.clone(), hit.entity.clone())));
    }
    if !hits.is_empty() {
        return Finding::Hits(hits);
    }
    let mut lists = screened.lists.iter().filter(|list| list.topics.meets(kind.topics())).peekable();
    if lists.peek().is_none() {
        return Finding::Unavailable(Unavailability::NoList);
    }
    if lists.any(|list| list.age > policy.lists_age_max) {
        return Finding::Unavailable(Unavailability::StaleList);
    }
    Finding::Clear
}

fn declares_to_be_exposed(customer: &Customer) -> bool {
    matches!(&customer.party, Party::Person(person) if person.declared_pep)
}

/// The customer's own word is a hit without a list: it goes to a person (FATF recommendation 12).
fn declared() -> Hit {
    without_entry("declared", "declaration", CheckKind::Pep, "The customer declares to be politically exposed.")
}

/// A name that no engine can compare clears nobody: a person looks at it.
fn incomparable(kind: CheckKind) -> Hit {
    without_entry("name", "comparison", kind, "The name holds nothing that can be compared with a list.")
}

/// A question that no listed party raised.
fn without_entry(entity: &str, list: &str, kind: CheckKind, why: &str) -> Hit {
    Hit {
        entity: entity.to_owned(),
        list: list.to_owned(),
        topics: kind.topics(),
        caption: why.to_owned(),
        matched_name: String::new(),
        score: 1.0,
        name_score: 1.0,
        reasons: vec![Pii(why.to_owned())],
        details: Vec::new(),
    }
}
