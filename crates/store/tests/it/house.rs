//! What every test starts from: a store with two tenants, and customers to put into it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use db::{Batch, Database, Expect, Row, Value};
use jiff::{SignedDuration, Timestamp, civil::date};
use onboarding::customer::Ids;
use onboarding::onboard::{Onboard, onboard};
use onboarding::records::{Address, Email, Identification, Phone};
use onboarding::screening::{Hit, ListSeen, PartyScreened, Screened, Subject, conclude};
use onboarding::tax_id::{TaxId, TaxIdKind};
use onboarding::{Changes, Customer, Party, Person, PersonName, Pii, Policy, TenantId};
use store::{Committed, Ctx, Location, MasterKey, OpenError, Store, StoreConfig, Tenant};
use testkit::{Setup, TestDb};
use uuid::Uuid;
use watchlists::{Topic, Topics};

pub struct House {
    pub files: TestDb,
    pub store: Store,
    pub ctx: Ctx,
    pub other: Ctx,
}

/// Ids in order, different in every test of the process.
#[derive(Debug)]
pub struct Counter;

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)) << 64 | 0x8000_0000_0000_0001)
    }
}

pub fn uuid() -> Uuid {
    Counter.next()
}

/// A moment, so many seconds after the beginning of every test.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("within the calendar")
}

pub fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// The key of every test.
pub fn master() -> MasterKey {
    MasterKey::from_text(&"5a".repeat(32)).expect("32 bytes")
}

pub async fn open(files: &TestDb, master: MasterKey) -> Result<Store, OpenError> {
    Store::open(StoreConfig { location: Location::Database(files.config()), master }).await
}

impl Setup for House {
    async fn set_up(files: TestDb) -> Self {
        let store = open(&files, master()).await.expect("a fresh store opens");
        let (one, two) = (tenant("one"), tenant("two"));
        for tenant in [&one, &two] {
            store.create_tenant(tenant, &[]).await.expect("a new tenant");
        }
        Self { files, store, ctx: Ctx::system(one.id), other: Ctx::system(two.id) }
    }
}

impl House {
    /// The database itself, for what only a thief or vandal would do.
    pub async fn raw(&self) -> Database {
        self.files.open().await
    }

    pub async fn let_in(&self, first: &str) -> Customer {
        let changes = erna(&self.ctx, first, at(0));
        self.apply(&changes).await;
        changes.customer
    }

    /// Writes a decision that nobody else is in the way of.
    pub async fn apply(&self, changes: &Changes) -> Committed {
        let mut write = self.store.write(&self.ctx, changes.customer.changed_at);
        write.apply(changes).expect("its own tenant's");
        write.commit().await.expect("nobody is in the way")
    }
}

pub async fn run(database: &Database, sql: &'static str, values: Vec<Value>) -> u64 {
    let mut batch = Batch::new();
    batch.add(&db::sql(sql), values, Expect::Any);
    database.write(batch).await.expect("a statement of a test")[0].rows_affected
}

pub async fn rows(database: &Database, sql: &'static str, values: Vec<Value>) -> Vec<Row> {
    database.read(&db::sql(sql), values).await.expect("a query of a test")
}

pub fn tenant(key: &str) -> Tenant {
    Tenant {
        id: TenantId(uuid()),
        key: key.to_owned(),
        name: format!("Bank {key}"),
        sandbox: false,
        power: key == "one",
        settings: [("lists.maxAge".to_owned(), "P7D".to_owned())].into(),
        secrets: [("hawk.callbackSecret".to_owned(), pii("planted-callback-secret"))].into(),
        version: 1,
        created_at: at(0),
    }
}

/// A decision to let somebody in: everybody has the same document, and an e-mail address of their own.
pub fn erna(ctx: &Ctx, first: &str, now: Timestamp) -> Changes {
    let name = PersonName { first: pii(first), last: pii("Musterfrau"), ..PersonName::default() };
    let party = Party::Person(Person {
        name,
        birth_date: Some(Pii(date(1969, 12, 11))),
        citizenship: Some(pii("us")),
        tax_id: Some(TaxId::parse(TaxIdKind::Ssn, "119-98-8776").expect("nine digits")),
        declared_pep: false,
    });
    let command = Onboard {
        party,
        cif_number: Uuid::simple(uuid()).to_string(),
        client_identifier: Some(Pii(format!("client-{first}"))),
        addresses: vec![Address {
            kind: "Home".to_owned(),
            classification: None,
            street: vec![pii("1 Planted Street")],
            city: Some(pii("Plantedville")),
            state: Some("NJ".to_owned()),
            postal_code: Some(pii("07666")),
            country: "us".to_owned(),
        }],
        phones: vec![Phone { kind: "Mobile".to_owned(), number: pii("15550102030"), extension: None }],
        emails: vec![Email { kind: "Personal".to_owned(), address: Pii(format!("{first}@planted.example")) }],
        identifications: vec![Identification {
            kind: "Passport".to_owned(),
            number: pii("C01X00T47"),
            issued_on: None,
            expires_on: Some(date(2030, 1, 1)),
            verified_on: None,
            authority: None,
            state: None,
            country: Some("us".to_owned()),
        }],
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::from_iter([("note".to_owned(), "planted note".into())]),
    };
    onboard(ctx.tenant, command, &Policy::default(), &mut Counter, now).expect("nobody is refused")
}

/// What a screening of this customer concludes when it meets these.
pub fn screened(customer: Customer, open: Option<onboarding::Case>, hits: Vec<Hit>, now: Timestamp) -> Changes {
    let list = |list: &str, topic| ListSeen {
        list: list.to_owned(),
        version: "ab".repeat(32),
        topics: Topics::of(topic),
        age: SignedDuration::from_hours(1),
    };
    let lists = vec![list("ofac-sdn", Topic::Sanction), list("peps", Topic::Pep)];
    let subject = Subject::of(&customer);
    let hits = hits.into_iter().map(|hit| Hit { whom: subject.identity(), ..hit }).collect();
    let party = PartyScreened { party: String::new(), subject, comparable: true, hits };
    let screened =
        Screened { parties: vec![party], lists, engine: "test".to_owned(), generation: 1, delisted: Vec::new() };
    conclude(customer, open, screened, &Policy::default(), &mut Counter, now)
}

pub fn hit(entity: &str, topic: Topic) -> Hit {
    Hit {
        party: String::new(),
        whom: pii("nobody yet"),
        entity: entity.to_owned(),
        list: "ofac-sdn".to_owned(),
        topics: Topics::of(topic),
        caption: "MUSTERFRAU".to_owned(),
        matched_name: "Erna Musterfrau".to_owned(),
        score: 0.93,
        name_score: 0.99,
        reasons: vec![onboarding::reason::Reason {
            feature: "name".to_owned(),
            finding: onboarding::reason::Agreement::Agrees,
            why: "alike".to_owned(),
            customer: pii("planted reason"),
            listed: "planted name".to_owned(),
        }],
        details: Vec::new(),
        listed: None,
        others: Vec::new(),
        earlier: None,
    }
}
