//! `/api/v3.0/users/{appUserId}/kyc/demand`: the verification of an identity.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use onboarding::admission::demand::{Demand, Workflow};
use onboarding::admission::diligence::{Diligence, Reason};
use onboarding::admission::page::last_consent;
use serde_json::{Value, json};

use super::view::admission;
use crate::fields::{Fault, Object};
use crate::xpollens::body::{Payload, answer, json as rendered};
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::{Counter, path, words};

/// Begins it.
///
/// # Errors
/// 400 for a workflow that is unknown, 404, 405 while one stands that was not rejected.
pub async fn begin(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let workflow = payload.read(workflow)?;
    let customer = counter.service.demand(&caller, &user, workflow).await?;
    let demand = admission(&customer)?.demand.as_ref().ok_or_else(|| Problem::not_found("KYC demand"))?;
    Ok(answer(StatusCode::CREATED, &view(demand)))
}

/// Where it stands; and what the customer said when it was asked whether its face may be compared, since the institution
/// answers for that.
///
/// # Errors
/// 404.
pub async fn read(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let customer = counter.service.admitted(&caller, &path::user(&user)?).await?;
    let admission = admission(&customer)?;
    let demand = admission.demand.as_ref().ok_or_else(|| Problem::not_found("KYC demand"))?;
    let mut seen = view(demand);
    let said = last_consent(admission);
    seen["biometricsConsent"] =
        said.map_or(Value::Null, |said| json!({ "given": said.given, "date": words::time(said.at) }));
    Ok(rendered(&seen))
}

/// Goes over to the transfer; never back.
///
/// # Errors
/// 400 for another workflow, 404, 405 once the identity is verified.
pub async fn change(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    if payload.read(workflow)? != Workflow::Identity {
        return Err(Problem::invalid("workflowCode may only change to Identity."));
    }
    let customer = counter.service.demand_transfer(&caller, &user).await?;
    let demand = admission(&customer)?.demand.as_ref().ok_or_else(|| Problem::not_found("KYC demand"))?;
    Ok(rendered(&view(demand)))
}

fn workflow(body: &Object<'_>) -> Option<Workflow> {
    let field = body.field("workflowCode").required();
    field.parsed(usize::MAX, |text| {
        let known = words::WORKFLOWS.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        known
            .map(|(_, workflow)| workflow)
            .ok_or_else(|| Fault::Unknown(words::WORKFLOWS.map(|(word, _)| word).to_vec()))
    })
}

/// A demand on the wire.
#[must_use]
pub fn view(demand: &Demand) -> Value {
    json!({
        "status": words::demand(demand.state),
        "workflowCode": words::workflow(demand.workflow),
        "creationDate": words::time(demand.created_at),
        "lastUpdate": words::time(demand.changed_at),
        "diligences": demand.diligences.iter().map(diligence).collect::<Vec<_>>(),
        "decision": demand.decision.map(words::decision),
    })
}

fn diligence(diligence: &Diligence) -> Value {
    let files = diligence
        .files
        .iter()
        .map(|file| json!({ "name": file.name.as_ref().map(|name| name.as_str()), "key": file.id.0.to_string() }));
    json!({
        "type": diligence.kind.as_str(),
        "status": words::diligence(diligence.state),
        "reason": diligence.state.reason().map_or("", Reason::as_str),
        "files": files.collect::<Vec<_>>(),
        "creationDate": words::time(diligence.created_at),
        "lastUpdate": words::time(diligence.changed_at),
    })
}
