//! What another model, or another word of the sender, makes of customers that are there already.

use serde_json::{Value, json};

use super::{Sender, decide, person};
use crate::house::House;

/// Everybody is of high risk.
const STRICT: &str = "id = \"strict\"\nname = \"Strict\"\nbands = { medium = 10, high = 20 }\n\n[[rule]]\nid = \"all\"\nfactor = \"Everybody\"\npoints = 30\nreason = \"Nobody is trusted\"\n";

fn asks_about_a_rule(case: &Value) -> usize {
    let questions = case["questions"].as_array().map_or(&[][..], Vec::as_slice);
    questions.iter().filter(|question| question["asks"] == "rule").count()
}

fn year_of_review(customer: &Value) -> i16 {
    let day = customer["review"]["nextReviewOn"].as_str().expect("a day");
    day[..4].parse().expect("a year")
}

async fn a_second() {
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
}

#[tokio::test]
async fn a_model_that_finds_a_customer_risky_opens_a_case_and_brings_the_review_forward() {
    let house = House::open();
    house.sample_list().await;
    let sender = Sender::at(&house);
    let ada = person("1", "Ada", "Byron");
    assert_eq!(sender.check(&ada).await.body["riskLevel"], "low");
    let before = sender.customer("1").await;
    assert!(before["openCase"].is_null(), "{before}");

    let file = house.data().join("strict.toml");
    std::fs::write(&file, STRICT).expect("written");
    house.run_well(&["risk", "put", file.to_str().expect("text"), "--tenant", &sender.tenant]);
    house.run_well(&["risk", "activate", "1", "--tenant", &sender.tenant]);
    let applied = house.run_well(&["risk", "apply", "--tenant", &sender.tenant, "--json"]);
    let applied: Value = serde_json::from_str(applied.trim()).expect("JSON");
    assert_eq!((&applied["rerated"], &applied["asked"]), (&json!(1), &json!(1)), "{applied}");
    let case = sender.open_case("1").await;
    assert_eq!(asks_about_a_rule(&case), 1, "{case}");
    let after = sender.customer("1").await;
    assert_eq!(after["rating"]["level"], "high");
    assert_eq!(year_of_review(&after), year_of_review(&before) - 4, "in one year and not in five: {after}");

    a_second().await;
    let again = sender.check(&ada).await;
    assert_eq!((again.status, &again.body["riskLevel"]), (200, &json!("high")), "a rule holds no answer up");
    assert_eq!(again.body["caseId"], case["caseId"]);
    assert_eq!(asks_about_a_rule(&sender.open_case("1").await), 1, "and is asked once");
    decide(&house, &case, "accepted");
    a_second().await;
    let served = sender.check(&ada).await;
    assert!(served.body["caseId"].is_null(), "who is accepted is not asked about again: {}", served.text);
}

#[tokio::test]
async fn a_check_that_rates_higher_than_the_last_asks() {
    let house = House::open();
    house.sample_list().await;
    let sender = Sender::at(&house);
    let mut ada = person("1", "Ada", "Byron");
    assert!(sender.check(&ada).await.body["caseId"].is_null());
    ada["masterData"]["accountHoldingPartyData"]["riskLevel"] = json!("prohibited");
    a_second().await;
    let reply = sender.check(&ada).await;
    assert_eq!((reply.status, &reply.body["riskLevel"]), (200, &json!("prohibited")), "{}", reply.text);
    let case = sender.open_case("1").await;
    assert_eq!((&reply.body["caseId"], asks_about_a_rule(&case)), (&case["caseId"], 1), "{case}");
}

#[tokio::test]
async fn how_much_makes_an_owner_is_for_the_institution_to_say() {
    let house = House::open();
    house.sample_list().await;
    let sender = Sender::at(&house);
    let owner = json!({"share": 0.8, "personalDetails": {"dateOfBirth": "1970-02-03", "nationality": "DE",
        "countryOfResidence": "DE", "personName": {"firstName": "Erna", "lastName": "Muster"}}});
    let company = json!({"masterData": {"accountHoldingPartyData": {"customerId": "c", "companyDetails": {
        "companyName": "Harmless Trading", "countryOfRegistration": "DE", "shareholders": [owner]}}}});
    let has_factor = |reply: &crate::house::Reply| {
        assert_eq!(reply.status, 200, "{}", reply.text);
        let factors = reply.body["riskFactors"].as_array().expect("a list");
        factors.iter().any(|factor| factor["factor"] == "Ownership")
    };
    assert!(!has_factor(&sender.check(&company).await), "a fifth has no named owner, and that is no quarter");
    house.run_well(&["tenant", "set", &sender.tenant, "ownership.threshold=10"]);
    // The running server believes settings for a second.
    a_second().await;
    assert!(has_factor(&sender.check(&company).await), "a fifth is more than a tenth");
}
