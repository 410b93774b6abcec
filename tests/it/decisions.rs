//! Decisions that last: a dismissal stands through what is cosmetic, falls with what is material, and expires; one party on
//! several lists is asked about once; a tenant's own list is its own.

use serde_json::{Value, json};

use crate::cases::Desk;
use crate::house::{House, eventually, http};

const HEADER: &str = "id,name,aliases,birth_date,passport,topics,notes";

/// Puts a list of the institution's own in force beside the running server, and waits until everybody is covered by it.
async fn publish(house: &House, flags: &[&str], rows: &[&str]) {
    let file = house.data().join("own.csv");
    std::fs::write(&file, format!("{HEADER}\n{}\n", rows.join("\n"))).expect("written");
    house.run_well(&[&["lists", "add", "custom", "--force", file.to_str().expect("text")], flags].concat());
    eventually("everybody is covered", async || {
        let said = house.run_well(&["coverage", "--json"]);
        let mut lines = said.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.all(|line| line["uncovered"] == 0 && line["everybodyLookedAt"] == true).then_some(())
    })
    .await;
}

async fn unclosed(desk: &Desk) -> Vec<Value> {
    desk.get("/v1/cases?state=unclosed").await.body["cases"].as_array().expect("a page").clone()
}

async fn the_case(desk: &Desk) -> Value {
    let id = eventually("a case is open", async || {
        unclosed(desk).await.first().and_then(|case| case["id"].as_str()).map(str::to_owned)
    })
    .await;
    desk.get(&format!("/v1/cases/{id}")).await.body["case"].clone()
}

async fn dismiss(desk: &Desk, case: &Value) {
    let body = json!({"by": "ana", "outcome": "false-positive", "reason": "another man"});
    let done = desk.act(case["id"].as_str().expect("an id"), "decisions", body).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(unclosed(desk).await, Vec::<Value>::new());
}

fn advance(house: &House, by: &str) -> impl Future<Output = ()> {
    let request = http().post(format!("{}/sandbox/clock", house.address())).body(json!({"advance": by}).to_string());
    async move { assert_eq!(request.send().await.expect("answered").status(), 200) }
}

#[tokio::test]
async fn a_dismissal_outlives_what_is_cosmetic_and_falls_with_what_is_material() {
    let house = House::open_with(&["--sandbox"]);
    house.sample_list().await;
    publish(&house, &[], &["o-2,Timur Kasimov,,1970-02-01,,sanction,"]).await;
    let (desk, client) = Desk::at(&house, "Lasting", "none").await;
    house.run_well(&["tenant", "set", &client.tenant.id, "screening.dismissalDays=3"]);
    let kasimov = client.onboard(&client.person("Timur", "Kasimov", "1970-02-01")).await;
    client.scans(&kasimov, "Failed", "Clear").await;
    let first = the_case(&desk).await;
    assert_eq!(first["questions"][0]["hits"][0]["askedAgain"], Value::Null);
    dismiss(&desk, &first).await;
    client.scans(&kasimov, "Clear", "Clear").await;
    // Another spelling, order and note: the entry is weighed differently, and the decision stands.
    publish(&house, &[], &["o-2,\"KASIMOV,  timur\",TIMUR KASIMOV,1970-02-01,,sanction,seen in Berlin"]).await;
    client.scans(&kasimov, "Clear", "Clear").await;
    assert_eq!(unclosed(&desk).await, Vec::<Value>::new());
    // A new alias: it is asked again, with what was decided and what changed.
    publish(&house, &[], &["o-2,Timur Kasimov,Timur the Tall,1970-02-01,,sanction,"]).await;
    client.scans(&kasimov, "Failed", "Clear").await;
    let again = the_case(&desk).await;
    let told = &again["questions"][0]["hits"][0]["askedAgain"];
    assert_eq!((&told["case"], &told["by"]), (&first["id"], &json!("ana")), "{told}");
    assert_eq!(told["because"], json!(["the list has changed: new name: Timur the Tall"]));
    let shown = house.run_well(&["case", "show", again["id"].as_str().expect("an id")]);
    assert!(shown.contains("dismissed before by ana") && shown.contains("Timur the Tall"), "{shown}");
    dismiss(&desk, &again).await;
    // And when it has expired, without anybody asking.
    advance(&house, "P2D").await;
    assert_eq!(unclosed(&desk).await, Vec::<Value>::new());
    advance(&house, "PT25H").await;
    let expired = the_case(&desk).await;
    let told = &expired["questions"][0]["hits"][0]["askedAgain"];
    assert_eq!((&told["case"], &told["because"]), (&again["id"], &json!(["the decision has expired"])), "{told}");
}

#[tokio::test]
async fn one_party_on_several_lists_is_one_hit_with_all_its_sources() {
    let house = House::open();
    house.sample_list().await;
    publish(&house, &["--name", "block"], &["7,Timur Kasimov,,1970-02-01,N1234567,sanction,"]).await;
    publish(&house, &["--name", "pep-kz"], &["8,Timur Kasimow,,1970,n 1234567,role.pep,"]).await;
    publish(&house, &["--name", "others"], &["9,Timur Kasimov,,1970,,sanction,"]).await;
    let status = house.run_well(&["lists", "status"]);
    assert!(["block", "pep-kz", "others", "ftm"].iter().all(|list| status.contains(list)), "{status}");
    let (desk, client) = Desk::at(&house, "Sources", "none").await;
    let kasimov = client.onboard(&client.person("Timur", "Kasimov", "1970-02-01")).await;
    client.scans(&kasimov, "Failed", "Failed").await;
    let case = the_case(&desk).await;
    let hits: Vec<&Value> = case["questions"]
        .as_array()
        .expect("questions")
        .iter()
        .flat_map(|it| it["hits"].as_array().expect("hits"))
        .collect();
    let merged = hits.iter().find(|hit| hit["otherSources"] != json!([])).expect("a hit with more sources");
    let mut lists = [&merged["list"], &merged["otherSources"][0]["list"]].map(|list| list.as_str().expect("a name"));
    lists.sort_unstable();
    assert_eq!(lists, ["block", "pep-kz"], "{merged}");
    assert!(merged["otherSources"][0]["because"].as_str().expect("why").starts_with("the same passport"));
    let alone = hits.iter().filter(|hit| hit["list"] == "others").collect::<Vec<_>>();
    assert!(
        !alone.is_empty() && alone.iter().all(|hit| hit["otherSources"] == json!([])),
        "a name alone makes nobody one"
    );
    dismiss(&desk, &case).await;
    client.scans(&kasimov, "Clear", "Clear").await;
}

#[tokio::test]
async fn a_tenant_s_own_list_is_its_own() {
    let house = House::open();
    house.sample_list().await;
    let (_, one) = Desk::at(&house, "One", "none").await;
    let (other_desk, other) = Desk::at(&house, "Other", "none").await;
    let (mine, theirs) = (
        one.onboard(&one.person("Timur", "Kasimov", "1970-02-01")).await,
        other.onboard(&other.person("Timur", "Kasimov", "1970-02-01")).await,
    );
    one.scans(&mine, "Clear", "Clear").await;
    other.scans(&theirs, "Clear", "Clear").await;
    let row = ["1,Timur Kasimov,,1970-02-01,,sanction,"];
    publish(&house, &["--name", "block", "--tenant", &one.tenant.id], &row).await;
    one.scans(&mine, "Failed", "Clear").await;
    other.scans(&theirs, "Clear", "Clear").await;
    let again = other.onboard(&other.person("Timur", "Kasimov", "1970-02-02")).await;
    other.scans(&again, "Clear", "Clear").await;
    assert_eq!(unclosed(&other_desk).await, Vec::<Value>::new());
    // Both may have one of that name.
    publish(&house, &["--name", "block", "--tenant", &other.tenant.id], &row).await;
    other.scans(&theirs, "Failed", "Clear").await;
}

#[tokio::test]
async fn the_difference_of_two_versions_is_told_entry_by_entry() {
    let house = House::open();
    let write = |name: &str, rows: &[&str]| {
        let file = house.data().join(name);
        std::fs::write(&file, format!("{HEADER}\n{}\n", rows.join("\n"))).expect("written");
        file.to_str().expect("text").to_owned()
    };
    let older = write("a.csv", &["1,Ann Lee,,1980-01-01,,sanction,", "2,Bob Smith,,1953-09-22,,sanction,"]);
    let newer = write("b.csv", &["2,Bob Smith,Bobby,1953-09-22,,sanction,", "3,Timur Kasimov,,1970-02-01,,sanction,"]);
    let of_files = house.run_well(&["lists", "diff", &older, &newer, "--as", "custom"]);
    for expected in [
        "added    custom-3",
        "changed  custom-2",
        "(names)",
        "new name: Bobby",
        "delisted custom-1",
        "1 added, 1 changed, 1 delisted",
    ] {
        assert!(of_files.contains(expected), "{expected}: {of_files}");
    }
    let version = |file: &str| {
        let added = house.run_well(&["lists", "add", "custom", "--name", "own", "--force", "--json", file]);
        let added: Value = serde_json::from_str(&added).expect("JSON");
        added["version"].as_str().expect("a hash").chars().take(12).collect::<String>()
    };
    let (one, two) = (version(&older), version(&newer));
    let stored = house.run_well(&["lists", "diff", &format!("own@{one}"), "own", "--json"]);
    let whats: Vec<Value> =
        stored.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["what"].clone()).collect();
    assert_eq!(whats, ["added", "changed", "delisted"]);
    assert_eq!(
        house.run_well(&["lists", "diff", &format!("own@{two}"), "own"]).trim(),
        "0 added, 0 changed, 0 delisted"
    );
    let unknown = house.run(&["lists", "diff", "own@ffff", "own"]);
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("no such version"));
}
