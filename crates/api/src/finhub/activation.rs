//! The last step: whether it can be taken, and taking it.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use onboarding::Pii;
use serde_json::{Value, json};
use service::enrolments::{ActivationCheck, NewActivation};

use super::caller::Signed;
use super::consents;
use super::envelope::{Payload, answer};
use super::error::Failure;
use super::headers::is_tenant;
use super::view::wallet;
use super::{Counter, paths};
use crate::fields::{Fault, Object};

/// Longest reason and name, in characters.
const TEXT_CHARS_MAX: usize = 500;

/// `GET …/{customerId}/owner/{tenantId}/activation/check`.
///
/// # Errors
/// 403 for another tenant or customer, 404.
pub async fn check(
    State(counter): State<Counter>,
    signed: Signed,
    Path((customer, owner)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    if !is_tenant(&owner, &caller) {
        return Err(Failure::other_tenant(&owner));
    }
    let check = counter.service.activation_check(&caller, customer).await?;
    Ok(answer("Activation check completed", &view(&check)))
}

fn view(check: &ActivationCheck) -> Value {
    let ActivationCheck { progress, readiness, power_tenant } = check;
    let risk = progress.enrolment.categorization.as_ref().map(|category| category.risk_level().to_owned());
    let default_risk = if readiness.high_risk { "HIGH" } else { "MEDIUM" };
    let mut view = json!({
        "activationAllowed": readiness.allowed,
        "consentOk": readiness.consents_ok,
        "verificationOk": readiness.verification_ok,
        "powerTenantApprovalOk": readiness.power_tenant_ok,
        "powerTenantApprovalRequired": readiness.power_tenant_required,
        "riskLevel": risk.unwrap_or_else(|| default_risk.to_owned()),
        "isHighRisk": readiness.high_risk,
        "customerId": progress.customer.id.to_string(),
        "powerTenant": power_tenant.map(|power| power.to_string()),
        "ownerTenant": progress.customer.tenant.to_string(),
        "status": super::view::status(progress.stage),
        "nextStep": super::view::next_step(progress.next),
    });
    if !readiness.missing_consents.is_empty() {
        let missing: Vec<&str> = readiness.missing_consents.iter().map(|kind| consents::word(*kind)).collect();
        view["missingConsents"] = json!(missing);
    }
    view
}

/// `POST …/{customerId}/activation`: for who has the role of an administrator.
///
/// # Errors
/// 400 without the role or with consents missing, 422 where the customer is not verified, 409 where it is active.
pub async fn activate(
    State(counter): State<Counter>,
    signed: Signed,
    Path(customer): Path<String>,
    payload: Payload,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let Signed::Admin(caller) = signed else {
        let details = "the role ADMIN_USER is required to activate a customer";
        let failure = Failure::new(StatusCode::BAD_REQUEST, "Activation failed", "Missing role", details);
        return Err(failure.with("requiredRole", "ADMIN_USER"));
    };
    let new = payload.read(read)?;
    let progress = counter.service.activate(&caller, customer, new).await?;
    let data = json!({
        "activationStatus": "ACTIVATED",
        "customerId": progress.customer.id.to_string(),
        "iban": progress.enrolment.activation.as_ref().map(|activation| activation.iban.as_str()),
        "wallet": wallet(&progress.enrolment),
    });
    Ok(answer("Customer activated successfully", &data))
}

/// `{activationReason, activatedBy}`, or `{code, userId}` with the token of the verification mail.
fn read(body: &Object<'_>) -> Option<NewActivation> {
    let reason = body.field("activationReason").text(TEXT_CHARS_MAX).map(Pii);
    let by = body.field("activatedBy").text(TEXT_CHARS_MAX);
    let (code, user) = (body.field("code"), body.field("userId"));
    if code.is_there() != user.is_there() {
        let missing = if code.is_there() { &user } else { &code };
        missing.refuse(Fault::Missing);
    }
    let code = code.text(TEXT_CHARS_MAX).map(Pii).zip(user.guid());
    Some(NewActivation { by, reason, code })
}
