//! What is true of PostgreSQL alone: its settings, its pool, its lost connections.

use std::time::Duration;

use db::{Config, Database, OpenError, PostgresConfig, ReadError, WriteError, sql, values};
use testkit::{Setup, TestDb, block_on};

use crate::schema::{COUNTER_ADD, Fixture, one};

/// Runs a test if there is a server.
fn with_server(test: impl AsyncFnOnce(Fixture, PostgresConfig)) {
    block_on(async {
        let Some(at) = TestDb::postgres().await else { return };
        let Config::Postgres(config) = at.config() else { unreachable!("this is PostgreSQL") };
        test(Fixture::set_up(at).await, config).await;
    });
}

#[test]
fn every_connection_has_its_limits() {
    with_server(async |house, _| {
        for (setting, value) in
            [("statement_timeout", "10s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "10s")]
        {
            let row = house.db.read_one(&sql("SELECT current_setting($1) AS value"), values![setting]).await.unwrap();
            assert_eq!(row.unwrap().text("value"), Ok(value), "{setting}");
        }
    });
}

#[test]
fn a_server_that_answers_before_the_disk_has_it_is_refused() {
    with_server(async |_, config| {
        let url = format!("{}?options=-c%20synchronous_commit%3Doff", config.url);
        let opened = Database::open(Config::Postgres(PostgresConfig { url, ..config })).await;
        assert!(matches!(opened.err(), Some(OpenError::Setting { setting: "synchronous_commit", .. })));
    });
}

#[test]
fn a_lost_connection_is_replaced() {
    with_server(async |house, config| {
        let other = Database::open(Config::Postgres(PostgresConfig { pool_max: 1, ..config })).await.unwrap();
        let kill = sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                        WHERE datname = current_database() AND pid <> pg_backend_pid()");
        let mut written = 0;
        for round in 0..20 {
            if round % 4 == 0 {
                other.read(&kill, values![]).await.unwrap();
            }
            match house.db.write(one(&COUNTER_ADD, values![1, "a"])).await {
                Ok(_) => written += 1,
                Err(error) => {
                    assert!(matches!(error, WriteError::Storage { .. } | WriteError::Uncertain { .. }), "{error:?}");
                }
            }
        }
        assert!(written >= 10, "{written}");
        assert_eq!(house.counter().await, written);
    });
}

#[test]
fn too_many_requests_for_a_connection_are_refused() {
    with_server(async |_, config| {
        let config = PostgresConfig { pool_max: 1, pool_wait_max: Duration::from_millis(50), ..config };
        let db = Database::open(Config::Postgres(config)).await.unwrap();
        let slow = db.clone();
        let slow = tokio::spawn(async move { slow.read(&sql("SELECT 1 FROM pg_sleep(1)"), values![]).await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(db.read(&sql("SELECT 1"), values![]).await, Err(ReadError::Overloaded));
        assert_eq!(db.write(one(&COUNTER_ADD, values![1, "a"])).await, Err(WriteError::Overloaded));
        assert!(slow.await.unwrap().is_ok());
    });
}

#[test]
fn a_lock_that_is_held_too_long_is_busy() {
    with_server(async |house, config| {
        let config = PostgresConfig { lock_time_max: Duration::from_millis(50), ..config };
        let db = Database::open(Config::Postgres(config)).await.unwrap();
        let mut intruder = db::Batch::new();
        intruder.add(&COUNTER_ADD, values![1, "a"], db::Expect::Rows(1));
        intruder.add(&sql("SELECT 1 FROM pg_sleep(1)"), values![], db::Expect::Any);
        let intruder = tokio::spawn({
            let db = house.db.clone();
            async move { db.write(intruder).await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(db.write(one(&COUNTER_ADD, values![1, "a"])).await, Err(WriteError::Busy));
        assert!(intruder.await.unwrap().is_ok());
        assert_eq!(house.counter().await, 1);
    });
}

#[test]
fn a_url_that_cannot_be_used_does_not_show_its_password() {
    block_on(async {
        let config = PostgresConfig::new("postgres://user:hunter2@localhost/db?sslmode=maybe");
        assert!(!format!("{config:?}").contains("hunter2"));
        let error = Database::open(Config::Postgres(config)).await.err().unwrap();
        assert!(matches!(error, OpenError::Url { .. }) && !format!("{error:?}").contains("hunter2"), "{error:?}");
        let nobody = PostgresConfig::new("postgres://user:hunter2@127.0.0.1:1/db");
        let error = Database::open(Config::Postgres(nobody)).await.err().unwrap();
        assert!(matches!(error, OpenError::Engine { .. }) && !format!("{error:?}").contains("hunter2"), "{error:?}");
    });
}
