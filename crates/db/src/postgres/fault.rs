//! PostgreSQL's SQLSTATEs in our words.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::postgres::client_error;
use crate::{Engine, EngineError, Expect, ReadError, WriteError};

/// Why something did not run to its end.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A statement of a batch (or the only one) failed.
    Engine {
        statement: usize,
        error: tokio_postgres::Error,
    },
    Expectation {
        statement: usize,
        expected: Expect,
        got: u64,
    },
    Statement {
        statement: usize,
        why: String,
    },
    /// The connection broke while the commit was on its way.
    Uncertain(EngineError),
    TooManyRows {
        statement: usize,
    },
    Overloaded,
    Closed,
    Pool(EngineError),
}

impl From<PoolError> for Fault {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(_) => Self::Overloaded,
            PoolError::Closed => Self::Closed,
            PoolError::Backend(error) => Self::Engine { statement: 0, error },
            other => Self::Pool(client_error(other.to_string())),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Engine { error, .. } => engine_error(error).fmt(f),
            Self::Expectation { expected, got, .. } => write!(f, "touched {got} rows, expected {expected}"),
            Self::Statement { why, .. } => f.write_str(why),
            Self::Uncertain(error) | Self::Pool(error) => error.fmt(f),
            Self::TooManyRows { .. } => f.write_str("too many rows"),
            Self::Overloaded => f.write_str("no connection was free"),
            Self::Closed => f.write_str("the database is closed"),
        }
    }
}

impl Fault {
    /// Whether two transactions ran into each other and this one lost: it can simply be repeated.
    pub fn is_conflict(&self) -> bool {
        self.state().is_some_and(|state| {
            *state == SqlState::T_R_SERIALIZATION_FAILURE || *state == SqlState::T_R_DEADLOCK_DETECTED
        })
    }

    /// The statement, schema and index of a unique violation.
    pub fn unique_index(&self) -> Option<(usize, String, String)> {
        let Self::Engine { statement, error } = self else { return None };
        let error = error.as_db_error().filter(|error| *error.code() == SqlState::UNIQUE_VIOLATION)?;
        Some((*statement, error.schema()?.to_owned(), error.constraint()?.to_owned()))
    }

    fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Engine { error, .. } => error.code(),
            _ => None,
        }
    }

    pub fn into_engine_error(self) -> EngineError {
        match self {
            Self::Engine { error, .. } => engine_error(&error),
            Self::Uncertain(error) | Self::Pool(error) => error,
            other => client_error(other.to_string()),
        }
    }

    pub fn into_write_error(self) -> WriteError {
        let (statement, error) = match self {
            Self::Expectation { statement, expected, got } => {
                return WriteError::Expectation { statement, expected, got };
            }
            Self::Statement { statement, why } => return WriteError::Statement { statement, why },
            Self::TooManyRows { statement } => {
                return WriteError::Statement { statement, why: "it returns more rows than a read may".to_owned() };
            }
            Self::Uncertain(source) => return WriteError::Uncertain { source },
            Self::Pool(source) => return WriteError::Storage { source },
            Self::Overloaded => return WriteError::Overloaded,
            Self::Closed => return WriteError::Closed,
            Self::Engine { statement, error } => (statement, error),
        };
        if let Some(why) = misuse(&error) {
            return WriteError::Statement { statement, why };
        }
        let source = engine_error(&error);
        match kind(&source.code) {
            Kind::ForeignKey => WriteError::ForeignKey,
            Kind::Constraint => WriteError::Constraint { source },
            Kind::Busy => WriteError::Busy,
            Kind::TimedOut => WriteError::TimedOut,
            Kind::Overloaded => WriteError::Overloaded,
            Kind::Full => WriteError::Full,
            Kind::Other => WriteError::Storage { source },
        }
    }

    pub fn into_read_error(self, rows_max: usize) -> ReadError {
        let error = match self {
            Self::Statement { why, .. } => return ReadError::Statement { why },
            Self::TooManyRows { .. } => return ReadError::TooManyRows { rows_max },
            Self::Overloaded => return ReadError::Overloaded,
            Self::Closed => return ReadError::Closed,
            Self::Engine { error, .. } => error,
            other => return ReadError::Storage { source: other.into_engine_error() },
        };
        if let Some(why) = misuse(&error) {
            return ReadError::Statement { why };
        }
        let source = engine_error(&error);
        match kind(&source.code) {
            Kind::TimedOut => ReadError::TimedOut,
            Kind::Busy => ReadError::Busy,
            Kind::Overloaded => ReadError::Overloaded,
            _ => ReadError::Storage { source },
        }
    }
}

enum Kind {
    ForeignKey,
    Constraint,
    Busy,
    TimedOut,
    Overloaded,
    Full,
    Other,
}

fn kind(code: &str) -> Kind {
    match code {
        "23503" => Kind::ForeignKey,
        // lock_not_available, and conflicts that outlasted their repetitions.
        "55P03" | "40001" | "40P01" => Kind::Busy,
        // query_canceled, which is what statement_timeout does.
        "57014" => Kind::TimedOut,
        // too_many_connections.
        "53300" => Kind::Overloaded,
        // disk_full.
        "53100" => Kind::Full,
        code if code.starts_with("23") || code.starts_with("22") => Kind::Constraint,
        _ => Kind::Other,
    }
}

/// A statement and parameters that do not fit each other never reach the server.
fn misuse(error: &tokio_postgres::Error) -> Option<String> {
    let text = error.to_string();
    let source = std::error::Error::source(error).map(ToString::to_string);
    let is_ours = error.as_db_error().is_none()
        && (text.starts_with("expected ") || text.contains("serializing parameter") || text.contains("deserializing"));
    is_ours.then(|| source.map_or_else(|| text.clone(), |source| format!("{text}: {source}")))
}

pub(crate) fn engine_error(error: &tokio_postgres::Error) -> EngineError {
    match error.as_db_error() {
        // Messages of class 22, malformed data, repeat the data.
        Some(db) if db.code().code().starts_with("22") => {
            EngineError { message: "malformed data".to_owned(), ..with_code(db.code()) }
        }
        Some(db) => EngineError { message: db.message().to_owned(), ..with_code(db.code()) },
        None => match std::error::Error::source(error) {
            Some(source) => client_error(format!("{error}: {source}")),
            None => client_error(error.to_string()),
        },
    }
}

fn with_code(code: &SqlState) -> EngineError {
    EngineError { engine: Engine::Postgres, code: code.code().to_owned(), message: String::new() }
}
