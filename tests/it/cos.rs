//! The COS dialect, as its document's reader would use it.

mod bad_input;
mod cases;
mod customers;
mod idempotency;
mod published;
mod registrations;
mod sandbox;
mod tutorial;
