//! A client of the vendor's, and what the tests ask of it.

use serde_json::{Value, json};

use crate::house::{House, Reply, eventually, http};
use crate::receiver::Receiver;

/// A tenant that speaks Waldo, with its receiver.
pub struct Vendor<'h> {
    pub house: &'h House,
    pub tenant: Value,
    pub receiver: Receiver,
    http: reqwest::Client,
    pub token: String,
}

impl<'h> Vendor<'h> {
    pub async fn of(house: &'h House) -> Self {
        Self::of_kind(house, &[], "waldo.webhookUrl").await
    }

    pub async fn sandbox(house: &'h House) -> Self {
        Self::of_kind(house, &["--sandbox"], "waldo.sandboxWebhookUrl").await
    }

    async fn of_kind(house: &'h House, flags: &[&str], setting: &str) -> Self {
        let arguments = [&["tenant", "create", "--name", "Fintech", "--json"], flags].concat();
        let tenant: Value = serde_json::from_str(&house.run_well(&arguments)).expect("one JSON object");
        let receiver = Receiver::start().await;
        let mut vendor = Self { house, tenant, receiver, http: http(), token: String::new() };
        let url = format!("{setting}={}", vendor.receiver.url);
        vendor.set(&url);
        vendor.token = vendor.authenticate("/authenticate").await;
        vendor
    }

    pub fn text(&self, name: &str) -> &str {
        self.tenant[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.tenant))
    }

    /// Sets a setting, and waits until every part of the server believes it.
    pub fn set(&self, setting: &str) {
        self.house.run_well(&["tenant", "set", self.text("tenantId"), setting, "--allow-private-callbacks"]);
        // A running server believes what it read of a tenant for a second.
        std::thread::sleep(std::time::Duration::from_millis(1_100));
    }

    pub async fn authenticate(&self, path: &str) -> String {
        let body = json!({"apiKey": self.text("waldoApiKey"), "clientSecret": self.text("waldoClientSecret")});
        let reply = self.send("POST", path, Some(&body), None).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body["token"].as_str().expect("a token").to_owned()
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>, token: Option<&str>) -> Reply {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.house.address()));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.expect("answered");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status, body, text, headers }
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, Some(body), Some(&self.token)).await
    }

    /// Sends exactly this text as JSON.
    pub async fn raw(&self, path: &str, body: &str) -> Reply {
        self.bytes(path, body.as_bytes().to_vec(), "application/json").await
    }

    /// Sends exactly these bytes.
    pub async fn bytes(&self, path: &str, body: Vec<u8>, kind: &str) -> Reply {
        let request = self.http.post(format!("{}{path}", self.house.address())).body(body);
        let request = request.header("content-type", kind).bearer_auth(&self.token);
        let response = request.send().await.expect("answered");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status, body, text, headers }
    }

    /// Moves the clock of a house that is a sandbox.
    pub async fn advance(&self, by: &str) {
        let reply = self.send("POST", "/sandbox/clock", Some(&json!({"advance": by})), None).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None, Some(&self.token)).await
    }

    /// Onboards, which must succeed.
    pub async fn onboard(&self, body: &Value) -> Value {
        let reply = self.post("/onboard", body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body
    }

    /// The customer as polling shows it.
    pub async fn customer(&self, id: &Value) -> Value {
        let reply = self.get(&format!("/customer?customerId={}", id.as_str().expect("an id"))).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body["customers"][0].clone()
    }

    /// Waits until nothing is under way, and gives the customer.
    pub async fn idle(&self, id: &Value) -> Value {
        eventually("the evaluation has ended", async || {
            let customer = self.customer(id).await;
            (customer["evaluation"]["status"] == "idle").then_some(customer)
        })
        .await
    }

    /// Waits for so many webhooks about the customer, and gives them in the order in which they came.
    pub async fn told(&self, id: &Value, count: usize) -> Vec<Value> {
        let told = || -> Vec<Value> {
            let all = self.receiver.got().into_iter().map(|received| received.body);
            all.filter(|body| body["customerId"] == *id).collect()
        };
        eventually(&format!("{count} webhooks"), async || (told().len() >= count).then_some(())).await;
        told()
    }
}

/// Runs and phases of webhooks, shortly.
pub fn steps(told: &[Value]) -> Vec<String> {
    let step = |body: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {}",
            text(&body["event"]),
            text(&body["evaluation"]["type"]),
            text(&body["evaluation"]["status"])
        )
    };
    told.iter().map(step).collect()
}

/// The tags that failed.
pub fn failed(validation: &Value) -> Vec<String> {
    let tags = validation["warningTags"].as_object().unwrap_or_else(|| panic!("tags in {validation}"));
    tags.iter().filter(|(_, tag)| tag["passed"] == false).map(|(name, _)| name.clone()).collect()
}

/// An honest person of the seed's kind, made of a number: no two share anything.
pub fn person(number: u32) -> Value {
    let first = ["Paul", "Jessica", "Duncan", "Irulan", "Gurney", "Alia", "Stilgar"][number as usize % 7];
    let last = ["Winslow", "Hartigan", "Caldbeck", "Ormsby", "Thackeray"][number as usize % 5];
    json!({
        "firstName": first, "lastName": last,
        "officialId": {"docType": "SSN", "value": format!("51{}-{:02}-{:04}", number % 9, 11 + number % 80, 1_001 + number),
            "country": "US"},
        "email": format!("{}.{}{number}@gmail.com", first.to_lowercase(), last.to_lowercase()),
        "phone": format!("(212) 736-{:04}", 1_000 + number), "dob": "1979-03-14",
        "address": format!("{} West 34th Street", 100 + number), "city": "New York", "state": "NY", "zipCode": "10001",
        "ipAddress": format!("24.193.{}.{}", number / 200, 1 + number % 200),
    })
}
