//! Migrations: forward only, each whole or not at all, by one process at a time.

use db::{MigrateError, Migration, sql, values};
use testkit::{TestDb, engines};
use tokio::task::JoinSet;

use crate::schema::{Fixture, MIGRATIONS, one};

const NEXT: Migration = Migration {
    number: 3,
    name: "notes",
    schema: "data",
    sql: "ALTER TABLE counters ADD COLUMN note TEXT; CREATE INDEX counters_by_note ON counters (note);",
};

fn with(last: Migration) -> Vec<Migration> {
    MIGRATIONS.iter().copied().chain([last]).collect()
}

engines! {
    async fn each_is_applied_once(db: TestDb) {
        let db = db.open().await;
        assert_eq!(db.migrate(MIGRATIONS).await.unwrap().applied, [1, 2]);
        assert_eq!(db.migrate(MIGRATIONS).await.unwrap().applied, [0; 0]);
        assert_eq!(db.migrate(&with(NEXT)).await.unwrap().applied, [3]);
        let note = sql("INSERT INTO counters (name, n, note) VALUES ('a', 1, $1)");
        assert!(db.write(one(&note, values!["x"])).await.is_ok());
    }

    async fn a_failing_step_leaves_nothing(house: Fixture) {
        let bad = Migration { sql: "CREATE TABLE half (id BIGINT); INSERT INTO missing VALUES (1);", ..NEXT };
        let error = house.db.migrate(&with(bad)).await.unwrap_err();
        assert!(matches!(error, MigrateError::Failed { number: 3, name: "notes", .. }), "{error:?}");
        assert!(house.db.read(&sql("SELECT id FROM half"), values![]).await.is_err());
        assert_eq!(house.db.migrate(&with(NEXT)).await.unwrap().applied, [3]);
    }

    async fn a_changed_text_is_refused(house: Fixture) {
        let mut edited = MIGRATIONS.to_vec();
        edited[1].sql = "CREATE TABLE counters (name TEXT);";
        assert_eq!(house.db.migrate(&edited).await, Err(MigrateError::Changed { number: 2, name: "counters" }));
    }

    async fn a_newer_schema_is_refused(house: Fixture) {
        house.db.migrate(&with(NEXT)).await.unwrap();
        let older = house.db.migrate(MIGRATIONS).await;
        assert_eq!(older, Err(MigrateError::Newer { number: 3, name: "notes".to_owned() }));
    }

    async fn a_step_that_comes_too_late_is_refused(house: Fixture) {
        house.db.migrate(&with(Migration { number: 9, ..NEXT })).await.unwrap();
        let late = [MIGRATIONS, &[Migration { number: 5, name: "late", ..NEXT }, Migration { number: 9, ..NEXT }]].concat();
        let error = house.db.migrate(&late).await;
        assert_eq!(error, Err(MigrateError::OutOfOrder { number: 5, name: "late", applied: 9 }));
    }

    async fn a_type_of_one_engine_is_refused(house: Fixture) {
        let error = house.db.migrate(&with(Migration { sql: "CREATE TABLE t (n INTEGER);", ..NEXT })).await;
        assert!(matches!(error, Err(MigrateError::Text { number: 3, .. })), "{error:?}");
    }

    async fn several_processes_may_start_at_once(at: TestDb) {
        let mut tasks = JoinSet::new();
        for _ in 0..4 {
            let db = at.open().await;
            tasks.spawn(async move { db.migrate(&with(NEXT)).await.unwrap().applied.len() });
        }
        assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 3);
    }
}

#[tokio::test]
async fn a_schema_without_a_file_is_refused() {
    let db = TestDb::sqlite().open().await;
    let error = db.migrate(&[Migration { schema: "elsewhere", ..NEXT }]).await.unwrap_err();
    assert!(error.to_string().ends_with("there is no file for the schema \"elsewhere\""), "{error}");
}
