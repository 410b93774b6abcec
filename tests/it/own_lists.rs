//! Lists, coverage, rescreening and what-ifs over our own API, and the same on the command line.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cases::Desk;
use crate::feeds::advance;
use crate::house::{House, eventually};

const HEADER: &str = "id,name,aliases,birth_date,topics";

/// Puts a list of the institution's own in force beside the running server; its version.
fn publish(house: &House, flags: &[&str], rows: &[&str]) -> String {
    let file = house.data().join("own.csv");
    std::fs::write(&file, format!("{HEADER}\n{}\n", rows.join("\n"))).expect("written");
    let added = house
        .run_well(&[&["lists", "add", "custom", "--force", "--json", file.to_str().expect("text")], flags].concat());
    let added: Value = serde_json::from_str(&added).expect("JSON");
    added["version"].as_str().expect("a hash").to_owned()
}

async fn covered(desk: &Desk) -> Value {
    eventually("everybody is covered", async || {
        let coverage = desk.get("/v1/coverage").await;
        assert!(coverage.status == 200 || coverage.status == 404, "{}", coverage.text);
        let is = coverage.body["uncovered"] == 0 && coverage.body["everybodyLookedAt"] == true;
        is.then_some(coverage.body)
    })
    .await
}

const OLD: [&str; 3] =
    ["1,Timur Kasimov,,1970-02-01,sanction", "2,Ann Lee,,1950-01-01,sanction", "3,Somebody Else,,1950-01-01,sanction"];
const NEW: [&str; 3] = [
    "2,Ann Lee,Annie Lee,1950-01-01,sanction",
    "3,Somebody Else,,1950-01-01,sanction",
    "4,Erna Musterfrau,,1969-12-11,sanction",
];

#[tokio::test]
async fn versions_and_their_difference_are_told_page_by_page_to_who_may_see_them() {
    let house = House::open();
    house.sample_list().await;
    let (one, _) = Desk::at(&house, "One", "none").await;
    let (other, client) = Desk::at(&house, "Other", "none").await;
    let (older, newer) = (publish(&house, &[], &OLD), publish(&house, &[], &NEW));
    let first = one.get("/v1/lists/custom/versions?limit=1").await;
    assert_eq!((first.status, &first.body["versions"][0]["version"]), (200, &json!(newer)), "{}", first.text);
    assert_eq!(first.body["versions"][0]["inForce"], true);
    let next = first.body["next"].as_str().expect("a second page");
    let second = one.get(&format!("/v1/lists/custom/versions?limit=1&cursor={next}")).await.body;
    assert_eq!((&second["versions"][0]["version"], &second["next"]), (&json!(older), &Value::Null));
    let whole = one.get("/v1/lists/custom/diff").await;
    assert_eq!(whole.status, 200, "{}", whole.text);
    let counts = ["added", "changed", "delisted"].map(|what| whole.body[what].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(1)], "{}", whole.text);
    assert_eq!((&whole.body["from"], &whole.body["to"]), (&json!(older), &json!(newer)));
    assert_eq!(whole.body["entries"][1]["changes"], json!(["new name: Annie Lee"]));
    let back = one.get(&format!("/v1/lists/custom/diff?from={newer}&to={}&limit=2", &older[..12])).await.body;
    assert_eq!((back["entries"].as_array().map(Vec::len), &back["next"]), (Some(2), &json!("2")));
    let rest = one.get(&format!("/v1/lists/custom/diff?from={newer}&to={older}&limit=2&cursor=2")).await.body;
    assert_eq!((&rest["entries"][0]["entity"], &rest["next"]), (&json!("custom-4"), &Value::Null));
    for (path, status, pointer) in [
        ("/v1/lists/nobody/versions", 404, None),
        ("/v1/lists/custom/diff?from=ffffffff", 422, Some("/from")),
        ("/v1/lists/custom/diff?limit=0", 422, Some("/limit")),
        ("/v1/lists/custom/versions?curser=1", 422, Some("/curser")),
        ("/v1/lists/ftm/diff", 409, None),
        ("/v1/coverage?version=ab", 422, Some("/list")),
        ("/v1/coverage?list=nobody", 404, None),
    ] {
        let refused = one.get(path).await;
        assert_eq!(
            (refused.status, refused.body["errors"][0]["pointer"].as_str()),
            (status, pointer),
            "{}",
            refused.text
        );
    }
    // A tenant's own list is not there for another.
    publish(&house, &["--name", "block", "--tenant", &client.tenant.id], &OLD);
    let mine = eventually("the list is there", async || {
        let lists = other.get("/v1/lists").await.body["lists"].as_array().expect("lists").clone();
        lists.iter().find_map(|list| list["list"].as_str().filter(|name| name.ends_with(":block")).map(str::to_owned))
    })
    .await;
    assert_eq!(other.get(&format!("/v1/lists/{mine}/versions")).await.status, 200);
    for path in [format!("/v1/lists/{mine}"), format!("/v1/lists/{mine}/versions"), format!("/v1/lists/{mine}/diff")] {
        assert_eq!(one.get(&path).await.status, 404, "{path}");
    }
    let asked = json!({"party": {"names": ["Timur Kasimov"]}});
    eventually("only its own tenant finds it", async || {
        let found = other.send("POST", "/v1/screenings", &asked, &[]).await.body;
        (found["screening"]["outcome"] == "hit").then_some(())
    })
    .await;
    let found = one.send("POST", "/v1/screenings", &asked, &[]).await.body;
    assert_eq!(found["screening"]["matchesTotal"], 0, "{found}");
    assert!(!found.to_string().contains(":block"));
}

#[tokio::test]
async fn what_concerns_the_whole_house_needs_the_right_by_name() {
    let house = House::open();
    house.sample_list().await;
    let (desk, client) = Desk::at(&house, "One", "none").await;
    let kasimov = client.onboard(&client.person("Timur", "Kasimov", "1970-02-01")).await;
    client.scans(&kasimov, "Clear", "Clear").await;
    let before = covered(&desk).await["generation"].as_u64().expect("a number");
    let refused = desk.send("POST", "/v1/rescreenings", &Value::Null, &[]).await;
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!("forbidden")), "{}", refused.text);
    let made = house.run_well(&[
        "credential",
        "create",
        &client.tenant.id,
        "--kind",
        "api-key",
        "--scope",
        "v1,lists",
        "--json",
    ]);
    let made: Value = serde_json::from_str(&made).expect("JSON");
    let may = Desk { key: made["secret"].as_str().expect("a key").to_owned(), ..desk.clone() };
    let begun = may.send("POST", "/v1/rescreenings", &Value::Null, &[]).await;
    assert_eq!((begun.status, &begun.body["everything"]), (202, &json!(true)), "{}", begun.text);
    let after = eventually("everybody is screened anew", async || {
        let coverage = desk.get("/v1/coverage?list=ftm").await.body;
        let newest = covered(&desk).await["generation"].as_u64().expect("a number");
        (newest > before && coverage["uncovered"] == 0).then_some(newest)
    })
    .await;
    let passes = may.get("/v1/rescreenings?limit=1").await.body;
    let pass = &passes["rescreenings"][0];
    assert_eq!(
        (&pass["generation"], &pass["state"], &pass["customersLookedAt"]),
        (&json!(after), &json!("done"), &json!(1))
    );
    let next = passes["next"].as_str().expect("an earlier one");
    let earlier = desk.get(&format!("/v1/rescreenings?cursor={next}")).await.body;
    assert_eq!(earlier["rescreenings"][0]["customersLookedAt"], Value::Null, "that is all tenants': {earlier}");
}

#[tokio::test]
async fn a_what_if_says_whom_another_composition_finds_and_changes_nothing() {
    let house = House::open();
    house.sample_list().await;
    let (desk, client) = Desk::at(&house, "One", "none").await;
    let older = publish(&house, &[], &OLD);
    let newer = publish(&house, &[], &NEW);
    let kasimov = client.onboard(&client.person("Timur", "Kasimov", "1970-02-01")).await;
    let erna = client.onboard(&client.person("Erna", "Musterfrau", "1969-12-11")).await;
    for number in 0..20 {
        client.onboard(&client.person("Bob", &format!("Smith {number}"), "1981-03-04")).await;
    }
    client.scans(&erna, "Failed", "Clear").await;
    client.scans(&kasimov, "Clear", "Clear").await;
    covered(&desk).await;
    let asked = json!({"lists": [{"list": "custom", "version": older}]});
    let begun = desk.send("POST", "/v1/what-ifs", &asked, &[]).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    let path = begun.headers["location"].to_str().expect("text").to_owned();
    let done = eventually("the what-if is done", async || {
        let now = desk.get(&path).await.body;
        (now["state"] == "done").then_some(now)
    })
    .await;
    let report = &done["report"];
    assert_eq!(
        (&report["customers"], &report["lookedAt"], &report["customersMoved"]),
        (&json!(22), &json!(22), &json!(2))
    );
    let list = json!([{"list": "custom", "gained": 1, "lost": 1, "rescored": 0, "unchanged": 0}]);
    assert_eq!(report["lists"], list, "{report}");
    let hit = |customer: &str, what: &str| {
        let hits = report["hits"].as_array().expect("hits");
        hits.iter().any(|hit| hit["customer"] == customer && hit["what"] == what)
    };
    assert!(hit(&kasimov, "gained") && hit(&erna, "lost"), "{report}");
    // The same on the command line.
    let said = house.run_well(&[
        "what-if",
        "--list",
        &format!("custom@{}", &older[..10]),
        "--tenant",
        &client.tenant.id,
        "--json",
    ]);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(&said["report"], report);
    let text = house.run_well(&["what-if", "--threshold", "0.99", "--count", "5"]);
    assert!(text.contains("5 of 22 customers"), "{text}");
    // Without the birth date Ann Lee of another age would be found.
    let lee = client.onboard(&client.person("Ann", "Lee", "1983-07-19")).await;
    client.scans(&lee, "Clear", "Clear").await;
    let text = house.run_well(&["what-if", "--ignore", "birth_date", "--json"]);
    assert!(text.contains(&lee), "{text}");
    // Nothing was changed.
    client.scans(&erna, "Failed", "Clear").await;
    client.scans(&kasimov, "Clear", "Clear").await;
    let lists = desk.get("/v1/lists/custom").await.body;
    assert_eq!(lists["version"], json!(newer));
    // What has ended stays; what others asked is not there.
    let cancelled = desk.send("POST", &format!("{path}/cancellation"), &Value::Null, &[]).await;
    assert_eq!((cancelled.status, &cancelled.body["state"]), (200, &json!("done")));
    let listed = desk.get("/v1/what-ifs").await.body;
    assert_eq!((listed["whatIfs"].as_array().map(Vec::len), &listed["whatIfs"][0]["report"]), (Some(1), &Value::Null));
    let (stranger, _) = Desk::at(&house, "Stranger", "none").await;
    assert_eq!(stranger.get(&path).await.status, 404);
    for (body, pointer) in [
        (json!({}), ""),
        (json!({"threshold": 0.1}), "/threshold"),
        (json!({"lists": [{"list": "custom", "version": "00".repeat(32)}]}), "/lists"),
    ] {
        let refused = desk.send("POST", "/v1/what-ifs", &body, &[]).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &json!(pointer)), "{}", refused.text);
    }
}

#[tokio::test]
async fn everybody_is_screened_whole_on_a_schedule() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("vestibule.toml");
    std::fs::write(&config, "[screening]\neverybody_after_days = 7\n").expect("written");
    let house = House::open_with(&["--sandbox", "--config", config.to_str().expect("text")]);
    house.sample_list().await;
    let (desk, client) = Desk::at(&house, "One", "none").await;
    let kasimov = client.onboard(&client.person("Timur", "Kasimov", "1970-02-01")).await;
    client.scans(&kasimov, "Clear", "Clear").await;
    let before = covered(&desk).await["generation"].as_u64().expect("a number");
    advance(&house, "P6D").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(covered(&desk).await["generation"], before, "it is not time yet");
    advance(&house, "P2D").await;
    eventually("the schedule comes round", async || {
        let pass = desk.get("/v1/rescreenings?limit=1").await.body["rescreenings"][0].clone();
        let is = pass["everything"] == true && pass["generation"].as_u64() > Some(before) && pass["state"] == "done";
        is.then_some(())
    })
    .await;
    let after = covered(&desk).await["generation"].as_u64().expect("a number");
    advance(&house, "P1D").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(covered(&desk).await["generation"], after, "once a week, and no more");
}
