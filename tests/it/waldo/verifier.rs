//! A verifier of documents outside the house.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::document::{parts, png, upload};
use super::vendor::{Vendor, person, steps};
use crate::house::{House, eventually};
use crate::receiver::Receiver;

const EVERYTHING: [&str; 7] = [
    "age_validation",
    "image_integrity",
    "data_comparison",
    "data_consistency",
    "compromised_document",
    "visual_authenticity",
    "data_validation",
];

fn cases(house: &House) -> Vec<Value> {
    let cases = house.run_well(&["case", "list", "--json"]);
    cases.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn a_verifier_answers_and_nobody_has_to_look() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let verifier = Receiver::start().await;
    vendor.set(&format!("waldo.verifierUrl={}", verifier.url));
    vendor.set("waldo.verifierSecret=a-secret-of-the-verifier");
    let tags: serde_json::Map<_, _> = EVERYTHING.map(|tag| (tag.to_owned(), json!(true))).into_iter().collect();
    verifier.say(json!({"tags": tags, "issuingDate": "2020-01-31"}));

    let answer = vendor.onboard(&person(1)).await;
    let id = &answer["customerId"];
    vendor.idle(id).await;
    let file = png(800, 600, b"");
    let reply = upload(&vendor, &parts(id.as_str().expect("an id"), &file)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let told = vendor.told(id, 6).await;
    let expected = ["initiated", "in_progress", "completed"].map(|step| format!("evaluation document {step}"));
    assert_eq!(steps(&told)[3..], expected);
    assert_eq!(told[5]["requestId"], reply.body["requestId"]);
    assert_eq!(told[5]["validation"]["kycBreakdown"]["documentBreakdown"]["visual_authenticity"]["passed"], true);
    let history = vendor.get(&format!("/history/kyc/{}", id.as_str().expect("an id"))).await.body;
    assert_eq!(
        (&history["active"]["outcome"], &history["active"]["issuingDate"]),
        (&json!("PASSED"), &json!("2020-01-31"))
    );
    assert!(cases(&house).is_empty(), "nobody is asked what is answered");

    let asked = verifier.got();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].headers["authorization"], "Bearer a-secret-of-the-verifier");
    let body = &asked[0].body;
    assert_eq!(
        (&body["documentType"], &body["side"], &body["issuingCountry"]),
        (&json!("passport"), &json!("front"), &json!("FRA"))
    );
    assert_eq!((&body["contentType"], &body["requestId"]), (&json!("image/png"), &reply.body["requestId"]));
    assert_eq!(body["declared"], json!({"firstName": "Jessica", "lastName": "Hartigan", "dob": "1979-03-14"}));
    assert_eq!(asked[0].headers["idempotency-key"].to_str().ok(), body["fileId"].as_str());
    let content = STANDARD.decode(body["content"].as_str().expect("base64"));
    assert_eq!(content.expect("base64"), file);

    // Two that come while it is busy are both looked at.
    verifier.hold(true);
    for side in [b"front".as_slice(), b"back"] {
        let mut parts = parts(id.as_str().expect("an id"), &file);
        parts[1].1 = side;
        assert_eq!(upload(&vendor, &parts).await.status, 200);
    }
    verifier.hold(false);
    vendor.told(id, 12).await;
    let mut sides: Vec<String> = verifier.got()[1..].iter().map(|asked| asked.body["side"].to_string()).collect();
    sides.sort();
    sides.dedup();
    assert_eq!(sides, [r#""back""#, r#""front""#]);
    assert!(cases(&house).is_empty());
}

#[tokio::test]
async fn what_a_verifier_reads_is_compared_and_what_it_leaves_open_is_asked() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let verifier = Receiver::start().await;
    vendor.set(&format!("waldo.verifierUrl={}", verifier.url));
    // It fails at first, and is asked again.
    verifier.answer(500);
    let answer = vendor.onboard(&person(2)).await;
    let id = &answer["customerId"];
    vendor.idle(id).await;
    let file = png(800, 600, b"");
    let mut parts = parts(id.as_str().expect("an id"), &file);
    assert_eq!(upload(&vendor, &parts).await.status, 200);
    eventually("it is asked", async || (!verifier.got().is_empty()).then_some(())).await;
    assert_eq!(vendor.customer(id).await["evaluation"], json!({"type": "document", "status": "in_progress"}));
    // It reads the zone of somebody else, and says nothing of the rest.
    verifier.say(json!({"mrz": super::document::MRZ, "tags": {"visual_authenticity": true}}));
    verifier.answer(200);
    let case = eventually("a case", async || cases(&house).into_iter().next()).await;
    house.run_well(&[
        "case",
        "decide",
        case["case"].as_str().expect("an id"),
        "accepted",
        "--reason",
        "?",
        "--by",
        "Ann",
    ]);
    let customer = vendor.idle(id).await;
    let document = &customer["validation"]["kycBreakdown"]["documentBreakdown"];
    assert_eq!(document["data_comparison"]["tags"]["name_match"]["passed"], false, "{document}");
    assert_eq!(
        (&document["visual_authenticity"]["passed"], &customer["validation"]["kyc"]),
        (&json!(true), &json!("REVIEW"))
    );

    // A file in which there is nothing to see has failed, and another can be sent.
    verifier.answer(422);
    parts[1].1 = b"back";
    let reply = upload(&vendor, &parts).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let last = eventually("a failed run", async || {
        let told = vendor.told(id, 1).await;
        told.into_iter().find(|body| body["evaluation"] == json!({"type": "document", "status": "failed"}))
    })
    .await;
    assert_eq!(last["requestId"], reply.body["requestId"]);
}
