//! The one handle on either engine.

use std::sync::Arc;

use crate::batch::STATEMENTS_MAX;
use crate::migrate::{MigrateError, Migrated, Migration};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::{
    Batch, Config, Engine, OpenError, PrepareError, ReadError, Row, Sql, StatementResult, Stats, Value, WriteError,
};

/// A database on either engine. Cheap to clone; all clones are the same database.
#[derive(Clone)]
pub struct Database {
    inner: Inner,
}

#[derive(Clone)]
enum Inner {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Database {
    /// Opens the files (creating what is missing) or connects to the server, and checks every setting that durability
    /// rests on. Needs a tokio runtime, as everything here does.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let inner = match config {
            Config::Sqlite(config) => Inner::Sqlite(Arc::new(Sqlite::open(config)?)),
            Config::Postgres(config) => Inner::Postgres(Arc::new(Postgres::open(config).await?)),
        };
        Ok(Self { inner })
    }

    /// Writes a batch, all or nothing, and answers once it is durable: after the fsync on SQLite, after the commit on
    /// PostgreSQL. The results are in the order of the statements.
    ///
    /// When the caller goes away while it waits, the batch is written or not, but never in part.
    pub async fn write(&self, batch: Batch) -> Result<Vec<StatementResult>, WriteError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        if batch.len() > STATEMENTS_MAX {
            return Err(WriteError::TooLarge { statements: batch.len() });
        }
        for (statement, content) in batch.statements.iter().enumerate() {
            storable(&content.values).map_err(|why| WriteError::Statement { statement, why })?;
        }
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.write(batch).await,
            Inner::Postgres(postgres) => postgres.write(batch).await,
        }
    }

    /// Reads what is committed. Each read sees one moment; two reads may see two.
    pub async fn read(&self, sql: &Sql, values: Vec<Value>) -> Result<Vec<Row>, ReadError> {
        storable(&values).map_err(|why| ReadError::Statement { why })?;
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.read(sql, values).await,
            Inner::Postgres(postgres) => postgres.read(sql, &values).await,
        }
    }

    /// Reads many rows, for whoever goes through a whole table: not on the caller's thread, where it would be broken off.
    pub async fn read_many(&self, sql: &Sql, values: Vec<Value>) -> Result<Vec<Row>, ReadError> {
        storable(&values).map_err(|why| ReadError::Statement { why })?;
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.read_many(sql, values).await,
            Inner::Postgres(postgres) => postgres.read(sql, &values).await,
        }
    }

    /// Reads the one row there is, or none; several are an error.
    pub async fn read_one(&self, sql: &Sql, values: Vec<Value>) -> Result<Option<Row>, ReadError> {
        let mut rows = self.read(sql, values).await?;
        if rows.len() > 1 { Err(ReadError::NotOne) } else { Ok(rows.pop()) }
    }

    /// Brings the schema to what `migrations` describe: see [`Migration`].
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<Migrated, MigrateError> {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.migrate(migrations).await,
            Inner::Postgres(postgres) => postgres.migrate(migrations).await,
        }
    }

    /// Prepares every statement against the schema as it is, and names each that the engine would not take, whose
    /// parameters are not `$1` to `$n`, or that reads or returns a type outside the portable subset.
    pub async fn prepare_all(&self, statements: &[&Sql]) -> Result<(), Vec<PrepareError>> {
        let wrong = match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.prepare_all(statements).await,
            Inner::Postgres(postgres) => postgres.prepare_all(statements).await,
        };
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Moves the write-ahead log into the files and empties it, so that what was deleted is gone from the disk
    /// (SQLite; nothing to do on PostgreSQL). Readers may keep a part of it: then the next one finishes the work.
    pub async fn checkpoint(&self) -> Result<(), WriteError> {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.checkpoint().await,
            Inner::Postgres(_) => Ok(()),
        }
    }

    /// Why writing has stopped for good, if it has: then the process must end and start again.
    #[must_use]
    pub fn poisoned(&self) -> Option<String> {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.poisoned(),
            Inner::Postgres(_) => None,
        }
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// What was counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.stats(),
            Inner::Postgres(postgres) => postgres.stats(),
        }
    }

    /// Writes what is waiting, then closes. Every further call, on any clone, is refused.
    pub async fn close(&self) {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.close().await,
            Inner::Postgres(postgres) => postgres.close(),
        }
    }
}

/// PostgreSQL keeps no NUL characters in texts; so that both engines keep the same, neither does here.
fn storable(values: &[Value]) -> Result<(), String> {
    let nul = values.iter().position(|value| matches!(value, Value::Text(text) if text.contains('\0')));
    nul.map_or(Ok(()), |at| Err(format!("parameter ${} is a text with a NUL character", at + 1)))
}
