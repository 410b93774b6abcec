//! Documents that a customer sends: a run of their own, ended by a verifier or a person.

use std::collections::BTreeMap;

use jiff::civil::Date;
use uuid::Uuid;

use super::begin::{self, Request};
use super::conclude::{Rules, keep, settle};
use super::document::{DocumentFinding, DocumentReport};
use super::operation::{EvaluationKind, Operation, Phase};
use super::scenario::Scenario;
use super::{DocumentTag, Evaluation, Kyc, KycBasis, KycRecord};
use crate::customer::Draft;
use crate::event::EventKind;
use crate::id::FileId;

/// Begins the run of a document that was looked at as far as a machine can. It is in progress until somebody says what
/// is left open; where nothing is, it is ended at once. Which run it is.
pub fn submitted(
    draft: &mut Draft<'_>,
    request: Request,
    mut report: DocumentReport,
    scenario: Option<Scenario>,
    rules: &Rules,
) -> Option<Uuid> {
    if let Some(scenario) = scenario {
        report.findings.clear();
        report.answer_open(scenario.document_passes);
    }
    begin::begin(draft, request);
    let run = draft.customer.evaluation.as_mut()?.operations.last_mut()?;
    let (id, file, complete) = (run.id, report.file, report.is_complete());
    run.phase = Phase::InProgress;
    run.document = Some(report);
    draft.happened(EventKind::Evaluation(EvaluationKind::Document, Phase::InProgress), Some(id), None);
    if complete {
        answered(draft, file, |_| {}, rules);
    }
    Some(id)
}

/// Takes in what a verifier or a person says of a document, and ends its run. Nothing happens if none is under way.
pub fn answered(draft: &mut Draft<'_>, file: FileId, answer: impl FnOnce(&mut DocumentReport), rules: &Rules) {
    let confirmed = super::conclude::is_confirmed(&draft.customer.checks);
    let at = draft.now();
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let about =
        |run: &&mut Operation| run.is_running() && run.document.as_ref().is_some_and(|report| report.file == file);
    let Some(run) = evaluation.operations.iter_mut().find(about) else { return };
    let Some(report) = &mut run.document else { return };
    answer(report);
    let id = run.id;
    let report = report.clone();
    let outcome = if report.warns() { Kyc::Review } else { Kyc::Passed };
    let by = KycBasis::Document { kind: report.kind, issued_on: report.issued_on };
    evaluation.document = Some(report);
    keep(&mut evaluation.kyc_history, KycRecord { at, outcome, by });
    settle(evaluation, confirmed, rules);
    let after = evaluation.standing();
    let to = after.approval.as_str();
    if let Some(run) = evaluation.operations.iter_mut().find(|run| run.id == id) {
        run.phase = Phase::Completed;
        run.after = Some(after);
    }
    draft.happened(EventKind::Evaluation(EvaluationKind::Document, Phase::Completed), Some(id), Some(to));
}

/// What a verifier concludes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Verified {
    /// It is in order.
    Pass,
    /// A person should look; so, too, where a verifier cannot be reached.
    #[default]
    Review,
    /// It is not in order.
    Fail,
}

/// What a verifier says of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// What it concludes.
    pub result: Verified,
    /// What it looked at.
    pub checks: BTreeMap<DocumentTag, bool>,
    /// What the machine-readable zone says that it read, compared with the customer.
    pub read: BTreeMap<DocumentTag, DocumentFinding>,
    /// The day of issue that it read.
    pub issued_on: Option<Date>,
}

/// How a verifier's word on a tag is kept beside what was found here.
const VERIFIER: &str = "verifier";

/// Takes in what a verifier says. It ends the run only where it says that all is in order, and nothing that was found here
/// speaks against that. In every other case a person says what is open: nobody is refused by a machine outside.
pub fn verified(draft: &mut Draft<'_>, file: FileId, verdict: Verdict, rules: &Rules) {
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let runs = evaluation.operations.iter_mut().filter(|run| run.is_running());
    let Some(report) = runs.filter_map(|run| run.document.as_mut()).find(|report| report.file == file) else { return };
    for (tag, finding) in verdict.read {
        for (word, passed) in finding.details {
            report.findings.entry(tag).or_default().details.insert(word, passed);
        }
        if let Some(passed) = finding.passed {
            report.answer(tag, passed);
        }
    }
    let in_order = verdict.result == Verified::Pass && verdict.checks.values().all(|passed| *passed);
    for (tag, passed) in verdict.checks {
        report.findings.entry(tag).or_default().details.insert(VERIFIER.to_owned(), passed);
    }
    report.issued_on = verdict.issued_on.or(report.issued_on);
    if in_order && !report.warns() {
        answered(draft, file, |report| report.answer_open(true), rules);
    } else if report.is_complete() {
        answered(draft, file, |_| {}, rules);
    }
}

/// Documents whose runs are under way, the oldest first.
pub fn open(evaluation: &Evaluation) -> impl Iterator<Item = (&Operation, &DocumentReport)> {
    let runs = evaluation.operations.iter().filter(|run| run.is_running());
    runs.filter_map(|run| run.document.as_ref().map(|report| (run, report)))
}

/// Ends the run of a document that cannot be looked at: a verifier says that there is nothing to see.
pub fn failed(draft: &mut Draft<'_>, file: FileId) {
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    let after = evaluation.standing();
    let about =
        |run: &&mut Operation| run.is_running() && run.document.as_ref().is_some_and(|report| report.file == file);
    let Some(run) = evaluation.operations.iter_mut().find(about) else { return };
    run.phase = Phase::Failed;
    run.after = Some(after);
    let id = run.id;
    draft.happened(EventKind::Evaluation(EvaluationKind::Document, Phase::Failed), Some(id), None);
}
