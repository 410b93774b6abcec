//! Decisions: given by one person, confirmed by a second where the policy says so.

use jiff::Timestamp;

use super::work::{finish, review, under_review};
use super::{Act, Answer, Case, CaseRefusal, Outcome, Question, Standing, text};
use crate::admission::case::is_of_admission;
use crate::admission::diligence::Reason;
use crate::changes::{Changes, Refusal};
use crate::check::{CheckKind, CheckState};
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::pii::Pii;
use crate::policy::Policy;

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Every open question that takes the answer.
    Everything,
    /// The question of this check.
    Check(CheckKind),
    /// The question of this number.
    Question(u32),
    /// The hit of this number.
    Hit(u32),
}

/// A person's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decide {
    /// Who decides, on which version.
    pub act: Act,
    /// What about.
    pub about: About,
    /// The answer.
    pub outcome: Outcome,
    /// Why.
    pub reason: Pii<String>,
}

/// A second person agrees with what was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// Who agrees.
    pub by: String,
    /// What about.
    pub about: About,
    /// The version that was seen.
    pub seen: u64,
}

/// What was proposed is sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Who sends it back, on which version.
    pub act: Act,
    /// What about.
    pub about: About,
    /// Why.
    pub reason: Pii<String>,
}

/// The questions that are left no longer matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Who says so, of which version.
    pub act: Act,
    /// Why.
    pub reason: Pii<String>,
}

/// What of a case is meant: the question at this place, and the hits of it at these; none for the question itself.
type Chosen = (usize, Vec<usize>);

/// A person answers hits and questions. A case that nobody took is taken by who decides, so that every check goes through
/// its review.
///
/// Where the policy wants a second person, the answer is only proposed. A question about hits is answered as soon as one
/// of them is a true match, which confirms its check, or when all are false positives, which clears it; the case closes
/// when no question is left.
///
/// # Errors
/// What does not fit, as [`CaseRefusal`] says.
pub fn decide(
    customer: Customer,
    mut case: Case,
    command: &Decide,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = command.act.enter(&customer, &case)?;
    let reason = text(&command.reason)?;
    let chosen = choose(&case, command.about, command.outcome)?;
    for (at, _) in &chosen {
        fits_admission(&customer, &case.questions[*at], command)?;
    }
    let standing = if policy.four_eyes.needs_two(command.outcome) { Standing::Proposed } else { Standing::Given };
    let mut draft = Draft::new(customer, ids, now);
    review(&mut draft, &mut case, &by);
    let answer = Answer { outcome: command.outcome, by, reason, at: now, standing };
    give(&mut draft, &mut case, &chosen, &answer);
    Ok(finish(draft, case))
}

/// A second person agrees with what was proposed, having seen it as it stands: it counts from now on.
///
/// # Errors
/// [`CaseRefusal::SamePerson`], [`CaseRefusal::NothingProposed`], [`CaseRefusal::Stale`], as [`CaseRefusal`] says.
pub fn confirm(
    customer: Customer,
    mut case: Case,
    command: &Confirm,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = Act { by: command.by.clone(), seen: Some(command.seen) }.enter(&customer, &case)?;
    let chosen = proposed(&case, command.about)?;
    let same = chosen.iter().flat_map(|chosen| answers(&case, chosen)).any(|answer| is_same_person(&answer.by, &by));
    if same {
        return Err(CaseRefusal::SamePerson.into());
    }
    let mut draft = Draft::new(customer, ids, now);
    draft.happened(EventKind::CaseConfirmed, Some(case.id.into()), None);
    under_review(&mut draft, &case);
    for (at, hits) in &chosen {
        let outcome = stand(&mut case.questions[*at], hits, &Standing::Confirmed { by: by.clone(), at: now });
        settle(&mut draft, &mut case, *at, outcome);
    }
    Ok(finish(draft, case))
}

/// What was proposed is sent back: it does not count, and is asked again.
///
/// # Errors
/// [`CaseRefusal::NothingProposed`], as [`CaseRefusal`] says.
pub fn reject(
    customer: Customer,
    mut case: Case,
    command: &Reject,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = command.act.enter(&customer, &case)?;
    let reason = text(&command.reason)?;
    let chosen = proposed(&case, command.about)?;
    let mut draft = Draft::new(customer, ids, now);
    for (at, hits) in &chosen {
        let standing = Standing::Rejected { by: by.clone(), at: now, reason: reason.clone() };
        stand(&mut case.questions[*at], hits, &standing);
    }
    draft.happened(EventKind::CaseRejected, Some(case.id.into()), None);
    Ok(finish(draft, case))
}

/// Withdraws the questions that are left. One that a check waits for cannot be: it takes an answer.
///
/// # Errors
/// [`CaseRefusal::StillAsked`], as [`CaseRefusal`] says.
pub fn close(
    customer: Customer,
    mut case: Case,
    command: &Close,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = command.act.enter(&customer, &case)?;
    let reason = text(&command.reason)?;
    let open: Vec<usize> = (0..case.questions.len()).filter(|&at| !case.questions[at].is_answered()).collect();
    for check in open.iter().filter_map(|&at| case.questions[at].check()) {
        let state = customer.checks.get(&check).map(|check| &check.state);
        if matches!(state, Some(CheckState::Hit(waits) | CheckState::Reviewing(waits)) if *waits == case.id) {
            return Err(CaseRefusal::StillAsked(check).into());
        }
    }
    let outcome = Outcome::Withdrawn;
    let standing = if policy.four_eyes.needs_two(outcome) { Standing::Proposed } else { Standing::Given };
    let chosen: Vec<Chosen> = open.into_iter().map(|at| (at, Vec::new())).collect();
    let mut draft = Draft::new(customer, ids, now);
    give(&mut draft, &mut case, &chosen, &Answer { outcome, by, reason, at: now, standing });
    Ok(finish(draft, case))
}

/// A document of an admission is refused for a reason that is told; nothing else can be a fraud.
fn fits_admission(customer: &Customer, question: &Question, command: &Decide) -> Result<(), Refusal> {
    let of_admission = is_of_admission(customer, &question.asks);
    match command.outcome {
        Outcome::Refused if of_admission && Reason::read(&command.reason).is_none() => {
            Err(CaseRefusal::NotAListedReason.into())
        }
        Outcome::Fraud if !of_admission => Err(CaseRefusal::NoAnswerToIt.into()),
        _ => Ok(()),
    }
}

/// Whether two names are one person's: how it is typed makes nobody a second person.
fn is_same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The questions and hits that an answer is for: those that are open, and of a hit that is named the last word too, as
/// long as its question is open.
fn choose(case: &Case, about: About, outcome: Outcome) -> Result<Vec<Chosen>, Refusal> {
    let unsettled = |question: &Question| {
        let hits = question.hits.iter().enumerate();
        hits.filter(|(_, asked)| asked.verdict.settled().is_none()).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let open = || case.questions.iter().enumerate().filter(|(_, question)| !question.is_answered());
    if outcome == Outcome::Withdrawn {
        return Err(CaseRefusal::NoAnswerToIt.into());
    }
    let chosen: Vec<Chosen> = match about {
        About::Everything => open()
            .filter(|(_, question)| question.asks.takes(outcome))
            .map(|(at, question)| (at, unsettled(question)))
            .collect(),
        About::Check(check) => {
            let asked = open().find(|(_, question)| question.check() == Some(check));
            let (at, question) = asked.ok_or(CaseRefusal::NoOpenQuestion(check))?;
            vec![(at, unsettled(question))]
        }
        About::Question(number) => {
            let asked = case.questions.iter().position(|question| question.number == number);
            let at = asked.ok_or(CaseRefusal::NothingOfThisNumber)?;
            vec![(at, unsettled(&case.questions[at]))]
        }
        About::Hit(number) => vec![hit(case, number)?],
    };
    for (at, _) in &chosen {
        let question = &case.questions[*at];
        if question.is_answered() {
            return Err(CaseRefusal::Answered.into());
        }
        if !question.asks.takes(outcome) {
            return Err(CaseRefusal::NoAnswerToIt.into());
        }
    }
    if chosen.is_empty() { Err(CaseRefusal::NoAnswerToIt.into()) } else { Ok(chosen) }
}

/// Where the hit of this number stands.
fn hit(case: &Case, number: u32) -> Result<Chosen, Refusal> {
    let places = case.questions.iter().enumerate().find_map(|(at, question)| {
        question.hits.iter().position(|asked| asked.number == number).map(|hit| (at, vec![hit]))
    });
    places.ok_or(CaseRefusal::NothingOfThisNumber.into())
}

/// The proposals that are meant.
fn proposed(case: &Case, about: About) -> Result<Vec<Chosen>, Refusal> {
    let of = |at: usize| -> Vec<Chosen> {
        let question = &case.questions[at];
        let hits = question.hits.iter().enumerate().filter(|(_, asked)| asked.verdict.proposed().is_some());
        let hits: Vec<usize> = hits.map(|(at, _)| at).collect();
        let itself = question.verdict.proposed().map(|_| (at, Vec::new()));
        let hits = (!hits.is_empty()).then_some((at, hits));
        itself.into_iter().chain(hits).collect()
    };
    let position = |meant: &dyn Fn(&Question) -> bool| case.questions.iter().position(meant);
    let chosen = match about {
        About::Everything => (0..case.questions.len()).flat_map(of).collect(),
        About::Check(check) => {
            of(position(&|question| question.check() == Some(check)).ok_or(CaseRefusal::NoOpenQuestion(check))?)
        }
        About::Question(number) => {
            of(position(&|question| question.number == number).ok_or(CaseRefusal::NothingOfThisNumber)?)
        }
        About::Hit(number) => {
            let (at, hits) = hit(case, number)?;
            let waits = hits.iter().all(|&hit| case.questions[at].hits[hit].verdict.proposed().is_some());
            if waits { vec![(at, hits)] } else { Vec::new() }
        }
    };
    if chosen.is_empty() { Err(CaseRefusal::NothingProposed.into()) } else { Ok(chosen) }
}

/// What was said last to what is chosen.
fn answers<'a>(case: &'a Case, (at, hits): &'a Chosen) -> impl Iterator<Item = &'a Answer> {
    let question = &case.questions[*at];
    let itself = hits.is_empty().then_some(&question.verdict);
    let hits = hits.iter().map(|&hit| &question.hits[hit].verdict);
    itself.into_iter().chain(hits).filter_map(|verdict| verdict.last.as_ref())
}

fn give(draft: &mut Draft<'_>, case: &mut Case, chosen: &[Chosen], answer: &Answer) {
    for (at, hits) in chosen {
        let question = &mut case.questions[*at];
        if hits.is_empty() {
            question.verdict.give(answer.clone());
        }
        for &hit in hits {
            question.hits[hit].verdict.give(answer.clone());
        }
        if answer.standing == Standing::Proposed {
            draft.happened(EventKind::CaseProposed, Some(case.id.into()), Some(answer.outcome.as_str()));
        } else {
            settle(draft, case, *at, answer.outcome);
        }
    }
}

/// Gives what was proposed another standing; what it was.
fn stand(question: &mut Question, hits: &[usize], standing: &Standing) -> Outcome {
    let itself = hits.is_empty().then_some(&mut question.verdict);
    let every = question.hits.iter_mut().enumerate().filter(|(at, _)| hits.contains(at));
    let verdicts = every.map(|(_, asked)| &mut asked.verdict).chain(itself);
    let mut outcome = Outcome::NeedsMore;
    for answer in verdicts.filter_map(super::Verdict::proposed_mut) {
        answer.standing = standing.clone();
        outcome = answer.outcome;
    }
    outcome
}

/// Draws what follows from the answers to the question's hits, and moves its check.
fn settle(draft: &mut Draft<'_>, case: &mut Case, at: usize, said: Outcome) {
    let question = &mut case.questions[at];
    if !question.is_answered()
        && let Some(answer) = of_hits(question)
    {
        question.verdict.give(answer);
    }
    let Some(outcome) = question.answer().map(|answer| answer.outcome) else {
        draft.happened(EventKind::CasePartlyDecided, Some(case.id.into()), Some(said.as_str()));
        return;
    };
    draft.happened(EventKind::CaseDecided, Some(case.id.into()), Some(outcome.as_str()));
    let Some(kind) = question.check() else { return };
    let state = draft.customer.checks.get(&kind).map(|check| check.state.clone());
    match outcome {
        // A check that waits for something else by now, a screening of what the customer has become, is not cleared.
        Outcome::FalsePositive if state == Some(CheckState::Reviewing(case.id)) => {
            if let Some(check) = draft.customer.checks.get_mut(&kind) {
                for asked in &question.hits {
                    let answer = asked.verdict.settled().into_iter();
                    let dismissed = answer.flat_map(|answer| asked.hit.dismissals(answer, case.id));
                    dismissed.for_each(|dismissed| check.dismiss(dismissed));
                }
            }
            draft.move_check(kind, CheckState::Clear);
        }
        Outcome::TrueMatch => draft.move_check(kind, CheckState::Confirmed(case.id)),
        _ => {}
    }
}

/// The answer to a question that follows from what was said to its hits: one true match is enough; all must be false
/// positives.
fn of_hits(question: &Question) -> Option<Answer> {
    let settled = || question.hits.iter().map(|asked| asked.verdict.settled());
    let matched = settled().flatten().find(|answer| answer.outcome == Outcome::TrueMatch);
    let all = || settled().collect::<Option<Vec<_>>>()?.into_iter().max_by_key(|answer| answer.at);
    matched.or_else(all).cloned()
}
