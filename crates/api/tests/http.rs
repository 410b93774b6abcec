//! The routes of the house over a real store, in process: what a client sees of paths, methods, headers and bodies.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

mod support;

const CUSTOMERS: &str = "/core/v1/cm/customers";

struct House {
    router: Router,
    partner: String,
    token: String,
    _data: TempDir,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    body: Value,
}

impl House {
    async fn open() -> Self {
        let (service, tenant, data) = support::service().await;
        let mut house = Self {
            router: api::router(service),
            partner: tenant.tenant.id.to_string(),
            token: String::new(),
            _data: data,
        };
        let credentials = json!({
            "grant_type": "client_credentials", "client_id": tenant.client_id, "client_secret": tenant.client_secret,
        });
        let token = house.send("POST", "/Connect/Token/", &[], credentials.to_string()).await;
        house.token = token.body["access_token"].as_str().expect("a token").to_owned();
        house
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a short answer");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, text, body }
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(method, path, &[("authorization", &bearer)], body).await
    }

    fn bob(&self) -> Value {
        json!({
            "partnerId": self.partner, "name": { "firstName": "Bob", "lastName": "Smith" }, "classification": "Personal",
            "profile": { "taxIdType": "Ssn", "taxId": "119988776", "birthDate": "1953-09-22", "riskRating": "Low" },
        })
    }

    async fn let_in(&self, body: &Value) -> String {
        let made = self.ask("POST", CUSTOMERS, body).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text);
        made.body["id"].as_str().expect("an id").to_owned()
    }
}

fn code(reply: &Reply) -> Option<u64> {
    reply.body["Errors"][0]["Code"].as_u64()
}

#[tokio::test]
async fn every_answer_has_the_houses_headers() {
    let house = House::open().await;
    for (method, path, status, error) in [
        ("GET", CUSTOMERS, 200, None),
        ("GET", "/nothing", 404, Some(2001)),
        ("GET", "/core", 404, Some(2001)),
        ("GET", "/v1/cm/customers/x", 404, Some(2000)),
        ("GET", "/v1/cm/customers/9052b6a5-3f09-41d1-b526-ade80104eb79", 404, Some(2000)),
        ("DELETE", CUSTOMERS, 405, Some(2002)),
        ("GET", "/connect/token", 405, Some(2002)),
        ("POST", "/webhooks/v1/events/poll", 405, Some(2002)),
        ("GET", "/webhooks/v1/events/poll", 204, None),
    ] {
        let reply = house.ask(method, path, &Value::Null).await;
        assert_eq!((reply.status.as_u16(), code(&reply)), (status, error), "{method} {path}: {}", reply.text);
        assert_eq!(reply.headers["request-id"].len(), 36, "{path}");
        assert_eq!(reply.headers["cache-control"], "no-store");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        assert_eq!(reply.headers.contains_key("allow"), status == 405, "{method} {path}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(house.send("GET", path, &[], Body::empty()).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn bodies_are_bounded_and_must_be_json() {
    let house = House::open().await;
    let bearer = format!("Bearer {}", house.token);
    let authorized = [("authorization", bearer.as_str())];
    let large = format!("{{\"x\":\"{}\"}}", "y".repeat(1 << 20));
    let twice = house.bob().to_string().replace("\"classification\"", "\"partnerId\":1,\"classification\"");
    for (body, status, error) in [
        (Vec::new(), 400, 1010),
        (b"{\"a\":".to_vec(), 400, 1010),
        (b"{\"a\":\"\xff\"}".to_vec(), 400, 1010),
        ("[".repeat(1000).into_bytes(), 400, 1010),
        (twice.into_bytes(), 400, 1010),
        (b"[]".to_vec(), 400, 1001),
        (large.into_bytes(), 413, 1011),
    ] {
        let reply = house.send("POST", CUSTOMERS, &authorized, body).await;
        assert_eq!((reply.status.as_u16(), code(&reply)), (status, Some(error)), "{}", reply.text);
    }
    let text = Request::post(CUSTOMERS).header("authorization", &bearer).header("content-type", "text/plain");
    let text = text.body(Body::from(house.bob().to_string())).expect("a request");
    let refused = house.router.clone().oneshot(text).await.expect("infallible");
    assert_eq!(refused.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let unsaid = Request::post(CUSTOMERS).header("authorization", &bearer);
    let unsaid = unsaid.body(Body::from(house.bob().to_string())).expect("a request");
    assert_eq!(house.router.clone().oneshot(unsaid).await.expect("infallible").status(), StatusCode::OK);
}

#[tokio::test]
async fn an_answer_is_given_again_on_whichever_path() {
    let house = House::open().await;
    let bearer = format!("Bearer {}", house.token);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "one")];
    let first = house.send("POST", CUSTOMERS, &headers, house.bob().to_string()).await;
    let again = house.send("POST", "/V1/cm/Customers/", &headers, house.bob().to_string()).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(again.headers["original-request-id"], first.headers["request-id"]);
    let spaced = house.send("POST", CUSTOMERS, &headers, format!(" {}", house.bob())).await;
    assert_ne!(spaced.body["id"], first.body["id"], "a changed body is a new request");
    let elsewhere = house.send("POST", "/webhooks/v1/registrations", &headers, house.bob().to_string()).await;
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST, "another path is another request");
}

#[tokio::test]
async fn a_customer_is_renamed_reprofiled_and_patched() {
    let house = House::open().await;
    let id = house.let_in(&house.bob()).await;
    let path = format!("{CUSTOMERS}/{id}");
    let named = house.ask("PUT", &format!("{path}/name"), &json!({ "firstName": "Rob", "lastName": "Smith" })).await;
    assert_eq!(named.body["name"]["fullName"], "Rob Smith");
    let profile = json!({ "taxIdType": "Itin", "taxId": "912345678", "birthDate": "1954-01-02" });
    let profiled = house.ask("PUT", &format!("{path}/profile"), &profile).await;
    assert_eq!(profiled.body["profile"]["riskRating"], Value::Null, "the whole profile is another");
    assert_eq!(profiled.body["profile"]["taxIdType"], "Itin");
    let patch = json!({ "name": { "suffix": "Jr" }, "profile": { "riskRating": "High", "regO": true } });
    let patched = house.ask("PATCH", &path, &patch).await;
    assert_eq!(
        (&patched.body["name"]["fullName"], &patched.body["profile"]["regO"]),
        (&json!("Rob Smith Jr"), &json!(true))
    );
    let read = house.ask("GET", &path, &Value::Null).await;
    assert_eq!(read.text, patched.text);
    for (method, path, body, status, error) in [
        ("PUT", format!("{path}/name"), json!({ "firstName": "Rob" }), 400, 1000),
        ("PUT", format!("{path}/profile"), json!({}), 400, 1000),
        ("PATCH", path.clone(), json!({ "classification": "Business" }), 400, 2011),
        ("PATCH", path.clone(), json!({ "partnerId": "9052b6a5-3f09-41d1-b526-ade80104eb79" }), 403, 3002),
        ("PATCH", path.clone(), json!({ "partnerId": 7 }), 400, 1001),
        (
            "PATCH",
            path.clone(),
            json!({ "profile": { "primaryOwnerCustomerId": "9052b6a5-3f09-41d1-b526-ade80104eb79" } }),
            400,
            2008,
        ),
    ] {
        let reply = house.ask(method, &path, &body).await;
        assert_eq!((reply.status.as_u16(), code(&reply)), (status, Some(error)), "{method} {body}: {}", reply.text);
    }
    assert_eq!(house.ask("GET", &path, &Value::Null).await.text, read.text, "nothing was changed by what was refused");
}

#[tokio::test]
async fn owners_and_records_are_refused_in_the_dialects_words() {
    let house = House::open().await;
    let bob = house.let_in(&house.bob()).await;
    let business = json!({
        "classification": "Business", "name": { "entityName": "Example Corp" },
        "profile": { "taxIdType": "Ein", "taxId": "999000004", "dateFormed": "1981-06-25", "primaryOwnerCustomerId": bob },
    });
    let business = house.let_in(&business).await;
    let owner = |share: u32| json!({ "ownerCustomerId": bob, "ownerTitle": "CEO", "ownershipPercentage": share });
    let owners = format!("{CUSTOMERS}/{business}/beneficial-owners");
    let added = house.ask("POST", &owners, &owner(60)).await;
    assert_eq!((added.status, &added.body["isPrimary"]), (StatusCode::OK, &json!(true)), "{}", added.text);
    let nobody = json!({ "ownerCustomerId": business, "ownershipPercentage": 5 });
    let unknown = json!({ "ownerCustomerId": house.partner, "ownershipPercentage": 5 });
    let elsewhere = format!("{CUSTOMERS}/{}/beneficial-owners", house.partner);
    let of_bob = format!("{CUSTOMERS}/{bob}/beneficial-owners");
    let record = format!("{CUSTOMERS}/{bob}/phones/{business}");
    let phone = json!({ "phoneType": "Mobile", "phoneNumber": "2015552345" });
    for (method, path, body, status, error) in [
        ("POST", &owners, &owner(10), 409, 2009),
        ("POST", &owners, &nobody, 400, 2008),
        ("POST", &owners, &unknown, 400, 2008),
        ("POST", &elsewhere, &owner(5), 404, 2000),
        ("POST", &of_bob, &owner(5), 400, 2007),
        ("PUT", &record, &phone, 404, 2000),
        ("DELETE", &record, &Value::Null, 404, 2000),
    ] {
        let reply = house.ask(method, path, body).await;
        assert_eq!((reply.status.as_u16(), code(&reply)), (status, Some(error)), "{method} {path}: {}", reply.text);
    }
    let one = format!("{owners}/{}", added.body["id"].as_str().expect("an id"));
    let changed = house.ask("PUT", &one, &json!({ "ownerTitle": "Chair", "ownershipPercentage": 25.5 })).await;
    assert_eq!((&changed.body["ownerTitle"], &changed.body["ownershipPercentage"]), (&json!("Chair"), &json!(25.5)));
    assert_eq!(house.ask("DELETE", &one, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.ask("GET", &one, &Value::Null).await.status, StatusCode::NOT_FOUND);
}
