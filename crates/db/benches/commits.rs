//! What a durable write costs, alone and in company, and what a read costs here and on another thread.
//!
//! `cargo bench -p db`. The unit is what a request writes: a row of 2 KB and three small ones, in one transaction that
//! is answered after the fsync. Compare the ratios, not the numbers: they are the disk's.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and may stop at any error")]

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use db::{Batch, Config, Database, Expect, Migration, PostgresConfig, Sql, SqliteConfig, Value, sql, values};

const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "units",
    schema: "main",
    sql: "CREATE TABLE units (id BIGINT PRIMARY KEY, body BYTES NOT NULL);
          CREATE TABLE notes (seq IDENTITY, unit BIGINT NOT NULL, kind TEXT NOT NULL);
          CREATE INDEX notes_by_unit ON notes (unit);",
}];

const UNIT: Sql = sql("INSERT INTO units (id, body) VALUES ($1, $2)");
const NOTE: Sql = sql("INSERT INTO notes (unit, kind) VALUES ($1, $2)");
const READ: Sql = sql("SELECT body FROM units WHERE id=$1");
const NOTES: [&str; 3] = ["audit", "outbox", "idempotency"];

/// How long each line of the table is measured.
const MEASURED: Duration = Duration::from_secs(2);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("units a second (a unit: 2 KB row + 3 small rows, one transaction, durable)");
    let alone = line("plain rusqlite, one a commit", None, || by_hand(1));
    line("plain rusqlite, 32 a commit by hand", Some(alone), || by_hand(32));
    for tasks in [1, 8, 64, 256] {
        line(&format!("db on SQLite, {tasks} tasks"), Some(alone), || runtime.block_on(on_sqlite(tasks)));
    }
    if let Some(url) = runtime.block_on(testkit::postgres::fresh_database()) {
        println!("PostgreSQL (a test server has fsync off: this measures the way there)");
        for tasks in [1, 64] {
            line(&format!("db on PostgreSQL, {tasks} tasks"), None, || runtime.block_on(on_postgres(&url, tasks)));
        }
    }
    println!("point reads a second");
    let here = line("rusqlite on the caller's thread", None, read_here);
    line("rusqlite on another thread", Some(here), read_elsewhere);
    for tasks in [1, 64] {
        line(&format!("db on SQLite, {tasks} tasks"), Some(here), || runtime.block_on(reads(tasks)));
    }
}

fn line(name: &str, base: Option<f64>, measure: impl FnOnce() -> (u64, Duration)) -> f64 {
    let (units, took) = measure();
    let rate = units as f64 / took.as_secs_f64();
    let ratio = base.map_or_else(String::new, |base| format!("  {:5.2}x", rate / base));
    println!("  {name:38} {rate:9.0}/s{ratio}");
    rate
}

fn body(id: i64) -> Vec<u8> {
    // Not compressible, not the same twice.
    (0..2_048).map(|at: i64| (id.wrapping_mul(31).wrapping_add(at.wrapping_mul(at)) >> 3) as u8).collect()
}

fn batch(id: i64) -> Batch {
    let mut batch = Batch::new();
    batch.add(&UNIT, values![id, body(id)], Expect::Rows(1));
    for kind in NOTES {
        batch.add(&NOTE, values![id, kind], Expect::Rows(1));
    }
    batch
}

fn plain(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    let settings = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;
        CREATE TABLE IF NOT EXISTS units (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS notes (seq INTEGER PRIMARY KEY AUTOINCREMENT, unit INTEGER NOT NULL, kind TEXT NOT NULL) \
        STRICT;
        CREATE INDEX IF NOT EXISTS notes_by_unit ON notes (unit);";
    connection.execute_batch(settings).unwrap();
    connection
}

fn by_hand(group: i64) -> (u64, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let connection = plain(&folder.path().join("units.db"));
    let begun = Instant::now();
    let mut id = 0;
    while begun.elapsed() < MEASURED {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for _ in 0..group {
            id += 1;
            connection.prepare_cached("INSERT INTO units VALUES (?1, ?2)").unwrap().execute((id, body(id))).unwrap();
            let mut note = connection.prepare_cached("INSERT INTO notes (unit, kind) VALUES (?1, ?2)").unwrap();
            for kind in NOTES {
                note.execute((id, kind)).unwrap();
            }
        }
        connection.execute_batch("COMMIT").unwrap();
    }
    (id as u64, begun.elapsed())
}

async fn on_sqlite(tasks: i64) -> (u64, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open(Config::Sqlite(SqliteConfig::new(folder.path().join("units.db")))).await.unwrap();
    let measured = writes(&db, tasks).await;
    let stats = db.stats();
    let mean = stats.batches as f64 / stats.commits as f64;
    println!("    (mean group {mean:.1}, largest {}, log {} KiB)", stats.largest_group, stats.wal_bytes / 1024);
    db.close().await;
    measured
}

async fn on_postgres(url: &str, tasks: i64) -> (u64, Duration) {
    let db = Database::open(Config::Postgres(PostgresConfig::new(url))).await.unwrap();
    let measured = writes(&db, tasks).await;
    let mut empty = Batch::new();
    empty.add(&sql("DELETE FROM units"), values![], Expect::Any);
    db.write(empty).await.unwrap();
    measured
}

async fn writes(db: &Database, tasks: i64) -> (u64, Duration) {
    db.migrate(MIGRATIONS).await.unwrap();
    let begun = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let db = db.clone();
        running.spawn(async move {
            let mut written = 0;
            while begun.elapsed() < MEASURED {
                db.write(batch(written * tasks + task)).await.unwrap();
                written += 1;
            }
            written as u64
        });
    }
    let written = running.join_all().await.into_iter().sum();
    (written, begun.elapsed())
}

const ROWS: i64 = 10_000;

fn filled(path: &Path) -> rusqlite::Connection {
    let connection = plain(path);
    connection.execute_batch("BEGIN").unwrap();
    for id in 0..ROWS {
        connection.execute("INSERT INTO units VALUES (?1, ?2)", (id, body(id))).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    connection
}

fn point_read(connection: &rusqlite::Connection, id: i64) -> usize {
    let mut read = connection.prepare_cached("SELECT body FROM units WHERE id=?1").unwrap();
    read.query_row([id], |row| row.get::<_, Vec<u8>>(0)).unwrap().len()
}

fn read_here() -> (u64, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let connection = filled(&folder.path().join("units.db"));
    let begun = Instant::now();
    let mut done = 0;
    while begun.elapsed() < MEASURED {
        done += 1;
        assert_eq!(point_read(&connection, done * 7_919 % ROWS), 2_048);
    }
    (done as u64, begun.elapsed())
}

fn read_elsewhere() -> (u64, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let connection = filled(&folder.path().join("units.db"));
    let (ask, asked) = mpsc::channel::<(i64, mpsc::Sender<usize>)>();
    let reader = std::thread::spawn(move || {
        for (id, reply) in asked {
            reply.send(point_read(&connection, id)).unwrap();
        }
    });
    let begun = Instant::now();
    let mut done = 0;
    while begun.elapsed() < MEASURED {
        done += 1;
        let (reply, answer) = mpsc::channel();
        ask.send((done * 7_919 % ROWS, reply)).unwrap();
        assert_eq!(answer.recv().unwrap(), 2_048);
    }
    drop(ask);
    reader.join().unwrap();
    (done as u64, begun.elapsed())
}

async fn reads(tasks: i64) -> (u64, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("units.db");
    drop(filled(&path));
    let db = Database::open(Config::Sqlite(SqliteConfig::new(path))).await.unwrap();
    let begun = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let db = db.clone();
        running.spawn(async move {
            let mut done = 0;
            while begun.elapsed() < MEASURED {
                done += 1;
                let row = db.read_one(&READ, values![(done * 7_919 + task) % ROWS]).await.unwrap();
                assert!(matches!(row.unwrap().take(0), Ok(Value::Bytes(body)) if body.len() == 2_048));
            }
            done as u64
        });
    }
    let done = running.join_all().await.into_iter().sum();
    let stats = db.stats();
    println!("    ({} of {} handed over)", stats.reads_handed_over, stats.reads);
    (done, begun.elapsed())
}
