//! A pass through all customers whose process is killed between two pages, twice, and that another one ends.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use onboarding::{CheckState, CustomerId};
use service::lists::ListFile;
use service::ports::SystemClock;
use service::tenants::TenantKind;
use service::workers::{Pace, start_at};
use store::{Ctx, Pass, PassState, Store};
use uuid::Uuid;
use watchlists::formats::Source;

use crate::house::{House, parts, store_in};
use crate::planted::{Counter, eventually, everybody_is_covered, invented, let_in, put};

const CUSTOMERS: usize = 1_500;
/// One customer in so many is listed anew.
const LISTED: usize = 50;
/// A page holds half of what is between two of them.
const PAGE: u32 = 25;

/// Where the process that is to be killed finds its house, and how many minutes later it is there.
const HOUSE: &str = "VESTIBULE_TEST_KILLED_HOUSE";
const LATER: &str = "VESTIBULE_TEST_KILLED_LATER";

#[tokio::test]
async fn a_pass_that_is_killed_between_pages_is_ended_by_others_with_nobody_left_out() {
    let mut house = House::open(TenantKind::default(), false).await;
    let tenant = house.made.tenant.id;
    let (ctx, store) = (Ctx::system(tenant), house.service.store().clone());
    let (mut ids, mut known) = (Counter(0), Vec::new());
    let list = |listed: &mut dyn Iterator<Item = usize>| {
        let mut text = "id,type,name,birth_date,topics\n".to_owned();
        for number in listed {
            let somebody = invented(number);
            text += &format!("{number},person,{},{},sanction\n", somebody.name, somebody.born.unwrap_or_default());
        }
        vec![ListFile { name: "own.csv".to_owned(), bytes: text.into_bytes() }]
    };
    let others = CUSTOMERS + 1_000_000..CUSTOMERS + 1_000_040;
    house.service.add_list(Source::Custom, list(&mut others.clone())).await.expect("the list of before");
    everybody_is_covered(&store, tenant).await;
    let crowd: Vec<_> = (0..CUSTOMERS).map(invented).collect();
    for page in crowd.chunks(500) {
        let changes = page.iter().map(|somebody| let_in(tenant, somebody, &mut ids)).collect();
        known.extend(put(&store, &ctx, changes).await);
    }
    house.put_to_work();
    let screened = async || store.coverage(&ctx, 1).await.expect("readable").uncovered == 0;
    eventually("everybody is screened against the list of before", screened).await;
    house.workers.take().expect("at work").stop(Duration::from_secs(30)).await;

    let listed = || (0..CUSTOMERS).filter(|number| number % LISTED == LISTED / 2);
    house.service.add_list(Source::Custom, list(&mut others.chain(listed()))).await.expect("the list of after");

    let mut before = 0;
    for (minutes, until) in [(0, CUSTOMERS / 5), (2, CUSTOMERS / 2)] {
        let mut child = Killed(another_process(house.data(), minutes));
        let began = Instant::now();
        while looked_at(&store).await < until as u64 {
            assert!(began.elapsed() < Duration::from_secs(60), "the other process does not get on");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.0.kill().expect("it is ours");
        child.0.wait().expect("it was killed");
        let pass = newest(&store).await.expect("it was begun");
        assert_eq!(pass.state, PassState::Running, "it was killed too late to prove anything");
        assert!(pass.looked_at > before && pass.looked_at < CUSTOMERS as u64, "in the middle: {}", pass.looked_at);
        assert_eq!(pass.looked_at % u64::from(PAGE), 0, "by whole pages");
        let at = usize::try_from(pass.looked_at).expect("few");
        assert_eq!(pass.after, Some((tenant, known[at - 1])), "the place is that of the last page");
        let coverage = store.coverage(&ctx, 2).await.expect("readable");
        assert!(coverage.uncovered >= (CUSTOMERS - at) as u64, "whom nobody has looked at is not covered");
        before = pass.looked_at;
    }

    house.clock.advance(SignedDuration::from_mins(4));
    house.put_to_work_at(Pace { page: PAGE });
    let ended = async || {
        newest(&store).await.is_some_and(|pass| pass.state == PassState::Done)
            && store.behind(&ctx, CustomerId(Uuid::nil()), 1).await.expect("readable").is_empty()
    };
    eventually("the pass is ended", ended).await;
    let pass = newest(&store).await.expect("it is there");
    assert_eq!(pass.looked_at, CUSTOMERS as u64, "each once: no page is left out, and none is counted twice");
    assert!(pass.made_due >= listed().count() as u64 && pass.made_due < (CUSTOMERS / 10) as u64, "{}", pass.made_due);
    let coverage = store.coverage(&ctx, 2).await.expect("readable");
    assert_eq!((coverage.customers, coverage.uncovered), (CUSTOMERS as u64, 0), "the ledger is complete");
    let mut asked = Vec::new();
    for (number, id) in known.iter().enumerate() {
        let customer = store.customer(&ctx, *id).await.expect("readable").expect("known");
        if customer.checks.values().any(|check| check.state != CheckState::Clear) {
            asked.push(number);
        }
    }
    let missed: Vec<usize> = listed().filter(|number| !asked.contains(number)).collect();
    assert!(missed.is_empty(), "listed and not asked about: {missed:?}");
    assert_eq!(asked.len() as u64, pass.made_due, "nobody moved whom the pass did not name");
    if let Some(workers) = house.workers.take() {
        workers.stop(Duration::from_secs(5)).await;
    }
}

/// What the test above starts as a process of its own; by itself it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "so the test that starts this one tells it where")]
    let (house, later) = (std::env::var(HOUSE), std::env::var(LATER));
    let (Ok(house), Ok(later)) = (house, later) else { return };
    let clock = Arc::new(SystemClock::default());
    clock.advance(SignedDuration::from_mins(later.parse().expect("minutes")));
    let _running = start_at(parts(store_in(&PathBuf::from(house)).await, clock), Pace { page: PAGE });
    tokio::time::sleep(Duration::from_secs(90)).await;
}

/// Never left behind, whatever fails.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn another_process(folder: &std::path::Path, minutes: i64) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["interrupted::the_process_that_is_killed", "--exact", "--nocapture"])
        .env(HOUSE, folder)
        .env(LATER, minutes.to_string())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts")
}

async fn newest(store: &Store) -> Option<Pass> {
    store.passes(1).await.expect("readable").into_iter().find(|pass| pass.generation == 2)
}

async fn looked_at(store: &Store) -> u64 {
    newest(store).await.map_or(0, |pass| pass.looked_at)
}
