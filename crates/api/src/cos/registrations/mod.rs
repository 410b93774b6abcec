//! Webhook registrations: `/webhooks/v1/registrations`.

mod body;
mod handlers;
mod view;

pub use handlers::routes;
