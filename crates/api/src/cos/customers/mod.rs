//! Customers: `/v1/cm/customers`.

pub mod body;
mod create;
mod list;
mod read;
mod revise;
pub mod view;

#[cfg(test)]
pub(crate) mod tests;

use axum::Router;
use axum::routing::{get, put};
use service::Service;

/// The routes of customers themselves; those of their records are in [`super::records`] and [`super::owners`].
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/cm/customers", get(list::list).post(create::create))
        .route("/v1/cm/customers/{id}", get(read::one).patch(revise::patch))
        .route("/v1/cm/customers/{id}/eligibility", get(read::eligibility))
        .route("/v1/cm/customers/{id}/name", put(revise::name))
        .route("/v1/cm/customers/{id}/profile", put(revise::profile))
}
