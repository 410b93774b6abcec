//! The same customer once a second, whatever comes at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{Sender, person};
use crate::house::House;

const AT_ONCE: usize = 1_000;

async fn all_at_once(sender: &Sender, id: impl Fn(usize) -> String) -> BTreeMap<u16, usize> {
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|n| {
            let (sender, body) = (sender.clone(), person(&id(n), "Ada", "Byron"));
            tokio::spawn(async move { sender.check(&body).await })
        })
        .collect();
    let mut statuses = BTreeMap::new();
    for task in tasks {
        let reply = task.await.expect("ended");
        if reply.status == 425 {
            assert_eq!(reply.text, "Too early. Please do not send yet this customer. Try again later.");
        }
        *statuses.entry(reply.status).or_insert(0) += 1;
    }
    statuses
}

async fn one_in_a_second(house: House) {
    house.sample_list().await;
    let sender = Sender::at(&house);
    let start = Instant::now();
    let statuses = all_at_once(&sender, |_| "same".to_owned()).await;
    let seconds = usize::try_from(start.elapsed().as_secs()).expect("few");
    let accepted: usize = [200, 202].iter().filter_map(|status| statuses.get(status)).sum();
    assert!(accepted >= 1 && accepted <= 1 + seconds, "{statuses:?} in {seconds} s");
    assert_eq!(accepted + statuses.get(&425).copied().unwrap_or(0), AT_ONCE, "{statuses:?}");
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(sender.check(&person("same", "Ada", "Byron")).await.status, 200);
    assert_eq!(sender.check(&person("same", "Ada", "Byron")).await.status, 425);
    let statuses = all_at_once(&sender, |n| format!("c-{n}")).await;
    let accepted: usize = [200, 202].iter().filter_map(|status| statuses.get(status)).sum();
    // A server that has too much to do says so; nobody is too early who is sent for the first time.
    let overloaded = statuses.get(&503).copied().unwrap_or(0);
    assert_eq!(accepted + overloaded, AT_ONCE, "{statuses:?}");
    assert!(overloaded <= AT_ONCE / 20, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_at_once_one_is_accepted_on_sqlite() {
    one_in_a_second(House::open()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_at_once_one_is_accepted_on_postgres() {
    if let Some(house) = House::open_on_postgres().await {
        one_in_a_second(house).await;
    }
}

#[tokio::test]
async fn a_refused_request_does_not_begin_the_second_anew() {
    let house = House::open();
    house.sample_list().await;
    let sender = Sender::at(&house);
    let body = person("1", "Ada", "Byron");
    let start = Instant::now();
    assert_eq!(sender.check(&body).await.status, 200);
    while start.elapsed() < Duration::from_millis(900) {
        let early = sender.check(&body).await.status;
        assert!(early == 425 || start.elapsed() >= Duration::from_millis(990), "{early}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_millis(1_010).saturating_sub(start.elapsed())).await;
    // Accepted when the first one came in, which was after `start`; a little more makes it surely a second.
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(sender.check(&body).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_accept_one_together() {
    let Some(house) = House::open_on_postgres().await else { return };
    house.sample_list().await;
    let other = house.beside();
    let here = Sender::at(&house);
    let there = Sender { base: other.address().to_owned(), ..here.clone() };
    for round in 0..3 {
        let start = Instant::now();
        let tasks: Vec<_> = (0..200)
            .map(|n| {
                let sender = if n % 2 == 0 { here.clone() } else { there.clone() };
                let body = person(&format!("round-{round}"), "Ada", "Byron");
                tokio::spawn(async move { sender.check(&body).await.status })
            })
            .collect();
        let mut accepted = 0;
        for task in tasks {
            let status = task.await.expect("ended");
            assert!([200, 202, 425].contains(&status), "{status}");
            accepted += usize::from(status != 425);
        }
        let seconds = usize::try_from(start.elapsed().as_secs()).expect("few");
        assert!(accepted >= 1 && accepted <= 1 + seconds, "{accepted} in {seconds} s");
    }
}
