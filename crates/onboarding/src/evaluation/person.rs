//! What a person is asked about an evaluation, in the customer's case, and what follows from the answer.

use jiff::Timestamp;

use super::conclude::{self, Rules, Why};
use super::operation::Phase;
use super::{Approval, Evaluation, Kyc, papers};
use crate::case::answer::{Answer, Standing};
use crate::case::ask::NewQuestion;
use crate::case::{Asks, Outcome};
use crate::changes::Changes;
use crate::customer::Draft;
use crate::event::EventKind;
use crate::id::FileId;

/// What a person consents to: that the customer is let in although its evaluation is in doubt.
const APPROVAL: &str = "evaluation";

/// The question that a run which has just ended leaves for a person: a contradiction in the identity, or a score between
/// the thresholds. Where a list asks already, its question comes first; and who was never to be checked for fraud is
/// decided on wherever the institution decides.
#[must_use]
pub fn left_open(changes: &Changes) -> Option<NewQuestion> {
    let ended = |kind| matches!(kind, EventKind::Evaluation(_, Phase::Completed));
    let evaluation = changes.customer.evaluation.as_ref()?;
    let listed = changes.customer.checks.values().any(|check| check.state.case().is_some());
    let doubtful = evaluation.kyc == Kyc::Review || (evaluation.score.is_some() && evaluation.kyc == Kyc::Passed);
    let open = evaluation.approval == Approval::Review && evaluation.decided.is_none() && doubtful && !listed;
    let now = open && changes.events.iter().any(|event| ended(event.kind));
    now.then(|| NewQuestion::of(Asks::Approval { what: APPROVAL.to_owned() }))
}

/// The question about a document that no verifier looks at.
#[must_use]
pub fn about_document(evaluation: &Evaluation, file: FileId) -> Option<NewQuestion> {
    let reports = evaluation.operations.iter().filter(|run| run.is_running()).filter_map(|run| run.document.as_ref());
    let report = reports.into_iter().find(|report| report.file == file)?;
    Some(NewQuestion::of(Asks::Document { file, what: report.kind.as_str().to_owned() }))
}

/// Since when an answer counts: since it was given, or since a second person agreed.
fn counts_since(answer: &Answer) -> Timestamp {
    match answer.standing {
        Standing::Confirmed { at, .. } => at,
        _ => answer.at,
    }
}

/// Takes in what a person has just said in the customer's case.
pub fn answered(draft: &mut Draft<'_>, rules: &Rules) {
    let now = draft.now();
    let said: Vec<(Asks, bool)> = draft
        .case()
        .iter()
        .flat_map(|case| &case.questions)
        .filter_map(|question| {
            let answer = question.answer().filter(|answer| counts_since(answer) == now)?;
            match answer.outcome {
                Outcome::Accepted => Some((question.asks.clone(), true)),
                Outcome::Refused => Some((question.asks.clone(), false)),
                _ => None,
            }
        })
        .collect();
    for (asks, accepted) in said {
        match asks {
            Asks::Document { file, .. } => {
                papers::answered(draft, file, |report| report.answer_open(accepted), rules);
            }
            Asks::Approval { what } if what == APPROVAL => {
                let flagged = draft.customer.evaluation.as_ref().is_some_and(|evaluation| evaluation.flag.is_some());
                if let Some(evaluation) = &mut draft.customer.evaluation
                    && !(accepted && flagged)
                {
                    evaluation.decided = Some(if accepted { Approval::Approved } else { Approval::Rejected });
                }
            }
            _ => {}
        }
    }
    conclude::again(draft, rules, Why::Decided);
}
