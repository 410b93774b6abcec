//! What is true of SQLite alone: groups, several processes, full disks, private files.

use std::time::Duration;

use db::{Batch, Config, Database, Expect, OpenError, SqliteConfig, WriteError, sql, values};
use testkit::{Setup, TestDb, block_on};
use tokio::task::JoinSet;

use crate::schema::{COUNTER_ADD, Fixture, LINE_INSERT, one};

async fn house() -> Fixture {
    Fixture::set_up(TestDb::sqlite()).await
}

fn sqlite(at: &TestDb) -> SqliteConfig {
    let Config::Sqlite(config) = at.config() else { unreachable!("this is SQLite") };
    config
}

#[test]
fn waiting_batches_share_a_commit() {
    block_on(async {
        let house = house().await;
        let before = house.db.stats();
        let mut tasks = JoinSet::new();
        for number in 0..200 {
            let db = house.db.clone();
            tasks.spawn(async move { db.write(one(&LINE_INSERT, values!["a", 1, number, "x"])).await.unwrap() });
        }
        tasks.join_all().await;
        let stats = house.db.stats();
        assert_eq!(stats.batches - before.batches, 200);
        assert!(stats.largest_group > 1 && stats.commits - before.commits < 200, "{stats:?}");
    });
}

#[test]
fn two_processes_write_the_same_files() {
    block_on(async {
        let house = house().await;
        let other = house.at.open().await;
        let mut tasks = JoinSet::new();
        for number in 0..40 {
            let db = if number % 2 == 0 { house.db.clone() } else { other.clone() };
            tasks.spawn(async move {
                for _ in 0..5 {
                    db.write(one(&COUNTER_ADD, values![1, "a"])).await.unwrap();
                }
            });
        }
        tasks.join_all().await;
        assert_eq!(house.counter().await, 200);
    });
}

#[test]
fn a_lock_that_is_held_too_long_is_busy() {
    block_on(async {
        let house = house().await;
        let config = SqliteConfig { busy_timeout: Duration::from_millis(50), ..sqlite(&house.at) };
        let db = Database::open(Config::Sqlite(config)).await.unwrap();
        let intruder = rusqlite::Connection::open(house.at.folder().unwrap().join("vestibule.db")).unwrap();
        intruder.execute_batch("BEGIN IMMEDIATE").unwrap();
        let busy = db.write(one(&COUNTER_ADD, values![1, "a"])).await.unwrap_err();
        assert_eq!(busy, WriteError::Busy);
        assert!(busy.is_passing());
        // A reader is not held up by a writer.
        assert_eq!(house.counter().await, 0);
        intruder.execute_batch("ROLLBACK").unwrap();
        assert!(db.write(one(&COUNTER_ADD, values![1, "a"])).await.is_ok());
    });
}

#[test]
fn too_many_waiting_batches_are_refused() {
    block_on(async {
        let house = house().await;
        let db = Database::open(Config::Sqlite(SqliteConfig { queue_max: 4, ..sqlite(&house.at) })).await.unwrap();
        let intruder = rusqlite::Connection::open(house.at.folder().unwrap().join("vestibule.db")).unwrap();
        intruder.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let db = db.clone();
            tasks.spawn(async move { db.write(one(&COUNTER_ADD, values![1, "a"])).await });
        }
        let mut refused = 0;
        while refused < 30 {
            assert_eq!(tasks.join_next().await.unwrap().unwrap(), Err(WriteError::Overloaded));
            refused += 1;
        }
        intruder.execute_batch("ROLLBACK").unwrap();
        let written = tasks.join_all().await.iter().filter(|answer| answer.is_ok()).count();
        assert!(written > 0);
        assert_eq!(house.counter().await, written as i64);
    });
}

#[test]
fn a_full_disk_loses_nothing_that_was_answered() {
    block_on(async {
        let house = house().await;
        let config = SqliteConfig { pages_max: Some(60), ..sqlite(&house.at) };
        let db = Database::open(Config::Sqlite(config)).await.unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..200 {
            let db = db.clone();
            let body = "x".repeat(2_000);
            tasks.spawn(async move { db.write(one(&LINE_INSERT, values!["a", 1, number, body])).await });
        }
        let answers = tasks.join_all().await;
        let written = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!(written > 0 && written < 200, "{written}");
        let refused: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert!(refused.iter().all(|error| *error == WriteError::Full), "{refused:?}");
        assert_eq!(house.lines().await, written as i64);
        assert_eq!(db.poisoned(), None);
        // What makes room, or needs none, still works.
        let mut batch = Batch::new();
        batch.add(&sql("DELETE FROM lines WHERE number < $1"), values![200], Expect::AtLeast(1));
        db.write(batch).await.unwrap();
        assert!(db.write(one(&LINE_INSERT, values!["a", 1, 1, "x"])).await.is_ok());
    });
}

#[test]
fn a_checkpoint_empties_the_log_and_leaves_nothing_of_what_was_deleted() {
    block_on(async {
        let house = house().await;
        let secret = "a-key-that-must-be-gone";
        house.db.write(one(&LINE_INSERT, values!["a", 1, 1, secret])).await.unwrap();
        house.db.write(one(&sql("DELETE FROM lines WHERE number=$1"), values![1])).await.unwrap();
        assert!(house.db.stats().wal_bytes > 0);
        house.db.checkpoint().await.unwrap();
        assert_eq!(house.db.stats().wal_bytes, 0);
        for file in std::fs::read_dir(house.at.folder().unwrap()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    });
}

#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    block_on(async {
        let house = house().await;
        for file in std::fs::read_dir(house.at.folder().unwrap()).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
        }
    });
}

#[test]
fn a_damaged_file_stops_all_writing() {
    block_on(async {
        let house = house().await;
        let mut batch = Batch::new();
        for n in 0..400 {
            batch.add(&LINE_INSERT, values!["a", 1, n, "x".repeat(500)], Expect::Rows(1));
        }
        house.db.write(batch).await.unwrap();
        house.db.close().await;
        // Everything behind the first page becomes noise.
        let file = house.at.folder().unwrap().join("vestibule.db");
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.iter_mut().skip(3 * 4_096).for_each(|byte| *byte = 0xA5);
        std::fs::write(&file, bytes).unwrap();

        let db = house.at.open().await;
        let first = db.write(one(&sql("DELETE FROM lines WHERE number=$1"), values![7])).await;
        assert!(first.is_err(), "{first:?}");
        let why = db.poisoned().expect("a damaged file is noticed");
        let next = db.write(one(&COUNTER_ADD, values![1, "a"])).await;
        assert_eq!(next, Err(WriteError::Poisoned { why }));
    });
}

#[test]
fn what_cannot_be_a_database_is_refused() {
    block_on(async {
        for name in ["main", "temp", "", "Data", "a b", "x\"; --"] {
            let config = SqliteConfig::new("keys.db").attach(name, "other.db");
            let opened = Database::open(Config::Sqlite(config)).await;
            assert!(matches!(opened.err(), Some(OpenError::SchemaName { .. })), "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.db");
        std::fs::write(&file, "this is a text, and a long one, so that it might have been a database ".repeat(99))
            .unwrap();
        let text = Database::open(Config::Sqlite(SqliteConfig::new(&file))).await;
        assert!(matches!(text.err(), Some(OpenError::Engine { .. })));
        let missing = Database::open(Config::Sqlite(SqliteConfig::new("/nonexistent/keys.db"))).await;
        assert!(matches!(missing.err(), Some(OpenError::File { .. })));
    });
}
