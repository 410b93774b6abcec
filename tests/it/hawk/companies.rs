//! Companies and who owns them, layer upon layer.

use serde_json::{Value, json};

use super::Sender;
use crate::house::House;

/// One person in the format of the United Nations' consolidated list.
const UN_LIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-02T00:00:00.000Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>6900001</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>Pak</FIRST_NAME><SECOND_NAME>Exempla</SECOND_NAME>
<THIRD_NAME>Sampleson</THIRD_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPi.999</REFERENCE_NUMBER>
<LISTED_ON>2016-03-02</LISTED_ON><NATIONALITY><VALUE>Democratic People's Republic of Korea</VALUE></NATIONALITY>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1964-02-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
</INDIVIDUAL></INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>"#;

fn company(name: &str, share: f64, shareholders: &Value) -> Value {
    json!({"share": share, "companyDetails": {"companyName": name, "countryOfRegistration": "CY", "shareholders": shareholders}})
}

#[tokio::test]
async fn the_owner_behind_two_companies_is_found_and_the_way_to_him_shown() {
    let house = House::open();
    house.sample_list().await;
    let file = house.data().join("un.xml");
    std::fs::write(&file, UN_LIST).expect("written");
    house.list("un", &[file]).await;
    let sender = Sender::at(&house);
    let owner = json!({"share": 0.9, "personalDetails": {"dateOfBirth": "1964-02-03", "nationality": "KP",
        "personName": {"firstName": "Pak Exempla", "lastName": "Sampleson"}}});
    let second = company("Second Layer Holding", 0.8, &json!([owner]));
    let first = company("First Layer Holding", 0.6, &json!([second]));
    let request = json!({"masterData": {"accountHoldingPartyData": {"customerId": 99, "customerType": "CORPORATION",
        "companyDetails": {"companyName": "Harmless Trading", "countryOfRegistration": "DE", "shareholders": [first]}}}});
    let reply = sender.check(&request).await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    let case = sender.open_case("99").await;
    let hits = case["questions"][0]["hits"].as_array().expect("hits").clone();
    let hit = hits.iter().find(|hit| hit["list"] == "un").unwrap_or_else(|| panic!("{case}"));
    let way: Vec<&str> =
        hit["path"].as_array().expect("a way").iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(way, ["Harmless Trading", "First Layer Holding", "Second Layer Holding", "Pak Exempla Sampleson"]);
    assert_eq!(hit["path"][3]["share"], 0.9);
    let customer = sender.customer("99").await;
    let found = &customer["ownership"]["owners"][0];
    assert_eq!((&found["name"], &found["isBeneficial"]), (&json!("Pak Exempla Sampleson"), &json!(true)));
    assert!((found["share"].as_f64().expect("a share") - 0.432).abs() < 1e-9, "{found}");
    assert_eq!(found["paths"][0]["names"].as_array().map(Vec::len), Some(4));
    let level = customer["rating"]["level"].as_str().expect("rated");
    assert!(["high", "prohibited"].contains(&level), "an owner's hit raises the company: {}", customer["rating"]);
}
