//! What the identification page asks beside its uploads: what is wanted, whether faces may be compared, that it is over.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::StatusCode;
use onboarding::admission::demand::Workflow;
use serde::Deserialize;
use serde_json::json;

use super::{Counter, pages, problem};
use crate::xpollens::body::{Payload, json};
use crate::xpollens::error::Problem;

/// What stands in the address of the page. What else stands there is not looked at.
#[derive(Debug, Deserialize)]
pub struct Address {
    #[serde(default)]
    token: String,
}

/// The page itself. It is the same for everybody but for who may frame it; one that leads nowhere says so by itself.
pub async fn page(State(counter): State<Counter>, Query(address): Query<Address>) -> Response {
    let origins = counter.service.page_ancestors(&address.token).await.unwrap_or_default();
    pages::identification(&origins)
}

/// `GET /webview/v1/{token}/state`: what is wanted.
///
/// # Errors
/// 404 an unknown page, 410 one that is over.
pub async fn state(State(counter): State<Counter>, Path(token): Path<String>) -> Result<Response, Problem> {
    let page = counter.service.page(&token).await.map_err(problem)?;
    let agreed = page.consent.is_some_and(|consent| consent.given);
    Ok(json(&json!({
        "institution": page.institution,
        "biometrics": match page.workflow {
            Workflow::Identity => "refused",
            Workflow::ElectronicSign if agreed => "accepted",
            Workflow::ElectronicSign => "open",
        },
        "document": page.wanted.document,
        "selfie": page.wanted.selfie,
    })))
}

/// `POST /webview/v1/{token}/biometrics`: whether faces may be compared, which is kept with its moment. Who refuses goes on with a transfer, and that is
/// the only difference it makes.
///
/// # Errors
/// As [`state`]; 400 what is no answer.
pub async fn biometrics(
    State(counter): State<Counter>,
    Path(token): Path<String>,
    payload: Payload,
) -> Result<StatusCode, Problem> {
    let consent = payload.read(|body| body.field("consent").required().flag())?;
    counter.service.consent_to_biometrics(&token, consent).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /webview/v1/{token}/done`: the customer has shown everything it wants to. What comes of it, callbacks tell.
///
/// # Errors
/// As [`state`].
pub async fn done(State(counter): State<Counter>, Path(token): Path<String>) -> Result<StatusCode, Problem> {
    counter.service.page(&token).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
