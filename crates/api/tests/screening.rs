//! The screening routes of the house over a real store, in process: who is let in, what is bounded, what is answered.

use api::{Settings, desk, edge};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request};
use serde_json::{Map, Value, json};
use service::Service;
use service::lists::ListFile;
use tempfile::TempDir;
use tower::ServiceExt;
use watchlists::formats::Source;

mod support;

const EVERYBODY: &str = "/match/default";
const OURS: &str = "/v1/screenings";

struct House {
    service: Service,
    router: Router,
    key: String,
    client: (String, String),
    _data: TempDir,
}

struct Reply {
    status: u16,
    headers: HeaderMap,
    text: String,
    body: Value,
}

impl House {
    async fn open() -> Self {
        let (service, tenant, data) = support::service().await;
        let router = api::router(service.clone());
        let client = (tenant.client_id, tenant.client_secret);
        Self { service, router, key: tenant.api_key, client, _data: data }
    }

    async fn with_list() -> Self {
        let house = Self::open().await;
        let lines = [
            json!({"id": "s-1", "schema": "Person", "properties": {"name": ["Viktor Sampleov"], "birthDate": ["1961-03-14"],
                "nationality": ["ru"], "topics": ["sanction"], "address": ["1 Sample Street, Omsk"]}}),
            json!({"id": "s-2", "schema": "Company", "properties": {"name": ["Sample Maritime Trading LLC"], "topics": ["sanction"]}}),
            json!({"id": "s/3 ü", "schema": "Person", "properties": {"name": ["Maria Exposita Sample"], "topics": ["role.pep"]}}),
        ];
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let file = ListFile { name: "sample.ftm.json".to_owned(), bytes: text.into_bytes() };
        house.service.add_list(Source::Ftm, vec![file]).await.expect("a list");
        house.service.load_lists().await.expect("loaded");
        house
    }

    async fn send(&self, router: &Router, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let (parts, body) = router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 16 << 20).await.expect("an answer");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status: parts.status.as_u16(), headers: parts.headers, text, body }
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        let key = format!("ApiKey {}", self.key);
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(&self.router, method, path, &headers, body).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &Value::Null).await
    }
}

fn viktor() -> Value {
    json!({"queries": {"q1": {"schema": "Person", "properties": {"name": ["Viktor Sampleov"], "birthDate": ["1961-03-14"]}}}})
}

fn party() -> Value {
    json!({"party": {"schema": "Person", "names": ["Viktor Sampleov"], "birthDate": "1961-03-14"}})
}

#[tokio::test]
async fn who_has_no_key_is_not_let_in() {
    let house = House::with_list().await;
    let credentials =
        json!({"grant_type": "client_credentials", "client_id": house.client.0, "client_secret": house.client.1});
    let json = ("content-type", "application/json");
    let token = house.send(&house.router, "POST", "/connect/token", &[json], Body::from(credentials.to_string())).await;
    let token = token.body["access_token"].as_str().expect("a token").to_owned();
    let open = api::router_with(house.service.clone(), Settings { open_screening: true, ..Settings::default() });

    let bearer = format!("Bearer {}", house.key);
    let (api_key, token) = (format!("ApiKey {}", house.key), format!("Bearer {token}"));
    for (presented, closed, opened, ours) in [
        (None, 401, 200, 401),
        (Some(bearer.as_str()), 200, 200, 200),
        (Some(&api_key), 200, 200, 200),
        (Some("ApiKey vsk_wrong"), 401, 401, 401),
        (Some("Basic eDp5"), 401, 401, 401),
        // A token of another dialect is no key.
        (Some(&token), 401, 401, 401),
    ] {
        let headers: Vec<_> =
            [Some(json), presented.map(|value| ("authorization", value))].into_iter().flatten().collect();
        for (router, path, body, expected) in [
            (&house.router, EVERYBODY, viktor(), closed),
            (&open, EVERYBODY, viktor(), opened),
            (&house.router, OURS, party(), ours),
            (&open, OURS, party(), ours),
        ] {
            let reply = house.send(router, "POST", path, &headers, Body::from(body.to_string())).await;
            assert_eq!(reply.status, expected, "{presented:?} {path}: {}", reply.text);
            assert_eq!(reply.headers.contains_key("www-authenticate"), expected == 401);
        }
    }
    for path in ["/search/default", "/entities/s-1", "/entities/s-1/adjacent", "/catalog", "/manifest", "/algorithms"] {
        assert_eq!(house.send(&house.router, "GET", path, &[], Body::empty()).await.status, 401, "{path}");
        assert_eq!(house.send(&open, "GET", path, &[], Body::empty()).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused() {
    let house = House::with_list().await;
    let caller = house.service.caller_of_api_key(&house.key).await.expect("known");
    let all = house.service.store().credentials(&caller.ctx).await.expect("read");
    for credential in all {
        let now = house.service.now();
        house.service.store().revoke_credential(&caller.ctx, credential.id, now).await.expect("revoked");
    }
    let started = std::time::Instant::now();
    while house.ask("POST", EVERYBODY, &viktor()).await.status == 200 {
        assert!(started.elapsed().as_secs() < 5, "it is believed for a second, and no longer");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn without_a_list_nobody_is_cleared() {
    let house = House::open().await;
    for path in ["/match/default", "/match/un"] {
        let reply = house.ask("POST", path, &viktor()).await;
        assert_eq!(
            (reply.status, reply.headers["retry-after"].to_str().ok()),
            (503, Some("1")),
            "{path}: {}",
            reply.text
        );
    }
    assert_eq!(house.get("/search/default?q=x").await.status, 503);
    assert_eq!(house.get("/catalog").await.body["datasets"], json!([]));
    let ours = house.ask("POST", OURS, &party()).await;
    assert_eq!((ours.status, &ours.body["screening"]["outcome"]), (200, &json!("unavailable")), "{}", ours.text);
}

#[tokio::test]
async fn a_batch_is_answered_label_by_label() {
    let house = House::with_list().await;
    let mut batch = viktor();
    batch["queries"]["nobody"] = json!({"schema": "Person", "properties": {"name": "Nobody Whatsoever"}});
    batch["queries"]["ship"] = json!({"schema": "Company", "properties": {"name": ["Sample Maritime Trading"]}});
    let reply = house.ask("POST", "/match/default?limit=1&algorithm=best", &batch).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.headers["x-batch-size"], "3");
    assert_eq!(reply.headers["cache-control"], "no-store");
    assert_eq!(reply.headers["request-id"].len(), 36);
    let responses = &reply.body["responses"];
    assert_eq!(responses["q1"]["results"][0]["id"], "s-1");
    assert_eq!(responses["q1"]["results"][0]["match"], true);
    assert_eq!(responses["nobody"]["results"], json!([]));
    assert_eq!(responses["ship"]["results"][0]["id"], "s-2");
    assert_eq!((&reply.body["limit"], reply.body["matcher"].as_object().map(Map::len)), (&json!(1), Some(7)));
}

#[tokio::test]
async fn ours_says_which_lists_it_looked_in() {
    let house = House::with_list().await;
    let mut body = party();
    body["lists"] = json!(["ftm", "un"]);
    let reply = house.ask("POST", OURS, &body).await;
    let screening = &reply.body["screening"];
    assert_eq!((reply.status, &screening["outcome"]), (200, &json!("hit")), "{}", reply.text);
    let lists: Vec<_> =
        screening["lists"].as_array().expect("a list").iter().map(|list| (&list["list"], &list["status"])).collect();
    assert_eq!(lists, [(&json!("ftm"), &json!("inForce")), (&json!("un"), &json!("missing"))]);
    assert_eq!(screening["matches"][0]["entity"]["id"], "s-1");
    body["party"]["names"] = json!(["Nobody Whatsoever"]);
    assert_eq!(house.ask("POST", OURS, &body).await.body["screening"]["outcome"], "unavailable");
    body["lists"] = json!(["ftm"]);
    assert_eq!(house.ask("POST", OURS, &body).await.body["screening"]["outcome"], "clear");
}

#[tokio::test]
async fn mistakes_are_told_in_each_apis_shape() {
    let house = House::with_list().await;
    let queries = |query: Value| json!({"queries": {"q1": query}});
    for (path, body, status) in [
        ("/match/nowhere", viktor(), 404),
        ("/match/default?limit=501", viktor(), 422),
        ("/match/default?threshold=70", viktor(), 422),
        ("/match/default?algorithm=logic-v1", viktor(), 400),
        ("/match/default?topics=nonsense", viktor(), 400),
        ("/match/default", queries(json!({"schema": "Nonsense", "properties": {}})), 400),
        ("/match/default", queries(json!({"properties": {}})), 422),
        ("/match/default", json!({"queries": {}}), 400),
        ("/match/default", json!("x"), 422),
    ] {
        let reply = house.ask("POST", path, &body).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        let detail = &reply.body["detail"];
        assert!(if status == 422 { detail[0]["loc"].is_array() } else { detail.is_string() }, "{}", reply.text);
    }
    let key = format!("Bearer {}", house.key);
    let broken = |path: &'static str, kind: &'static str, body: &str| {
        let headers = [("authorization", key.clone()), ("content-type", kind.to_owned())];
        let body = Body::from(body.to_owned());
        let house = &house;
        async move {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            house.send(&house.router, "POST", path, &headers, body).await
        }
    };
    let json_kind = "application/json";
    for (path, kind, body, status, code) in [
        (EVERYBODY, json_kind, "{\"queries\": ", 422, ""),
        (EVERYBODY, "text/plain", "{}", 422, ""),
        (OURS, json_kind, "{\"party\": ", 400, "malformed-json"),
        (OURS, json_kind, "{\"party\": {\"names\": [7]}}", 422, "invalid-request"),
        (OURS, "text/plain", "{}", 415, "unsupported-media-type"),
    ] {
        let reply = broken(path, kind, body).await;
        assert_eq!(
            (reply.status, reply.body["code"].as_str().unwrap_or_default()),
            (status, code),
            "{path}: {}",
            reply.text
        );
        if path == OURS {
            assert_eq!(reply.headers["content-type"], "application/problem+json");
            assert_eq!(
                reply.body["instance"],
                format!("urn:uuid:{}", reply.headers["request-id"].to_str().expect("text"))
            );
        }
    }
    let pointed = house.ask("POST", OURS, &json!({"party": {"names": ["A", 7]}, "limit": 0})).await;
    let pointers: Vec<_> =
        pointed.body["errors"].as_array().expect("a list").iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/party/names/1", "/limit"]);
    for (path, large) in [(EVERYBODY, 5 << 20), (OURS, 300 << 10)] {
        let reply = broken(path, json_kind, &"x".repeat(large)).await;
        assert_eq!(reply.status, 413, "{path}: {}", reply.text);
    }
    for (method, path) in [("GET", EVERYBODY), ("GET", OURS), ("POST", "/search/default"), ("DELETE", "/entities/s-1")]
    {
        let reply = house.ask(method, path, &Value::Null).await;
        assert!(reply.status == 405 && reply.headers.contains_key("allow"), "{method} {path}: {}", reply.text);
    }
    let statements = house.get("/statements").await;
    assert_eq!((statements.status, statements.body["detail"].is_string()), (501, true));
}

#[tokio::test]
async fn entities_are_shown_with_what_belongs_to_them() {
    let house = House::with_list().await;
    let nested = house.get("/entities/s-1").await.body;
    assert_eq!((&nested["caption"], &nested["datasets"]), (&json!("Viktor Sampleov"), &json!(["ftm"])));
    assert_eq!(nested["properties"]["sanctions"][0]["schema"], "Sanction");
    let flat = house.get("/entities/s-1?nested=false").await.body;
    assert!(flat["properties"].get("sanctions").is_none() && flat["properties"]["name"].is_array());
    let adjacent = house.get("/entities/s-1/adjacent").await.body;
    assert_eq!(adjacent["entity"]["id"], "s-1");
    let addresses = &adjacent["adjacent"]["addressEntity"];
    assert_eq!((&addresses["total"]["value"], &addresses["results"][0]["schema"]), (&json!(1), &json!("Address")));
    let page = house.get("/entities/s-1/adjacent/addressEntity?limit=1&offset=1").await.body;
    assert_eq!(page, json!({"limit": 1, "offset": 1, "total": {"value": 1, "relation": "eq"}, "results": []}));
    assert_eq!(house.get("/entities/s%2F3%20%C3%BC").await.body["caption"], "Maria Exposita Sample");
    for path in ["/entities/s-9", "/entities/%ff", "/entities/s-1/adjacent/name", "/entities/s-9/adjacent"] {
        let reply = house.get(path).await;
        assert_eq!((reply.status, reply.body["detail"].is_string()), (404, true), "{path}: {}", reply.text);
    }
    assert_eq!(house.get("/entities/s-1?nested=maybe").await.status, 422);
}

#[tokio::test]
async fn lists_and_names_can_be_looked_up() {
    let house = House::with_list().await;
    let found = house.get("/search/default?q=sample&limit=1&offset=1").await.body;
    assert_eq!(
        (&found["total"]["value"], &found["offset"], found["results"].as_array().map(Vec::len)),
        (&json!(2), &json!(1), Some(1))
    );
    assert_eq!(found["facets"]["datasets"]["values"][0]["count"], 2);
    let peps = house.get("/search/peps?q=").await.body;
    assert_eq!(peps["results"][0]["caption"], "Maria Exposita Sample");
    let catalog = house.get("/catalog").await.body;
    let names: Vec<_> = catalog["datasets"].as_array().expect("a list").iter().map(|set| &set["name"]).collect();
    assert_eq!(names, ["default", "sanctions", "peps", "ftm"]);
    let algorithms = house.get("/algorithms").await.body;
    assert_eq!(
        (&algorithms["default"], &algorithms["algorithms"][0]["name"]),
        (&json!("vestibule"), &json!("vestibule"))
    );
}

#[tokio::test]
async fn a_full_desk_says_so_in_each_apis_shape() {
    let house = House::with_list().await;
    let none = desk::Limits { requests_max: 0, ..desk::Limits::default() };
    let full = api::router_within(house.service.clone(), Settings::default(), edge::Limits::default(), none);
    let key = format!("ApiKey {}", house.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    for (path, body) in [(EVERYBODY, viktor()), (OURS, party())] {
        let reply = house.send(&full, "POST", path, &headers, Body::from(body.to_string())).await;
        assert_eq!(
            (reply.status, reply.headers["retry-after"].to_str().ok()),
            (429, Some("1")),
            "{path}: {}",
            reply.text
        );
        assert!(reply.body["detail"].is_string(), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_large_batch_does_not_hold_up_the_rest() {
    let house = House::with_list().await;
    let limits = desk::Limits { seats: 1, ..desk::Limits::default() };
    let router = api::router_within(
        house.service.clone(),
        Settings { open_screening: true, ..Settings::default() },
        edge::Limits::default(),
        limits,
    );
    let query = |number: usize| {
        let names: Vec<String> = (0..30).map(|name| format!("Viktor Number{name} Sampleov{number}")).collect();
        (format!("q{number}"), json!({"schema": "Person", "properties": {"name": names}}))
    };
    let large = json!({"queries": (0..100).map(query).collect::<Map<String, Value>>()});
    let json_kind = [("content-type", "application/json")];
    let slow = async {
        let reply = house.send(&router, "POST", EVERYBODY, &json_kind, Body::from(large.to_string())).await;
        assert_eq!(reply.body["responses"].as_object().map(Map::len), Some(100), "{}", reply.status);
        std::time::Instant::now()
    };
    let quick = async {
        tokio::task::yield_now().await;
        let reply = house.send(&router, "POST", EVERYBODY, &json_kind, Body::from(viktor().to_string())).await;
        assert_eq!(reply.status, 200);
        std::time::Instant::now()
    };
    let (slow, quick) = tokio::join!(slow, quick);
    assert!(quick < slow, "the small one had to wait for the large one");
}
