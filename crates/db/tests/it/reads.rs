//! Reads: committed data only, bounded in time and in rows.

use std::time::{Duration, Instant};

use db::{Batch, Config, Engine, Expect, ReadError, Sql, WriteError, sql, values};
use testkit::engines;
use tokio::task::JoinSet;

use crate::schema::{COUNTER_ADD, COUNTER_INSERT, Fixture, LINE_COUNT, LINE_INSERT, LINES_AFTER, one};

/// Counts for some minutes.
const ENDLESS: Sql =
    sql("WITH RECURSIVE up (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n+1 FROM up WHERE n < $1) \
                          SELECT count(*) AS n FROM up");

engines! {
    async fn a_page_is_read_by_its_key(house: Fixture) {
        let mut batch = Batch::new();
        for tenant in [1, 2] {
            for n in 0..5 {
            batch.add(&LINE_INSERT, values!["a", tenant, n, "x"], Expect::Rows(1));
        }
        }
        house.db.write(batch).await.unwrap();
        let page = house.db.read(&LINES_AFTER, values![1, 3, 4]).await.unwrap();
        let keys: Vec<_> = page.iter().map(|row| (row.int("tenant").unwrap(), row.int("number").unwrap())).collect();
        assert_eq!(keys, [(1, 4), (2, 0), (2, 1), (2, 2)]);
        assert_eq!(house.db.read_one(&LINES_AFTER, values![9, 0, 1]).await, Ok(None));
        assert_eq!(house.db.read_one(&LINES_AFTER, values![0, 0, 2]).await, Err(ReadError::NotOne));
        let count = house.db.read_one(&LINE_COUNT, values![]).await.unwrap().unwrap();
        assert_eq!((count.int("lines"), count.int("total")), (Ok(10), Ok(20)));
    }

    async fn readers_see_whole_commits(house: Fixture) {
        let (db, lines) = (house.db.clone(), sql("SELECT count(*) AS lines FROM lines"));
        let writer = tokio::spawn(async move {
            for number in 0..60 {
                let mut batch = Batch::new();
                batch.add(&LINE_INSERT, values!["a", 1, number * 2, "x"], Expect::Rows(1));
                batch.add(&LINE_INSERT, values!["a", 1, number * 2 + 1, "x"], Expect::Rows(1));
                db.write(batch).await.unwrap();
            }
        });
        let mut last = 0;
        while !writer.is_finished() {
            let seen = house.db.read_one(&lines, values![]).await.unwrap().unwrap().int(0).unwrap();
            assert!(seen % 2 == 0 && seen >= last, "{last} then {seen}");
            last = seen;
        }
        writer.await.unwrap();
        assert_eq!(house.lines().await, 120);
    }

    async fn what_was_written_is_read(house: Fixture) {
        let mut tasks = JoinSet::new();
        for number in 0..32 {
            let db = house.db.clone();
            tasks.spawn(async move {
                let name = format!("counter {number}");
                db.write(one(&COUNTER_INSERT, values![&name, number])).await.unwrap();
                let row = db.read_one(&crate::schema::COUNTER, values![name]).await.unwrap();
                assert_eq!(row.unwrap().int("n"), Ok(i64::from(number)));
            });
        }
        tasks.join_all().await;
    }

    async fn a_read_has_a_time_limit(house: Fixture) {
        let mut config = house.at.config();
        match &mut config {
            Config::Sqlite(config) => config.read_time_max = Duration::from_millis(200),
            Config::Postgres(config) => config.statement_time_max = Duration::from_millis(200),
        }
        let db = db::Database::open(config).await.unwrap();
        let begun = Instant::now();
        assert_eq!(db.read(&ENDLESS, values![1_000_000_000]).await, Err(ReadError::TimedOut));
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        // The connection is as good as before.
        assert_eq!(db.read_one(&ENDLESS, values![3]).await.unwrap().unwrap().int("n"), Ok(3));
    }

    async fn a_write_has_a_time_limit(house: Fixture) {
        let mut config = house.at.config();
        match &mut config {
            Config::Sqlite(config) => config.write_time_max = Duration::from_millis(200),
            Config::Postgres(config) => config.statement_time_max = Duration::from_millis(200),
        }
        let db = db::Database::open(config).await.unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..20 {
            let db = db.clone();
            tasks.spawn(async move {
                let mut batch = one(&LINE_INSERT, values!["a", 1, number, "x"]);
                if number == 7 {
                    let endless = sql("UPDATE counters SET n=(WITH RECURSIVE up (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL \
                                       SELECT n+1 FROM up WHERE n < 1000000000) SELECT count(*) FROM up)");
                    batch.add(&endless, values![], Expect::Any);
                }
                assert_eq!(db.write(batch).await.err(), (number == 7).then_some(WriteError::TimedOut), "{number}");
            });
        }
        tasks.join_all().await;
        assert_eq!((house.lines().await, house.counter().await), (19, 0));
    }

    async fn a_read_has_a_row_limit(house: Fixture) {
        let mut config = house.at.config();
        match &mut config {
            Config::Sqlite(config) => config.rows_max = 10,
            Config::Postgres(config) => config.rows_max = 10,
        }
        let db = db::Database::open(config).await.unwrap();
        let up_to = sql("WITH RECURSIVE up (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n+1 FROM up WHERE n < $1) \
                         SELECT n FROM up");
        assert_eq!(db.read(&up_to, values![10]).await.map(|rows| rows.len()), Ok(10));
        assert_eq!(db.read(&up_to, values![11]).await, Err(ReadError::TooManyRows { rows_max: 10 }));
    }

    async fn a_read_cannot_write_on_sqlite(house: Fixture) {
        if house.db.engine() == Engine::Sqlite {
            assert!(matches!(house.db.read(&COUNTER_ADD, values![1, "a"]).await, Err(ReadError::Storage { .. })));
            assert_eq!(house.counter().await, 0);
        }
    }

    async fn texts_sort_by_bytes(house: Fixture) {
        for name in ["B", "b", "Ä", "é", "zz", "_", "Z", "-"] {
            house.db.write(one(&COUNTER_INSERT, values![name, 0])).await.unwrap();
        }
        let rows = house.db.read(&sql("SELECT name FROM counters ORDER BY name"), values![]).await.unwrap();
        let found: Vec<_> = rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect();
        let mut sorted = found.clone();
        sorted.sort();
        assert_eq!(found, sorted);
    }
}
