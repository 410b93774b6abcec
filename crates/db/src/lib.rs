//! One SQL text on two engines: SQLite in the process, or PostgreSQL.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use db::{Batch, Config, Database, Expect, Migration, Sql, SqliteConfig, sql, values};
//!
//! const MIGRATIONS: &[Migration] = &[Migration {
//!     number: 1,
//!     name: "cases",
//!     schema: "main",
//!     sql: "CREATE TABLE cases (id BYTES PRIMARY KEY, state TEXT NOT NULL, version BIGINT NOT NULL);",
//! }];
//! const CASE_CLOSE: Sql = sql("UPDATE cases SET state=$1, version=version+1 WHERE id=$2 AND version=$3");
//! const CASE: Sql = sql("SELECT state, version FROM cases WHERE id=$1");
//!
//! let folder = tempfile::tempdir()?;
//! let database = Database::open(Config::Sqlite(SqliteConfig::new(folder.path().join("cases.db")))).await?;
//! database.migrate(MIGRATIONS).await?;
//!
//! let id = [7u8; 16];
//! let mut batch = Batch::new();
//! batch.add(&sql("INSERT INTO cases (id, state, version) VALUES ($1, 'open', 1)"), values![id], Expect::Rows(1));
//! batch.add(&CASE_CLOSE, values!["closed", id, 1], Expect::Rows(1));   // another version: the batch is undone
//! database.write(batch).await?;                                        // durable when this returns
//!
//! let case = database.read_one(&CASE, values![id]).await?.ok_or("no such case")?;
//! assert_eq!(case.text("state")?, "closed");
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! **SQLite.** One thread owns the only connection that writes. It takes whatever batches are waiting, writes them in one
//! transaction with a savepoint each, commits, and answers each only after the fsync: an idle database commits a single
//! batch at once, a busy one pays for one fsync a group. Reads run on other connections, on the thread of the caller
//! while they are quick, otherwise on a thread of their own; each is one statement with a time limit, so that no
//! snapshot stays open and the write-ahead log can be reused. Other processes may write the same files.
//!
//! With attached files a batch is atomic while the process lives. Each file has its own log, and the main one is
//! committed first: a process that dies between the two commits leaves the batch in the main file alone. It was not
//! answered, so its caller repeats it; what it writes to the main file must bear that.
//!
//! **PostgreSQL.** A pool; the statements of a batch travel together in one transaction, are checked, then committed.
//! Deadlocks and serialisation failures are tried again.
//!
//! This crate knows nothing of the domain.

mod batch;
mod config;
mod database;
mod error;
mod migrate;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod stats;
mod value;

pub use batch::{Batch, Expect, STATEMENTS_MAX, StatementResult};
pub use config::{Config, PostgresConfig, SqliteConfig};
pub use database::Database;
pub use error::{EngineError, OpenError, PrepareError, ReadError, UniqueViolation, WriteError};
pub use migrate::{MigrateError, Migrated, Migration};
pub use row::{Column, ColumnError, Row};
pub use sql::{Engine, Sql, sql, sql_for};
pub use stats::Stats;
pub use value::Value;
