//! What the database promises, on both engines.
#![expect(clippy::unwrap_used, reason = "these are tests")]

mod durability;
mod migrations;
mod postgres;
mod reads;
mod schema;
mod sqlite;
mod writes;
