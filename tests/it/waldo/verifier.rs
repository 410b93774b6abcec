//! A verifier of documents outside the house.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

use super::document::{MRZ, parts, png, upload};
use super::vendor::{Vendor, person, steps};
use crate::house::{House, Reply, eventually};
use crate::receiver::{Received, Receiver};

const SECRET: &str = "a-secret-of-the-verifier";

/// A tenant whose documents are looked at by the second of the two.
async fn verified(house: &House) -> (Vendor<'_>, Receiver) {
    house.sample_list().await;
    let vendor = Vendor::of(house).await;
    let verifier = Receiver::start().await;
    vendor.set(&format!("documents.verifierSecret={SECRET}"));
    vendor.set(&format!("documents.verifierUrl={}", verifier.url));
    (vendor, verifier)
}

fn cases(house: &House) -> Vec<Value> {
    let cases = house.run_well(&["case", "list", "--json"]);
    cases.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn decide(house: &House, case: &Value, outcome: &str) {
    let case = case["case"].as_str().expect("an id");
    house.run_well(&["case", "decide", case, outcome, "--reason", "?", "--by", "Ann"]);
}

/// Onboards this person and sends a document of it, which is taken.
async fn sent(vendor: &Vendor<'_>, number: u32) -> (Value, Reply) {
    let answer = vendor.onboard(&person(number)).await;
    let id = answer["customerId"].clone();
    vendor.idle(&id).await;
    let reply = upload(vendor, &parts(id.as_str().expect("an id"), &png(800, 600, b""))).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    (id, reply)
}

fn is_signed(received: &Received) -> bool {
    let header = |name: &str| received.headers[name].to_str().expect("ASCII").to_owned();
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(format!("{}.", header("x-vestibule-timestamp")).as_bytes());
    mac.update(&received.raw);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    header("x-vestibule-signature") == format!("sha256={hex}")
}

#[tokio::test]
async fn a_verifier_passes_a_document_and_nobody_has_to_look() {
    let house = House::open();
    let (vendor, verifier) = verified(&house).await;
    let check = json!({"tag": "visual_authenticity", "passed": true, "detail": "Jessica Hartigan"});
    let checks = json!([check, {"tag": "charm", "passed": false}]);
    verifier.say(json!({"result": "pass", "checks": checks, "issuingDate": "2020-01-31"}));
    let (id, reply) = sent(&vendor, 1).await;
    let told = vendor.told(&id, 6).await;
    let expected = ["initiated", "in_progress", "completed"].map(|step| format!("evaluation document {step}"));
    assert_eq!(steps(&told)[3..], expected);
    assert_eq!((&told[5]["requestId"], &told[5]["validation"]["kyc"]), (&reply.body["requestId"], &json!("PASSED")));
    let authenticity = &told[5]["validation"]["kycBreakdown"]["documentBreakdown"]["visual_authenticity"];
    let word = json!({"verifier": {"label": "Verifier", "passed": true}});
    assert_eq!((&authenticity["passed"], &authenticity["tags"]), (&json!(true), &word));
    let history = vendor.get(&format!("/history/kyc/{}", id.as_str().expect("an id"))).await.body;
    assert_eq!(
        (&history["active"]["outcome"], &history["active"]["issuingDate"]),
        (&json!("PASSED"), &json!("2020-01-31"))
    );
    assert!(cases(&house).is_empty(), "nobody is asked what is answered");

    let asked = verifier.got();
    assert_eq!(asked.len(), 1);
    assert!(is_signed(&asked[0]));
    let body = &asked[0].body;
    assert_eq!(
        (&body["documentType"], &body["side"], &body["issuingCountry"]),
        (&json!("passport"), &json!("front"), &json!("FRA"))
    );
    assert_eq!((&body["contentType"], &body["requestId"]), (&json!("image/png"), &reply.body["requestId"]));
    assert_eq!(body["declared"], json!({"firstName": "Jessica", "lastName": "Hartigan", "dob": "1979-03-14"}));
    assert_eq!(asked[0].headers["idempotency-key"].to_str().ok(), body["fileId"].as_str());
    let content = STANDARD.decode(body["content"].as_str().expect("base64"));
    let file = png(800, 600, b"");
    assert_eq!(content.expect("base64"), file);

    // Two that come while it is busy are both looked at.
    verifier.hold(true);
    for side in [b"front".as_slice(), b"back"] {
        let mut parts = parts(id.as_str().expect("an id"), &file);
        parts[1].1 = side;
        assert_eq!(upload(&vendor, &parts).await.status, 200);
    }
    verifier.hold(false);
    vendor.told(&id, 12).await;
    let mut sides: Vec<String> = verifier.got()[1..].iter().map(|asked| asked.body["side"].to_string()).collect();
    sides.sort();
    sides.dedup();
    assert_eq!(sides, [r#""back""#, r#""front""#]);
    assert!(cases(&house).is_empty());
}

#[tokio::test]
async fn a_verifier_that_doubts_or_refuses_has_a_person_asked() {
    let house = House::open();
    let (vendor, verifier) = verified(&house).await;
    for (number, result, outcome, kyc) in
        [(2, "review", "accepted", "PASSED"), (3, "fail", "accepted", "PASSED"), (4, "fail", "refused", "REVIEW")]
    {
        verifier.say(json!({"result": result, "checks": [{"tag": "visual_authenticity", "passed": false}]}));
        let (id, reply) = sent(&vendor, number).await;
        let case = eventually("a case", async || cases(&house).into_iter().next()).await;
        let open = vendor.customer(&id).await;
        assert_eq!(open["evaluation"], json!({"type": "document", "status": "in_progress"}), "{result}");
        assert_eq!((&open["validation"]["kyc"], &open["validation"]["status"]), (&json!("PASSED"), &json!("REVIEW")));
        decide(&house, &case, outcome);
        let told = vendor.told(&id, 6).await;
        assert_eq!(steps(&told)[5], "evaluation document completed");
        assert_eq!((&told[5]["requestId"], &told[5]["validation"]["kyc"]), (&reply.body["requestId"], &json!(kyc)));
        assert_ne!(told[5]["validation"]["status"], "REJECTED");
    }
}

#[tokio::test]
async fn a_verifier_that_is_down_or_babbles_is_asked_six_times_and_then_a_person_is() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    let (vendor, verifier) = verified(&house).await;
    let asked = async |count: usize| {
        eventually("it is asked", async || (verifier.got().len() >= count).then_some(())).await;
    };
    // Down at first; then it holds the line; then all is well.
    verifier.answer(503);
    let (id, _) = sent(&vendor, 5).await;
    asked(2).await;
    assert_eq!(vendor.customer(&id).await["evaluation"], json!({"type": "document", "status": "in_progress"}));
    verifier.hold(true);
    verifier.answer(200);
    verifier.say(json!({"result": "pass"}));
    asked(3).await;
    assert_eq!(vendor.customer(&id).await["evaluation"]["status"], "in_progress", "nobody waits for it but the run");
    verifier.hold(false);
    let told = vendor.told(&id, 6).await;
    assert_eq!(steps(&told)[5], "evaluation document completed");
    assert_eq!(told[5]["validation"]["kyc"], "PASSED");
    assert!(cases(&house).is_empty());

    let before = verifier.got().len();
    verifier.say(json!({"result": "splendid"}));
    let (id, _) = sent(&vendor, 6).await;
    asked(before + 1).await;
    // Each is due within two minutes of the last; a look at the clock is a second of the house's time at most.
    for _ in 0..20 {
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        if verifier.got().len() >= before + 6 {
            break;
        }
        vendor.advance("PT100S").await;
    }
    let case = eventually("a case", async || cases(&house).into_iter().next()).await;
    assert_eq!(verifier.got().len(), before + 6);
    decide(&house, &case, "accepted");
    assert_eq!(steps(&vendor.told(&id, 6).await)[5], "evaluation document completed");
    assert!(verifier.got().iter().all(is_signed));
}

#[tokio::test]
async fn what_a_verifier_reads_is_compared_whatever_it_concludes() {
    let house = House::open();
    let (vendor, verifier) = verified(&house).await;
    // It passes the document, and reads the zone of somebody else.
    verifier.say(json!({"result": "pass", "mrz": MRZ}));
    let (id, _) = sent(&vendor, 7).await;
    let case = eventually("a case", async || cases(&house).into_iter().next()).await;
    decide(&house, &case, "accepted");
    let customer = vendor.idle(&id).await;
    let document = &customer["validation"]["kycBreakdown"]["documentBreakdown"];
    assert_eq!(document["data_comparison"]["tags"]["name_match"]["passed"], false, "{document}");
    assert_eq!(
        (&document["visual_authenticity"]["passed"], &customer["validation"]["kyc"]),
        (&json!(true), &json!("REVIEW"))
    );

    // A file in which there is nothing to see has failed, and another can be sent.
    verifier.answer(422);
    let file = png(800, 600, b"");
    let mut parts = parts(id.as_str().expect("an id"), &file);
    parts[1].1 = b"back";
    let reply = upload(&vendor, &parts).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let last = eventually("a failed run", async || {
        let told = vendor.told(&id, 1).await;
        told.into_iter().find(|body| body["evaluation"] == json!({"type": "document", "status": "failed"}))
    })
    .await;
    assert_eq!(last["requestId"], reply.body["requestId"]);
}
