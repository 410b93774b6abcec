//! A tenant's categories of customers, at the command line and over our own API.

use serde_json::{Value, json};

use crate::house::{House, http};

const PATH: &str = "/v1/tenant/categories";

fn json_of(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A new tenant's id and API key.
fn tenant(house: &House) -> (String, String) {
    let made = json_of(&house.run_well(&["tenant", "create", "--name", "Category Bank", "--json"]));
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("tenantId"), text("apiKey"))
}

async fn send(house: &House, key: &str, method: &str, body: Option<String>) -> (u16, Value) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = http().request(method, format!("{}{PATH}", house.address())).bearer_auth(key);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body);
    }
    let response = request.send().await.expect("answered");
    let status = response.status().as_u16();
    let body = response.text().await.expect("text");
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

/// The default, with a category of the bank's own, whose name has to be escaped in a pointer.
fn with_students(mut hierarchy: Value) -> Value {
    let mut students = hierarchy["categories"]["LOW_RISK_INDIVIDUAL"].clone();
    students["databaseId"] = json!("0190a3c4-0000-7000-8000-000000000001");
    students["categoryId"] = json!(7);
    students["categoryName"] = json!("Students");
    hierarchy["categories"]["STUDENTS/APPRENTICES"] = students;
    hierarchy
}

/// The same with four mistakes, and where they are.
fn with_mistakes(mut hierarchy: Value) -> (Value, [&'static str; 4]) {
    hierarchy["colour"] = json!("blue");
    hierarchy["categories"]["STUDENTS/APPRENTICES"]["risk"] = json!("NONE");
    hierarchy["categories"]["STUDENTS/APPRENTICES"]["databaseId"] = json!(7);
    hierarchy["features"]["TRANSACTION_LIMITS"]["multiValueKeys"] = json!(["nothing"]);
    let pointers = [
        "/colour",
        "/features/TRANSACTION_LIMITS/multiValueKeys",
        "/categories/STUDENTS~1APPRENTICES/risk",
        "/categories/STUDENTS~1APPRENTICES/databaseId",
    ];
    (hierarchy, pointers)
}

#[tokio::test]
async fn what_is_exported_is_imported() {
    let house = House::open();
    let ((tenant, _), (other, _)) = (self::tenant(&house), self::tenant(&house));
    let path = |name: &str| house.data().join(name).to_str().expect("text").to_owned();
    let (file, bad) = (path("categories.json"), path("bad.json"));
    house.run_well(&["tenant", "categories", "export", &tenant, &file]);
    let exported = json_of(&std::fs::read_to_string(&file).expect("written"));
    let export = |tenant: &str| json_of(&house.run_well(&["tenant", "categories", "export", tenant]));
    assert_eq!(export(&tenant), exported);

    let changed = with_students(exported.clone());
    std::fs::write(&file, changed.to_string()).expect("written");
    let said = house.run_well(&["tenant", "categories", "import", &tenant, &file]);
    assert!(said.contains("7 categories and 3 features"), "{said}");
    assert_eq!(export(&tenant), changed);
    assert_eq!(export(&other), exported, "another tenant's stay");

    let (mistaken, pointers) = with_mistakes(changed.clone());
    std::fs::write(&bad, mistaken.to_string()).expect("written");
    let refused = house.run(&["tenant", "categories", "import", &tenant, &bad]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && pointers.iter().all(|pointer| said.contains(pointer)), "{said}");
    std::fs::write(&bad, "{\"categories\": ").expect("written");
    for arguments in [
        ["tenant", "categories", "import", &tenant, &bad],
        ["tenant", "categories", "import", &tenant, "/no/such/file"],
        ["tenant", "categories", "import", "nobody-here", &file],
    ] {
        assert!(!house.run(&arguments).status.success(), "{arguments:?}");
    }
    assert_eq!(export(&tenant), changed, "what is refused changes nothing");
}

#[tokio::test]
async fn categories_are_read_and_put_over_http() {
    let house = House::open();
    let ((tenant, key), (_, others)) = (self::tenant(&house), self::tenant(&house));
    let (status, default) = send(&house, &key, "GET", None).await;
    assert_eq!((status, default["categories"].as_object().map(serde_json::Map::len)), (200, Some(6)), "{default}");
    let changed = with_students(default.clone());
    let put = send(&house, &key, "PUT", Some(changed.to_string())).await;
    assert_eq!(put, (200, changed.clone()));
    assert_eq!(send(&house, &key, "GET", None).await, (200, changed.clone()));
    assert_eq!(send(&house, &others, "GET", None).await, (200, default));
    assert_eq!(json_of(&house.run_well(&["tenant", "categories", "export", &tenant])), changed);

    let (mistaken, pointers) = with_mistakes(changed.clone());
    let (status, problem) = send(&house, &key, "PUT", Some(mistaken.to_string())).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid-request")), "{problem}");
    let errors = problem["errors"].as_array().expect("a list");
    let told: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
    assert_eq!(told, pointers, "{problem}");
    assert!(errors.iter().all(|error| error["detail"].is_string()) && problem["instance"].is_string(), "{problem}");

    for (key, method, body, status, code) in [
        (key.as_str(), "PUT", Some("{\"categories\": "), 400, "malformed-json"),
        (&key, "PUT", Some("{\"features\":{},\"features\":{}}"), 400, "malformed-json"),
        (&key, "PUT", Some(""), 400, "malformed-json"),
        (&key, "PUT", Some("[]"), 422, "invalid-request"),
        (&key, "PUT", Some("{}"), 422, "invalid-request"),
        (&key, "DELETE", None, 405, "no-such-method"),
        ("nobody", "GET", None, 401, "unauthenticated"),
        ("nobody", "PUT", Some("{}"), 401, "unauthenticated"),
    ] {
        let (answered, problem) = send(&house, key, method, body.map(str::to_owned)).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{method} {body:?}: {problem}");
    }
    let long = format!("{{\"complianceLevel\":\"{}\"}}", "x".repeat(300 * 1024));
    assert_eq!(send(&house, &key, "PUT", Some(long)).await.0, 413);
    assert_eq!(send(&house, &key, "GET", None).await, (200, changed), "what is refused changes nothing");
}
