//! What can go wrong, in the same words for both engines.

use std::path::PathBuf;

use crate::{Engine, Expect};

/// What an engine said: its code and a message without data.
///
/// PostgreSQL's `DETAIL` repeats the row in question, and its messages about malformed data repeat the data; both are
/// left out, because errors are logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{engine} {code}: {message}")]
pub struct EngineError {
    /// Which engine.
    pub engine: Engine,
    /// SQLite's extended result code or PostgreSQL's SQLSTATE; `client` for what never reached the server.
    pub code: String,
    /// What it said.
    pub message: String,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or its folder cannot be used.
    #[error("cannot use the file {path}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A schema name that is not a plain lower-case word, or more than ten of them.
    #[error("{name:?} cannot be attached: a schema name is a lower-case word, at most ten of them, no two alike")]
    SchemaName {
        /// The name.
        name: String,
    },
    /// SQLite before 3.51.3 can corrupt a database that two connections write and checkpoint at once.
    #[error("SQLite {found} is too old: versions before 3.51.3 can corrupt a database in WAL mode")]
    SqliteTooOld {
        /// The version that is linked.
        found: String,
    },
    /// A setting that durability rests on did not take.
    #[error("{setting} of {schema} is {found:?} and will not become {wanted:?}")]
    Setting {
        /// The schema (or the server).
        schema: String,
        /// The setting.
        setting: &'static str,
        /// What it must be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The connection URL or what it asks for is wrong.
    #[error("the connection URL cannot be used: {why}")]
    Url {
        /// What is wrong. Never the URL itself, which holds a password.
        why: String,
    },
    /// PostgreSQL older than 14.
    #[error("PostgreSQL {found} is too old: 14 or newer is needed")]
    PostgresTooOld {
        /// The server's version number.
        found: i64,
    },
    /// The engine refused.
    #[error("cannot open the database")]
    Engine {
        /// What it said.
        #[source]
        source: EngineError,
    },
}

/// Why a batch was not written. Unless it is [`Uncertain`](WriteError::Uncertain), nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A statement touched another number of rows than it had to: somebody changed the row first, or it is not there.
    #[error("statement {statement} touched {got} rows, expected {expected}")]
    Expectation {
        /// Which statement of the batch, from 0.
        statement: usize,
        /// What was expected.
        expected: Expect,
        /// How many it touched.
        got: u64,
    },
    /// A row with the same unique columns exists.
    #[error("statement {statement}: {violation}")]
    Unique {
        /// Which statement of the batch, from 0.
        statement: usize,
        /// Which uniqueness.
        violation: UniqueViolation,
    },
    /// A row refers to one that does not exist, or one that is still referred to is deleted.
    #[error("a foreign key does not hold")]
    ForeignKey,
    /// Another rule of the schema: a check, a missing value, a wrong kind of value.
    #[error("a constraint does not hold")]
    Constraint {
        /// What the engine said.
        #[source]
        source: EngineError,
    },
    /// The statement and its parameters do not fit each other.
    #[error("statement {statement} is not written right: {why}")]
    Statement {
        /// Which statement of the batch, from 0.
        statement: usize,
        /// What is wrong.
        why: String,
    },
    /// More statements than [`STATEMENTS_MAX`](crate::STATEMENTS_MAX).
    #[error("a batch of {statements} statements is too large")]
    TooLarge {
        /// How many it holds.
        statements: usize,
    },
    /// Somebody else held a lock for too long. May be tried again.
    #[error("the database is busy")]
    Busy,
    /// Too much is waiting already. May be tried again, later.
    #[error("too many writes are waiting")]
    Overloaded,
    /// A statement ran for longer than it may.
    #[error("the write took too long")]
    TimedOut,
    /// No room left on the disk.
    #[error("the disk is full")]
    Full,
    /// The connection or the disk failed while committing: the batch may or may not be written.
    #[error("the commit was not confirmed: it may or may not have happened")]
    Uncertain {
        /// What the engine said.
        #[source]
        source: EngineError,
    },
    /// An earlier disk error makes every further write unsafe: the process must stop and recover from its log.
    #[error("the database was stopped after a disk error; restart to recover: {why}")]
    Poisoned {
        /// The error that stopped it.
        why: String,
    },
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// Anything else the engine said.
    #[error("the write failed")]
    Storage {
        /// What it said.
        #[source]
        source: EngineError,
    },
}

impl WriteError {
    /// Whether a row with the same unique columns exists in `table`.
    #[must_use]
    pub fn is_unique_on(&self, table: &str) -> bool {
        matches!(self, Self::Unique { violation, .. } if violation.table == table)
    }

    /// Whether exactly these columns of `table`, in the order of the index, exist already.
    #[must_use]
    pub fn is_unique_on_columns(&self, table: &str, columns: &[&str]) -> bool {
        matches!(self, Self::Unique { violation, .. } if violation.table == table && violation.columns == columns)
    }

    /// Whether the same batch may succeed if it is written again: nothing is wrong with the batch.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::Overloaded | Self::TimedOut)
    }
}

/// Which uniqueness a batch ran into, the same on both engines however its index is called there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table} has a row with the same {}", columns.join(", "))]
pub struct UniqueViolation {
    /// The table.
    pub table: String,
    /// The columns, in the order of the index or key.
    pub columns: Vec<String>,
}

/// Why a read gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It ran for longer than a read may.
    #[error("the read took too long")]
    TimedOut,
    /// It found more rows than a read may return: a page is missing its limit.
    #[error("the read found more than {rows_max} rows")]
    TooManyRows {
        /// The bound.
        rows_max: usize,
    },
    /// [`read_one`](crate::Database::read_one) found several rows.
    #[error("the read found several rows where at most one was expected")]
    NotOne,
    /// The statement and its parameters do not fit each other.
    #[error("the statement is not written right: {why}")]
    Statement {
        /// What is wrong.
        why: String,
    },
    /// A column of the answer is not what it was read as.
    #[error(transparent)]
    Column(#[from] crate::ColumnError),
    /// Somebody else held a lock for too long. May be tried again.
    #[error("the database is busy")]
    Busy,
    /// Too much is waiting already. May be tried again, later.
    #[error("too many reads are waiting")]
    Overloaded,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// Anything else the engine said.
    #[error("the read failed")]
    Storage {
        /// What it said.
        #[source]
        source: EngineError,
    },
}

/// A statement that an engine would not take, with what it said: see [`prepare_all`](crate::Database::prepare_all).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{engine} does not take this statement: {why}\n{text}")]
pub struct PrepareError {
    /// Which engine.
    pub engine: Engine,
    /// The text it was sent.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}
