//! Who may ask: a tenant with its API key, or anybody, where the house is open.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::Counter;
use super::error::Trouble;
use crate::api_key::{Presented, presented};

/// A request that may be answered.
#[derive(Debug)]
pub struct Access;

impl FromRequestParts<Counter> for Access {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Trouble> {
        match presented(&parts.headers) {
            // A key that is sent is checked in an open house too: who sends a wrong one means to be somebody.
            Presented::Key(key) => {
                let caller = counter.service.caller_of_api_key(key).await?;
                if caller.may_speak("screening") { Ok(Self) } else { Err(Trouble::no_access()) }
            }
            Presented::Nothing if counter.open => Ok(Self),
            Presented::Nothing | Presented::Malformed => Err(Trouble::no_access()),
        }
    }
}
