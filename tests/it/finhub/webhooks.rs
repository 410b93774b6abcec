//! Subscriptions: what arrives, signed, and what can be read of it.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::bank::{Bank, INDIVIDUAL};
use crate::house::{House, eventually};
use crate::receiver::Receiver;

const SUBSCRIPTIONS: &str = "/api/v2.1/webhooks/subscriptions";
const SECRET: &str = "a-secret-of-the-receiver";

fn wish(receiver: &Receiver) -> Value {
    json!({"subscriptionName": "All", "description": "everything", "endpointUrl": receiver.url, "secretKey": SECRET,
        "signatureAlgorithm": "HMAC_SHA256", "verifySsl": true, "maxRetryAttempts": 2, "retryBackoffSeconds": 1,
        "subscribedEvents": ["customer.created", "customer.updated", "customer.activated", "customer.suspended",
            "verification.approved", "transaction.completed"]})
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

#[tokio::test]
async fn events_arrive_signed_and_can_be_read() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    house.sample_list().await;
    let bank = Bank::open(&house).await;
    let receiver = Receiver::start().await;
    let made = bank.post(SUBSCRIPTIONS, &wish(&receiver)).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert!(!made.text.contains(SECRET), "a secret that was brought is not shown");
    let id = made.body["data"]["id"].as_str().expect("an id").to_owned();

    let who = bank.register("john.doe@example.com").await;
    let (token, verification) = bank.verify(&who).await;
    bank.consent(&who, &token).await;
    assert_eq!(bank.activate(&who).await.status, 200);

    let got = eventually("the activation is told", async || {
        let got = receiver.got();
        got.iter().any(|received| received.body["type"] == "customer.activated").then_some(got)
    })
    .await;
    for received in &got {
        let signed = received.headers["x-finhub-signature"].to_str().expect("text");
        assert_eq!(signed, signature(SECRET, &received.raw));
        let (id, at) = (&received.body["id"], &received.body["timestamp"]);
        assert!(id.is_string() && at.is_string() && received.body["data"].is_object());
        assert_eq!(received.body["data"]["customerId"], who.customer.as_str());
        let text = String::from_utf8(received.raw.to_vec()).expect("text");
        assert!(!text.contains("john") && !text.contains("Doe"), "{text}");
    }
    let of_type = |name: &str| got.iter().filter(|received| received.body["type"] == name).collect::<Vec<_>>();
    assert_eq!(of_type("customer.created").len(), 1);
    assert_eq!(of_type("customer.activated")[0].body["data"]["walletId"], who.data["walletId"]);
    let approved = &of_type("verification.approved")[0].body["data"]["verificationId"];
    assert_eq!(format!("verif-{}", approved.as_str().expect("an id")), verification);
    assert!(of_type("customer.updated").len() >= 5);
    assert!(of_type("customer.suspended").is_empty() && of_type("transaction.completed").is_empty());
    assert_eq!(got[0].body["type"], "customer.created", "a customer's events come in their order");

    // What was sent can be read, by the institution alone.
    let deliveries = bank.get(&format!("{SUBSCRIPTIONS}/{id}/deliveries?size=2")).await.body["data"].clone();
    assert_eq!((&deliveries["hasNext"], deliveries["content"].as_array().map(Vec::len)), (&json!(true), Some(2)));
    let first = deliveries["content"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v2.1/webhooks/deliveries/{first}");
    let one = eventually("it is known to have arrived", async || {
        let one = bank.get(&path).await.body["data"].clone();
        (one["status"] == "DELIVERED").then_some(one)
    })
    .await;
    assert_eq!((&one["responseStatus"], &one["attempts"]), (&json!(200), &json!(1)));
    assert_eq!(one["event"]["id"], first.as_str());
    assert_eq!(bank.ask_as(&token, "GET", &path, None).await.status, 403);
    let other = Bank::open(&house).await;
    for path in [path, format!("{SUBSCRIPTIONS}/{id}"), format!("{SUBSCRIPTIONS}/{id}/deliveries")] {
        assert_eq!(other.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(other.ask("PUT", &format!("{SUBSCRIPTIONS}/{id}"), Some(&json!({}))).await.status, 404);
    assert_eq!(other.ask("DELETE", &format!("{SUBSCRIPTIONS}/{id}"), None).await.status, 404);
    assert_eq!(bank.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.status, 200);
}

#[tokio::test]
async fn a_receiver_that_is_down_is_tried_as_often_as_it_wished() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    let bank = Bank::open(&house).await;
    let receiver = Receiver::start().await;
    receiver.answer(500);
    let mut wish = wish(&receiver);
    wish["subscribedEvents"] = json!(["customer.created"]);
    let made = bank.post(SUBSCRIPTIONS, &wish).await.body["data"].clone();
    let path = format!("{SUBSCRIPTIONS}/{}", made["id"].as_str().expect("an id"));
    bank.register("john.doe@example.com").await;
    let delivery = |want: &'static str| {
        let (bank, path) = (bank.clone(), format!("{path}/deliveries"));
        async move {
            eventually(want, async || {
                let first = bank.get(&path).await.body["data"]["content"][0].clone();
                (first["status"] == want).then_some(first)
            })
            .await
        }
    };
    let retrying = delivery("RETRYING").await;
    assert_eq!(retrying["responseStatus"], 500);
    let failed = delivery("FAILED").await;
    assert_eq!((&failed["attempts"], receiver.got().len()), (&json!(3), 3));
    assert_eq!(bank.get(&path).await.body["data"]["status"], "SUSPENDED");

    // What comes meanwhile waits until the subscription is set right.
    bank.register("jane@example.com").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(receiver.got().len(), 3);
    receiver.answer(200);
    let changed = bank
        .ask("PUT", &path, Some(&json!({"subscriptionName": "Created", "secretKey": "another-secret-of-mine"})))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(
        (&changed.body["data"]["status"], &changed.body["data"]["subscriptionName"]),
        (&json!("ACTIVE"), &json!("Created"))
    );
    assert_eq!(changed.body["data"]["subscribedEvents"], json!(["customer.created"]));
    let got = eventually("what was held arrives", async || (receiver.got().len() > 3).then(|| receiver.got())).await;
    let last = got.last().expect("one");
    assert_eq!(
        last.headers["x-finhub-signature"].to_str().expect("text"),
        signature("another-secret-of-mine", &last.raw)
    );
    assert_eq!(bank.ask("DELETE", &path, None).await.status, 200);
    assert_eq!(bank.get(&path).await.status, 404);
}

#[tokio::test]
async fn the_older_body_works_and_a_secret_is_made_up_once() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    let older = json!({"url": "https://hooks.example.com/x", "events": ["customer.activated"]});
    let made = bank.post(SUBSCRIPTIONS, &older).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let secret = made.body["data"]["secretKey"].as_str().expect("shown this once").to_owned();
    assert!(secret.len() > 32);
    let id = made.body["data"]["id"].as_str().expect("an id");
    for path in [SUBSCRIPTIONS.to_owned(), format!("{SUBSCRIPTIONS}/{id}")] {
        let reply = bank.get(&path).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(!reply.text.contains(&secret) && !reply.text.contains("secretKey"), "{}", reply.text);
    }
    for (field, value) in
        [("endpointUrl", json!("ftp://x")), ("maxRetryAttempts", json!(99)), ("verifySsl", json!(false))]
    {
        let mut body = older.clone();
        body[field] = value;
        let reply = bank.post(SUBSCRIPTIONS, &body).await;
        assert_eq!((reply.status, &reply.body["data"]["errors"][0]["field"]), (400, &json!(field)), "{}", reply.text);
    }
    let stranger = json!({"customerId": "00000000-0000-4000-8000-000000000000", "endpointUrl": "https://x.example.com",
        "subscribedEvents": ["customer.created"]});
    assert_eq!(bank.post(SUBSCRIPTIONS, &stranger).await.status, 404);
    assert_eq!(bank.get(&format!("{SUBSCRIPTIONS}?size=0")).await.status, 400);
    assert_eq!(bank.get(SUBSCRIPTIONS).await.body["data"]["content"].as_array().map(Vec::len), Some(1));
}
