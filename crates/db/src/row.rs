//! One row of an answer, read by column with the kind that is expected of it.

use std::sync::Arc;

use crate::Value;

/// One row: its columns by position or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        debug_assert_eq!(columns.len(), values.len());
        Self { columns, values }
    }

    /// The integer in a column that is never null.
    pub fn int(&self, column: impl Column) -> Result<i64, ColumnError> {
        match self.value(column)? {
            Value::Int(n) => Ok(*n),
            other => Err(ColumnError::kind(column, "BIGINT", other)),
        }
    }

    /// The integer in a column, if there is one.
    pub fn opt_int(&self, column: impl Column) -> Result<Option<i64>, ColumnError> {
        self.unless_null(column, Self::int)
    }

    /// The truth value in a column: 0 or 1, anything else is an error.
    pub fn truth(&self, column: impl Column) -> Result<bool, ColumnError> {
        match self.value(column)? {
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(ColumnError::kind(column, "0 or 1", other)),
        }
    }

    /// The text in a column that is never null.
    pub fn text(&self, column: impl Column) -> Result<&str, ColumnError> {
        match self.value(column)? {
            Value::Text(text) => Ok(text),
            other => Err(ColumnError::kind(column, "TEXT", other)),
        }
    }

    /// The text in a column, if there is one.
    pub fn opt_text(&self, column: impl Column) -> Result<Option<&str>, ColumnError> {
        self.unless_null(column, Self::text)
    }

    /// The bytes in a column that is never null.
    pub fn bytes(&self, column: impl Column) -> Result<&[u8], ColumnError> {
        match self.value(column)? {
            Value::Bytes(bytes) => Ok(bytes),
            other => Err(ColumnError::kind(column, "BYTES", other)),
        }
    }

    /// The bytes in a column, if there are any.
    pub fn opt_bytes(&self, column: impl Column) -> Result<Option<&[u8]>, ColumnError> {
        self.unless_null(column, Self::bytes)
    }

    /// Exactly `N` bytes, such as the 16 of an id or the 32 of a hash.
    pub fn array<const N: usize>(&self, column: impl Column) -> Result<[u8; N], ColumnError> {
        let bytes = self.bytes(column)?;
        bytes.try_into().map_err(|_| ColumnError::Length { column: column.name(), wanted: N, found: bytes.len() })
    }

    /// Exactly `N` bytes, if there are any.
    pub fn opt_array<const N: usize>(&self, column: impl Column) -> Result<Option<[u8; N]>, ColumnError> {
        self.unless_null(column, Self::array)
    }

    /// Whatever is in a column.
    pub fn value(&self, column: impl Column) -> Result<&Value, ColumnError> {
        column.position(&self.columns).and_then(|at| self.values.get(at)).ok_or_else(|| ColumnError::missing(column))
    }

    /// Takes a value out of the row without copying it; the column is null afterwards.
    pub fn take(&mut self, column: impl Column) -> Result<Value, ColumnError> {
        let value = column.position(&self.columns).and_then(|at| self.values.get_mut(at));
        Ok(std::mem::replace(value.ok_or_else(|| ColumnError::missing(column))?, Value::Null))
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// All values, in the order of the statement's columns.
    #[must_use]
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    fn unless_null<'row, T, C: Column>(
        &'row self,
        column: C,
        read: impl FnOnce(&'row Self, C) -> Result<T, ColumnError>,
    ) -> Result<Option<T>, ColumnError> {
        if *self.value(column)? == Value::Null { Ok(None) } else { read(self, column).map(Some) }
    }
}

/// How a column is named: by its position from 0, or by its name.
pub trait Column: Copy {
    /// Where it stands among `columns`.
    fn position(self, columns: &[String]) -> Option<usize>;
    /// What to call it in an error.
    fn name(self) -> String;
}

impl Column for usize {
    fn position(self, _columns: &[String]) -> Option<usize> {
        Some(self)
    }

    fn name(self) -> String {
        format!("#{self}")
    }
}

impl Column for &str {
    fn position(self, columns: &[String]) -> Option<usize> {
        columns.iter().position(|name| name == self)
    }

    fn name(self) -> String {
        self.to_owned()
    }
}

/// A column that is not what the reader of the row took it for. Names the column, never shows the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// The statement returns no such column.
    #[error("the row has no column {column}")]
    Missing {
        /// Its name or position.
        column: String,
    },
    /// The column holds another kind of value, or none.
    #[error("column {column} holds {found} where {wanted} was expected")]
    Kind {
        /// Its name or position.
        column: String,
        /// What the reader wanted.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// Bytes of the wrong length.
    #[error("column {column} holds {found} bytes where {wanted} were expected")]
    Length {
        /// Its name or position.
        column: String,
        /// How many were wanted.
        wanted: usize,
        /// How many are there.
        found: usize,
    },
}

impl ColumnError {
    fn missing(column: impl Column) -> Self {
        Self::Missing { column: column.name() }
    }

    fn kind(column: impl Column, wanted: &'static str, found: &Value) -> Self {
        Self::Kind { column: column.name(), wanted, found: found.kind() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values;

    fn row() -> Row {
        let columns: Arc<[String]> = ["id", "state", "note", "open"].map(str::to_owned).into();
        Row::new(columns, values![[7u8; 16], "open", None::<&str>, true])
    }

    #[test]
    fn columns_are_read_by_name_and_by_position() {
        let row = row();
        assert_eq!(row.array::<16>("id"), Ok([7; 16]));
        assert_eq!(row.text(1), Ok("open"));
        assert_eq!(row.opt_text("note"), Ok(None));
        assert_eq!(row.truth("open"), Ok(true));
    }

    #[test]
    fn a_wrong_expectation_names_the_column() {
        let row = row();
        assert_eq!(row.int("nothing").unwrap_err().to_string(), "the row has no column nothing");
        assert_eq!(row.text("note").unwrap_err().to_string(), "column note holds NULL where TEXT was expected");
        assert_eq!(row.int(1).unwrap_err().to_string(), "column #1 holds TEXT where BIGINT was expected");
        assert_eq!(row.array::<32>("id").unwrap_err().to_string(), "column id holds 16 bytes where 32 were expected");
        assert_eq!(row.value(9), Err(ColumnError::Missing { column: "#9".to_owned() }));
    }

    #[test]
    fn a_taken_value_is_gone() {
        let mut row = row();
        assert_eq!(row.take("state"), Ok(Value::from("open")));
        assert_eq!(row.value("state"), Ok(&Value::Null));
    }
}
