//! Our own API.
//!
//! `docs/SCREENING-API.md` describes [`screenings`], `docs/CASES.md` [`cases`], `docs/RISK.md` [`risk_models`],
//! `docs/CATEGORIES.md` [`categories`], `docs/WATCHLISTS.md` [`lists`]. Errors are [`problem`]s.

pub mod caller;
pub mod cases;
pub mod categories;
pub mod coverage;
pub mod customers;
pub mod inbound_transfers;
pub mod lists;
pub mod problem;
pub mod query;
pub mod risk_models;
pub mod screenings;
pub mod what_ifs;

use axum::Router;
use axum::routing::{get, post};
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
        .route("/v1/risk-models", get(risk_models::list).post(risk_models::create))
        .route("/v1/risk-models/dry-runs", post(risk_models::dry_run))
        .route("/v1/risk-models/{version}", get(risk_models::show))
        .route("/v1/risk-models/{version}/activation", post(risk_models::activate))
        .route("/v1/tenant/categories", get(categories::show).put(categories::put))
        .route("/v1/inbound-transfers", post(inbound_transfers::create))
        .merge(cases::routes())
        .merge(customers::routes())
        .merge(lists::routes())
        .route("/v1/coverage", get(coverage::show))
        .route("/v1/rescreenings", get(coverage::passes).post(coverage::begin))
        .merge(what_ifs::routes())
        .method_not_allowed_fallback(async || Problem::new(Code::NoSuchMethod, "The path does not know this method."))
        .with_state(counter)
}

/// The routes that take files, within a bound of their own.
pub fn file_routes(counter: Counter) -> Router {
    cases::file_routes()
        .method_not_allowed_fallback(async || Problem::new(Code::NoSuchMethod, "The path does not know this method."))
        .with_state(counter)
}
