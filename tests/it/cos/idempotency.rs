//! One key, one effect.

use std::collections::BTreeSet;

use serde_json::json;

use crate::house::House;

const CUSTOMERS: &str = "/core/v1/cm/customers";

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_byte_for_byte() {
    let house = House::open();
    let client = house.client().await;
    let key = [("Idempotency-Key", "d4b3a6f0-6a55-4f0e-9b62-0d7a3c2f1e11")];
    let first = client.send("POST", CUSTOMERS, Some(&client.bob()), &key).await;
    let again = client.send("POST", CUSTOMERS, Some(&client.bob()), &key).await;
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(first.text, again.text);
    assert!(first.headers.get("original-request-id").is_none());
    assert_eq!(again.headers.get("original-request-id"), first.headers.get("request-id"));
    assert_ne!(again.headers.get("request-id"), first.headers.get("request-id"));

    let other = client.send("POST", CUSTOMERS, Some(&client.person("Rob", "Smith", "1953-09-22")), &key).await;
    assert_ne!(other.body["id"], first.body["id"], "a changed body is a new request");
    let unkeyed = client.onboard(&client.bob()).await;
    assert_ne!(first.body["id"], json!(unkeyed));
    let stranger = house.client().await;
    let mut theirs = client.bob();
    theirs["partnerId"] = json!(stranger.tenant.id);
    let theirs = stranger.send("POST", CUSTOMERS, Some(&theirs), &key).await;
    assert!(theirs.status == 200 && theirs.body["id"] != first.body["id"], "another tenant's key is another key");
}

#[tokio::test]
async fn a_key_too_long_is_refused_and_named() {
    let house = House::open();
    let client = house.client().await;
    let key = "k".repeat(51);
    let reply = client.send("POST", CUSTOMERS, Some(&client.bob()), &[("idempotency-key", &key)]).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text.contains("Idempotency-Key"), "{}", reply.text);
}

#[tokio::test]
async fn sixty_four_at_once_make_one_customer() {
    let house = House::open();
    let client = house.client().await;
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                loop {
                    let key = [("Idempotency-Key", "one")];
                    let reply = client.send("POST", CUSTOMERS, Some(&client.bob()), &key).await;
                    match reply.status {
                        200 => return reply.body["id"].as_str().expect("an id").to_owned(),
                        409 => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
                        other => panic!("{other}: {}", reply.text),
                    }
                }
            })
        })
        .collect();
    let mut ids = BTreeSet::new();
    for task in tasks {
        ids.insert(task.await.expect("answered"));
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(client.get(CUSTOMERS).await.body["results"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn records_and_registrations_are_made_once_too() {
    let house = House::open();
    let client = house.client().await;
    let id = client.onboard(&client.bob()).await;
    let phone = json!({"phoneType": "Mobile", "phoneNumber": "2015552345"});
    let wish = json!({"eventName": "Core.Customer.Onboarded", "type": "Poll"});
    for (path, body) in [(format!("{CUSTOMERS}/{id}/phones"), phone), ("/webhooks/v1/registrations".to_owned(), wish)] {
        let key = [("Idempotency-Key", "same")];
        let first = client.send("POST", &path, Some(&body), &key).await;
        let again = client.send("POST", &path, Some(&body), &key).await;
        assert_eq!((first.status, again.status), (200, 200), "{path}: {} {}", first.text, again.text);
        assert_eq!(first.text, again.text);
    }
}
