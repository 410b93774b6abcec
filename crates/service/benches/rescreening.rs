//! What it takes to ask every customer about a list that changed: a thousand entries come, and all customers are compared
//! with them by the workers of a real house on a folder of its own, sealed as ever.
//!
//! `cargo bench -p service [-- customers [entries [changed]]]`; a million customers, if nothing else is said. Where
//! `VESTIBULE_SYNTH` names a folder, the names are those of its `customers.csv` (`full_name`, `date_of_birth`, `nationality`)
//! and the entries those of its `watchlist.jsonl`; otherwise both are invented.
//!
//! The reference, in the same run, is to screen the same customers whole.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock and its environment")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use onboarding::customer::Ids;
use onboarding::onboard::{Onboard, onboard};
use onboarding::records::{Address, Email, Identification, Phone};
use onboarding::tax_id::{TaxId, TaxIdKind};
use onboarding::{Changes, Check, CheckState, CustomerId, Party, Person, PersonName, Pii, Policy, TenantId};
use service::lists::ListFile;
use service::outbound::{Client, Guard, Limits};
use service::ports::{SystemClock, SystemEntropy};
use service::screening::query;
use service::tenants::TenantKind;
use service::{Parts, Service};
use store::{Ctx, Location, MasterKey, PassState, Store, StoreConfig};
use uuid::Uuid;
use watchlists::formats::Source;

/// Customers written together while the house is filled.
const TOGETHER: usize = 500;
/// Customers of which the steps are measured one by one.
const SAMPLE: u32 = 5_000;
/// Customers that bear a name and birth date that is listed anew.
const PLANTED: usize = 100;

/// The one that the server has: pages are read by one thread and let go by another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let number = |at: usize, otherwise| numbers.get(at).copied().unwrap_or(otherwise);
    let (customers, entries, changed) = (number(0, 1_000_000), number(1, 20_000), number(2, 1_000));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    runtime.block_on(measure(customers, entries, changed));
}

async fn measure(customers: usize, entries: usize, changed: usize) {
    let names = Names::find();
    println!("{} with names that are {}", customers, if names.people.is_empty() { "invented" } else { "generated" });
    let folder = tempfile::tempdir().expect("a folder");
    let master = MasterKey::from_text(&"5a".repeat(32)).expect("32 bytes");
    let config = StoreConfig { location: Location::Folder(folder.path().to_owned()), master };
    let store = Store::open(config).await.expect("a fresh store opens");
    let parts = || Parts {
        mailer: service::mail::Mailer::nowhere(),
        everybody_after: service::EVERYBODY_AFTER,
        store: store.clone(),
        clock: Arc::new(SystemClock::default()),
        entropy: Arc::new(SystemEntropy),
        dialects: Vec::new(),
        outbound: Client::new(Guard::AllowPrivate, Limits::default()).expect("TLS"),
        guard: Guard::AllowPrivate,
    };
    let quiet = Service::new(parts());
    let tenant = quiet.create_tenant("Test Bank", TenantKind::default()).await.expect("a tenant").tenant.id;
    let ctx = Ctx::system(tenant);

    let began = Instant::now();
    fill(&store, &ctx, &names, customers, changed).await;
    println!("  filled in {:.1} s, {:.0} MB on the disk", began.elapsed().as_secs_f64(), megabytes(folder.path()));

    // The lists of before, and everybody covered by them.
    quiet.add_list(Source::Custom, names.list(0..entries)).await.expect("a list");
    let now = Timestamp::now();
    let lease = SignedDuration::from_secs(60);
    store.begin_pass(1, 0, now).await.expect("begun");
    let (pass, attempt) = store.claim_pass(now, lease).await.expect("claimed").expect("there is one");
    let last = CustomerId(Uuid::max());
    assert!(store.go_on(&pass, attempt, (tenant, last), 0, &[], now, lease).await.expect("written"));
    assert!(store.end_pass(&pass, attempt, now).await.expect("written"));

    let (service, workers) = service::workers::start(parts());
    while service.lists_in_force().generation < 1 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // As many go as come, so that every kind of change is there.
    let next = changed / 2..entries + changed - changed / 2;
    quiet.add_list(Source::Custom, names.list(next)).await.expect("a list");
    let (published, mut before) = (Instant::now(), processor());
    let done = loop {
        let passes = store.passes(1).await.expect("readable");
        match passes.into_iter().find(|pass| pass.generation == 2) {
            Some(done) if done.state == PassState::Done => break done,
            Some(_) => {}
            None => before = processor(),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let spent = processor().zip(before).map_or(0.0, |(after, before)| (after - before).as_secs_f64());
    let whole = published.elapsed().as_secs_f64();
    let took = done.finished_at.expect("it is done").duration_since(done.started_at).as_secs_f64();
    println!(
        "  {} looked at, {} due: {took:.2} s, {spent:.2} s of processors, {:.1} us a customer; {whole:.2} s from its publication",
        done.looked_at,
        done.made_due,
        spent * 1e6 / done.looked_at.max(1) as f64
    );
    steps(&service, &store, &ctx).await;
    workers.stop(Duration::from_secs(10)).await;
}

/// What each step takes of a processor, and what a whole screening would.
async fn steps(service: &Service, store: &Store, ctx: &Ctx) {
    let changed = service.changed_between(1, 2).await.expect("both are kept");
    let policy = Policy::default();
    let began = Instant::now();
    let page = store.customers_before(ctx, 9, CustomerId(Uuid::nil()), SAMPLE).await.expect("readable");
    let sample = page.customers().len();
    println!(
        "  one after the other, of {sample}: read in {:.1} us a customer by the clock",
        each(began.elapsed(), sample)
    );
    let (asked, opened) =
        spent(|| page.questions(0..sample).map(|(_, asked)| asked.expect("it opens")).collect::<Vec<_>>());
    let (queries, parsed) = spent(|| asked.iter().flat_map(|asked| &asked.subjects).map(query).collect::<Vec<_>>());
    let (words, named) = spent(|| {
        queries.iter().map(|query| names::Name::parse(query.kind(), &query.names[0]).tokens().len()).sum::<usize>()
    });
    let mut screener = changed.screener();
    let mut look =
        || asked.iter().filter(|asked| changed.looks_like(&mut screener, ctx.tenant, asked, &policy)).count();
    let (_, first) = spent(&mut look);
    let (alike, again) = spent(&mut look);
    let each = |spent| each(spent, sample);
    println!(
        "    opened {:.1} us of a processor, made a question {:.1}, its name read {:.1} ({words} words), asked {:.1}, \
         asked again {:.1} ({alike} alike)",
        each(opened),
        each(parsed),
        each(named),
        each(first),
        each(again)
    );
    let page = store.customers_after(ctx, CustomerId(Uuid::nil()), SAMPLE).await.expect("readable");
    let (customers, opened) =
        spent(|| page.read().map(|(_, customer)| customer.expect("it opens")).collect::<Vec<_>>());
    let (lists, now) = (service.lists_in_force(), Timestamp::now());
    let screen = |customer| lists.screen(customer, &policy, false, now).hits().next().is_some();
    let (met, screened) = spent(|| customers.iter().filter(|customer| screen(customer)).count());
    println!(
        "    reference: whole customers opened {:.1}, screened against all {:.1} ({met} met)",
        each(opened),
        each(screened)
    );
}

fn each(spent: Duration, of: usize) -> f64 {
    spent.as_secs_f64() * 1e6 / of.max(1) as f64
}

/// What it gives, and what it took of the processor that it ran on.
fn spent<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let clock = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    let (before, began) = (clock(), Instant::now());
    let given = what();
    (given, clock().zip(before).map_or_else(|| began.elapsed(), |(after, before)| after - before))
}

async fn fill(store: &Store, ctx: &Ctx, names: &Names, customers: usize, changed: usize) {
    let mut ids = Counter(0);
    let now = Timestamp::now();
    let every = (customers / PLANTED).max(1);
    for from in (0..customers).step_by(TOGETHER) {
        let mut write = store.write(ctx, now);
        for number in from..(from + TOGETHER).min(customers) {
            let (name, born, country) = if number % every == every / 2 {
                names.entry(20_000 + (number / every) % (changed / 2).max(1))
            } else {
                names.person(number)
            };
            write.apply(&customer(ctx.tenant, number, &name, &born, &country, &mut ids, now)).expect("its tenant");
        }
        write.commit().await.expect("written");
    }
}

/// Let in and cleared.
fn customer(
    tenant: TenantId,
    number: usize,
    name: &str,
    born: &str,
    country: &str,
    ids: &mut Counter,
    now: Timestamp,
) -> Changes {
    let pii = |text: &str| Pii(text.to_owned());
    let (first, last) = name.rsplit_once(' ').unwrap_or((name, name));
    let party = Party::Person(Person {
        name: PersonName { first: pii(first), last: pii(last), ..PersonName::default() },
        birth_date: born.parse().ok().map(Pii),
        citizenship: Some(pii(country)),
        tax_id: TaxId::parse(TaxIdKind::Ssn, &format!("{:09}", 100_000_000 + number % 600_000_000)).ok(),
        declared_pep: false,
    });
    let command = Onboard {
        party,
        cif_number: number.to_string(),
        client_identifier: Some(Pii(format!("client-{number}"))),
        addresses: vec![Address {
            kind: "Home".to_owned(),
            classification: None,
            street: vec![Pii(format!("{number} Harbour Street"))],
            city: Some(pii("Teaneck")),
            state: Some("NJ".to_owned()),
            postal_code: Some(pii("07666")),
            country: "us".to_owned(),
        }],
        phones: vec![Phone { kind: "Mobile".to_owned(), number: Pii(format!("1555{number:07}")), extension: None }],
        emails: vec![Email { kind: "Personal".to_owned(), address: Pii(format!("c{number}@example.com")) }],
        identifications: vec![Identification {
            kind: "Passport".to_owned(),
            number: Pii(format!("C{number:08}")),
            issued_on: None,
            expires_on: None,
            verified_on: None,
            authority: None,
            state: None,
            country: Some("us".to_owned()),
        }],
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    let mut changes = onboard(tenant, command, &Policy::default(), ids, now).expect("nobody is refused");
    changes.events.clear();
    changes.work.clear();
    for check in changes.customer.checks.values_mut() {
        *check = Check { state: CheckState::Clear, ..check.clone() };
    }
    changes
}

/// Ids in order.
#[derive(Debug)]
struct Counter(u64);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(u128::from(self.0) << 64 | 0x7000_0000_8000_0000_0000_0001)
    }
}

/// Who is a customer, and who is listed.
struct Names {
    people: Vec<(String, String, String)>,
    listed: Vec<(String, String, String)>,
}

impl Names {
    fn find() -> Self {
        let mut names = Self { people: Vec::new(), listed: Vec::new() };
        let Some(folder) = std::env::var_os("VESTIBULE_SYNTH").map(PathBuf::from) else { return names };
        let text = std::fs::read_to_string(folder.join("customers.csv")).expect("customers.csv is there");
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let column = |name: &str| header.iter().position(|known| *known == name).expect("its columns");
        let (kind, full, born, nation) =
            (column("type"), column("full_name"), column("date_of_birth"), column("nationality"));
        for line in lines.filter(|line| !line.contains('"')) {
            let cells: Vec<&str> = line.split(',').collect();
            if cells.len() == header.len() && cells[kind] == "Person" {
                names.people.push((cells[full].to_owned(), cells[born].to_owned(), cells[nation].to_owned()));
            }
        }
        let text = std::fs::read_to_string(folder.join("watchlist.jsonl")).expect("watchlist.jsonl is there");
        for line in text.lines() {
            let entity: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let first = |property: &str| {
                entity["properties"][property][0].as_str().unwrap_or_default().replace([',', '"', ';', '|'], " ")
            };
            if entity["schema"] == "Person" {
                names.listed.push((first("name"), first("birthDate"), first("nationality")));
            }
        }
        names
    }

    fn person(&self, number: usize) -> (String, String, String) {
        match self.people.is_empty() {
            true => invented(number as u64 + 1_000_000_000),
            false => self.people[number % self.people.len()].clone(),
        }
    }

    fn entry(&self, number: usize) -> (String, String, String) {
        match self.listed.get(number) {
            Some(listed) => listed.clone(),
            None => invented(number as u64),
        }
    }

    fn list(&self, entries: std::ops::Range<usize>) -> Vec<ListFile> {
        let mut text = "id,type,name,birth_date,nationality,topics\n".to_owned();
        for number in entries {
            let (name, born, country) = self.entry(number);
            text += &format!("e-{number},person,{name},{born},{country},sanction\n");
        }
        vec![ListFile { name: "own.csv".to_owned(), bytes: text.into_bytes() }]
    }
}

/// A person whose names are syllables put together: common ones often, rare ones seldom.
fn invented(number: u64) -> (String, String, String) {
    const STARTS: [&str; 16] =
        ["ka", "mo", "ra", "el", "to", "vi", "sha", "ber", "li", "no", "ash", "du", "ge", "yu", "fa", "zi"];
    const ENDS: [&str; 12] = ["ran", "mir", "da", "vik", "lo", "sen", "tov", "ri", "mann", "shah", "nez", "ko"];
    let mut dice = Dice(number);
    let mut word = || {
        // The lower of two throws, so that some words are common.
        let start = STARTS[dice.below(16).min(dice.below(16))];
        format!("{start}{}{}", STARTS[dice.below(16)], ENDS[dice.below(12)])
    };
    let name = format!("{} {}", word(), word());
    let born = format!("{}-{:02}-{:02}", 1940 + dice.below(65), 1 + dice.below(12), 1 + dice.below(28));
    (name, born, ["us", "de", "fr", "tr"][dice.below(4)].to_owned())
}

/// A repeatable source of numbers; splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end.max(1) as u64).unwrap_or(0)
    }
}

/// Time that the processors have spent on this process.
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn megabytes(folder: &std::path::Path) -> f64 {
    let files = std::fs::read_dir(folder).expect("readable").flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum::<u64>() as f64 / 1e6
}
