//! Who is forgotten: nothing of it is left but what the journal says, and no copy opens any more.

use std::collections::BTreeSet;

use db::{Database, Row, values};
use onboarding::changes::Work;
use onboarding::customer::Ids;
use onboarding::id::EventId;
use onboarding::{Customer, Event, EventKind};
use store::{
    CommitError, CustomerFilter, Forgotten, Handle, HandleKind, Lookup, ReceivedTransfer, RegistrationMode, Remains,
    Session, StoreError,
};
use testkit::engines;
use watchlists::Topic;

use crate::house::{Counter, House, LEASE, at, hit, master, open, pii, rows, run, screened, uuid};
use crate::registrations::registration;

/// Tables that say no more of a customer than its id.
const KEPT: [&str; 3] = ["journal", "outbox", "rescreenings"];

fn forgotten(customer: &Customer) -> Forgotten {
    let event = Event {
        id: EventId(Counter.next()),
        kind: EventKind::CaseClosed,
        customer: customer.id,
        number: customer.event_count + 1,
        about: None,
        to: None,
        at: at(50),
    };
    Forgotten { customer: customer.id, version: customer.version, event }
}

async fn forget(house: &House, forgotten: &Forgotten) -> Result<(), CommitError> {
    let mut write = house.store.write(&house.ctx, at(50));
    write.forget(forgotten);
    write.commit().await.map(drop)
}

/// A customer with a row in every table that a customer can have one in.
async fn lived(house: &House, first: &str) -> Customer {
    let customer = house.let_in(first).await;
    let met = screened(customer, None, vec![hit("1", Topic::Sanction)], at(5));
    house.apply(&met).await;
    let customer = met.customer;
    let mut write = house.store.write(&house.ctx, at(7));
    write
        .keep_file(&store::NewFile {
            id: onboarding::FileId(uuid()),
            customer: customer.id,
            purpose: "case attachment".to_owned(),
            content_type: "text/plain".to_owned(),
            name: Some(pii("planted.png")),
            content: onboarding::Pii(b"planted".repeat(10)),
        })
        .expect("small");
    let user = uuid();
    write.user_created(&store::NewUser {
        id: user,
        customer: customer.id,
        email: onboarding::Pii(format!("{first}@planted.example")),
        password: store::PasswordHash("planted".to_owned()),
    });
    write.signed_in(&Session { hash: hash(), user, customer: customer.id, expires_at: at(900) });
    write.keep_pace(&store::Pace {
        external_id: customer.client_identifier.clone().expect("it has one"),
        customer: customer.id,
        at: at(7),
        apart: jiff::SignedDuration::from_secs(1),
    });
    let mut about = registration(&house.ctx, EventKind::CaseOpened, RegistrationMode::Push);
    (about.customer, about.name) = (Some(customer.id), format!("about {first}"));
    write.registration_created(&about).expect("its own tenant's");
    write.work_due(customer.id, Work::Screen);
    let (id, fingerprint) = (hash(), hash());
    write.transfer_received(&ReceivedTransfer { id, fingerprint, customer: customer.id });
    let kind = HandleKind::Page;
    let hash_of = kind.hash(first);
    let (tenant, made_at) = (house.ctx.tenant, at(7));
    let handle = Handle { hash: hash_of, tenant, customer: customer.id, kind, made_at, ended_at: None };
    write.handle_made(&handle).expect("its own tenant's");
    write.commit().await.expect("written");
    let booked = values![uuid().as_bytes(), house.ctx.tenant.0.as_bytes(), customer.id.0.as_bytes()];
    const BOOK: &str = "INSERT INTO booked_accounts (token, tenant_id, customer_id) VALUES ($1, $2, $3)";
    run(&house.raw().await, BOOK, booked).await;
    house.store.put_email_token(&house.ctx, user, hash(), at(900)).await.expect("kept");
    // The registration about the customer is owed something.
    let again = onboarding::case::take(
        customer,
        house.store.open_case(&house.ctx, met.case.expect("opened").customer).await.expect("readable").expect("open"),
        &onboarding::case::Act::by("ana"),
        &mut Counter,
        at(8),
    );
    let again = again.expect("it may be taken");
    house.apply(&again).await;
    house.store.seal_next(100, &mut Counter, at(9), LEASE).await.expect("sealed");
    again.customer
}

fn hash() -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(uuid().as_bytes());
    hash
}

/// The tables that have a customer's id, as the engine itself lists them.
async fn tables(raw: &Database) -> Vec<String> {
    const SQLITE: &str = "SELECT m.name AS name FROM data.sqlite_schema m, pragma_table_info(m.name, 'data') c \
         WHERE m.type='table' AND c.name='customer_id' \
         UNION ALL SELECT m.name AS name FROM main.sqlite_schema m, pragma_table_info(m.name, 'main') c \
         WHERE m.type='table' AND c.name='customer_id'";
    const POSTGRES: &str = "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.columns \
         WHERE table_schema='public' AND column_name='customer_id'";
    let sql = if raw.engine() == db::Engine::Sqlite { SQLITE } else { POSTGRES };
    let names = rows(raw, sql, values![]).await;
    names.iter().map(|row: &Row| row.text("name").expect("a name").to_owned()).collect()
}

async fn counted(raw: &Database, table: &str, customer: &Customer) -> i64 {
    let text = format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {table} WHERE customer_id=$1");
    let row = raw.read_one(&db::Sql::built(text), values![customer.id.0.as_bytes()]).await.expect("readable");
    row.expect("a count").int("n").expect("a number")
}

/// Rows that belong to a customer by way of another table.
async fn at_second_hand(raw: &Database) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["file_chunks", "email_tokens", "deliveries"] {
        let text = format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {table}");
        let row = raw.read_one(&db::Sql::built(text), values![]).await.expect("readable").expect("a count");
        counts.push(row.int("n").expect("a number"));
    }
    counts
}

engines! {
    async fn no_row_of_a_forgotten_customer_is_left(house: House) {
        let (mine, other) = (lived(&house, "Ernestine").await, lived(&house, "Max").await);
        let raw = house.raw().await;
        let tables = tables(&raw).await;
        assert!(tables.len() > 12 && tables.contains(&"customer_keys".to_owned()), "{tables:?}");
        let filled = async |customer: &Customer| {
            let mut filled = BTreeSet::new();
            for table in tables.iter().filter(|table| !KEPT.contains(&table.as_str())) {
                if counted(&raw, table, customer).await > 0 {
                    filled.insert(table.clone());
                }
            }
            filled
        };
        // The test is one only if a table is not empty before: a new table needs a row in `lived`.
        let before = filled(&mine).await;
        let evaluated_only = ["customer_links", "network_links"];
        for table in tables.iter().filter(|table| !KEPT.contains(&table.as_str())) {
            assert!(before.contains(table) || evaluated_only.contains(&table.as_str()), "nobody has a row in {table}");
        }
        assert_eq!(at_second_hand(&raw).await, [2, 2, 2]);

        forget(&house, &forgotten(&mine)).await.expect("nobody is in the way");
        assert_eq!(filled(&mine).await, BTreeSet::new());
        assert_eq!(filled(&other).await, before, "somebody else's rows are where they were");
        assert_eq!(at_second_hand(&raw).await, [1, 1, 1]);
        assert_eq!(house.store.customer(&house.ctx, mine.id).await, Ok(None));
        let filter = CustomerFilter {
            lookups: vec![Lookup::ClientIdentifier(pii("client-Ernestine"))], ..CustomerFilter::default()
        };
        assert_eq!(house.store.customers(&house.ctx, &filter, 0, 9).await, Ok(Vec::new()));
        assert!(house.store.customer(&house.ctx, other.id).await.expect("readable").is_some());

        // The journal keeps what happened, and holds.
        house.store.seal_next(100, &mut Counter, at(60), LEASE).await.expect("sealed");
        let journal = house.store.journal(&house.ctx, 0, 100).await.expect("readable");
        let of_mine: Vec<u64> =
            journal.iter().filter(|entry| entry.fact.customer == mine.id).map(|entry| entry.fact.number).collect();
        assert_eq!(of_mine, (1..=mine.event_count + 1).collect::<Vec<_>>());
        assert!(house.store.verify(&house.ctx).await.expect("readable").is_sound());
    }

    async fn who_changed_meanwhile_is_not_forgotten(house: House) {
        let customer = house.let_in("Ernestine").await;
        let plan = forgotten(&customer);
        let met = screened(customer, None, Vec::new(), at(5));
        house.apply(&met).await;
        assert_eq!(forget(&house, &plan).await, Err(CommitError::Conflict));
        assert!(house.store.customer(&house.ctx, met.customer.id).await.expect("readable").is_some());
        assert_eq!(forget(&house, &forgotten(&met.customer)).await, Ok(()));
        assert_eq!(forget(&house, &forgotten(&met.customer)).await, Err(CommitError::Conflict));
    }

    async fn another_tenant_cannot_make_forget(house: House) {
        let customer = house.let_in("Ernestine").await;
        let mut write = house.store.write(&house.other, at(50));
        write.forget(&forgotten(&customer));
        assert_eq!(write.commit().await.map(drop), Err(CommitError::Conflict));
        assert!(house.store.customer(&house.ctx, customer.id).await.expect("readable").is_some());
    }

    async fn what_a_crash_left_without_a_key_is_removed(house: House) {
        let customer = lived(&house, "Ernestine").await;
        let raw = house.raw().await;
        run(&raw, "DELETE FROM customer_keys", values![]).await;
        assert!(matches!(house.store.customer(&house.ctx, customer.id).await, Err(StoreError::Inconsistent(_))));
        let remains = house.store.remains(&house.ctx, customer.id).await.expect("readable");
        let Customer { version, event_count, .. } = customer;
        assert_eq!(remains, Some(Remains { version, event_count, keyless: true }));
        assert_eq!(forget(&house, &forgotten(&customer)).await, Ok(()));
        assert_eq!(house.store.customer(&house.ctx, customer.id).await, Ok(None));
        assert_eq!(house.store.remains(&house.ctx, customer.id).await, Ok(None));
    }
}

#[test]
fn a_copy_from_before_does_not_open_with_the_keys_from_after() {
    testkit::block_on(async {
        let house = <House as testkit::Setup>::set_up(testkit::TestDb::sqlite()).await;
        let customer = lived(&house, "Ernestine").await;
        house.store.checkpoint().await.expect("emptied");
        let folder = house.files.folder().expect("SQLite").to_owned();
        let backup = std::fs::read(folder.join("vestibule.db")).expect("readable");
        forget(&house, &forgotten(&customer)).await.expect("nobody is in the way");
        house.store.checkpoint().await.expect("emptied");
        house.store.close().await;
        std::fs::write(folder.join("vestibule.db"), backup).expect("put back");
        let store = open(&house.files, master()).await.expect("it opens");
        let read = store.customer(&house.ctx, customer.id).await;
        assert!(matches!(read, Err(StoreError::Inconsistent(_))), "{read:?}");
    });
}

/// A key that was deleted must not be found in a page of its file: neither where it stood, nor where a page that was split
/// left a copy.
#[test]
fn a_destroyed_key_is_in_no_byte_of_the_folder() {
    testkit::block_on(async {
        let house = <House as testkit::Setup>::set_up(testkit::TestDb::sqlite()).await;
        let mut customers = Vec::new();
        for number in 0..600 {
            customers.push(house.let_in(&format!("Erna{number}")).await);
        }
        let raw = house.raw().await;
        let key = async |customer: &Customer| {
            const KEY: &str = "SELECT wrapped FROM customer_keys WHERE customer_id=$1";
            rows(&raw, KEY, values![customer.id.0.as_bytes()]).await[0].bytes(0).expect("bytes").to_vec()
        };
        let kept = key(&customers[1]).await;
        let mut wrapped = Vec::new();
        for customer in customers.iter().step_by(3) {
            wrapped.push(key(customer).await);
            forget(&house, &forgotten(customer)).await.expect("nobody is in the way");
        }
        raw.close().await;
        house.store.checkpoint().await.expect("emptied");
        let folder = house.files.folder().expect("SQLite");
        let mut found = 0;
        for file in std::fs::read_dir(folder).expect("readable").flatten() {
            let bytes = std::fs::read(file.path()).expect("readable");
            let starts: std::collections::HashSet<&[u8]> = bytes.windows(16).collect();
            let left = wrapped.iter().filter(|key| starts.contains(&key[key.len() - 16..])).count();
            assert_eq!(left, 0, "destroyed keys in {}", file.path().display());
            found += usize::from(starts.contains(&kept[kept.len() - 16..]));
        }
        assert_eq!(found, 1, "the search finds a key that is there");
        assert!(house.store.customer(&house.ctx, customers[1].id).await.expect("readable").is_some());
    });
}
