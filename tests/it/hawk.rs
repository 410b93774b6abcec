//! The Hawk dialect, as its document's reader would use it.

mod callbacks;
mod checks;
mod companies;
mod pace;
mod rerating;
mod reviews;

use serde_json::{Value, json};

use crate::house::{House, Reply, eventually, http};

/// The vendor's example with every field filled, byte for byte.
pub const EXAMPLE: &str = include_str!("hawk/example.json");

/// An institution that speaks Hawk.
#[derive(Clone)]
pub struct Sender {
    pub base: String,
    pub key: String,
    pub tenant: String,
    pub secret: String,
    http: reqwest::Client,
}

impl Sender {
    pub fn at(house: &House) -> Self {
        let made = house.run_well(&["tenant", "create", "--name", "Hawk Bank", "--json"]);
        let made: Value = serde_json::from_str(&made).expect("one JSON object");
        let text = |name: &str| made[name].as_str().map(str::to_owned);
        Self {
            base: house.address().to_owned(),
            key: text("apiKey").expect("a key"),
            tenant: text("tenantKey").expect("a key"),
            secret: text("hawkCallbackSecret").expect("a secret"),
            http: http(),
        }
    }

    pub async fn send(&self, path: &str, body: impl Into<reqwest::Body>, key: Option<&str>) -> Reply {
        let mut request = self.http.post(format!("{}{path}", self.base)).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("api-key", key);
        }
        reply(request.body(body).send().await.expect("answered")).await
    }

    pub async fn check(&self, body: &Value) -> Reply {
        self.send("/v1/customerChecks", body.to_string(), Some(&self.key)).await
    }

    /// Our own API.
    pub async fn get(&self, path: &str) -> Reply {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.key);
        reply(request.send().await.expect("answered")).await
    }

    /// The customer of this id of the sender's, as our own API shows it.
    pub async fn customer(&self, id: &str) -> Value {
        let reply = self.get(&format!("/v1/customers?externalId={id}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body
    }

    pub async fn open_case(&self, id: &str) -> Value {
        eventually("an open case", async || {
            let customer = self.customer(id).await;
            customer["openCase"].is_object().then(|| customer["openCase"].clone())
        })
        .await
    }
}

async fn reply(response: reqwest::Response) -> Reply {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("text");
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Reply { status, body, text, headers }
}

/// A person without anything remarkable.
pub fn person(id: &str, first: &str, last: &str) -> Value {
    json!({"masterData": {"accountHoldingPartyData": {"customerId": id, "customerType": "INDIVIDUAL",
        "personalDetails": {"personName": {"firstName": first, "lastName": last}, "dateOfBirth": "1977-01-08",
            "countryOfResidence": "DE", "nationality": "DE", "countryOfBirth": "DE", "occupation": "Teacher"}}}})
}

/// The fixture's sanctioned person.
pub fn listed(id: &str) -> Value {
    let mut listed = person(id, "Viktor", "Sampleov");
    let details = &mut listed["masterData"]["accountHoldingPartyData"]["personalDetails"];
    details["dateOfBirth"] = json!("1961-03-14");
    details["nationality"] = json!("RU");
    listed
}

/// An operator decides all that the case asks about hits.
pub fn decide(house: &House, case: &Value, outcome: &str) {
    let id = case["caseId"].as_str().expect("an id");
    house.run_well(&["case", "decide", id, outcome, "--reason", "Looked at the passport."]);
}
