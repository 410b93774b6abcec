//! What is told later: to whom, when, and how long it is tried.

use serde_json::{Value, json};

use super::{Sender, decide, listed, person};
use crate::house::{House, PATIENCE, eventually, http};
use crate::receiver::{Received, Receiver};

fn told(mut body: Value, receiver: &Receiver) -> Value {
    body["callbackUrl"] = json!(receiver.url);
    body
}

async fn callbacks(receiver: &Receiver, count: usize) -> Vec<Received> {
    eventually(&format!("{count} callbacks"), async || {
        let got = receiver.got();
        (got.len() >= count).then_some(got)
    })
    .await
}

#[tokio::test]
async fn an_answer_that_is_late_comes_by_callback_and_one_in_time_does_not() {
    let house = House::open();
    let (sender, receiver) = (Sender::at(&house), Receiver::start().await);
    house.run_well(&["tenant", "set", &sender.tenant, "hawk.budget=PT0.2S"]);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(sender.check(&told(person("late", "Ada", "Byron"), &receiver)).await.status, 202);
    assert!(receiver.got().is_empty());
    house.run_well(&["tenant", "set", &sender.tenant, "hawk.budget=PT10S"]);
    house.sample_list().await;
    let got = callbacks(&receiver, 1).await;
    let payload = &got[0].body["payload"];
    assert_eq!((&payload["customerId"], &payload["screeningResults"]), (&json!("late"), &json!([])));
    assert!(payload["riskLevel"].is_string() && payload["riskFactors"].is_array());
    let shown = got[0].headers.get("x-callback-secret").map(|secret| secret.to_str().expect("ASCII"));
    assert_eq!(shown, Some(sender.secret.as_str()));
    assert_eq!(sender.check(&told(person("in-time", "Ada", "Lovelace"), &receiver)).await.status, 200);
    assert_eq!(receiver.got().len(), 1, "who was answered is not told again");
}

#[tokio::test]
async fn a_persons_decision_is_told() {
    let house = House::open();
    house.sample_list().await;
    let (sender, receiver) = (Sender::at(&house), Receiver::start().await);
    assert_eq!(sender.check(&told(listed("hit"), &receiver)).await.status, 202);
    let case = sender.open_case("hit").await;
    let id = case["caseId"].as_str().expect("an id");
    decide(&house, &case, "true-match");
    let got = callbacks(&receiver, 1).await;
    let payload = &got[0].body["payload"];
    assert_eq!((&payload["customerId"], &payload["caseId"]), (&json!("hit"), &json!(id)));
    assert_eq!(payload["screeningResults"], json!([{"type": "SANCTIONED_PERSON"}]));
    assert_eq!((&payload["caseStatus"], &payload["riskLevel"]), (&json!("closed"), &json!("prohibited")));
}

#[tokio::test]
async fn who_waits_for_a_person_is_told_when_the_entry_leaves_its_list() {
    let house = House::open();
    house.sample_list().await;
    let (sender, receiver) = (Sender::at(&house), Receiver::start().await);
    assert_eq!(sender.check(&told(listed("gone"), &receiver)).await.status, 202);
    sender.open_case("gone").await;
    let file = house.data().join("sample.ftm.json");
    let listed = std::fs::read_to_string(&file).expect("written before");
    let rest: String =
        listed.lines().filter(|line| !line.contains("Sampleov")).map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, rest).expect("written");
    house.run_well(&["lists", "add", "ftm", "--force", file.to_str().expect("text")]);
    let payload = callbacks(&receiver, 1).await[0].body["payload"].clone();
    assert_eq!((&payload["customerId"], &payload["screeningResults"]), (&json!("gone"), &json!([])), "{payload}");
    assert_eq!(payload["caseStatus"], "closed", "{payload}");
}

#[tokio::test]
async fn a_receiver_that_is_down_for_an_hour_misses_nothing() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    house.sample_list().await;
    let (sender, receiver) = (Sender::at(&house), Receiver::start().await);
    receiver.answer(503);
    for n in 0..3 {
        assert_eq!(sender.check(&told(listed(&format!("down-{n}")), &receiver)).await.status, 202);
        let case = sender.open_case(&format!("down-{n}")).await;
        decide(&house, &case, "false-positive");
    }
    callbacks(&receiver, 3).await;
    let advance = async |by: &str| {
        let body = json!({"advance": by}).to_string();
        let moved =
            http().post(format!("{}/sandbox/clock", house.address())).body(body).send().await.expect("answered");
        assert_eq!(moved.status(), 200);
    };
    for _ in 0..6 {
        advance("PT10M").await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    receiver.answer(200);
    let before = receiver.got().len();
    let start = std::time::Instant::now();
    loop {
        let arrived: std::collections::BTreeSet<String> = receiver.got()[before..]
            .iter()
            .filter_map(|received| received.body["payload"]["customerId"].as_str().map(str::to_owned))
            .collect();
        if arrived.len() == 3 {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{arrived:?}");
        advance("PT10M").await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
}
