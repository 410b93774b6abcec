//! What a bound device asks: `/sdk/v1`, spoken by the SDK in `sdk/` and by an institution's own app.
//!
//! Nobody signs in here. A device shows what only it knows: the activation code once, its wallet's id from then on. Whether
//! its customer wants something, only a signature says.
//!
//! - [`wallets`]: a device is bound, and where its customer identifies itself;
//! - [`challenges`]: what waits for a signature, and the answer; [`words`]: what is being signed, as a customer reads it;
//! - [`cors`]: pages of the institution's own may ask.

pub mod challenges;
pub mod cors;
pub mod wallets;
pub mod words;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};
use http::StatusCode;
use onboarding::Refusal;
use onboarding::admission::AdmissionRefusal;
use service::{Refused, Service};

use crate::xpollens::error::Problem;

/// Largest body, in bytes. The largest one that makes sense has some hundred.
pub const BODY_BYTES_MAX: usize = 8 * 1024;

/// What every handler has at hand.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
    /// Where the house can be reached from outside.
    pub public_url: Arc<str>,
}

/// Every route.
pub fn routes(counter: Counter) -> Router {
    Router::new()
        .route("/sdk/v1/wallets", post(wallets::bind).options(cors::preflight))
        .route("/sdk/v1/wallets/{walletId}/challenges", get(challenges::list).options(cors::preflight))
        .route("/sdk/v1/wallets/{walletId}/issuer", get(wallets::issuer).options(cors::preflight))
        .route("/sdk/v1/challenges/{authenticationId}", post(challenges::answer).options(cors::preflight))
        .method_not_allowed_fallback(async || Problem::no_such_method())
        .layer(middleware::map_response(cors::open))
        .with_state(counter)
}

/// What a device is told instead of an answer; `what` is what it asked for by its handle.
fn problem(refused: Refused, what: &str) -> Problem {
    match refused {
        Refused::NotFound => Problem::not_found(what),
        Refused::Domain(Refusal::Admission(AdmissionRefusal::WrongDevice)) => {
            Problem::new(StatusCode::UNAUTHORIZED, "This is not the bound device.")
        }
        Refused::Domain(Refusal::Admission(AdmissionRefusal::DeviceLocked)) => {
            Problem::new(StatusCode::FORBIDDEN, "The device is locked.")
        }
        refused => refused.into(),
    }
}
