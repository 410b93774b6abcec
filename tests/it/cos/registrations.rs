//! Webhooks: registered, pushed, fetched, failed, suspended, held, sent again.

use std::time::Duration;

use base64::Engine;
use serde_json::{Value, json};

use crate::house::{Client, House, eventually, http};
use crate::receiver::Receiver;

const REGISTRATIONS: &str = "/webhooks/v1/registrations";
const ONBOARDED: &str = "Core.Customer.Onboarded";

async fn register(client: &Client, wish: Value) -> Value {
    let reply = client.post(REGISTRATIONS, &wish).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_registration_is_made_read_listed_changed_and_removed() {
    let house = House::open();
    let client = house.client().await;
    let wish = json!({"partnerId": client.tenant.id, "eventName": ONBOARDED, "type": "Push", "callbackUrl": "http://127.0.0.1:9/x",
        "authUsername": "me", "authPassword": "s3cr3t", "format": "Extended"});
    let made = register(&client, wish.clone()).await;
    assert_eq!(
        (&made["type"], &made["registrationType"], &made["format"]),
        (&json!("Push"), &json!("Push"), &json!("Extended"))
    );
    assert_eq!(client.post(REGISTRATIONS, &wish).await.status, 409, "one an event");
    let path = format!("{REGISTRATIONS}/{}", id(&made));
    for text in [made.to_string(), client.get(&path).await.text, client.get(REGISTRATIONS).await.text] {
        assert!(!text.contains("s3cr3t") && text.contains(ONBOARDED), "{text}");
    }
    let listed = client.get(&format!("{REGISTRATIONS}?eventName={ONBOARDED}&pageSize=1")).await.body;
    assert_eq!((listed["results"].as_array().map(Vec::len), &listed["hasNextPage"]), (Some(1), &json!(false)));
    let none = client.get(&format!("{REGISTRATIONS}?eventName=Core.Customer.Name.Changed")).await.body;
    assert_eq!(none["results"], json!([]));

    let mut other = wish;
    other["callbackUrl"] = json!("http://127.0.0.1:9/y");
    assert_eq!(client.put(&path, &other).await.status, 200);
    assert_eq!(client.get(&path).await.body["callbackUrl"], "http://127.0.0.1:9/y");
    let stranger = house.client().await;
    for reply in [stranger.get(&path).await, stranger.put(&path, &other).await, stranger.delete(&path).await] {
        assert!(reply.status == 404 || reply.status == 403, "{}", reply.status);
    }
    assert!((200..300).contains(&client.delete(&path).await.status));
    assert_eq!(client.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_pushed_event_carries_basic_auth_and_is_success_when_read_later() {
    let house = House::open();
    let client = house.client().await;
    let receiver = Receiver::start().await;
    let wish = json!({"eventName": ONBOARDED, "registrationType": "Push", "callbackUrl": receiver.url, "authUsername": "me",
        "authPassword": "s3cr3t", "format": "Extended"});
    let registration = register(&client, wish).await;
    let mut bob = client.bob();
    bob["clientIdentifier"] = json!("crm-77");
    let customer = client.onboard(&bob).await;
    let told = receiver.events(ONBOARDED, 1).await.remove(0);
    assert_eq!(told["status"], "Pending");
    assert_eq!(told["details"], json!([{"customerId": customer, "clientIdentifier": "crm-77"}]));
    let headers = receiver.got().remove(0).headers;
    let basic = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode("me:s3cr3t"));
    assert_eq!(headers.get("authorization").and_then(|value| value.to_str().ok()), Some(basic.as_str()));
    let read = eventually("it is a success", async || {
        let event = client.get(&format!("/webhooks/v1/events/{}", id(&told))).await.body;
        (event["status"] == "Success").then_some(event)
    })
    .await;
    assert!(read["lastAttemptedAt"].is_string());

    let resent = client.post(&format!("/webhooks/v1/events/{}/resend", id(&told)), &json!({})).await;
    assert!((200..300).contains(&resent.status), "{}", resent.text);
    let twice = receiver.events(ONBOARDED, 2).await;
    assert_eq!(twice[0]["id"], twice[1]["id"], "the same event");

    let pinged = client.put(&format!("{REGISTRATIONS}/{}/ping", id(&registration)), &json!({})).await;
    assert!((200..300).contains(&pinged.status), "{}", pinged.text);
    let ping = receiver.events(ONBOARDED, 3).await.remove(2);
    assert_eq!((&ping["isPing"], &ping["resources"]), (&json!(true), &json!([])));
}

#[tokio::test]
async fn events_are_fetched_one_by_one_until_acknowledged() {
    let house = House::open();
    let client = house.client().await;
    register(&client, json!({"eventName": ONBOARDED, "type": "Poll"})).await;
    let first = client.onboard(&client.bob()).await;
    let second = client.onboard(&client.bob()).await;
    for customer in [first, second] {
        let event = eventually("an event waits", async || {
            let event = client.get("/webhooks/v1/events/poll").await.body;
            event["id"].is_string().then_some(event)
        })
        .await;
        assert_eq!(event["resources"], json!([format!("core/v1/cm/customers/{customer}")]), "in their order");
        let again = client.get("/webhooks/v1/events/poll").await.body;
        assert_eq!(again["id"], event["id"], "until it is acknowledged");
        let done = client.put(&format!("/webhooks/v1/events/{}/acknowledge", id(&event)), &json!({})).await;
        assert_eq!((done.status, &done.body["status"]), (200, &json!("Success")), "{}", done.text);
    }
    let empty = client.get("/webhooks/v1/events/poll").await;
    assert!(empty.status == 204 || empty.body["id"].is_null(), "{} {}", empty.status, empty.text);
    assert_eq!(client.get("/webhooks/v1/events").await.body["results"].as_array().map(Vec::len), Some(2));
}

async fn advance(house: &House, by: &str) {
    let request = http().post(format!("{}/sandbox/clock", house.address())).body(json!({"advance": by}).to_string());
    assert_eq!(request.send().await.expect("answered").status(), 200);
}

#[tokio::test]
async fn a_dead_address_is_tried_four_times_then_suspended_and_what_follows_is_held() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    let client = house.client().await;
    let receiver = Receiver::start().await;
    receiver.answer(500);
    let wish = json!({"eventName": ONBOARDED, "registrationType": "Push", "callbackUrl": receiver.url});
    let registration = register(&client, wish).await;
    let path = format!("{REGISTRATIONS}/{}", id(&registration));
    client.onboard(&client.bob()).await;
    for tries in 1..=4 {
        receiver.events(ONBOARDED, tries).await;
        advance(&house, "PT2M").await;
    }
    eventually("it is suspended", async || (client.get(&path).await.body["status"] == "Suspended").then_some(())).await;
    let failed = receiver.events(ONBOARDED, 4).await.remove(0);
    assert_eq!(client.get(&format!("/webhooks/v1/events/{}", id(&failed))).await.body["status"], "Failed");

    client.onboard(&client.bob()).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(receiver.got().len(), 4, "nothing is sent while it is suspended");
    receiver.answer(200);
    let restarted = client.put(&format!("{path}/restart"), &json!({})).await;
    assert_eq!((restarted.status, &restarted.body["status"]), (200, &json!("Active")), "{}", restarted.text);
    receiver.events(ONBOARDED, 5).await;
    assert_eq!(
        client.get(&format!("/webhooks/v1/events/{}", id(&failed))).await.body["status"],
        "Failed",
        "until someone acts"
    );
    let resent = client.post(&format!("/webhooks/v1/events/{}/resend", id(&failed)), &json!({})).await;
    assert!((200..300).contains(&resent.status), "{}", resent.text);
    eventually("both arrive at last", async || {
        let events = client.get("/webhooks/v1/events").await.body;
        let events = events["results"].as_array().expect("a list").clone();
        (events.len() == 2 && events.iter().all(|event| event["status"] == "Success")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_slow_receiver_gets_each_event_once_though_every_lease_runs_out() {
    // More than are sent to one address at once, so that some are under way and some wait.
    const EVENTS: usize = 24;
    const AT_ONCE: usize = 16;
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    let client = house.client().await;
    let receiver = Receiver::start().await;
    receiver.hold(true);
    let wish = json!({"eventName": ONBOARDED, "registrationType": "Push", "callbackUrl": receiver.url});
    register(&client, wish).await;
    for _ in 0..EVENTS {
        client.onboard(&client.bob()).await;
    }
    receiver.events(ONBOARDED, AT_ONCE).await;
    advance(&house, "PT2M").await;
    // Long enough for everything to be claimed anew.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(receiver.got().len(), AT_ONCE, "the rest waits for its turn");
    receiver.hold(false);
    eventually("all have arrived", async || {
        let events = client.get("/webhooks/v1/events").await.body;
        let events = events["results"].as_array().expect("a list").clone();
        (events.len() == EVENTS && events.iter().all(|event| event["status"] == "Success")).then_some(())
    })
    .await;
    advance(&house, "PT2M").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(receiver.got().len(), EVENTS, "nothing is sent again");
}

#[tokio::test]
async fn an_address_inside_is_refused_unless_the_house_allows_it() {
    let house = House::open_with(&[]);
    let client = house.client().await;
    for url in [
        "http://example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://0x7f000001/",
        "https://me:pw@example.com/",
        "ftp://example.com/",
        "nonsense",
        "https://localhost/x",
    ] {
        let wish = json!({"eventName": ONBOARDED, "registrationType": "Push", "callbackUrl": url});
        let reply = client.post(REGISTRATIONS, &wish).await;
        assert_eq!(reply.status, 400, "{url}: {}", reply.text);
        assert!(reply.text.contains("callbackUrl"), "{}", reply.text);
    }
    let fine =
        json!({"eventName": ONBOARDED, "registrationType": "Push", "callbackUrl": "https://hooks.example.com/x"});
    assert_eq!(client.post(REGISTRATIONS, &fine).await.status, 200);
}

#[tokio::test]
async fn events_survive_a_restart_of_the_house() {
    let house = House::open();
    let client = house.client().await;
    let receiver = Receiver::start().await;
    receiver.answer(503);
    let wish = json!({"eventName": ONBOARDED, "registrationType": "Push", "callbackUrl": receiver.url});
    register(&client, wish).await;
    client.onboard(&client.bob()).await;
    receiver.events(ONBOARDED, 1).await;
    let mut house = house;
    house.stop();
    receiver.answer(200);
    let house = House::again(house);
    let client = house.client_of(client.tenant).await;
    let event = receiver.events(ONBOARDED, 1).await.remove(0);
    let resent = client.post(&format!("/webhooks/v1/events/{}/resend", id(&event)), &json!({})).await;
    assert!((200..300).contains(&resent.status), "{}", resent.text);
    eventually("it arrives", async || {
        let event = client.get(&format!("/webhooks/v1/events/{}", id(&event))).await.body;
        (event["status"] == "Success").then_some(())
    })
    .await;
}
