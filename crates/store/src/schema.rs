//! The schema, as the steps that lead to it. How to change it: see [`db::Migration`]; never edit a released step.

use db::Migration;

/// Every step, oldest first.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "keys", schema: "main", sql: include_str!("schema/0001_keys.sql") },
    Migration { number: 2, name: "data", schema: DATA_SCHEMA, sql: include_str!("schema/0002_data.sql") },
];

/// The name under which `vestibule.db` is attached to `keys.db` on SQLite.
pub(crate) const DATA_SCHEMA: &str = "data";
