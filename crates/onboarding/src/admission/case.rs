//! What a person is asked about an admission in the customer's case, and what follows from the answers.

use jiff::Timestamp;

use super::Admission;
use super::create::Fresh;
use super::diligence::{self, DiligenceState, Reason, Verdict};
use super::standing::Change;
use super::tax;
use crate::case::answer::{Answer, Standing};
use crate::case::{Asks, Case, NewQuestion, Outcome};
use crate::changes::Changes;
use crate::check::{CheckKind, CheckState};
use crate::customer::{Customer, Ids};
use crate::id::FileId;
use crate::policy::Policy;

/// What a person consents to: that a customer is served although it is politically exposed.
pub const EXPOSED: &str = "politically exposed person";

/// What is to be asked of a person now and was not before: documents, selfies and tax papers that are to be looked at, and
/// whether somebody is served who is politically exposed. With each document, its files, which a reviewer must see.
#[must_use]
pub fn questions(before: Option<&Customer>, after: &Customer) -> Vec<(NewQuestion, Vec<FileId>)> {
    let Some(admission) = &after.admission else { return Vec::new() };
    let known = before.and_then(|before| before.admission.as_ref());
    let waited = documents(known);
    let new = documents(Some(admission)).into_iter().filter(|document| !waited.contains(document));
    let mut questions: Vec<_> = new
        .map(|(what, file, files)| {
            let asks = Asks::Document { file, what: what.to_owned() };
            (NewQuestion { anew: true, ..NewQuestion::of(asks) }, files)
        })
        .collect();
    let exposed = |customer: &Customer| {
        customer.checks.get(&CheckKind::Pep).is_some_and(|check| matches!(check.state, CheckState::Confirmed(_)))
    };
    if exposed(after) && !before.is_some_and(exposed) && admission.exposed_served.is_none() {
        questions.push((NewQuestion::of(Asks::Approval { what: EXPOSED.to_owned() }), Vec::new()));
    }
    questions
}

/// What waits for a person: what it is to be, the file that stands for it, and all of its files.
fn documents(admission: Option<&Admission>) -> Vec<(&'static str, FileId, Vec<FileId>)> {
    let Some(admission) = admission else { return Vec::new() };
    let shown = admission.demand.iter().flat_map(|demand| &demand.diligences);
    let shown = shown.filter(|shown| shown.state == DiligenceState::ToReview).filter_map(|shown| {
        let files: Vec<FileId> = shown.files.iter().map(|file| file.id).collect();
        Some((shown.kind.as_str(), *files.first()?, files))
    });
    let papers = admission.tax.iter().flat_map(|form| &form.papers);
    let papers = papers.filter(|paper| paper.state == tax::PaperState::Received).filter_map(|paper| {
        // Each time something is sent, it is asked again.
        Some((paper.kind.as_str(), *paper.files.last()?, paper.files.clone()))
    });
    shown.chain(papers).collect()
}

/// Whether this question is about a document of this admission, so that a refusal must name one of the listed reasons.
#[must_use]
pub fn is_of_admission(customer: &Customer, asks: &Asks) -> bool {
    let Asks::Document { file, .. } = asks else { return false };
    let Some(admission) = &customer.admission else { return false };
    let shown = admission.demand.iter().flat_map(|demand| &demand.diligences).flat_map(|shown| &shown.files);
    let papers = admission.tax.iter().flat_map(|form| &form.papers).flat_map(|paper| &paper.files);
    shown.map(|known| known.id).chain(papers.copied()).any(|known| known == *file)
}

/// What a person may say to a document: in order, refused for a reason, or somebody else's.
#[must_use]
pub fn verdict(answer: &Answer) -> Option<Verdict> {
    match answer.outcome {
        Outcome::Accepted => Some(Verdict::Validated),
        Outcome::Refused => Reason::read(&answer.reason).map(Verdict::Refused),
        Outcome::Fraud => Some(Verdict::Fraud),
        _ => None,
    }
}

/// Takes in what a person has just said in the customer's case; `before` is the customer before it. Of who was not let in
/// this way, nothing.
#[must_use]
pub fn answered(
    changes: Changes,
    before: &Customer,
    fresh: &Fresh,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Changes {
    if before.admission.is_none() {
        return changes;
    }
    let said = just_said(changes.case.as_ref(), now);
    let Ok(mut change) = Change::resume(changes.clone(), before, policy, ids, now) else { return changes };
    for (asks, answer) in said {
        match asks {
            Asks::Document { file, .. } => {
                let Some(verdict) = verdict(&answer) else { continue };
                // An answer that comes too late, of a demand that has ended, changes nothing.
                if let Some(shown) = diligence_of(change.admission(), file) {
                    drop(diligence::conclude(&mut change, shown, verdict, fresh));
                } else {
                    tax::decide_paper(&mut change.draft, file, verdict);
                }
            }
            Asks::Approval { what } if what == EXPOSED => match answer.outcome {
                Outcome::Accepted => change.admission().exposed_served = Some(true),
                Outcome::Refused => change.admission().exposed_served = Some(false),
                _ => {}
            },
            _ => {}
        }
    }
    change.finish()
}

fn diligence_of(admission: &Admission, file: FileId) -> Option<uuid::Uuid> {
    let shown = admission.demand.iter().flat_map(|demand| &demand.diligences);
    shown.into_iter().find(|shown| shown.files.iter().any(|known| known.id == file)).map(|shown| shown.id)
}

/// The answers that count since now: given just now, or confirmed by a second person.
fn just_said(case: Option<&Case>, now: Timestamp) -> Vec<(Asks, Answer)> {
    let since = |answer: &Answer| match answer.standing {
        Standing::Confirmed { at, .. } => at,
        _ => answer.at,
    };
    let questions = case.into_iter().flat_map(|case| &case.questions);
    let said = questions.filter_map(|question| Some((question.asks.clone(), question.answer()?.clone())));
    said.filter(|(_, answer)| since(answer) == now).collect()
}
