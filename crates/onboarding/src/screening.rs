//! What a screening asks, what it saw, and what follows from it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, civil::Date};
use watchlists::{Fingerprint, Topics};

use crate::case::{Answer, Asks, Case, CaseState, NewQuestion, Question, ask, delisted};
use crate::changes::Changes;
use crate::check::{Check, CheckKind, CheckState, Dismissed, Unavailability};
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::id::{CaseId, CustomerId, EvidenceId};
use crate::party::{Party, PartyKind};
use crate::pii::Pii;
use crate::policy::Policy;
use crate::reason::{Agreement, Reason};
use crate::related::Related;

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
        let numbers = customer
            .identifications
            .iter()
            .map(|record| &record.value)
            .map(|id| Number { kind: id.kind.clone(), value: id.number.clone(), country: id.country.clone() })
            .collect();
        let residences = customer.addresses.iter().map(|record| record.value.country.clone()).collect();
        Self::known(&customer.party, residences, numbers)
    }

    /// A party by the countries of its addresses and its documents; the tax number is the party's own.
    #[must_use]
    pub fn known(party: &Party, residences: Vec<String>, mut numbers: Vec<Number>) -> Self {
        numbers.extend(tax_number(party));
        Self::new(party, residences, numbers)
    }

    /// A party around the customer, as a list can know it.
    #[must_use]
    pub fn of_related(related: &Related) -> Self {
        Self::known(&related.party, related.residences.clone(), related.numbers.clone())
    }

    fn new(party: &Party, mut residences: Vec<String>, numbers: Vec<Number>) -> Self {
        residences.sort();
        residences.dedup();
        let (given, family, born, nationality) = match party {
            Party::Person(person) => {
                let given = [Some(&person.name.first), person.name.middle.as_ref()].into_iter().flatten().cloned();
                let family = vec![person.name.last.clone()];
                (given.collect(), family, person.birth_date, person.citizenship.clone())
            }
            Party::Business(business) => {
                (Vec::new(), Vec::new(), business.formed_on.map(Pii), business.jurisdiction.clone().map(Pii))
            }
        };
        Self { kind: party.kind(), name: party.full_name(), given, family, born, nationality, residences, numbers }
    }

    /// Who it is, as far as a decision about a likeness rests on it: the name, the birth date and the nationality, in
    /// one form. Another address or document does not make it somebody else.
    #[must_use]
    pub fn identity(&self) -> Pii<String> {
        let words = self.name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        let born = self.born.map(|born| born.0.to_string()).unwrap_or_default();
        let nationality = self.nationality.as_ref().map_or("", |code| code.as_str());
        Pii(format!("{words}|{born}|{nationality}"))
    }
}

fn tax_number(party: &Party) -> Option<Number> {
    let tax_id = party.tax_id()?;
    Some(Number { kind: "TaxId".to_owned(), value: Pii(tax_id.value().to_owned()), country: None })
}

/// What the lists are asked about a customer, and nothing else of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Questions {
    /// The customer first, then every party around it.
    pub subjects: Vec<Subject>,
    /// Its checks.
    pub checks: BTreeSet<CheckKind>,
    /// Whether one of them waits for a case, or was decided by one.
    pub in_case: bool,
}

impl Questions {
    /// What is asked about this customer.
    #[must_use]
    pub fn of(customer: &Customer) -> Self {
        let related = customer.related.iter().map(Subject::of_related);
        Self {
            subjects: std::iter::once(Subject::of(customer)).chain(related).collect(),
            checks: customer.checks.keys().copied().collect(),
            in_case: customer.checks.values().any(|check| check.state.case().is_some()),
        }
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

/// A listed party that looks like the customer, or like a party around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Whom it looks like: the key of the related party, empty for the customer itself.
    pub party: String,
    /// Who that was ([`Subject::identity`]).
    pub whom: Pii<String>,
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
    /// What speaks for and against.
    pub reasons: Vec<Reason>,
    /// What the list says of the party, as (what, value), for a reader.
    pub details: Vec<(String, String)>,
    /// What the list says of it, to be compared with what it says later; nothing where no list raised the question.
    pub listed: Option<Fingerprint>,
    /// The same party on other lists, or once more on this one, as its documents and numbers say.
    pub others: Vec<Listing>,
    /// What was decided about it before, and why it is asked again.
    pub earlier: Option<Earlier>,
}

/// The party of a hit, as another entry has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
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
    /// What says that it is the same party, for a reader.
    pub why: String,
    /// What the list says of the party, as (what, value), for a reader.
    pub details: Vec<(String, String)>,
    /// What the list says of it, to be compared.
    pub listed: Option<Fingerprint>,
}

/// A decision that counts no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The case it was made in.
    pub case: Option<CaseId>,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why it is asked again.
    pub because: Vec<String>,
}

/// An entry of a list as a hit saw it: its list, its id and what the list said.
type Seen<'a> = (&'a str, &'a str, Option<&'a Fingerprint>);

impl Hit {
    /// Every entry that it is about, the leading one first.
    pub fn entries(&self) -> impl Iterator<Item = Seen<'_>> {
        let first = (self.list.as_str(), self.entity.as_str(), self.listed.as_ref());
        let others = self.others.iter();
        std::iter::once(first).chain(others.map(|it| (it.list.as_str(), it.entity.as_str(), it.listed.as_ref())))
    }

    /// Whether a document or number of the party's agrees with one that is listed.
    #[must_use]
    pub fn is_identified(&self) -> bool {
        let agrees = |reason: &Reason| reason.feature == "identifier" && reason.finding == Agreement::Agrees;
        self.reasons.iter().any(agrees)
    }

    /// What it is to dismiss it: each entry for itself, as it stands.
    pub fn dismissals<'a>(&'a self, answer: &'a Answer, case: CaseId) -> impl Iterator<Item = Dismissed> + 'a {
        self.entries().map(move |(list, entity, listed)| Dismissed {
            list: list.to_owned(),
            entity: entity.to_owned(),
            whom: self.whom.clone(),
            listed: listed.cloned(),
            identified: self.is_identified(),
            at: answer.at,
            by: answer.by.clone(),
            case: Some(case),
        })
    }

    /// Whether a person found that it is somebody else, and that counts still.
    fn is_dismissed(&self, check: &Check, policy: &Policy, now: Timestamp) -> bool {
        let identified = self.is_identified();
        self.entries().all(|(list, entity, listed)| {
            let mut about = check.dismissed.iter().filter(|known| known.is_about(list, entity, &self.whom));
            about.any(|known| known.stands(listed, identified, policy, now))
        })
    }

    /// Whether it is the same listed party looking like the same party; how alike may have changed.
    #[must_use]
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        let names = |of: &Self, list: &str, entity: &str| of.entries().any(|(l, e, _)| (l, e) == (list, entity));
        self.whom == other.whom && self.entries().any(|(list, entity, _)| names(other, list, entity))
    }

    /// Whether who was asked about the other one was asked all that this one asks: a change for a reader's eyes is none, nor
    /// is an entry that has left.
    #[must_use]
    pub fn asks_no_more_than(&self, other: &Self) -> bool {
        let without_list = self.listed.is_none() || other.listed.is_none();
        if without_list {
            let earlier = self.earlier.clone();
            return *self == Self { earlier, ..other.clone() };
        }
        let known = |seen: Seen<'_>| other.entries().any(|known| known == seen);
        self.whom == other.whom && self.entries().all(known) && (other.is_identified() || !self.is_identified())
    }
}

/// What one screening saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Screened {
    /// The customer first, then every party around it.
    pub parties: Vec<PartyScreened>,
    /// The lists, as they were.
    pub lists: Vec<ListSeen>,
    /// The engine's version.
    pub engine: String,
    /// The number of the composition of lists and engine, as the store counts them; 0 where it was never stored.
    pub generation: u64,
    /// Entries that the customer's open case asks about and that have left their list, as (list, entry).
    pub delisted: Vec<(String, String)>,
}

/// What was asked of one party, and seen.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyScreened {
    /// The key of the related party, empty for the customer itself.
    pub party: String,
    /// What was asked.
    pub subject: Subject,
    /// Whether the name has anything that can be compared; a run of titles or single letters has not.
    pub comparable: bool,
    /// Matches at or above the policy's threshold, best first.
    pub hits: Vec<Hit>,
}

impl Screened {
    /// Every match of every party.
    pub fn hits(&self) -> impl Iterator<Item = &Hit> {
        self.parties.iter().flat_map(|party| &party.hits)
    }
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
    let id = customer.id;
    let kinds: Vec<CheckKind> = customer.checks.keys().copied().collect();
    let evidence_id = EvidenceId(ids.next());
    let mut draft = Draft::new(customer, ids, now);
    let required = policy.required_checks(draft.customer.party.kind());
    for (kind, check) in &mut draft.customer.checks {
        check.required = required.contains(kind);
    }
    let mut case = open_case.filter(Case::is_open);
    let case_version = case.as_ref().map_or(0, |case| case.version);
    let gone = &screened.delisted;
    let withdrawn = case.as_mut().is_some_and(|case| delisted::withdraw(&mut draft, case, gone));
    let mut case_touched = withdrawn;
    for kind in kinds {
        let finding = find(kind, &draft.customer, &screened, policy, now);
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
                // What was said before the check moved on was said about somebody who looked otherwise.
                let anew = !matches!(state, CheckState::Hit(_) | CheckState::Reviewing(_));
                let question = NewQuestion { asks: Asks::Hits { check: kind }, hits, anew };
                let (case, touched) = ask::put(&mut case, &mut draft, question);
                case_touched |= touched;
                if anew {
                    draft.move_check(kind, CheckState::Hit(case));
                }
            }
            (Finding::Clear, Some(CheckState::Hit(_) | CheckState::Reviewing(_)))
            | (Finding::Unavailable(_), Some(CheckState::Clear | CheckState::Hit(_) | CheckState::Reviewing(_))) => {}
        }
    }
    if let Some(case) = case.as_mut().filter(|case| withdrawn && case.is_open())
        && case.questions.iter().all(Question::is_answered)
    {
        case.state = CaseState::Closed { at: now };
        draft.happened(EventKind::CaseClosed, Some(case.id.into()), None);
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
pub fn is_unfinished(customer: &Customer, screened: &Screened, policy: &Policy, now: Timestamp) -> bool {
    let required = policy.required_checks(customer.party.kind());
    let mut kinds = customer.checks.keys().filter(|kind| required.contains(kind));
    kinds.any(|&kind| matches!(find(kind, customer, screened, policy, now), Finding::Unavailable(_)))
}

fn find(kind: CheckKind, customer: &Customer, screened: &Screened, policy: &Policy, now: Timestamp) -> Finding {
    let mut hits: Vec<Hit> = screened.hits().filter(|hit| hit.topics.meets(kind.topics())).cloned().collect();
    hits.extend(screened.parties.iter().filter(|party| !party.comparable).map(|party| incomparable(kind, party)));
    hits.extend(exposed(customer, screened).filter(|_| kind == CheckKind::Pep).map(declared));
    if let Some(check) = customer.checks.get(&kind) {
        hits.retain(|hit| !hit.is_dismissed(check, policy, now));
    }
    hits.sort_by(|one, other| other.score.total_cmp(&one.score));
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

/// The parties that declare to be politically exposed.
fn exposed<'a>(customer: &'a Customer, screened: &'a Screened) -> impl Iterator<Item = &'a PartyScreened> {
    let declares = |party: &Party| matches!(party, Party::Person(person) if person.declared_pep);
    screened.parties.iter().filter(move |screened| {
        if screened.party.is_empty() {
            return declares(&customer.party);
        }
        customer.related.iter().any(|related| related.key == screened.party && declares(&related.party))
    })
}

/// A party's own word is a hit without a list: it goes to a person (FATF recommendation 12).
fn declared(party: &PartyScreened) -> Hit {
    without_entry("declared", DECLARATION, CheckKind::Pep, party, "Declares to be politically exposed.")
}

/// Where a declaration stands instead of a list.
pub const DECLARATION: &str = "declaration";

/// A name that no engine can compare clears nobody: a person looks at it.
fn incomparable(kind: CheckKind, party: &PartyScreened) -> Hit {
    without_entry("name", "comparison", kind, party, "The name holds nothing that can be compared with a list.")
}

/// A question that no listed party raised.
fn without_entry(entity: &str, list: &str, kind: CheckKind, party: &PartyScreened, why: &str) -> Hit {
    Hit {
        party: party.party.clone(),
        whom: party.subject.identity(),
        entity: entity.to_owned(),
        list: list.to_owned(),
        topics: kind.topics(),
        caption: why.to_owned(),
        matched_name: String::new(),
        score: 1.0,
        name_score: 1.0,
        reasons: vec![Reason {
            feature: list.to_owned(),
            finding: Agreement::Missing,
            why: why.to_owned(),
            customer: Pii::default(),
            listed: String::new(),
        }],
        details: Vec::new(),
        listed: None,
        others: Vec::new(),
        earlier: None,
    }
}

/// When the first decision that counts still stops counting: then the question comes back.
#[must_use]
pub fn next_expiry(customer: &Customer, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    let all = customer.checks.values().flat_map(|check| &check.dismissed);
    all.filter_map(|dismissed| dismissed.expires_at(policy)).filter(|at| *at > now).min()
}

/// Whether a decision has stopped counting since then, so that the customer is to be screened.
#[must_use]
pub fn has_expired_since(customer: &Customer, policy: &Policy, since: Timestamp, now: Timestamp) -> bool {
    let mut all = customer.checks.values().flat_map(|check| &check.dismissed);
    all.any(|dismissed| dismissed.expires_at(policy).is_some_and(|at| since < at && at <= now))
}
