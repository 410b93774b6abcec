//! PostgreSQL: a pool, and batches whose statements travel together.

mod fault;
mod migrate;
mod pool;
mod run;
mod tls;
mod value;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{Client, Object, Pool};

use crate::migrate::{MigrateError, Migrated, Migration};
use crate::postgres::fault::Fault;
use crate::stats::{Counters, count};
use crate::{
    Batch, Engine, EngineError, OpenError, PostgresConfig, PrepareError, ReadError, Row, Sql, StatementResult, Stats,
    UniqueViolation, Value, WriteError,
};

/// How often a transaction is tried again after a deadlock or a serialisation failure.
const RETRIES_MAX: u32 = 5;

/// The pause before the first repetition; it doubles each time.
const RETRY_PAUSE: Duration = Duration::from_millis(4);

pub(crate) struct Postgres {
    pool: Pool,
    config: PostgresConfig,
    counters: Counters,
    /// What the name of a unique constraint stands for, as far as anybody asked.
    unique: Mutex<HashMap<String, UniqueViolation>>,
    /// Spreads the pauses of transactions that ran into each other.
    jitter: AtomicU64,
}

impl Postgres {
    pub async fn open(config: PostgresConfig) -> Result<Self, OpenError> {
        let pool = pool::open(&config).await?;
        Ok(Self { pool, config, counters: Counters::default(), unique: Mutex::default(), jitter: AtomicU64::new(0) })
    }

    /// Writes on a task of its own: a caller that goes away must not leave a transaction half done on a connection.
    pub async fn write(self: &Arc<Self>, batch: Batch) -> Result<Vec<StatementResult>, WriteError> {
        let this = Arc::clone(self);
        let written = tokio::spawn(async move { this.write_with_retries(&batch).await }).await;
        let answer = written.unwrap_or_else(|error| {
            Err(WriteError::Uncertain { source: client_error(format!("the write was broken off: {error}")) })
        });
        self.counters.answered(answer.is_ok());
        answer
    }

    async fn write_with_retries(&self, batch: &Batch) -> Result<Vec<StatementResult>, WriteError> {
        let mut attempt = 0;
        loop {
            match self.transact(batch).await {
                Ok(results) => {
                    self.counters.committed(1);
                    return Ok(results);
                }
                Err(fault) if fault.is_conflict() && attempt < RETRIES_MAX => {
                    count(&self.counters.retries);
                    tokio::time::sleep(self.pause(attempt)).await;
                    attempt += 1;
                }
                Err(fault) => return Err(self.write_error(fault).await),
            }
        }
    }

    async fn transact(&self, batch: &Batch) -> Result<Vec<StatementResult>, Fault> {
        let client = self.client().await?;
        match run::transact(&client, batch, self.config.rows_max).await {
            Ok(results) => Ok(results),
            Err((fault, clean)) => {
                if !clean {
                    // A connection whose transaction may be open is not given to anybody else.
                    drop(Object::take(client));
                }
                Err(fault)
            }
        }
    }

    /// 4, 8, 16 … milliseconds, each between half and the whole of it.
    fn pause(&self, attempt: u32) -> Duration {
        let longest = RETRY_PAUSE * 2u32.saturating_pow(attempt);
        // The golden ratio in 64 bits: consecutive numbers land far apart.
        let spread = self.jitter.fetch_add(1, Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48;
        longest / 2 + longest * u32::try_from(spread).unwrap_or(0) / (2 * 65_536)
    }

    async fn write_error(&self, fault: Fault) -> WriteError {
        match fault.unique_index() {
            Some((statement, schema, index)) => match self.unique(&schema, &index).await {
                Ok(violation) => WriteError::Unique { statement, violation },
                Err(_) => fault.into_write_error(),
            },
            None => fault.into_write_error(),
        }
    }

    /// Looks up the table and the columns behind a unique index. The error's own detail will not do: it is translated,
    /// holds the data, and is left out under row-level security.
    async fn unique(&self, schema: &str, index: &str) -> Result<UniqueViolation, Fault> {
        let known = self.unique.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned();
        if let Some(violation) = known {
            return Ok(violation);
        }
        let client = self.client().await?;
        let violation = run::unique_columns(&client, schema, index).await?;
        self.unique.lock().unwrap_or_else(PoisonError::into_inner).insert(index.to_owned(), violation.clone());
        Ok(violation)
    }

    pub async fn read(&self, sql: &Sql, values: &[Value]) -> Result<Vec<Row>, ReadError> {
        count(&self.counters.reads);
        let read = async {
            let client = self.client().await?;
            run::read(&client, sql.text(Engine::Postgres), values, self.config.rows_max).await
        };
        read.await.map_err(|fault: Fault| fault.into_read_error(self.config.rows_max))
    }

    pub async fn prepare_all(&self, statements: &[&Sql]) -> Vec<PrepareError> {
        let wrong = |text: &str, why: String| PrepareError { engine: Engine::Postgres, text: text.to_owned(), why };
        let client = match self.client().await {
            Ok(client) => client,
            Err(fault) => return vec![wrong("", fault.to_string())],
        };
        let mut found = Vec::new();
        for sql in statements {
            let text = sql.text(Engine::Postgres);
            if let Err(why) = run::check(&client, text).await {
                found.push(wrong(text, why));
            }
        }
        found
    }

    pub async fn migrate(&self, migrations: &[Migration]) -> Result<Migrated, MigrateError> {
        let client = self.client().await.map_err(|fault| MigrateError::Engine { source: fault.into_engine_error() })?;
        let migrated = migrate::migrate(&client, migrations).await;
        // The session's settings were changed, and a failed step may have left a transaction open.
        drop(Object::take(client));
        migrated
    }

    async fn client(&self) -> Result<Client, Fault> {
        if self.pool.status().waiting > self.config.queue_max {
            return Err(Fault::Overloaded);
        }
        self.pool.get().await.map_err(Fault::from)
    }

    pub fn stats(&self) -> Stats {
        Stats { queue_length: self.pool.status().waiting as u64, ..self.counters.snapshot() }
    }

    pub fn close(&self) {
        self.pool.close();
    }
}

/// An error that did not come from the server.
fn client_error(message: String) -> EngineError {
    EngineError { engine: Engine::Postgres, code: "client".to_owned(), message }
}
