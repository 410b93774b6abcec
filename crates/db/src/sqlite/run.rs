//! Running one statement on a connection.

use std::sync::Arc;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

use crate::sqlite::fault::Fault;
use crate::{Row, StatementResult, Value};

/// Runs one statement to its end.
pub(crate) fn run(
    connection: &Connection,
    text: &str,
    values: &[Value],
    rows_max: usize,
) -> Result<StatementResult, Fault> {
    let mut statement = connection.prepare_cached(text)?;
    bind(&mut statement, values)?;
    let width = statement.column_count();
    if width == 0 {
        let rows_affected = statement.raw_execute()? as u64;
        return Ok(StatementResult { rows_affected, rows: Vec::new() });
    }
    let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut rows = Vec::new();
    let mut found = statement.raw_query();
    while let Some(row) = found.next()? {
        if rows.len() == rows_max {
            return Err(Fault::TooManyRows);
        }
        let values = (0..width).map(|at| value(row.get_ref(at)?)).collect::<Result<Vec<_>, Fault>>()?;
        rows.push(Row::new(Arc::clone(&columns), values));
    }
    Ok(StatementResult { rows_affected: rows.len() as u64, rows })
}

/// Binds by the number in `$n`. SQLite itself takes `$n` for a name and counts by first appearance, so that binding in
/// order would silently exchange the parameters of a text that uses `$2` before `$1`.
fn bind(statement: &mut Statement<'_>, values: &[Value]) -> Result<(), Fault> {
    let mut highest = 0;
    for at in 1..=statement.parameter_count() {
        let number = parameter_number(statement, at)?;
        let value = values.get(number - 1).ok_or_else(|| mismatch(number, values.len()))?;
        highest = highest.max(number);
        statement.raw_bind_parameter(at, value)?;
    }
    if highest == values.len() { Ok(()) } else { Err(mismatch(highest, values.len())) }
}

/// The `n` of the parameter `$n` that SQLite counts as its `at`-th.
fn parameter_number(statement: &Statement<'_>, at: usize) -> Result<usize, Fault> {
    let name = statement.parameter_name(at).unwrap_or("?");
    let number = name.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok());
    number.filter(|n| *n > 0).ok_or_else(|| Fault::Statement(format!("{name} is not a parameter of the form $n")))
}

fn mismatch(wanted: usize, given: usize) -> Fault {
    Fault::Statement(format!("it has {wanted} parameters, {given} were given"))
}

/// Checks that a statement compiles and that its parameters are `$1` to `$n` without a gap.
pub(crate) fn check(connection: &Connection, text: &str) -> Result<(), Fault> {
    let statement = connection.prepare(text)?;
    let count = statement.parameter_count();
    let mut numbers = (1..=count).map(|at| parameter_number(&statement, at)).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    if numbers.into_iter().eq(1..=count) {
        Ok(())
    } else {
        Err(Fault::Statement(format!("its {count} parameters are not $1 to ${count}")))
    }
}

fn value(value: ValueRef<'_>) -> Result<Value, Fault> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| Fault::Statement("a text is not UTF-8".to_owned()))?;
            Value::Text(text.to_owned())
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(Fault::Statement("it returns a floating point number".to_owned())),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
