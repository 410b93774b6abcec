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

#[tokio::test]
async fn a_crowd_of_exposed_namesakes_does_not_hide_one_under_sanctions() {
    let house = House::open();
    let entry = |id: String, name: &str, topic: &str| {
        json!({"id": id, "schema": "Person", "datasets": ["crowd"],
            "properties": {"name": [name], "birthDate": ["1970-01-01"], "topics": [topic]}})
    };
    let crowd = (0..60).map(|number| entry(format!("p-{number}"), "Juan Garcia Lopez", "role.pep"));
    let listed = entry("s-1".to_owned(), "Juan Garcia Lopes", "sanction");
    let text: String = crowd.chain([listed]).map(|line| format!("{line}\n")).collect();
    let file = house.data().join("crowd.ftm.json");
    std::fs::write(&file, text).expect("written");
    house.list("ftm", &[file]).await;
    let client = house.client().await;
    let id = client.onboard(&client.person("Juan", "Garcia Lopez", "1970-01-01")).await;
    client.scans(&id, "Failed", "Failed").await;
}

#[tokio::test]
async fn a_name_taken_apart_or_padded_is_found_and_one_of_letters_alone_clears_nobody() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    for (first, last) in [("V i k t o r", "Sampleov"), ("Viktor A B C D E F", "Sampleov"), ("Viktor x x x", "Sampleov")]
    {
        let id = client.onboard(&client.person(first, last, "1961-03-14")).await;
        client.scans(&id, "Failed", "Clear").await;
    }
    let id = client.onboard(&client.person("A. B.", "C.", "1961-03-14")).await;
    client.scans(&id, "Failed", "Failed").await;
}

#[tokio::test]
async fn nobody_is_told_of_a_scan_that_could_not_be_run() {
    let house = House::open();
    let client = house.client().await;
    let receiver = crate::receiver::Receiver::start().await;
    for event in ["Onboarded", "Ofac.Changed", "PepScan.Changed"] {
        let wish = json!({"eventName": format!("Core.Customer.{event}"), "registrationType": "Push", "callbackUrl": receiver.url});
        assert_eq!(client.post("/webhooks/v1/registrations", &wish).await.status, 200);
    }
    let id = client.onboard(&client.bob()).await;
    receiver.events("Core.Customer.Onboarded", 1).await;
    house.sample_list().await;
    client.scans(&id, "Clear", "Clear").await;
    receiver.events("Core.Customer.PepScan.Changed", 1).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(receiver.got().len(), 3, "one for each change: {:?}", receiver.got());
}
