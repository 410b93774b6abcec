//! A device that is no browser: bound and answering over HTTP, honestly and otherwise.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::vendor::{Vendor, house};
use crate::house::{House, Reply, eventually, http};

/// A telephone with a key of its own.
pub struct Phone {
    base: String,
    key: EcdsaKeyPair,
    pub wallet: String,
}

pub async fn ask(base: &str, method: &str, path: &str, body: Option<&Value>) -> Reply {
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = http().request(method, format!("{base}{path}"));
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let response = request.send().await.expect("answered");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("text");
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Reply { status, body, text, headers }
}

impl Phone {
    fn new(base: &str) -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).expect("a key");
        Self { base: base.to_owned(), key, wallet: String::new() }
    }

    fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "x": coordinate(&point[1..33]), "y": coordinate(&point[33..])})
    }

    async fn try_bind(&mut self, code: &str) -> Reply {
        let body = json!({"activationCode": code, "publicKey": self.jwk()});
        let reply = ask(&self.base, "POST", "/sdk/v1/wallets", Some(&body)).await;
        self.wallet = reply.body["walletId"].as_str().unwrap_or_default().to_owned();
        reply
    }

    /// A telephone that is bound by this code.
    pub async fn bound(base: &str, code: &str) -> Self {
        let mut phone = Self::new(base);
        let reply = phone.try_bind(code).await;
        assert_eq!((reply.status, &reply.body["state"]), (201, &json!("bound")), "{}", reply.text);
        phone
    }

    pub async fn challenges(&self) -> Reply {
        ask(&self.base, "GET", &format!("/sdk/v1/wallets/{}/challenges", self.wallet), None).await
    }

    async fn challenge(&self) -> Value {
        let list = self.challenges().await;
        assert_eq!(list.status, 200, "{}", list.text);
        list.body["challenges"][0].clone()
    }

    /// An answer, signed as `outcome` although it may say another.
    #[expect(clippy::disallowed_methods, reason = "a phone has a clock of its own")]
    fn signed(&self, challenge: &Value, outcome: &str) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let text = |name: &str| challenge[name].as_str().expect("a text").to_owned();
        let message = format!("{}.{}.{outcome}.{now}", text("authenticationId"), text("digest"));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).expect("signed");
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        json!({"walletId": self.wallet, "outcome": outcome, "signedAt": now, "signature": signature})
    }

    async fn answer(&self, challenge: &Value, body: &Value) -> Reply {
        let id = challenge["authenticationId"].as_str().expect("an id");
        ask(&self.base, "POST", &format!("/sdk/v1/challenges/{id}"), Some(body)).await
    }
}

/// The code that callback 35 brought last.
async fn code_of(vendor: &Vendor, user: &str, number: usize) -> String {
    let told = vendor.wait("35", user, number).await;
    told[number - 1]["ActivationCode"].as_str().expect("a code").to_owned()
}

async fn with_phone(house: &House, user: &str) -> (Vendor, Phone) {
    let vendor = Vendor::open(house).await;
    vendor.create(user, "").await;
    let code = code_of(&vendor, user, 1).await;
    let phone = Phone::bound(house.address(), &code).await;
    (vendor, phone)
}

#[tokio::test]
async fn a_code_binds_one_device_once() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "e87bd13dJ";
    vendor.create(user, "").await;
    let code = code_of(&vendor, user, 1).await;
    let mut phone = Phone::new(house.address());
    assert_eq!(phone.try_bind("ffffffffffffffffffffffffffffffff").await.status, 404);
    let bind = async |body: &Value| ask(house.address(), "POST", "/sdk/v1/wallets", Some(body)).await;
    for (body, field) in [
        (json!({"publicKey": phone.jwk()}), "activationCode"),
        (json!({"activationCode": "no code", "publicKey": phone.jwk()}), "activationCode"),
        (json!({"activationCode": code}), "publicKey"),
        (json!({"activationCode": code, "publicKey": {"kty": "RSA"}}), "publicKey.kty"),
    ] {
        let reply = bind(&body).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.text);
        assert!(reply.body["message"].as_str().expect("a message").contains(field), "{}", reply.text);
    }
    // A point that is on no curve signs nothing.
    let mut nowhere = phone.jwk();
    nowhere["y"] = nowhere["x"].clone();
    assert_eq!(bind(&json!({"activationCode": code, "publicKey": nowhere})).await.status, 400);

    // Typed in capitals; two at once make one device.
    let (upper, mut other) = (code.to_uppercase(), Phone::new(house.address()));
    let (one, two) = tokio::join!(phone.try_bind(&upper), other.try_bind(&code));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(statuses[0] == 201 && statuses[1] >= 409, "{statuses:?}");
    let (mut bound, mut late) = if one.status == 201 { (phone, other) } else { (other, phone) };
    assert_eq!(late.try_bind(&code).await.status, 410);
    // Who missed the answer asks again with the same key, and has its device.
    let wallet = bound.wallet.clone();
    for _ in 0..2 {
        let again = bound.try_bind(&code).await;
        assert_eq!((again.status, &bound.wallet), (201, &wallet), "{}", again.text);
    }
    assert_eq!(bound.challenges().await.status, 200);
    let unknown = ask(house.address(), "GET", "/sdk/v1/wallets/00000000-0000-4000-8000-000000000000/challenges", None);
    assert_eq!(unknown.await.status, 404);
    assert!(!house.log().contains(&code), "the code is in the log");
}

#[tokio::test]
async fn only_the_bound_device_signs_and_only_once() {
    let house = house().await;
    let (vendor, phone) = with_phone(&house, "e87bd13dJ").await;
    let other = {
        vendor.create("somebody-else", "").await;
        let code = code_of(&vendor, "somebody-else", 1).await;
        Phone::bound(house.address(), &code).await
    };
    let issuer = ask(house.address(), "GET", &format!("/sdk/v1/wallets/{}/issuer", phone.wallet), None).await;
    let page = vendor.wait("48", "e87bd13dJ", 1).await.remove(0);
    assert_eq!((&issuer.body["webviewUrl"], &issuer.body["identification"]), (&page["webviewUrl"], &json!("required")));

    let id = vendor.ask_tax("e87bd13dJ").await;
    let challenge = phone.challenge().await;
    assert_eq!((&challenge["title"], &challenge["operation"]), (&json!("Déclaratifs Fiscaux"), &json!("tax")));
    assert!(challenge["details"].to_string().contains("FR"), "{challenge}");
    assert_eq!(challenge["authenticationId"], json!(id));

    // Somebody else's device, whether it says so or not; an outcome that was not signed; no signature at all.
    assert_eq!(phone.answer(&challenge, &other.signed(&challenge, "approved")).await.status, 401);
    let mut borrowed = other.signed(&challenge, "approved");
    borrowed["walletId"] = json!(phone.wallet);
    assert_eq!(phone.answer(&challenge, &borrowed).await.status, 401);
    let mut changed = phone.signed(&challenge, "denied");
    changed["outcome"] = json!("approved");
    assert_eq!(phone.answer(&challenge, &changed).await.status, 401);
    let unsigned = json!({"walletId": phone.wallet, "outcome": "approved"});
    assert_eq!(phone.answer(&challenge, &unsigned).await.status, 400);
    let nowhere = json!({"authenticationId": "00000000-0000-4000-8000-000000000000"});
    assert_eq!(phone.answer(&nowhere, &phone.signed(&challenge, "approved")).await.status, 404);
    assert!(vendor.signatures(&id).is_empty(), "nothing has ended");

    // Many at once have one effect.
    let answer = phone.signed(&challenge, "approved");
    let path = format!("/sdk/v1/challenges/{id}");
    let tries = (0..8).map(|_| {
        let (base, path, answer) = (house.address().to_owned(), path.clone(), answer.clone());
        tokio::spawn(async move { ask(&base, "POST", &path, Some(&answer)).await.status })
    });
    let mut statuses = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        statuses.push(one.await.expect("answered"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(vendor.signed(&id).await.headers["status"], "succeeded");
    // The same answer to another operation is none.
    let terms = vendor.ask_terms("e87bd13dJ").await;
    let next = phone.challenge().await;
    assert_eq!(next["title"], "Acceptation des CGU");
    assert_eq!(phone.answer(&next, &answer).await.status, 401);
    // Denied is denied.
    assert_eq!(phone.answer(&next, &phone.signed(&next, "denied")).await.status, 204);
    let denied = vendor.signed(&terms).await;
    assert!(denied.headers["status"] == "failed" && denied.headers["reason"] == "CANCELED");
    assert_eq!(phone.challenges().await.body["challenges"], json!([]));
}

#[tokio::test]
async fn five_bad_signatures_lock_a_device() {
    let house = house().await;
    let (vendor, phone) = with_phone(&house, "e87bd13dJ").await;
    let id = vendor.ask_terms("e87bd13dJ").await;
    let challenge = phone.challenge().await;
    let bad = Phone { wallet: phone.wallet.clone(), ..Phone::new(house.address()) };
    for tried in 1..=5 {
        assert_eq!(phone.answer(&challenge, &bad.signed(&challenge, "approved")).await.status, 401, "{tried}");
    }
    assert_eq!(vendor.signed(&id).await.headers["reason"], "FAILED");
    assert_eq!(phone.challenges().await.body["state"], "locked");
    vendor.ask_terms("e87bd13dJ").await;
    let challenge = phone.challenge().await;
    assert_eq!(phone.answer(&challenge, &phone.signed(&challenge, "approved")).await.status, 403);
}

#[tokio::test]
async fn a_server_that_dies_between_question_and_answer_loses_nothing() {
    let mut house = house().await;
    let (vendor, mut phone) = with_phone(&house, "e87bd13dJ").await;
    let id = vendor.ask_terms("e87bd13dJ").await;
    let challenge = phone.challenge().await;
    house.kill();
    let house = house.again();
    house.address().clone_into(&mut phone.base);
    assert_eq!(phone.challenge().await, challenge);
    assert_eq!(phone.answer(&challenge, &phone.signed(&challenge, "approved")).await.status, 204);
    assert_eq!(vendor.signed(&id).await.headers["status"], "succeeded");
}

#[tokio::test]
async fn a_failed_identification_kills_the_device() {
    let house = house().await;
    let (vendor, mut phone) = with_phone(&house, "e87bd13dJ").await;
    vendor.show("e87bd13dJ", "ID_CARD").await;
    let case: Value = serde_json::from_str(house.run_well(&["case", "list", "--json"]).lines().next().expect("a case"))
        .expect("JSON");
    let case = case["case"].as_str().expect("an id");
    house.run_well(&["case", "decide", case, "refused", "--reason", "Expired document", "--by", "Ann"]);
    vendor.wait_for("4", "e87bd13dJ", "status", "Incomplete").await;
    eventually("the device is killed", async || (phone.challenges().await.status == 410).then_some(())).await;
    let used = code_of(&vendor, "e87bd13dJ", 1).await;
    assert_eq!(phone.try_bind(&used).await.status, 410, "nor does its own code bring it back");
    // Another code binds another device.
    let code = code_of(&vendor, "e87bd13dJ", 2).await;
    Phone::bound(house.address(), &code).await;
}

#[tokio::test]
async fn who_has_lost_or_locked_a_device_is_given_another_code() {
    let house = house().await;
    let user = "e87bd13dJ";
    let (vendor, phone) = with_phone(&house, user).await;
    vendor.ask_terms(user).await;
    let challenge = phone.challenge().await;
    for _ in 0..5 {
        phone.answer(&challenge, &json!({"walletId": phone.wallet, "outcome": "failed"})).await;
    }
    assert_eq!(phone.challenges().await.body["state"], "locked");
    let path = format!("/api/v2.0/users/{user}/activation-code");
    let stranger = Vendor::of(&house, house.tenant(&["--sandbox"])).await;
    assert_eq!(stranger.client.send("POST", &path, None, &[]).await.status, 404);
    assert_eq!(ask(house.address(), "POST", &path, None).await.status, 401);
    assert_eq!(phone.challenges().await.status, 200, "nothing has happened");
    assert_eq!(vendor.client.send("POST", &path, None, &[]).await.status, 204);
    assert_eq!(phone.challenges().await.status, 410);
    let code = code_of(&vendor, user, 2).await;
    let other = Phone::bound(house.address(), &code).await;
    // Also one that was bound and is lost; and a code that nobody used.
    assert_eq!(vendor.client.send("POST", &path, None, &[]).await.status, 204);
    assert_eq!(other.challenges().await.status, 410);
    let unused = code_of(&vendor, user, 3).await;
    assert_eq!(vendor.client.send("POST", &path, None, &[]).await.status, 204);
    let last = code_of(&vendor, user, 4).await;
    assert_eq!(Phone::new(house.address()).try_bind(&unused).await.status, 410);
    let phone = Phone::bound(house.address(), &last).await;
    let id = vendor.ask_terms(user).await;
    let challenge = phone.challenge().await;
    assert_eq!(phone.answer(&challenge, &phone.signed(&challenge, "approved")).await.status, 204);
    assert_eq!(vendor.signed(&id).await.headers["status"], "succeeded");
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    let house = house().await;
    let asked = http()
        .request(reqwest::Method::OPTIONS, format!("{}/sdk/v1/wallets", house.address()))
        .header("origin", "https://app.bank.example")
        .header("access-control-request-method", "POST")
        .send()
        .await
        .expect("answered");
    assert_eq!(
        (asked.status().as_u16(), &asked.headers()["access-control-allow-origin"]),
        (204, &"*".parse().expect("text"))
    );
    let module = http().get(format!("{}/sdk/index.js", house.address())).send().await.expect("answered");
    assert_eq!(module.headers()["access-control-allow-origin"], "*");
    assert_eq!(module.headers()["content-type"], "text/javascript; charset=utf-8");
    // What is a customer's own is not for scripts of others.
    let page = http().get(format!("{}/webview/v1/x/state", house.address())).send().await.expect("answered");
    assert!(!page.headers().contains_key("access-control-allow-origin"));
}
