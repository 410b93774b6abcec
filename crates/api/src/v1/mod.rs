//! Our own API.
//!
//! `docs/SCREENING-API.md` describes [`screenings`], `docs/CASES.md` [`cases`]. Errors are [`problem`]s.

pub mod caller;
pub mod cases;
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
        .merge(cases::routes())
        .method_not_allowed_fallback(async || Problem::new(Code::NoSuchMethod, "The path does not know this method."))
        .with_state(counter)
}

/// The routes that take files, within a bound of their own.
pub fn file_routes(counter: Counter) -> Router {
    cases::file_routes()
        .method_not_allowed_fallback(async || Problem::new(Code::NoSuchMethod, "The path does not know this method."))
        .with_state(counter)
}
