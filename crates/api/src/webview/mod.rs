//! The identification page: what takes a customer's document and face, and the other pages of `sdk/`.
//!
//! Nobody signs in here: who knows the token in the page's address may show documents, and learns nothing.
//!
//! - [`pages`]: the files, with what a browser may do with them;
//! - [`handlers`], [`upload`]: what the page asks: `/webview/v1/{token}`.

pub mod handlers;
pub mod pages;
pub mod upload;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};
use onboarding::signals::file::BYTES_MAX;
use service::{Refused, Service};

pub use pages::{authenticator_url, page_url};

use crate::xpollens::error::Problem;

/// Largest JSON body, in bytes.
pub const BODY_BYTES_MAX: usize = 8 * 1024;

/// Largest upload, in bytes: two sides of a document as large as a file may be, and room for the form around them.
pub const UPLOAD_BYTES_MAX: usize = 2 * BYTES_MAX + 64 * 1024;

/// What every handler has at hand.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
    /// Where the house can be reached from outside.
    pub public_url: Arc<str>,
}

/// Every route but the uploads.
pub fn routes(counter: Counter) -> Router {
    let page = Router::new()
        .route(pages::IDENTIFICATION, get(handlers::page))
        .route("/webview/v1/{token}/state", get(handlers::state))
        .route("/webview/v1/{token}/biometrics", post(handlers::biometrics))
        .route("/webview/v1/{token}/done", post(handlers::done))
        .method_not_allowed_fallback(async || Problem::no_such_method());
    pages::routes(&counter.public_url).merge(page.with_state(counter))
}

/// The uploads, whose bodies are larger than all others.
pub fn upload_routes(counter: Counter) -> Router {
    Router::new()
        .route("/webview/v1/{token}/documents", post(upload::document))
        .route("/webview/v1/{token}/selfie", post(upload::selfie))
        .method_not_allowed_fallback(async || Problem::no_such_method())
        .with_state(counter)
}

/// Puts before the uploads that what is sent to a page that nobody knows takes no room: it is not waited for.
pub fn of_known_pages(uploads: Router, counter: Counter) -> Router {
    uploads.layer(middleware::from_fn_with_state(counter, upload::of_known_page))
}

/// What the page is told instead of an answer.
fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::NotFound => Problem::not_found("Page"),
        refused => refused.into(),
    }
}
