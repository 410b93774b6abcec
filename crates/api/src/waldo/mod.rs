//! Waldo: onboarding with an evaluation that goes on behind, as its public documents have it.
//!
//! `docs/WALDO.md` says what is spoken and where it differs. Read in this order:
//! - [`authenticate`], [`caller`]: who asks, and the token that slides along;
//! - [`error`]: what is said when it does not work; [`body`]: how things are read and written;
//! - [`application`]: an onboarding read into domain values; [`onboard`]: the use case;
//! - [`customer`], [`history`]: what can be asked; [`fraud`], [`flag`], [`document`]: what can be done later;
//! - [`crate::multipart`]: how a document comes; [`view`], [`dialect`]: how it looks, in answers and in what goes out.

pub mod application;
pub mod authenticate;
pub mod body;
pub mod caller;
pub mod customer;
pub mod dialect;
pub mod document;
pub mod error;
pub mod flag;
pub mod fraud;
pub mod history;
pub mod onboard;
pub mod view;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};
use service::Service;

pub use dialect::Waldo;

use error::Problem;

/// What registrations of this dialect are stored under.
pub const NAME: &str = "waldo";

/// Largest JSON body, in bytes. The largest one that makes sense has about 2 KiB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Largest upload, in bytes: the vendor's ten megabytes, and room for the form around them.
pub const DOCUMENT_BYTES_MAX: usize = onboarding::signals::file::BYTES_MAX + 64 * 1024;

/// What the dialect's handlers share.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
    /// Where the house can be reached from outside.
    pub public_url: Arc<str>,
}

/// Every route of the dialect but the upload.
pub fn routes(counter: Counter) -> Router {
    let open = Router::new()
        .route("/authenticate", post(authenticate::authenticate))
        .route("/authentication", post(authenticate::authenticate));
    let closed = Router::new()
        .route("/onboard", post(onboard::onboard))
        .route("/check-fraud", post(fraud::check))
        .route("/customer", get(customer::find))
        .route("/history/kyc/{id}", get(history::kyc))
        .route("/history/fraud/{id}", get(history::fraud))
        .route("/flag", post(flag::flag))
        .layer(middleware::from_fn_with_state(counter.clone(), caller::known));
    open.merge(closed).method_not_allowed_fallback(async || Problem::no_such_method()).with_state(counter)
}

/// The upload, whose body is larger than all others.
pub fn document_routes(counter: Counter) -> Router {
    Router::new()
        .route("/document", post(document::upload))
        .layer(middleware::from_fn_with_state(counter.clone(), caller::known))
        .method_not_allowed_fallback(async || Problem::no_such_method())
        .with_state(counter)
}
