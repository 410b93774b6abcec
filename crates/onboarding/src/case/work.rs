//! Who does a case, and what is noted and attached while it is done.

use jiff::Timestamp;

use super::{Act, Case, CaseRefusal, CaseState, name, text};
use crate::changes::{Changes, Refusal};
use crate::check::CheckState;
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::id::FileId;
use crate::pii::Pii;

/// Who is to do a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Who.
    pub to: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Something noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Who noted it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: Pii<String>,
}

impl Comment {
    /// Longest comment or reason.
    pub const CHARS_MAX: usize = 4_000;
}

/// A file that belongs to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Which.
    pub file: FileId,
    /// Who attached it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A person takes the case: it is theirs, and its checks are under review from now on.
///
/// # Errors
/// What [`Act`] says of itself; [`CaseRefusal::Closed`], [`CaseRefusal::OtherCustomers`], [`CaseRefusal::Stale`].
pub fn take(
    customer: Customer,
    mut case: Case,
    act: &Act,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = act.enter(&customer, &case)?;
    let mut draft = Draft::new(customer, ids, now);
    review(&mut draft, &mut case, &by);
    if case.assignment.as_ref().is_none_or(|assignment| assignment.to != by) {
        case.assignment = Some(Assignment { to: by.clone(), by, at: now });
    }
    Ok(finish(draft, case))
}

/// A case is given to somebody, or to nobody.
///
/// # Errors
/// As for [`take`].
pub fn assign(
    customer: Customer,
    mut case: Case,
    act: &Act,
    to: Option<&str>,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = act.enter(&customer, &case)?;
    let to = to.map(name).transpose()?;
    let mut draft = Draft::new(customer, ids, now);
    case.assignment = to.map(|to| Assignment { to, by, at: now });
    draft.happened(EventKind::CaseAssigned, Some(case.id.into()), None);
    Ok(finish(draft, case))
}

/// Something is noted.
///
/// # Errors
/// As for [`take`]; [`CaseRefusal::NoText`], [`CaseRefusal::TooMany`].
pub fn comment(
    customer: Customer,
    mut case: Case,
    act: &Act,
    told: &Pii<String>,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = act.enter(&customer, &case)?;
    let text = text(told)?;
    if case.comments.len() >= Case::COMMENTS_MAX {
        return Err(CaseRefusal::TooMany("comments").into());
    }
    let mut draft = Draft::new(customer, ids, now);
    case.comments.push(Comment { by, at: now, text });
    draft.happened(EventKind::CaseCommented, Some(case.id.into()), None);
    Ok(finish(draft, case))
}

/// A file is attached.
///
/// # Errors
/// As for [`take`]; [`CaseRefusal::TooMany`].
pub fn attach(
    customer: Customer,
    mut case: Case,
    act: &Act,
    file: FileId,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let by = act.enter(&customer, &case)?;
    if case.attachments.len() >= Case::ATTACHMENTS_MAX {
        return Err(CaseRefusal::TooMany("files").into());
    }
    let mut draft = Draft::new(customer, ids, now);
    case.attachments.push(Attachment { file, by, at: now });
    draft.happened(EventKind::CaseAttached, Some(case.id.into()), None);
    Ok(finish(draft, case))
}

/// Puts the case under review by `by`, and with it every check that waits for it.
pub(super) fn review(draft: &mut Draft<'_>, case: &mut Case, by: &str) {
    let taken = matches!(&case.state, CaseState::InReview { by: reviewer, .. } if reviewer == by);
    if !taken {
        case.state = CaseState::InReview { by: by.to_owned(), since: draft.now() };
        draft.happened(EventKind::CaseTaken, Some(case.id.into()), None);
    }
    under_review(draft, case);
}

/// Puts every check that waits for the case under review.
pub(super) fn under_review(draft: &mut Draft<'_>, case: &Case) {
    for check in case.questions.iter().filter(|question| !question.is_answered()).filter_map(super::Question::check) {
        let waits = draft.customer.checks.get(&check).map(|check| &check.state);
        if waits == Some(&CheckState::Hit(case.id)) {
            draft.move_check(check, CheckState::Reviewing(case.id));
        }
    }
}

/// Ends a change of the case; it closes when no question is left.
pub(super) fn finish(mut draft: Draft<'_>, mut case: Case) -> Changes {
    if case.is_open() && case.questions.iter().all(super::Question::is_answered) {
        case.state = CaseState::Closed { at: draft.now() };
        draft.happened(EventKind::CaseClosed, Some(case.id.into()), None);
    }
    case.version += 1;
    let mut changes = draft.finish();
    changes.case = Some(case);
    changes
}
