//! The FinHub dialect, as its document's reader would use it.

mod bad_input;
mod bank;
mod chain;
mod mail;
mod order;
mod secrecy;
mod sessions;
mod tenants;
mod webhooks;
