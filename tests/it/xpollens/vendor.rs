//! An institution that speaks Xpollens, with the callbacks it receives, and a customer of its own.

use serde_json::{Value, json};

use crate::house::{Client, House, Reply, Tenant, eventually, http};
use crate::receiver::{Received, Receiver};
use crate::waldo::document::png;

/// A tenant with a token of the vendor's scope.
pub struct Vendor {
    pub client: Client,
    pub receiver: Receiver,
}

impl Vendor {
    /// A sandbox tenant whose callbacks are received.
    pub async fn open(house: &House) -> Self {
        Self::of(house, house.tenant(&["--sandbox"])).await
    }

    pub async fn of(house: &House, tenant: Tenant) -> Self {
        let receiver = Receiver::start().await;
        set(house, &tenant, &format!("xpollens.callbackUrl={}", receiver.url));
        Self { client: client_of(house, tenant).await, receiver }
    }

    /// The same, asked at a house that was started again.
    pub fn at(self, house: &House) -> Self {
        Self { client: self.client.at(house.address()), ..self }
    }

    /// Lets somebody in by the seed's path.
    pub async fn create(&self, user: &str, alias: &str) {
        let reply = self.client.post(&format!("/api/v1.1/users/{user}"), &person(user, alias)).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        assert_eq!(reply.body["appUserId"], user);
    }

    /// Takes one of the steps, whichever.
    pub async fn take(&self, step: Step, user: &str) {
        match step {
            Step::Declarative => self.declare(user).await,
            Step::Tax => self.sign("approved", &self.ask_tax(user).await).await,
            Step::Terms => self.sign("approved", &self.ask_terms(user).await).await,
            Step::Document => self.show(user, "ID_CARD").await,
            Step::Selfie => self.show(user, "SELFIE").await,
        }
    }

    pub async fn declare(&self, user: &str) {
        let body = json!({"economicActivity": "37", "asset": 2, "income": 3});
        let reply = self.client.post(&format!("/api/v2.0/users/{user}/declarative"), &body).await;
        assert_eq!((reply.status, &reply.body), (200, &body), "{}", reply.text);
    }

    pub async fn ask_tax(&self, user: &str) -> String {
        let body = json!({"Americanness": false, "TaxInfo": [{"TaxCountry": "FR", "TIN": null}]});
        let path = format!("/api/v2.1/user/{user}/fatcaEai");
        authentication(&self.client.send("PATCH", &path, Some(&body), &[]).await)
    }

    pub async fn ask_terms(&self, user: &str) -> String {
        authentication(&self.client.send("POST", &format!("/api/v2.0/users/{user}/cgu"), None, &[]).await)
    }

    /// Answers in the place of a telephone.
    pub async fn sign(&self, outcome: &str, id: &str) {
        let reply = self.try_sign(outcome, id).await;
        assert_eq!(reply.status(), 204);
    }

    pub async fn try_sign(&self, outcome: &str, id: &str) -> reqwest::Response {
        let url = format!("{}/sandbox/xpollens/sca/{id}", self.client.base());
        let request = http().post(url).header("content-type", "application/json");
        request.body(json!({"outcome": outcome}).to_string()).send().await.expect("answered")
    }

    pub async fn show(&self, user: &str, kind: &str) {
        let path = format!("/api/v2.0/users/{user}/kyc/attachments");
        let reply = self.upload(&path, &[("type", kind.as_bytes()), ("file", &png(800, 600, b""))]).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
    }

    /// Sends a form.
    pub async fn upload(&self, path: &str, parts: &[(&str, &[u8])]) -> Reply {
        let mut body = Vec::new();
        for (name, content) in parts {
            let head = format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--xyz--\r\n");
        let bearer = format!("Bearer {}", self.client.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=xyz")];
        self.client.send_raw("POST", path, Some(body), &headers).await
    }

    /// Where a user stands.
    pub async fn status(&self, user: &str) -> Value {
        self.client.get(&format!("/api/v2.0/users/{user}")).await.body["userRecordStatus"].clone()
    }

    /// Every callback of a type about a user, so far. Callback 36 is told apart by its headers.
    pub fn told(&self, of_type: &str, user: &str) -> Vec<Value> {
        let all = self.receiver.got().into_iter().map(|received| received.body["Payload"].clone());
        all.filter(|payload| payload["type"] == of_type && user_of(payload) == user).collect()
    }

    /// Every callback 36 about a signature.
    pub fn signatures(&self, id: &str) -> Vec<Received> {
        let is_meant = |received: &Received| received.headers.get("authenticationid").is_some_and(|known| known == id);
        self.receiver.got().into_iter().filter(is_meant).collect()
    }

    /// Waits for so many callbacks of a type about a user.
    pub async fn wait(&self, of_type: &str, user: &str, count: usize) -> Vec<Value> {
        eventually(&format!("{count} of callback {of_type} about {user}"), async || {
            let told = self.told(of_type, user);
            (told.len() >= count).then_some(told)
        })
        .await
    }

    /// Waits until a callback of a type about a user says this.
    pub async fn wait_for(&self, of_type: &str, user: &str, member: &str, value: &str) -> Value {
        eventually(&format!("callback {of_type} with {member} {value} about {user}"), async || {
            self.told(of_type, user).into_iter().find(|payload| payload[member] == value)
        })
        .await
    }

    /// Waits for callback 36 about a signature.
    pub async fn signed(&self, id: &str) -> Received {
        eventually(&format!("callback 36 about {id}"), async || self.signatures(id).into_iter().next()).await
    }
}

/// One step of the way; any may come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Declarative,
    Tax,
    Terms,
    Document,
    Selfie,
}

impl Step {
    pub const ALL: [Self; 5] = [Self::Declarative, Self::Tax, Self::Terms, Self::Document, Self::Selfie];
}

fn user_of(payload: &Value) -> &str {
    let spelt = ["appUserid", "AppUserId", "appUserId"].into_iter().find_map(|name| payload[name].as_str());
    spelt.unwrap_or_default()
}

pub fn set(house: &House, tenant: &Tenant, change: &str) {
    house.run_well(&["tenant", "set", &tenant.id, change, "--allow-private-callbacks"]);
}

/// A client with the vendor's token.
pub async fn client_of(house: &House, tenant: Tenant) -> Client {
    let form = format!(
        "grant_type=client_credentials&scope=partner&client_id={}&client_secret={}",
        tenant.client_id, tenant.client_secret
    );
    let request = http().post(format!("{}/connect/token", house.address()));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    let answer: Value = request.send().await.expect("answered").json().await.expect("JSON");
    assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(3600), &json!("Bearer")));
    let mut client = house.client_of(tenant).await;
    client.token = answer["access_token"].as_str().expect("a token").to_owned();
    client
}

/// The id of an operation that waits for its signature.
pub fn authentication(reply: &Reply) -> String {
    assert_eq!(reply.status, 202, "{}", reply.text);
    reply.body["authenticationId"].as_str().expect("an id").to_owned()
}

/// A whole person. `alias` is what the sandbox decides by (`ACCEPTED`), if anything.
pub fn person(user: &str, alias: &str) -> Value {
    let email =
        if alias.is_empty() { format!("{user}@bank.example") } else { format!("{user}+LC_{alias}@bank.example") };
    json!({
        "appUserId": user,
        "profile": {
            "civility": "Mrs", "firstName": "Marie", "lastName": "Martin", "birthName": "Durand",
            "birthDate": "1990-05-15", "birthCity": "Lyon", "birthZipCode": "69001", "birthCountry": "FR",
            "nationality": "FR", "phoneNumber": "+33612345678", "email": email,
            "address": {"street": "1 rue de la Paix", "zipCode": "75002", "city": "Paris", "country": "FR"}
        }
    })
}

/// A house whose callbacks may stay at home, with a sandbox and a list.
pub async fn house() -> House {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    house.sample_list().await;
    house
}
