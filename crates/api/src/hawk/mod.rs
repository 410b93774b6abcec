//! Hawk: checks of customers, persons and companies with everybody around them, as its public documents have them.
//!
//! `docs/HAWK.md` says what is spoken and where it differs. Read in this order:
//! - [`shapes`], [`check`], [`partial_date`]: how a request may be written; [`node`], [`request`], [`parties`]: what it
//!   says; [`facts`]: what of it a rating reads;
//! - [`handlers`], [`error`]: how it is answered; [`view`], [`types`]: in which words;
//! - [`dialect`]: what goes out.

pub mod check;
pub mod dialect;
pub mod error;
pub mod facts;
pub mod handlers;
pub mod node;
pub mod partial_date;
pub mod parties;
pub mod request;
pub mod shapes;
pub mod types;
pub mod view;

use axum::Router;
use axum::routing::post;
use http::StatusCode;
use onboarding::EventKind;
use service::Service;

pub use dialect::Hawk;

use error::Trouble;

/// What registrations of this dialect are stored under.
pub const NAME: &str = "hawk";

/// Largest body, in bytes. The vendor's example, with every field filled, has 31 KiB.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// Deepest nesting of a body: some thirty companies, each owned by the next.
pub const DEPTH_MAX: usize = 100;

/// What a sender is told of: the answer it was told to wait for, and every decision of a person.
pub const TOLD: [EventKind; 3] = [EventKind::SubmissionAnswered, EventKind::CaseDecided, EventKind::CasePartlyDecided];

/// Every route of the dialect.
pub fn routes(service: Service) -> Router {
    Router::new()
        .route("/v1/customerChecks", post(handlers::first))
        .route("/v2/customer-checks/check", post(handlers::second))
        .method_not_allowed_fallback(async || Trouble::Status(StatusCode::METHOD_NOT_ALLOWED))
        .with_state(service)
}
