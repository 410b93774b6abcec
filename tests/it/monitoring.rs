//! Lists that change under customers who are there already: who is concerned is screened anew, and nobody else.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::house::{Client, House, eventually};

/// A list of the institution's own, with a generation of its own each time its content is another.
fn own(house: &House, people: &[(&str, &str, &str)]) -> PathBuf {
    let file = house.data().join("own.csv");
    let row = |(id, name, born): &(&str, &str, &str)| format!("{id},{name},{born},sanction\n");
    let rows: String = people.iter().map(row).collect();
    std::fs::write(&file, format!("id,name,birth_date,topics\n{rows}")).expect("written");
    file
}

/// Puts the list in force beside the running server.
fn publish(house: &House, people: &[(&str, &str, &str)]) {
    let file = own(house, people);
    house.run_well(&["lists", "add", "custom", "--force", file.to_str().expect("text")]);
}

fn coverage(house: &House, more: &[&str]) -> Value {
    let said = house.run_well(&[&["coverage", "--json"], more].concat());
    let lines = said.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.into_iter().find(|line| line["customers"] != 0).expect("the tenant with customers")
}

async fn covered(house: &House) -> Value {
    eventually("everybody is covered", async || {
        let coverage = coverage(house, &[]);
        (coverage["uncovered"] == 0 && coverage["everybodyLookedAt"] == true).then_some(coverage)
    })
    .await
}

async fn onboarded(client: &Client) -> [String; 3] {
    let kasimov = client.onboard(&client.person("Timur", "Kasimov", "1970-02-01")).await;
    let lee = client.onboard(&client.person("Ann", "Lee", "1980-01-01")).await;
    let listed = client.onboard(&client.person("Viktor", "Sampleov", "1961-03-14")).await;
    [kasimov, lee, listed]
}

async fn an_update_moves_those_whom_it_concerns(house: House) {
    house.sample_list().await;
    let viktor = ("o-1", "Viktor Sampleov", "1961-03-14");
    publish(&house, &[viktor, ("o-9", "Somebody Else", "1950-01-01")]);
    let client = house.client().await;
    let [kasimov, lee, listed] = onboarded(&client).await;
    client.scans(&kasimov, "Clear", "Clear").await;
    client.scans(&listed, "Failed", "Clear").await;
    client.scans(&lee, "Clear", "Clear").await;
    let first = covered(&house).await;
    // A screening that was asked for twice while the first lists came may still run.
    let lee_before = eventually("her last screening", async || {
        let path = format!("/core/v1/cm/customers/{lee}");
        let before = client.get(&path).await.body;
        tokio::time::sleep(Duration::from_secs(2)).await;
        (client.get(&path).await.body == before).then_some(before)
    })
    .await;
    publish(&house, &[viktor, ("o-2", "Timur Kasimov", "1970-02-01")]);
    client.scans(&kasimov, "Failed", "Clear").await;
    let second = covered(&house).await;
    assert_eq!(second["generation"].as_u64(), first["generation"].as_u64().map(|number| number + 1));
    let lee_after = client.get(&format!("/core/v1/cm/customers/{lee}")).await.body;
    assert_eq!(lee_after, lee_before, "nothing that changed has to do with her");
    // Listed no more: the question about it is withdrawn; the other list still has the other one.
    publish(&house, &[viktor]);
    client.scans(&kasimov, "Clear", "Clear").await;
    client.scans(&listed, "Failed", "Clear").await;
    covered(&house).await;
    let whole = house.run_well(&["rescreen"]);
    assert!(whole.contains("generation"), "{whole}");
    covered(&house).await;
    client.scans(&listed, "Failed", "Clear").await;
    let of_list = coverage(&house, &["--list", "custom"]);
    assert_eq!((&of_list["customers"], &of_list["uncovered"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn an_update_moves_those_whom_it_concerns_and_the_ledger_says_so() {
    an_update_moves_those_whom_it_concerns(House::open()).await;
}

#[tokio::test]
async fn an_update_moves_those_whom_it_concerns_on_postgres() {
    let Some(house) = House::open_on_postgres().await else { return };
    an_update_moves_those_whom_it_concerns(house).await;
}

#[tokio::test]
async fn a_server_killed_in_the_middle_goes_on_and_covers_everybody() {
    let mut house = House::open();
    house.sample_list().await;
    publish(&house, &[("o-9", "Somebody Else", "1950-01-01")]);
    let client = house.client().await;
    let [kasimov, ..] = onboarded(&client).await;
    for number in 0..60 {
        client.onboard(&client.person("Ann", &format!("Lee {number}"), "1980-01-01")).await;
    }
    covered(&house).await;
    publish(&house, &[("o-2", "Timur Kasimov", "1970-02-01")]);
    house.kill();
    let house = house.again();
    covered(&house).await;
    let client = house.client_of(client.tenant).await;
    client.scans(&kasimov, "Failed", "Clear").await;
}
