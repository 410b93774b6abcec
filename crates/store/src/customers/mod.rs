//! Customers: read, found, asked about, written.

pub(crate) mod ask;
pub(crate) mod filter;
pub(crate) mod read;
pub(crate) mod write;
