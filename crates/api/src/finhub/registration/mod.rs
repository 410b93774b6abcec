//! Registration: what is said of an individual, its category, and the use case.

pub mod body;
pub mod categorization;
mod handler;

pub use handler::register;
