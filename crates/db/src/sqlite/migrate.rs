//! Migrations on SQLite: each file by itself, so that a text need not say which file its tables are in.

use rusqlite::Connection as Sqlite;

use crate::migrate::{
    APPLIED_CREATE, APPLIED_INSERT, APPLIED_READ, Applied, MigrateError, Migrated, Migration, check_order, pending,
    rewrite,
};
use crate::sqlite::connection::{Connection, Purpose, schemas};
use crate::sqlite::fault::engine_error;
use crate::{Engine, EngineError, OpenError, SqliteConfig};

pub(crate) fn migrate(config: &SqliteConfig, migrations: &[Migration]) -> Result<Migrated, MigrateError> {
    check_order(migrations)?;
    if let Some(stray) = migrations.iter().find(|migration| !schemas(config).any(|schema| schema == migration.schema)) {
        let why = format!("there is no file for the schema {:?}", stray.schema);
        return Err(MigrateError::Text { number: stray.number, name: stray.name, why });
    }
    let mut files = Vec::new();
    for schema in schemas(config) {
        let path = config.attached.iter().find(|(name, _)| name == schema).map_or(&config.main, |(_, path)| path);
        let alone = SqliteConfig { main: path.clone(), attached: Vec::new(), ..config.clone() };
        let connection = Connection::open(&alone, Purpose::Write).map_err(open_failed)?.sqlite;
        let known: Vec<&Migration> = migrations.iter().filter(|migration| migration.schema == schema).collect();
        files.push((connection, known));
    }
    // All files are looked at before any is changed.
    let mut todo = Vec::new();
    for (connection, known) in &files {
        let create = rewrite(APPLIED_CREATE, Engine::Sqlite).unwrap_or_default();
        connection.execute_batch(&create).map_err(failed)?;
        let applied = applied(connection).map_err(failed)?;
        todo.extend(pending(known, &applied)?.into_iter().map(|migration| (connection, known, migration)));
    }
    todo.sort_by_key(|(_, _, migration)| migration.number);
    let mut migrated = Migrated::default();
    for (connection, known, migration) in todo {
        if apply(connection, known, migration)? {
            tracing::info!(migration.number, migration.name, "Applied migration {}", migration.number);
            migrated.applied.push(migration.number);
        }
    }
    Ok(migrated)
}

/// Applies one migration in a transaction of its own; `false` when another process has done it meanwhile.
fn apply(connection: &Sqlite, known: &[&Migration], migration: &Migration) -> Result<bool, MigrateError> {
    let text = rewrite(migration.sql, Engine::Sqlite).map_err(|why| MigrateError::Text {
        number: migration.number,
        name: migration.name,
        why,
    })?;
    let step = |error: rusqlite::Error| MigrateError::Failed {
        number: migration.number,
        name: migration.name,
        source: engine_error(error),
    };
    // IMMEDIATE is the lock: another process waits here, then sees what was applied. Dropped, it rolls back.
    let transaction = rusqlite::Transaction::new_unchecked(connection, rusqlite::TransactionBehavior::Immediate);
    let transaction = transaction.map_err(step)?;
    if !pending(known, &applied(&transaction).map_err(step)?)?.contains(&migration) {
        return Ok(false);
    }
    transaction.execute_batch(&text).map_err(step)?;
    transaction.execute(APPLIED_INSERT, (migration.number, migration.name, migration.checksum())).map_err(step)?;
    transaction.commit().map_err(step)?;
    Ok(true)
}

fn applied(connection: &Sqlite) -> rusqlite::Result<Vec<Applied>> {
    let mut statement = connection.prepare(APPLIED_READ)?;
    let rows =
        statement.query_map([], |row| Ok(Applied { number: row.get(0)?, name: row.get(1)?, checksum: row.get(2)? }))?;
    rows.collect()
}

fn failed(error: rusqlite::Error) -> MigrateError {
    MigrateError::Engine { source: engine_error(error) }
}

fn open_failed(error: OpenError) -> MigrateError {
    let source = match error {
        OpenError::Engine { source } => source,
        other => EngineError { engine: Engine::Sqlite, code: "client".to_owned(), message: other.to_string() },
    };
    MigrateError::Engine { source }
}
