//! Reading a customer back, and which category its own risk suggests.

use axum::extract::{Path, State};
use axum::response::Response;
use onboarding::categorization::proposal::{Profile, Proposal, RiskFacts, propose as proposal};
use serde_json::{Map, Value, json};
use service::enrolments::Progress;

use super::caller::{Admin, Signed};
use super::envelope::answer;
use super::error::Failure;
use super::registration::body::ATTRIBUTES;
use super::{Counter, paths, view};

/// `GET …/{customerId}`.
///
/// # Errors
/// 403 for another customer, 404.
pub async fn read(
    State(counter): State<Counter>,
    signed: Signed,
    Path(customer): Path<String>,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    let progress = counter.service.enrolled(&caller, customer).await?;
    Ok(answer("Customer retrieved successfully", &view::customer(&progress)))
}

/// `GET …/{customerId}/categorization/proposal`: a profile and the reasons. It is never applied by itself.
///
/// # Errors
/// 403 for a customer, 404.
pub async fn propose(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    Path(customer): Path<String>,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let progress = counter.service.enrolled(&caller, customer).await?;
    let Proposal { profile, reasons } = proposal(&facts(&progress));
    let parameters: Map<String, Value> =
        profile.parameters().iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let data = json!({
        "customerId": customer.to_string(),
        "profile": match profile { Profile::HighRisk => "HIGH_RISK", Profile::Standard => "STANDARD" },
        "category": profile.category(),
        "reasons": reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>(),
        "parameters": parameters,
        "applied": false,
    });
    Ok(answer("Categorization proposed", &data))
}

/// What the customer's record says, and what this dialect keeps of its work.
fn facts(progress: &Progress) -> RiskFacts {
    let kept = progress.customer.attributes.get(ATTRIBUTES);
    let text = |name: &str| kept.and_then(|kept| kept.get(name)).and_then(Value::as_str).map(str::to_owned);
    RiskFacts { occupation: text("occupation"), industry: text("employerName"), ..RiskFacts::of(&progress.customer) }
}
