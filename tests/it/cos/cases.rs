//! The life of the OFAC status, driven by screening and by people.

use serde_json::{Value, json};

use crate::house::House;

fn case_of(house: &House) -> String {
    let listed = house.run_well(&["case", "list", "--json"]);
    let case: Value = serde_json::from_str(listed.lines().next().expect("a case")).expect("JSON");
    case["case"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_case_that_is_taken_is_reviewing_and_one_that_is_true_is_positive() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    let id = client.onboard(&client.person("Viktor", "Sampleov", "1961-03-14")).await;
    client.scans(&id, "Failed", "Clear").await;
    let case = case_of(&house);
    house.run_well(&["case", "take", &case, "--by", "ana"]);
    client.scans(&id, "Reviewing", "Clear").await;
    house.run_well(&["case", "decide", &case, "positive", "--by", "ana", "--reason", "same passport"]);
    let customer = client.scans(&id, "Positive", "Clear").await;
    assert_eq!((&customer["status"], &customer["eligible"]), (&json!("Active"), &json!(false)));
    let again = house.run(&["case", "decide", &case, "clear", "--reason", "changed my mind"]);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("already closed"));
}

#[tokio::test]
async fn a_namesake_born_another_day_is_clear_and_a_misspelt_listed_person_is_not() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    let table = [
        ("Viktor", "Sampleov", "1961-03-14", "Failed"),
        ("Sampleov", "Viktor", "1961-03-14", "Failed"),
        ("Viktor", "Samploev", "1961-03-14", "Failed"),
        ("Viktor", "Sampleov", "1961-03-15", "Failed"),
        ("Viktor", "Sampleov", "1993-11-30", "Clear"),
        ("Viktor", "Petrenko", "1961-03-14", "Clear"),
    ];
    for (first, last, born, ofac) in table {
        let id = client.onboard(&client.person(first, last, born)).await;
        client.scans(&id, ofac, "Clear").await;
    }
}

#[tokio::test]
async fn who_is_exposed_or_says_so_is_looked_at() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    let listed = client.onboard(&client.person("Maria", "Exposita Sample", "1968-11-02")).await;
    client.scans(&listed, "Clear", "Failed").await;
    let mut honest = client.bob();
    honest["profile"]["politicallyExposedPerson"] = json!(true);
    let honest = client.onboard(&honest).await;
    client.scans(&honest, "Clear", "Failed").await;
}

#[tokio::test]
async fn a_company_is_screened_by_its_name_and_legal_forms_do_not_hide_it() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    for (name, ofac) in [("SAMPLE MARITIME TRADING L.L.C.", "Failed"), ("Harmless Bakery Inc", "Clear")] {
        let business = json!({
            "partnerId": client.tenant.id, "classification": "Business", "name": {"entityName": name},
            "profile": {"taxIdType": "Ein", "taxId": "12-3456789", "dateFormed": "2001-05-06", "riskRating": "Low"}
        });
        let id = client.onboard(&business).await;
        client.scans(&id, ofac, "Clear").await;
    }
}
