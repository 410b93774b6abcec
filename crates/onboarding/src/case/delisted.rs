//! Entries that have left their list: what was asked about them is withdrawn.

use super::{Answer, Case, Outcome, Standing};
use crate::check::{CheckKind, CheckState};
use crate::customer::Draft;
use crate::event::EventKind;
use crate::id::CaseId;
use crate::pii::Pii;

/// Who withdraws what the publisher of a list has taken back.
const PUBLISHER: &str = "the list";

/// Withdraws what is asked about entries that are listed no more, as (list, entry), and is not answered yet. The checks
/// whose questions are answered with that wait for the screening that is being concluded, as if it were their first.
/// Whether anything was withdrawn.
pub(crate) fn withdraw(draft: &mut Draft<'_>, case: &mut Case, delisted: &[(String, String)]) -> bool {
    let now = draft.now();
    let mut touched = false;
    for question in case.questions.iter_mut().filter(|question| !question.is_answered()) {
        let Some(check) = question.check() else { continue };
        let gone = |list: &str, entity: &str| delisted.iter().any(|(l, e)| (l.as_str(), e.as_str()) == (list, entity));
        let withdrawn = Answer {
            outcome: Outcome::Withdrawn,
            by: PUBLISHER.to_owned(),
            reason: Pii("The entry is listed no more.".to_owned()),
            at: now,
            standing: Standing::Given,
        };
        let asked = question.hits.iter_mut().filter(|asked| asked.verdict.settled().is_none());
        let mut any = false;
        for asked in asked.filter(|asked| asked.hit.entries().all(|(list, entity, _)| gone(list, entity))) {
            asked.verdict.give(withdrawn.clone());
            any = true;
        }
        touched |= any;
        if !any || question.hits.iter().any(|asked| asked.verdict.settled().is_none()) {
            continue;
        }
        question.verdict.give(withdrawn);
        draft.happened(EventKind::CaseDecided, Some(case.id.into()), Some(Outcome::Withdrawn.as_str()));
        dismiss(
            draft,
            case.id,
            check,
            question
                .hits
                .iter()
                .filter(|asked| asked.verdict.settled().is_some_and(|answer| answer.outcome == Outcome::FalsePositive)),
        );
        if let Some(check) = draft.customer.checks.get_mut(&check)
            && check.state.case() == Some(case.id)
            && !matches!(check.state, CheckState::Confirmed(_))
        {
            check.state = CheckState::Pending;
        }
    }
    touched
}

/// What a person found to be somebody else stays so, though its question was withdrawn for the rest.
fn dismiss<'a>(draft: &mut Draft<'_>, case: CaseId, kind: CheckKind, hits: impl Iterator<Item = &'a super::AskedHit>) {
    let Some(check) = draft.customer.checks.get_mut(&kind) else { return };
    for asked in hits {
        let dismissed = asked.verdict.settled().into_iter().flat_map(|answer| asked.hit.dismissals(answer, case));
        dismissed.for_each(|dismissed| check.dismiss(dismissed));
    }
}
