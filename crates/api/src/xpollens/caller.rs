//! Who calls: a program of the institution, with the token that `/connect/token` gave it.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use service::{AuthError, Caller, Refused};

use super::error::Problem;
use super::{Counter, NAME};

/// Longer headers hold no token of ours; this bounds what is hashed.
const TOKEN_BYTES_MAX: usize = 1_024;

/// A program whose token is in force and good for this dialect.
#[derive(Debug)]
pub struct Authorized(pub Caller);

impl FromRequestParts<Counter> for Authorized {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(Problem::unauthenticated)?;
        let caller = counter.service.authenticate(token).await.map_err(|error| match error {
            AuthError::Unknown | AuthError::Revoked => Problem::unauthenticated(),
            AuthError::Internal(error) => Refused::from(error).into(),
        })?;
        if !caller.may_speak(NAME) {
            return Err(Problem::forbidden("The credentials are not meant for this API."));
        }
        Ok(Self(caller))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= TOKEN_BYTES_MAX).then_some(token)
}
