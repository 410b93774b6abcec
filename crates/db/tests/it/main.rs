//! What the database promises, on both engines.

mod durability;
mod migrations;
mod reads;
mod schema;
mod sqlite;
mod writes;
