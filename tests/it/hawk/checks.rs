//! One check after the other: accepted, answered, read back, refused.

use serde_json::{Value, json};

use super::{EXAMPLE, Sender, decide, listed, person};
use crate::house::{House, eventually};

async fn the_vendors_example_is_answered_and_read_back(house: House) {
    house.sample_list().await;
    let sender = Sender::at(&house);
    let reply = sender.send("/v1/customerChecks", EXAMPLE, Some(&sender.key)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["customerId"], "4681354");
    assert!(["low", "medium", "high", "prohibited"].contains(&reply.body["riskLevel"].as_str().expect("a level")));
    let factors: Vec<&str> =
        reply.body["riskFactors"].as_array().expect("a list").iter().filter_map(|one| one["factor"].as_str()).collect();
    assert!(!factors.is_empty());
    assert_eq!(reply.body["screeningResults"], json!([]));
    let shown = sender.get("/v1/customers?externalId=4681354").await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains(EXAMPLE.trim()), "read back byte for byte");
    assert_eq!(shown.body["request"], serde_json::from_str::<Value>(EXAMPLE).expect("JSON"));
    assert_eq!((&shown.body["kind"], &shown.body["name"]), (&json!("business"), &json!("The BORing company")));
    let by_id = sender.get(&format!("/v1/customers/{}", shown.body["customerId"].as_str().expect("an id"))).await;
    assert_eq!(by_id.body["request"], shown.body["request"]);
    // Its review was due in 2023: a person is asked, which holds nobody up.
    eventually("the review", async || {
        let case = sender.open_case("4681354").await;
        let questions = case["questions"].as_array().expect("a list").clone();
        questions.iter().any(|question| question["asks"] == "review").then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_vendors_example_on_sqlite() {
    the_vendors_example_is_answered_and_read_back(House::open()).await;
}

#[tokio::test]
async fn the_vendors_example_on_postgres() {
    if let Some(house) = House::open_on_postgres().await {
        the_vendors_example_is_answered_and_read_back(house).await;
    }
}

#[tokio::test]
async fn a_listed_customer_is_for_a_person_and_what_is_left_out_is_blanked() {
    let house = House::open();
    house.sample_list().await;
    let sender = Sender::at(&house);
    let reply = sender.check(&listed("7")).await;
    assert_eq!((reply.status, reply.text.as_str()), (202, ""));
    let case = sender.open_case("7").await;
    let customer = sender.customer("7").await;
    assert_eq!(customer["standing"], "asked");
    assert_eq!(case["questions"][0]["check"], "sanctions");
    decide(&house, &case, "true-match");
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    let again = sender.check(&listed("7")).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(again.body["screeningResults"], json!([{"type": "SANCTIONED_PERSON"}]));
    assert_eq!(again.body["riskLevel"], "prohibited");
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    let mut bare = person("7", "Viktor", "Sampleov");
    bare["masterData"]["accountHoldingPartyData"]["personalDetails"]
        .as_object_mut()
        .expect("an object")
        .retain(|name, _| name == "personName");
    assert!([200, 202].contains(&sender.check(&bare).await.status));
    let blanked = sender.customer("7").await;
    assert_eq!((&blanked["request"], &blanked["customerId"]), (&bare, &customer["customerId"]));
}

#[tokio::test]
async fn an_answer_in_time_has_what_the_vendors_has() {
    let house = House::open();
    house.sample_list().await;
    let sender = Sender::at(&house);
    let reply = sender.check(&person("81", "Ada", "Byron")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["customerId"], "81");
    let without = {
        let mut body = person("", "Ada", "Byron");
        body["masterData"]["accountHoldingPartyData"].as_object_mut().expect("an object").remove("customerId");
        body
    };
    let (one, two) = (sender.check(&without).await, sender.check(&without).await);
    assert_eq!((one.status, two.status), (200, 200), "never too early without an id: {}", two.text);
    let id = one.body["customerId"].as_str().expect("an id");
    assert!(id.len() == 36 && one.body["customerId"] != two.body["customerId"]);
    assert_eq!(sender.customer(id).await["externalId"], id);
    let mut high = person("82", "Ada", "Byron");
    high["masterData"]["accountHoldingPartyData"]["riskLevel"] = json!("HIGH");
    let high = sender.check(&high).await;
    assert_eq!(high.body["riskLevel"], "high", "the higher of the two: {}", high.text);
    let v2 =
        sender.send("/v2/customer-checks/check", person("83", "Ada", "Byron").to_string(), Some(&sender.key)).await;
    assert_eq!(v2.status, 200, "{}", v2.text);
    assert!(v2.body["riskScore"].is_u64() && v2.body["caseStatus"].is_string(), "{}", v2.text);
    let mut loose = person("84", "Ada", "Byron");
    loose["masterData"]["accountHoldingPartyData"]["flags"] = json!(7);
    let text = loose.to_string();
    assert_eq!(sender.send("/v2/customer-checks/check", text.clone(), Some(&sender.key)).await.status, 400);
    let path = "/v2/customer-checks/check?nonStrictParsingMode=true";
    let lenient = sender.send(path, text, Some(&sender.key)).await.status;
    assert_eq!(lenient, 400, "a list that is none is no matter of taste");
    loose["masterData"]["accountHoldingPartyData"]["flags"] = json!([7]);
    assert_eq!(sender.send(path, loose.to_string(), Some(&sender.key)).await.status, 200);
}

#[tokio::test]
async fn an_empty_request_is_for_a_person() {
    let house = House::open();
    house.sample_list().await;
    let sender = Sender::at(&house);
    assert_eq!(sender.check(&json!({})).await.status, 202, "nobody is cleared who has no name");
    eventually("a case", async || house.run_well(&["case", "list", "--json"]).contains("sanctions").then_some(()))
        .await;
}

#[tokio::test]
async fn who_may_not_ask_and_what_cannot_be_read_is_refused() {
    let house = House::open_with(&[]);
    let sender = Sender::at(&house);
    let body = person("1", "Ada", "Byron");
    for (key, status) in [(None, 401), (Some("vsk_unknown"), 401), (Some(""), 401)] {
        let reply = sender.send("/v1/customerChecks", body.to_string(), key).await;
        assert_eq!((reply.status, reply.text.as_str()), (status, ""));
    }
    let other = ["credential", "create", &sender.tenant, "--kind", "api-key", "--scope", "cos", "--json"];
    let made: Value = serde_json::from_str(&house.run_well(&other)).expect("one JSON object");
    let key = made["secret"].as_str().unwrap_or_else(|| panic!("a key in {made}"));
    let reply = sender.send("/v1/customerChecks", body.to_string(), Some(key)).await;
    assert_eq!((reply.status, reply.text.as_str()), (403, ""));
    for (body, told) in [
        ("{".to_owned(), "not valid JSON"),
        ("[]".to_owned(), "the body must be an object"),
        (json!({"callbackUrl": "http://callback.url/1"}).to_string(), "callbackUrl must begin with https://"),
        (
            json!({"callbackUrl": "https://10.0.0.1/1"}).to_string(),
            "callbackUrl must lead to a publicly reachable host",
        ),
        (
            json!({"masterData": {"accountHoldingPartyData": {"personalDetails": 7, "customerId": []}}}).to_string(),
            "masterData.accountHoldingPartyData.personalDetails must be an object",
        ),
    ] {
        let reply = sender.send("/v1/customerChecks", body, Some(&sender.key)).await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        let message = reply.body["message"].as_str().expect("a message");
        assert!(message.contains(told), "{message}");
    }
    assert_eq!(sender.get("/v1/customerChecks").await.status, 405);
    assert_eq!(sender.get("/v1/customers?externalId=1").await.status, 404, "what is refused makes nobody");
}

#[tokio::test]
async fn nobody_is_passed_without_a_list() {
    let house = House::open();
    let sender = Sender::at(&house);
    house.run_well(&["tenant", "set", &sender.tenant, "hawk.budget=PT0.2S"]);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(sender.check(&person("1", "Ada", "Byron")).await.status, 202);
    assert_eq!(sender.customer("1").await["standing"], "unscreened");
}
