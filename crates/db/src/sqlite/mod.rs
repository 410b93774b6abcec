//! SQLite in the process: one thread writes, several connections read.

mod connection;
mod fault;
mod migrate;
mod readers;
mod run;
mod writer;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use tokio::sync::{mpsc, oneshot};

use crate::migrate::{MigrateError, Migrated, Migration};
use crate::sqlite::connection::{Connection, Purpose};
use crate::sqlite::readers::Readers;
use crate::sqlite::writer::{Unit, Work};
use crate::stats::Counters;
use crate::{
    Batch, Engine, EngineError, OpenError, PrepareError, ReadError, Row, Sql, SqliteConfig, StatementResult, Stats,
    Value, WriteError,
};

/// SQLite attaches at most ten files.
const ATTACHED_MAX: usize = 10;

pub(crate) struct Sqlite {
    queue: mpsc::Sender<Work>,
    readers: Readers,
    shared: Arc<Shared>,
}

/// What the threads share.
pub(crate) struct Shared {
    config: SqliteConfig,
    counters: Counters,
    poison: OnceLock<String>,
}

impl Shared {
    fn poisoned(&self) -> Option<String> {
        self.poison.get().cloned()
    }

    fn poison(&self, why: String) {
        // The first disk error is the one to report.
        self.poison.get_or_init(|| why);
    }
}

impl Sqlite {
    pub fn open(config: SqliteConfig) -> Result<Self, OpenError> {
        check_schema_names(&config)?;
        let shared = Arc::new(Shared { config, counters: Counters::default(), poison: OnceLock::new() });
        // The writer first: it creates the files and sets their journal mode.
        let connection = Connection::open(&shared.config, Purpose::Write)?;
        let readers = Readers::open(&shared.config, &shared)?;
        let (queue, receiver) = mpsc::channel(shared.config.queue_max.max(1));
        let for_writer = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("db-writer".to_owned());
        let spawned = thread.spawn(move || writer::work(connection, receiver, &for_writer));
        spawned.map_err(|source| OpenError::File { path: shared.config.main.clone(), source })?;
        Ok(Self { queue, readers, shared })
    }

    pub async fn write(&self, batch: Batch) -> Result<Vec<StatementResult>, WriteError> {
        if let Some(why) = self.poisoned() {
            return Err(WriteError::Poisoned { why });
        }
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Work::Write(Unit { batch, reply })).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => WriteError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => WriteError::Closed,
        })?;
        answer.await.unwrap_or_else(|_| Err(WriteError::Uncertain { source: gone() }))
    }

    pub async fn read(&self, sql: &Sql, values: Vec<Value>) -> Result<Vec<Row>, ReadError> {
        self.readers.read(sql, values).await
    }

    pub async fn read_many(&self, sql: &Sql, values: Vec<Value>) -> Result<Vec<Row>, ReadError> {
        self.readers.read_many(sql, values).await
    }

    pub async fn checkpoint(&self) -> Result<(), WriteError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Work::Checkpoint(reply)).await.map_err(|_| WriteError::Closed)?;
        answer.await.unwrap_or(Err(WriteError::Closed))
    }

    pub async fn prepare_all(&self, statements: &[&Sql]) -> Vec<PrepareError> {
        let statements: Vec<Sql> = statements.iter().map(|sql| (*sql).clone()).collect();
        let closed =
            PrepareError { engine: Engine::Sqlite, text: String::new(), why: "the database is closed".to_owned() };
        let (reply, answer) = oneshot::channel();
        if self.queue.send(Work::Prepare(statements, reply)).await.is_err() {
            return vec![closed];
        }
        answer.await.unwrap_or_else(|_| vec![closed])
    }

    pub async fn migrate(&self, migrations: &[Migration]) -> Result<Migrated, MigrateError> {
        let (config, migrations) = (self.shared.config.clone(), migrations.to_vec());
        let ran = tokio::task::spawn_blocking(move || migrate::migrate(&config, &migrations)).await;
        ran.unwrap_or_else(|_| Err(MigrateError::Engine { source: gone() }))
    }

    pub async fn close(&self) {
        self.readers.close();
        let (reply, closed) = oneshot::channel();
        if self.queue.send(Work::Close(reply)).await.is_ok() {
            // An error means that the writer has gone already.
            closed.await.unwrap_or_default();
        }
    }

    pub fn poisoned(&self) -> Option<String> {
        self.shared.poisoned()
    }

    pub fn stats(&self) -> Stats {
        let config = &self.shared.config;
        let files = std::iter::once(&config.main).chain(config.attached.iter().map(|(_, path)| path));
        Stats {
            queue_length: (self.queue.max_capacity() - self.queue.capacity()) as u64,
            wal_bytes: files.map(|path| wal_bytes(path)).sum(),
            ..self.shared.counters.snapshot()
        }
    }
}

fn wal_bytes(path: &Path) -> u64 {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    // No log is an empty log.
    std::fs::metadata(wal).map_or(0, |file| file.len())
}

fn check_schema_names(config: &SqliteConfig) -> Result<(), OpenError> {
    let mut seen = vec!["main", "temp"];
    for (name, _) in &config.attached {
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !plain || seen.contains(&name.as_str()) || seen.len() == ATTACHED_MAX + 2 {
            return Err(OpenError::SchemaName { name: name.clone() });
        }
        seen.push(name);
    }
    Ok(())
}

fn gone() -> EngineError {
    let message = "a database thread ended before it answered".to_owned();
    EngineError { engine: Engine::Sqlite, code: "client".to_owned(), message }
}
