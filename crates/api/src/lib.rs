//! How programs ask: HTTP, one module a dialect.
//!
//! - [`edge`]: what every request passes; [`json`], [`fields`], [`multipart`], [`readers`]: how every dialect reads bodies;
//! - [`desk`], [`api_key`], [`callback`]: where long work is done, one way to say who asks, and whom to call;
//! - [`qr`]: text as a picture that a telephone reads;
//! - [`cos`]: the first dialect;
//! - [`finhub`]: individuals who register, sign in and get a wallet;
//! - [`hawk`]: customer checks with a rating of risk;
//! - [`waldo`]: onboarding with an evaluation that goes on behind;
//! - [`xpollens`]: steps in any order, signed on a device;
//! - [`screening`]: the API that the field's screening clients speak;
//! - [`v1`]: our own;
//! - [`device`], [`webview`]: what a customer's own device asks, and the pages that it shows.
//!
//! A handler translates and nothing else: it authenticates, reads the wire into domain values, calls one use case of
//! [`service`], and renders. Wire types never leave their dialect.

pub mod api_key;
pub mod callback;
pub mod cos;
pub mod desk;
pub mod device;
pub mod edge;
pub mod fields;
pub mod finhub;
pub mod hawk;
pub mod json;
pub mod multipart;
pub mod qr;
pub mod readers;
pub mod screening;
pub mod v1;
pub mod waldo;
pub mod webview;
pub mod xpollens;

#[cfg(test)]
mod fixture;

use std::sync::Arc;

use axum::Router;
use onboarding::Pii;
use service::{Dialect, Service};
use tower::ServiceExt;

/// Every dialect, for the courier to tell about events in. `public_url` is where the house can be reached from outside.
#[must_use]
pub fn dialects(public_url: &str) -> Vec<Arc<dyn Dialect>> {
    let waldo = waldo::Waldo { public_url: public_url.into() };
    let xpollens = xpollens::Xpollens { public_url: public_url.into() };
    vec![Arc::new(cos::Cos), Arc::new(finhub::FinHub), Arc::new(hawk::Hawk), Arc::new(waldo), Arc::new(xpollens)]
}

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether anybody who reaches the house may screen without a key, as clients of the field's own server expect.
    pub open_screening: bool,
    /// The proxies whose word on where a request comes from is believed.
    pub trusted_proxies: edge::origin::TrustedProxies,
    /// Where the house can be reached from outside, as it says in links.
    pub public_url: Arc<str>,
    /// Whether operators may stand in for telephones.
    pub sandbox: bool,
    /// What must be shown to be told metrics; without it, only callers on the machine itself are.
    pub metrics_token: Option<Pii<String>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            open_screening: false,
            trusted_proxies: Default::default(),
            public_url: "http://localhost:8080".into(),
            sandbox: false,
            metrics_token: None,
        }
    }
}

/// Everything that programs may ask, on one router.
///
/// Each dialect stands behind the same edge and answers in its own shape; what no dialect knows is answered by COS.
pub fn router(service: Service) -> Router {
    router_with(service, Settings::default())
}

/// The same, as an operator set it.
pub fn router_with(service: Service, settings: Settings) -> Router {
    router_within(service, settings, edge::Limits::default(), desk::Limits::default())
}

/// The same, within other limits.
pub fn router_within(service: Service, settings: Settings, limits: edge::Limits, work: desk::Limits) -> Router {
    let ids = service.clone();
    let edge = edge::Edge::new(limits, move || ids.new_id());
    let desk = desk::Desk::new(work);
    let cos = edge.guard(cos::routes(service.clone()), cos::BODY_BYTES_MAX, cos::error::shape);
    // The path is put in its one form before the router looks at it, so it cannot be one of its own layers.
    let cos = cos.map_request(cos::path::normalise);
    let hawk = edge.guard(hawk::routes(service.clone()), hawk::BODY_BYTES_MAX, hawk::error::shape);
    let counter = v1::Counter { service: service.clone(), desk: desk.clone() };
    let v1 = edge.guard(v1::routes(counter.clone()), v1::BODY_BYTES_MAX, v1::problem::shape);
    let files = edge.guard(v1::file_routes(counter), v1::cases::FILE_BODY_BYTES_MAX, v1::problem::shape);
    let (asked, public_url) = (service.clone(), Arc::clone(&settings.public_url));
    let devices = device::routes(device::Counter { service: asked.clone(), public_url: Arc::clone(&public_url) });
    let devices = edge.guard(devices, device::BODY_BYTES_MAX, xpollens::error::shape);
    let counter = webview::Counter { service: asked, public_url };
    let uploads = webview::upload_routes(counter.clone());
    let uploads = edge.guard_uploads(uploads, webview::UPLOAD_BYTES_MAX, xpollens::error::shape);
    let uploads = webview::of_known_pages(uploads, counter.clone());
    let pages = edge.guard(webview::routes(counter), webview::BODY_BYTES_MAX, xpollens::error::shape);
    let pages = pages.merge(uploads).merge(devices);
    let counter = xpollens::Counter { service: service.clone(), public_url: settings.public_url.clone() };
    let files_of_users = xpollens::file_routes(counter.clone());
    let xpollens = xpollens::routes(counter, settings.sandbox);
    let xpollens = edge.guard(xpollens, xpollens::BODY_BYTES_MAX, xpollens::error::shape);
    let xpollens = xpollens.merge(edge.guard(files_of_users, xpollens::ATTACHMENT_BYTES_MAX, xpollens::error::shape));
    let counter = waldo::Counter { service: service.clone(), public_url: settings.public_url };
    let documents = waldo::document_routes(counter.clone());
    let waldo = edge.guard(waldo::routes(counter), waldo::BODY_BYTES_MAX, waldo::error::shape);
    let waldo = waldo.merge(edge.guard(documents, waldo::DOCUMENT_BYTES_MAX, waldo::error::shape));
    let counter = finhub::Counter { service: service.clone(), proxies: settings.trusted_proxies };
    let documents = finhub::file_routes(counter.clone());
    let finhub = edge.guard(finhub::routes(counter), finhub::BODY_BYTES_MAX, finhub::error::shape);
    let bytes_max = finhub::verification::body::BODY_BYTES_MAX;
    let finhub = finhub.merge(edge.guard(documents, bytes_max, finhub::error::shape));
    let counter = screening::Counter { service: service.clone(), desk, open: settings.open_screening };
    let screening = edge.guard(screening::routes(counter), screening::BODY_BYTES_MAX, screening::error::shape);
    let metrics = edge::metrics(service.clone(), settings.metrics_token);
    let ours = Router::new().merge(edge::health(service)).merge(metrics).merge(v1).merge(files);
    ours.merge(hawk).merge(screening).merge(waldo).merge(finhub).merge(xpollens).merge(pages).fallback_service(cos)
}
