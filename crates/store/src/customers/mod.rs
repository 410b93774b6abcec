//! Customers: read, found, written.

pub(crate) mod filter;
pub(crate) mod read;
pub(crate) mod write;
