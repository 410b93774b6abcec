//! A person says that a customer is a fraud, takes it back, or decides by hand.

use super::conclude::{self, Rules, Why};
use super::{Approval, Flag};
use crate::customer::Draft;
use crate::event::EventKind;
use crate::pii::Pii;

/// Flags the customer: it is rejected, and whoever shares something with it is warned of. Flagging one that is flagged
/// puts the new note in place of the old one.
pub fn flag(draft: &mut Draft<'_>, note: Option<Pii<String>>) {
    let at = draft.now();
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    evaluation.flag = Some(Flag { note, at });
    evaluation.approval = Approval::Rejected;
    draft.happened(EventKind::CustomerFlagged, None, Some("flagged"));
}

/// Takes a flag back: somebody has to look at the customer again.
pub fn unflag(draft: &mut Draft<'_>) {
    let Some(evaluation) = &mut draft.customer.evaluation else { return };
    evaluation.flag = None;
    evaluation.decided = None;
    evaluation.approval = Approval::Review;
    draft.happened(EventKind::CustomerFlagged, None, Some("unflagged"));
}

/// A person approves or rejects the customer, whatever its score is. Rejecting it rejects what KYC left open.
///
/// One that is flagged, or about whom a question of a list is open, is not approved: `false`.
pub fn decide(draft: &mut Draft<'_>, approval: Approval, rules: &Rules) -> bool {
    let open = draft.customer.checks.values().any(|check| check.state.case().is_some());
    let Some(evaluation) = &mut draft.customer.evaluation else { return false };
    if approval == Approval::Approved && (open || evaluation.flag.is_some()) {
        return false;
    }
    evaluation.decided = Some(approval);
    conclude::again(draft, rules, Why::Decided);
    true
}
