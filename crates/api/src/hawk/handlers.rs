//! `POST /v1/customerChecks` and `POST /v2/customer-checks/check`.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use onboarding::Timestamp;
use onboarding::submission::Standing;
use serde::Serialize;
use service::outbound::check_url;
use service::{AuthError, Caller, CheckedCustomer, CustomerCheck, NewRegistration, Refused, Service};

use super::error::Trouble;
use super::request::{self, Asked};
use super::view::{CheckResponse, CustomerResponse};
use super::{BODY_BYTES_MAX, DEPTH_MAX, NAME, TOLD};
use crate::edge::body as edge_body;
use crate::fields::Mistake;
use crate::{callback, json};

/// The header with the key, as the vendor has it.
const KEY_HEADER: &str = "api-key";

/// Longer headers hold no key of ours.
const KEY_BYTES_MAX: usize = 512;

/// `POST /v1/customerChecks`: 200 with the answer if there is one in time; else 202, and a callback.
pub async fn first(State(service): State<Service>, request: Request) -> Result<Response, Trouble> {
    let (caller, checked) = check(&service, request).await?;
    if checked.standing != Standing::Decided {
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    let cases = service.confirmed_in(&caller, &checked.customer).await?;
    let case = checked.case.as_ref().map(|case| case.id).or_else(|| cases.first().map(|case| case.id));
    Ok(answer(&CustomerResponse::of(&checked.customer, case, &cases)))
}

/// `POST /v2/customer-checks/check`: the same, with points and the standing of the case.
pub async fn second(State(service): State<Service>, request: Request) -> Result<Response, Trouble> {
    let (caller, checked) = check(&service, request).await?;
    if checked.standing != Standing::Decided {
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    let cases = service.confirmed_in(&caller, &checked.customer).await?;
    let case = checked.case.as_ref().or_else(|| cases.first());
    Ok(answer(&CheckResponse::of(&checked.customer, case, &cases)))
}

fn answer<T: Serialize>(view: &T) -> Response {
    let body = serde_json::to_vec(view).expect("a view holds texts, numbers and lists");
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

async fn check(service: &Service, request: Request) -> Result<(Caller, CheckedCustomer), Trouble> {
    let arrived_at = service.now();
    let (parts, body) = request.into_parts();
    let caller = caller(service, &parts.headers).await?;
    let bytes = edge_body::read(body, BODY_BYTES_MAX).await?;
    if !edge_body::may_be_json(&parts.headers) {
        let message = "Content-Type must be application/json, in UTF-8.".to_owned();
        return Err(Trouble::Told(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let value = json::parse_within(&bytes, DEPTH_MAX)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| json::JsonFault::Utf8)?;
    let lenient = parts.uri.query().is_some_and(is_lenient);
    let read = request::read(&value, text.trim_start_matches('\u{feff}'), lenient);
    let asked = with_callback(service, read)?;
    let checked = service.check_customer(&caller, command(&caller, asked, arrived_at)).await?;
    Ok((caller, checked))
}

/// The mistake of an address that is not called from here, together with all others.
fn with_callback(service: &Service, read: Result<Asked, Vec<Mistake>>) -> Result<Asked, Vec<Mistake>> {
    let asked = read?;
    let Some(Err(problem)) = asked.callback_url.as_deref().map(|url| check_url(url, service.guard())) else {
        return Ok(asked);
    };
    Err(vec![Mistake { path: "callbackUrl".to_owned(), fault: callback::fault(problem) }])
}

fn command(caller: &Caller, asked: Asked, arrived_at: Timestamp) -> CustomerCheck {
    CustomerCheck {
        command: asked.command,
        review_on: asked.review_on,
        callback: asked.callback_url.map(|url| NewRegistration::push(NAME, "", BTreeSet::from(TOLD), url)),
        dialect: NAME,
        arrived_at,
        budget: caller.settings.hawk.budget,
    }
}

fn is_lenient(query: &str) -> bool {
    query.split('&').any(|pair| pair.eq_ignore_ascii_case("nonStrictParsingMode=true"))
}

async fn caller(service: &Service, headers: &HeaderMap) -> Result<Caller, Trouble> {
    let nobody = Trouble::Status(StatusCode::UNAUTHORIZED);
    let key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok()).map(str::trim);
    let Some(key) = key.filter(|key| !key.is_empty() && key.len() <= KEY_BYTES_MAX) else { return Err(nobody) };
    match service.caller_of_api_key(key).await {
        Ok(caller) if caller.may_speak(NAME) => Ok(caller),
        Ok(_) => Err(Trouble::Status(StatusCode::FORBIDDEN)),
        Err(AuthError::Unknown | AuthError::Revoked) => Err(nobody),
        Err(AuthError::Internal(error)) => Err(Refused::from(error).into()),
    }
}
