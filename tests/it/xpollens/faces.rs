//! A comparer of faces outside the house, and a person where it has no answer.

use serde_json::{Value, json};

use super::vendor::{Vendor, house, set};
use crate::house::{House, eventually};
use crate::receiver::Receiver;

fn cases(house: &House) -> usize {
    house.run_well(&["case", "list", "--json"]).lines().count()
}

async fn compared(house: &House, vendor: &Vendor) -> Receiver {
    let comparer = Receiver::start().await;
    set(house, &vendor.client.tenant, "faces.comparerSecret=a-secret-of-the-comparer");
    set(house, &vendor.client.tenant, &format!("faces.comparerUrl={}", comparer.url));
    comparer
}

/// The selfie's state and reason.
async fn selfie(vendor: &Vendor, user: &str) -> (Value, Value) {
    let demand = vendor.client.get(&format!("/api/v3.0/users/{user}/kyc/demand")).await.body;
    let shown =
        demand["diligences"].as_array().expect("a list").iter().rfind(|shown| shown["type"] == "SELFIE").cloned();
    shown.map_or((Value::Null, Value::Null), |shown| (shown["status"].clone(), shown["reason"].clone()))
}

#[tokio::test]
async fn a_comparer_answers_and_nobody_has_to_look_at_a_face() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let comparer = compared(&house, &vendor).await;
    for (user, said, status, reason) in [
        ("match-001", json!({"result": "match", "similarity": 0.97}), "Validated", ""),
        ("dark-0001", json!({"result": "no_match", "reason": "Too dark selfie"}), "Refused", "Too dark selfie"),
        ("unsure-01", json!({"result": "unsure"}), "To_Review_Manually", ""),
    ] {
        comparer.say(said);
        vendor.create(user, "").await;
        vendor.show(user, "ID_CARD").await;
        vendor.show(user, "SELFIE").await;
        eventually(&format!("{user} is {status}"), async || {
            (selfie(&vendor, user).await == (json!(status), json!(reason))).then_some(())
        })
        .await;
    }
    let got = comparer.got();
    assert_eq!(got.len(), 3);
    let body = &got[0].body;
    assert_eq!((&body["documentType"], body["selfie"].as_array().map(Vec::len)), (&json!("ID_CARD"), Some(1)));
    assert_eq!(body["document"]["contentType"], "image/png");
    assert_eq!(got[0].headers["idempotency-key"].to_str().ok(), body["diligenceId"].as_str());
    assert!(got[0].headers.contains_key("x-vestibule-signature"));
    assert!(!String::from_utf8_lossy(&got[0].raw).contains("Martin"), "nobody is named");
    // Three documents and the selfie of the third wait for a person, a case a customer.
    assert_eq!(cases(&house), 3);
}

#[tokio::test]
async fn where_there_is_no_comparer_a_person_looks() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    vendor.create("by-person", "").await;
    vendor.show("by-person", "ID_CARD").await;
    vendor.show("by-person", "SELFIE").await;
    assert_eq!(selfie(&vendor, "by-person").await.0, "To_Review_Manually");
    assert_eq!(cases(&house), 1);
}
