//! Running statements: one alone, or a batch whose statements travel together.

use std::pin::pin;
use std::sync::Arc;

use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use tokio_postgres::Statement;

use crate::batch::{Batch, Expect};
use crate::postgres::fault::{Fault, engine_error};
use crate::postgres::value::{is_column, is_parameter};
use crate::{Engine, Row, StatementResult, UniqueViolation, Value};

/// How many statements are sent before their answers are awaited. (`join_all` starts so few in order; beyond thirty it
/// makes no such promise.)
const PIPELINE_MAX: usize = 30;

/// Each statement must see what the one before did, and wait for the locks of others rather than fail.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Runs a batch in one transaction. With an error comes whether the connection is known to be out of the transaction.
pub(crate) async fn transact(
    client: &ClientWrapper,
    batch: &Batch,
    rows_max: usize,
) -> Result<Vec<StatementResult>, (Fault, bool)> {
    let mut prepared = Vec::with_capacity(batch.len());
    for (statement, content) in batch.statements.iter().enumerate() {
        let text = content.sql.text(Engine::Postgres);
        let ready = client.prepare_cached(text).await;
        prepared.push(ready.map_err(|error| (Fault::Engine { statement, error }, true))?);
    }
    // A statement alone is a transaction, if nothing is left to check before its commit.
    if let ([content], [ready]) = (batch.statements.as_slice(), prepared.as_slice())
        && content.expect == Expect::Any
        && ready.columns().is_empty()
    {
        let result = run(client, ready, &content.values, 0, rows_max).await;
        return result.map(|result| vec![result]).map_err(|fault| (uncertain_if_lost(fault), true));
    }
    match send(client, batch, &prepared, rows_max).await {
        Ok(results) => match client.batch_execute("COMMIT").await {
            Ok(()) => Ok(results),
            Err(error) => Err((uncertain_if_lost(Fault::Engine { statement: batch.len(), error }), false)),
        },
        Err(fault) => {
            let clean = client.batch_execute("ROLLBACK").await.is_ok();
            Err((fault, clean))
        }
    }
}

/// Sends BEGIN and the statements without waiting for their answers in between, then checks each.
async fn send(
    client: &ClientWrapper,
    batch: &Batch,
    prepared: &[Statement],
    rows_max: usize,
) -> Result<Vec<StatementResult>, Fault> {
    let mut results = Vec::with_capacity(batch.len());
    let mut begun = false;
    for (portion, contents) in batch.statements.chunks(PIPELINE_MAX - 1).enumerate() {
        let first = portion * (PIPELINE_MAX - 1);
        let begin = async {
            if begun {
                return Ok(());
            }
            client.batch_execute(BEGIN).await.map_err(|error| Fault::Engine { statement: 0, error })
        };
        let statements = contents.iter().zip(&prepared[first..]).enumerate();
        let answers =
            statements.map(|(at, (content, ready))| run(client, ready, &content.values, first + at, rows_max));
        let (start, answers) = futures_util::future::join(begin, join_all(answers)).await;
        start?;
        begun = true;
        // After the first that fails, the server refuses the others: the first error is the one to tell.
        for (at, (answer, content)) in answers.into_iter().zip(contents).enumerate() {
            let (statement, expected) = (first + at, content.expect);
            let result = answer?;
            if !expected.met_by(result.rows_affected) {
                return Err(Fault::Expectation { statement, expected, got: result.rows_affected });
            }
            results.push(result);
        }
    }
    Ok(results)
}

async fn run(
    client: &ClientWrapper,
    ready: &Statement,
    values: &[Value],
    statement: usize,
    rows_max: usize,
) -> Result<StatementResult, Fault> {
    let fault = |error| Fault::Engine { statement, error };
    if ready.params().len() != values.len() {
        let why = format!("it has {} parameters, {} were given", ready.params().len(), values.len());
        return Err(Fault::Statement { statement, why });
    }
    let mut found = pin!(client.query_raw(ready, values).await.map_err(fault)?);
    let columns: Arc<[String]> = ready.columns().iter().map(|column| column.name().to_owned()).collect();
    let mut rows = Vec::new();
    while let Some(row) = found.try_next().await.map_err(fault)? {
        if rows.len() == rows_max {
            return Err(Fault::TooManyRows { statement });
        }
        let values = (0..columns.len()).map(|at| row.try_get(at)).collect::<Result<Vec<Value>, _>>().map_err(fault)?;
        rows.push(Row::new(Arc::clone(&columns), values));
    }
    let affected = found.rows_affected().unwrap_or(0);
    Ok(StatementResult { rows_affected: if columns.is_empty() { affected } else { rows.len() as u64 }, rows })
}

pub(crate) async fn read(
    client: &ClientWrapper,
    text: &str,
    values: &[Value],
    rows_max: usize,
) -> Result<Vec<Row>, Fault> {
    let ready = client.prepare_cached(text).await.map_err(|error| Fault::Engine { statement: 0, error })?;
    run(client, &ready, values, 0, rows_max).await.map(|result| result.rows)
}

/// Without an answer of the server, nobody knows whether what was sent last took place.
fn uncertain_if_lost(fault: Fault) -> Fault {
    match fault {
        Fault::Engine { error, .. } if error.is_closed() || is_io(&error) => Fault::Uncertain(engine_error(&error)),
        other => other,
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The table and the columns of a unique index.
pub(crate) async fn unique_columns(
    client: &ClientWrapper,
    schema: &str,
    index: &str,
) -> Result<UniqueViolation, Fault> {
    let sql = "SELECT t.relname, a.attname FROM pg_index x \
        JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace s ON s.oid = i.relnamespace \
        JOIN pg_class t ON t.oid = x.indrelid \
        CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, place) \
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0 \
        WHERE i.relname = $1::text AND s.nspname = $2::text AND k.place <= x.indnkeyatts ORDER BY k.place";
    let rows = read(client, sql, &[Value::from(index), Value::from(schema)], 100).await?;
    let wrong = |error: crate::ColumnError| Fault::Statement { statement: 0, why: error.to_string() };
    let mut violation = UniqueViolation { table: index.to_owned(), columns: Vec::new() };
    for row in rows {
        violation.table = row.text(0).map_err(wrong)?.to_owned();
        violation.columns.push(row.opt_text(1).map_err(wrong)?.unwrap_or("(an expression)").to_owned());
    }
    Ok(violation)
}

/// Checks that a statement compiles and keeps to the portable types.
pub(crate) async fn check(client: &ClientWrapper, text: &str) -> Result<(), String> {
    let statement = client.prepare(text).await.map_err(|error| engine_error(&error).to_string())?;
    for (at, of) in statement.params().iter().enumerate() {
        if !is_parameter(of) {
            return Err(format!("${} is of type {}: it takes a cast to BIGINT, TEXT or BYTEA", at + 1, of.name()));
        }
    }
    for column in statement.columns() {
        if !is_column(column.type_()) {
            let (name, of) = (column.name(), column.type_().name());
            return Err(format!("the column {name} is of type {of}: it takes a cast to BIGINT, TEXT or BYTEA"));
        }
    }
    Ok(())
}
