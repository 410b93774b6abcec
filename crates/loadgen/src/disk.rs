//! What the disk allows: rows into a bare SQLite, as durable as the house's.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::Connection;

/// How many rows are committed together at most: what the house's own writer groups.
pub const GROUP: u32 = 32;

/// Commits rows of `bytes` in groups of `group` for a while, and gives rows per second.
pub fn commits_per_second(folder: &Path, bytes: usize, group: u32, length: Duration) -> Result<f64> {
    let file = folder.join(format!("bare-{group}.db"));
    let connection = Connection::open(&file).context("the bare database cannot be opened")?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB);",
    )?;
    let mut insert = connection.prepare("INSERT INTO rows (body) VALUES (?1)")?;
    // Not zeros: a file system may make those cheaper.
    let body: Vec<u8> = (0..bytes).map(|at| u8::try_from(at * 167 % 251).unwrap_or_default()).collect();
    let begun = Instant::now();
    let mut rows = 0_u64;
    while begun.elapsed() < length {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..group {
            insert.execute([&body])?;
        }
        connection.execute_batch("COMMIT")?;
        rows += u64::from(group);
    }
    Ok(rows as f64 / begun.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_committed() {
        let folder = tempfile::tempdir().expect("a folder");
        let rate = commits_per_second(folder.path(), 1000, 4, Duration::from_millis(20)).expect("SQLite");
        assert!(rate > 0.0);
        let kept = Connection::open(folder.path().join("bare-4.db")).expect("SQLite");
        let rows: i64 = kept.query_row("SELECT count(*) FROM rows", [], |row| row.get(0)).expect("a count");
        assert!(rows >= 4 && rows % 4 == 0);
    }
}
