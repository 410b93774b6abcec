//! A connection with the settings that durability rests on, each set and read back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use crate::sqlite::fault;
use crate::{OpenError, SqliteConfig};

/// The first version without the bug that could reset a write-ahead log that another connection still needed.
const VERSION_MIN: (i32, &str) = (3_051_003, "3.51.3");

/// How many prepared statements a connection keeps: more than the store has.
const STATEMENTS_KEPT: usize = 512;

/// The write-ahead log is moved into the file when it reaches so many pages (16 MB). A page that many commits change is
/// then moved once for all of them; more would only make a start after a crash, and reading, slower.
const WAL_PAGES: i64 = 4_000;

/// A write-ahead log that grew under a long read is cut back to this many bytes once it is reused.
const WAL_BYTES_KEPT: i64 = 64 * 1024 * 1024;

/// What a connection keeps of a file in memory, in KiB. The writer keeps the upper pages of every table and index, and
/// all that one group of commits changes: what does not fit is written to the log before its time, and once more later.
const CACHE_KIB: (i64, i64) = (64 * 1024, 8 * 1024);

/// How many steps of SQLite's machine pass between two looks at the clock: some tens of microseconds.
const STEPS_BETWEEN_LOOKS: i32 = 4_096;

/// A connection and the time by which its current statement must be done.
pub(crate) struct Connection {
    pub sqlite: rusqlite::Connection,
    pub deadline: Deadline,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Write,
    Read,
}

impl Connection {
    /// Opens the main file and attaches the others.
    pub fn open(config: &SqliteConfig, purpose: Purpose) -> Result<Self, OpenError> {
        if rusqlite::version_number() < VERSION_MIN.0 {
            return Err(OpenError::SqliteTooOld { found: rusqlite::version().to_owned() });
        }
        let flags = match purpose {
            Purpose::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Purpose::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        if purpose == Purpose::Write {
            let paths = std::iter::once(&config.main).chain(config.attached.iter().map(|(_, path)| path));
            paths.into_iter().try_for_each(|path| create_private(path))?;
        }
        // Each connection is used by one thread at a time, which `&mut` and a mutex see to.
        let mut sqlite = rusqlite::Connection::open_with_flags(&config.main, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(open_error)?;
        sqlite.busy_timeout(config.busy_timeout).map_err(open_error)?;
        sqlite.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        // A plan that does not look at parameters. Otherwise `LIMIT $1` is compiled anew each time it is bound.
        sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(open_error)?;
        let deadline = Deadline::none();
        sqlite.progress_handler(STEPS_BETWEEN_LOOKS, Some(deadline.handler())).map_err(open_error)?;
        for (schema, path) in &config.attached {
            let path = path.to_str().ok_or_else(|| OpenError::File {
                path: path.clone(),
                source: std::io::Error::new(std::io::ErrorKind::InvalidInput, "not UTF-8"),
            })?;
            sqlite.execute("ATTACH DATABASE ?1 AS ?2", (path, schema)).map_err(open_error)?;
        }
        let mut connection = Self { sqlite, deadline };
        connection.set(config, purpose)?;
        Ok(connection)
    }

    fn set(&mut self, config: &SqliteConfig, purpose: Purpose) -> Result<(), OpenError> {
        self.number("main", "foreign_keys", 1)?;
        self.number("main", "trusted_schema", 0)?;
        // Sorting and savepoints keep their scraps in memory, never in a file nobody looks after.
        self.number("main", "temp_store", 2)?;
        self.number("main", "wal_autocheckpoint", WAL_PAGES)?;
        for schema in schemas(config) {
            // A reader cannot change the journal, but finds it as the writer left it.
            if purpose == Purpose::Write {
                self.text(schema, "journal_mode", "wal")?;
                // What is deleted is overwritten: destroying a key must not leave it in a free page.
                self.number(schema, "secure_delete", 1)?;
                self.number(schema, "journal_size_limit", WAL_BYTES_KEPT)?;
                if let Some(pages_max) = config.pages_max {
                    self.number(schema, "max_page_count", pages_max.into())?;
                }
            }
            self.number(schema, "synchronous", 2)?;
            // A first look: tells a file that is no database, and lets SQLite open the log. A connection that had never
            // read before its first checkpoint would wait in it for a transaction of its own (as of SQLite 3.54).
            self.sqlite
                .query_row(&format!("SELECT count(*) FROM {schema}.sqlite_schema"), [], |_| Ok(()))
                .map_err(open_error)?;
            // SQLite reads a negative size as KiB.
            let kib = if purpose == Purpose::Write { CACHE_KIB.0 } else { CACHE_KIB.1 };
            self.number(schema, "cache_size", -kib)?;
            // Memory-mapped files have turned a stray write into a corrupt database.
            self.number(schema, "mmap_size", 0)?;
        }
        if purpose == Purpose::Read {
            self.number("main", "query_only", 1)?;
        }
        Ok(())
    }

    /// Sets a pragma and reads it back. Not all of them answer when they are set, and none fails on a value it ignores.
    fn number(&mut self, schema: &str, setting: &'static str, wanted: i64) -> Result<(), OpenError> {
        self.sqlite.pragma_update(Some(schema), setting, wanted).map_err(open_error)?;
        let mut found = None;
        let read = self.sqlite.pragma_query(Some(schema), setting, |row| {
            found = Some(row.get::<_, i64>(0)?);
            Ok(())
        });
        read.map_err(open_error)?;
        match found {
            Some(found) if found == wanted => Ok(()),
            // A build without memory-mapped files has nothing to answer, and nothing to switch off.
            None if setting == "mmap_size" => Ok(()),
            found => Err(refused(schema, setting, &wanted.to_string(), found.map(|n| n.to_string()))),
        }
    }

    fn text(&mut self, schema: &str, setting: &'static str, wanted: &str) -> Result<(), OpenError> {
        self.sqlite.pragma_update(Some(schema), setting, wanted).map_err(open_error)?;
        let found: String =
            self.sqlite.pragma_query_value(Some(schema), setting, |row| row.get(0)).map_err(open_error)?;
        if found == wanted { Ok(()) } else { Err(refused(schema, setting, wanted, Some(found))) }
    }
}

/// The schema names of a configuration, in the order in which SQLite commits their files.
pub(crate) fn schemas(config: &SqliteConfig) -> impl Iterator<Item = &str> {
    std::iter::once("main").chain(config.attached.iter().map(|(schema, _)| schema.as_str()))
}

/// Creates a file that only its owner can read, unless it exists; SQLite gives its log and shared memory the same
/// permissions.
///
/// An existing file must not even be opened here: closing it would drop every lock this process holds on it, as POSIX
/// has it, under the connections that rely on them.
fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(OpenError::File { path: PathBuf::from(path), source })
        }
        _ => Ok(()),
    }
}

fn refused(schema: &str, setting: &'static str, wanted: &str, found: Option<String>) -> OpenError {
    OpenError::Setting {
        schema: schema.to_owned(),
        setting,
        wanted: wanted.to_owned(),
        found: found.unwrap_or_else(|| "unknown".to_owned()),
    }
}

fn open_error(error: rusqlite::Error) -> OpenError {
    OpenError::Engine { source: fault::engine_error(error) }
}

/// When the statement that runs on a connection must be done. SQLite asks every few thousand steps.
#[derive(Clone)]
pub(crate) struct Deadline {
    opened: Instant,
    /// Microseconds after `opened`; 0 is no deadline.
    micros: Arc<AtomicU64>,
}

impl Deadline {
    fn none() -> Self {
        Self { opened: Instant::now(), micros: Arc::default() }
    }

    /// From now until [`Deadline::clear`], statements may take `time_max` together.
    pub fn set(&self, time_max: Duration) {
        let at = self.opened.elapsed().saturating_add(time_max).as_micros();
        self.micros.store(u64::try_from(at).unwrap_or(u64::MAX).max(1), Relaxed);
    }

    pub fn clear(&self) {
        self.micros.store(0, Relaxed);
    }

    fn handler(&self) -> impl FnMut() -> bool + Send + 'static {
        let deadline = self.clone();
        move || {
            let at = deadline.micros.load(Relaxed);
            at != 0 && deadline.opened.elapsed() > Duration::from_micros(at)
        }
    }
}
