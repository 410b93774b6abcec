//! What is asked of a customer afterwards: fraud checks, flags, searches; and whose customer it is.

use serde_json::json;

use super::vendor::{Vendor, person, steps};
use crate::house::House;

const NOBODY: &str = "9052b6a5-3f09-41d1-b526-ade80104eb79";

#[tokio::test]
async fn a_fraud_check_later_brings_a_score_and_a_decision() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&person(1)).await;
    let id = &answer["customerId"];
    assert_eq!(vendor.idle(id).await["validation"]["status"], "REVIEW");
    let check = vendor.post("/check-fraud", &json!({"customerId": id})).await;
    let request_id = check.body["requestId"].clone();
    assert_eq!(
        check.body,
        json!({"requestId": request_id, "event": "evaluation", "evaluation": {"type": "fraud", "status": "initiated"},
            "validation": {"status": "REVIEW", "kyc": "PASSED", "fraudScore": 0}, "customerId": id,
            "uri": answer["uri"], "errors": []})
    );
    let told = vendor.told(id, 6).await;
    assert_eq!(steps(&told)[5], "evaluation fraud completed");
    assert_eq!((&told[5]["requestId"], &told[5]["validation"]["status"]), (&request_id, &json!("APPROVED")));
    for (body, status, message) in [
        (json!({}), 400, "Invalid customer ID."),
        (json!({"customerId": "x"}), 400, "Invalid customer ID."),
        (json!({"customerId": NOBODY}), 404, "Customer not found."),
    ] {
        let reply = vendor.post("/check-fraud", &body).await;
        assert_eq!((reply.status, &reply.body["message"]), (status, &json!(message)));
    }
}

#[tokio::test]
async fn a_flag_rejects_and_is_taken_back() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let mut body = person(2);
    body["includeFraudCheck"] = json!(true);
    body["entityId"] = json!("flagged-1");
    let answer = vendor.onboard(&body).await;
    let id = &answer["customerId"];
    assert_eq!(vendor.idle(id).await["validation"]["status"], "APPROVED");
    vendor.told(id, 6).await;
    let flagged = vendor.post("/flag", &json!({"customerId": id, "flag": true, "note": "chargebacks"})).await;
    assert_eq!(
        flagged.body,
        json!({"flagged": true, "status": "REJECTED", "externalId": "flagged-1", "customerId": id, "uri": answer["uri"]})
    );
    let told = vendor.told(id, 7).await;
    assert_eq!(
        told[6],
        json!({"event": "flag", "flag": true, "externalId": "flagged-1", "customerId": id, "uri": answer["uri"]})
    );
    let validation = vendor.customer(id).await["validation"].clone();
    assert_eq!((&validation["status"], &validation["fraudFlag"]), (&json!("REJECTED"), &json!(true)));
    let back = vendor.post("/flag", &json!({"customerId": id, "flag": false})).await;
    assert_eq!((&back.body["flagged"], &back.body["status"]), (&json!(false), &json!("REVIEW")));
    assert_eq!(vendor.told(id, 8).await[7]["flag"], false);
    let bad = vendor.post("/flag", &json!({"customerId": id})).await;
    assert_eq!((bad.status, &bad.body["code"]), (400, &json!("INVALID_QUERY")));
    let nobody = vendor.post("/flag", &json!({"customerId": NOBODY, "flag": true})).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn customers_are_found_by_what_is_known_of_them_and_by_their_own_tenant_only() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let mut body = person(3);
    body["externalId"] = json!("found-3");
    let id = vendor.onboard(&body).await["customerId"].clone();
    vendor.onboard(&person(4)).await;
    let text = id.as_str().expect("an id");
    let email = body["email"].as_str().expect("an address");
    let number = body["officialId"]["value"].as_str().expect("a number");
    let queries = [
        format!("customerId={text}"),
        format!("email={email}"),
        format!("officialId={number}"),
        "externalId=found-3".to_owned(),
        format!("externalId=found-3&zipCode=10001&dob=1979-03-14&email={email}"),
    ];
    for query in &queries {
        let reply = vendor.get(&format!("/customer?{query}")).await;
        let found = reply.body["customers"].as_array().expect("a list");
        assert_eq!((found.len(), &found[0]["customerId"]), (1, &id), "{query}: {}", reply.text);
        assert_eq!(found[0]["officialId"], json!({"docType": "SSN", "value": number, "country": "US"}));
        assert_eq!(found[0]["ipAddress"], json!({"valid": true, "value": body["ipAddress"]}));
    }
    for (query, count) in
        [("zipCode=10001", 2), ("dob=1979-03-14", 2), ("zipCode=10002", 0), ("externalId=found-3&dob=1980-01-01", 0)]
    {
        let reply = vendor.get(&format!("/customer?{query}")).await;
        assert_eq!(reply.body["customers"].as_array().map(Vec::len), Some(count), "{query}");
    }
    for (query, status, code) in [
        ("", 400, "INVALID_QUERY"),
        ("?page=1", 400, "INVALID_QUERY"),
        ("?customerId=x", 400, "INVALID_DATA"),
        (&format!("?customerId={NOBODY}"), 404, "NOT_FOUND"),
    ] {
        let reply = vendor.get(&format!("/customer{query}")).await;
        assert_eq!((reply.status, &reply.body["code"]), (status, &json!(code)), "{query}");
    }
    let other = Vendor::of(&house).await;
    assert_eq!(other.get(&format!("/customer?customerId={text}")).await.status, 404);
    assert_eq!(other.get(&format!("/customer?email={email}")).await.body, json!({"customers": []}));
    assert_eq!(other.get(&format!("/history/kyc/{text}")).await.status, 404);
    assert_eq!(other.post("/flag", &json!({"customerId": id, "flag": true})).await.status, 404);
    assert_eq!(other.post("/check-fraud", &json!({"customerId": id})).await.status, 404);
    // The same id of the caller's is another customer there.
    assert_ne!(other.onboard(&body).await["customerId"], id);
    for (path, status, message) in [
        ("/history/kyc/x", 400, "Invalid customer ID."),
        ("/history/fraud/x", 400, "Invalid customer ID."),
        (&format!("/history/kyc/{NOBODY}"), 404, "KYC history not found."),
        (&format!("/history/fraud/{NOBODY}"), 404, "Fraud history not found."),
    ] {
        let reply = vendor.get(path).await;
        assert_eq!((reply.status, &reply.body["message"]), (status, &json!(message)));
    }
}

#[tokio::test]
async fn a_person_lets_in_by_hand_whom_nobody_checked_for_fraud() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&person(8)).await;
    let id = &answer["customerId"];
    vendor.told(id, 3).await;
    let key = Some(vendor.text("apiKey"));
    let path = |what: &str| format!("/v1/customers/{}/{what}", id.as_str().expect("an id"));
    assert_eq!(vendor.send("POST", &path("approve"), None, Some("vsk_unknown")).await.status, 401);
    assert_eq!(vendor.send("POST", &path("approve"), None, key).await.status, 200);
    let last = vendor.told(id, 4).await[3].clone();
    assert_eq!((&last["event"], last.get("requestId")), (&json!("onboard"), None));
    assert_eq!((&last["validation"]["status"], &last["validation"]["kyc"]), (&json!("APPROVED"), &json!("PASSED")));
    assert_eq!(vendor.post("/flag", &json!({"customerId": id, "flag": true})).await.status, 200);
    assert_eq!(vendor.send("POST", &path("approve"), None, key).await.status, 409);
    assert_eq!(vendor.customer(id).await["validation"]["status"], "REJECTED");
}
