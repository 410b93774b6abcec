//! `GET /api/v2.0/users/{appUserId}/activation-code.svg` and `.png`: the code that binds a device, as a picture.
//! `POST …/activation-code`: another code, for who has lost its device or locked it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use onboarding::admission::wallet::ActivationState;

use super::view::admission;
use crate::qr::Qr;
use crate::webview::pages::authenticator_url;
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::{Counter, path};

/// As a drawing.
///
/// # Errors
/// 404, also where no code binds a device.
pub async fn svg(counter: State<Counter>, caller: Authorized, user: Path<String>) -> Result<Response, Problem> {
    let code = drawn(counter, caller, user).await?;
    Ok(picture(code.svg().into_bytes(), "image/svg+xml"))
}

/// As pixels.
///
/// # Errors
/// As [`svg`].
pub async fn png(counter: State<Counter>, caller: Authorized, user: Path<String>) -> Result<Response, Problem> {
    let code = drawn(counter, caller, user).await?;
    Ok(picture(code.png(), "image/png"))
}

/// Makes another code, which callback 35 brings. The device that was bound, and a code that was not used, are dead.
///
/// # Errors
/// 403 a user who is refused; 404, also where there never was a code.
pub async fn renew(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    counter.service.renew_activation(&caller, &path::user(&user)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn drawn(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Qr, Problem> {
    let customer = counter.service.admitted(&caller, &path::user(&user)?).await?;
    let activation = admission(&customer)?.activation.as_ref();
    let open = activation.filter(|activation| activation.state == ActivationState::Open);
    let code = open.ok_or_else(|| Problem::not_found("Activation code"))?;
    Qr::of(&authenticator_url(&counter.public_url, &code.code)).map_err(|_| Problem::not_found("Activation code"))
}

fn picture(bytes: Vec<u8>, kind: &'static str) -> Response {
    let mut response = bytes.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
