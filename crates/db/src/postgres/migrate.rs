//! Migrations on PostgreSQL: all in one database, under a lock that other nodes wait for.

use deadpool_postgres::ClientWrapper;

use crate::Engine;
use crate::migrate::{
    APPLIED_CREATE, APPLIED_INSERT, APPLIED_READ, Applied, MigrateError, Migrated, Migration, check_order, pending,
    rewrite,
};
use crate::postgres::fault::engine_error;

/// The key of the advisory lock: `vestibul` in ASCII.
const LOCK: i64 = i64::from_be_bytes(*b"vestibul");

/// Steps may take their time, but not for the table of another transaction: waiting for its lock stops everybody who
/// comes behind. Nor does anybody wait for the lock of the migrations longer than this.
const SETTINGS: &str =
    "SET statement_timeout = 0; SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = 0";

pub(crate) async fn migrate(client: &ClientWrapper, migrations: &[Migration]) -> Result<Migrated, MigrateError> {
    check_order(migrations)?;
    let known: Vec<&Migration> = migrations.iter().collect();
    client.batch_execute(SETTINGS).await?;
    let mut migrated = Migrated::default();
    // One transaction a step. Each looks again, because another node may have been first.
    loop {
        let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK}); ");
        let create = rewrite(APPLIED_CREATE, Engine::Postgres).unwrap_or_default();
        client.batch_execute(&(begin + &create)).await?;
        let pending = pending(&known, &applied(client).await?)?;
        let Some(next) = pending.first() else {
            client.batch_execute("COMMIT").await?;
            return Ok(migrated);
        };
        apply(client, next).await?;
        tracing::info!(migration.number = next.number, migration.name = next.name, "Applied migration {}", next.number);
        migrated.applied.push(next.number);
    }
}

/// Applies a step in the open transaction and commits. After an error the connection is thrown away, and the
/// transaction with it.
async fn apply(client: &ClientWrapper, migration: &Migration) -> Result<(), MigrateError> {
    let (number, name) = (migration.number, migration.name);
    let text = rewrite(migration.sql, Engine::Postgres).map_err(|why| MigrateError::Text { number, name, why })?;
    let step = |error: tokio_postgres::Error| MigrateError::Failed { number, name, source: engine_error(&error) };
    client.batch_execute(&text).await.map_err(step)?;
    client.execute(APPLIED_INSERT, &[&i64::from(number), &name, &migration.checksum()]).await.map_err(step)?;
    client.batch_execute("COMMIT").await.map_err(step)
}

async fn applied(client: &ClientWrapper) -> Result<Vec<Applied>, tokio_postgres::Error> {
    let rows = client.query(APPLIED_READ, &[]).await?;
    rows.into_iter()
        .map(|row| Ok(Applied { number: row.try_get(0)?, name: row.try_get(1)?, checksum: row.try_get(2)? }))
        .collect()
}

impl From<tokio_postgres::Error> for MigrateError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Engine { source: engine_error(&error) }
    }
}
