//! How many onboardings a second the store takes: each is let in with its answer remembered, screened with evidence, and
//! sealed into the journal with what is owed for it delivered. Nothing is left out but HTTP, screening and sending.
//!
//! `cargo bench -p store [-- onboardings [tasks]]`; on the engine of a folder, or with `VESTIBULE_BENCH_POSTGRES` set on
//! a fresh database of the test server.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(dead_code, reason = "the tests' house has more in it than is measured")]

#[path = "../tests/it/house.rs"]
mod house;
#[path = "../tests/it/registrations.rs"]
mod registrations;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Instant;

use house::{Counter, House, LEASE, at, erna, screened};
use onboarding::EventKind;
use store::{Answer, Arrived, Registration, RegistrationMode};
use testkit::{Setup, TestDb};

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (count, tasks) = (numbers.first().copied().unwrap_or(5_000), numbers.get(1).copied().unwrap_or(128));
    testkit::block_on(async move {
        let postgres = std::env::var_os("VESTIBULE_BENCH_POSTGRES").is_some();
        let files = if postgres { TestDb::postgres().await.expect("a test server") } else { TestDb::sqlite() };
        let house = Arc::new(House::set_up(files).await);
        for event in [EventKind::CustomerOnboarded, EventKind::ALL[19], EventKind::ALL[20]] {
            let push: Registration = registrations::registration(&house.ctx, event, RegistrationMode::Push);
            registrations::register(&house, &push).await.expect("free");
        }
        run(&house, count, tasks).await;
    });
}

async fn run(house: &Arc<House>, count: u64, tasks: u64) {
    let (taken, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let began = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let (house, taken) = (Arc::clone(house), Arc::clone(&taken));
        workers.spawn(async move {
            while taken.fetch_add(1, SeqCst) < count {
                onboard(&house).await;
            }
        });
    }
    let sealer = {
        let (house, ended) = (Arc::clone(house), Arc::clone(&ended));
        tokio::spawn(async move {
            let (mut sealed, mut last) = (0, false);
            loop {
                let next = house.store.seal_next(500, &mut Counter, at(1), LEASE).await;
                let (deliveries, now) = next.expect("the only sealer");
                sealed += now;
                let ends = deliveries.into_iter().map(|delivery| {
                    let house = Arc::clone(&house);
                    tokio::spawn(async move {
                        house.store.delivered(&[Arrived { delivery: &delivery, status: Some(200), at: at(2) }]).await
                    })
                });
                for end in ends.collect::<Vec<_>>() {
                    end.await.expect("it ends").expect("its lease");
                }
                if now == 0 && last {
                    return sealed;
                }
                last = ended.load(SeqCst);
                if now == 0 {
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            }
        })
    };
    while workers.join_next().await.is_some() {}
    ended.store(true, SeqCst);
    let sealed = sealer.await.expect("it ends");
    let seconds = began.elapsed().as_secs_f64();
    let stats = house.store.stats();
    let bytes: u64 = house.files.folder().map_or(0, |folder| {
        let files = std::fs::read_dir(folder).expect("readable").flatten();
        files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
    });
    let writer = writer_nanoseconds().unwrap_or_default() / count;
    println!(
        "{count} onboardings by {tasks} tasks in {seconds:.2} s: {:.0} a second; {sealed} events sealed; {} batches in \
         {} commits; an onboarding takes {} bytes and {} microseconds of the writer's time",
        count as f64 / seconds,
        stats.batches,
        stats.commits,
        bytes / count,
        writer / 1000,
    );
}

/// How long SQLite's writer has run on a processor: what bounds the throughput, whatever else the machine does.
fn writer_nanoseconds() -> Option<u64> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?.flatten();
    let is_writer = |thread: &std::fs::DirEntry| {
        std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|name| name.trim() == "db-writer")
    };
    let writer = threads.into_iter().find(is_writer)?;
    std::fs::read_to_string(writer.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
}

async fn onboard(house: &House) {
    let changes = erna(&house.ctx, &format!("Erna{}", house::uuid()), at(0));
    let key = house.store.keyed_digest(&house.ctx, "bench", &[changes.customer.id.0.as_bytes()]).await;
    let key = key.expect("a tenant");
    assert_eq!(house.store.answer(&house.ctx, key, at(0)).await, Ok(None));
    let mut write = house.store.write(&house.ctx, at(0));
    write.apply(&changes).expect("its tenant");
    let answer = Answer {
        id: key,
        fingerprint: key,
        status: 201,
        body: vec![b'x'; 1500],
        request_id: "request".to_owned(),
        created_at: at(0),
        kept_until: at(1000),
    };
    write.remember(&answer).expect("small");
    let job = write.commit().await.expect("written").jobs.remove(0);
    let customer = house.store.customer(&house.ctx, job.customer).await.expect("readable").expect("there");
    let open = house.store.open_case(&house.ctx, job.customer).await.expect("readable");
    let concluded = screened(customer, open, Vec::new(), at(1));
    let mut write = house.store.write(&house.ctx, at(1));
    write.apply(&concluded).expect("its tenant");
    write.job_done(&job);
    write.commit().await.expect("written");
}
