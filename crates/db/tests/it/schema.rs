//! A small schema over both files, and the database that the tests start from.

use db::{Batch, Database, Expect, Migration, Sql, sql, values};
use testkit::{Setup, TestDb};

pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "keys",
        schema: "main",
        sql: "CREATE TABLE keys (id BYTES PRIMARY KEY, wrapped BYTES NOT NULL) WITHOUT ROWID;",
    },
    Migration {
        number: 2,
        name: "counters",
        schema: "data",
        sql: "CREATE TABLE counters (name TEXT PRIMARY KEY, n BIGINT NOT NULL, version BIGINT NOT NULL DEFAULT 1);
              CREATE TABLE lines (
                  seq IDENTITY,
                  counter TEXT NOT NULL REFERENCES counters (name),
                  tenant BIGINT NOT NULL,
                  number BIGINT NOT NULL CHECK (number >= 0),
                  body TEXT
              );
              CREATE UNIQUE INDEX lines_by_number ON lines (tenant, number);",
    },
];

pub const COUNTER_INSERT: Sql = sql("INSERT INTO counters (name, n) VALUES ($1, $2)");
pub const COUNTER_ADD: Sql = sql("UPDATE counters SET n=n+$1 WHERE name=$2 RETURNING n, version");
pub const COUNTER_CHANGE: Sql = sql("UPDATE counters SET n=$1, version=version+1 WHERE name=$2 AND version=$3");
pub const COUNTER: Sql = sql("SELECT n, version FROM counters WHERE name=$1");
pub const LINE_INSERT: Sql =
    sql("INSERT INTO lines (counter, tenant, number, body) VALUES ($1, $2, $3, $4) RETURNING seq");
pub const LINE_COUNT: Sql = sql("SELECT count(*) AS lines, CAST(sum(number) AS BIGINT) AS total FROM lines");
pub const LINES_AFTER: Sql =
    sql("SELECT tenant, number, body FROM lines WHERE (tenant, number) > ($1, $2) ORDER BY tenant, number LIMIT $3");
pub const KEY_INSERT: Sql = sql("INSERT INTO keys (id, wrapped) VALUES ($1, $2)");
pub const KEY: Sql = sql("SELECT wrapped FROM keys WHERE id=$1");
pub const ALL: &[&Sql] = &[
    &COUNTER_INSERT,
    &COUNTER_ADD,
    &COUNTER_CHANGE,
    &COUNTER,
    &LINE_INSERT,
    &LINE_COUNT,
    &LINES_AFTER,
    &KEY_INSERT,
    &KEY,
];

/// A migrated database with the counter `a` at 0.
pub struct Fixture {
    pub db: Database,
    pub at: TestDb,
}

impl Setup for Fixture {
    async fn set_up(at: TestDb) -> Self {
        let db = at.open().await;
        db.migrate(MIGRATIONS).await.unwrap();
        db.write(one(&COUNTER_INSERT, values!["a", 0])).await.unwrap();
        Self { db, at }
    }
}

impl Fixture {
    pub async fn counter(&self) -> i64 {
        self.db.read_one(&COUNTER, values!["a"]).await.unwrap().unwrap().int("n").unwrap()
    }

    pub async fn lines(&self) -> i64 {
        self.db.read_one(&LINE_COUNT, values![]).await.unwrap().unwrap().int("lines").unwrap()
    }
}

/// A batch of one statement that must touch one row.
pub fn one(sql: &Sql, values: Vec<db::Value>) -> Batch {
    let mut batch = Batch::new();
    batch.add(sql, values, Expect::Rows(1));
    batch
}
