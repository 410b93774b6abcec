//! A statement's text, for both engines.

use std::borrow::Cow;

/// A statement, with the text each engine gets.
///
/// Made by [`sql`] (one text for both, the rule) or [`sql_for`] (the exception). Parameters are `$1` to `$n`; both
/// engines bind them by number, so they may appear in any order and more than once. No `::` casts: SQLite reads
/// `$1::BIGINT` as one long parameter name; write `CAST($1 AS BIGINT)`.
///
/// The portable subset: `BIGINT`, `TEXT` and bytes only; `ON CONFLICT`, `RETURNING`, common table expressions, window
/// functions, `IS NOT DISTINCT FROM`, row values. Sums are `CAST(sum(n) AS BIGINT)`, because PostgreSQL answers a sum of
/// `BIGINT` as `NUMERIC`. [`Database::prepare_all`](crate::Database::prepare_all) checks all this against a real schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sql {
    sqlite: Cow<'static, str>,
    postgres: Cow<'static, str>,
}

/// A statement whose text is the same on both engines.
#[must_use]
pub const fn sql(text: &'static str) -> Sql {
    Sql { sqlite: Cow::Borrowed(text), postgres: Cow::Borrowed(text) }
}

/// A statement for which the engines need different texts. Both take the same parameters and return the same columns.
#[must_use]
pub const fn sql_for(sqlite: &'static str, postgres: &'static str) -> Sql {
    Sql { sqlite: Cow::Borrowed(sqlite), postgres: Cow::Borrowed(postgres) }
}

impl Sql {
    /// A statement put together at run time from constant pieces, such as a list with optional filters.
    ///
    /// Only the shape may vary, never a value: each distinct text is kept as a prepared statement.
    #[must_use]
    pub fn built(text: String) -> Self {
        Self { sqlite: Cow::Owned(text.clone()), postgres: Cow::Owned(text) }
    }

    /// What `engine` is sent.
    #[must_use]
    pub fn text(&self, engine: Engine) -> &str {
        match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        }
    }

    /// Whether the engines get different texts: a test of the store counts these.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.sqlite != self.postgres
    }
}

/// Which of the two engines a [`Database`](crate::Database) stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// For many nodes.
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME: Sql = sql("SELECT 1");
    const OTHER: Sql = sql_for("SELECT 1", "SELECT 2");

    #[test]
    fn an_engine_gets_its_own_text() {
        assert_eq!(SAME.text(Engine::Sqlite), SAME.text(Engine::Postgres));
        assert!(!SAME.differs());
        assert_eq!(OTHER.text(Engine::Postgres), "SELECT 2");
        assert!(OTHER.differs());
        assert!(!Sql::built("SELECT 1".to_owned()).differs());
    }
}
