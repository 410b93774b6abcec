//! The journal: every fact once, in one order a tenant, chained by hashes. Ids and states only, never a value, so that it
//! still verifies after a customer's key was destroyed.
//!
//! A use case inserts its events into the outbox, in its own write. The sealer takes them in the order of their
//! insertion, gives each its number and hash, and fans them out into deliveries ([`crate::Store::seal_portion`]).
//!
//! The chain shows that an entry was edited, deleted, inserted or moved; the head, which the tenant's key vouches for,
//! that the end was cut off. Against somebody who has the keys as well, or puts an old copy of everything back, only a
//! head kept elsewhere helps: export it.

pub(crate) mod chain;
pub(crate) mod read;
pub(crate) mod seal;
pub(crate) mod sealer;
pub(crate) mod verify;

pub use chain::hash;
pub(crate) use seal::{genesis, outbox};
