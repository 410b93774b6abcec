//! Published lists.

use store::{ListVersion, StoreError};
use testkit::engines;
use watchlists::{Topic, Topics};

use crate::house::{House, at, run};

fn version(list: &str, hash: u8, second: i64) -> ListVersion {
    ListVersion {
        list: list.to_owned(),
        hash: [hash; 32],
        format: list.to_owned(),
        tenant: None,
        title: "A list".to_owned(),
        published_on: Some("2026-11-20".to_owned()),
        entities: 3,
        names: 4,
        topics: Topics::of(Topic::Sanction).with(Topic::ExportControl),
        defects: 1,
        bytes: 99,
        files: vec!["a.csv".to_owned(), "b.csv".to_owned()],
        added_at: at(second),
        confirmed_at: at(second),
    }
}

/// More than a chunk, and nothing that compresses.
fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    (0..400_000).flat_map(|_| next()).collect()
}

engines! {
    async fn a_version_is_kept_by_its_content(house: House) {
        let (noise, empty) = (noise(), Vec::new());
        let files = [("a.csv".to_owned(), noise.as_slice()), ("b.csv".to_owned(), empty.as_slice())];
        assert_eq!(house.store.lists_stamp().await, Ok(0));
        let first = version("ofac-sdn", 1, 0);
        house.store.put_list(&first, &files, "engine").await.expect("kept");
        house.store.put_list(&version("un", 1, 0), &files, "engine").await.expect("kept");
        assert_eq!(house.store.lists_stamp().await, Ok(2));
        assert_eq!(house.store.current_lists().await, Ok(vec![first.clone(), version("un", 1, 0)]));
        let kept = house.store.list_files("ofac-sdn", [1; 32]).await.expect("readable");
        assert_eq!(kept, [("a.csv".to_owned(), noise.clone()), ("b.csv".to_owned(), empty.clone())]);
        assert_eq!(house.store.list_files("ofac-sdn", [9; 32]).await, Ok(vec![]));

        let second = version("ofac-sdn", 2, 10);
        house.store.put_list(&second, &files, "engine").await.expect("kept");
        assert_eq!(house.store.current_lists().await.map(|lists| lists[0].hash), Ok([2; 32]));
        assert_eq!(house.store.list_versions("ofac-sdn").await, Ok(vec![second, first.clone()]));
        // The older one again: in force once more, confirmed, as old as it is.
        let again = ListVersion { added_at: at(20), confirmed_at: at(20), ..first.clone() };
        house.store.put_list(&again, &files, "engine").await.expect("kept");
        let confirmed = ListVersion { confirmed_at: at(20), ..first };
        assert_eq!(house.store.current_lists().await.map(|lists| lists[0].clone()), Ok(confirmed));
        assert_eq!(house.store.lists_stamp().await, Ok(4));
        assert_eq!(house.store.list_files("ofac-sdn", [2; 32]).await.map(|files| files.len()), Ok(2));
    }

    async fn what_a_crash_left_is_replaced(house: House) {
        let raw = house.raw().await;
        const LEFT: &str = "INSERT INTO list_chunks (list, hash, file, chunk, data) VALUES ('un', $1, 0, 7, $2)";
        run(&raw, LEFT, db::values![[1_u8; 32], b"half"]).await;
        run(&raw, LEFT, db::values![[2_u8; 32], b"half"]).await;
        let files = [("a.csv".to_owned(), b"whole".as_slice())];
        let version = ListVersion { files: vec!["a.csv".to_owned()], ..version("un", 1, 0) };
        house.store.put_list(&version, &files, "engine").await.expect("kept");
        assert_eq!(house.store.list_files("un", [1; 32]).await, Ok(vec![("a.csv".to_owned(), b"whole".to_vec())]));
        run(&raw, "UPDATE list_chunks SET data=$1", db::values![b"damaged"]).await;
        let damaged = house.store.list_files("un", [1; 32]).await;
        assert!(matches!(damaged, Err(StoreError::Inconsistent(_))), "{damaged:?}");
    }
}
