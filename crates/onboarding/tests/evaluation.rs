//! What follows from findings: tables of outcomes, and what holds whatever happens.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use onboarding::customer::{Draft, Ids};
use onboarding::evaluation::begin::{self, Request};
use onboarding::evaluation::conclude::{self, Rules, Seen, Why};
use onboarding::evaluation::document::{DocumentFinding, DocumentKind, DocumentReport, DocumentSide};
use onboarding::evaluation::operation::{EvaluationKind, Phase, Trigger};
use onboarding::evaluation::papers::{self, Verdict, Verified};
use onboarding::evaluation::{Approval, DocumentTag, Finding, FraudScore, Kyc, OPERATIONS_MAX, Origin, Tag, flag};
use onboarding::onboard::{Onboard, onboard};
use onboarding::{
    CaseId, CheckKind, CheckState, Customer, EventKind, FileId, Party, Person, PersonName, Pii, Policy, TenantId,
    Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

#[derive(Debug, Default)]
struct Counter(u128);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn customer(ids: &mut Counter) -> Customer {
    let name = PersonName { first: Pii("Bob".to_owned()), last: Pii("Smith".to_owned()), ..PersonName::default() };
    let party = Party::Person(Person {
        name,
        birth_date: Some(Pii(date(1953, 9, 22))),
        citizenship: None,
        tax_id: None,
        declared_pep: false,
    });
    let command = Onboard {
        party,
        cif_number: "1".to_owned(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: CheckKind::ALL.into(),
        attributes: serde_json::Map::new(),
    };
    let changes = onboard(TenantId(Uuid::from_u128(7)), command, &Policy::default(), ids, NOW).expect("let in");
    changes.customer
}

fn request(kind: EvaluationKind, then_fraud: bool) -> Request {
    Request { request_id: Some("ayclpQyi6p".to_owned()), trigger: Trigger::Onboard, kind, then_fraud }
}

/// The checks as a screening leaves them: those of these kinds in this state, the others clear.
fn screened(customer: &mut Customer, states: &[(CheckKind, CheckState)]) {
    for (kind, check) in &mut customer.checks {
        let state = states.iter().find(|(known, _)| known == kind).map(|(_, state)| state.clone());
        check.state = state.unwrap_or(CheckState::Clear);
    }
}

fn seen(failed: &[Tag], score: f64) -> Seen {
    let findings: BTreeMap<Tag, Finding> =
        failed.iter().map(|tag| (*tag, Finding::failed("It does not fit."))).collect();
    Seen { findings, signals: BTreeSet::new(), score: FraudScore::of(score), weighed: None }
}

/// Onboards, concludes, and gives the customer with the events in the journal's words.
fn concluded(fraud: bool, states: &[(CheckKind, CheckState)], seen: Seen) -> (Customer, Vec<&'static str>) {
    let mut ids = Counter::default();
    let customer = customer(&mut ids);
    let mut draft = Draft::new(customer, &mut ids, NOW);
    begin::anew(&mut draft, Origin::default(), request(EvaluationKind::Kyc, fraud));
    screened(&mut draft.customer, states);
    conclude::conclude(&mut draft, seen, &Rules::default(), None, Why::Screened);
    let changes = draft.finish();
    (changes.customer, changes.events.iter().map(|event| event.kind.as_str()).collect())
}

fn stands(customer: &Customer) -> (Approval, Kyc) {
    let evaluation = customer.evaluation.as_ref().expect("evaluated");
    (evaluation.approval, evaluation.kyc)
}

#[test]
fn outcomes_follow_from_lists_identity_and_score() {
    let hit = || CheckState::Hit(CaseId(Uuid::from_u128(9)));
    let confirmed = || CheckState::Confirmed(CaseId(Uuid::from_u128(9)));
    type Case<'c> = (bool, Vec<(CheckKind, CheckState)>, &'c [Tag], f64, (Approval, Kyc));
    let cases: Vec<Case<'_>> = vec![
        (false, vec![], &[], 0.99, (Approval::Review, Kyc::Passed)),
        (true, vec![], &[], 0.8, (Approval::Approved, Kyc::Passed)),
        (true, vec![], &[], 0.79, (Approval::Review, Kyc::Passed)),
        (true, vec![], &[], 0.4, (Approval::Review, Kyc::Passed)),
        (true, vec![], &[], 0.39, (Approval::Rejected, Kyc::Passed)),
        (true, vec![], &[Tag::FraudReports, Tag::Phone, Tag::Email], 0.9, (Approval::Approved, Kyc::Passed)),
        (true, vec![], &[Tag::Ssn], 0.9, (Approval::Review, Kyc::Review)),
        (true, vec![], &[Tag::BirthDate], 0.2, (Approval::Rejected, Kyc::Review)),
        (true, vec![(CheckKind::Sanctions, hit())], &[], 0.99, (Approval::Review, Kyc::Review)),
        (true, vec![(CheckKind::Sanctions, hit())], &[], 0.01, (Approval::Review, Kyc::Review)),
        (true, vec![(CheckKind::Adverse, hit())], &[], 0.99, (Approval::Review, Kyc::Review)),
        (true, vec![(CheckKind::Pep, confirmed())], &[], 0.99, (Approval::Rejected, Kyc::Rejected)),
        (true, vec![(CheckKind::Adverse, CheckState::Pending)], &[], 0.9, (Approval::Approved, Kyc::Passed)),
        (false, vec![(CheckKind::Sanctions, CheckState::Pending)], &[], 0.9, (Approval::Review, Kyc::Pending)),
    ];
    for (number, (fraud, states, failed, score, expected)) in cases.into_iter().enumerate() {
        let (customer, _) = concluded(fraud, &states, seen(failed, score));
        assert_eq!(stands(&customer), expected, "case {number}");
    }
}

#[test]
fn runs_are_told_in_order_and_what_waits_goes_on() {
    let (_, told) = concluded(true, &[], seen(&[], 0.9));
    let phases = ["initiated", "in_progress", "completed"];
    let expected: Vec<String> =
        ["kyc", "fraud"].iter().flat_map(|kind| phases.map(|phase| format!("evaluation.{kind}.{phase}"))).collect();
    assert_eq!(told, expected);
    let (waiting, told) = concluded(true, &[(CheckKind::Pep, CheckState::Pending)], seen(&[], 0.9));
    assert_eq!(told, ["evaluation.kyc.initiated", "evaluation.kyc.in_progress"]);
    // Tried once more in vain, nothing is told twice; answered, it ends.
    let mut ids = Counter(1_000);
    let mut draft = Draft::new(waiting, &mut ids, NOW);
    conclude::conclude(&mut draft, seen(&[], 0.9), &Rules::default(), None, Why::Screened);
    assert!(draft.customer.evaluation.as_ref().is_some_and(|evaluation| evaluation.running().is_some()));
    screened(&mut draft.customer, &[]);
    conclude::conclude(&mut draft, seen(&[], 0.9), &Rules::default(), None, Why::Screened);
    let changes = draft.finish();
    let kinds: Vec<&str> = changes.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds[0], "evaluation.kyc.completed");
    let evaluation = changes.customer.evaluation.as_ref().expect("evaluated");
    let first = &evaluation.operations[0];
    assert_eq!((first.before.kyc, first.after.as_ref().map(|after| after.kyc)), (Kyc::Pending, Some(Kyc::Passed)));
    assert!(evaluation.operations.iter().all(|run| run.phase == Phase::Completed));
}

#[test]
fn a_flag_is_stronger_than_a_score_and_a_person_cannot_approve_it_away() {
    let (customer, _) = concluded(true, &[], seen(&[], 0.9));
    let mut ids = Counter(1_000);
    let mut draft = Draft::new(customer, &mut ids, NOW);
    flag::flag(&mut draft, None);
    assert_eq!(stands(&draft.customer).0, Approval::Rejected);
    assert!(!flag::decide(&mut draft, Approval::Approved, &Rules::default()));
    begin::begin(&mut draft, request(EvaluationKind::Fraud, false));
    conclude::end_fraud(&mut draft, seen(&[], 0.99), &Rules::default());
    assert_eq!(stands(&draft.customer).0, Approval::Rejected);
    begin::anew(&mut draft, Origin::default(), request(EvaluationKind::Kyc, false));
    assert_eq!(stands(&draft.customer).0, Approval::Rejected, "sending it again washes nothing off");
    flag::unflag(&mut draft);
    assert_eq!(stands(&draft.customer).0, Approval::Review);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Anew(bool),
    Fraud,
    Screened(u8, u8, u8),
    Flag,
    Unflag,
    Decide(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<bool>().prop_map(Step::Anew),
        Just(Step::Fraud),
        (0..5_u8, 0..4_u8, 0..=100_u8).prop_map(|(state, tag, score)| Step::Screened(state, tag, score)),
        Just(Step::Flag),
        Just(Step::Unflag),
        any::<bool>().prop_map(Step::Decide),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_nobody_listed_or_flagged_is_approved(steps in prop::collection::vec(step(), 1..60)) {
        let mut ids = Counter::default();
        let customer = customer(&mut ids);
        let mut draft = Draft::new(customer, &mut ids, NOW);
        begin::anew(&mut draft, Origin::default(), request(EvaluationKind::Kyc, true));
        let case = CaseId(Uuid::from_u128(9));
        for step in steps {
            match step {
                Step::Anew(fraud) => begin::anew(&mut draft, Origin::default(), request(EvaluationKind::Kyc, fraud)),
                Step::Fraud => {
                    begin::begin(&mut draft, request(EvaluationKind::Fraud, false));
                    conclude::end_fraud(&mut draft, seen(&[], 0.95), &Rules::default());
                }
                Step::Screened(state, tag, score) => {
                    let state = [CheckState::Clear, CheckState::Clear, CheckState::Pending, CheckState::Hit(case),
                        CheckState::Confirmed(case)][usize::from(state)].clone();
                    screened(&mut draft.customer, &[(CheckKind::Sanctions, state)]);
                    let failed = &[&[][..], &[Tag::Ssn], &[Tag::Phone], &[]][usize::from(tag)];
                    let seen = seen(failed, f64::from(score) / 100.0);
                    conclude::conclude(&mut draft, seen, &Rules::default(), None, Why::Screened);
                    let listed = draft.customer.checks[&CheckKind::Sanctions].state.case().is_some();
                    prop_assert!(!listed || stands(&draft.customer).0 != Approval::Approved);
                }
                Step::Flag => flag::flag(&mut draft, None),
                Step::Unflag => flag::unflag(&mut draft),
                Step::Decide(approve) => {
                    let approval = if approve { Approval::Approved } else { Approval::Rejected };
                    flag::decide(&mut draft, approval, &Rules::default());
                }
            }
            let evaluation = draft.customer.evaluation.as_ref().expect("evaluated");
            prop_assert!(evaluation.flag.is_none() || evaluation.approval == Approval::Rejected);
            prop_assert!(evaluation.operations.len() <= OPERATIONS_MAX);
            for run in &evaluation.operations {
                prop_assert_eq!(run.is_running(), run.after.is_none(), "what has ended says how it ended");
            }
        }
        let told = draft.finish().events.iter().filter(|event| matches!(event.kind, EventKind::Evaluation(..))).all(|event| event.about.is_some());
        prop_assert!(told, "each event names its run");
    }
}

/// A customer with this screening behind it and a document that was looked at here: what failed, and the rest open.
fn with_document(ids: &mut Counter, states: &[(CheckKind, CheckState)], failed: Option<DocumentTag>) -> Customer {
    let mut customer = customer(ids);
    screened(&mut customer, states);
    let mut draft = Draft::new(customer, ids, NOW);
    begin::anew(&mut draft, Origin::default(), request(EvaluationKind::Kyc, true));
    conclude::conclude(&mut draft, seen(&[], 0.99), &Rules::default(), None, Why::Screened);
    let finding = |tag| (tag, DocumentFinding { passed: Some(false), details: BTreeMap::new() });
    let report = DocumentReport {
        file: FILE,
        kind: DocumentKind::Passport,
        side: DocumentSide::Front,
        country: "FRA".to_owned(),
        issued_on: None,
        findings: failed.map(finding).into_iter().collect(),
    };
    papers::submitted(&mut draft, request(EvaluationKind::Document, false), report, None, &Rules::default());
    draft.finish().customer
}

const FILE: FileId = FileId(Uuid::from_u128(77));

#[test]
fn a_verifier_ends_a_run_only_where_it_and_we_find_all_in_order() {
    const AGE: DocumentTag = DocumentTag::Age;
    let passed = Some((Approval::Approved, Kyc::Passed));
    for (result, check, ours, expected) in [
        (Verified::Pass, None, None, passed),
        (Verified::Pass, Some((AGE, true)), None, passed),
        // It contradicts itself, or us.
        (Verified::Pass, Some((AGE, false)), None, None),
        (Verified::Pass, None, Some(AGE), None),
        (Verified::Pass, Some((AGE, true)), Some(AGE), None),
        (Verified::Review, None, None, None),
        (Verified::Review, Some((AGE, true)), None, None),
        (Verified::Fail, None, None, None),
        (Verified::Fail, Some((AGE, false)), None, None),
    ] {
        let mut ids = Counter::default();
        let customer = with_document(&mut ids, &[], ours);
        let mut draft = Draft::new(customer, &mut ids, NOW);
        let verdict = Verdict { result, checks: check.into_iter().collect(), ..Verdict::default() };
        papers::verified(&mut draft, FILE, verdict, &Rules::default());
        let customer = draft.finish().customer;
        let evaluation = customer.evaluation.as_ref().expect("evaluated");
        let ended = evaluation.running().is_none().then(|| stands(&customer));
        assert_eq!(ended, expected, "{result:?} {check:?} {ours:?}");
        // What is open is a person's; what failed here stays so, whatever anybody says.
        let mut draft = Draft::new(customer, &mut ids, NOW);
        papers::answered(&mut draft, FILE, |report| report.answer_open(true), &Rules::default());
        let doubted = ours.is_some();
        let expected = if doubted { (Approval::Review, Kyc::Review) } else { (Approval::Approved, Kyc::Passed) };
        assert_eq!(stands(&draft.finish().customer), expected, "{result:?} {check:?} {ours:?}");
    }
}

#[test]
fn no_verifier_lets_in_whom_a_list_may_know() {
    let mut ids = Counter::default();
    let hit = (CheckKind::Sanctions, CheckState::Hit(CaseId(Uuid::from_u128(9))));
    let customer = with_document(&mut ids, &[hit], None);
    let mut draft = Draft::new(customer, &mut ids, NOW);
    let verdict = Verdict { result: Verified::Pass, ..Verdict::default() };
    papers::verified(&mut draft, FILE, verdict, &Rules::default());
    let customer = draft.finish().customer;
    assert!(customer.evaluation.as_ref().is_some_and(|evaluation| evaluation.running().is_none()));
    assert_eq!(stands(&customer), (Approval::Review, Kyc::Review));
}
