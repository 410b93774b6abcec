//! The lists: the names that the vendor's documents promise an outcome for, and the level of risk.

use serde_json::{Value, json};

use super::vendor::{Step, Vendor, house, person};
use crate::house::{House, eventually};

/// The vendor's test names: hit as politically exposed, hit as sanctioned; and what a person says of each.
const NAMES: [(&str, &str, Option<bool>, Option<bool>); 8] = [
    ("Benoit", "Magimel", Some(false), None),
    ("Juliette", "Binoche", Some(false), Some(false)),
    ("Brigitte", "Macron", Some(true), None),
    ("Philippe", "Richard", Some(true), Some(false)),
    ("Arthur", "Prince", Some(true), Some(true)),
    ("Sultan", "Zabin", None, Some(false)),
    ("Petr", "Akopov", None, Some(true)),
    ("Kenzi", "Benahmed", Some(false), Some(true)),
];

/// Every open case: its id, and the checks it asks about.
fn cases(house: &House) -> Vec<(String, Vec<String>)> {
    let listed = house.run_well(&["case", "list", "--json"]);
    let cases = listed.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    cases
        .map(|case| (text(&case["case"]), case["checks"].as_array().expect("checks").iter().map(text).collect()))
        .collect()
}

fn answer(house: &House, case: &str, check: Option<&str>, outcome: &str) {
    let mut said = vec!["case", "decide", case, "--outcome", outcome, "--reason", "looked at", "--by", "Ann"];
    said.extend(check.into_iter().flat_map(|check| ["--check", check]));
    house.run_well(&said);
}

#[tokio::test]
async fn the_vendors_test_names_hit_what_is_promised() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    for (number, (first, last, exposed, sanctioned)) in NAMES.into_iter().enumerate() {
        let user = format!("tested-{number:03}");
        let mut body = person(&user, "ACCEPTED");
        (body["profile"]["firstName"], body["profile"]["lastName"]) = (json!(first), json!(last.to_uppercase()));
        body["profile"]["birthName"] = json!(last);
        assert_eq!(vendor.client.post(&format!("/api/v1.1/users/{user}"), &body).await.status, 201);
        for step in Step::ALL {
            vendor.take(step, &user).await;
        }
        let wanted = usize::from(exposed.is_some()) + usize::from(sanctioned.is_some());
        let (case, checks) = eventually(&format!("a case about {last}"), async || {
            cases(&house).into_iter().find(|(_, checks)| checks.len() == wanted)
        })
        .await;
        for (check, proven) in [("pep", exposed), ("sanctions", sanctioned)] {
            assert_eq!(checks.iter().any(|known| known == check), proven.is_some(), "{last}: {checks:?}");
        }
        // A hit is no verdict: the user waits for a person.
        assert_eq!(vendor.status(&user).await, "InProgress", "{last}");
        for (check, proven) in [("pep", exposed), ("sanctions", sanctioned)] {
            let Some(proven) = proven else { continue };
            answer(&house, &case, Some(check), if proven { "true-match" } else { "false-positive" });
        }
        let path = format!("/api/v3.0/users/{user}/anti-money-laundering");
        if sanctioned == Some(true) {
            vendor.wait_for("34", &user, "userRecordStatus", "Refused").await;
            let read = vendor.client.get(&path).await;
            assert!(!read.text.to_lowercase().contains("sanction"), "{}", read.text);
        } else if exposed == Some(true) {
            eventually("it is told", async || {
                let read = vendor.client.get(&path).await.body;
                (read["isPoliticallyExposedPerson"] == true).then_some(())
            })
            .await;
            assert_ne!(vendor.status(&user).await, "Validated", "nobody has decided to serve it");
        } else {
            vendor.wait_for("34", &user, "userRecordStatus", "Validated").await;
        }
        // Nothing is left open for the next name.
        for (case, _) in cases(&house) {
            answer(&house, &case, None, "accepted");
        }
        eventually("no case is open", async || cases(&house).is_empty().then_some(())).await;
        if exposed == Some(true) && sanctioned != Some(true) {
            vendor.wait_for("34", &user, "userRecordStatus", "Validated").await;
        }
    }
    // Of sanctions nothing was ever told.
    for received in vendor.receiver.got() {
        assert!(!received.body.to_string().to_lowercase().contains("sanction"), "{}", received.body);
    }
}

#[tokio::test]
async fn a_level_of_risk_is_told_to_who_rates() {
    const MODEL: &str = "id = \"strict\"\nname = \"Strict\"\nbands = { medium = 10, high = 20 }\n\n[[rule]]\nid = \"everybody\"\nfactor = \"Everybody\"\npoints = 15\nreason = \"Nobody is trusted\"\n";
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, tenant) = ("e87bd13dJ", vendor.client.tenant.id.as_str());
    let file = house.data().join("model.toml");
    std::fs::write(&file, MODEL).expect("written");
    house.run_well(&["risk", "put", file.to_str().expect("text"), "--tenant", tenant]);
    house.run_well(&["risk", "activate", "1", "--tenant", tenant]);
    vendor.create(user, "").await;
    house.run_well(&["risk", "apply", "--tenant", tenant]);
    let told = vendor.wait("32", user, 1).await.remove(0);
    assert_eq!((&told["riskLevel"], told.as_object().map(serde_json::Map::len)), (&json!("medium"), Some(4)), "{told}");
    assert!(told["eventDate"].as_str().is_some_and(|date| date.ends_with('Z')), "{told}");
}
