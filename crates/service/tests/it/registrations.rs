//! Registrations that are put: by a setting, and about one customer; and what becomes of what they are owed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, civil::date};
use onboarding::onboard::Onboard;
use onboarding::records::{Email, Standing};
use onboarding::{Customer, EventKind, Party, Person, PersonName, Pii, RecordId};
use serde_json::Map;
use service::tenants::{SetError, TenantKind};
use service::{DeliveryState, NewRegistration, RegistrationFilter, RegistrationState, Rendered, Reply, Retries};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::house::{House, TELLER};

/// Answers 200, or 500 while it is down, and keeps the last line of each body.
struct Receiver {
    url: String,
    down: Arc<AtomicBool>,
    got: Arc<Mutex<Vec<String>>>,
}

async fn receiver() -> Receiver {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (down, got) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let receiver = Receiver { url, down: Arc::clone(&down), got: Arc::clone(&got) };
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 4096];
            let mut read = 0;
            // A short request; its body ends with a blank and the secret.
            while !bytes[..read].ends_with(b" s3cret") {
                match stream.read(&mut bytes[read..]).await {
                    Ok(more) if more > 0 => read += more,
                    _ => break,
                }
            }
            let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
            let status = if down.load(Ordering::SeqCst) { "500 Down" } else { "200 OK" };
            if status == "200 OK" {
                got.lock().expect("whole").extend(text.lines().last().map(str::to_owned));
            }
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            drop(stream.write_all(answer.as_bytes()).await);
        }
    });
    receiver
}

async fn eventually<T>(what: &str, holds: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..1_000 {
        if let Some(value) = holds().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}");
}

async fn onboarded(house: &House) -> onboarding::CustomerId {
    let name = PersonName { first: Pii("Erna".to_owned()), last: Pii("Muster".to_owned()), ..PersonName::default() };
    let party = Party::Person(Person {
        name,
        birth_date: Some(Pii(date(1969, 12, 11))),
        citizenship: None,
        tax_id: None,
        declared_pep: false,
    });
    let caller = house.caller().await;
    let id = Mutex::new(None);
    let render = |customer: &Customer| {
        *id.lock().expect("whole") = Some(customer.id);
        Rendered { status: 200, body: Vec::new() }
    };
    let command = Onboard {
        party,
        cif_number: String::new(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: Map::new(),
    };
    let reply = Reply { once: None, request_id: "r", render: &render };
    house.service.onboard(&caller, command, reply).await.expect("let in");
    id.into_inner().expect("whole").expect("rendered")
}

#[tokio::test]
async fn a_registration_follows_its_setting() {
    let house = House::open(TenantKind::default(), false).await;
    let caller = house.caller().await;
    let listed = async || {
        let filter = RegistrationFilter { dialect: Some(TELLER.to_owned()), ..RegistrationFilter::default() };
        house.service.registrations(&caller, &filter, 0, 10).await.expect("readable").items
    };
    assert!(listed().await.is_empty());
    house.set("waldo.webhookUrl", "http://127.0.0.1:9/a").await.expect("fits");
    let made = listed().await.remove(0);
    assert_eq!((made.name.as_str(), made.callback_url.as_deref()), ("webhook", Some("http://127.0.0.1:9/a")));
    // What is not about it leaves it alone.
    house.set("lists.maxAge", "P3D").await.expect("fits");
    assert_eq!(listed().await.as_slice(), std::slice::from_ref(&made));
    house.set("waldo.webhookUrl", "http://127.0.0.1:9/b").await.expect("fits");
    let moved = listed().await.remove(0);
    assert_eq!((moved.id, moved.version, moved.callback_url.as_deref()), (made.id, 2, Some("http://127.0.0.1:9/b")));
    assert!(matches!(house.set("waldo.webhookUrl", "nowhere").await, Err(SetError::Setting(_))));
    house.set("waldo.webhookUrl", "").await.expect("taken out");
    assert!(listed().await.is_empty());
}

#[tokio::test]
async fn settings_that_do_not_go_together_change_nothing() {
    let house = House::open(TenantKind::default(), false).await;
    assert!(matches!(house.set("waldo.rejectBelow", "0.9").await, Err(SetError::Setting(_))));
    let own_key = house.made.tenant.key.clone();
    assert!(matches!(house.set("finhub.powerTenant", &own_key).await, Err(SetError::Setting(_))), "it has no power");
    let power = house.service.create_tenant("Power", TenantKind { sandbox: false, power: true }).await.expect("made");
    house.set("finhub.powerTenant", &power.tenant.key).await.expect("it has power");
    let tenant = house.service.tenant(&own_key).await.expect("there");
    assert_eq!((tenant.version, tenant.settings.len()), (2, 1));
    // A secret that nobody changed is still there.
    let secret = house.caller().await.settings.hawk.callback_secret.clone();
    assert_eq!(secret, Some(Pii(house.made.hawk_callback_secret.clone())));
}

#[tokio::test]
async fn a_put_that_changes_nothing_writes_nothing() {
    let house = House::open(TenantKind::default(), false).await;
    let caller = house.caller().await;
    let new = NewRegistration::push(TELLER, "one", [EventKind::CustomerOnboarded], "http://127.0.0.1:9/a");
    let made = house.service.put_registration(&caller, new.clone()).await.expect("put");
    assert_eq!(house.service.put_registration(&caller, new.clone()).await.expect("put"), made);
    let changed = NewRegistration { secret: Some(Pii("s3cret".to_owned())), ..new };
    let again = house.service.put_registration(&caller, changed).await.expect("put");
    assert_eq!((again.id, again.version), (made.id, 2));
    assert!(house.service.deliveries_of(&caller, "cos", made.id, 0, 9).await.is_err(), "another dialect's");
}

#[tokio::test]
async fn a_receiver_that_was_down_misses_nothing_about_its_customer() {
    let mut house = House::open(TenantKind::default(), true).await;
    let (caller, receiver) = (house.caller().await, receiver().await);
    receiver.down.store(true, Ordering::SeqCst);
    let (mine, other) = (onboarded(&house).await, onboarded(&house).await);
    let wish = NewRegistration {
        customer: Some(mine),
        retries: Some(Retries { times: 1, back_off_seconds: 0 }),
        secret: Some(Pii("s3cret".to_owned())),
        ..NewRegistration::push(TELLER, format!("{mine}"), EventKind::ALL, format!("{}/{mine}", receiver.url))
    };
    let silent = NewRegistration { format: "silent".to_owned(), name: "silent".to_owned(), ..wish.clone() };
    let (made, silent) = (
        house.service.put_registration(&caller, wish.clone()).await.expect("put"),
        house.service.put_registration(&caller, silent).await.expect("put"),
    );
    let about = async |number: usize| {
        let page = house.service.deliveries_of(&caller, TELLER, made.id, 0, 20).await.expect("readable");
        (page.items.len() >= number).then_some(page.items)
    };
    let something_happens = async || {
        for customer in [mine, other] {
            let email = Email { kind: "Home".to_owned(), address: Pii("e@muster.example".to_owned()) };
            let render = |_: &(Customer, RecordId)| Rendered { status: 200, body: Vec::new() };
            let reply = Reply { once: None, request_id: "r", render: &render };
            let added = house.service.add_record(&caller, customer, email, Standing::Secondary, reply).await;
            assert!(added.is_ok());
        }
    };
    something_happens().await;
    let owed = eventually("something is owed", async || about(1).await).await;
    assert!(owed.iter().all(|delivery| delivery.customer == mine), "not of others");
    // Both tries fail: it is suspended.
    eventually("it is suspended", async || {
        house.clock.advance(SignedDuration::from_secs(100));
        let known = house.service.registration(&caller, TELLER, made.id).await.expect("there");
        (known.state == RegistrationState::Suspended).then_some(())
    })
    .await;
    something_happens().await;
    let count = eventually("the next is held", async || {
        let items = about(2).await?;
        items.iter().any(|delivery| delivery.state == DeliveryState::Held).then_some(items.len())
    })
    .await;
    // It is back, and the next request puts the registration: all that was missed arrives.
    receiver.down.store(false, Ordering::SeqCst);
    house.service.put_registration(&caller, wish).await.expect("put");
    eventually("everything arrived", async || {
        let items = about(count).await?;
        items.iter().all(|delivery| delivery.state == DeliveryState::Delivered).then_some(())
    })
    .await;
    assert!(receiver.got.lock().expect("whole").len() >= count);
    // What a dialect has nothing to say of is done, without a status.
    let page = house.service.deliveries_of(&caller, TELLER, silent.id, 0, 20).await.expect("readable");
    assert!(!page.items.is_empty());
    for delivery in page.items {
        assert_eq!((delivery.state, delivery.last_status), (DeliveryState::Delivered, None));
    }
    if let Some(workers) = house.workers.take() {
        workers.stop(Duration::from_secs(5)).await;
    }
}
