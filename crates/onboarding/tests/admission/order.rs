//! Whatever the order of the steps, the end is the same, and it comes with the last of them.

use std::collections::BTreeSet;

use onboarding::CaseId;
use onboarding::admission::account::AccountState;
use onboarding::admission::demand::{DemandState, Workflow, demand, to_transfer};
use onboarding::admission::diligence::{DiligenceKind, Reason, Verdict};
use onboarding::admission::signature::Operation;
use onboarding::admission::standing::{Rules, Standing, Step, missing};
use onboarding::admission::{AdmissionRefusal, Moved};
use onboarding::case::Outcome;
use onboarding::check::{CheckKind, CheckState};
use proptest::prelude::*;
use uuid::Uuid;

use crate::prospect::Prospect;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Profile,
    Document,
    Complementary,
    Declarative,
    Tax,
    Terms,
    Lists,
}

use Taken::{Complementary, Declarative, Document, Lists, Profile, Tax, Terms};

const STEPS: [Taken; 7] = [Profile, Document, Complementary, Declarative, Tax, Terms, Lists];

fn take(prospect: &mut Prospect, step: Taken, selfie: bool) {
    match step {
        Profile => prospect.says_who_it_is("fr", "fr").expect("said"),
        Document => prospect.proves(DiligenceKind::Passport).expect("proved"),
        Complementary if selfie => prospect.proves(DiligenceKind::Selfie).expect("proved"),
        Complementary => {
            prospect.step(|customer, _, policy, ids, now| to_transfer(customer, policy, ids, now)).expect("refused");
            prospect.proves(DiligenceKind::TransferIn).expect("proved");
        }
        Declarative => prospect.declares().expect("declared"),
        Tax => prospect.signs_tax().expect("signed"),
        Terms => prospect.signs(Operation::Terms).expect("signed"),
        Lists => prospect.lists_come(),
    }
}

/// Every order of these.
fn orders(steps: &[Taken]) -> Vec<Vec<Taken>> {
    if steps.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, &first) in steps.iter().enumerate() {
        let rest: Vec<Taken> = steps.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, &step)| step).collect();
        all.extend(orders(&rest).into_iter().map(|rest| [vec![first], rest].concat()));
    }
    all
}

#[test]
fn every_order_of_the_steps_leads_to_the_same_end() {
    let orders = orders(&STEPS);
    assert_eq!(orders.len(), 5_040);
    for (n, order) in orders.iter().enumerate() {
        let mut prospect = Prospect::new();
        prospect.binds(1).expect("bound");
        prospect.news();
        for (at, &step) in order.iter().enumerate() {
            take(&mut prospect, step, n % 2 == 0);
            let news = prospect.news();
            let opened = news.contains(&(Moved::Account, "activated"));
            assert_eq!(opened, at + 1 == order.len(), "{order:?} at {step:?}");
            assert_eq!(prospect.standing() == Standing::Validated, opened, "{order:?} at {step:?}");
            assert_eq!(news.contains(&(Moved::Standing, "validated")), opened);
            let filtered = news.iter().filter(|(moved, _)| *moved == Moved::Filtering).count();
            assert!(filtered <= 2, "{news:?}");
        }
        let admission = prospect.admission();
        assert_eq!(admission.account.state, AccountState::Activated);
        assert!(admission.page.as_ref().is_some_and(|page| page.ended_at.is_some()), "the page is over");
        assert_eq!(admission.demand.as_ref().map(|demand| demand.state), Some(DemandState::Complete));
    }
}

#[test]
fn a_prospect_is_told_of_in_the_order_of_the_vendor() {
    let mut prospect = Prospect::new();
    let first = [
        (Moved::Standing, "initialized"),
        (Moved::Account, "initialized"),
        (Moved::Activation, "open"),
        (Moved::Standing, "in_progress"),
        (Moved::Page, "open"),
        (Moved::Demand, "pending"),
    ];
    assert_eq!(prospect.news(), first);
    let mut later = Prospect::with(None);
    assert_eq!(later.news(), first[..2]);
    assert_eq!((later.standing(), later.admission().activation.is_none()), (Standing::Initialized, true));
    later
        .step(|customer, fresh, policy, ids, now| demand(customer, Workflow::Identity, fresh, policy, ids, now))
        .expect("demanded");
    assert_eq!(later.news(), first[2..]);
    let mut declares = Prospect::with(None);
    declares.declares().expect("declared");
    assert_eq!(declares.standing(), Standing::InProgress);
}

#[test]
fn one_step_missing_is_not_validated_unless_nobody_asks_for_it() {
    for left_out in STEPS {
        let step = match left_out {
            Profile => Step::Profile,
            Document => Step::Document,
            Complementary => Step::Complementary,
            Declarative => Step::Declarative,
            Tax => Step::Tax,
            Terms => Step::Terms,
            Lists => Step::Filtering,
        };
        let mut prospect = Prospect::new();
        prospect.binds(1).expect("bound");
        for taken in STEPS.into_iter().filter(|taken| *taken != left_out) {
            take(&mut prospect, taken, true);
        }
        let rules = prospect.policy.admission.clone();
        let open = missing(&prospect.customer, &rules);
        assert!(open.contains(&step), "{open:?} without {left_out:?}");
        assert_eq!(prospect.standing(), Standing::InProgress);
        let steps = rules.steps.difference(&open).copied().collect();
        assert_eq!(missing(&prospect.customer, &Rules { steps, ..rules }), BTreeSet::new());
    }
}

#[test]
fn fraud_and_proven_sanctions_end_everything_and_exposure_is_a_persons_to_decide() {
    let case = CaseId(Uuid::from_u128(5));
    let mut fraud = Prospect::new();
    fraud.binds(1).expect("bound");
    fraud.shows(DiligenceKind::IdCard).expect("shown");
    fraud.news();
    fraud.a_person_says(Outcome::Fraud, "another face").expect("said");
    assert_eq!(fraud.standing(), Standing::Refused);
    let news = fraud.news();
    assert!(
        news.contains(&(Moved::Standing, "refused")) && news.contains(&(Moved::Demand, "fraud_suspicion")),
        "{news:?}"
    );
    assert!(!news.iter().any(|(moved, to)| *moved == Moved::Activation && *to == "open"), "no second try: {news:?}");
    assert_eq!(fraud.declares(), Err(AdmissionRefusal::Refused));
    assert_eq!(fraud.signs(Operation::Terms), Err(AdmissionRefusal::Refused));
    let again =
        fraud.step(|customer, fresh, policy, ids, now| demand(customer, Workflow::Identity, fresh, policy, ids, now));
    assert_eq!(again, Err(AdmissionRefusal::Refused));

    for (kind, refused) in [(CheckKind::Sanctions, true), (CheckKind::Pep, false)] {
        let mut listed = Prospect::new();
        listed.binds(1).expect("bound");
        for step in STEPS.into_iter().filter(|step| *step != Lists) {
            take(&mut listed, step, true);
        }
        listed.screen(&CheckState::Hit(case));
        assert_eq!(listed.standing(), Standing::InProgress, "a hit holds up");
        listed.screen(&CheckState::Clear);
        assert_eq!(listed.standing(), Standing::Validated);
        let mut listed = Prospect::new();
        for step in [Document, Complementary] {
            take(&mut listed, step, true);
        }
        listed.screen(&CheckState::Clear);
        listed.found(kind, CheckState::Confirmed(case));
        assert_eq!(listed.standing() == Standing::Refused, refused, "{kind:?}");
    }

    for (outcome, end) in [(Outcome::Accepted, Standing::Validated), (Outcome::Refused, Standing::Refused)] {
        let mut exposed = Prospect::new();
        exposed.binds(1).expect("bound");
        for step in STEPS.into_iter().filter(|step| *step != Lists) {
            take(&mut exposed, step, true);
        }
        exposed.found(CheckKind::Sanctions, CheckState::Clear);
        exposed.found(CheckKind::Pep, CheckState::Confirmed(case));
        assert_eq!(exposed.standing(), Standing::InProgress);
        exposed.a_person_says(outcome, "who she is is known").expect("said");
        assert_eq!(exposed.standing(), end);
    }
}

#[test]
fn who_has_an_account_is_frozen_and_never_a_prospect_again() {
    let mut holder = Prospect::new();
    holder.binds(1).expect("bound");
    for step in STEPS {
        take(&mut holder, step, true);
    }
    holder.news();
    holder.found(CheckKind::Sanctions, CheckState::Confirmed(CaseId(Uuid::from_u128(5))));
    assert_eq!((holder.standing(), holder.admission().account.state), (Standing::Validated, AccountState::Frozen));
    assert_eq!(holder.news(), [(Moved::Filtering, "done"), (Moved::Account, "frozen"), (Moved::Freeze, "frozen")][1..]);
}

#[derive(Debug, Clone, Copy)]
enum Any {
    Take(usize),
    Refuse,
    Hit,
    Bind,
    Wait,
}

fn any() -> impl Strategy<Value = Any> {
    prop_oneof![
        6 => (0..STEPS.len()).prop_map(Any::Take),
        1 => Just(Any::Refuse),
        1 => Just(Any::Hit),
        1 => Just(Any::Bind),
        1 => Just(Any::Wait),
    ]
}

proptest! {
    #[test]
    fn the_account_is_open_exactly_when_nothing_was_ever_missing(steps in prop::collection::vec(any(), 0..40)) {
        let mut prospect = Prospect::new();
        let mut opened = false;
        for step in steps {
            // Whatever may not be done now is refused, and changes nothing.
            let before = prospect.customer.clone();
            let done = match step {
                Any::Take(at) => match STEPS[at] {
                    Profile => prospect.says_who_it_is("fr", "fr"),
                    Document => prospect.proves(DiligenceKind::IdCard),
                    Complementary => prospect.proves(DiligenceKind::Selfie),
                    Declarative => prospect.declares(),
                    Tax => prospect.signs_tax(),
                    Terms => prospect.signs(Operation::Terms),
                    Lists => { prospect.lists_come(); Ok(()) }
                },
                Any::Refuse => prospect.shows(DiligenceKind::Selfie).and_then(|shown| {
                    prospect.is_concluded(shown, Verdict::Refused(Reason::InvalidSelfie))
                }),
                Any::Hit => { prospect.screen(&CheckState::Hit(CaseId(Uuid::from_u128(5)))); Ok(()) }
                Any::Bind => prospect.binds(1),
                Any::Wait => { prospect.passes(400); Ok(()) }
            };
            if done.is_err() && !matches!(step, Any::Refuse | Any::Take(_)) {
                prop_assert_eq!(&before, &prospect.customer);
            }
            let clear = missing(&prospect.customer, &prospect.policy.admission).is_empty();
            opened |= clear;
            prop_assert_eq!(prospect.admission().account.state == AccountState::Activated, opened);
            prop_assert_eq!(prospect.standing() == Standing::Validated, opened);
        }
        let opened_times = prospect.news().into_iter().filter(|news| *news == (Moved::Account, "activated")).count();
        prop_assert_eq!(opened_times, usize::from(opened));
    }
}
