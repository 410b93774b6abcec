//! `POST /authenticate`: an API key and its secret for a token that lasts an hour.

use axum::extract::State;
use axum::response::Response;
use jiff::SignedDuration;
use serde::Serialize;
use service::{AuthError, Refused};

use super::application::Fields;
use super::body::{Payload, json};
use super::error::Problem;
use super::{Counter, NAME};

/// Longer keys and secrets are none of ours.
const KEY_CHARS_MAX: usize = 512;

/// How long a token lives after it was given: the vendor's hour.
pub const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

#[derive(Serialize)]
struct Token {
    token: String,
}

/// Gives a token.
///
/// # Errors
/// Key or secret missing, wrong or revoked.
pub async fn authenticate(State(counter): State<Counter>, Payload(body): Payload) -> Result<Response, Problem> {
    let body = body.map_err(|_| Problem::missing_parameters())?;
    let fields = Fields::of(body.as_object().ok_or_else(Problem::missing_parameters)?);
    let text = |name| fields.opt_text(name, KEY_CHARS_MAX).map_err(|_| Problem::bad_key());
    let (Some(key), Some(secret)) = (text("apiKey")?, text("clientSecret")?) else {
        return Err(Problem::missing_parameters());
    };
    let caller = counter.service.authenticate_pair(&key, &secret).await.map_err(|error| match error {
        AuthError::Unknown => Problem::bad_key(),
        AuthError::Revoked => Problem::revoked(),
        AuthError::Internal(error) => Refused::from(error).into(),
    })?;
    if !caller.may_speak(NAME) {
        return Err(Problem::not_authorized());
    }
    let token = counter.service.token_for(&caller, TOKEN_LIFETIME).await.map_err(|error| match error {
        AuthError::Unknown => Problem::bad_key(),
        AuthError::Revoked => Problem::revoked(),
        AuthError::Internal(error) => Refused::from(error).into(),
    })?;
    Ok(json(&Token { token: token.token }))
}
