//! Where the data is and what is bounded.

use std::path::PathBuf;
use std::time::Duration;

/// Which engine, and where.
#[derive(Clone, Debug)]
pub enum Config {
    /// Files in a folder of ours.
    Sqlite(SqliteConfig),
    /// A server.
    Postgres(PostgresConfig),
}

/// Files on a local disk. (SQLite's locks and its shared memory do not work over a network.)
#[derive(Clone, Debug)]
pub struct SqliteConfig {
    /// The main database of every connection, which SQLite commits first.
    pub main: PathBuf,
    /// Further files: the schema name each is attached under, and its path. At most ten.
    pub attached: Vec<(String, PathBuf)>,
    /// How many connections read from the threads of callers, and as many again from threads of their own.
    pub readers: usize,
    /// How long to wait for another process that writes.
    pub busy_timeout: Duration,
    /// After how long a read is broken off. An open snapshot keeps the write-ahead log from being reused.
    pub read_time_max: Duration,
    /// After how long a statement of a batch is broken off, because all other writers wait for it.
    pub write_time_max: Duration,
    /// How many batches may wait for the writer before further ones are refused.
    pub queue_max: usize,
    /// How many rows one read may return.
    pub rows_max: usize,
    /// How large each file may become, in pages of 4 KiB; then writes end in [`WriteError::Full`](crate::WriteError).
    pub pages_max: Option<u32>,
}

impl SqliteConfig {
    /// The files in `main` alone, with the bounds the server runs with.
    #[must_use]
    pub fn new(main: impl Into<PathBuf>) -> Self {
        Self {
            main: main.into(),
            attached: Vec::new(),
            readers: 2,
            busy_timeout: Duration::from_secs(5),
            read_time_max: Duration::from_secs(5),
            write_time_max: Duration::from_secs(10),
            queue_max: 1_024,
            rows_max: 10_000,
            pages_max: None,
        }
    }

    /// Attaches a further file under a schema name.
    #[must_use]
    pub fn attach(mut self, schema: &str, path: impl Into<PathBuf>) -> Self {
        self.attached.push((schema.to_owned(), path.into()));
        self
    }
}

/// A PostgreSQL server, 14 or newer.
#[derive(Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database?sslmode=…`, as libpq understands it.
    ///
    /// `sslmode=disable` never uses TLS, `require` always does *and* checks the certificate. Without either, TLS is
    /// used unless the server is on this machine (a socket or a loopback name).
    pub url: String,
    /// A PEM file with the authorities to trust instead of the public ones.
    pub tls_roots: Option<PathBuf>,
    /// How many connections at most.
    pub pool_max: usize,
    /// How long to wait for a free connection.
    pub pool_wait_max: Duration,
    /// How many may wait for a connection before further ones are refused at once.
    pub queue_max: usize,
    /// `statement_timeout`.
    pub statement_time_max: Duration,
    /// `lock_timeout`.
    pub lock_time_max: Duration,
    /// `idle_in_transaction_session_timeout`: our transactions are never idle, so this is for what goes wrong.
    pub idle_transaction_time_max: Duration,
    /// How many rows one read may return.
    pub rows_max: usize,
}

impl PostgresConfig {
    /// The server at `url`, with the bounds the server runs with.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            tls_roots: None,
            pool_max: 16,
            pool_wait_max: Duration::from_secs(5),
            queue_max: 1_024,
            statement_time_max: Duration::from_secs(10),
            lock_time_max: Duration::from_secs(5),
            idle_transaction_time_max: Duration::from_secs(10),
            rows_max: 10_000,
        }
    }
}

impl std::fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL holds a password.
        f.debug_struct("PostgresConfig").field("pool_max", &self.pool_max).finish_non_exhaustive()
    }
}
