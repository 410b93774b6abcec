//! The identification page: what takes a customer's document and face, and the other pages of `sdk/`.
//!
//! - [`pages`]: the files, with what a browser may do with them.

pub mod pages;

pub use pages::{authenticator_url, page_url};
