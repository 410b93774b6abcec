//! Feeds: one lease, one state, and secrets that stay sealed.

use jiff::SignedDuration;
use onboarding::Pii;
use store::{Feed, FeedError, FeedState, ListVersion, Validators};
use testkit::engines;
use watchlists::{Topic, Topics};

use crate::house::{House, at};

pub fn feed(list: &str, second: i64) -> Feed {
    Feed {
        list: list.to_owned(),
        source: "un".to_owned(),
        addresses: vec![Pii("https://lists.example/a.xml?token=planted-5ec2e7".to_owned())],
        headers: [("authorization".to_owned(), Pii("Bearer planted-5ec2e7".to_owned()))].into(),
        private: false,
        every: SignedDuration::from_mins(15),
        within: SignedDuration::from_mins(10),
        loss_max_percent: 10,
        bytes_max: 1 << 29,
        created_at: at(second),
    }
}

fn after(state: &FeedState, second: i64) -> FeedState {
    FeedState {
        tried_at: Some(at(second)),
        fetched_at: Some(at(second)),
        whole_at: Some(at(second)),
        due_at: at(second + 900),
        failures: 2,
        failed_total: state.failed_total + 1,
        error: Some(FeedError { kind: "tls".to_owned(), text: "no trusted session".to_owned() }),
        hash: Some([7; 32]),
        validators: vec![Validators { etag: Some("\"a\"".to_owned()), last_modified: None }, Validators::default()],
    }
}

const LEASE: SignedDuration = SignedDuration::from_mins(20);

engines! {
    async fn a_feed_is_fetched_by_one_at_a_time(house: House) {
        let store = &house.store;
        assert_eq!(store.claim_due_feed(at(0), LEASE).await, Ok(None));
        store.put_feed(&feed("un", 0)).await.expect("kept");
        let held = store.claim_due_feed(at(1), LEASE).await.expect("read").expect("due at once");
        assert_eq!((&held.feed, held.state.failures, held.state.tried_at), (&feed("un", 0), 0, None));
        assert_eq!(store.claim_due_feed(at(2), LEASE).await, Ok(None));
        assert_eq!(store.claim_feed("un", at(2), LEASE).await, Ok(None));
        let state = after(&held.state, 3);
        assert_eq!(store.end_feed("un", held.attempt, &state).await, Ok(true));
        assert_eq!(store.feeds().await, Ok(vec![(feed("un", 0), state.clone())]));
        assert_eq!(store.end_feed("un", held.attempt, &state).await, Ok(false), "it ended");
        // Not due before its time; whoever asks for it by name gets it.
        assert_eq!(store.claim_due_feed(at(4), LEASE).await, Ok(None));
        let named = store.claim_feed("un", at(4), LEASE).await.expect("read").expect("free");
        assert_eq!(named.state, state);
        assert_eq!(store.renew_feed("un", named.attempt, at(5000)).await, Ok(true));
        assert_eq!(store.claim_due_feed(at(4999), LEASE).await, Ok(None));
        assert_eq!(store.let_feed_go("un", named.attempt).await, Ok(true));
        assert!(store.claim_due_feed(at(4999), LEASE).await.expect("read").is_some());
    }

    async fn a_lease_that_ran_out_is_anothers(house: House) {
        let store = &house.store;
        store.put_feed(&feed("un", 0)).await.expect("kept");
        let first = store.claim_due_feed(at(1), LEASE).await.expect("read").expect("due");
        let second = store.claim_due_feed(at(2000), LEASE).await.expect("read").expect("due again");
        assert_eq!(store.end_feed("un", first.attempt, &after(&first.state, 3)).await, Ok(false));
        assert_eq!(store.renew_feed("un", first.attempt, at(9000)).await, Ok(false));
        // A feed that is set up anew belongs to nobody, and starts from nothing.
        store.put_feed(&feed("un", 2001)).await.expect("kept");
        assert_eq!(store.end_feed("un", second.attempt, &after(&first.state, 3)).await, Ok(false));
        assert!(store.claim_due_feed(at(2001), LEASE).await.expect("read").is_some_and(|held| held.state.hash.is_none()));
        store.release_leases(at(2002)).await.expect("released");
        assert!(store.claim_due_feed(at(2002), LEASE).await.expect("read").is_some(), "the only node starts again");
        assert_eq!(store.delete_feed("un").await, Ok(true));
        assert_eq!(store.delete_feed("un").await, Ok(false));
        assert_eq!(store.feeds().await, Ok(vec![]));
    }

    async fn only_what_is_in_force_is_confirmed(house: House) {
        let version = |hash: u8, second: i64| ListVersion {
            list: "un".to_owned(),
            hash: [hash; 32],
            format: "un".to_owned(),
            tenant: None,
            title: "A list".to_owned(),
            published_on: None,
            entities: 1,
            names: 1,
            topics: Topics::of(Topic::Sanction),
            defects: 0,
            bytes: 1,
            files: vec!["a".to_owned()],
            added_at: at(second),
            confirmed_at: at(second),
        };
        let files = [("a".to_owned(), b"x".as_slice())];
        for (hash, second) in [(1, 0), (2, 10)] {
            house.store.put_list(&version(hash, second), &files, "engine").await.expect("kept");
        }
        let confirmed = async || house.store.current_lists().await.map(|lists| lists[0].confirmed_at);
        assert_eq!(house.store.confirm_list("un", [1; 32], at(20)).await, Ok(false));
        assert_eq!(confirmed().await, Ok(at(10)));
        assert_eq!(house.store.confirm_list("un", [2; 32], at(20)).await, Ok(true));
        assert_eq!(house.store.confirm_list("un", [2; 32], at(15)).await, Ok(false), "never backwards");
        assert_eq!(confirmed().await, Ok(at(20)));
        assert_eq!(house.store.newest_generation().await.map(|newest| newest.map(|newest| newest.number)), Ok(Some(2)));
    }
}
