//! Screening over HTTP: the field's clients and our own API, on the real binary.

use serde_json::{Value, json};

use crate::house::{House, Reply, eventually, http};

struct Desk {
    base: String,
    key: String,
    http: reqwest::Client,
}

impl Desk {
    fn at(house: &House) -> Self {
        let made = house.run_well(&["tenant", "create", "--name", "Screening Bank", "--json"]);
        let made: Value = serde_json::from_str(&made).expect("one JSON object");
        let key = made["apiKey"].as_str().expect("a key").to_owned();
        Self { base: house.address().to_owned(), key, http: http() }
    }

    async fn send(&self, method: &str, path: &str, body: &Value, key: Option<&str>) -> Reply {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        if let Some(key) = key {
            request = request.header("authorization", format!("ApiKey {key}"));
        }
        let response = request.send().await.expect("answered");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status, body, text, headers }
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, body, Some(&self.key)).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &Value::Null, Some(&self.key)).await
    }
}

fn example(name: &str) -> Value {
    json!({"schema": "Person", "properties": {"name": [name], "birthDate": ["1961-03-14"], "nationality": ["ru"]}})
}

#[tokio::test]
async fn a_client_of_the_field_screens_a_batch() {
    let house = House::open();
    house.sample_list().await;
    let desk = Desk::at(&house);
    let batch =
        json!({"weights": {}, "queries": {"q1": example("Viktor Sampleov"), "q2": example("Somebody Unlisted")}});
    let reply = desk.post("/match/default?threshold=0.7&limit=5", &batch).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let result = &reply.body["responses"]["q1"]["results"][0];
    assert_eq!((&result["id"], &result["match"], &result["target"]), (&json!("s-1"), &json!(true), &json!(true)));
    assert_eq!(result["properties"]["topics"], json!(["sanction"]));
    assert!(result["score"].as_f64().is_some_and(|score| score > 0.95), "{result}");
    for member in
        ["caption", "schema", "datasets", "referents", "first_seen", "last_seen", "last_change", "explanations"]
    {
        assert!(result.get(member).is_some(), "{member} in {result}");
    }
    for feature in ["name", "birth_date", "country"] {
        assert!(result["features"][feature].is_number(), "{feature} in {result}");
    }
    assert_eq!(reply.body["responses"]["q2"]["results"], json!([]));

    let id = result["id"].as_str().expect("an id");
    let entity = desk.get(&format!("/entities/{id}")).await;
    assert_eq!((entity.status, &entity.body["caption"]), (200, &json!("Viktor Sampleov")));
    let catalog = desk.get("/catalog").await;
    assert_eq!(catalog.body["current"], json!(["ftm"]));
}

#[tokio::test]
async fn nobody_is_found_before_a_list_is_there_and_everybody_after() {
    let house = House::open();
    let desk = Desk::at(&house);
    let batch = json!({"queries": {"q1": example("Viktor Sampleov")}});
    let party = json!({"party": {"schema": "Person", "names": ["Somebody Unlisted"]}});
    assert_eq!(desk.post("/match/default", &batch).await.status, 503);
    assert_eq!(desk.post("/v1/screenings", &party).await.body["screening"]["outcome"], "unavailable");
    house.sample_list().await;
    eventually("the list is looked in", async || {
        let reply = desk.post("/match/sanctions", &batch).await;
        (reply.status == 200 && reply.body["responses"]["q1"]["results"][0]["id"] == "s-1").then_some(())
    })
    .await;
    assert_eq!(desk.post("/v1/screenings", &party).await.body["screening"]["outcome"], "clear");
    let hit = json!({"party": {"schema": "Person", "names": ["Viktor Sampleov"], "birthDate": "1961-03-14"}});
    let screening = desk.post("/v1/screenings", &hit).await.body["screening"].clone();
    assert_eq!((&screening["outcome"], &screening["matches"][0]["entity"]["id"]), (&json!("hit"), &json!("s-1")));
}

#[tokio::test]
async fn questions_are_not_logged_and_keys_are_asked_for() {
    let house = House::open();
    house.sample_list().await;
    let desk = Desk::at(&house);
    let batch =
        json!({"queries": {"Zebulon Quux 1": example("Zebulon Quux"), "q2": {"schema": "Zebulon", "properties": {}}}});
    assert_eq!(desk.post("/match/default", &batch).await.status, 400);
    let batch = json!({"queries": {"q1": example("Zebulon Quux")}});
    assert_eq!(desk.post("/match/default", &batch).await.status, 200);
    assert_eq!(desk.get("/search/default?q=Zebulon+Quux&limit=2").await.status, 200);
    assert_eq!(desk.get("/search/Zebulon?q=Zebulon").await.status, 404);
    assert_eq!(desk.get("/entities/Zebulon").await.status, 404);
    let party = json!({"party": {"names": ["Zebulon Quux"], "Zebulon": 1}});
    assert_eq!(desk.post("/v1/screenings", &party).await.status, 422);
    for key in [None, Some("vsk_Zebulon")] {
        assert_eq!(desk.send("POST", "/match/default", &batch, key).await.status, 401);
        assert_eq!(desk.send("POST", "/v1/screenings", &party, key).await.status, 401);
    }
    let log = house.log();
    assert!(log.contains("/search/{dataset}") && log.contains("/v1/screenings"), "{log}");
    assert!(!log.contains("Zebulon") && !log.contains(&desk.key), "{log}");
}

#[tokio::test]
async fn many_batches_at_once_are_answered_or_told_to_come_again() {
    let house = House::open();
    house.sample_list().await;
    let desk = Desk::at(&house);
    let queries: serde_json::Map<String, Value> =
        (0..100).map(|number| (format!("q{number}"), example(&format!("Viktor Sampleov {number}")))).collect();
    let batch = json!({"queries": queries});
    let all = (0..100).map(|_| desk.post("/match/default", &batch));
    let replies = futures_of(all).await;
    let answered = replies.iter().filter(|reply| reply.status == 200).count();
    assert!(answered >= 64, "{answered} of 100");
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!((reply.status, reply.headers.contains_key("retry-after")), (429, true), "{}", reply.text);
    }
    assert_eq!(desk.post("/match/default", &batch).await.status, 200);
}

/// All of them at the same time.
async fn futures_of<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        running.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if running.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}
