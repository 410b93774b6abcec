//! What a thief of the folder has: noise. And what a vandal can move about: nothing that opens.

use db::values;
use onboarding::case::{Act, take};
use store::{Answer, CustomerFilter, OpenError, RegistrationMode, Store, StoreError};
use testkit::engines;
use watchlists::Topic;

use crate::house::{Counter, House, at, hit, master, open, run, screened};
use crate::registrations::{register, registration};

/// Everything personal that the tests put into the store, in one of its writings.
const PLANTED: [&str; 14] = [
    "Ernestine",
    "Musterfrau",
    "MUSTERFRAU",
    "119988776",
    "119-98-8776",
    "Planted Street",
    "Plantedville",
    "15550102030",
    "planted.example",
    "C01X00T47",
    "1969-12-11",
    "planted",
    "client-",
    "07666",
];

/// A house in which everything that is ever sealed was sealed.
async fn lived_in(house: &House) -> onboarding::Customer {
    let customer = house.let_in("Ernestine").await;
    let met = screened(customer, None, vec![hit("1", Topic::Sanction)], at(5));
    house.apply(&met).await;
    let taken = take(met.customer, met.case.expect("opened"), &Act::by("ana"), &mut Counter, at(6)).expect("open");
    house.apply(&taken).await;
    register(house, &registration(&house.ctx, onboarding::EventKind::CaseOpened, RegistrationMode::Push))
        .await
        .expect("free");
    house.store.put_feed(&crate::feeds::feed("un", 7)).await.expect("kept");
    let mut write = house.store.write(&house.ctx, at(7));
    let file = store::NewFile {
        id: onboarding::FileId(crate::house::uuid()),
        customer: taken.customer.id,
        purpose: "case attachment".to_owned(),
        content_type: "text/plain".to_owned(),
        name: Some(crate::house::pii("planted.png")),
        content: onboarding::Pii(b"planted Ernestine Musterfrau 119988776".repeat(10_000)),
    };
    write.keep_file(&file).expect("small");
    let body = b"planted Ernestine Musterfrau 119988776".to_vec();
    let digest = house.store.keyed_digest(&house.ctx, "d", &[b"119988776"]).await.expect("a tenant");
    let answer = Answer {
        id: digest,
        fingerprint: digest,
        status: 200,
        body,
        request_id: "req".to_owned(),
        created_at: at(7),
        kept_until: at(99),
    };
    write.remember(&answer).expect("small");
    write.commit().await.expect("written");
    house.store.seal_next(100, &mut Counter, at(8), crate::house::LEASE).await.expect("sealed");
    taken.customer
}

fn needles() -> Vec<Vec<u8>> {
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let plain = PLANTED.iter().map(|text| text.as_bytes().to_vec());
    let hex = PLANTED.iter().map(|text| hex::encode(text).into_bytes());
    let backwards = PLANTED.iter().map(|text| text.bytes().rev().collect());
    plain.chain(hex).chain(backwards).chain(PLANTED.iter().map(|text| utf_16(text))).collect()
}

fn found_in(bytes: &[u8]) -> Vec<String> {
    let holds = |needle: &&Vec<u8>| bytes.windows(needle.len()).any(|window| window == needle.as_slice());
    needles().iter().filter(holds).map(|needle| String::from_utf8_lossy(needle).into_owned()).collect()
}

#[test]
fn the_folder_holds_nothing_personal() {
    testkit::block_on(async {
        let files = testkit::TestDb::sqlite();
        let house = <House as testkit::Setup>::set_up(files).await;
        lived_in(&house).await;
        // Once with the write-ahead log full, once with it emptied into the files.
        for step in ["open", "checkpointed", "closed"] {
            let folder = house.files.folder().expect("SQLite");
            let mut names = Vec::new();
            for file in std::fs::read_dir(folder).expect("readable").flatten() {
                let name = file.file_name().to_string_lossy().into_owned();
                let bytes = std::fs::read(file.path()).expect("readable");
                assert_eq!(found_in(&bytes), [] as [&str; 0], "{name} while {step}");
                names.push((name, bytes.len()));
            }
            let size = |name: &str| names.iter().find(|(known, _)| known == name).map_or(0, |(_, size)| *size);
            assert!(size("keys.db") > 0 && size("vestibule.db") > 0, "{names:?}");
            assert!(step != "open" || size("vestibule.db-wal") > 10_000, "{names:?}");
            match step {
                "open" => house.store.checkpoint().await.expect("emptied"),
                _ => house.store.close().await,
            }
        }
        // The search does find what is there.
        assert_eq!(found_in(b"xx Plantedville xx"), ["Plantedville"]);
    });
}

engines! {
    async fn another_master_key_is_refused(house: House) {
        lived_in(&house).await;
        house.store.close().await;
        let refused = open(&house.files, store::MasterKey::random()).await.expect_err("another key");
        assert!(matches!(refused, OpenError::WrongMasterKey), "{refused:?}");
        let store = open(&house.files, master()).await.expect("the right key");
        assert_eq!(store.customers(&house.ctx, &CustomerFilter::default(), 0, 9).await.map(|all| all.len()), Ok(1));
        // Without the value to compare with, a store that holds keys is not taken for a fresh one.
        run(&house.raw().await, "DELETE FROM master_check", vec![]).await;
        let refused = open(&house.files, store::MasterKey::random()).await.expect_err("no check");
        assert!(matches!(refused, OpenError::Store(StoreError::Inconsistent(_))), "{refused:?}");
    }

    async fn what_is_moved_to_another_place_does_not_open(house: House) {
        let (mine, other) = (lived_in(&house).await, house.let_in("Max").await);
        let raw = house.raw().await;
        let broken = async |store: &Store| matches!(
            store.customer(&house.ctx, mine.id).await, Err(StoreError::Inconsistent(_))
        );
        let (one, two) = (mine.id.0.as_bytes().to_vec(), other.id.0.as_bytes().to_vec());
        let read = async |sql, id: &[u8]| {
            crate::house::rows(&raw, sql, values![id]).await[0].bytes(0).expect("bytes").to_vec()
        };
        const SEALED: &str = "SELECT sealed FROM customers WHERE id=$1";
        const PUT: &str = "UPDATE customers SET sealed=$1 WHERE id=$2";
        let own = read(SEALED, &one).await;
        // Another customer's document; another table's value of the same customer.
        run(&raw, PUT, values![read(SEALED, &two).await, one.clone()]).await;
        assert!(broken(&house.store).await);
        run(&raw, PUT, values![read("SELECT sealed FROM cases WHERE customer_id=$1", &one).await, one.clone()]).await;
        assert!(broken(&house.store).await);
        run(&raw, PUT, values![own, one.clone()]).await;
        assert!(!broken(&house.store).await);
        // Another customer's key.
        const WRAPPED: &str = "SELECT wrapped FROM customer_keys WHERE customer_id=$1";
        const PUT_KEY: &str = "UPDATE customer_keys SET wrapped=$1 WHERE customer_id=$2";
        let own = read(WRAPPED, &one).await;
        run(&raw, PUT_KEY, values![read(WRAPPED, &two).await, one.clone()]).await;
        assert!(broken(&house.store).await);
        run(&raw, PUT_KEY, values![own, one.clone()]).await;
        assert!(!broken(&house.store).await);
        // The whole customer, moved to another tenant.
        let theirs = house.other.tenant.0.as_bytes().to_vec();
        for table in ["UPDATE customers SET tenant_id=$1", "UPDATE customer_keys SET tenant_id=$1"] {
            run(&raw, table, values![theirs.clone()]).await;
        }
        let stolen = house.store.customer(&house.other, mine.id).await;
        assert!(matches!(stolen, Err(StoreError::Inconsistent(_))), "{stolen:?}");
        // An answer and a password of another tenant.
        for (table, moved) in [("UPDATE answers SET tenant_id=$1", "answer"), ("UPDATE registrations SET tenant_id=$1", "auth")] {
            run(&raw, table, values![theirs.clone()]).await;
            let result = if moved == "answer" {
                let digest = house.store.keyed_digest(&house.ctx, "d", &[b"119988776"]).await.expect("a tenant");
                house.store.answer(&house.other, digest, at(0)).await.map(drop)
            } else {
                house.store.registrations(&house.other, &store::RegistrationFilter::default(), 0, 9).await.map(drop)
            };
            assert!(matches!(result, Err(StoreError::Inconsistent(_))), "{moved}: {result:?}");
        }
        // The tenant's keys themselves.
        run(&raw, "DELETE FROM tenant_keys WHERE tenant_id=$1", values![theirs.clone()]).await;
        run(&raw, "UPDATE tenant_keys SET tenant_id=$1", values![theirs]).await;
        let fresh = open(&house.files, master()).await.expect("the right key");
        let stolen = fresh.keyed_digest(&house.other, "d", &[]).await;
        assert!(matches!(stolen, Err(StoreError::Inconsistent(_))), "{stolen:?}");
    }

    async fn errors_and_debug_tell_nothing_personal(house: House) {
        let customer = lived_in(&house).await;
        let raw = house.raw().await;
        run(&raw, "UPDATE customers SET version=9", vec![]).await;
        let error = house.store.customer(&house.ctx, customer.id).await.expect_err("broken");
        let mut write = house.store.write(&house.ctx, at(9));
        let changes = crate::house::erna(&house.ctx, "Ernestine", at(9));
        write.apply(&changes).expect("its tenant");
        let told = format!("{error} {error:?} {write:?} {:?} {:?}", house.store, master());
        let found: Vec<_> = found_in(told.as_bytes()).into_iter().filter(|found| found != "07666").collect();
        assert_eq!(found, [] as [&str; 0], "{told}");
    }
}
