//! The API that the field's screening clients speak: OpenSanctions' yente, as its public documents and answers have it.
//!
//! `docs/SCREENING-API.md` says what is spoken and where it differs. Read in this order:
//! - [`access`]: who asks; [`error`]: what is said when it does not work;
//! - [`params`], [`batch`]: how questions are written; [`scope`]: of which lists they are asked;
//! - [`matching`], [`search`], [`entities`], [`catalog`], [`algorithms`]: the resources;
//! - [`view`], [`features`]: how entities and scores are shown.
//!
//! Questions are personal data. Nothing of them is kept or logged; `GET /search` carries them in its URL by the vendor's
//! design, and the request log has routes, not URLs.

pub mod access;
pub mod algorithms;
pub mod batch;
pub mod catalog;
pub mod entities;
pub mod error;
pub mod features;
pub mod matching;
pub mod params;
pub mod scope;
pub mod search;
pub mod view;

use axum::Router;
use axum::routing::{get, post};
use service::Service;

use crate::desk::Desk;
use error::Trouble;

/// Largest body, in bytes. A hundred questions of forty kilobytes each.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What every handler of the dialect has at hand.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
    /// Where the work is done.
    pub desk: Desk,
    /// Whether anybody may ask without a key.
    pub open: bool,
}

/// Every route of the dialect. `/healthz` and `/readyz` are the house's own, and the same.
pub fn routes(counter: Counter) -> Router {
    Router::new()
        .route("/match/{dataset}", post(matching::answer))
        .route("/search/{dataset}", get(search::answer))
        .route("/entities/{id}", get(entities::one))
        .route("/entities/{id}/adjacent", get(entities::adjacent))
        .route("/entities/{id}/adjacent/{property}", get(entities::adjacent_by))
        .route("/catalog", get(catalog::answer))
        .route("/manifest", get(catalog::answer))
        .route("/algorithms", get(algorithms::answer))
        .route("/statements", get(async || Trouble::no_statements()))
        .method_not_allowed_fallback(async || Trouble::no_such_method())
        .with_state(counter)
}
