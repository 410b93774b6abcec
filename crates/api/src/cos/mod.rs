//! COS: the customer management and webhook modules of a bank's API, as its public documents have them.
//!
//! `docs/COS.md` says what is spoken and where it differs. Read in this order:
//! - [`path`]: one form for the many ways a path is written; [`caller`], [`token`]: who asks;
//! - [`code`], [`error`]: what is said when it does not work;
//! - [`body`], [`query`], [`page`], [`time`]: how things are written;
//! - [`customers`], [`records`], [`owners`], [`registrations`], [`events`]: the resources;
//! - [`event_name`], [`dialect`]: what goes out.

pub mod body;
pub mod caller;
pub mod code;
pub mod customers;
pub mod dialect;
pub mod error;
pub mod event_name;
pub mod events;
pub mod owners;
pub mod page;
mod partner;
pub mod path;
pub mod path_ids;
pub mod query;
pub mod records;
pub mod registrations;
pub mod time;
pub mod token;

use axum::Router;
use axum::routing::post;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use onboarding::records::{Address, Email, Identification, Phone};
use service::Service;

pub use dialect::Cos;

use error::Errors;
use records::Spoken;

/// What registrations of this dialect are stored under.
pub const NAME: &str = "cos";

/// Largest body, in bytes. The largest one that makes sense has about 10 KiB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Every route of the dialect, on paths in the form that [`path::normalise`] gives them.
pub fn routes(service: Service) -> Router {
    let routes = Router::new()
        .route("/connect/token", post(token::issue))
        .merge(customers::routes())
        .merge(owners::routes())
        .merge(registrations::routes())
        .merge(events::routes());
    let routes = record_routes::<Address>(routes);
    let routes = record_routes::<Phone>(routes);
    let routes = record_routes::<Email>(routes);
    record_routes::<Identification>(routes)
        .fallback(async || Errors::no_such_path())
        .method_not_allowed_fallback(async || Errors::no_such_method())
        .with_state(service)
}

fn record_routes<T: Spoken>(routes: Router<Service>) -> Router<Service> {
    let (segment, all, one) = records::routes::<T>();
    routes
        .route(&format!("/v1/cm/customers/{{id}}/{segment}"), all)
        .route(&format!("/v1/cm/customers/{{id}}/{segment}/{{record}}"), one)
}

/// The day it is, for what must not lie in the future.
fn today(service: &Service) -> Date {
    service.now().to_zoned(TimeZone::UTC).date()
}
