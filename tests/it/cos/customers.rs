//! Customers: listed, filtered, with their records and owners.

use serde_json::{Value, json};

use crate::house::{Client, House};
use crate::receiver::Receiver;

const CUSTOMERS: &str = "/core/v1/cm/customers";

fn ids(page: &Value) -> Vec<String> {
    page["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

fn business(client: &Client, name: &str) -> Value {
    json!({"partnerId": client.tenant.id, "classification": "Business", "name": {"entityName": name},
        "profile": {"taxIdType": "Ein", "taxId": "12-3456789", "dateFormed": "2001-05-06", "entityType": "Corporation",
            "riskRating": "Low", "ownershipType": "LegalEntity"},
        "businessDueDiligence": {"natureOfBusiness": "Baking", "naics": "311811"}})
}

#[tokio::test]
async fn paths_are_read_with_and_without_core_in_any_case() {
    let house = House::open();
    let client = house.client().await;
    let id = client.onboard(&client.bob()).await;
    for path in ["/core/v1/cm/customers/", "/v1/cm/customers/", "/Core/V1/CM/Customers/"] {
        assert_eq!(client.get(&format!("{path}{id}")).await.body["id"], id.as_str(), "{path}");
    }
    assert_eq!(client.get(&format!("{CUSTOMERS}/{}", id.to_uppercase())).await.status, 200);
    assert!(client.post("/V1/cm/customers", &client.bob()).await.status == 200);
}

#[tokio::test]
async fn pages_cover_everybody_once_and_filters_narrow() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    let mut everybody = Vec::new();
    for number in 0..7 {
        let mut person = client.person("Bob", &format!("Smith {number}"), "1953-09-22");
        person["profile"]["taxId"] = json!(format!("11998877{number}"));
        person["clientIdentifier"] = json!(format!("crm-{number}"));
        everybody.push(client.onboard(&person).await);
    }
    let listed = client.onboard(&client.person("Viktor", "Sampleov", "1961-03-14")).await;
    let company = client.onboard(&business(&client, "Harmless Bakery Inc")).await;
    everybody.extend([listed.clone(), company.clone()]);
    client.scans(&listed, "Failed", "Clear").await;

    let mut seen = Vec::new();
    for number in 1.. {
        let page = client.get(&format!("{CUSTOMERS}?pageNumber={number}&pageSize=4")).await.body;
        assert_eq!((&page["pageNumber"], &page["pageSize"]), (&json!(number), &json!(4)));
        assert_eq!(page["hasPreviousPage"], json!(number > 1));
        seen.extend(ids(&page));
        if page["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, everybody);
    let cif =
        client.get(&format!("{CUSTOMERS}/{company}")).await.body["cifNumber"].as_str().expect("a number").to_owned();
    for (query, expected) in [
        ("taxId=119988773".to_owned(), vec![everybody[3].clone()]),
        ("clientIdentifier=crm-5".to_owned(), vec![everybody[5].clone()]),
        ("ofac=Failed".to_owned(), vec![listed.clone()]),
        ("classification=Business".to_owned(), vec![company.clone()]),
        (format!("cifNumber={cif}"), vec![company.clone()]),
        (format!("id={listed}"), vec![listed]),
        ("taxId=000000000".to_owned(), vec![]),
    ] {
        assert_eq!(ids(&client.get(&format!("{CUSTOMERS}?{query}")).await.body), expected, "{query}");
    }
    for query in ["pageSize=51", "pageSize=0", "pageNumber=0", "pageNumber=x", "ofac=Maybe", "classification=Robot"] {
        let reply = client.get(&format!("{CUSTOMERS}?{query}")).await;
        assert_eq!(reply.status, 400, "{query}");
        assert!(reply.text.contains(query.split('=').next().expect("a name")), "{}", reply.text);
    }
    let stranger = house.client().await;
    assert_eq!(ids(&stranger.get(CUSTOMERS).await.body), Vec::<String>::new());
}

#[tokio::test]
async fn each_kind_of_record_is_added_changed_removed_and_told() {
    let house = House::open();
    let client = house.client().await;
    let receiver = Receiver::start().await;
    let id = client.onboard(&client.bob()).await;
    let kinds = [
        (
            "addresses",
            "Address",
            "street1",
            json!({"addressType": "Home", "classification": "Residential", "street1": "1 A St",
            "city": "Anywhere", "state": "NY", "postalCode": "12345", "countryCode": "US"}),
            "2 B St",
        ),
        ("phones", "Phone", "phoneNumber", json!({"phoneType": "Mobile", "phoneNumber": "2015552345"}), "2015552346"),
        (
            "emails",
            "Email",
            "emailAddress",
            json!({"emailType": "Work", "emailAddress": "bob@example.com"}),
            "rob@example.com",
        ),
        (
            "identifications",
            "Identification",
            "idNumber",
            json!({"idType": "Passport", "idNumber": "X1234567",
            "issuingCountryCode": "US", "expDate": "2031-01-01"}),
            "X7654321",
        ),
    ];
    for (path, event, field, record, other) in kinds {
        for what in ["Added", "Changed", "Removed"] {
            let name = format!("Core.Customer.{event}.{what}");
            let wish = json!({"eventName": name, "registrationType": "Push", "callbackUrl": receiver.url});
            assert_eq!(client.post("/webhooks/v1/registrations", &wish).await.status, 200, "{name}");
        }
        let all = format!("{CUSTOMERS}/{id}/{path}");
        let first = client.post(&all, &record).await;
        assert_eq!((first.status, &first.body["isPrimary"]), (200, &json!(true)), "{path}: {}", first.text);
        let first_id = first.body["id"].as_str().expect("an id").to_owned();
        let mut second = record.clone();
        second[field] = json!(other);
        second["isPrimary"] = json!(true);
        let second = client.post(&all, &second).await;
        assert_eq!((second.status, &second.body["isPrimary"]), (200, &json!(true)), "{path}: {}", second.text);
        let one = format!("{all}/{first_id}");
        assert_eq!(client.get(&one).await.body["isPrimary"], json!(false), "exactly one is primary");
        let mut changed = record.clone();
        changed["isPrimary"] = json!(true);
        changed[field] = json!(other);
        let reply = client.put(&one, &changed).await;
        assert_eq!((reply.status, &reply.body[field]), (200, &json!(other)), "{path}: {}", reply.text);
        assert!((200..300).contains(&client.delete(&one).await.status));
        assert_eq!(client.get(&one).await.status, 404);
        let left = client.get(&all).await.text;
        assert!(left.contains("\"isPrimary\":true") && !left.contains("\"isPrimary\":false"), "{left}");
        let told = receiver.events(&format!("Core.Customer.{event}.Added"), 2).await;
        assert_eq!(told[0]["resources"], json!([format!("core/v1/cm/customers/{id}/{path}/{first_id}")]));
        receiver.events(&format!("Core.Customer.{event}.Changed"), 1).await;
        receiver.events(&format!("Core.Customer.{event}.Removed"), 1).await;
    }
}

#[tokio::test]
async fn owners_are_persons_of_the_same_partner_and_own_at_most_the_whole() {
    let house = House::open();
    let client = house.client().await;
    let company = client.onboard(&business(&client, "Harmless Bakery Inc")).await;
    let (ann, bob) = (client.onboard(&client.bob()).await, client.onboard(&client.bob()).await);
    let owners = format!("{CUSTOMERS}/{company}/beneficial-owners");
    let owner =
        |id: &str, share: f64| json!({"ownerCustomerId": id, "ownerTitle": "Director", "ownershipPercentage": share});
    let first = client.post(&owners, &owner(&ann, 60.5)).await;
    assert_eq!((first.status, &first.body["ownershipPercentage"]), (200, &json!(60.5)), "{}", first.text);
    let path = format!("{owners}/{}", first.body["id"].as_str().expect("an id"));
    for (body, status) in
        [(owner(&bob, 40.0), 400), (owner(&ann, 5.0), 400), (owner(&company, 5.0), 400), (owner(&bob, 101.0), 400)]
    {
        let reply = client.post(&owners, &body).await;
        assert!(reply.status == status || reply.status == 409, "{body}: {} {}", reply.status, reply.text);
    }
    let missing = client.post(&owners, &owner("00000000-0000-0000-0000-000000000001", 5.0)).await;
    assert!(missing.status == 404 || missing.status == 400, "{}", missing.text);
    assert_eq!(client.put(&path, &json!({"ownerTitle": "Chair", "ownershipPercentage": 30})).await.status, 200);
    assert_eq!(client.post(&owners, &owner(&bob, 70.0)).await.status, 200);
    assert!((200..300).contains(&client.delete(&path).await.status));
    assert_eq!(client.post(&format!("{CUSTOMERS}/{ann}/beneficial-owners"), &owner(&bob, 5.0)).await.status, 400);
}

#[tokio::test]
async fn a_new_name_is_told_and_screened_again() {
    let house = House::open();
    house.sample_list().await;
    let client = house.client().await;
    let receiver = Receiver::start().await;
    for event in ["Name.Changed", "Profile.Changed", "Ofac.Changed"] {
        let wish = json!({"eventName": format!("Core.Customer.{event}"), "registrationType": "Push", "callbackUrl": receiver.url});
        assert_eq!(client.post("/webhooks/v1/registrations", &wish).await.status, 200);
    }
    let id = client.onboard(&client.person("Bob", "Sampleov", "1961-03-14")).await;
    client.scans(&id, "Clear", "Clear").await;
    let renamed =
        client.put(&format!("{CUSTOMERS}/{id}/name"), &json!({"firstName": "Viktor", "lastName": "Sampleov"})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    receiver.events("Core.Customer.Name.Changed", 1).await;
    client.scans(&id, "Failed", "Clear").await;
}

#[tokio::test]
async fn everything_sent_at_once_is_kept() {
    let house = House::open();
    let client = house.client().await;
    let mut bob = client.bob();
    bob["primaryAddress"] = json!({"addressType": "Home", "classification": "Residential", "street1": "1 A St", "city": "Anywhere",
        "state": "NY", "postalCode": "12345", "countryCode": "US"});
    bob["primaryPhone"] = json!({"phoneType": "Mobile", "phoneNumber": "2015552345"});
    bob["primaryEmail"] = json!({"emailType": "Work", "emailAddress": "bob@example.com"});
    bob["dueDiligence"] = json!({"employmentStatus": "Employed", "annualIncome": 50000.5});
    bob["profile"]["citizenshipCountryCode"] = json!("CA");
    bob["clientIdentifier"] = json!("crm-1");
    let id = client.onboard(&bob).await;
    let customer = client.get(&format!("{CUSTOMERS}/{id}")).await.body;
    assert_eq!(customer["dueDiligence"]["annualIncome"], json!(50000.5));
    assert_eq!(
        (&customer["profile"]["citizenshipCountryCode"], &customer["clientIdentifier"]),
        (&json!("CA"), &json!("crm-1"))
    );
    for path in ["addresses", "phones", "emails"] {
        let records = client.get(&format!("{CUSTOMERS}/{id}/{path}")).await;
        assert!(records.text.contains("\"isPrimary\":true"), "{path}: {}", records.text);
    }
}
