//! Who comes no further is forgotten after its time, and nothing personal is left in the folder.

use std::path::Path;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use onboarding::{Customer, CustomerId, EventKind};
use service::tenants::TenantKind;
use service::{Caller, Refused};
use store::{Actor, Ctx, HandleKind};

use crate::house::House;
use crate::prospect::{PLANTED, admitted, eventually, incoming, pii, shows_a_card, tell};

const SANDBOX: TenantKind = TenantKind { sandbox: true, power: false };

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

async fn is_there(house: &House, caller: &Caller, id: CustomerId) -> bool {
    match house.service.customer(caller, id).await {
        Ok(_) => true,
        Err(Refused::NotFound) => false,
        Err(error) => panic!("{error:?}"),
    }
}

/// Every spelling that a value could lie in a file in.
fn needles() -> Vec<(String, Vec<u8>)> {
    let mut needles = Vec::new();
    for text in PLANTED {
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf_16_be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut spelt = vec![
            text.as_bytes().to_vec(),
            text.to_lowercase().into_bytes(),
            text.to_uppercase().into_bytes(),
            utf_16,
            utf_16_be,
            hex::encode(text).into_bytes(),
            hex::encode_upper(text).into_bytes(),
        ];
        // Base64 of a text that begins at any of the three places of a group: what does not change with its neighbours.
        for shift in 0..3 {
            let padded = [vec![b' '; shift], text.as_bytes().to_vec()].concat();
            for encoded in [BASE64_STANDARD.encode(&padded), BASE64_URL_SAFE_NO_PAD.encode(&padded)] {
                let kept = encoded.trim_end_matches('=');
                spelt.push(kept.as_bytes()[shift + 1..kept.len() - 2].to_vec());
            }
        }
        needles.extend(spelt.into_iter().map(|bytes| (text.to_owned(), bytes)));
    }
    needles
}

/// What of the prospect stands in any file of the folder.
fn found_in(folder: &Path) -> Vec<String> {
    let needles = needles();
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).expect("readable");
            for (text, needle) in &needles {
                if bytes.windows(needle.len()).any(|window| window == needle.as_slice()) {
                    found.push(format!("{text} in {}", entry.path().display()));
                }
            }
        }
    }
    found
}

/// The bytes that wrap the customer's key, as they lie in the files.
async fn wrapped_key(house: &House, customer: &Customer) -> Vec<u8> {
    let config = db::SqliteConfig::new(house.data().join("keys.db"));
    let raw = db::Database::open(db::Config::Sqlite(config)).await.expect("it opens");
    let sql = db::sql("SELECT wrapped FROM customer_keys WHERE customer_id=$1");
    let row = raw.read_one(&sql, db::values![customer.id.0.as_bytes()]).await.expect("readable").expect("its key");
    let wrapped = row.bytes("wrapped").expect("bytes").to_vec();
    raw.close().await;
    wrapped
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_ninety_days_nothing_of_a_prospect_is_left() {
    let house = House::open(SANDBOX, true).await;
    let caller = house.caller().await;
    let (id, email) = (PLANTED[7], PLANTED[3]);
    admitted(&house, &caller, id, email).await;
    let customer = shows_a_card(&house, &caller, id).await;
    let admission = customer.admission.clone().expect("admitted");
    let account = admission.account.id;
    let iban = house.service.account(&caller, account).await.expect("its own").iban.expect("booked");
    let unclear = incoming("t-1", 5_000, "Forgettable Sylvie");
    tell(&house, &house.made.transfer_secret, &iban, unclear).await.expect("taken in");
    let code = admission.activation.expect("a code").code;
    let page = admission.page.expect("a page").token;

    // Nothing stands in clear even before, in the data, in the log, or in a copy of both.
    assert_eq!(found_in(house.data()), [] as [&str; 0]);
    let backup = house.data().join("backup");
    std::fs::create_dir(&backup).expect("made");
    for name in ["vestibule.db", "vestibule.db-wal"] {
        drop(std::fs::copy(house.data().join(name), backup.join(name)));
    }
    let wrapped = wrapped_key(&house, &customer).await;
    let tail = wrapped[wrapped.len() - 16..].to_vec();
    let key_is_there = || {
        let files = std::fs::read_dir(house.data()).expect("readable").flatten().filter(|file| file.path().is_file());
        files.into_iter().any(|file| {
            let bytes = std::fs::read(file.path()).expect("readable");
            bytes.windows(tail.len()).any(|window| window == tail)
        })
    };
    assert!(key_is_there(), "the search finds a key that is there");

    house.clock.advance(days(89));
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert!(is_there(&house, &caller, customer.id).await, "a day too early");
    house.clock.advance(days(1));
    eventually("it is forgotten", async || !is_there(&house, &caller, customer.id).await).await;
    eventually("the key is gone from the files", async || !key_is_there()).await;
    assert_eq!(found_in(house.data()), [] as [&str; 0]);

    // Nothing leads to it: neither its ids, nor codes and pages, nor its account.
    let store = house.service.store();
    for (kind, handle) in [(HandleKind::Activation, code), (HandleKind::Page, page)] {
        assert_eq!(store.handle(kind.hash(&handle)).await, Ok(None));
    }
    assert!(matches!(house.service.account(&caller, account).await, Err(Refused::NotFound)));
    assert_eq!(store.account_holder(&iban).await, Ok(None));
    // The journal keeps the fact, and holds.
    let ctx = Ctx::system(caller.tenant_id());
    let forgotten = async || {
        let journal = store.journal(&ctx, 0, 1_000).await.expect("readable");
        let mut of_it = journal.iter().filter(|entry| entry.fact.customer == customer.id);
        of_it.next_back().is_some_and(|entry| entry.fact.kind == EventKind::CustomerForgotten)
    };
    eventually("the fact is in the journal", forgotten).await;
    assert!(store.verify(&ctx).await.expect("readable").is_sound());
    // The same id may come again, as somebody new.
    let again = admitted(&house, &caller, id, email).await;
    assert_ne!(again.id, customer.id);
    house.workers.expect("it works").stop(std::time::Duration::from_secs(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_wins_and_a_released_one_goes_at_once() {
    let house = House::open(SANDBOX, true).await;
    let caller = house.caller().await;
    let held = admitted(&house, &caller, "held-00001", "held@planted.example").await;
    let other = admitted(&house, &caller, "other-0001", "other@planted.example").await;
    let ctx = Ctx { tenant: caller.tenant_id(), actor: Actor::Operator("ana".to_owned()) };
    let service = &house.service;
    service.hold_customer(&ctx, held.id, &pii("a court asked"), "ana").await.expect("admitted");
    house.clock.advance(days(200));
    eventually("the other is forgotten", async || !is_there(&house, &caller, other.id).await).await;
    assert!(is_there(&house, &caller, held.id).await);
    // Found by the institution's own id, as an operator types it.
    let (ctx, found) = service.customer_of_the_house("ana", "held-00001", None).await.expect("one has it");
    assert_eq!(found.id, held.id);
    service.release_customer(&ctx, held.id, &pii("it is settled"), "ana").await.expect("held");
    eventually("it is forgotten", async || !is_there(&house, &caller, held.id).await).await;
    let gone = service.release_customer(&ctx, held.id, &pii("again"), "ana").await;
    assert!(matches!(gone, Err(Refused::NotFound)));
    house.workers.expect("it works").stop(std::time::Duration::from_secs(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rules_of_the_day_count_and_a_refused_one_is_kept_for_its_own_term() {
    let house = House::open(SANDBOX, true).await;
    let caller = house.caller().await;
    let one = admitted(&house, &caller, "one-000001", "one@planted.example").await;
    let fraud = admitted(&house, &caller, "fraud-0001", "x+LC_FRAUD@planted.example").await;
    shows_a_card(&house, &caller, "fraud-0001").await;
    // A longer term counts for who is there already, and so does a shorter one.
    house.set("xpollens.retentionDays", "400").await.expect("a number of days");
    house.clock.advance(days(100));
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert!(is_there(&house, &caller, one.id).await);
    house.set("xpollens.retentionDays", "30").await.expect("a number of days");
    eventually("it is forgotten", async || !is_there(&house, &caller, one.id).await).await;
    assert!(is_there(&house, &caller, fraud.id).await, "a record of the fight against money laundering");
    house.clock.advance(days(1_827));
    eventually("its own term is over", async || !is_there(&house, &caller, fraud.id).await).await;
    house.workers.expect("it works").stop(std::time::Duration::from_secs(10)).await;
}
