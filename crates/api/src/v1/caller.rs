//! Who calls: an API key.

use axum::extract::FromRequestParts;
use http::request::Parts;
use service::{AuthError, Caller, Refused};

use super::Counter;
use super::problem::{Code, Problem};
use crate::api_key::{Presented, presented};

/// A caller whose key is known and not revoked.
#[derive(Debug)]
pub struct Authorized(pub Caller);

/// What a key that is in force, and not good for what is asked, is told.
pub fn forbidden(detail: &'static str) -> Problem {
    Problem::new(Code::Forbidden, detail)
}

impl FromRequestParts<Counter> for Authorized {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Problem> {
        let unknown = || {
            let detail = "The Authorization header must be: Bearer, a blank, an API key that is in force.";
            Problem::new(Code::Unauthenticated, detail)
        };
        let Presented::Key(key) = presented(&parts.headers) else { return Err(unknown()) };
        match counter.service.caller_of_api_key(key).await {
            Ok(caller) if caller.may_speak("v1") => Ok(Self(caller)),
            Ok(_) => Err(forbidden("The key is not good for this API.")),
            Err(AuthError::Unknown | AuthError::Revoked) => Err(unknown()),
            Err(AuthError::Internal(error)) => Err(Refused::from(error).into()),
        }
    }
}
