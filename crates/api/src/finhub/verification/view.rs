//! A verification on the wire.

use onboarding::enrolment::verification::{Submission, Verification, VerificationKind};
use serde_json::{Value, json};
use service::enrolments::Progress;

use super::PREFIX;
use super::body::level_word;
use crate::finhub::view::{next_step, upper};

/// A customer's verification; `null` where there is none.
#[must_use]
pub fn view(progress: &Progress) -> Value {
    let Some(verification) = &progress.enrolment.verification else { return Value::Null };
    let Verification { id, kind, level, documents, approvals, started_at } = verification;
    let required: Vec<String> = kind.required().iter().map(|document| upper(document.as_str())).collect();
    let missing: Vec<String> =
        verification.missing_documents().iter().map(|document| upper(document.as_str())).collect();
    let approvals: Vec<Value> = approvals
        .iter()
        .map(|approval| json!({ "level": level_word(approval.level), "approvedBy": approval.by, "approvedAt": approval.at.to_string() }))
        .collect();
    json!({
        "verificationId": format!("{PREFIX}{id}"),
        "customerId": progress.customer.id.to_string(),
        "status": status(progress, verification),
        "level": upper(kind.as_str()),
        "requestedLevel": level_word(*level),
        "requiredDocuments": required,
        "missingDocuments": missing,
        "verificationTypes": types(*kind),
        "documents": documents.iter().map(document).collect::<Vec<Value>>(),
        "approvals": approvals,
        "powerTenantApprovalRequired": verification.wants_power_tenant(),
        "startedAt": started_at.to_string(),
        "nextStep": next_step(progress.next),
    })
}

/// A document that was shown, without what stands in it.
#[must_use]
pub fn document(shown: &Submission) -> Value {
    json!({
        "documentId": shown.id.to_string(),
        "documentType": shown.word,
        "category": upper(shown.document.as_str()),
        "hasFile": shown.file.is_some(),
        "status": "SUBMITTED",
        "submittedAt": shown.at.to_string(),
    })
}

/// What everybody asks first: whether it is done.
fn status(progress: &Progress, verification: &Verification) -> &'static str {
    use onboarding::enrolment::Stage;
    match progress.stage {
        Stage::Verified | Stage::ConsentsGranted | Stage::Active => "APPROVED",
        _ if !verification.approvals.is_empty() => "PENDING_CHECKS",
        _ if verification.missing_documents().is_empty() => "PENDING_APPROVAL",
        _ => "IN_PROGRESS",
    }
}

/// What is looked at.
const fn types(kind: VerificationKind) -> &'static [&'static str] {
    match kind {
        VerificationKind::Simplified | VerificationKind::Standard => {
            &["IDENTITY_VERIFICATION", "DOCUMENT_VERIFICATION", "SANCTIONS_CHECK"]
        }
        VerificationKind::Enhanced => {
            &["IDENTITY_VERIFICATION", "DOCUMENT_VERIFICATION", "ENHANCED_DUE_DILIGENCE", "SANCTIONS_CHECK"]
        }
    }
}
