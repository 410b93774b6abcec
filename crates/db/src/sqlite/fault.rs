//! SQLite's result codes in our words.

use rusqlite::ErrorCode;

use crate::{Engine, EngineError, ReadError, UniqueViolation, WriteError};

/// Why a statement did not run to its end.
#[derive(Debug)]
pub(crate) enum Fault {
    Sqlite(rusqlite::Error),
    /// Statement and parameters do not fit.
    Statement(String),
    TooManyRows,
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Fault {
    pub fn into_read_error(self, rows_max: usize) -> ReadError {
        let error = match self {
            Self::Statement(why) => return ReadError::Statement { why },
            Self::TooManyRows => return ReadError::TooManyRows { rows_max },
            Self::Sqlite(error) => error,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => ReadError::TimedOut,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ReadError::Busy,
            _ => ReadError::Storage { source: engine_error(error) },
        }
    }

    pub fn into_write_error(self, statement: usize) -> WriteError {
        let error = match self {
            Self::Statement(why) => return WriteError::Statement { statement, why },
            Self::TooManyRows => {
                return WriteError::Statement { statement, why: "it returns more rows than a read may".to_owned() };
            }
            Self::Sqlite(error) => error,
        };
        match code(&error) {
            Code::Unique(violation) => WriteError::Unique { statement, violation },
            Code::ForeignKey => WriteError::ForeignKey,
            Code::Constraint => WriteError::Constraint { source: engine_error(error) },
            Code::Busy => WriteError::Busy,
            Code::Interrupted => WriteError::TimedOut,
            Code::Full => WriteError::Full,
            Code::Disk | Code::Other => WriteError::Storage { source: engine_error(error) },
        }
    }
}

/// The codes that are treated differently.
pub(crate) enum Code {
    Unique(UniqueViolation),
    ForeignKey,
    Constraint,
    Busy,
    Interrupted,
    Full,
    /// The disk or the file is not to be trusted any more: stop, restart, recover.
    Disk,
    Other,
}

pub(crate) fn code(error: &rusqlite::Error) -> Code {
    let rusqlite::Error::SqliteFailure(failure, message) = error else { return Code::Other };
    let message = message.as_deref().unwrap_or_default();
    match failure.extended_code {
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
        | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | rusqlite::ffi::SQLITE_CONSTRAINT_ROWID => return Code::Unique(unique_violation(message)),
        rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Code::ForeignKey,
        _ => {}
    }
    match failure.code {
        ErrorCode::ConstraintViolation => Code::Constraint,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Code::Busy,
        ErrorCode::OperationInterrupted => Code::Interrupted,
        ErrorCode::DiskFull => Code::Full,
        ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Code::Disk,
        _ => Code::Other,
    }
}

/// Reads `UNIQUE constraint failed: cases.tenant_id, cases.number`.
fn unique_violation(message: &str) -> UniqueViolation {
    let key = message.rsplit_once(": ").map_or(message, |(_, key)| key);
    let mut table = "";
    let mut columns = Vec::new();
    for column in key.split(", ") {
        if let Some((of, column)) = column.split_once('.') {
            table = of;
            columns.push(column.to_owned());
        }
    }
    // An index on an expression is named instead; the portable schema has none.
    UniqueViolation { table: if columns.is_empty() { key } else { table }.to_owned(), columns }
}

pub(crate) fn engine_error(error: rusqlite::Error) -> EngineError {
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            (failure.extended_code.to_string(), message.unwrap_or_else(|| failure.to_string()))
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code.to_string(), msg),
        other => ("client".to_owned(), other.to_string()),
    };
    EngineError { engine: Engine::Sqlite, code, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_violation_names_table_and_columns() {
        let violation = unique_violation("UNIQUE constraint failed: cases.tenant_id, cases.number");
        assert_eq!(violation.table, "cases");
        assert_eq!(violation.columns, ["tenant_id", "number"]);
        assert_eq!(unique_violation("UNIQUE constraint failed: index 'cases_lower'").table, "index 'cases_lower'");
    }
}
