//! A run begins.

use super::operation::{EvaluationKind, Operation, Phase, Trigger};
use super::{Evaluation, OPERATIONS_MAX, Origin, Standing};
use crate::customer::Draft;
use crate::event::EventKind;

/// A run that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What the caller knows it by; none where nobody asked over the API.
    pub request_id: Option<String>,
    /// What starts it.
    pub trigger: Trigger,
    /// What is evaluated.
    pub kind: EvaluationKind,
    /// Whether a fraud evaluation follows a KYC one.
    pub then_fraud: bool,
}

/// Evaluates the customer from the beginning: it was onboarded, or sent whole again. What a person flagged stays flagged,
/// and what was asked for before is still answered, with what is found now.
pub fn anew(draft: &mut Draft<'_>, origin: Origin, request: Request) {
    let known = draft.customer.evaluation.take();
    let mut evaluation = Evaluation::unknown(origin);
    if let Some(known) = known {
        evaluation.flag = known.flag;
        evaluation.operations = known.operations;
        evaluation.kyc_history = known.kyc_history;
        evaluation.fraud_history = known.fraud_history;
        if evaluation.flag.is_some() {
            evaluation.approval = super::Approval::Rejected;
        }
    }
    draft.customer.evaluation = Some(evaluation);
    begin(draft, request);
}

/// Notes a run and tells that it was asked for. Does nothing for a customer that is not evaluated.
pub fn begin(draft: &mut Draft<'_>, request: Request) {
    let Some(before) = draft.customer.evaluation.as_ref().map(Evaluation::standing) else { return };
    let kind = request.kind;
    let id = note(draft, request, before);
    draft.happened(EventKind::Evaluation(kind, Phase::Initiated), Some(id), None);
}

/// Keeps a run of the customer, forgetting the oldest ended one where there is no more room.
pub(super) fn note(draft: &mut Draft<'_>, request: Request, before: Standing) -> uuid::Uuid {
    let (id, begun_at) = (draft.next_id(), draft.now());
    let Some(evaluation) = &mut draft.customer.evaluation else { return id };
    let operations = &mut evaluation.operations;
    if operations.len() >= OPERATIONS_MAX {
        let oldest = operations.iter().position(|operation| !operation.is_running()).unwrap_or(0);
        operations.remove(oldest);
    }
    let Request { request_id, trigger, kind, then_fraud } = request;
    let phase = Phase::Initiated;
    let (after, document) = (None, None);
    operations.push(Operation { id, request_id, trigger, kind, phase, then_fraud, before, after, document, begun_at });
    id
}
