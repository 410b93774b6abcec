//! What follows from what: tables over the decisions on one customer.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, civil::date};
use onboarding::case::{self, About, Act, CaseRefusal, CaseState, Decide, Outcome};
use onboarding::changes::Work;
use onboarding::check::{CheckKind, CheckState, Unavailability};
use onboarding::contact;
use onboarding::customer::{Draft, Ids, Missing};
use onboarding::event::RecordKind;
use onboarding::onboard::{Onboard, onboard};
use onboarding::ownership;
use onboarding::party::PartyKind;
use onboarding::profile::{Revision, revise};
use onboarding::records::{Address, Owner, Phone, Standing};
use onboarding::resubmit::resubmit;
use onboarding::screening::{Hit, ListSeen, PartyScreened, Screened, Subject, conclude, is_unfinished};
use onboarding::{
    Business, Changes, Customer, CustomerId, EventKind, Party, Person, PersonName, Pii, Policy, Refusal, Related,
    RelatedRole, TenantId,
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

fn bob() -> Party {
    let name = PersonName { first: "Bob".to_owned().into(), last: "Smith".to_owned().into(), ..PersonName::default() };
    Party::Person(Person {
        name,
        birth_date: Some(Pii(date(1953, 9, 22))),
        citizenship: Some(Pii("us".to_owned())),
        tax_id: None,
        declared_pep: false,
    })
}

fn acme() -> Party {
    Party::Business(Business { name: "Acme Ltd".to_owned().into(), formed_on: None, jurisdiction: None, tax_id: None })
}

fn command(party: Party) -> Onboard {
    Onboard {
        party,
        cif_number: "32653745014".to_owned(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::new(),
    }
}

fn let_in(party: Party, ids: &mut Counter) -> Customer {
    let changes =
        onboard(TenantId(Uuid::from_u128(7)), command(party), &Policy::default(), ids, now()).expect("let in");
    assert_eq!(kinds(&changes), [EventKind::CustomerOnboarded]);
    assert_eq!(changes.work, [Work::Screen]);
    changes.customer
}

fn kinds(changes: &Changes) -> Vec<EventKind> {
    changes.events.iter().map(|event| event.kind).collect()
}

fn list(name: &str, topics: Topics, days_old: i64) -> ListSeen {
    let age = SignedDuration::from_hours(24 * days_old);
    ListSeen { list: name.to_owned(), version: "v".to_owned(), topics, age }
}

fn sanctions(days_old: i64) -> ListSeen {
    list("ofac-sdn", Topics::of(Topic::Sanction), days_old)
}

fn peps(days_old: i64) -> ListSeen {
    list("peps", Topics::of(Topic::Pep), days_old)
}

fn hit(entity: &str, topic: Topic) -> Hit {
    Hit {
        party: String::new(),
        whom: Pii("nobody yet".to_owned()),
        entity: entity.to_owned(),
        list: "ofac-sdn".to_owned(),
        topics: Topics::of(topic),
        caption: "Bob SMITH".to_owned(),
        matched_name: "Bob SMITH".to_owned(),
        score: 0.93,
        name_score: 1.0,
        reasons: Vec::new(),
        details: Vec::new(),
        listed: None,
        others: Vec::new(),
        earlier: None,
    }
}

fn saw(customer: &Customer, lists: Vec<ListSeen>, hits: Vec<Hit>) -> Screened {
    let subject = Subject::of(customer);
    let hits = hits.into_iter().map(|hit| Hit { whom: subject.identity(), ..hit }).collect();
    let party = PartyScreened { party: String::new(), subject, comparable: true, hits };
    Screened { parties: vec![party], lists, engine: "1".to_owned(), generation: 1, delisted: Vec::new() }
}

fn states(customer: &Customer) -> [&'static str; 2] {
    [CheckKind::Sanctions, CheckKind::Pep].map(|kind| customer.checks[&kind].state.as_str())
}

#[test]
fn a_screening_never_clears_what_it_could_not_see() {
    let week_old = 7;
    let too_old = 8;
    let table = [
        ("both lists fresh", vec![sanctions(0), peps(week_old)], vec![], ["clear", "clear"]),
        ("no list at all", vec![], vec![], ["unavailable", "unavailable"]),
        ("no list of peps", vec![sanctions(0)], vec![], ["clear", "unavailable"]),
        ("a stale list", vec![sanctions(too_old), peps(0)], vec![], ["unavailable", "clear"]),
        ("one of two stale", vec![sanctions(0), sanctions(too_old), peps(0)], vec![], ["unavailable", "clear"]),
        ("a hit", vec![sanctions(0), peps(0)], vec![hit("1", Topic::Sanction)], ["hit", "clear"]),
        ("a hit on a stale list", vec![sanctions(too_old), peps(0)], vec![hit("1", Topic::Sanction)], ["hit", "clear"]),
        ("a pep's relative", vec![sanctions(0), peps(0)], vec![hit("1", Topic::Rca)], ["clear", "hit"]),
        ("wanted only", vec![sanctions(0), peps(0)], vec![hit("1", Topic::Wanted)], ["clear", "clear"]),
    ];
    for (what, lists, hits, expected) in table {
        let mut ids = Counter::default();
        let customer = let_in(bob(), &mut ids);
        let screened = saw(&customer, lists, hits);
        let unfinished = is_unfinished(&customer, &screened, &Policy::default(), now());
        let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
        assert_eq!(states(&changes.customer), expected, "{what}");
        assert_eq!(unfinished, expected.contains(&"unavailable"), "{what}");
        assert_eq!(changes.case.is_some(), expected.contains(&"hit"), "{what}");
    }
}

#[test]
fn a_list_that_is_missing_today_does_not_unclear_a_customer() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![]);
    let clear = conclude(customer, None, screened, &Policy::default(), &mut ids, now()).customer;
    let screened = saw(&clear, vec![], vec![]);
    let changes = conclude(clear, None, screened, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["clear", "clear"]);
    assert_eq!(kinds(&changes), []);
}

#[test]
fn an_unavailable_check_says_why() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let screened = saw(&customer, vec![sanctions(30)], vec![]);
    let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
    let state = |kind| changes.customer.checks[&kind].state.clone();
    assert_eq!(state(CheckKind::Sanctions), CheckState::Unavailable(Unavailability::StaleList));
    assert_eq!(state(CheckKind::Pep), CheckState::Unavailable(Unavailability::NoList));
}

#[test]
fn who_declares_to_be_exposed_is_shown_to_a_person() {
    let mut ids = Counter::default();
    let Party::Person(person) = bob() else { unreachable!("bob is a person") };
    let customer = let_in(Party::Person(Person { declared_pep: true, ..person }), &mut ids);
    let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![]);
    let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["clear", "hit"]);
}

#[test]
fn a_name_that_cannot_be_compared_clears_nobody() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let mut screened = saw(&customer, vec![sanctions(0), peps(0)], vec![]);
    screened.parties[0].comparable = false;
    let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["hit", "hit"]);
}

#[test]
fn who_waits_for_a_result_is_not_told_that_there_is_none() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let screened = saw(&customer, vec![sanctions(0)], vec![]);
    let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
    let (changed, unavailable) = (EventKind::CheckChanged, EventKind::CheckUnavailable);
    assert_eq!(kinds(&changes), [changed(CheckKind::Sanctions), unavailable(CheckKind::Pep)]);
}

/// A customer with a sanctions hit, and its case.
fn suspect(ids: &mut Counter) -> (Customer, case::Case) {
    let customer = let_in(bob(), ids);
    let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![hit("1", Topic::Sanction)]);
    let changes = conclude(customer, None, screened, &Policy::default(), ids, now());
    let check = EventKind::CheckChanged;
    assert_eq!(kinds(&changes), [EventKind::CaseOpened, check(CheckKind::Sanctions), check(CheckKind::Pep)]);
    (changes.customer, changes.case.expect("a hit opens a case"))
}

fn decision(outcome: Outcome, check: Option<CheckKind>) -> Decide {
    let about = check.map_or(About::Everything, About::Check);
    Decide { act: Act::by("ana"), about, outcome, reason: Pii("born elsewhere".to_owned()) }
}

#[test]
fn a_decision_moves_the_check_through_its_review() {
    for (outcome, end) in [(Outcome::FalsePositive, "clear"), (Outcome::TrueMatch, "confirmed")] {
        let mut ids = Counter::default();
        let (customer, case) = suspect(&mut ids);
        let changes =
            case::decide(customer, case, &decision(outcome, None), &Policy::default(), &mut ids, now()).expect("open");
        let moves: Vec<_> = changes
            .events
            .iter()
            .filter(|event| event.kind == EventKind::CheckChanged(CheckKind::Sanctions))
            .map(|event| event.to)
            .collect();
        assert_eq!(moves, [Some("reviewing"), Some(end)]);
        assert_eq!(states(&changes.customer), [end, "clear"]);
        let case = changes.case.expect("the case");
        assert_eq!(case.state, CaseState::Closed { at: now() });
        let again = case::decide(changes.customer, case, &decision(outcome, None), &Policy::default(), &mut ids, now());
        assert_eq!(again, Err(Refusal::Case(CaseRefusal::Closed)));
    }
}

#[test]
fn what_a_person_dismissed_does_not_come_back_until_the_customer_is_somebody_else() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let cleared =
        case::decide(customer, case, &decision(Outcome::FalsePositive, None), &Policy::default(), &mut ids, now())
            .expect("open")
            .customer;
    let again = |customer: Customer, ids: &mut Counter| {
        let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![hit("1", Topic::Sanction)]);
        conclude(customer, None, screened, &Policy::default(), ids, now())
    };
    let changes = again(cleared, &mut ids);
    assert_eq!((states(&changes.customer), changes.case.is_none()), (["clear", "clear"], true));
    let Party::Person(mut person) = bob() else { unreachable!("bob is a person") };
    person.birth_date = Some(Pii(date(1966, 9, 8)));
    let revision = Revision { party: Party::Person(person), attributes: serde_json::Map::new() };
    let renamed = revise(changes.customer, revision, &mut ids, now()).expect("still a person").customer;
    assert_eq!(states(&again(renamed, &mut ids).customer), ["hit", "clear"]);
}

#[test]
fn taking_a_case_puts_its_checks_under_review_once() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let taken = case::take(customer, case, &Act::by("ana"), &mut ids, now()).expect("open");
    assert_eq!(states(&taken.customer), ["reviewing", "clear"]);
    let again =
        case::take(taken.customer, taken.case.expect("the case"), &Act::by("ana"), &mut ids, now()).expect("open");
    assert_eq!(kinds(&again), []);
}

#[test]
fn only_what_was_asked_can_be_answered() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let command = decision(Outcome::FalsePositive, Some(CheckKind::Pep));
    let refused = case::decide(customer, case, &command, &Policy::default(), &mut ids, now());
    assert_eq!(refused, Err(CaseRefusal::NoOpenQuestion(CheckKind::Pep).into()));
}

#[test]
fn another_hit_joins_the_open_case_and_voids_the_answer_given_to_fewer() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let both = vec![hit("1", Topic::Sanction), hit("2", Topic::Pep)];
    let lists = || vec![sanctions(0), peps(0)];
    let screened = saw(&customer, lists(), both);
    let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
    let case = changes.case.expect("a case");
    let command = decision(Outcome::FalsePositive, Some(CheckKind::Sanctions));
    let changes = case::decide(changes.customer, case, &command, &Policy::default(), &mut ids, now()).expect("open");
    let case = changes.case.expect("still open");
    assert!(case.is_open());
    let screened = saw(&changes.customer, lists(), vec![hit("3", Topic::Sanction)]);
    let changes = conclude(changes.customer, Some(case), screened, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["hit", "reviewing"]);
    let case = changes.case.expect("the same case");
    let question =
        case.questions.iter().find(|question| question.check() == Some(CheckKind::Sanctions)).expect("asked");
    assert_eq!((question.hits.len(), !question.is_answered()), (2, true));
}

#[test]
fn a_new_name_makes_the_checks_due_and_a_new_phone_does_not() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![]);
    let customer = conclude(customer, None, screened, &Policy::default(), &mut ids, now()).customer;
    let phone = Phone { kind: "Mobile".to_owned(), number: Pii("2015552345".to_owned()), extension: None };
    let (_, changes) = contact::add(customer, phone, Standing::Secondary, &mut ids, now()).expect("room");
    assert_eq!((states(&changes.customer), changes.work.len()), (["clear", "clear"], 0));
    assert_eq!(kinds(&changes), [EventKind::Added(RecordKind::Phone)]);
    let Party::Person(mut person) = bob() else { unreachable!("bob is a person") };
    person.name.last = Pii("Smythe".to_owned());
    let revision = Revision { party: Party::Person(person), attributes: serde_json::Map::new() };
    let changes = revise(changes.customer, revision, &mut ids, now()).expect("still a person");
    assert_eq!(states(&changes.customer), ["pending", "pending"]);
    assert_eq!(changes.work, [Work::Screen]);
    assert_eq!(kinds(&changes)[0], EventKind::NameChanged);
    let revision = Revision { party: acme(), attributes: serde_json::Map::new() };
    assert_eq!(revise(changes.customer, revision, &mut ids, now()), Err(Refusal::KindChanged));
}

#[test]
fn onboarding_is_complete_with_clear_checks_an_address_and_a_phone() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let all = [Missing::Check(CheckKind::Sanctions), Missing::Check(CheckKind::Pep), Missing::Address, Missing::Phone];
    assert_eq!(customer.missing(), all);
    let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![]);
    let customer = conclude(customer, None, screened, &Policy::default(), &mut ids, now()).customer;
    let address = Address {
        kind: "Home".to_owned(),
        classification: None,
        street: vec![Pii("123 Any St".to_owned())],
        city: None,
        state: None,
        postal_code: None,
        country: "us".to_owned(),
    };
    let (_, changes) = contact::add(customer, address, Standing::Primary, &mut ids, now()).expect("room");
    assert_eq!(changes.customer.missing(), [Missing::Phone]);
    assert_eq!(changes.work, [Work::Screen], "an address is evidence");
    assert_eq!(states(&changes.customer), ["clear", "clear"], "and the customer stays clear meanwhile");
}

#[test]
fn owners_are_persons_and_own_at_most_the_whole() {
    let mut ids = Counter::default();
    let business = let_in(acme(), &mut ids);
    let owner = |n, share| Owner { customer: CustomerId(Uuid::from_u128(n)), title: None, share_basis_points: share };
    let mut add = |customer: &Customer, owner, kind| {
        ownership::add(customer.clone(), owner, kind, Standing::Secondary, &mut ids, now())
    };
    let (first, changes) = add(&business, owner(100, 6000), PartyKind::Person).expect("first");
    let owned = changes.customer;
    assert_eq!(owned.owners.primary().map(|record| record.id), Some(first));
    let refused = [
        (add(&owned, owner(101, 4001), PartyKind::Person), Refusal::OverOwned),
        (add(&owned, owner(100, 10), PartyKind::Person), Refusal::OwnerTwice),
        (add(&owned, owner(102, 10), PartyKind::Business), Refusal::OwnerIsNoPerson),
    ];
    for (answer, refusal) in refused {
        assert_eq!(answer.expect_err("refused"), refusal);
    }
    assert!(add(&owned, owner(101, 4000), PartyKind::Person).is_ok());
    let person = let_in(bob(), &mut ids);
    let refused = ownership::add(person, owner(1, 1), PartyKind::Person, Standing::Primary, &mut ids, now());
    assert_eq!(refused.expect_err("refused"), Refusal::OwnersOfAPerson);
}

#[test]
fn events_are_numbered_for_each_customer_without_a_gap() {
    let mut ids = Counter::default();
    let (customer, case) = suspect(&mut ids);
    let before = customer.event_count;
    let changes =
        case::decide(customer, case, &decision(Outcome::TrueMatch, None), &Policy::default(), &mut ids, now())
            .expect("open");
    let numbers: Vec<u64> = changes.events.iter().map(|event| event.number).collect();
    let expected: Vec<u64> = (before + 1..=changes.customer.event_count).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn a_check_that_nobody_demands_holds_nobody_up_and_its_hits_count_all_the_same() {
    let asked = BTreeSet::from([CheckKind::Watchlists, CheckKind::Adverse]);
    let mut ids = Counter::default();
    let command = Onboard { checks: asked, ..command(bob()) };
    let tenant = TenantId(Uuid::from_u128(7));
    let customer = onboard(tenant, command, &Policy::default(), &mut ids, now()).expect("let in").customer;
    let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![hit("1", Topic::Blocked)]);
    assert!(!is_unfinished(&customer, &screened, &Policy::default(), now()));
    let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
    let state = |kind| changes.customer.checks[&kind].state.as_str();
    assert_eq!(CheckKind::ALL.map(state), ["clear", "clear", "hit", "unavailable"]);
    let missing = changes.customer.missing();
    assert_eq!(missing, [Missing::Check(CheckKind::Watchlists), Missing::Address, Missing::Phone]);
}

/// What a screening of a customer and the parties around it saw: a sanctions hit on one of them.
fn saw_party(customer: &Customer, key: &str) -> Screened {
    let mut screened = saw(customer, vec![sanctions(0), peps(0)], vec![]);
    for related in &customer.related {
        let subject = Subject::of_related(related);
        let found = Hit { party: related.key.clone(), whom: subject.identity(), ..hit("1", Topic::Sanction) };
        let hits = if related.key == key { vec![found] } else { Vec::new() };
        screened.parties.push(PartyScreened { party: related.key.clone(), subject, comparable: true, hits });
    }
    screened
}

fn manager(key: &str, party: Party) -> Related {
    let (role, residences, numbers) = (RelatedRole::Staff, Vec::new(), Vec::new());
    Related { key: key.to_owned(), role, under: None, share_millionths: None, title: None, party, residences, numbers }
}

#[test]
fn a_party_around_the_customer_raises_it_until_somebody_says_that_it_is_another() {
    let mut ids = Counter::default();
    let policy = Policy::default();
    let tenant = TenantId(Uuid::from_u128(7));
    let around = |party| Onboard { related: vec![manager("staff[0]", party)], ..command(acme()) };
    let customer = onboard(tenant, around(bob()), &policy, &mut ids, now()).expect("let in").customer;
    let screened = saw_party(&customer, "staff[0]");
    let changes = conclude(customer, None, screened, &policy, &mut ids, now());
    assert_eq!(states(&changes.customer), ["hit", "clear"]);
    let case = changes.case.expect("a case");
    assert_eq!(case.questions[0].hits[0].hit.party, "staff[0]");
    let decided = case::decide(
        changes.customer,
        case,
        &decision(Outcome::FalsePositive, None),
        &Policy::default(),
        &mut ids,
        now(),
    );
    let cleared = decided.expect("open").customer;
    let again = resubmit(cleared.clone(), around(bob()), &policy, &mut ids, now()).expect("it fits").customer;
    let screened = saw_party(&again, "staff[0]");
    let same = conclude(again, None, screened, &policy, &mut ids, now()).customer;
    assert_eq!(states(&same), ["clear", "clear"], "the same person again");
    let Party::Person(mut person) = bob() else { unreachable!("bob is a person") };
    person.birth_date = Some(Pii(date(1966, 9, 8)));
    let other = resubmit(cleared, around(Party::Person(person)), &policy, &mut ids, now()).expect("it fits").customer;
    let screened = saw_party(&other, "staff[0]");
    let other = conclude(other, None, screened, &policy, &mut ids, now()).customer;
    assert_eq!(states(&other), ["hit", "clear"], "somebody else in the same place");
}

#[test]
fn who_is_sent_again_whole_keeps_only_what_was_sent_and_what_a_person_is_asked() {
    let mut ids = Counter::default();
    let (suspect, _) = suspect(&mut ids);
    let phone = Phone { kind: "Mobile".to_owned(), number: Pii("2015552345".to_owned()), extension: None };
    let (_, with_phone) = contact::add(suspect, phone, Standing::Primary, &mut ids, now()).expect("room");
    let known = with_phone.customer;
    let (id, cif) = (known.id, known.cif_number.clone());
    let changes = resubmit(known, command(acme()), &Policy::default(), &mut ids, now()).expect("it fits");
    let customer = &changes.customer;
    assert_eq!((customer.id, &customer.cif_number), (id, &cif));
    assert_eq!((customer.phones.len(), &customer.party), (0, &acme()));
    assert_eq!(states(customer), ["hit", "pending"], "an open question stays open");
    let happened = kinds(&changes);
    assert!(happened.starts_with(&[EventKind::CustomerResubmitted, EventKind::NameChanged, EventKind::ProfileChanged]));
    assert_eq!(changes.work, [Work::Screen]);
}

#[test]
fn a_change_that_goes_on_is_one_change() {
    let mut ids = Counter::default();
    let customer = let_in(bob(), &mut ids);
    let version = customer.version;
    let screened = saw(&customer, vec![sanctions(0), peps(0)], vec![hit("1", Topic::Sanction)]);
    let changes = conclude(customer, None, screened, &Policy::default(), &mut ids, now());
    let events = changes.events.len();
    let mut draft = Draft::resume(changes, &mut ids, now());
    draft.happened(EventKind::ProfileChanged, None, None);
    let changes = draft.finish();
    assert_eq!(changes.customer.version, version + 1);
    assert_eq!(changes.events.len(), events + 1);
    assert!(changes.case.is_some() && changes.evidence.is_some());
}

#[test]
fn an_entry_that_left_its_list_is_no_question_any_more() {
    let lists = || vec![sanctions(0), peps(0)];
    let gone = |customer: &Customer, entities: &[&str]| {
        let mut screened = saw(customer, lists(), vec![]);
        screened.delisted = entities.iter().map(|entity| ("ofac-sdn".to_owned(), (*entity).to_owned())).collect();
        screened
    };
    let mut ids = Counter::default();
    let (customer, asked) = suspect(&mut ids);
    let screened = gone(&customer, &["1"]);
    let changes = conclude(customer.clone(), Some(asked.clone()), screened, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["clear", "clear"]);
    assert!(!changes.case.as_ref().expect("the case").is_open());
    let check = EventKind::CheckChanged(CheckKind::Sanctions);
    assert_eq!(kinds(&changes), [EventKind::CaseDecided, check, EventKind::CaseClosed]);
    // A list that cannot be seen today clears nobody, delisted or not.
    let mut blind = gone(&customer, &["1"]);
    blind.lists.clear();
    let changes = conclude(customer.clone(), Some(asked.clone()), blind, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["unavailable", "clear"]);
    // Of two entries one is left: the person is still asked.
    let screened = saw(&customer, lists(), vec![hit("1", Topic::Sanction), hit("2", Topic::Sanction)]);
    let changes = conclude(customer, Some(asked), screened, &Policy::default(), &mut ids, now());
    let (customer, case) = (changes.customer, changes.case.expect("the case"));
    let mut screened = gone(&customer, &["1"]);
    screened.parties[0].hits = vec![Hit { whom: screened.parties[0].subject.identity(), ..hit("2", Topic::Sanction) }];
    let changes = conclude(customer, Some(case), screened, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["hit", "clear"]);
    let case = changes.case.expect("the case");
    assert_eq!(case.hits().filter(|asked| asked.verdict.settled().is_none()).count(), 1);
}

#[test]
fn a_true_match_stays_confirmed_when_its_entry_is_delisted() {
    let mut ids = Counter::default();
    let (customer, asked) = suspect(&mut ids);
    let command = decision(Outcome::TrueMatch, None);
    let changes = case::decide(customer, asked, &command, &Policy::default(), &mut ids, now()).expect("open");
    let mut screened = saw(&changes.customer, vec![sanctions(0), peps(0)], vec![]);
    screened.delisted = vec![("ofac-sdn".to_owned(), "1".to_owned())];
    let changes = conclude(changes.customer, changes.case, screened, &Policy::default(), &mut ids, now());
    assert_eq!(states(&changes.customer), ["confirmed", "clear"]);
}
