//! Onboarding, evaluated behind, told by webhook and found by polling.

use serde_json::json;

use super::vendor::{Vendor, failed, person, steps};
use crate::house::{House, eventually};

async fn seed_example(house: &House) {
    house.sample_list().await;
    let vendor = Vendor::of(house).await;
    let mut body = person(1);
    body["officialId"]["value"] = json!("123-45-6789");
    body["entityId"] = json!("abcd-123-456-efgh");
    body["includeFraudCheck"] = json!(true);
    let answer = vendor.onboard(&body).await;
    let (request_id, id) = (&answer["requestId"], &answer["customerId"]);
    let text = request_id.as_str().expect("a text");
    assert!(text.len() == 10 && text.chars().all(|c| c.is_ascii_alphanumeric()), "{text}");
    let uri = format!("/console/customers/{}", id.as_str().expect("an id"));
    assert!(answer["uri"].as_str().expect("a link").ends_with(&uri));
    let mut shown = answer.clone();
    shown.as_object_mut().expect("an object").remove("uri");
    assert_eq!(
        shown,
        json!({"requestId": request_id, "event": "onboard", "evaluation": {"type": "kyc", "status": "initiated"},
            "validation": {"status": "REVIEW", "kyc": "PENDING", "fraudScore": 0},
            "externalId": "abcd-123-456-efgh", "customerId": id})
    );

    let told = vendor.told(id, 6).await;
    let expected = ["initiated", "in_progress", "completed"];
    let expected: Vec<String> =
        ["kyc", "fraud"].iter().flat_map(|kind| expected.map(|phase| format!("onboard {kind} {phase}"))).collect();
    assert_eq!(steps(&told), expected);
    for body in &told {
        assert_eq!((&body["requestId"], &body["externalId"]), (request_id, &json!("abcd-123-456-efgh")));
        assert_eq!(body["uri"], answer["uri"]);
    }
    for early in &told[..2] {
        let validation = json!({"status": "REVIEW", "kyc": "PENDING", "fraudScore": 0, "fraudFlag": false});
        assert_eq!(early["validation"], validation, "what was true when it began");
    }
    // The seed's number is one that everybody knows: a person has to look.
    let last = &told[5]["validation"];
    assert_eq!((&last["kyc"], failed(last)), (&json!("REVIEW"), vec!["ssn".to_owned()]), "{last}");
    assert_eq!((&last["status"], &last["warnings"], &last["fraudFlag"]), (&json!("REVIEW"), &json!(1), &json!(false)));
    assert!(last["fraudScore"].as_f64().expect("a score") > 0.0);
    assert_eq!(last["warningTags"].as_object().expect("tags").len(), 10);
    let polled = vendor.idle(id).await;
    assert_eq!(polled["validation"], *last);
    assert_eq!(polled["phone"], "(212) 736-1001");
}

#[tokio::test]
async fn the_seeds_example_is_told_by_webhook_and_found_by_polling() {
    seed_example(&House::open()).await;
}

#[tokio::test]
async fn the_seeds_example_on_postgres() {
    if let Some(house) = House::open_on_postgres().await {
        seed_example(&house).await;
    }
}

#[tokio::test]
async fn an_honest_person_passes_and_is_approved_by_score() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let mut body = person(2);
    body["options"] = json!({"includeFraudCheck": true, "useExpressKYC": true});
    let answer = vendor.onboard(&body).await;
    assert_eq!(answer["options"], json!({"includeFraudCheck": true, "useExpressKYC": true}));
    assert_eq!(answer["expressKYC"], json!({"success": true, "kyc": "PASSED"}));
    assert!(answer.get("externalId").is_none());
    let customer = vendor.idle(&answer["customerId"]).await;
    let validation = &customer["validation"];
    assert_eq!((&validation["status"], &validation["kyc"]), (&json!("APPROVED"), &json!("PASSED")), "{validation}");
    assert!(failed(validation).is_empty(), "{validation}");
    let id = answer["customerId"].as_str().expect("an id");
    let kyc = vendor.get(&format!("/history/kyc/{id}")).await.body;
    assert_eq!((&kyc["active"]["outcome"], &kyc["active"]["type"]), (&json!("PASSED"), &json!("kyc")));
    let fraud = vendor.get(&format!("/history/fraud/{id}")).await.body;
    assert_eq!(
        (&fraud["active"]["score"], fraud["history"].as_array().map(Vec::len)),
        (&validation["fraudScore"], Some(1))
    );
}

#[tokio::test]
async fn without_a_fraud_check_all_tags_are_there_and_a_person_decides() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&person(3)).await;
    let told = vendor.told(&answer["customerId"], 3).await;
    assert_eq!(steps(&told), ["onboard kyc initiated", "onboard kyc in_progress", "onboard kyc completed"]);
    let validation = &told[2]["validation"];
    assert_eq!(
        (&validation["status"], &validation["kyc"], &validation["fraudScore"]),
        (&json!("REVIEW"), &json!("PASSED"), &json!(0))
    );
    assert_eq!(validation["warningTags"].as_object().expect("tags").len(), 10);
    let id = answer["customerId"].as_str().expect("an id");
    let none = vendor.get(&format!("/history/fraud/{id}")).await;
    assert_eq!((none.status, &none.body["message"]), (404, &json!("Fraud history not found.")));
}

#[tokio::test]
async fn who_is_listed_is_never_approved_until_a_person_has_looked() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let mut body = person(4);
    body["firstName"] = json!("Viktor");
    body["lastName"] = json!("Sampleov");
    body["dob"] = json!("1961-03-14");
    body["email"] = json!("viktor.sampleov@gmail.com");
    body["includeFraudCheck"] = json!(true);
    let answer = vendor.onboard(&body).await;
    let customer = vendor.idle(&answer["customerId"]).await;
    let validation = &customer["validation"];
    assert_eq!((&validation["status"], &validation["kyc"]), (&json!("REVIEW"), &json!("REVIEW")), "{validation}");
    assert_eq!(failed(validation), ["sanction"]);
    vendor.told(&answer["customerId"], 6).await;
    let cases: Vec<serde_json::Value> = house
        .run_well(&["case", "list", "--json"])
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let case = cases[0]["case"].as_str().expect("an id").to_owned();
    house.run_well(&["case", "decide", &case, "true-match", "--reason", "It is he.", "--by", "Ann"]);
    let told = vendor.told(&answer["customerId"], 7).await;
    let last = &told[6];
    assert!(last.get("requestId").is_none(), "nobody asked over the API: {last}");
    assert_eq!((&last["event"], &last["validation"]["status"]), (&json!("onboard"), &json!("REJECTED")));
    assert_eq!(last["validation"]["kyc"], "REJECTED");
}

#[tokio::test]
async fn without_a_list_nobody_passes_and_the_evaluation_goes_on_when_one_comes() {
    let house = House::open();
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&person(5)).await;
    let told = vendor.told(&answer["customerId"], 2).await;
    assert_eq!(steps(&told), ["onboard kyc initiated", "onboard kyc in_progress"]);
    let waiting = vendor.customer(&answer["customerId"]).await;
    assert_eq!(waiting["evaluation"], json!({"type": "kyc", "status": "in_progress"}));
    assert_eq!(waiting["validation"]["kyc"], "PENDING");
    house.sample_list().await;
    let customer = vendor.idle(&answer["customerId"]).await;
    assert_eq!(customer["validation"]["kyc"], "PASSED");
}

#[tokio::test]
async fn the_same_customer_sent_again_is_evaluated_anew() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let mut body = person(6);
    body["entityId"] = json!("customer-6");
    // At the same moment, too: there is one customer.
    let one = || vendor.onboard(&body);
    let answers: [_; 6] = tokio::join!(one(), one(), one(), one(), one(), one()).into();
    let id = &answers[0]["customerId"];
    assert!(answers.iter().all(|answer| answer["customerId"] == *id));
    let mut ids: Vec<&str> = answers.iter().map(|answer| answer["requestId"].as_str().expect("an id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 6, "each request has an id of its own");
    vendor.idle(id).await;
    // Every request is told of its end.
    eventually("six ends", async || {
        let told = vendor.told(id, 1).await;
        let ended = told.iter().filter(|body| body["evaluation"]["status"] == "completed");
        let mut ended: Vec<&str> = ended.filter_map(|body| body["requestId"].as_str()).collect();
        ended.sort_unstable();
        ended.dedup();
        (ended.len() == 6).then_some(())
    })
    .await;
    body["address"] = json!("1 Other Street");
    body["includeFraudCheck"] = json!(true);
    let again = vendor.onboard(&body).await;
    assert_eq!((&again["customerId"], &again["validation"]["kyc"]), (id, &json!("PENDING")));
    let customer = vendor.idle(id).await;
    assert_eq!(customer["address"], "1 Other Street");
    assert!(customer["validation"]["fraudScore"].as_f64().expect("a score") > 0.0);
}

#[tokio::test]
async fn a_receiver_that_is_down_misses_nothing() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    vendor.receiver.answer(503);
    let answer = vendor.onboard(&person(7)).await;
    vendor.idle(&answer["customerId"]).await;
    vendor.told(&answer["customerId"], 1).await;
    vendor.receiver.answer(200);
    eventually("each step has arrived since", async || {
        let told = vendor.told(&answer["customerId"], 1).await;
        let arrived = |phase: &str| told.iter().any(|body| body["evaluation"]["status"] == phase);
        ["initiated", "in_progress", "completed"].iter().all(|phase| arrived(phase)).then_some(())
    })
    .await;
    let told = vendor.told(&answer["customerId"], 1).await;
    let begun = told.iter().filter(|body| body["evaluation"]["status"] != "completed");
    assert!(begun.into_iter().all(|body| body["validation"]["kyc"] == "PENDING"), "told late, told as it was");
}

#[tokio::test]
async fn a_customer_that_is_sent_thirty_times_is_told_of_thirty_times() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    // Nobody takes anything in while they come, so that every run is still owed at the end.
    vendor.receiver.hold(true);
    let mut body = person(8);
    body["entityId"] = json!("again-and-again");
    body["includeFraudCheck"] = json!(true);
    let mut asked = Vec::new();
    for _ in 0..30 {
        asked.push(vendor.onboard(&body).await["requestId"].clone());
    }
    vendor.receiver.hold(false);
    eventually("each request is answered", async || {
        let told: Vec<_> = vendor.receiver.got().into_iter().map(|received| received.body).collect();
        let ended = |id: &serde_json::Value, kind: &str| {
            told.iter().any(|body| {
                body["requestId"] == *id && body["evaluation"] == json!({"type": kind, "status": "completed"})
            })
        };
        asked.iter().all(|id| ended(id, "kyc") && ended(id, "fraud")).then_some(())
    })
    .await;
}
