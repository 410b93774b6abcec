//! Webhook events: `/webhooks/v1/events`, as they are sent and as they are fetched.

mod handlers;
pub mod view;

pub use handlers::routes;
