//! A list that changes moves exactly the customers it should: those who are planted as its entries, among many who are not.
//!
//! What should move is found the long way: every customer is screened whole against the lists of before and of after.
#![expect(clippy::print_stdout, reason = "what was planted and what moved is told to whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "it writes to the store itself, as of now")]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use onboarding::case::{AskedHit, Outcome};
use onboarding::customer::Ids;
use onboarding::onboard::{Onboard, onboard};
use onboarding::{
    Business, Changes, CheckKind, CheckState, Customer, CustomerId, Party, Person, PersonName, Pii, Policy, TenantId,
};
use service::lists::ListFile;
use service::screening::Lists;
use service::tenants::TenantKind;
use store::{Ctx, PassState, Store};
use uuid::Uuid;
use watchlists::formats::{self, InputFile, Limits, Source};
use watchlists::{Entity, Inventory, Schema};

use crate::house::House;

/// Who comes to the house: name, birth date, nationality.
#[derive(Clone)]
pub struct Somebody {
    pub name: String,
    pub born: Option<String>,
    nationality: Option<String>,
    is_person: bool,
}

/// How a customer stands: the state of each check, and the entries that its open case asks about.
type Standing = (BTreeMap<&'static str, &'static str>, BTreeSet<String>);

#[tokio::test]
async fn an_update_moves_exactly_whom_it_should() {
    let rows = |rows: std::ops::Range<usize>, change: &dyn Fn(usize) -> bool| {
        let mut text = "id,type,name,birth_date,nationality,topics\n".to_owned();
        for number in rows {
            let somebody = invented(1_000_000 + number);
            // A birth date that is told now where there was none, or the other way round.
            let born = if change(number) { String::new() } else { somebody.born.unwrap_or_default() };
            text += &format!("{number},person,{},{born},,sanction\n", somebody.name);
        }
        vec![ListFile { name: "own.csv".to_owned(), bytes: text.into_bytes() }]
    };
    let was = rows(0..60, &|number| number % 7 == 0);
    let is = rows(15..75, &|number| number % 5 == 0);
    let crowd: Vec<Somebody> = (0..400).map(invented).collect();
    holds(Source::Custom, was, is, &crowd).await;
}

#[tokio::test]
async fn real_publications_move_exactly_whom_they_should_among_a_hundred_thousand() {
    let (Some(lists), Some(bench)) = (folder("VESTIBULE_LISTS"), folder("VESTIBULE_BENCH")) else { return };
    let crowd = crowd(&bench, 100_000);
    let (un, ofac) = (lists.join("un"), lists.join("us_ofac/cons"));
    for (source, folder, was, is, crowd) in [
        // Two with fewer, so that the test ends in minutes.
        (Source::Un, &un, "consolidated_2018-08-24.xml", "consolidated_2025-04-19.xml", &crowd[..10_000]),
        (
            Source::OfacConsolidated,
            &ofac,
            "consolidated_2025-03-28.xml",
            "consolidated_2026-01-08.xml",
            &crowd[..10_000],
        ),
        (Source::Un, &un, "consolidated_2025-04-19.xml", "consolidated_2026-02-27.xml", &crowd[..]),
    ] {
        println!("{was} to {is}, among {}", crowd.len());
        let file = |name: &str| {
            let bytes = std::fs::read(folder.join(name)).expect("the list is in the folder");
            vec![ListFile { name: name.to_owned(), bytes }]
        };
        holds(source, file(was), file(is), crowd).await;
    }
}

async fn holds(source: Source, was: Vec<ListFile>, is: Vec<ListFile>, crowd: &[Somebody]) {
    let (before, after) = (read(source, &was), read(source, &is));
    let delta = inventory(&before).delta(&inventory(&after));
    let by_id = |entities: &[Entity]| -> HashMap<String, Entity> {
        entities.iter().map(|entity| (entity.id.0.clone(), entity.clone())).collect()
    };
    let (old, new) = (by_id(&before), by_id(&after));
    let chosen = delta.added.iter().chain(&delta.changed).map(|id| &new[&id.0]);
    let planted: Vec<(String, Somebody)> = chosen
        .chain(delta.removed.iter().map(|id| &old[&id.0]))
        .filter_map(|entity| Some((entity.id.0.clone(), as_customer(entity)?)))
        .collect();
    println!(
        "  {} came, {} changed, {} went; {} of them planted",
        delta.added.len(),
        delta.changed.len(),
        delta.removed.len(),
        planted.len()
    );

    let mut house = House::open(TenantKind::default(), false).await;
    let tenant = house.made.tenant.id;
    let (ctx, store) = (Ctx::system(tenant), house.service.store().clone());
    let mut ids = Counter(0);
    let mut known: Vec<CustomerId> = Vec::new();
    for page in crowd.chunks(500) {
        let cleared = page.iter().map(|somebody| cleared(let_in(tenant, somebody, &mut ids)));
        known.extend(put(&store, &ctx, cleared.collect()).await);
    }
    house.service.add_list(source, was).await.expect("the list of before");
    everybody_is_covered(&store, tenant).await;
    let mut entry_of: HashMap<CustomerId, &str> = HashMap::new();
    for page in planted.chunks(500) {
        let changes = page.iter().map(|(_, somebody)| let_in(tenant, somebody, &mut ids)).collect();
        let put = put(&store, &ctx, changes).await;
        entry_of.extend(put.iter().copied().zip(page.iter().map(|(id, _)| id.as_str())));
        known.extend(put);
    }
    house.put_to_work();
    let screened = async || {
        let pending = |customer: &Customer| customer.checks.values().any(|check| check.state == CheckState::Pending);
        let mut waiting = false;
        for id in entry_of.keys() {
            waiting |= pending(&store.customer(&ctx, *id).await.expect("readable").expect("known"));
        }
        !waiting
    };
    eventually("the planted are screened", screened).await;
    let old_lists = house.service.lists_in_force();
    let stood = standings(&store, &ctx).await;

    house.service.add_list_even_if_smaller(source, is).await.expect("the list of after");
    let done = async || {
        let passes = store.passes(1).await.expect("readable");
        let over = passes.iter().any(|pass| pass.generation == 2 && pass.state == PassState::Done);
        over && store.behind(&ctx, CustomerId(Uuid::nil()), 1).await.expect("readable").is_empty()
    };
    eventually("everybody is brought up to the new list", done).await;
    let new_lists = house.service.lists_in_force();
    let stands = standings(&store, &ctx).await;

    let removed: HashSet<&str> = delta.removed.iter().map(|id| id.0.as_str()).collect();
    let (mut moved, mut came, mut went, mut met) = (0, 0, 0, 0);
    for id in &known {
        let (customer, now) = &stands[id];
        let (_, then) = &stood[id];
        let (had, has) = (entries(&old_lists, customer), entries(&new_lists, customer));
        let gained = has.difference(&had).next().is_some();
        // Nobody is asked about a namesake among the crowd, who was never screened.
        let withdrawn = then.1.iter().any(|entry| removed.contains(entry.as_str()));
        // An entry that is listed still and no longer looks like the customer leaves its question to a person.
        let faded = had.iter().any(|entry| !has.contains(entry) && !removed.contains(entry.as_str()));
        let did = then != now;
        assert!(did == (gained || withdrawn) || faded, "{id} {then:?} to {now:?}: {had:?}, {has:?}");
        if gained {
            assert!(has.iter().all(|entry| now.1.contains(entry)), "{id} is asked about what came");
        }
        moved += usize::from(did);
        came += usize::from(gained);
        went += usize::from(withdrawn);
        if let Some(entry) = entry_of.get(id) {
            met += usize::from(has.contains(*entry) || had.contains(*entry));
        } else {
            assert!(!did || gained || withdrawn, "nobody else moves");
        }
    }
    let pass = store.passes(1).await.expect("readable").remove(0);
    println!(
        "  {moved} moved: {came} met what came, {went} lost what went; {} of {} were due",
        pass.made_due,
        known.len()
    );
    assert!(met * 100 >= planted.len() * 97, "{met} of {} planted are their entry", planted.len());
    assert!(came > 0 || delta.added.is_empty(), "what came is met");
    assert!(went > 0 || delta.removed.is_empty(), "what went is withdrawn");
    assert_eq!(pass.looked_at, known.len() as u64, "everybody was looked at");
    assert!(pass.made_due as usize <= planted.len() + crowd.len() / 100 + 10, "the others are left in peace");
    if let Some(workers) = house.workers.take() {
        workers.stop(Duration::from_secs(5)).await;
    }
}

/// The entries that a whole screening finds.
fn entries(lists: &Lists, customer: &Customer) -> BTreeSet<String> {
    let screened = lists.screen(customer, &Policy::default(), false, Timestamp::now());
    screened.hits().map(|hit| hit.entity.clone()).collect()
}

async fn standings(store: &Store, ctx: &Ctx) -> HashMap<CustomerId, (Customer, Standing)> {
    let (mut all, mut after) = (HashMap::new(), CustomerId(Uuid::nil()));
    loop {
        let page = store.customers_after(ctx, after, 1_000).await.expect("readable");
        let Some(last) = page.last() else { return all };
        after = last;
        for (id, customer) in page.read() {
            let customer = customer.expect("readable");
            let states = customer.checks.iter().map(|(kind, check)| (kind.as_str(), check.state.as_str())).collect();
            let case = if customer.checks.values().any(|check| check.state.case().is_some()) {
                store.open_case(ctx, id).await.expect("readable")
            } else {
                None
            };
            // What was withdrawn stays in the case to be read, and is asked no more.
            let open =
                |asked: &&AskedHit| asked.verdict.settled().is_none_or(|answer| answer.outcome != Outcome::Withdrawn);
            let hits = case.iter().flat_map(onboarding::Case::hits).filter(open);
            let asked = hits.map(|asked| asked.hit.entity.clone()).collect();
            all.insert(id, (customer, (states, asked)));
        }
    }
}

pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1_200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: not within two minutes");
}

/// As after a pass to the first generation in which nobody was concerned.
pub async fn everybody_is_covered(store: &Store, tenant: TenantId) {
    let (now, lease) = (Timestamp::now(), SignedDuration::from_secs(60));
    store.begin_pass(1, 0, now).await.expect("begun");
    let (pass, attempt) = store.claim_pass(now, lease).await.expect("claimed").expect("there is one");
    let last = (tenant, CustomerId(Uuid::max()));
    assert!(store.go_on(&pass, attempt, last, 0, &[], now, lease).await.expect("written"));
    assert!(store.end_pass(&pass, attempt, now).await.expect("written"));
}

pub async fn put(store: &Store, ctx: &Ctx, changes: Vec<Changes>) -> Vec<CustomerId> {
    let mut write = store.write(ctx, Timestamp::now());
    write.leave_work();
    for changes in &changes {
        write.apply(changes).expect("its tenant");
    }
    write.commit().await.expect("written");
    changes.into_iter().map(|changes| changes.customer.id).collect()
}

pub fn let_in(tenant: TenantId, somebody: &Somebody, ids: &mut Counter) -> Changes {
    let pii = |text: &str| Pii(text.to_owned());
    let (first, last) = somebody.name.rsplit_once(' ').unwrap_or(("", &somebody.name));
    let party = if somebody.is_person {
        Party::Person(Person {
            name: PersonName { first: pii(first), last: pii(last), ..PersonName::default() },
            birth_date: somebody.born.as_ref().and_then(|born| born.parse().ok()).map(Pii),
            citizenship: somebody.nationality.as_deref().map(pii),
            tax_id: None,
            declared_pep: false,
        })
    } else {
        Party::Business(Business { name: pii(&somebody.name), formed_on: None, jurisdiction: None, tax_id: None })
    };
    let command = Onboard {
        party,
        cif_number: (ids.0 + 1).to_string(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    // A check that no list can answer would be tried again with every new list, whatever changed in it.
    let only = BTreeSet::from([CheckKind::Sanctions]);
    let policy = Policy { person_checks: only.clone(), business_checks: only, ..Policy::default() };
    onboard(tenant, command, &policy, ids, Timestamp::now()).expect("nobody is refused")
}

/// As somebody who was screened long ago, and nothing found.
fn cleared(mut changes: Changes) -> Changes {
    changes.events.clear();
    changes.work.clear();
    for check in changes.customer.checks.values_mut() {
        check.state = CheckState::Clear;
    }
    changes
}

/// Ids in order.
#[derive(Debug)]
pub struct Counter(pub u64);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(u128::from(self.0) << 64 | 0x7000_0000_8000_0000_0000_0001)
    }
}

fn read(source: Source, files: &[ListFile]) -> Vec<Entity> {
    let inputs: Vec<InputFile<'_>> =
        files.iter().map(|file| InputFile { name: &file.name, bytes: &file.bytes }).collect();
    let mut entities = Vec::new();
    formats::read(source, &inputs, &Limits::default(), &mut |entity| entities.push(entity)).expect("a list");
    entities
}

fn inventory(entities: &[Entity]) -> Inventory {
    let mut inventory = Inventory::default();
    entities.iter().for_each(|entity| inventory.note(entity));
    inventory
}

/// The listed party as it would stand at the counter.
fn as_customer(entity: &Entity) -> Option<Somebody> {
    let is_person = match entity.schema {
        Schema::Person => true,
        Schema::Company | Schema::Organization => false,
        _ => return None,
    };
    let name = entity.caption().to_owned();
    if is_person && name.split_whitespace().nth(1).is_none() {
        return None;
    }
    let day = entity.birth_dates.iter().map(ToString::to_string).find(|born| born.len() == 10);
    Some(Somebody { name, born: day.filter(|_| is_person), nationality: None, is_person })
}

/// Somebody whose name is syllables put together.
pub fn invented(number: usize) -> Somebody {
    const SYLLABLES: [&str; 16] =
        ["ka", "mo", "ra", "el", "to", "vi", "sha", "ber", "li", "no", "ash", "du", "ge", "yu", "fa", "zi"];
    let mut seed = number as u64;
    let mut dice = |end: usize| {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)) % end as u64) as usize
    };
    let mut word = || (0..3).map(|_| SYLLABLES[dice(16)]).collect::<String>();
    let name = format!("{} {}", word(), word());
    let born = format!("{}-{:02}-{:02}", 1940 + dice(65), 1 + dice(12), 1 + dice(28));
    Somebody { name, born: Some(born), nationality: None, is_person: true }
}

fn folder(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var(variable).ok().map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: {variable} names no folder");
    }
    folder
}

/// Invented people who are on no list: those of the labelled sets, and then their names put together anew.
fn crowd(bench: &std::path::Path, count: usize) -> Vec<Somebody> {
    let mut people: Vec<(String, String, String)> = Vec::new();
    for file in ["screening_negatives_global_dev.csv", "screening_negatives_us_dev.csv"] {
        let text = std::fs::read_to_string(bench.join(file)).expect("the set is in the folder");
        for line in text.lines().skip(1).filter(|line| !line.contains('"')) {
            let cells: Vec<&str> = line.split(',').collect();
            if let [_, _, _, first, _, last, _, born, ..] = cells[..] {
                people.push((first.to_owned(), last.to_owned(), born.to_owned()));
            }
        }
    }
    let somebody = |number: usize| {
        let (first, last, born) = &people[number % people.len()];
        let round = number / people.len();
        let last = if round == 0 { last } else { &people[(number + 7_919 * round) % people.len()].1 };
        let name = format!("{first} {last}");
        Somebody { name, born: Some(born.clone()), nationality: None, is_person: true }
    };
    (0..count).map(somebody).collect()
}
