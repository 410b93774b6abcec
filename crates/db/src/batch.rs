//! What is written together, and what each statement must have done for it to count.

use crate::{Row, Sql, Value};

/// How many statements a batch may hold. A unit of work is a dozen; an import writes in portions.
pub const STATEMENTS_MAX: usize = 10_000;

/// Statements that are written together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(crate) statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub sql: Sql,
    pub values: Vec<Value>,
    pub expect: Expect,
}

impl Batch {
    /// An empty batch: writing it does nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement and what it must do. It may be `… RETURNING`, or a `SELECT … FOR UPDATE`.
    pub fn add(&mut self, sql: &Sql, values: Vec<Value>, expect: Expect) -> &mut Self {
        self.statements.push(Statement { sql: sql.clone(), values, expect });
        self
    }

    /// Adds all that another batch holds, after what this one holds.
    pub fn append(&mut self, mut other: Self) -> &mut Self {
        self.statements.append(&mut other.statements);
        self
    }

    /// How many statements it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

/// How many rows a statement must touch (or return, if it returns rows); otherwise the whole batch is rolled back.
///
/// `UPDATE … WHERE id=$1 AND version=$2` with `Rows(1)` is how a concurrent change is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Exactly so many.
    Rows(u64),
    /// So many or more.
    AtLeast(u64),
    /// So many or fewer.
    AtMost(u64),
    /// It does not matter.
    Any,
}

impl Expect {
    /// Whether `rows` is as expected.
    #[must_use]
    pub fn met_by(self, rows: u64) -> bool {
        match self {
            Self::Rows(n) => rows == n,
            Self::AtLeast(n) => rows >= n,
            Self::AtMost(n) => rows <= n,
            Self::Any => true,
        }
    }
}

impl std::fmt::Display for Expect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows(n) => write!(f, "{n} rows"),
            Self::AtLeast(n) => write!(f, "{n} rows or more"),
            Self::AtMost(n) => write!(f, "{n} rows or fewer"),
            Self::Any => f.write_str("any number of rows"),
        }
    }
}

/// What one statement of a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementResult {
    /// Rows inserted, updated or deleted; for a statement that returns rows, how many it returned.
    pub rows_affected: u64,
    /// The returned rows.
    pub rows: Vec<Row>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations() {
        assert!(Expect::Rows(1).met_by(1) && !Expect::Rows(1).met_by(0) && !Expect::Rows(1).met_by(2));
        assert!(Expect::AtLeast(1).met_by(2) && !Expect::AtLeast(1).met_by(0));
        assert!(Expect::AtMost(1).met_by(0) && !Expect::AtMost(1).met_by(2));
        assert!(Expect::Any.met_by(0));
    }
}
