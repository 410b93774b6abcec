//! The tax form and the terms: both take effect by a signature on the bound device. And what can be read of the form.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use onboarding::Customer;
use onboarding::admission::person::AppUserId;
use onboarding::admission::tax::TaxForm;
use serde_json::{Value, json};
use service::Caller;
use uuid::Uuid;

use super::{tax, view};
use crate::xpollens::body::{NoPayload, Payload, answer, json as rendered};
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::{Counter, path, words};

/// `PATCH …/user/{appUserId}/fatcaEai`, with `/sca` or without.
///
/// # Errors
/// 400 with every mistake, 404.
pub async fn older(
    counter: State<Counter>,
    caller: Authorized,
    user: Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    declare(counter, caller, user, payload, tax::OLDER).await
}

/// `PATCH …/users/{appUserId}/fatca-eai`, with `/sca` or without.
///
/// # Errors
/// As [`older`].
pub async fn newer(
    counter: State<Counter>,
    caller: Authorized,
    user: Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    declare(counter, caller, user, payload, tax::NEWER).await
}

async fn declare(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    payload: Payload,
    members: tax::Members,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let declared = payload.read(|body| members.read(body))?;
    Ok(to_be_signed(counter.service.ask_tax(&caller, &user, declared).await?))
}

/// `POST …/users/{appUserId}/cgu`, with `/sca` or without.
///
/// # Errors
/// 404.
pub async fn terms(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    _: NoPayload,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    Ok(to_be_signed(counter.service.ask_terms(&caller, &user).await?))
}

/// 202: it takes effect by the signature of this id.
#[must_use]
pub fn to_be_signed(id: Uuid) -> Response {
    answer(StatusCode::ACCEPTED, &json!({ "authenticationId": id.to_string() }))
}

async fn form_of(counter: &Counter, caller: &Caller, user: &AppUserId) -> Result<(Customer, TaxForm), Problem> {
    let customer = counter.service.admitted(caller, user).await?;
    let form = view::admission(&customer)?.tax.clone().ok_or_else(|| Problem::not_found("Tax form"))?;
    Ok((customer, form))
}

/// `GET /api/v3.0/users/{appUserId}/fatca-eai`: what was signed.
///
/// # Errors
/// 404, also where nothing was signed.
pub async fn signed(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let (_, form) = form_of(&counter, &caller, &path::user(&user)?).await?;
    Ok(rendered(&tax::declared(&form)))
}

/// `GET /api/v2.1/user/compliance/{appUserId}`: whether form and papers are in order.
///
/// # Errors
/// As [`signed`].
pub async fn compliance(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let (_, form) = form_of(&counter, &caller, &user).await?;
    let papers: Vec<Value> = form.papers.iter().map(paper).collect();
    let mut body = tax::outcome(&form);
    body["appUserId"] = user.as_str().into();
    body["diligences"] = papers.into();
    Ok(rendered(&body))
}

fn paper(paper: &onboarding::admission::tax::TaxPaper) -> Value {
    use onboarding::admission::tax::PaperState;
    let reason = match paper.state {
        PaperState::Refused(reason) => reason.as_str(),
        _ => "",
    };
    let files: Vec<String> = paper.files.iter().map(|file| file.0.to_string()).collect();
    json!({
        "documentType": words::paper(paper.kind), "status": words::paper_state(paper.state), "reason": reason,
        "files": files,
    })
}

/// `GET /api/v2.1/user/{appUserId}/self-certification`: what was declared and signed, made anew each time and not kept.
///
/// # Errors
/// As [`signed`].
pub async fn self_certification(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let (customer, form) = form_of(&counter, &caller, &user).await?;
    let mut body = tax::declared(&form);
    body["appUserId"] = user.as_str().into();
    body["profile"] = view::profile(&customer, view::admission(&customer)?);
    Ok(rendered(&body))
}
