//! Xpollens: five or six steps in any order, two of them signed on a device; the account opens when all are clear.
//!
//! `docs/XPOLLENS.md` says what is spoken and where it differs. Read in this order:
//! - [`caller`]: who asks; [`error`]: what is said when it does not work;
//! - [`body`], [`query`], [`path`]: how things are read and written; [`words`]: the vendor's words;
//! - [`users`]: a user and everything that belongs to one; [`sandbox`]: who signs where there is no telephone;
//! - [`callbacks`]: what goes out; [`queue`]: what is fetched instead.

pub mod body;
pub mod callbacks;
pub mod caller;
pub mod error;
pub mod path;
pub mod query;
pub mod queue;
pub mod sandbox;
pub mod users;
pub mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};
use jiff::SignedDuration;
use service::Service;

use error::Problem;

pub use callbacks::dialect::Xpollens;

/// What registrations of this dialect are stored under.
pub const NAME: &str = "xpollens";

/// The scope that the vendor's clients ask for.
pub const SCOPE: &str = "partner";

/// How long a token lives: the vendor's hour.
pub const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Largest JSON body, in bytes. The largest one that makes sense has about 2 KiB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Largest upload, in bytes: both sides of a document, and room for the form around them.
pub const ATTACHMENT_BYTES_MAX: usize = 2 * onboarding::signals::file::BYTES_MAX + 64 * 1024;

/// What every handler has at hand.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
    /// Where the house can be reached from outside.
    pub public_url: Arc<str>,
}

/// Every route whose body is JSON; the sandbox's only where one is served.
pub fn routes(counter: Counter, sandbox: bool) -> Router {
    let mut routes = users::routes().route("/api/v2.0/webhooks", get(queue::fetch));
    if sandbox {
        routes = routes.route("/sandbox/xpollens/sca/{id}", post(sandbox::sign));
    }
    for version in ["v1.1", "v2.0", "v3.0", "sca"] {
        routes = routes.route(&format!("/api/{version}/{{*rest}}"), any(async || Problem::not_found("Path")));
    }
    routes.method_not_allowed_fallback(async || Problem::no_such_method()).with_state(counter)
}

/// The routes whose bodies bring files.
pub fn file_routes(counter: Counter) -> Router {
    users::file_routes().method_not_allowed_fallback(async || Problem::no_such_method()).with_state(counter)
}
