//! What may be done to a case, and what no sequence of it reaches.

mod dismissals;
mod property;

use jiff::{SignedDuration, Timestamp, civil::date};
use onboarding::case::{
    self, About, Act, Asks, Case, CaseState, Close, Comment, Confirm, Decide, NewQuestion, Outcome, Priority, Reject,
    Severity, Standing,
};
use onboarding::check::{CheckKind, CheckState};
use onboarding::customer::Ids;
use onboarding::onboard::{Onboard, onboard};
use onboarding::policy::FourEyes;
use onboarding::screening::{Hit, ListSeen, PartyScreened, Screened, Subject, conclude};
use onboarding::{
    CaseRefusal, Changes, Customer, EventKind, FileId, Party, Person, PersonName, Pii, Policy, Refusal, TenantId,
};
use uuid::Uuid;
use watchlists::{Topic, Topics};

#[derive(Debug, Default)]
struct Counter(u128);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn later(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

fn policy(four_eyes: FourEyes) -> Policy {
    Policy { four_eyes, ..Policy::default() }
}

fn bob(ids: &mut Counter) -> Customer {
    let name = PersonName { first: pii("Bob"), last: pii("Smith"), ..PersonName::default() };
    let (birth_date, citizenship) = (Some(Pii(date(1953, 9, 22))), Some(pii("us")));
    let party = Party::Person(Person { name, birth_date, citizenship, tax_id: None, declared_pep: false });
    let command = Onboard {
        party,
        cif_number: "32653745014".to_owned(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: [].into(),
        attributes: serde_json::Map::new(),
    };
    onboard(TenantId(Uuid::from_u128(7)), command, &Policy::default(), ids, now()).expect("let in").customer
}

fn hit(entity: &str, topic: Topic, score: f64) -> Hit {
    Hit {
        party: String::new(),
        whom: pii("bob smith"),
        entity: entity.to_owned(),
        list: "ofac-sdn".to_owned(),
        topics: Topics::of(topic),
        caption: "Bob SMITH".to_owned(),
        matched_name: "Bob SMITH".to_owned(),
        score,
        name_score: 1.0,
        reasons: Vec::new(),
        details: Vec::new(),
        listed: None,
        others: Vec::new(),
        earlier: None,
    }
}

/// What a screening of the customer says that finds these.
fn met(customer: Customer, case: Option<Case>, hits: Vec<Hit>, ids: &mut Counter, now: Timestamp) -> Changes {
    met_under(&Policy::default(), customer, case, hits, ids, now)
}

fn met_under(
    policy: &Policy,
    customer: Customer,
    case: Option<Case>,
    hits: Vec<Hit>,
    ids: &mut Counter,
    now: Timestamp,
) -> Changes {
    let list = |list: &str, topics| {
        let (list, version) = (list.to_owned(), "v".to_owned());
        ListSeen { list, version, topics, age: SignedDuration::ZERO }
    };
    let lists = CheckKind::ALL.map(|kind| list(kind.as_str(), kind.topics())).into();
    let subject = Subject::of(&customer);
    let parties = vec![PartyScreened { party: String::new(), subject, comparable: true, hits }];
    let screened = Screened { parties, lists, engine: "1".to_owned(), generation: 1, delisted: Vec::new() };
    conclude(customer, case, screened, policy, ids, now)
}

/// A customer with a case of two sanctions hits and one of an office holder.
fn suspect(ids: &mut Counter) -> (Customer, Case) {
    let customer = bob(ids);
    let hits = vec![hit("1", Topic::Sanction, 0.93), hit("2", Topic::Sanction, 0.8), hit("3", Topic::Pep, 0.75)];
    let changes = met(customer, None, hits, ids, now());
    (changes.customer, changes.case.expect("hits open a case"))
}

fn said(by: &str, about: About, outcome: Outcome) -> Decide {
    Decide { act: Act::by(by), about, outcome, reason: pii("the passport says so") }
}

fn decided(
    (customer, case): (Customer, Case),
    command: &Decide,
    four_eyes: FourEyes,
    ids: &mut Counter,
) -> Result<Changes, Refusal> {
    case::decide(customer, case, command, &policy(four_eyes), ids, now())
}

fn parts(changes: Changes) -> (Customer, Case) {
    (changes.customer, changes.case.expect("the change moves the case"))
}

fn kinds(changes: &Changes) -> Vec<EventKind> {
    changes.events.iter().map(|event| event.kind).collect()
}

fn state(customer: &Customer, kind: CheckKind) -> &'static str {
    customer.checks[&kind].state.as_str()
}

#[test]
fn numbers_of_hits_and_questions_stay() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let numbers = |case: &Case| case.hits().map(|asked| (asked.number, asked.hit.entity.clone())).collect::<Vec<_>>();
    let of = |pairs: &[(u32, &str)]| pairs.iter().map(|(n, entity)| (*n, (*entity).to_owned())).collect::<Vec<_>>();
    assert_eq!(numbers(&case), of(&[(1, "1"), (2, "2"), (3, "3")]));
    assert_eq!(case.questions.iter().map(|question| question.number).collect::<Vec<_>>(), [1, 2]);
    let more = vec![hit("4", Topic::Sanction, 0.99), hit("1", Topic::Sanction, 0.93)];
    let changes = met(customer, Some(case), more, &mut ids, later(1));
    let case = changes.case.expect("a hit joined");
    assert_eq!((case.version, numbers(&case)), (2, of(&[(1, "1"), (2, "2"), (4, "4"), (3, "3")])));
    let again = vec![hit("4", Topic::Sanction, 0.99)];
    let changes = met(changes.customer, Some(case), again, &mut ids, later(2));
    assert_eq!((changes.case, changes.events.len()), (None, 0), "what is asked already changes nothing");
}

#[test]
fn hits_are_decided_one_by_one() {
    let mut ids = Counter::default();
    let begun = suspect(&mut ids);
    let step = |begun, n, outcome, ids: &mut Counter| {
        decided(begun, &said("ana", About::Hit(n), outcome), FourEyes::None, ids).expect("open")
    };
    let one = step(begun.clone(), 1, Outcome::FalsePositive, &mut ids);
    let moved = EventKind::CheckChanged;
    let reviewed = [moved(CheckKind::Sanctions), moved(CheckKind::Pep)];
    assert_eq!(
        kinds(&one),
        [EventKind::CaseTaken, reviewed[0], reviewed[1], EventKind::CasePartlyDecided],
        "one of two says nothing yet"
    );
    let unsure = step(parts(one), 2, Outcome::NeedsMore, &mut ids);
    assert_eq!(kinds(&unsure), [EventKind::CasePartlyDecided]);
    assert_eq!(state(&unsure.customer, CheckKind::Sanctions), "reviewing");
    let unsure = parts(unsure);
    for (outcome, word) in [(Outcome::FalsePositive, "clear"), (Outcome::TrueMatch, "confirmed")] {
        let end = step(unsure.clone(), 2, outcome, &mut ids);
        assert_eq!(kinds(&end), [EventKind::CaseDecided, moved(CheckKind::Sanctions)]);
        assert_eq!(end.events[0].to, Some(outcome.as_str()));
        assert_eq!(state(&end.customer, CheckKind::Sanctions), word);
        assert_eq!(end.customer.checks[&CheckKind::Sanctions].dismissed.len(), if word == "clear" { 2 } else { 0 });
        let (customer, case) = parts(end);
        assert_eq!(case.questions[0].hits[1].verdict.past[0].outcome, Outcome::NeedsMore, "what was said stays");
        let last = step((customer, case), 3, Outcome::FalsePositive, &mut ids);
        assert_eq!(kinds(&last).last(), Some(&EventKind::CaseClosed));
        assert_eq!(last.case.map(|case| case.state), Some(CaseState::Closed { at: now() }));
    }
    let first = step(begun, 1, Outcome::TrueMatch, &mut ids);
    assert_eq!(state(&first.customer, CheckKind::Sanctions), "confirmed", "one true match is enough");
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let fine = said("ana", About::Hit(1), Outcome::FalsePositive);
    let stale = Decide { act: Act { by: "ana".to_owned(), seen: Some(9) }, ..fine.clone() };
    let no_reason = Decide { reason: pii("  "), ..fine.clone() };
    let long = Decide { reason: Pii("x".repeat(Comment::CHARS_MAX + 1)), ..fine.clone() };
    let table = [
        (said(" ", About::Hit(1), Outcome::FalsePositive), CaseRefusal::NobodyNamed),
        (said("a\nb", About::Hit(1), Outcome::FalsePositive), CaseRefusal::NobodyNamed),
        (stale, CaseRefusal::Stale { version: 1 }),
        (no_reason, CaseRefusal::NoText),
        (long, CaseRefusal::NoText),
        (said("ana", About::Hit(4), Outcome::FalsePositive), CaseRefusal::NothingOfThisNumber),
        (said("ana", About::Question(3), Outcome::FalsePositive), CaseRefusal::NothingOfThisNumber),
        (
            said("ana", About::Check(CheckKind::Adverse), Outcome::TrueMatch),
            CaseRefusal::NoOpenQuestion(CheckKind::Adverse),
        ),
        (said("ana", About::Hit(1), Outcome::Accepted), CaseRefusal::NoAnswerToIt),
        (said("ana", About::Everything, Outcome::Accepted), CaseRefusal::NoAnswerToIt),
        (said("ana", About::Everything, Outcome::Withdrawn), CaseRefusal::NoAnswerToIt),
    ];
    for (command, refusal) in table {
        let refused = decided((customer.clone(), case.clone()), &command, FourEyes::None, &mut ids);
        assert_eq!(refused.expect_err("refused"), Refusal::Case(refusal));
    }
    let seen = Decide { act: Act { by: "ana".to_owned(), seen: Some(1) }, ..fine };
    let (customer, case) = parts(decided((customer, case), &seen, FourEyes::None, &mut ids).expect("version 1"));
    let answered = said("ana", About::Check(CheckKind::Sanctions), Outcome::TrueMatch);
    let (customer, case) = parts(decided((customer, case), &answered, FourEyes::None, &mut ids).expect("open"));
    assert_eq!(case.questions[0].hits[0].verdict.settled().map(|answer| answer.outcome), Some(Outcome::FalsePositive));
    let again =
        decided((customer, case), &said("ana", About::Hit(2), Outcome::FalsePositive), FourEyes::None, &mut ids);
    assert_eq!(again.expect_err("answered"), CaseRefusal::Answered.into());
    let (customer, case) = suspect(&mut ids);
    let other = bob(&mut ids);
    let refused = case::take(other, case, &Act::by("ana"), &mut ids, now());
    assert_eq!(refused.expect_err("another's"), CaseRefusal::OtherCustomers.into());
    drop(customer);
}

#[test]
fn the_policy_says_who_needs_a_second_person() {
    for (four_eyes, outcome, proposed) in [
        (FourEyes::None, Outcome::TrueMatch, false),
        (FourEyes::TrueMatch, Outcome::TrueMatch, true),
        (FourEyes::TrueMatch, Outcome::FalsePositive, false),
        (FourEyes::All, Outcome::TrueMatch, true),
        (FourEyes::All, Outcome::FalsePositive, true),
        (FourEyes::All, Outcome::NeedsMore, false),
    ] {
        let mut ids = Counter::default();
        let begun = suspect(&mut ids);
        let changes = decided(begun, &said("ana", About::Everything, outcome), four_eyes, &mut ids).expect("open");
        let settled = outcome != Outcome::NeedsMore && !proposed;
        assert_eq!(changes.case.as_ref().map(Case::awaits_confirmation), Some(proposed), "{four_eyes:?} {outcome:?}");
        assert_eq!(changes.case.as_ref().map(Case::is_open), Some(!settled), "{four_eyes:?} {outcome:?}");
        assert_eq!(state(&changes.customer, CheckKind::Sanctions) == "reviewing", !settled);
    }
}

#[test]
fn another_person_confirms_the_version_that_was_seen() {
    let mut ids = Counter::default();
    let begun = suspect(&mut ids);
    let proposal = said("Ana", About::Everything, Outcome::FalsePositive);
    let changes = decided(begun, &proposal, FourEyes::All, &mut ids).expect("open");
    assert_eq!(kinds(&changes).iter().filter(|kind| **kind == EventKind::CaseProposed).count(), 2);
    let (customer, case) = parts(changes);
    let mut confirmed = |by: &str, seen, about| {
        let command = Confirm { by: by.to_owned(), about, seen };
        case::confirm(customer.clone(), case.clone(), &command, &mut ids, later(1))
    };
    let everything = About::Everything;
    assert_eq!(confirmed("bob", 1, everything).expect_err("stale"), CaseRefusal::Stale { version: 2 }.into());
    for same in ["Ana", "ana", " ANA "] {
        assert_eq!(confirmed(same, 2, everything).expect_err("herself"), CaseRefusal::SamePerson.into());
    }
    assert_eq!(confirmed("", 2, everything).expect_err("nobody"), CaseRefusal::NobodyNamed.into());
    let one = confirmed("bob", 2, About::Hit(1)).expect("another person");
    assert_eq!(kinds(&one), [EventKind::CaseConfirmed, EventKind::CasePartlyDecided]);
    assert_eq!(state(&one.customer, CheckKind::Sanctions), "reviewing");
    let (customer, case) = parts(one);
    let by = Standing::Confirmed { by: "bob".to_owned(), at: later(1) };
    assert_eq!(case.questions[0].hits[0].verdict.last.as_ref().map(|answer| &answer.standing), Some(&by));
    let all = Confirm { by: "bob".to_owned(), about: everything, seen: 3 };
    let all = case::confirm(customer, case, &all, &mut ids, later(2)).expect("another person");
    assert_eq!((state(&all.customer, CheckKind::Sanctions), state(&all.customer, CheckKind::Pep)), ("clear", "clear"));
    assert_eq!(all.case.map(|case| case.state), Some(CaseState::Closed { at: later(2) }));
}

#[test]
fn what_is_sent_back_does_not_count_and_may_be_proposed_again() {
    let mut ids = Counter::default();
    let begun = suspect(&mut ids);
    let proposal = said("ana", About::Hit(1), Outcome::TrueMatch);
    let (customer, case) = parts(decided(begun, &proposal, FourEyes::TrueMatch, &mut ids).expect("open"));
    let reject = |about| Reject { act: Act::by("bob"), about, reason: pii("another birth date") };
    let nothing = case::reject(customer.clone(), case.clone(), &reject(About::Hit(2)), &mut ids, now());
    assert_eq!(nothing.expect_err("nothing there"), CaseRefusal::NothingProposed.into());
    let back = case::reject(customer, case, &reject(About::Everything), &mut ids, now()).expect("proposed");
    assert_eq!(kinds(&back), [EventKind::CaseRejected]);
    let (customer, case) = parts(back);
    assert!(!case.awaits_confirmation());
    let confirm = Confirm { by: "bob".to_owned(), about: About::Everything, seen: case.version };
    let refused = case::confirm(customer.clone(), case.clone(), &confirm, &mut ids, now());
    assert_eq!(refused.expect_err("sent back"), CaseRefusal::NothingProposed.into());
    let (_, case) = parts(decided((customer, case), &proposal, FourEyes::TrueMatch, &mut ids).expect("open"));
    let verdict = &case.questions[0].hits[0].verdict;
    assert!(verdict.proposed().is_some());
    assert!(matches!(&verdict.past[0].standing, Standing::Rejected { by, .. } if by == "bob"));
}

#[test]
fn a_hit_that_is_another_one_now_is_asked_again() {
    let mut ids = Counter::default();
    let begun = suspect(&mut ids);
    let proposal = said("ana", About::Check(CheckKind::Sanctions), Outcome::FalsePositive);
    let (customer, case) = parts(decided(begun, &proposal, FourEyes::All, &mut ids).expect("open"));
    let changed = vec![hit("1", Topic::Sanction, 0.99), hit("2", Topic::Sanction, 0.8)];
    let (customer, case) = parts(met(customer, Some(case), changed, &mut ids, later(1)));
    let confirm = |seen| Confirm { by: "bob".to_owned(), about: About::Everything, seen };
    let stale = case::confirm(customer.clone(), case.clone(), &confirm(2), &mut ids, now());
    assert_eq!(stale.expect_err("another version"), CaseRefusal::Stale { version: 3 }.into());
    let (customer, case) =
        parts(case::confirm(customer, case, &confirm(3), &mut ids, later(2)).expect("what is left of it"));
    assert_eq!(case.questions[0].hits[0].verdict.last, None);
    assert_eq!(case.questions[0].hits[0].verdict.past[0].standing, Standing::Void);
    assert_eq!(state(&customer, CheckKind::Sanctions), "reviewing", "the changed one is not decided");
}

#[test]
fn what_was_said_of_somebody_else_is_asked_again_in_the_same_case() {
    let mut ids = Counter::default();
    let begun = suspect(&mut ids);
    let cleared = said("ana", About::Check(CheckKind::Sanctions), Outcome::FalsePositive);
    let (mut customer, case) = parts(decided(begun, &cleared, FourEyes::None, &mut ids).expect("open"));
    assert_eq!(state(&customer, CheckKind::Sanctions), "clear");
    // As a change of the customer leaves it.
    let check = customer.checks.get_mut(&CheckKind::Sanctions).expect("required");
    (check.state, check.dismissed) = (CheckState::Pending, [].into());
    let again = met(customer, Some(case), vec![hit("1", Topic::Sanction, 0.93)], &mut ids, later(1));
    assert_eq!(state(&again.customer, CheckKind::Sanctions), "hit");
    let case = again.case.expect("asked again");
    assert_eq!((case.questions[0].is_answered(), case.questions[0].hits[0].verdict.last.is_none()), (false, true));
    let end = said("ana", About::Hit(1), Outcome::FalsePositive);
    let end = decided((again.customer, case), &end, FourEyes::None, &mut ids).expect("it can be answered");
    assert_eq!(state(&end.customer, CheckKind::Sanctions), "clear");
}

#[test]
fn an_answer_clears_no_check_that_waits_for_something_else() {
    let mut ids = Counter::default();
    let (mut customer, case) = suspect(&mut ids);
    customer.checks.get_mut(&CheckKind::Sanctions).expect("required").state = CheckState::Pending;
    let command = said("ana", About::Check(CheckKind::Sanctions), Outcome::FalsePositive);
    let changes = decided((customer, case), &command, FourEyes::None, &mut ids).expect("open");
    assert_eq!(state(&changes.customer, CheckKind::Sanctions), "pending");
}

fn every_question() -> Vec<NewQuestion> {
    let rule = |severity| Asks::Rule { rule: "geography".to_owned(), severity, why: pii("lives there") };
    vec![
        NewQuestion::of(rule(Severity::High)),
        NewQuestion::of(Asks::Review { due: date(2026, 11, 22) }),
        NewQuestion::of(Asks::Document { file: FileId(Uuid::from_u128(9)), what: "passport".to_owned() }),
        NewQuestion::of(Asks::Approval { what: "compliance".to_owned() }),
    ]
}

#[test]
fn other_questions_are_accepted_or_refused() {
    let mut ids = Counter::default();
    let asked = case::ask(bob(&mut ids), None, every_question(), &mut ids, now()).expect("new");
    assert_eq!(kinds(&asked)[0], EventKind::CaseOpened);
    let (customer, case) = parts(asked);
    assert_eq!((case.version, case.questions.len(), case.priority), (1, 4, Priority::Normal));
    assert_eq!(case::ask(customer.clone(), Some(case.clone()), every_question(), &mut ids, now()), None);
    let wrong = said("ana", About::Question(1), Outcome::FalsePositive);
    let refused = decided((customer.clone(), case.clone()), &wrong, FourEyes::None, &mut ids);
    assert_eq!(refused.expect_err("no hit"), CaseRefusal::NoAnswerToIt.into());
    let one = said("ana", About::Question(1), Outcome::Refused);
    let (customer, case) = parts(decided((customer, case), &one, FourEyes::None, &mut ids).expect("open"));
    assert_eq!(case.questions[0].answer().map(|answer| answer.outcome), Some(Outcome::Refused));
    let rest = said("ana", About::Everything, Outcome::Accepted);
    let (customer, case) = parts(decided((customer, case), &rest, FourEyes::All, &mut ids).expect("open"));
    assert!(case.awaits_confirmation());
    let confirm = Confirm { by: "bob".to_owned(), about: About::Everything, seen: case.version };
    let (_, case) = parts(case::confirm(customer, case, &confirm, &mut ids, now()).expect("another person"));
    assert!(!case.is_open());
}

#[test]
fn a_rule_that_becomes_worse_is_asked_again() {
    let mut ids = Counter::default();
    let (customer, case) = parts(case::ask(bob(&mut ids), None, every_question(), &mut ids, now()).expect("new"));
    let accepted = said("ana", About::Question(1), Outcome::Accepted);
    let (customer, case) = parts(decided((customer, case), &accepted, FourEyes::None, &mut ids).expect("open"));
    let worse = Asks::Rule { rule: "geography".to_owned(), severity: Severity::Prohibited, why: pii("lives there") };
    let asked = case::ask(customer, Some(case), vec![NewQuestion::of(worse)], &mut ids, later(1)).expect("worse");
    assert_eq!(kinds(&asked), [EventKind::CaseAsked]);
    let (_, case) = parts(asked);
    assert_eq!((case.questions.len(), case.questions[0].is_answered(), case.priority), (4, false, Priority::High));
}

#[test]
fn a_question_joins_the_change_that_opened_the_case() {
    let mut ids = Counter::default();
    let customer = bob(&mut ids);
    let changes = met(customer, None, vec![hit("1", Topic::Sanction, 0.93)], &mut ids, now());
    let (version, case) = (changes.customer.version, changes.case.clone());
    let both = case::ask_also(changes, None, every_question(), &mut ids, now());
    assert_eq!(both.customer.version, version);
    let joined = both.case.as_ref().expect("the same case");
    assert_eq!((Some(joined.id), joined.version, joined.questions.len()), (case.map(|case| case.id), 1, 5));
    let numbers: Vec<u64> = both.events.iter().map(|event| event.number).collect();
    assert_eq!(numbers.last(), Some(&both.customer.event_count));
    let unmoved = met(both.customer.clone(), both.case.clone(), vec![hit("1", Topic::Sanction, 0.93)], &mut ids, now());
    let unmoved = case::ask_also(unmoved, both.case.clone(), every_question(), &mut ids, now());
    assert_eq!(unmoved.case, None, "nothing new");
}

#[test]
fn what_is_asked_says_how_urgent_it_is() {
    for (hits, priority) in [
        (vec![hit("1", Topic::Sanction, 0.9)], Priority::Urgent),
        (vec![hit("1", Topic::Sanction, 0.89)], Priority::High),
        (vec![hit("1", Topic::Pep, 0.95)], Priority::High),
        (vec![hit("1", Topic::Pep, 0.8)], Priority::Normal),
        (vec![hit("1", Topic::Pep, 0.8), hit("2", Topic::Sanction, 0.95)], Priority::Urgent),
    ] {
        let mut ids = Counter::default();
        let customer = bob(&mut ids);
        let case = met(customer, None, hits, &mut ids, now()).case.expect("hits");
        assert_eq!((case.priority, case.due_at), (priority, now() + priority.allowed()));
    }
    let mut ids = Counter::default();
    let review = NewQuestion::of(Asks::Review { due: date(2026, 11, 22) });
    let (customer, case) = parts(case::ask(bob(&mut ids), None, vec![review], &mut ids, now()).expect("new"));
    assert_eq!(case.priority, Priority::Low);
    let case = met(customer, Some(case), vec![hit("1", Topic::Sanction, 0.95)], &mut ids, later(5)).case.expect("hits");
    assert_eq!((case.priority, case.due_at), (Priority::Urgent, later(5) + Priority::Urgent.allowed()));
}

#[test]
fn work_on_a_case_is_noted() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let ana = Act::by("ana");
    let given = case::assign(customer, case, &ana, Some(" bob "), &mut ids, now()).expect("open");
    assert_eq!(kinds(&given), [EventKind::CaseAssigned]);
    let (customer, case) = parts(given);
    assert_eq!(case.assignment.as_ref().map(|given| (given.to.as_str(), given.by.as_str())), Some(("bob", "ana")));
    assert_eq!(case.state, CaseState::Open);
    let noted = case::comment(customer, case, &ana, &pii("called the branch"), &mut ids, now()).expect("open");
    assert_eq!(kinds(&noted), [EventKind::CaseCommented]);
    let (customer, case) = parts(noted);
    let attached = case::attach(customer, case, &ana, FileId(Uuid::from_u128(5)), &mut ids, now()).expect("open");
    assert_eq!(kinds(&attached), [EventKind::CaseAttached]);
    let (customer, mut case) = parts(attached);
    assert_eq!((case.version, case.comments.len(), case.attachments.len()), (4, 1, 1));
    case.attachments = vec![case.attachments[0].clone(); Case::ATTACHMENTS_MAX];
    let full = case::attach(customer.clone(), case.clone(), &ana, FileId(Uuid::from_u128(6)), &mut ids, now());
    assert_eq!(full.expect_err("full"), CaseRefusal::TooMany("files").into());
    let taken = case::take(customer, case, &ana, &mut ids, now()).expect("open");
    let (customer, case) = parts(taken);
    assert_eq!(case.assignment.as_ref().map(|given| given.to.as_str()), Some("ana"));
    let nobody = case::assign(customer, case, &ana, None, &mut ids, now()).expect("open");
    assert_eq!(nobody.case.and_then(|case| case.assignment), None);
}

#[test]
fn a_case_is_closed_by_hand_only_when_no_check_waits() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let close = Close { act: Act::by("ana"), reason: pii("no longer a customer") };
    let refused = case::close(customer, case, &close, &Policy::default(), &mut ids, now());
    assert_eq!(refused.expect_err("hits wait"), CaseRefusal::StillAsked(CheckKind::Sanctions).into());
    for four_eyes in FourEyes::ALL {
        let (customer, case) = parts(case::ask(bob(&mut ids), None, every_question(), &mut ids, now()).expect("new"));
        let closed = case::close(customer, case, &close, &policy(four_eyes), &mut ids, now()).expect("nothing waits");
        let case = closed.case.expect("the case");
        assert_eq!(
            (case.is_open(), case.awaits_confirmation()),
            match four_eyes {
                FourEyes::All => (true, true),
                _ => (false, false),
            }
        );
    }
}
