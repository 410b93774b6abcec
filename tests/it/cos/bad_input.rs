//! Bad input: a COS error that names the field, the right status, and nothing changed.

use serde_json::{Value, json};

use crate::house::{Client, House, Reply};

const CUSTOMERS: &str = "/core/v1/cm/customers";

fn is_cos_error(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text);
    let errors = reply.body["Errors"].as_array().unwrap_or_else(|| panic!("no Errors in {}", reply.text));
    assert!(!errors.is_empty());
    for error in errors {
        assert!(error["Code"].is_u64() && error["Message"].is_string(), "{error}");
    }
    assert!(reply.headers.contains_key("request-id"));
}

async fn count(client: &Client) -> usize {
    client.get(CUSTOMERS).await.body["results"].as_array().map_or(0, Vec::len)
}

/// Puts a value at a dotted path; removes what stands there when it is `null`.
fn put(body: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace('.', "/"));
    let (parent, field) = pointer.rsplit_once('/').expect("a path");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() { drop(parent.remove(field)) } else { drop(parent.insert(field.to_owned(), value)) }
}

#[tokio::test]
async fn each_field_of_a_new_customer_is_checked_and_named() {
    let house = House::open();
    let client = house.client().await;
    let long = "x".repeat(5000);
    let table: Vec<(&str, Vec<Value>)> = vec![
        (
            "name.firstName",
            vec![
                Value::Null,
                json!(""),
                json!("  "),
                json!("---"),
                json!("\u{200b}"),
                json!("😀"),
                json!(7),
                json!(long),
                json!("a\u{0}b"),
            ],
        ),
        ("name.lastName", vec![Value::Null, json!(""), json!([]), json!(long)]),
        ("classification", vec![Value::Null, json!("Robot"), json!(1)]),
        ("profile.taxId", vec![Value::Null, json!("12345678"), json!("12345678a"), json!(119988776), json!(long)]),
        ("profile.taxIdType", vec![json!("Ssx"), json!(true)]),
        (
            "profile.birthDate",
            vec![
                Value::Null,
                json!("1953-02-30"),
                json!("22/09/1953"),
                json!("2999-01-01"),
                json!("1203-01-01"),
                json!(1953),
            ],
        ),
        ("profile.riskRating", vec![json!("Lowish"), json!(0)]),
        ("profile.regO", vec![json!("no"), json!(0)]),
        ("profile.politicallyExposedPerson", vec![json!("false")]),
        ("profile.citizenshipCountryCode", vec![json!("USA1"), json!("ZZ"), json!(1)]),
        ("clientIdentifier", vec![json!("x".repeat(51)), json!(5)]),
        ("dueDiligence", vec![json!("none"), json!([])]),
        ("partnerId", vec![json!("not-a-guid"), json!(5)]),
    ];
    for (field, values) in table {
        for value in values {
            let mut body = client.bob();
            put(&mut body, field, value.clone());
            let reply = client.post(CUSTOMERS, &body).await;
            is_cos_error(&reply, 400);
            assert!(
                reply.text.contains(field),
                "{field} = {}: {}",
                value.to_string().chars().take(40).collect::<String>(),
                reply.text
            );
            assert!(
                !reply.text.contains("119988776") && !reply.text.contains("Smith"),
                "no personal data: {}",
                reply.text
            );
        }
    }
    assert_eq!(count(&client).await, 0);
    assert!(!house.log().contains("119988776") && !house.log().contains("Smith"), "{}", house.log());
}

#[tokio::test]
async fn several_mistakes_are_told_at_once() {
    let house = House::open();
    let client = house.client().await;
    let mut body = client.bob();
    put(&mut body, "name.firstName", Value::Null);
    put(&mut body, "profile.taxId", json!("1"));
    put(&mut body, "profile.birthDate", json!("never"));
    let reply = client.post(CUSTOMERS, &body).await;
    is_cos_error(&reply, 400);
    assert_eq!(reply.body["Errors"].as_array().map(Vec::len), Some(3), "{}", reply.text);
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let house = House::open();
    let client = house.client().await;
    let bearer = format!("Bearer {}", client.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let deep = "[".repeat(100_000);
    let bodies: Vec<(Vec<u8>, u16)> = vec![
        (b"".to_vec(), 400),
        (b"{".to_vec(), 400),
        (b"[]".to_vec(), 400),
        (b"null".to_vec(), 400),
        (b"{\"name\": \"\xff\xfe\"}".to_vec(), 400),
        (b"{\"a\":1} trailing".to_vec(), 400),
        (b"{\"classification\":1e999}".to_vec(), 400),
        (deep.into_bytes(), 400),
        (format!("{{\"name\":\"{}\"}}", "x".repeat(1 << 20)).into_bytes(), 413),
    ];
    for (body, status) in bodies {
        let reply = client.send_raw("POST", CUSTOMERS, Some(body.clone()), &headers).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
        assert!(
            reply.status == status || (status == 400 && reply.status == 413 && body.len() > 65_536),
            "{shown}: {}",
            reply.status
        );
        assert!(reply.body["Errors"].is_array(), "{shown}: {}", reply.text);
    }
    let form = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    let reply = client.send_raw("POST", CUSTOMERS, Some(client.bob().to_string().into_bytes()), &form).await;
    assert!(reply.status == 415 || reply.status == 400, "{}", reply.status);
    assert_eq!(count(&client).await, 0);
}

#[tokio::test]
async fn who_has_no_token_is_turned_away_in_the_dialects_shape() {
    let house = House::open();
    let client = house.client().await;
    for headers in [
        vec![],
        vec![("authorization", "Bearer nonsense")],
        vec![("authorization", "Basic eDp5")],
        vec![("authorization", "Bearer ")],
    ] {
        for (method, path) in [
            ("GET", CUSTOMERS),
            ("POST", CUSTOMERS),
            ("POST", "/webhooks/v1/registrations"),
            ("GET", "/webhooks/v1/events/poll"),
        ] {
            is_cos_error(&client.send_raw(method, path, None, &headers).await, 401);
        }
    }
    let wrong = client
        .send_raw(
            "POST",
            "/connect/token",
            Some(b"grant_type=client_credentials&client_id=x&client_secret=y".to_vec()),
            &[("content-type", "application/x-www-form-urlencoded")],
        )
        .await;
    assert_eq!((wrong.status, &wrong.body["error"]), (401, &json!("invalid_client")), "{}", wrong.text);
    let grant = client
        .send_raw(
            "POST",
            "/connect/token",
            Some(b"grant_type=password".to_vec()),
            &[("content-type", "application/x-www-form-urlencoded")],
        )
        .await;
    assert_eq!(grant.status, 400, "{}", grant.text);
}

#[tokio::test]
async fn another_partners_things_do_not_exist_and_its_id_is_forbidden() {
    let house = House::open();
    let (client, stranger) = (house.client().await, house.client().await);
    let id = client.onboard(&client.bob()).await;
    let phone = json!({"phoneType": "Mobile", "phoneNumber": "2015552345"});
    let record =
        client.post(&format!("{CUSTOMERS}/{id}/phones"), &phone).await.body["id"].as_str().expect("an id").to_owned();
    is_cos_error(&stranger.post(CUSTOMERS, &client.bob()).await, 403);
    is_cos_error(&stranger.get(&format!("{CUSTOMERS}/{id}")).await, 404);
    is_cos_error(&stranger.post(&format!("{CUSTOMERS}/{id}/phones"), &phone).await, 404);
    is_cos_error(&stranger.put(&format!("{CUSTOMERS}/{id}/phones/{record}"), &phone).await, 404);
    is_cos_error(&stranger.delete(&format!("{CUSTOMERS}/{id}/phones/{record}")).await, 404);
    is_cos_error(&client.get(&format!("{CUSTOMERS}/not-a-guid")).await, 404);
    is_cos_error(&client.get("/core/v1/cm/nothing").await, 404);
    is_cos_error(&client.send("PATCH", "/webhooks/v1/registrations", None, &[]).await, 405);
    assert_eq!(client.get(&format!("{CUSTOMERS}/{id}/phones")).await.text.matches(&record).count(), 1);
}

#[tokio::test]
async fn each_field_of_the_records_is_checked_and_named() {
    let house = House::open();
    let client = house.client().await;
    let id = client.onboard(&client.bob()).await;
    let address = json!({"addressType": "Home", "classification": "Residential", "isPrimary": true, "street1": "123 Any St",
        "city": "Anywhere", "state": "NY", "postalCode": "12345", "countryCode": "US"});
    let phone = json!({"isPrimary": true, "phoneType": "Mobile", "phoneNumber": "2015552345"});
    let email = json!({"emailType": "Work", "emailAddress": "bob@example.com"});
    let document = json!({"idType": "Passport", "idNumber": "X1", "issuingCountryCode": "US"});
    let table = [
        ("addresses", &address, "street1", vec![Value::Null, json!(1), json!("x".repeat(2000))]),
        ("addresses", &address, "addressType", vec![json!("Moon"), json!(1)]),
        ("addresses", &address, "countryCode", vec![json!("QQ"), json!(1)]),
        ("addresses", &address, "isPrimary", vec![json!("yes")]),
        ("phones", &phone, "phoneNumber", vec![Value::Null, json!("12"), json!("call me"), json!(2015552345_u64)]),
        ("phones", &phone, "phoneType", vec![json!("Carrier pigeon")]),
        ("emails", &email, "emailAddress", vec![Value::Null, json!("bob"), json!("bob@"), json!(1)]),
        ("identifications", &document, "idNumber", vec![Value::Null, json!(1), json!("x".repeat(200))]),
        ("identifications", &document, "expDate", vec![json!("soon")]),
    ];
    for (path, record, field, values) in table {
        for value in values {
            let mut body = record.clone();
            put(&mut body, field, value);
            let reply = client.post(&format!("{CUSTOMERS}/{id}/{path}"), &body).await;
            is_cos_error(&reply, 400);
            assert!(reply.text.contains(field), "{path}.{field}: {}", reply.text);
        }
        assert_eq!(
            client.get(&format!("{CUSTOMERS}/{id}/{path}")).await.text.matches("createdAt").count(),
            0,
            "{path}"
        );
    }
}

#[tokio::test]
async fn each_field_of_a_registration_is_checked_and_named() {
    let house = House::open();
    let client = house.client().await;
    let wish = json!({"partnerId": client.tenant.id, "eventName": "Core.Customer.Onboarded", "registrationType": "Push",
        "callbackUrl": "https://hooks.example.com/x"});
    let table = [
        ("eventName", vec![Value::Null, json!("Core.Moon.Landed"), json!(1)]),
        ("registrationType", vec![json!("Pull"), json!(1)]),
        ("callbackUrl", vec![Value::Null, json!(1), json!("x".repeat(3000))]),
        ("format", vec![json!("Rich")]),
        ("authUsername", vec![json!(1), json!("x".repeat(256))]),
        ("authPassword", vec![json!("x".repeat(256))]),
    ];
    for (field, values) in table {
        for value in values {
            let mut body = wish.clone();
            put(&mut body, field, value);
            let reply = client.post("/webhooks/v1/registrations", &body).await;
            is_cos_error(&reply, 400);
            assert!(reply.text.contains(field), "{field}: {}", reply.text);
        }
    }
    let listed = client.get("/webhooks/v1/registrations").await.body;
    assert_eq!(listed["results"], json!([]));
}
