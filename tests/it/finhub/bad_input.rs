//! Bad input: every finding at once, in the vendor's shape, naming the field; and nothing changed.

use serde_json::{Value, json};

use super::bank::{Bank, INDIVIDUAL, person, published, put};
use crate::house::{House, Reply};

const RELATIONS: &str = "individualCustomer.categorization.categoryFeatureRelations";

fn registration() -> String {
    format!("{INDIVIDUAL}/registration")
}

fn fields(reply: &Reply) -> Vec<String> {
    assert_eq!((reply.status, &reply.body["code"]), (400, &json!(400)), "{}", reply.text);
    assert_eq!(reply.body["message"], "Request validation failed", "{}", reply.text);
    let errors = reply.body["data"]["errors"].as_array().expect("a list");
    errors
        .iter()
        .map(|error| {
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()));
            error["field"].as_str().expect("a field").to_owned()
        })
        .collect()
}

async fn customers(bank: &Bank) -> usize {
    let reply = bank.client.get("/core/v1/cm/customers").await;
    reply.body["results"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn each_field_of_a_registration_is_checked_and_nothing_is_made() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    let table = [
        ("email", vec![Value::Null, json!(7), json!("x"), json!("[email protected]")]),
        ("password", vec![Value::Null, json!(7)]),
        ("matchingPassword", vec![Value::Null, json!("SecurePass123!@")]),
        ("firstName", vec![Value::Null, json!("9"), json!("x".repeat(101))]),
        ("lastName", vec![Value::Null, json!([])]),
        ("individualCustomer", vec![Value::Null, json!("x")]),
        ("individualCustomer.email", vec![json!("other@example.com")]),
        ("individualCustomer.firstName", vec![json!("Jon")]),
        ("individualCustomer.lastName", vec![json!("Dough")]),
        ("individualCustomer.middleName", vec![json!("7")]),
        (
            "individualCustomer.dateOfBirth",
            vec![Value::Null, json!("1990-02-30"), json!("2020-01-01"), json!("3000-01-01")],
        ),
        ("individualCustomer.placeOfBirth", vec![json!(7)]),
        ("individualCustomer.nationality", vec![json!("USA")]),
        ("individualCustomer.phoneNumber", vec![json!("2125551234")]),
        ("individualCustomer.alternatePhoneNumber", vec![json!("+0")]),
        ("individualCustomer.address", vec![json!("x")]),
        ("individualCustomer.address.street", vec![Value::Null]),
        ("individualCustomer.address.streetNumber", vec![json!(123)]),
        ("individualCustomer.address.apartment", vec![json!(4)]),
        ("individualCustomer.address.city", vec![Value::Null]),
        ("individualCustomer.address.state", vec![json!(1)]),
        ("individualCustomer.address.postalCode", vec![json!(10001)]),
        ("individualCustomer.address.country", vec![Value::Null, json!("ZZ")]),
        ("individualCustomer.address.addressType", vec![json!("CASTLE")]),
        ("individualCustomer.occupation", vec![json!("x".repeat(256))]),
        ("individualCustomer.employerName", vec![json!({})]),
        ("individualCustomer.annualIncome", vec![json!(150_000), json!("a lot")]),
        ("individualCustomer.sourceOfFunds", vec![json!("LOTTERY")]),
        ("individualCustomer.categorization", vec![json!("x")]),
        ("individualCustomer.categorization.id", vec![json!("x")]),
        ("individualCustomer.categorization.name", vec![json!(7)]),
        ("individualCustomer.categorization.isActive", vec![json!("yes")]),
        (RELATIONS, vec![json!("x"), json!([{"feature": "x"}])]),
    ];
    for (path, values) in table {
        for value in values {
            let mut body = published();
            put(&mut body, path, value.clone());
            let found = fields(&bank.post(&registration(), &body).await);
            assert!(
                !found.is_empty() && found.iter().all(|field| field.starts_with(path)),
                "{path} {value}: {found:?}"
            );
        }
    }
    for bytes in [&b""[..], b"{", b"[]", b"\"x\"", b"{\"email\":\"a\",\"email\":\"b\"}", b"\xff"] {
        let bearer = format!("Bearer {}", bank.client.token);
        let headers = [("authorization", bearer.as_str()), ("x-tenant-id", bank.key.as_str())];
        let reply = bank.ask_raw(&headers, "POST", &registration(), Some(bytes.to_vec())).await;
        assert_eq!((reply.status, &reply.body["code"]), (400, &json!(400)), "{}", reply.text);
    }
    let large = json!({"email": "x".repeat(70_000)});
    assert_eq!(bank.post(&registration(), &large).await.status, 413);
    for path in ["/api/v2.1/nothing", "/api/v2.1/customer/individual/x/y/z"] {
        let reply = bank.get(path).await;
        assert_eq!((reply.status, &reply.body["code"]), (404, &json!(404)), "{}", reply.text);
    }
    let reply = bank.get(&registration()).await;
    assert_eq!((reply.status, &reply.body["code"]), (405, &json!(405)), "{}", reply.text);
    assert_eq!(customers(&bank).await, 0);
}

#[tokio::test]
async fn every_password_rule_is_told_alone_and_together() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    let table = [
        ("aB3!efg", vec!["at least 8"]),
        ("ab3!efgh", vec!["upper case"]),
        ("AB3!EFGH", vec!["lower case"]),
        ("aBc!efgh", vec!["digit"]),
        ("aB3defgh", vec!["special"]),
        ("John.Doe1!", vec!["email"]),
        ("xx-john.doe@example.com-X1", vec!["email"]),
        ("Password1!", vec!["common"]),
        ("x", vec!["at least 8", "upper case", "digit", "special"]),
    ];
    for (password, told) in table {
        let mut body = published();
        body["password"] = json!(password);
        body["matchingPassword"] = json!(password);
        let reply = bank.post(&registration(), &body).await;
        assert_eq!(fields(&reply), vec!["password"; told.len()], "{password}: {}", reply.text);
        for (number, words) in told.iter().enumerate() {
            let message = reply.body["data"]["errors"][number]["message"].as_str().expect("text").to_lowercase();
            assert!(message.contains(words), "{password}: {message}");
        }
        assert!(!reply.text.contains(password) || password == "x");
    }
    let long = format!("aB3!{}", "x".repeat(125));
    let mut body = published();
    body["password"] = json!(long);
    body["matchingPassword"] = json!(long);
    assert!(bank.post(&registration(), &body).await.text.contains("at most 128"));
    body["matchingPassword"] = json!("other");
    body["password"] = json!("p");
    let reply = bank.post(&registration(), &body).await;
    let found = fields(&reply);
    assert_eq!((found.len(), found.last().map(String::as_str)), (5, Some("matchingPassword")), "{}", reply.text);
    assert!(reply.text.contains("Password and matching password must be identical"));
    assert_eq!(customers(&bank).await, 0);
}

#[tokio::test]
async fn every_categorization_rule_is_told_at_once() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    let register = async |change: &dyn Fn(&mut Value)| {
        let mut body = person("john.doe@example.com");
        change(&mut body["individualCustomer"]["categorization"]);
        let reply = bank.post(&registration(), &body).await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert_eq!(reply.body["message"], "Categorization validation failed", "{}", reply.text);
        let data = reply.body["data"].clone();
        assert_eq!(data["error"], "Invalid categorization");
        assert!(data["details"].is_string() && data["missingKeys"].is_array() && data["invalidValues"].is_object());
        data
    };
    let unknown = "00000000-0000-4000-8000-000000000000";
    let data = register(&|asked| asked["id"] = json!(unknown)).await;
    assert!(data["details"].as_str().is_some_and(|details| details.contains("does not exist")), "{data}");
    register(&|asked| asked["name"] = json!("STANDARD_INDIVIDUAL")).await;
    register(&|asked| *asked = json!({"name": "NO_SUCH_CATEGORY"})).await;
    register(&|asked| asked["categoryFeatureRelations"][0]["feature"]["id"] = json!(unknown)).await;
    register(&|asked| asked["categoryFeatureRelations"][0]["feature"]["code"] = json!("TRANSACTION_LIMITS")).await;
    register(&|asked| asked["categoryFeatureRelations"][1] = asked["categoryFeatureRelations"][0].clone()).await;

    let parameters = "/categoryFeatureRelations/0/parametrization";
    let data = register(&|asked| {
        asked.pointer_mut(parameters).and_then(Value::as_array_mut).expect("a list").retain(|one| one["name"] != "edd");
    })
    .await;
    assert_eq!(data["missingKeys"], json!(["ENHANCED_AML_MONITORING.edd"]));
    let data = register(&|asked| {
        asked
            .pointer_mut(parameters)
            .and_then(Value::as_array_mut)
            .expect("a list")
            .retain(|one| one["name"] != "pepCategory");
    })
    .await;
    assert_eq!(data["missingKeys"], json!(["ENHANCED_AML_MONITORING.pepCategory"]), "wanted of who is exposed");

    // One feature alone is not named before its keys; everything wrong with it is told at once.
    let data = register(&|asked| {
        asked["categoryFeatureRelations"] = json!([{"feature": {"code": "ENHANCED_AML_MONITORING"}, "enabled": true,
            "parametrization": [{"name": "riskLevel", "value": "EXTREME"}, {"name": "riskScore", "value": "101"},
                {"name": "pep", "value": "true"}, {"name": "pepCategory", "value": "DOMESTIC_PEP,KING"},
                {"name": "monitoring", "value": "DAILY"}, {"name": "monitoring", "value": "WEEKLY"},
                {"name": "shoeSize", "value": "44"}]}]);
    })
    .await;
    assert_eq!(data["missingKeys"], json!(["sanctionsCheck", "edd"]));
    assert_eq!(
        data["invalidValues"],
        json!({"riskLevel": "EXTREME", "riskScore": "101", "pepCategory": "DOMESTIC_PEP,KING", "monitoring": "WEEKLY",
            "shoeSize": "44"})
    );

    // Beside other mistakes it is told with them.
    let mut body = person("nobody");
    body["individualCustomer"]["categorization"]["categoryFeatureRelations"][0]["parametrization"] = json!([]);
    let reply = bank.post(&registration(), &body).await;
    assert_eq!(fields(&reply), ["email", "individualCustomer.email"]);
    assert_eq!(reply.body["data"]["missingKeys"].as_array().map(Vec::len), Some(6));
    assert_eq!(customers(&bank).await, 0);

    // What fits: several values in both ways of writing them, and a condition that does not hold.
    for (number, parameters) in [
        json!([{"name": "pep", "value": "true"}, {"name": "pepCategory", "value": "DOMESTIC_PEP, RCA"}]),
        json!([{"name": "pep", "value": "true"}, {"name": "pepCategory", "value": "DOMESTIC_PEP"},
            {"name": "pepCategory", "value": "RCA"}]),
        json!([{"name": "pep", "value": "false"}, {"name": "pepCategory", "value": "whatever"}]),
    ]
    .into_iter()
    .enumerate()
    {
        let mut parameters = parameters.as_array().expect("a list").clone();
        for (name, value) in [
            ("riskLevel", "LOW"),
            ("riskScore", "5"),
            ("sanctionsCheck", "STANDARD"),
            ("monitoring", "WEEKLY"),
            ("edd", "false"),
        ] {
            parameters.push(json!({"name": name, "value": value}));
        }
        let mut body = person(&format!("{number}@example.com"));
        put(
            &mut body,
            RELATIONS,
            json!([{"feature": {"code": "ENHANCED_AML_MONITORING"}, "parametrization": parameters}]),
        );
        let stored = bank.register_as(&body).await.data["categorization"].clone();
        let pep = stored["categoryFeatureRelations"][0]["parametrization"].as_array().expect("a list").clone();
        let pep: Vec<&Value> = pep.iter().filter(|one| one["name"] == "pepCategory").map(|one| &one["value"]).collect();
        let kept: Vec<Value> = if number < 2 { vec![json!("DOMESTIC_PEP,RCA")] } else { Vec::new() };
        assert_eq!(pep, kept.iter().collect::<Vec<_>>());
    }
    let mut none = person("none@example.com");
    put(&mut none, "individualCustomer.categorization", Value::Null);
    assert_eq!(bank.register_as(&none).await.data["categorization"], Value::Null);
}

#[tokio::test]
async fn an_address_is_taken_once_in_a_tenant() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    bank.register("john.doe@example.com").await;
    for email in ["john.doe@example.com", "John.Doe@EXAMPLE.com"] {
        let reply = bank.post(&registration(), &person(email)).await;
        assert_eq!((reply.status, &reply.body["data"]["field"]), (409, &json!("email")), "{}", reply.text);
        assert!(!reply.text.to_lowercase().contains("john"));
    }
    assert_eq!(customers(&bank).await, 1);
    // Of many at once one is the first.
    let all = (0..8).map(|_| {
        let bank = bank.clone();
        tokio::spawn(async move { bank.post(&registration(), &person("jane@example.com")).await.status })
    });
    let mut statuses = Vec::new();
    for one in all.collect::<Vec<_>>() {
        statuses.push(one.await.expect("answered"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(customers(&bank).await, 2);
}

#[tokio::test]
async fn each_field_of_the_further_steps_is_checked() {
    let house = House::open_with(&["--sandbox"]);
    house.sample_list().await;
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let (token, id) = {
        let token = bank.sign_in(&who).await;
        let path = format!("{INDIVIDUAL}/{}/verification/initiate", who.customer);
        for (field, bad) in [("verificationType", json!("DEEP")), ("requestedLevel", json!(7))] {
            assert_eq!(fields(&bank.post(&path, &json!({field: bad})).await), [field]);
        }
        let id = bank.post(&path, &json!({})).await.body["data"]["verificationId"].as_str().expect("an id").to_owned();
        (token, id)
    };
    let before = bank.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body;
    let at = |rest: &str| format!("{INDIVIDUAL}/{}/{rest}", who.customer);
    let documents = format!("/api/v2.1/verifications/{id}/documents");
    let table: Vec<(String, Value, &str)> = vec![
        (at("verification"), json!({"verificationType": "STANDARD"}), "verificationData"),
        (
            at("verification"),
            json!({"verificationType": "X", "verificationData": {"documentType": "PASSPORT", "documentNumber": "1"}}),
            "verificationType",
        ),
        (
            at("verification"),
            json!({"verificationType": "STANDARD", "verificationData": {"documentType": "X", "documentNumber": "1"}}),
            "verificationData.documentType",
        ),
        (
            at("verification"),
            json!({"verificationType": "STANDARD", "verificationData": {"documentType": "PASSPORT"}}),
            "verificationData.documentNumber",
        ),
        (
            documents.clone(),
            json!({"documentType": "X", "fileName": "a", "fileContent": "eA==", "mimeType": "application/pdf"}),
            "documentType",
        ),
        (
            documents.clone(),
            json!({"documentType": "PASSPORT", "fileContent": "eA==", "mimeType": "application/pdf"}),
            "fileName",
        ),
        (
            documents.clone(),
            json!({"documentType": "PASSPORT", "fileName": "a", "fileContent": "?", "mimeType": "application/pdf"}),
            "fileContent",
        ),
        (
            documents.clone(),
            json!({"documentType": "PASSPORT", "fileName": "a", "fileContent": "eA==", "mimeType": "text/html"}),
            "mimeType",
        ),
        ("/api/v2.1/verifications".to_owned(), json!({}), "customerId"),
        (
            "/api/v2.1/verifications".to_owned(),
            json!({"customerId": who.customer, "additionalData": "x"}),
            "additionalData",
        ),
        (at("consents/terms"), json!({"version": "1.0"}), "accepted"),
        (at("consents/terms"), json!({"accepted": false, "version": "1.0"}), "accepted"),
        (at("consents/terms"), json!({"accepted": true}), "version"),
        (
            at("consents/terms"),
            json!({"accepted": true, "version": "1", "acceptanceTimestamp": "soon"}),
            "acceptanceTimestamp",
        ),
        (at("activation"), json!({"activationReason": 7}), "activationReason"),
        (at("activation"), json!({"code": "x"}), "userId"),
        (at("email-verification"), json!({}), "token"),
    ];
    for (path, body, field) in table {
        assert_eq!(fields(&bank.post(&path, &body).await), [field], "{path} {body}");
    }
    assert_eq!(bank.post(&at("consents/everything"), &super::bank::consent()).await.status, 404);
    for path in ["verif-x", "x", "verif-00000000-0000-4000-8000-000000000000"] {
        assert_eq!(bank.post(&format!("/api/v2.1/verifications/{path}/approve"), &json!({})).await.status, 404);
    }
    // A customer has not the role to approve.
    let reply = bank.ask_as(&token, "POST", &format!("/api/v2.1/verifications/{id}/approve"), Some(&json!({}))).await;
    assert_eq!(reply.status, 403, "{}", reply.text);
    assert_eq!(bank.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body, before);
}
