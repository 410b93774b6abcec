//! Evaluations under load: people are onboarded with a fraud check at a fixed rate, and the webhooks are received here.
//!
//! What is measured is what a client of the dialect waits for: from the moment at which a request was due to the webhook
//! that says how its last run ended.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::Options;
use crate::load::{Dialect, Target, open_loop};
use crate::people::People;
use crate::report::{Cost, memory, phase, rate, spread};
use crate::server::Server;
use crate::webhooks::Receiver;

/// Onboardings a second where none are said: what evaluations are to keep flowing under.
const RATE: u32 = 1_000;

/// Onboardings a second, and for how long, before anything is measured.
const WARM_UP: (f64, Duration) = (100.0, Duration::from_secs(2));

/// How long to wait for the last webhook before it is called lost: longer than a courier waits between its first tries.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures, prints, and gives whether every request was answered and every evaluation was told of.
pub async fn run(options: &Options) -> Result<bool> {
    let receiver = Receiver::open(!options.no_fraud_check).await?;
    let mut server = Server::open(options, Some(receiver.address)).await?;
    println!("lists     {}", server.lists);
    println!("machine   {} cores, shared by server, generator and receiver", std::thread::available_parallelism()?);
    let target = Target::new(server.address, &server.waldo_token().await?, Dialect::Waldo);
    let target = if options.no_fraud_check { target.without_fraud_check() } else { target };
    let people = Rc::new(RefCell::new(People::new(&server.tenant_id)));
    let wanted = f64::from(options.rate.unwrap_or(RATE));
    let length = Duration::from_secs(options.seconds);
    let pid = server.pid();
    let loaded = async {
        // The first of their kind build tables that all others use: a house has had its first customers before the rush.
        let warm_up = open_loop(&target, &people, options.connections, WARM_UP.0, WARM_UP.1).await;
        let warm = async {
            while receiver.told.borrow().completed.len() < warm_up.asked.len() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // What has not come by then is missed again below.
        let _ = tokio::time::timeout(PATIENCE, warm).await;
        receiver.told.borrow_mut().forget();
        let (before, begun) = (Cost::now(pid), Instant::now());
        let load = open_loop(&target, &people, options.connections * 2, wanted, length).await;
        let last_asked = Instant::now();
        let waited = async {
            while receiver.told.borrow().completed.len() < load.asked.len() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // What has not come by then is counted below.
        let _ = tokio::time::timeout(PATIENCE, waited).await;
        (load, last_asked.elapsed(), before, begun.elapsed())
    };
    let (load, waited, before, lasted) = tokio::select! {
        loaded = loaded => loaded,
        () = receiver.run() => anyhow::bail!("the receiver of webhooks cannot accept connections"),
    };
    let cost = Cost::now(pid).since(&before);

    phase("onboarded", &format!("{wanted:.0} a second due"), &load);
    let told = receiver.told.borrow();
    let mut waits = Vec::with_capacity(load.asked.len());
    let mut lost = Vec::new();
    for (request, due) in &load.asked {
        match told.completed.get(request) {
            Some(at) => waits.push(at.saturating_duration_since(*due)),
            None => lost.push(request.as_str()),
        }
    }
    let evaluated = u64::try_from(waits.len()).unwrap_or(u64::MAX);
    println!("evaluated {}; from onboarding to its completed webhook {}", rate(evaluated, lasted), spread(&mut waits));
    println!(
        "webhooks  {} came, {} ends more than once; the last {:.1} s after the last request",
        told.webhooks,
        told.again,
        waited.as_secs_f64()
    );
    println!("lost      {} of {}", lost.len(), load.asked.len());
    if let Some(first) = lost.first() {
        println!("          the first: request {first}");
    }
    println!("          {} per evaluation", cost.per(evaluated));
    println!("memory    {} at most", memory(server.pid()));
    if load.faults() > 0 || !lost.is_empty() {
        println!("the server said:\n{}", server.last_words());
    }
    let sound = load.faults() == 0 && lost.is_empty() && !load.asked.is_empty();
    drop(told);
    server.stop()?;
    Ok(sound)
}
