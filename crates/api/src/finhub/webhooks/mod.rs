//! Webhook subscriptions and what they were sent: `/api/v2.1/webhooks`.

pub mod body;
mod handlers;
pub mod view;

pub use handlers::routes;
