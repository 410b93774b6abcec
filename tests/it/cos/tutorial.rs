//! The tutorial of the vendor's document, step by step.

use serde_json::{Value, json};

use crate::house::{Client, House};
use crate::receiver::Receiver;

const EVENTS: [&str; 3] = ["Core.Customer.Onboarded", "Core.Customer.Ofac.Changed", "Core.Customer.PepScan.Changed"];

async fn register(client: &Client, receiver: &Receiver) {
    for event in EVENTS {
        let wish = json!({"partnerId": client.tenant.id, "eventName": event, "registrationType": "Push", "callbackUrl": receiver.url});
        let reply = client.post("/webhooks/v1/registrations", &wish).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!((&reply.body["eventName"], &reply.body["status"]), (&json!(event), &json!("Active")));
    }
}

#[tokio::test]
async fn a_customer_is_let_in_as_the_document_says() {
    let_in_as_the_document_says(House::open()).await;
}

#[tokio::test]
async fn the_same_on_postgresql() {
    let Some(house) = House::open_on_postgres().await else { return };
    let_in_as_the_document_says(house).await;
}

async fn let_in_as_the_document_says(house: House) {
    house.sample_list().await;
    let client = house.client().await;
    let receiver = Receiver::start().await;
    register(&client, &receiver).await;

    let made = client.post("/core/v1/cm/customers", &client.bob()).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let id = made.body["id"].as_str().expect("an id").to_owned();
    let cif = made.body["cifNumber"].as_str().expect("a number");
    assert!(cif.len() == 11 && cif.bytes().all(|digit| digit.is_ascii_digit()), "{cif}");
    let mut shape = made.body.clone();
    for given_by_the_house in ["id", "cifNumber", "createdAt", "lastModifiedAt"] {
        assert!(shape.as_object_mut().expect("an object").remove(given_by_the_house).is_some());
    }
    let seed = json!({
        "classification": "Personal", "status": "Active", "ofac": "Pending", "pepScan": "Pending",
        "name": {"firstName": "Bob", "lastName": "Smith", "fullName": "Bob Smith"},
        "profile": {"regO": false, "politicallyExposedPerson": false, "enableBackupWithholding": false,
            "taxIdType": "Ssn", "taxId": "119988776", "birthDate": "1953-09-22", "riskRating": "Low"},
        "partnerId": client.tenant.id
    });
    assert_eq!(shape, seed);

    for event in EVENTS {
        let told = receiver.events(event, 1).await.remove(0);
        assert_eq!(told["status"], "Pending");
        assert_eq!(told["partnerId"], client.tenant.id.as_str());
        assert_eq!(told["resources"], json!([format!("core/v1/cm/customers/{id}")]));
        assert_eq!(told["details"], json!([]));
        assert!(told["id"].is_string() && told["createdAt"].is_string());
    }
    let first = receiver.got().first().map(|received| received.body["eventName"].clone());
    assert_eq!(first, Some(json!("Core.Customer.Onboarded")), "the record comes before its scans");

    let customer = client.scans(&id, "Clear", "Clear").await;
    assert_eq!(customer["profile"]["citizenshipCountryCode"], "US");
    assert_eq!(customer["dueDiligence"], json!({"annualIncome": 0}));
    assert_eq!(customer["eligible"], false);

    let address = json!({"addressType": "Home", "classification": "Residential", "isPrimary": true, "street1": "123 Any St",
        "city": "Anywhere", "state": "NY", "postalCode": "12345", "countryCode": "US"});
    let added = client.post(&format!("/core/v1/cm/customers/{id}/addresses"), &address).await;
    assert_eq!(
        (added.status, &added.body["isPrimary"], &added.body["street1"]),
        (200, &json!(true), &json!("123 Any St"))
    );
    let phone = json!({"isPrimary": true, "phoneType": "Mobile", "phoneNumber": "2015552345"});
    let added = client.post(&format!("/core/v1/cm/customers/{id}/phones"), &phone).await;
    assert_eq!((added.status, &added.body["phoneNumber"]), (200, &json!("2015552345")));

    let customer = client.get(&format!("/core/v1/cm/customers/{id}")).await.body;
    assert_eq!((&customer["eligible"], &customer["ofac"]), (&json!(true), &json!("Clear")));
    let eligibility = client.get(&format!("/core/v1/cm/customers/{id}/eligibility")).await.body;
    assert_eq!((&eligibility["onboardingComplete"], &eligibility["missing"]), (&json!(true), &json!([])));
    assert!(house.run_well(&["audit", "verify"]).contains("holds"));
}

#[tokio::test]
async fn a_listed_person_leaves_clear_behind_and_a_person_decides() {
    decided_by_a_person(House::open()).await;
}

#[tokio::test]
async fn the_same_decision_on_postgresql() {
    let Some(house) = House::open_on_postgres().await else { return };
    decided_by_a_person(house).await;
}

async fn decided_by_a_person(house: House) {
    house.sample_list().await;
    let client = house.client().await;
    let receiver = Receiver::start().await;
    register(&client, &receiver).await;

    let id = client.onboard(&client.person("Victor", "Sampleov", "1961-03-14")).await;
    client.scans(&id, "Failed", "Clear").await;
    receiver.events("Core.Customer.Ofac.Changed", 1).await;

    let listed = house.run_well(&["case", "list", "--json"]);
    let case: Value = serde_json::from_str(listed.lines().next().expect("a case")).expect("JSON");
    assert_eq!((&case["customer"], &case["checks"]), (&json!(id), &json!(["sanctions"])));
    let case = case["case"].as_str().expect("an id").to_owned();
    let shown = house.run_well(&["case", "show", &case]);
    for line in ["Viktor Sampleov", "Victor Sampleov", "birth date: agrees", "1961-03-14", "sanction"] {
        assert!(shown.contains(line), "{line} in:\n{shown}");
    }

    house.run_well(&["case", "decide", &case, "clear", "--by", "ana", "--reason", "another father's name"]);
    client.scans(&id, "Clear", "Clear").await;
    receiver.events("Core.Customer.Ofac.Changed", 3).await;
    assert!(house.run_well(&["case", "list"]).contains("No case is open"));
    assert!(house.run_well(&["audit", "verify"]).contains("holds"));
}

#[tokio::test]
async fn without_a_list_nobody_is_cleared_and_a_list_that_comes_clears_at_once() {
    let house = House::open();
    let client = house.client().await;
    let id = client.onboard(&client.bob()).await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    client.scans(&id, "Pending", "Pending").await;
    house.sample_list().await;
    client.scans(&id, "Clear", "Clear").await;
}
