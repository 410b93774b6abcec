//! The pace of a sender: of many at once one is accepted, and what is refused counts for nothing.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use onboarding::{CustomerId, Pii};
use store::{CommitError, LastAccepted, Pace};
use testkit::engines;

use crate::house::{House, at, uuid};

const APART: SignedDuration = SignedDuration::from_secs(1);

fn millis(millis: i64) -> Timestamp {
    at(0).saturating_add(SignedDuration::from_millis(millis)).expect("within the calendar")
}

async fn accept(house: &House, own: &str, customer: CustomerId, at: Timestamp) -> Result<(), CommitError> {
    let mut write = house.store.write(&house.ctx, at);
    write.keep_pace(&Pace { external_id: Pii(own.to_owned()), customer, at, apart: APART });
    write.commit().await.map(drop)
}

engines! {
    async fn of_many_at_once_one_is_accepted(house: House) {
        let (house, customer) = (Arc::new(house), CustomerId(uuid()));
        for round in 0..3 {
            let tasks: Vec<_> = (0..50).map(|n| {
                let house = Arc::clone(&house);
                // Some came in a little later than others.
                tokio::spawn(async move { accept(&house, "4681354", customer, millis(round * 2_000 + n)).await })
            }).collect();
            let mut accepted = 0;
            for task in tasks {
                match task.await.expect("ended") {
                    Ok(()) => accepted += 1,
                    Err(error) => assert_eq!(error, CommitError::TooSoon),
                }
            }
            assert_eq!(accepted, 1);
        }
    }

    async fn what_is_refused_does_not_begin_the_time_anew(house: House) {
        let customer = CustomerId(uuid());
        assert_eq!(accept(&house, "a", customer, millis(0)).await, Ok(()));
        for late in [0, 1, 500, 999] {
            assert_eq!(accept(&house, "a", customer, millis(late)).await, Err(CommitError::TooSoon));
        }
        assert_eq!(accept(&house, "b", CustomerId(uuid()), millis(500)).await, Ok(()), "another customer has its own pace");
        assert_eq!(accept(&house, "a", customer, millis(1_000)).await, Ok(()));
        let last = house.store.last_accepted(&house.ctx, &Pii(" a ".to_owned())).await.expect("readable");
        assert_eq!(last, Some(LastAccepted { customer, at: millis(1_000) }));
    }

    async fn an_id_of_the_senders_is_one_customer(house: House) {
        let (one, other) = (CustomerId(uuid()), CustomerId(uuid()));
        assert_eq!(accept(&house, "a", one, millis(0)).await, Ok(()));
        assert_eq!(accept(&house, "a", other, millis(9_000)).await, Err(CommitError::TooSoon));
        assert_eq!(accept(&house, "a", one, millis(9_000)).await, Ok(()));
    }
}
