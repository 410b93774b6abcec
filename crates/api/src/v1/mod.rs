//! Our own API.
//!
//! `docs/SCREENING-API.md` describes what there is so far: [`screenings`]. Errors are [`problem`]s.

pub mod caller;
pub mod problem;
pub mod screenings;

use axum::Router;
use axum::routing::post;
use service::Service;

use crate::desk::Desk;
use problem::{Code, Problem};

/// Largest body, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// What every handler has at hand.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
    /// Where the work is done.
    pub desk: Desk,
}

/// Every route.
pub fn routes(counter: Counter) -> Router {
    Router::new()
        .route("/v1/screenings", post(screenings::create))
        .method_not_allowed_fallback(async || Problem::new(Code::NoSuchMethod, "The path does not know this method."))
        .with_state(counter)
}
