//! What the journal shows, and what a broken one does to others.

use std::time::{Duration, Instant};

use db::{Batch, Config, Database, Expect, SqliteConfig, sql, values};
use serde_json::Value;

use crate::house::{House, eventually};

/// Does to the database what only a vandal would.
async fn vandal(house: &House, statement: &'static str, values: Vec<db::Value>) {
    let config = SqliteConfig::new(house.data().join("keys.db")).attach("data", house.data().join("vestibule.db"));
    let database = Database::open(Config::Sqlite(config)).await.expect("it opens");
    let mut batch = Batch::new();
    batch.add(&sql(statement), values, Expect::AtLeast(1));
    database.write(batch).await.expect("it is done");
    database.close().await;
}

/// How many events of this tenant have their place.
fn sealed(house: &House, tenant: &str) -> u64 {
    let report = house.run(&["audit", "verify", "--json"]);
    let lines = String::from_utf8(report.stdout).expect("text");
    let reports = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mine = reports.into_iter().find(|report| report["tenantId"] == tenant).expect("every tenant is told of");
    mine["events"].as_u64().expect("a number")
}

#[tokio::test]
async fn the_audit_finds_a_wiped_journal() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    let id = client.onboard(&client.bob()).await;
    client.scans(&id, "Clear", "Clear").await;
    eventually("the events are sealed", async || (sealed(&house, &client.tenant.id) >= 3).then_some(())).await;
    assert!(house.run_well(&["audit", "verify"]).contains("holds"));
    vandal(&house, "DELETE FROM journal", values![]).await;
    vandal(&house, "DELETE FROM journal_heads", values![]).await;
    let report = house.run(&["audit", "verify"]);
    let text = String::from_utf8(report.stdout).expect("text");
    assert!(!report.status.success() && text.contains("BROKEN"), "{text}");
    assert!(text.contains("the head is missing") && text.contains(&format!("customer {id} counts 3 events")), "{text}");
}

#[tokio::test]
async fn one_broken_journal_holds_up_no_other_tenant_and_no_end() {
    let mut house = House::open();
    let (broken, sound) = (house.client().await, house.client().await);
    vandal(
        &house,
        "DELETE FROM journal_heads WHERE tenant_id=$1",
        values![uuid::Uuid::parse_str(&broken.tenant.id).expect("an id").as_bytes()],
    )
    .await;
    broken.onboard(&broken.bob()).await;
    sound.onboard(&sound.bob()).await;
    eventually("the sound one's events are sealed", async || (sealed(&house, &sound.tenant.id) > 0).then_some(()))
        .await;
    assert_eq!(sealed(&house, &broken.tenant.id), 0);
    let told =
        |log: &str| log.lines().filter(|line| line.contains("ERROR") && line.contains(&broken.tenant.id)).count();
    eventually("it is told of", async || (told(&house.log()) > 0).then_some(())).await;
    let stopping = Instant::now();
    assert_eq!(house.stop(), Some(0));
    assert!(stopping.elapsed() < Duration::from_secs(10), "{:?}", stopping.elapsed());
    assert!(told(&house.log()) < 10, "{}", house.log());
}
