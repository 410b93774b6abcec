//! Whatever was answered is there after the process was killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use db::{Batch, Config, Database, Expect, Sql, SqliteConfig, sql, values};
use testkit::block_on;
use tokio::task::JoinSet;

use crate::schema::{LINE_INSERT, MIGRATIONS};

/// Tells a process of this test that it is the one to be killed, and where to write.
const FOLDER_VARIABLE: &str = "DB_TEST_KILLED_FOLDER";

const TASKS: i64 = 16;

/// Puts up with a key whose line was lost: a kill between the two files' commits leaves one.
const KEY_PUT: Sql =
    sql("INSERT INTO keys (id, wrapped) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET wrapped=excluded.wrapped");

fn config(folder: &Path) -> Config {
    Config::Sqlite(SqliteConfig::new(folder.join("keys.db")).attach("data", folder.join("vestibule.db")))
}

/// Not a test by itself: writes until it is killed, and says each time what was answered.
#[test]
fn the_process_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else { return };
    block_on(async {
        let db = Database::open(config(Path::new(&folder))).await.unwrap();
        let mut tasks = JoinSet::new();
        for tenant in 0..TASKS {
            let db = db.clone();
            tasks.spawn(async move {
                let last = sql("SELECT COALESCE(max(number), -1) AS last FROM lines WHERE tenant=$1");
                let last = db.read_one(&last, values![tenant]).await.unwrap().unwrap().int("last").unwrap();
                for number in last + 1.. {
                    let mut batch = Batch::new();
                    batch.add(&KEY_PUT, values![format!("{tenant} {number}").into_bytes(), [1u8; 32]], Expect::Rows(1));
                    batch.add(&LINE_INSERT, values!["a", tenant, number, "x".repeat(300)], Expect::Rows(1));
                    db.write(batch).await.unwrap();
                    println!("ack {tenant} {number}");
                }
            });
        }
        tasks.join_all().await;
    });
}

#[test]
fn every_answered_write_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let db = Database::open(config(folder.path())).await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        db.write(crate::schema::one(&crate::schema::COUNTER_INSERT, values!["a", 0])).await.unwrap();
        db.close().await;
    });
    let mut acknowledged = Vec::new();
    for round in 0..5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durability::the_process_that_is_killed", "--nocapture"])
            .env(FOLDER_VARIABLE, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let begun = Instant::now();
        let mut acks = 0;
        // Each round is killed at another moment; what it said before is read to the end of the pipe.
        for line in lines {
            let line = line.unwrap();
            if let Some((_, ack)) = line.split_once("ack ") {
                let (tenant, number) = ack.split_once(' ').unwrap();
                acknowledged.push((tenant.parse::<i64>().unwrap(), number.parse::<i64>().unwrap()));
                acks += 1;
            }
            if acks > 50 && begun.elapsed() > Duration::from_millis(300 + 37 * round) {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acks > 50, "round {round} answered only {acks}");
    }

    block_on(async {
        let db = Database::open(config(folder.path())).await.unwrap();
        for (file, pragma) in [("main", "PRAGMA main.integrity_check"), ("data", "PRAGMA data.integrity_check")] {
            let rows = db.read(&db::Sql::built(pragma.to_owned()), values![]).await.unwrap();
            assert_eq!(rows[0].text(0), Ok("ok"), "{file}");
        }
        let line = sql("SELECT body FROM lines WHERE tenant=$1 AND number=$2");
        for (tenant, number) in &acknowledged {
            let found = db.read_one(&line, values![*tenant, *number]).await.unwrap();
            assert!(found.is_some(), "{tenant} {number} was answered and is lost");
        }
        // The main file is committed first: a key may be without its line, never a line without its key.
        let orphans = sql("SELECT count(*) AS n FROM lines WHERE NOT EXISTS \
                           (SELECT 1 FROM keys WHERE id = CAST(tenant || ' ' || number AS BLOB))");
        assert_eq!(db.read_one(&orphans, values![]).await.unwrap().unwrap().int("n"), Ok(0));
    });
    println!("{} answered writes, all there after 5 kills", acknowledged.len());
}
