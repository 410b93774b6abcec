//! Cases over our own API and the command line, on the real binary.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::house::{Client, House, Reply, http};

#[derive(Clone)]
pub struct Desk {
    pub base: String,
    pub key: String,
    pub http: reqwest::Client,
}

impl Desk {
    /// A desk of a tenant, and that tenant's client.
    pub async fn at(house: &House, name: &str, four_eyes: &str) -> (Self, Client) {
        let made = house.run_well(&["tenant", "create", "--name", name, "--json"]);
        let made: Value = serde_json::from_str(&made).expect("one JSON object");
        let text = |name: &str| made[name].as_str().expect("told").to_owned();
        let tenant = crate::house::Tenant {
            id: text("tenantId"),
            client_id: text("clientId"),
            client_secret: text("clientSecret"),
        };
        house.run_well(&["tenant", "set", &tenant.id, &format!("cases.fourEyes={four_eyes}")]);
        let client = house.client_of(tenant).await;
        (Self { base: house.address().to_owned(), key: text("apiKey"), http: http() }, client)
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Reply {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        request = request.header("authorization", format!("ApiKey {}", self.key));
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("answered");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("text");
        Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::Null), text, headers }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &Value::Null, &[]).await
    }

    pub async fn act(&self, case: &str, act: &str, body: Value) -> Reply {
        self.send("POST", &format!("/v1/cases/{case}/{act}"), &body, &[]).await
    }
}

/// A house with a listed customer, its desk, and its case.
async fn suspect(house: &House, name: &str, four_eyes: &str) -> (Desk, Client, String, String) {
    let (desk, client) = Desk::at(house, name, four_eyes).await;
    let customer = client.onboard(&client.person("Victor", "Sampleov", "1961-03-14")).await;
    client.scans(&customer, "Failed", "Clear").await;
    let listed = desk.get("/v1/cases?state=unclosed").await;
    assert_eq!((listed.status, &listed.body["next"]), (200, &Value::Null), "{}", listed.text);
    let case = &listed.body["cases"][0];
    assert_eq!((&case["customer"], &case["hits"]), (&json!(customer), &json!(1)));
    let case = case["id"].as_str().expect("an id").to_owned();
    (desk, client, customer, case)
}

#[tokio::test]
async fn a_reviewer_sees_both_sides_and_another_person_confirms() {
    let house = House::open();
    house.sample_list().await;
    let (desk, client, customer, case) = suspect(&house, "Four Eyes Bank", "all").await;
    let shown = desk.get(&format!("/v1/cases/{case}")).await;
    assert_eq!((shown.status, shown.headers["etag"].to_str().ok()), (200, Some("\"1\"")), "{}", shown.text);
    let view = &shown.body["case"];
    assert_eq!((&view["state"], &view["priority"]), (&json!("open"), &json!("urgent")));
    assert_eq!((&view["customer"]["id"], &view["customer"]["name"]), (&json!(customer), &json!("Victor Sampleov")));
    let hit = &view["questions"][0]["hits"][0];
    assert_eq!((&hit["id"], &hit["entity"], &hit["caption"]), (&json!("h1"), &json!("s-1"), &json!("Viktor Sampleov")));
    assert_eq!(hit["listVersion"].as_str().map(str::len), Some(64));
    let evidence = hit["evidence"].as_array().expect("a list");
    let birth = evidence.iter().find(|one| one["feature"] == "birth_date").expect("told");
    let expected = json!({"feature": "birth_date", "finding": "agrees", "reason": "same day",
        "customer": "1961-03-14", "listed": "1961-03-14"});
    assert_eq!(*birth, expected);

    let decision = json!({"by": "Ana", "hit": "h1", "outcome": "false-positive", "reason": "another passport"});
    let stale = desk.send("POST", &format!("/v1/cases/{case}/decisions"), &decision, &[("if-match", "\"9\"")]).await;
    assert_eq!((stale.status, &stale.body["code"]), (412, &json!("stale")));
    let proposed = desk.send("POST", &format!("/v1/cases/{case}/decisions"), &decision, &[("if-match", "\"1\"")]).await;
    assert_eq!(
        (proposed.status, &proposed.body["case"]["awaitsConfirmation"]),
        (200, &json!(true)),
        "{}",
        proposed.text
    );
    assert_eq!(proposed.body["case"]["questions"][0]["hits"][0]["answer"]["standing"], "proposed");
    client.scans(&customer, "Reviewing", "Clear").await;

    let confirmations = format!("/v1/cases/{case}/confirmations");
    let unseen = desk.act(&case, "confirmations", json!({"by": "bob"})).await;
    assert_eq!((unseen.status, &unseen.body["code"]), (428, &json!("precondition-required")));
    let old = desk.act(&case, "confirmations", json!({"by": "bob", "version": 1})).await;
    assert_eq!((old.status, &old.body["code"]), (412, &json!("stale")));
    let herself = desk.send("POST", &confirmations, &json!({"by": "ana"}), &[("if-match", "\"2\"")]).await;
    assert_eq!((herself.status, &herself.body["code"]), (409, &json!("conflict")), "{}", herself.text);
    let bob = desk.send("POST", &confirmations, &json!({"by": "bob"}), &[("if-match", "\"2\"")]).await;
    assert_eq!((bob.status, &bob.body["case"]["state"]), (200, &json!("closed")), "{}", bob.text);
    let answer = &bob.body["case"]["questions"][0]["hits"][0]["answer"];
    assert_eq!((&answer["standing"], &answer["second"]["by"]), (&json!("confirmed"), &json!("bob")));
    client.scans(&customer, "Clear", "Clear").await;
    let closed = desk.act(&case, "take", json!({"by": "ana"})).await;
    assert_eq!((closed.status, &closed.body["code"]), (409, &json!("conflict")));
    assert_eq!(desk.get("/v1/cases?state=unclosed").await.body["cases"], json!([]));
    house.run_well(&["audit", "verify"]);
    for secret in ["Sampleov", "another passport"] {
        assert!(!house.log().contains(secret), "{secret} in the log");
    }
}

#[tokio::test]
async fn work_on_a_case_is_kept_and_files_come_back_byte_for_byte() {
    let house = House::open();
    house.sample_list().await;
    let (desk, _, _, case) = suspect(&house, "Files Bank", "none").await;
    let assigned = desk.act(&case, "assign", json!({"by": "ana", "to": "bob"})).await;
    assert_eq!((assigned.status, &assigned.body["case"]["assignment"]["to"]), (200, &json!("bob")));
    let noted = desk.act(&case, "comments", json!({"by": "bob", "text": "called\nthe branch"})).await;
    assert_eq!(noted.body["case"]["comments"][0]["text"], "called\nthe branch");
    // More than the bound of other bodies, with a mark that must not be found in any file of the house.
    let mark = b"PLANTED-IN-A-PASSPORT";
    let content: Vec<u8> = mark.iter().copied().cycle().take(1_000_003).collect();
    let upload = json!({"by": "bob", "name": "Sampleov passport.png", "contentType": "image/png",
        "content": BASE64_STANDARD.encode(&content)});
    let attached = desk.act(&case, "attachments", upload).await;
    assert_eq!(attached.status, 200, "{}", attached.text);
    let file = &attached.body["case"]["attachments"][0];
    assert_eq!((&file["name"], &file["bytes"]), (&json!("Sampleov passport.png"), &json!(1_000_003)));
    let path = format!("/v1/cases/{case}/attachments/{}", file["id"].as_str().expect("an id"));
    let request = desk.http.get(format!("{}{path}", desk.base)).header("authorization", format!("ApiKey {}", desk.key));
    let got = request.send().await.expect("answered");
    assert_eq!((got.status().as_u16(), got.headers()["content-type"].to_str().ok()), (200, Some("image/png")));
    assert!(got.bytes().await.expect("read") == content, "byte for byte");
    for file in std::fs::read_dir(house.data()).expect("readable").flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        let found = bytes.windows(mark.len()).any(|window| window == mark);
        assert!(!found, "{} holds the file in clear", file.path().display());
    }
    let listed = desk.get("/v1/cases?assignee=bob&priority=urgent").await;
    assert_eq!(listed.body["cases"].as_array().map(Vec::len), Some(1));
    assert_eq!(desk.get("/v1/cases?assignee=carl").await.body["cases"], json!([]));

    // Another institution sees nothing of it, whatever it does.
    let (other, _) = Desk::at(&house, "Other Bank", "none").await;
    assert_eq!(other.get("/v1/cases").await.body["cases"], json!([]));
    for reply in [
        other.get(&format!("/v1/cases/{case}")).await,
        other.get(&path).await,
        other.act(&case, "take", json!({"by": "eve"})).await,
        other.act(&case, "decisions", json!({"by": "eve", "outcome": "false-positive", "reason": "so"})).await,
        desk.get("/v1/cases/no-case").await,
        desk.act(&case, "dance", json!({"by": "ana"})).await,
    ] {
        assert_eq!((reply.status, &reply.body["code"]), (404, &json!("not-found")), "{}", reply.text);
    }
    let wrong = desk.get("/v1/cases?priority=soon&sort=up").await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    let nobody = desk.act(&case, "decisions", json!({"outcome": "maybe", "reason": "so"})).await;
    let pointers: Vec<&Value> =
        nobody.body["errors"].as_array().expect("a list").iter().map(|it| &it["pointer"]).collect();
    assert_eq!((nobody.status, pointers), (422, vec![&json!("/by"), &json!("/outcome")]));
}

#[tokio::test]
async fn pages_of_cases_cover_each_once() {
    let house = House::open();
    house.sample_list().await;
    let (desk, client, ..) = suspect(&house, "Paging Bank", "none").await;
    for _ in 0..2 {
        let customer = client.onboard(&client.person("Viktor", "Sampleov", "1961-03-14")).await;
        client.scans(&customer, "Failed", "Clear").await;
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/cases?limit=2".to_owned());
    loop {
        let page = desk.get(&path).await.body;
        seen.extend(page["cases"].as_array().expect("a list").iter().map(|case| case["id"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/cases?limit=2&cursor={next}");
    }
    let all = seen.len();
    seen.dedup();
    assert_eq!((all, seen.len()), (3, 3));
}

#[tokio::test]
async fn the_command_line_decides_hit_by_hit_with_four_eyes() {
    let house = House::open();
    house.sample_list().await;
    let (desk, client, customer, case) = suspect(&house, "Command Bank", "true-match").await;
    let note = house.data().join("note.txt");
    std::fs::write(&note, "a note").expect("written");
    let note = note.to_str().expect("a path");
    house.run_well(&["case", "assign", &case, "--to", "bob", "--by", "ana"]);
    house.run_well(&["case", "comment", &case, "called the branch", "--by", "ana"]);
    house.run_well(&["case", "attach", &case, note, "--content-type", "text/plain", "--by", "ana"]);
    let decide = |outcome: &str, by: &str| {
        let arguments =
            ["case", "decide", &case, "--hit", "h1", "--outcome", outcome, "--reason", "the passport", "--by", by];
        house.run_well(&arguments)
    };
    assert!(decide("needs-more", "ana").contains("in review by ana"));
    assert!(decide("true-match", "ana").contains("proposed"));
    let shown = house.run_well(&["case", "show", &case]);
    for line in ["h1. Viktor Sampleov", "(proposed)", "called the branch", "note.txt", "Assignee  bob", "version 6"] {
        assert!(shown.contains(line), "{line} in:\n{shown}");
    }
    let confirm = |by: &str, version: &str| house.run(&["case", "confirm", &case, "--by", by, "--seen", version]);
    assert!(!confirm("ana", "6").status.success(), "herself");
    assert!(!confirm("bob", "5").status.success(), "another version");
    house.run_well(&["case", "reject", &case, "--hit", "h1", "--by", "bob", "--reason", "look again"]);
    assert!(decide("true-match", "ana").contains("proposed"));
    assert!(confirm("bob", "8").status.success());
    client.scans(&customer, "Positive", "Clear").await;
    let view = desk.get(&format!("/v1/cases/{case}")).await.body["case"].clone();
    assert_eq!((&view["state"], &view["customer"]["checks"]["sanctions"]), (&json!("closed"), &json!("confirmed")));
    let past = view["questions"][0]["hits"][0]["past"].as_array().expect("a list").clone();
    let standings: Vec<&Value> = past.iter().map(|answer| &answer["standing"]).collect();
    assert_eq!(standings, [&json!("given"), &json!("rejected")]);
    house.run_well(&["audit", "verify"]);
}
