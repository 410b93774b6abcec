//! How programs ask: HTTP, one module a dialect.
//!
//! - [`edge`]: what every request passes; [`json`], [`fields`]: how every dialect reads bodies;
//! - [`cos`]: the first dialect.
//!
//! A handler translates and nothing else: it authenticates, reads the wire into domain values, calls one use case of
//! [`service`], and renders. Wire types never leave their dialect.

pub mod cos;
pub mod edge;
pub mod fields;
pub mod json;

use std::sync::Arc;

use axum::Router;
use service::{Dialect, Service};
use tower::ServiceExt;

/// Every dialect, for the courier to tell about events in.
#[must_use]
pub fn dialects() -> Vec<Arc<dyn Dialect>> {
    vec![Arc::new(cos::Cos)]
}

/// Everything that programs may ask, on one router.
///
/// Each dialect stands behind the same edge and answers in its own shape; what no dialect knows is answered by COS.
pub fn router(service: Service) -> Router {
    router_within(service, edge::Limits::default())
}

/// The same, within other limits.
pub fn router_within(service: Service, limits: edge::Limits) -> Router {
    let ids = service.clone();
    let edge = edge::Edge::new(limits, move || ids.new_id());
    let cos = edge.guard(cos::routes(service.clone()), cos::error::shape);
    // The path is put in its one form before the router looks at it, so it cannot be one of its own layers.
    let cos = cos.map_request(cos::path::normalise);
    Router::new().merge(edge::health(service)).fallback_service(cos)
}
