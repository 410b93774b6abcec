//! FinHub: individuals are registered, sign in, show who they are, agree, and get an active wallet, as the vendor's
//! public documents have it.
//!
//! `docs/FINHUB.md` says what is spoken and where it differs. Read in this order:
//! - [`headers`], [`caller`], [`paths`]: who asks, for which tenant, about whom;
//! - [`envelope`], [`error`], [`view`]: how everything is answered;
//! - [`hierarchy`], [`registration`], [`sessions`], [`email`], [`verification`], [`consents`], [`activation`]: the way;
//! - [`webhooks`], [`event_type`], [`dialect`]: what goes out.

pub mod activation;
pub mod caller;
pub mod consents;
mod customers;
pub mod dialect;
pub mod email;
pub mod envelope;
pub mod error;
pub mod event_type;
pub mod headers;
pub mod hierarchy;
pub mod paths;
pub mod registration;
pub mod sessions;
pub mod verification;
pub mod view;
pub mod webhooks;

use axum::Router;
use axum::routing::{any, delete, get, post};
use service::Service;

use crate::edge::origin::TrustedProxies;
use error::Failure;

pub use dialect::FinHub;

/// What registrations of this dialect are stored under.
pub const NAME: &str = "finhub";

/// Largest body without a file, in bytes. The largest one that makes sense has about 20 KiB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// What every handler has at hand.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
    /// Whose word on where a request comes from is believed.
    pub proxies: TrustedProxies,
}

/// Every route whose body has at most [`BODY_BYTES_MAX`].
pub fn routes(counter: Counter) -> Router {
    const INDIVIDUAL: &str = "/api/v2.1/customer/individual";
    let path = |rest: &str| format!("{INDIVIDUAL}/{rest}");
    Router::new()
        .route(&path("categorization/hierarchy/{tenant}"), get(hierarchy::read))
        .route(&path("registration"), post(registration::register))
        .route(&path("{customer}"), get(customers::read))
        .route(&path("{customer}/categorization/proposal"), get(customers::propose))
        .route(&path("{customer}/users/{user}/sessions"), post(sessions::create))
        .route(&path("{customer}/users/{user}/sessions/{session}"), delete(sessions::end))
        .route(&path("{customer}/email-verification"), post(email::verify))
        .route(&path("{customer}/email-verification/resend"), post(email::resend))
        .route(&path("{customer}/consents/{kind}"), post(consents::grant))
        .route(&path("{customer}/owner/{tenant}/activation/check"), get(activation::check))
        .route(&path("{customer}/activation"), post(activation::activate))
        .route("/.well-known/jwks.json", get(sessions::keys))
        .merge(verification::routes())
        .merge(webhooks::routes())
        .route("/api/v2.1/{*rest}", any(async || Failure::not_found("path")))
        .method_not_allowed_fallback(async || Failure::no_such_method())
        .with_state(counter)
}

/// The routes whose bodies bring files: up to [`verification::body::BODY_BYTES_MAX`].
pub fn file_routes(counter: Counter) -> Router {
    verification::file_routes().method_not_allowed_fallback(async || Failure::no_such_method()).with_state(counter)
}
