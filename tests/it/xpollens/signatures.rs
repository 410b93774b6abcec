//! What is signed: only with a valid signature, only once, and only in time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::vendor::{Vendor, house};
use crate::house::{House, Reply, eventually, http};

/// A telephone with a key of its own.
pub struct Device {
    base: String,
    key: EcdsaKeyPair,
    pub wallet: String,
}

impl Device {
    fn new(base: &str) -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).expect("a key");
        Self { base: base.to_owned(), key, wallet: String::new() }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = http().request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.expect("answered");
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.expect("text")).unwrap_or(Value::Null))
    }

    /// Tries to be bound by a code.
    async fn try_bind(&self, code: &str) -> (u16, Value) {
        let point = &self.key.public_key().as_ref()[1..];
        let half = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": half(&point[..32]), "y": half(&point[32..])});
        self.ask("POST", "/sdk/v1/wallets", Some(&json!({"activationCode": code, "publicKey": jwk}))).await
    }

    pub async fn bound(base: &str, code: &str) -> Self {
        let mut device = Self::new(base);
        let (status, answer) = device.try_bind(code).await;
        assert_eq!(status, 201, "{answer}");
        device.wallet = answer["walletId"].as_str().expect("an id").to_owned();
        device
    }

    /// What waits to be signed.
    async fn challenges(&self) -> Vec<Value> {
        let (status, answer) = self.ask("GET", &format!("/sdk/v1/wallets/{}/challenges", self.wallet), None).await;
        assert_eq!(status, 200, "{answer}");
        answer["challenges"].as_array().cloned().unwrap_or_default()
    }

    async fn challenge(&self, id: &str) -> Value {
        let all = self.challenges().await;
        let is_meant = |one: &&Value| one["authenticationId"] == id;
        all.iter().find(is_meant).cloned().unwrap_or_else(|| panic!("{id} in {all:?}"))
    }

    /// The answer to a challenge, signed.
    #[expect(clippy::disallowed_methods, reason = "a device has a clock of its own")]
    fn answer(&self, challenge: &Value, outcome: &str) -> Value {
        let text = |name: &str| challenge[name].as_str().expect(name).to_owned();
        let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        let signed = format!("{}.{}.{outcome}.{at}", text("authenticationId"), text("digest"));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).expect("signed");
        json!({"walletId": self.wallet, "outcome": outcome, "signedAt": at,
            "signature": BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref())})
    }

    async fn send(&self, id: &str, answer: &Value) -> u16 {
        self.ask("POST", &format!("/sdk/v1/challenges/{id}"), Some(answer)).await.0
    }

    /// Signs a challenge.
    pub async fn sign(&self, id: &str, outcome: &str) -> u16 {
        let answer = self.answer(&self.challenge(id).await, outcome);
        self.send(id, &answer).await
    }
}

async fn code_of(vendor: &Vendor, user: &str) -> String {
    let told = vendor.wait("35", user, 1).await;
    told.last().expect("a code")["ActivationCode"].as_str().expect("a code").to_owned()
}

#[tokio::test]
async fn a_device_is_bound_once_and_signs() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, base) = ("e87bd13dJ", house.address().to_owned());
    vendor.create(user, "ACCEPTED").await;
    let code = code_of(&vendor, user).await;
    assert_eq!(Device::new(&base).try_bind(&"0".repeat(32)).await.0, 404);
    let device = Device::bound(&base, &code).await;
    assert_eq!(Device::new(&base).try_bind(&code).await.0, 410, "a code is used once");

    // Before anything waits, there is nothing; then each operation is there, in words.
    assert_eq!(device.challenges().await, [] as [Value; 0]);
    let (tax, terms) = (vendor.ask_tax(user).await, vendor.ask_terms(user).await);
    assert_eq!(device.challenges().await.len(), 2);
    assert_eq!((device.sign(&tax, "approved").await, device.sign(&terms, "approved").await), (204, 204));
    assert_eq!(vendor.signed(&tax).await.headers["status"], "succeeded");
    vendor.declare(user).await;
    vendor.show(user, "PASSPORT").await;
    vendor.show(user, "SELFIE").await;
    vendor.wait_for("34", user, "userRecordStatus", "Validated").await;

    // Once validated, contact data takes a signature, and only with it is changed.
    let change = json!({"profile": {"phoneNumber": "+33698765432"}});
    let path = format!("/api/sca/v2.0/users/{user}");
    let asked = super::vendor::authentication(&vendor.client.put(&path, &change).await);
    let phone =
        async || vendor.client.get(&format!("/api/v2.0/users/{user}")).await.body["profile"]["phoneNumber"].clone();
    assert_eq!(phone().await, "+33612345678");
    assert_eq!(device.sign(&asked, "approved").await, 204);
    assert_eq!(phone().await, "+33698765432");
}

#[tokio::test]
async fn what_is_no_valid_signature_has_no_effect() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let base = house.address().to_owned();
    let (user, other) = ("e87bd13dJ", "z32er24f4");
    vendor.create(user, "ACCEPTED").await;
    vendor.create(other, "ACCEPTED").await;
    let device = Device::bound(&base, &code_of(&vendor, user).await).await;
    let stranger = Device::bound(&base, &code_of(&vendor, other).await).await;
    let (terms, tax) = (vendor.ask_terms(user).await, vendor.ask_tax(user).await);
    let (challenge, of_tax) = (device.challenge(&terms).await, device.challenge(&tax).await);

    // Another's device; another's key under this device's name; an answer to something else; another outcome.
    let of_stranger = stranger.answer(&challenge, "approved");
    assert!(matches!(stranger.send(&terms, &of_stranger).await, 401 | 404 | 409), "a wrong device");
    let mut forged = of_stranger.clone();
    forged["walletId"] = json!(device.wallet);
    assert_eq!(device.send(&terms, &forged).await, 401);
    let replayed = device.answer(&of_tax, "approved");
    assert_eq!(device.send(&terms, &replayed).await, 401);
    let mut turned = device.answer(&challenge, "denied");
    turned["outcome"] = json!("approved");
    assert_eq!(device.send(&terms, &turned).await, 401);
    assert!(vendor.signatures(&terms).is_empty());

    // The right one counts, once, whatever else comes.
    let answer = device.answer(&challenge, "approved");
    assert_eq!(device.send(&terms, &answer).await, 204);
    assert_eq!(device.send(&terms, &answer).await, 409, "a replay");
    assert_eq!(device.send(&terms, &device.answer(&challenge, "denied")).await, 409);
    vendor.signed(&terms).await;
    assert_eq!(vendor.signatures(&terms).len(), 1);
}

#[tokio::test]
async fn two_answers_at_once_have_one_effect() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, base) = ("e87bd13dJ", house.address().to_owned());
    vendor.create(user, "ACCEPTED").await;
    let device = std::sync::Arc::new(Device::bound(&base, &code_of(&vendor, user).await).await);
    let terms = vendor.ask_terms(user).await;
    let challenge = device.challenge(&terms).await;
    let answers = ["approved", "denied", "approved", "approved"].map(|outcome| {
        let (device, terms, answer) = (device.clone(), terms.clone(), device.answer(&challenge, outcome));
        tokio::spawn(async move { device.send(&terms, &answer).await })
    });
    let mut statuses = Vec::new();
    for answer in answers {
        statuses.push(answer.await.expect("answered"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409, 409, 409]);
    vendor.signed(&terms).await;
    assert_eq!(vendor.signatures(&terms).len(), 1);
}

#[tokio::test]
async fn five_wrong_codes_lock_the_device() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, base) = ("e87bd13dJ", house.address().to_owned());
    vendor.create(user, "ACCEPTED").await;
    let device = Device::bound(&base, &code_of(&vendor, user).await).await;
    let terms = vendor.ask_terms(user).await;
    let challenge = device.challenge(&terms).await;
    let failed = json!({"walletId": device.wallet, "outcome": "failed"});
    for wrong in 0..5 {
        assert!(vendor.signatures(&terms).is_empty(), "after {wrong}");
        assert!(matches!(device.send(&terms, &failed).await, 204 | 401), "{wrong}");
    }
    assert!(device.send(&terms, &device.answer(&challenge, "approved")).await >= 400, "it is locked");
    let told = vendor.signed(&terms).await;
    assert_eq!(
        (&told.headers["status"], &told.headers["reason"]),
        (&"failed".parse().expect("ASCII"), &"FAILED".parse().expect("ASCII"))
    );
    assert_eq!(told.body, Value::Null);
}

#[tokio::test]
async fn after_five_minutes_it_is_too_late() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, base) = ("e87bd13dJ", house.address().to_owned());
    vendor.create(user, "ACCEPTED").await;
    let device = Device::bound(&base, &code_of(&vendor, user).await).await;
    let terms = vendor.ask_terms(user).await;
    let challenge = device.challenge(&terms).await;
    let advance = http().post(format!("{base}/sandbox/clock")).body(r#"{"advance":"PT6M"}"#);
    assert_eq!(advance.send().await.expect("answered").status(), 200);
    assert_eq!(device.send(&terms, &device.answer(&challenge, "approved")).await, 410);
    let told = vendor.signed(&terms).await;
    assert_eq!((told.headers["reason"].to_str().ok(), &told.body), (Some("TIMEOUT"), &Value::Null));
    // Another call starts another.
    let again = vendor.ask_terms(user).await;
    assert_ne!(again, terms);
}

#[tokio::test]
async fn a_dead_server_forgets_no_challenge_and_does_nothing_twice() {
    let mut house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "e87bd13dJ";
    vendor.create(user, "ACCEPTED").await;
    let device = Device::bound(house.address(), &code_of(&vendor, user).await).await;
    let terms = vendor.ask_terms(user).await;
    let challenge = device.challenge(&terms).await;
    house.kill();
    let house: House = house.again();
    let (vendor, device) = (vendor.at(&house), Device { base: house.address().to_owned(), ..device });
    assert!(vendor.signatures(&terms).is_empty());
    let answer = device.answer(&challenge, "approved");
    assert_eq!(device.send(&terms, &answer).await, 204);
    assert_eq!(device.send(&terms, &answer).await, 409);
    vendor.signed(&terms).await;
}

#[tokio::test]
async fn a_sandbox_answers_in_the_place_of_a_telephone() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "e87bd13dJ";
    vendor.create(user, "ACCEPTED").await;
    for (outcome, reason) in [("denied", "CANCELED"), ("expired", "TIMEOUT")] {
        let id = vendor.ask_terms(user).await;
        vendor.sign(outcome, &id).await;
        assert_eq!(vendor.signed(&id).await.headers["reason"], reason);
    }
    let id = vendor.ask_terms(user).await;
    assert_eq!(vendor.try_sign("maybe", &id).await.status(), 400);
    assert_eq!(vendor.try_sign("approved", "0190a3c4-0000-7000-8000-000000000001").await.status(), 404);
    vendor.sign("approved", &id).await;
    assert_eq!(vendor.try_sign("approved", &id).await.status(), 409);
    // Not for a real tenant, nor in a house without a sandbox.
    let real = Vendor::of(&house, house.tenant(&[])).await;
    real.create("real-0001", "").await;
    let id = real.ask_terms("real-0001").await;
    assert_eq!(real.try_sign("approved", &id).await.status(), 404);
    let plain = House::open();
    let there = Vendor::open(&plain).await;
    there.create(user, "ACCEPTED").await;
    let id = there.ask_terms(user).await;
    let reply: Reply = there
        .client
        .send("POST", &format!("/sandbox/xpollens/sca/{id}"), Some(&json!({"outcome": "approved"})), &[])
        .await;
    assert_eq!(reply.status, 404);
    eventually("nothing is signed", async || there.signatures(&id).is_empty().then_some(())).await;
}

#[tokio::test]
async fn an_institution_has_something_of_its_own_signed() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "e87bd13dJ";
    vendor.create(user, "ACCEPTED").await;
    let device = Device::bound(house.address(), &code_of(&vendor, user).await).await;
    let path = "/api/v2.0/strong-authentication-request";
    let asked =
        json!({"appUserId": user, "context": "Virement", "data": {"Montant": "12,50 EUR", "Vers": "Jean Dupont"}});
    let reply = vendor.client.post(path, &asked).await;
    let id = super::vendor::authentication(&reply);
    assert_eq!(reply.body["status"], "Approved");
    // The device shows what is signed, and signs just that.
    let challenge = device.challenge(&id).await;
    assert_eq!((&challenge["title"], &challenge["operation"]), (&json!("Virement"), &json!("own")));
    let mut said: Vec<&str> =
        challenge["details"].as_array().expect("details").iter().filter_map(|line| line["value"].as_str()).collect();
    said.sort_unstable();
    assert_eq!(said, ["12,50 EUR", "Jean Dupont"]);
    let mut other = challenge.clone();
    other["digest"] = json!("0".repeat(64));
    assert_eq!(device.send(&id, &device.answer(&other, "approved")).await, 401);
    assert_eq!(device.sign(&id, "approved").await, 204);
    assert_eq!(device.send(&id, &device.answer(&challenge, "approved")).await, 409, "once");
    let told_of = "StrongAuthenticationRequestCreatedOrUpdated";
    let told = vendor.wait(told_of, user, 2).await;
    let expected = |id: &str, status: &str, reason: Value| json!({"type": told_of, "appUserId": user, "authenticationId": id, "status": status, "reason": reason});
    assert_eq!(told, [expected(&id, "Approved", Value::Null), expected(&id, "Completed", Value::Null)]);
    // The customer says no.
    let refused = super::vendor::authentication(&vendor.client.post(path, &asked).await);
    vendor.sign("denied", &refused).await;
    assert_eq!(vendor.wait(told_of, user, 4).await[3], expected(&refused, "Rejected", json!("CANCELED")));
    // It is told by this callback alone.
    assert!(vendor.signatures(&id).is_empty() && vendor.signatures(&refused).is_empty());
    for (change, field, status) in [
        (json!({"appUserId": "nobody-00"}), "User", 404),
        (json!({"appUserId": "x"}), "appUserId", 400),
        (json!({"context": ""}), "context", 400),
        (json!({"context": "x".repeat(101)}), "context", 400),
        (json!({"data": []}), "data", 400),
        (json!({"data": {"Montant": null}}), "data", 400),
    ] {
        let mut body = asked.clone();
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let reply = vendor.client.post(path, &body).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.text);
        assert!(reply.text.contains(field), "{field} in {}", reply.text);
    }
    // Another institution's customer is nobody.
    let stranger = Vendor::open(&house).await;
    assert_eq!(stranger.client.post(path, &asked).await.status, 404);
}
