//! Batches: all or nothing, checked, and none harmed by its neighbours.

use db::{Batch, Expect, Migration, STATEMENTS_MAX, WriteError, sql, values};
use testkit::engines;
use tokio::task::JoinSet;

use crate::schema::{
    ALL, COUNTER_ADD, COUNTER_CHANGE, COUNTER_INSERT, Fixture, KEY, KEY_INSERT, LINE_INSERT, MIGRATIONS, one,
};

engines! {
    async fn results_come_in_the_order_of_the_statements(house: Fixture) {
        let mut batch = Batch::new();
        batch.add(&COUNTER_ADD, values![5, "a"], Expect::Rows(1));
        batch.add(&COUNTER_ADD, values![5, "nobody"], Expect::Rows(0));
        batch.add(&LINE_INSERT, values!["a", 1, 1, "one"], Expect::Rows(1));
        batch.add(&sql("DELETE FROM lines WHERE tenant=$1"), values![9], Expect::Any);
        let results = house.db.write(batch).await.unwrap();
        assert_eq!(results.iter().map(|result| result.rows_affected).collect::<Vec<_>>(), [1, 0, 1, 0]);
        assert_eq!(results[0].rows[0].int("n"), Ok(5));
        assert!(results[2].rows[0].int("seq").unwrap() > 0);
        assert_eq!(house.db.write(Batch::new()).await, Ok(vec![]));
    }

    async fn a_missed_expectation_undoes_the_batch(house: Fixture) {
        let mut batch = Batch::new();
        batch.add(&LINE_INSERT, values!["a", 1, 1, "one"], Expect::Rows(1));
        batch.add(&COUNTER_CHANGE, values![7, "a", 99], Expect::Rows(1));
        let error = house.db.write(batch).await.unwrap_err();
        assert_eq!(error, WriteError::Expectation { statement: 1, expected: Expect::Rows(1), got: 0 });
        assert_eq!((house.lines().await, house.counter().await), (0, 0));
        // The version that is there fits once.
        assert!(house.db.write(one(&COUNTER_CHANGE, values![7, "a", 1])).await.is_ok());
        assert!(house.db.write(one(&COUNTER_CHANGE, values![8, "a", 1])).await.is_err());
    }

    async fn a_unique_violation_names_table_and_columns(house: Fixture) {
        house.db.write(one(&LINE_INSERT, values!["a", 1, 2, "first"])).await.unwrap();
        for _ in 0..2 {
            let mut batch = one(&COUNTER_ADD, values![1, "a"]);
            batch.add(&LINE_INSERT, values!["a", 1, 2, "second"], Expect::Any);
            let error = house.db.write(batch).await.unwrap_err();
            assert!(error.is_unique_on("lines") && error.is_unique_on_columns("lines", &["tenant", "number"]), "{error}");
            assert!(!error.is_unique_on("counters"));
            assert!(matches!(error, WriteError::Unique { statement: 1, .. }));
            assert_eq!(error.to_string(), "statement 1: lines has a row with the same tenant, number");
        }
        let key = house.db.write(one(&COUNTER_INSERT, values!["a", 1])).await.unwrap_err();
        assert!(key.is_unique_on_columns("counters", &["name"]), "{key}");
        house.db.write(one(&KEY_INSERT, values![[1u8; 16], [2u8; 8]])).await.unwrap();
        let key = house.db.write(one(&KEY_INSERT, values![[1u8; 16], [3u8; 8]])).await.unwrap_err();
        assert!(key.is_unique_on_columns("keys", &["id"]), "{key}");
        assert_eq!(house.counter().await, 0);
    }

    async fn other_rules_of_the_schema_hold(house: Fixture) {
        let orphan = house.db.write(one(&LINE_INSERT, values!["nobody", 1, 1, "x"])).await;
        assert_eq!(orphan, Err(WriteError::ForeignKey));
        let negative = house.db.write(one(&LINE_INSERT, values!["a", 1, -1, "secret"])).await.unwrap_err();
        assert!(matches!(negative, WriteError::Constraint { .. }), "{negative:?}");
        assert!(!format!("{negative:?}").contains("secret"), "{negative:?}");
        let nothing = house.db.write(one(&COUNTER_INSERT, values!["b", None::<i64>])).await;
        assert!(matches!(nothing, Err(WriteError::Constraint { .. })), "{nothing:?}");
    }

    async fn parameters_must_fit(house: Fixture) {
        let few = house.db.write(one(&COUNTER_INSERT, values!["b"])).await;
        assert!(matches!(few, Err(WriteError::Statement { statement: 0, .. })), "{few:?}");
        let many = house.db.write(one(&COUNTER_INSERT, values!["b", 1, 2])).await;
        assert!(matches!(many, Err(WriteError::Statement { .. })), "{many:?}");
        let nul = house.db.write(one(&COUNTER_INSERT, values!["b\0", 1])).await.unwrap_err();
        assert_eq!(nul.to_string(), "statement 0 is not written right: parameter $1 is a text with a NUL character");
        let text = house.db.write(one(&COUNTER_INSERT, values!["b", "one"])).await;
        assert!(matches!(text, Err(WriteError::Statement { .. } | WriteError::Constraint { .. })), "{text:?}");
        let mut large = Batch::new();
        for _ in 0..=STATEMENTS_MAX {
            large.add(&COUNTER_ADD, values![1, "a"], Expect::Any);
        }
        assert_eq!(house.db.write(large).await, Err(WriteError::TooLarge { statements: STATEMENTS_MAX + 1 }));
    }

    async fn parameters_are_bound_by_number(house: Fixture) {
        let backwards = sql("INSERT INTO counters (n, name) VALUES ($2, $1) RETURNING name, n, $2 + 0 AS again");
        let result = house.db.write(one(&backwards, values!["b", 3])).await.unwrap();
        let row = &result[0].rows[0];
        assert_eq!((row.text("name"), row.int("n"), row.int("again")), (Ok("b"), Ok(3), Ok(3)));
    }

    async fn parallel_increments_lose_nothing(house: Fixture) {
        let mut tasks = JoinSet::new();
        for _ in 0..64 {
            let db = house.db.clone();
            tasks.spawn(async move {
                for _ in 0..4 {
                    db.write(one(&COUNTER_ADD, values![1, "a"])).await.unwrap();
                }
            });
        }
        tasks.join_all().await;
        assert_eq!(house.counter().await, 256);
        let stats = house.db.stats();
        assert_eq!((stats.batches, stats.batches_failed, stats.queue_length), (257, 0, 0));
    }

    async fn a_failing_batch_does_not_harm_its_neighbours(house: Fixture) {
        let mut tasks = JoinSet::new();
        for number in 0..120 {
            let db = house.db.clone();
            tasks.spawn(async move {
                let mut batch = one(&LINE_INSERT, values!["a", 1, number, "x"]);
                // Every third fails after it has written, each time in another way.
                match number % 9 {
                    0 => { batch.add(&COUNTER_CHANGE, values![1, "a", 99], Expect::Rows(1)); }
                    3 => { batch.add(&LINE_INSERT, values!["a", 1, number, "again"], Expect::Any); }
                    6 => { batch.add(&LINE_INSERT, values!["nobody", 1, 1_000 + number, "x"], Expect::Any); }
                    _ => {}
                }
                let is_bad = number % 3 == 0;
                assert_eq!(db.write(batch).await.is_err(), is_bad, "{number}");
            });
        }
        tasks.join_all().await;
        assert_eq!(house.lines().await, 80);
    }

    async fn a_rule_that_is_checked_at_the_commit_fails_its_own_batch_alone(house: Fixture) {
        let deferred = Migration {
            number: 3,
            name: "deferred",
            schema: "data",
            sql: "CREATE TABLE owned (id BIGINT PRIMARY KEY, \
                  owner TEXT NOT NULL REFERENCES counters (name) DEFERRABLE INITIALLY DEFERRED);",
        };
        house.db.migrate(&[MIGRATIONS, &[deferred]].concat()).await.unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..60 {
            let db = house.db.clone();
            tasks.spawn(async move {
                let owner = if number % 20 == 7 { "nobody" } else { "a" };
                let insert = sql("INSERT INTO owned (id, owner) VALUES ($1, $2)");
                let answer = db.write(one(&insert, values![number, owner])).await;
                assert_eq!(answer.err(), (owner == "nobody").then_some(WriteError::ForeignKey), "{number}");
            });
        }
        tasks.join_all().await;
        let count = house.db.read_one(&sql("SELECT count(*) AS n FROM owned"), values![]).await.unwrap().unwrap();
        assert_eq!(count.int("n"), Ok(57));
    }

    async fn opposite_orders_of_locking_are_sorted_out(house: Fixture) {
        house.db.write(one(&COUNTER_INSERT, values!["b", 0])).await.unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..16 {
            let db = house.db.clone();
            tasks.spawn(async move {
                let (first, second) = if number % 2 == 0 { ("a", "b") } else { ("b", "a") };
                let mut batch = one(&COUNTER_ADD, values![1, first]);
                batch.add(&COUNTER_ADD, values![1, second], Expect::Rows(1));
                db.write(batch).await
            });
        }
        let written = tasks.join_all().await;
        let lost: Vec<_> = written.iter().filter_map(|answer| answer.as_ref().err()).collect();
        // A deadlock is tried again, a bounded number of times; whoever loses then is told that it may pass.
        assert!(lost.iter().all(|error| error.is_passing()), "{lost:?}");
        assert_eq!(house.counter().await, 16 - lost.len() as i64);
    }

    async fn a_batch_may_span_both_files_and_more_than_one_portion(house: Fixture) {
        let mut batch = one(&KEY_INSERT, values![[1u8; 16], [2u8; 48]]);
        for n in 0..100 {
            batch.add(&LINE_INSERT, values!["a", 2, n, None::<&str>], Expect::Rows(1));
        }
        house.db.write(batch).await.unwrap();
        assert_eq!(house.lines().await, 100);
        let key = house.db.read_one(&KEY, values![[1u8; 16]]).await.unwrap().unwrap();
        assert_eq!(key.array::<48>("wrapped"), Ok([2; 48]));
        // The last statement of the last portion still undoes the first of the first.
        let mut batch = one(&KEY_INSERT, values![[9u8; 16], [2u8; 48]]);
        for n in 100..200 {
            batch.add(&LINE_INSERT, values!["a", 2, n, None::<&str>], Expect::Rows(1));
        }
        batch.add(&COUNTER_ADD, values![1, "nobody"], Expect::AtLeast(1));
        assert!(matches!(house.db.write(batch).await, Err(WriteError::Expectation { statement: 101, .. })));
        assert_eq!(house.lines().await, 100);
        assert_eq!(house.db.read_one(&KEY, values![[9u8; 16]]).await, Ok(None));
    }

    async fn every_statement_is_prepared(house: Fixture) {
        assert_eq!(house.db.prepare_all(ALL).await, Ok(()));
        let wrong = [
            sql("SELECT missing FROM counters"),
            sql("SELECT n FROM counters WHERE n=$2 OR n=$3"),
            sql("SELECT n FROM"),
        ];
        let found = house.db.prepare_all(&wrong.iter().collect::<Vec<_>>()).await.unwrap_err();
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0].text, "SELECT missing FROM counters");
    }

    async fn a_closed_database_says_so(house: Fixture) {
        house.db.close().await;
        assert_eq!(house.db.write(one(&COUNTER_ADD, values![1, "a"])).await, Err(WriteError::Closed));
        assert_eq!(house.db.read(&KEY, values![[1u8; 16]]).await, Err(db::ReadError::Closed));
        let again = house.at.open().await;
        assert!(again.write(one(&COUNTER_ADD, values![1, "a"])).await.is_ok());
    }

    async fn a_caller_who_goes_away_leaves_nothing_half_done(house: Fixture) {
        for number in 0..40 {
            let mut batch = one(&LINE_INSERT, values!["a", 1, number, "x"]);
            batch.add(&COUNTER_ADD, values![1, "a"], Expect::Rows(1));
            let write = house.db.write(batch);
            let _ = tokio::time::timeout(std::time::Duration::from_micros(number as u64 * 50), write).await;
        }
        // Whatever was begun is done before this is.
        house.db.write(one(&COUNTER_ADD, values![0, "a"])).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(house.counter().await, house.lines().await);
    }
}
