//! What follows from what was found: KYC, approval, and the end of the runs that waited for it.

use std::collections::{BTreeMap, BTreeSet};

use super::begin::{self, Request};
use super::finding::check_of;
use super::model::Weighed;
use super::operation::{EvaluationKind, Phase, Trigger};
use super::scenario::Scenario;
use super::{Approval, Evaluation, Finding, FraudRecord, FraudScore, HISTORY_MAX, Kyc, KycBasis, KycRecord, Tag};
use crate::changes::Changes;
use crate::check::{Check, CheckState};
use crate::customer::{Customer, Draft};
use crate::event::EventKind;
use crate::signals::SignalName;

/// From which scores a tenant lets in and turns away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Let in from here on.
    pub approve_at: FraudScore,
    /// Turned away below.
    pub reject_below: FraudScore,
}

impl Default for Rules {
    fn default() -> Self {
        let (approve_at, reject_below) =
            (FraudScore::from_ten_thousandths(8_000), FraudScore::from_ten_thousandths(4_000));
        Self { approve_at, reject_below }
    }
}

/// What was found beside the lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Findings of identity, contact data and the network.
    pub findings: BTreeMap<Tag, Finding>,
    /// The signals behind them; none for what a sandbox promised.
    pub signals: BTreeSet<SignalName>,
    /// The fraud score they give.
    pub score: FraudScore,
    /// What made the score; none for one that a sandbox promised.
    pub weighed: Option<Weighed>,
}

impl Seen {
    /// What a sandbox's scenario shows in their place.
    #[must_use]
    pub fn promised(scenario: Scenario, rules: &Rules) -> Self {
        let mut findings: BTreeMap<Tag, Finding> = Tag::ALL.map(|tag| (tag, Finding::passed())).into();
        let mut fail = |tag| findings.insert(tag, Finding::failed("The sandbox promises so."));
        if scenario.kyc == Kyc::Review {
            fail(Tag::Address);
        }
        if scenario.score < rules.approve_at {
            fail(Tag::Phone);
        }
        if scenario.score < rules.reject_below {
            fail(Tag::FraudReports);
        }
        Self { findings, signals: BTreeSet::new(), score: scenario.score, weighed: None }
    }
}

/// Why things are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A screening ended.
    Screened,
    /// A person decided.
    Decided,
}

/// Ends the KYC runs of the customer if its checks are answered, and the fraud runs that follow or were asked for.
///
/// A required check that could not be run keeps them in progress. Without a run that waits, a customer whose standing
/// changed is told of all the same: a list knows somebody new, or a person has decided.
pub fn conclude(draft: &mut Draft<'_>, seen: Seen, rules: &Rules, scenario: Option<Scenario>, why: Why) {
    advance(draft, EvaluationKind::Kyc);
    let now = draft.now();
    let waits = scenario.is_none() && draft.customer.checks.values().any(Check::is_awaited);
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let before = evaluation.standing();
    if waits {
        end_fraud(draft, seen, rules);
        return;
    }
    let tags = if scenario.is_some() { seen.findings.clone() } else { with_lists(&draft.customer.checks, &seen) };
    evaluation.tags = tags;
    evaluation.signals.clone_from(&seen.signals);
    let confirmed = scenario.is_none() && is_confirmed(&draft.customer.checks);
    settle(evaluation, confirmed, rules);
    let was_listed = before.failed.iter().flatten().any(|tag| check_of(*tag).is_some());
    if !was_listed && evaluation.running().is_none() {
        hold(evaluation, &before);
    }
    let record = KycRecord { at: now, outcome: evaluation.kyc, by: KycBasis::Kyc };
    let ended = end(draft, EvaluationKind::Kyc);
    let moved = draft.customer.evaluation.as_ref().is_some_and(|now| now.standing().differs_from(&before));
    if ended.is_empty() && moved {
        tell(draft, before, EvaluationKind::Kyc, why);
    }
    if let Some(evaluation) = &mut draft.customer.evaluation
        && (!ended.is_empty() || evaluation.kyc_history.last().is_none_or(|last| last.outcome != record.outcome))
    {
        keep(&mut evaluation.kyc_history, record);
    }
    for request_id in ended.into_iter().flatten() {
        let (trigger, kind) = (Trigger::Onboard, EvaluationKind::Fraud);
        begin::begin(draft, Request { request_id, trigger, kind, then_fraud: false });
    }
    end_fraud(draft, seen, rules);
}

/// Draws the conclusions anew from what was found before, because a person has said something.
pub fn again(draft: &mut Draft<'_>, rules: &Rules, why: Why) {
    let now = draft.now();
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    if evaluation.tags.is_empty() && evaluation.decided.is_none() {
        return;
    }
    let before = evaluation.standing();
    for (tag, kind) in Tag::ALL.into_iter().filter_map(|tag| check_of(tag).map(|kind| (tag, kind))) {
        if let Some(check) = draft.customer.checks.get(&kind)
            && evaluation.tags.contains_key(&tag)
        {
            evaluation.tags.insert(tag, of_check(check));
        }
    }
    settle(evaluation, is_confirmed(&draft.customer.checks), rules);
    if !evaluation.standing().differs_from(&before) {
        return;
    }
    let record = KycRecord { at: now, outcome: evaluation.kyc, by: KycBasis::Kyc };
    if evaluation.kyc != before.kyc {
        keep(&mut evaluation.kyc_history, record);
    }
    tell(draft, before, EvaluationKind::Kyc, why);
}

/// Ends the fraud runs of the customer with this score.
pub fn end_fraud(draft: &mut Draft<'_>, seen: Seen, rules: &Rules) {
    let now = draft.now();
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let asked = |one: &&super::operation::Operation| one.is_running() && one.kind == EvaluationKind::Fraud;
    if evaluation.operations.iter().find(asked).is_none() {
        return;
    }
    advance(draft, EvaluationKind::Fraud);
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    evaluation.score = Some(seen.score);
    evaluation.weighed = seen.weighed;
    keep(&mut evaluation.fraud_history, FraudRecord { at: now, score: seen.score });
    if !evaluation.tags.is_empty() {
        evaluation.tags.extend(seen.findings.into_iter().filter(|(tag, _)| check_of(*tag).is_none()));
        evaluation.signals = seen.signals;
    }
    evaluation.approval = approval(evaluation, rules);
    end(draft, EvaluationKind::Fraud);
}

/// Looks again at one who has a score, because others have come or were flagged who share something with it. A score that
/// would be told differently is told, as a run that nobody asked for. Nobody is turned away by what strangers do: a person
/// is asked.
pub fn look_again(draft: &mut Draft<'_>, seen: Seen, rules: &Rules) {
    let now = draft.now();
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let before = evaluation.standing();
    evaluation.tags.extend(seen.findings.into_iter().filter(|(tag, _)| check_of(*tag).is_none()));
    evaluation.signals = seen.signals;
    evaluation.score = Some(seen.score);
    evaluation.weighed = seen.weighed;
    evaluation.approval = approval(evaluation, rules);
    hold(evaluation, &before);
    if !evaluation.standing().differs_from(&before) {
        return;
    }
    keep(&mut evaluation.fraud_history, FraudRecord { at: now, score: seen.score });
    tell(draft, before, EvaluationKind::Fraud, Why::Screened);
}

/// Puts to a person whom a score would turn away that no run was asked for.
fn hold(evaluation: &mut Evaluation, before: &super::Standing) {
    let by_score = evaluation.flag.is_none() && evaluation.decided.is_none() && evaluation.kyc != Kyc::Rejected;
    if by_score && evaluation.approval == Approval::Rejected && before.approval != Approval::Rejected {
        evaluation.approval = Approval::Review;
    }
}

/// Whether others who come may change what is thought of the customer: it has a score that nobody promised, and nothing
/// is under way that would look at it anyhow.
#[must_use]
pub fn may_be_looked_at_again(customer: &Customer) -> bool {
    customer.evaluation.as_ref().is_some_and(|known| known.weighed.is_some() && known.running().is_none())
}

/// Whether somebody new has just been evaluated: the run that began with its onboarding has ended in this change.
#[must_use]
pub fn has_come(changes: &Changes) -> bool {
    let Some(evaluation) = &changes.customer.evaluation else { return false };
    let ended = |kind| matches!(kind, EventKind::Evaluation(EvaluationKind::Kyc, Phase::Completed));
    let run =
        changes.events.iter().filter(|event| ended(event.kind)).find_map(|event| evaluation.operation(event.about?));
    run.is_some_and(|run| run.trigger == Trigger::Onboard && run.request_id.is_some())
}

/// Whether a fraud run of the customer waits to be ended.
#[must_use]
pub fn awaits_fraud(customer: &Customer) -> bool {
    customer.evaluation.as_ref().is_some_and(|evaluation| {
        evaluation.operations.iter().any(|one| one.is_running() && one.kind == EvaluationKind::Fraud)
    })
}

/// The findings, with those of the lists.
fn with_lists(checks: &BTreeMap<crate::CheckKind, Check>, seen: &Seen) -> BTreeMap<Tag, Finding> {
    let finding = |tag: Tag| match check_of(tag) {
        Some(kind) => checks.get(&kind).map_or_else(Finding::passed, of_check),
        None => seen.findings.get(&tag).cloned().unwrap_or_else(Finding::passed),
    };
    Tag::ALL.map(|tag| (tag, finding(tag))).into()
}

/// What a check says. One that is not required and could not be run holds nobody up, and says that it was not run.
fn of_check(check: &Check) -> Finding {
    match check.state {
        CheckState::Clear => {
            Finding { passed: true, reasons: vec!["No list has anybody like the customer.".to_owned()] }
        }
        CheckState::Pending | CheckState::Unavailable(_) => {
            Finding { passed: !check.is_awaited(), reasons: vec!["No list of this kind could be asked.".to_owned()] }
        }
        CheckState::Hit(_) | CheckState::Reviewing(_) => {
            Finding::failed("Somebody on a list looks like the customer; a person has to say whether it is.")
        }
        CheckState::Confirmed(_) => Finding::failed("A person found that the customer is on a list."),
    }
}

pub(super) fn is_confirmed(checks: &BTreeMap<crate::CheckKind, Check>) -> bool {
    checks.values().any(|check| matches!(check.state, CheckState::Confirmed(_)))
}

/// KYC and approval from the tags and from what people said.
pub(super) fn settle(evaluation: &mut Evaluation, confirmed: bool, rules: &Rules) {
    let held = evaluation.tags.iter().any(|(tag, finding)| tag.asks_for_a_person() && !finding.passed)
        || evaluation.document.as_ref().is_some_and(super::document::DocumentReport::warns);
    let listed = evaluation.tags.iter().any(|(tag, finding)| check_of(*tag).is_some() && !finding.passed);
    if listed && evaluation.decided == Some(Approval::Approved) {
        // Who was let in by hand was not on a list then.
        evaluation.decided = None;
    }
    evaluation.kyc = match evaluation.decided {
        _ if confirmed => Kyc::Rejected,
        Some(Approval::Rejected) => Kyc::Rejected,
        _ if evaluation.tags.is_empty() => Kyc::Pending,
        Some(Approval::Approved) => Kyc::Passed,
        _ if held => Kyc::Review,
        _ => Kyc::Passed,
    };
    evaluation.approval = approval(evaluation, rules);
}

/// A flag and a person come first. Nobody is let in by score as long as KYC has not passed, and nobody whom a list may
/// know is decided on by score at all.
fn approval(evaluation: &Evaluation, rules: &Rules) -> Approval {
    if evaluation.flag.is_some() || evaluation.kyc == Kyc::Rejected {
        return Approval::Rejected;
    }
    if let Some(decided) = evaluation.decided {
        return decided;
    }
    let listed = evaluation.tags.iter().any(|(tag, finding)| check_of(*tag).is_some() && !finding.passed);
    match evaluation.score {
        _ if listed => Approval::Review,
        None => Approval::Review,
        Some(score) if score < rules.reject_below => Approval::Rejected,
        Some(score) if score >= rules.approve_at && evaluation.kyc == Kyc::Passed => Approval::Approved,
        Some(_) => Approval::Review,
    }
}

/// Tells that runs which were only asked for are under way.
fn advance(draft: &mut Draft<'_>, kind: EvaluationKind) {
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let mut begun = Vec::new();
    for operation in evaluation.operations.iter_mut().filter(|one| one.kind == kind && one.phase == Phase::Initiated) {
        operation.phase = Phase::InProgress;
        begun.push(operation.id);
    }
    for id in begun {
        draft.happened(EventKind::Evaluation(kind, Phase::InProgress), Some(id), None);
    }
}

/// Ends the runs that are under way, each with how the customer stands now. For each, the request of the fraud run that
/// follows, if one does.
fn end(draft: &mut Draft<'_>, kind: EvaluationKind) -> Vec<Option<Option<String>>> {
    let Some(evaluation) = &mut draft.customer.evaluation else { return Vec::new() };
    let after = evaluation.standing();
    let mut ended = Vec::new();
    let mut follow = Vec::new();
    for operation in evaluation.operations.iter_mut().filter(|one| one.kind == kind && one.is_running()) {
        operation.phase = Phase::Completed;
        operation.after = Some(after.clone());
        ended.push(operation.id);
        follow.push(operation.then_fraud.then(|| operation.request_id.clone()));
    }
    for id in ended {
        draft.happened(EventKind::Evaluation(kind, Phase::Completed), Some(id), Some(after.approval.as_str()));
    }
    follow
}

/// Tells of a change that no run was asked for: a run that is ended at once.
fn tell(draft: &mut Draft<'_>, before: super::Standing, kind: EvaluationKind, why: Why) {
    let trigger = match why {
        Why::Decided => Trigger::Onboard,
        Why::Screened => Trigger::Evaluation,
    };
    let id = begin::note(draft, Request { request_id: None, trigger, kind, then_fraud: false }, before);
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let after = evaluation.standing();
    let to = after.approval.as_str();
    if let Some(operation) = evaluation.operations.iter_mut().find(|operation| operation.id == id) {
        operation.phase = Phase::Completed;
        operation.after = Some(after);
    }
    draft.happened(EventKind::Evaluation(kind, Phase::Completed), Some(id), Some(to));
}

/// Adds to a history, forgetting the oldest where there is no more room.
pub(super) fn keep<T>(history: &mut Vec<T>, record: T) {
    if history.len() >= HISTORY_MAX {
        history.remove(0);
    }
    history.push(record);
}
