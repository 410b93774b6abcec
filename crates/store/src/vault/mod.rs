//! Keys and seals: what makes a stolen folder worthless, and a destroyed key final.
//!
//! ```text
//! master key (a file, or given by the caller)
//!   wraps one root key a tenant          keys.db: tenant_keys
//!     from which are derived: wrap, seal, blind, digest, journal
//!       `wrap` wraps one key a customer  keys.db: customer_keys
//!         which seals the customer's documents, cases and evidence
//!   from which are derived: house, which seals what is of no tenant (tokens of feeds), and network
//! ```
//! A sealed column is XChaCha20-Poly1305 with a random nonce, bound to its place (tenant, table, row, column and the
//! row's version), so that a value copied to another place does not open. Look-ups on personal data go through
//! [`blind`] tokens. Keys are wiped from memory when dropped.

pub(crate) mod blind;
pub(crate) mod key;
pub(crate) mod keyring;
pub(crate) mod master;
pub(crate) mod seal;
