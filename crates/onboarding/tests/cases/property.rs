//! Whatever is done to a case, in whatever order.

use onboarding::case::{self, About, Act, Case, Close, Confirm, Decide, Outcome, Reject, Standing};
use onboarding::check::{CheckKind, CheckState};
use onboarding::policy::FourEyes;
use onboarding::{Changes, Customer};
use proptest::prelude::*;
use watchlists::Topic;

use super::{Counter, bob, every_question, hit, met, now, pii, policy, said};

/// Anything that may be done to a case.
#[derive(Debug, Clone)]
enum Step {
    Screen(Vec<(u8, bool, u8)>),
    Take(u8),
    Assign(u8),
    Decide(u8, About, Outcome),
    Confirm(u8, About, bool),
    Reject(u8, About),
    Close(u8),
    Ask,
}

fn about() -> impl Strategy<Value = About> {
    prop_oneof![
        Just(About::Everything),
        prop::sample::select(CheckKind::ALL.to_vec()).prop_map(About::Check),
        (0..4_u32).prop_map(About::Question),
        (0..6_u32).prop_map(About::Hit),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop::sample::select(Outcome::ALL.to_vec());
    prop_oneof![
        3 => prop::collection::vec((0..4_u8, any::<bool>(), 0..2_u8), 0..3).prop_map(Step::Screen),
        1 => (0..3_u8).prop_map(Step::Take),
        1 => (0..3_u8).prop_map(Step::Assign),
        6 => (0..3_u8, about(), outcome).prop_map(|(by, about, outcome)| Step::Decide(by, about, outcome)),
        4 => (0..3_u8, about(), any::<bool>()).prop_map(|(by, about, fresh)| Step::Confirm(by, about, fresh)),
        1 => (0..3_u8, about()).prop_map(|(by, about)| Step::Reject(by, about)),
        1 => (0..3_u8).prop_map(Step::Close),
        1 => Just(Step::Ask),
    ]
}

/// Who is who: the third is the first, typed otherwise.
const PEOPLE: [&str; 3] = ["ana", "bob", "Ana "];

/// Does a step; `None` if it is refused.
fn done(
    customer: Customer,
    case: Option<Case>,
    step: &Step,
    four_eyes: FourEyes,
    ids: &mut Counter,
) -> Option<Changes> {
    let who = |by: u8| PEOPLE[by as usize].to_owned();
    let (act, policy) = (|by| Act::by(who(by)), policy(four_eyes));
    match (step, case) {
        (Step::Screen(hits), case) => {
            let topic = |pep| if pep { Topic::Pep } else { Topic::Sanction };
            let hits =
                hits.iter().map(|&(n, pep, score)| hit(&n.to_string(), topic(pep), 0.8 + f64::from(score) / 10.0));
            Some(met(customer, case, hits.collect(), ids, now()))
        }
        (Step::Ask, case) => case::ask(customer, case, every_question(), ids, now()),
        (_, None) => None,
        (Step::Take(by), Some(case)) => case::take(customer, case, &act(*by), ids, now()).ok(),
        (Step::Assign(by), Some(case)) => case::assign(customer, case, &act(*by), Some("bob"), ids, now()).ok(),
        (Step::Decide(by, about, outcome), Some(case)) => {
            let command = Decide { act: act(*by), ..said("", *about, *outcome) };
            case::decide(customer, case, &command, &policy, ids, now()).ok()
        }
        (Step::Confirm(by, about, fresh), Some(case)) => {
            let seen = if *fresh { case.version } else { case.version - 1 };
            case::confirm(customer, case, &Confirm { by: who(*by), about: *about, seen }, ids, now()).ok()
        }
        (Step::Reject(by, about), Some(case)) => {
            let command = Reject { act: act(*by), about: *about, reason: pii("no") };
            case::reject(customer, case, &command, ids, now()).ok()
        }
        (Step::Close(by), Some(case)) => {
            let command = Close { act: act(*by), reason: pii("done") };
            case::close(customer, case, &command, &policy, ids, now()).ok()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is done in whatever order: a check that had a hit becomes clear by a person who said of each hit that it
    /// is a false positive, and where the policy says so by two; a case is closed exactly when everything is answered, its
    /// version rises by one a change, and no check waits for a case that is closed.
    #[test]
    fn no_way_leads_from_a_hit_to_clear_but_people(
        steps in prop::collection::vec(step(), 1..40),
        four_eyes in prop::sample::select(FourEyes::ALL.to_vec()),
    ) {
        let mut ids = Counter::default();
        let mut customer = bob(&mut ids);
        let mut open: Option<Case> = None;
        for step in steps {
            let waiting: Vec<CheckKind> = customer.checks.iter()
                .filter(|(_, check)| matches!(check.state, CheckState::Hit(_) | CheckState::Reviewing(_)))
                .map(|(&kind, _)| kind).collect();
            let Some(changes) = done(customer.clone(), open.clone(), &step, four_eyes, &mut ids) else { continue };
            prop_assert_eq!(changes.customer.version, customer.version + 1);
            prop_assert_eq!(changes.customer.event_count, customer.event_count + changes.events.len() as u64);
            customer = changes.customer;
            if let Some(case) = changes.case {
                prop_assert_eq!(case.version, open.as_ref().map_or(1, |case| case.version + 1));
                let answered = case.questions.iter().all(case::Question::is_answered);
                prop_assert_eq!(case.is_open(), !answered);
                for kind in waiting {
                    if customer.checks[&kind].state != CheckState::Clear {
                        continue;
                    }
                    let question = case.questions.iter().find(|question| question.check() == Some(kind)).expect("asked");
                    for asked in &question.hits {
                        let answer = asked.verdict.settled().expect("each is answered");
                        prop_assert_eq!(answer.outcome, Outcome::FalsePositive);
                        let two = matches!(&answer.standing,
                            Standing::Confirmed { by, .. } if by.trim().to_lowercase() != answer.by.trim().to_lowercase());
                        prop_assert!(two || four_eyes != FourEyes::All, "{:?}", answer);
                    }
                }
                if case.is_open() {
                    open = Some(case);
                } else {
                    let waits = customer.checks.values().any(|check| matches!(
                        check.state, CheckState::Hit(id) | CheckState::Reviewing(id) if id == case.id));
                    prop_assert!(!waits, "a check waits for a closed case");
                    open = None;
                }
            } else {
                let cleared = waiting.iter().any(|kind| customer.checks[kind].state == CheckState::Clear);
                prop_assert!(!cleared, "cleared without a case");
            }
        }
    }
}
