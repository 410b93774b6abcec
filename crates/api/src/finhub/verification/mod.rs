//! Verifications: started, shown documents, approved.

pub mod body;
mod handlers;
pub mod view;

pub use handlers::{PREFIX, file_routes, routes};
