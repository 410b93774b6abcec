//! Who may ask: a tenant with its API key, or anybody, where the house is open.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use service::screening::{Lists, Viewer};

use super::Counter;
use super::error::Trouble;
use crate::api_key::{Presented, presented};

/// A request that may be answered, and whose lists it may see.
#[derive(Debug)]
pub struct Access(Viewer);

impl Access {
    /// The lists in force, as whoever asks sees them.
    pub fn lists(&self, counter: &Counter) -> Arc<Lists> {
        Arc::new(counter.service.lists_in_force().seen_by(self.0))
    }
}

impl FromRequestParts<Counter> for Access {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Trouble> {
        match presented(&parts.headers) {
            // A key that is sent is checked in an open house too: who sends a wrong one means to be somebody.
            Presented::Key(key) => {
                let caller = counter.service.caller_of_api_key(key).await?;
                let viewer = Viewer::Tenant(caller.tenant_id());
                if caller.may_speak("screening") { Ok(Self(viewer)) } else { Err(Trouble::no_access()) }
            }
            Presented::Nothing if counter.open => Ok(Self(Viewer::Anybody)),
            Presented::Nothing | Presented::Malformed => Err(Trouble::no_access()),
        }
    }
}
