//! The bench: onboardings per second against the real binary, beside what the disk can do.
//!
//! `make bench`, or `loadgen --help`. It starts a `vestibule` of its own on an empty data folder, loads lists, makes a
//! tenant, and then
//!
//! 1. onboards people as fast as the server answers (closed loop: every connection sends its next request when its
//!    last was answered): the highest throughput;
//! 2. onboards people at a fixed rate (open loop: requests have a time at which they are due, whatever the server does,
//!    and latency counts from then): the latency that callers see. A closed loop hides waiting;
//! 3. waits until every customer is screened, which happens beside all of this;
//! 4. stops the server and commits rows of the same size to a bare SQLite in the same folder, one by one and in groups:
//!    what the disk allows at most.
//!
//! With `--dialect waldo` it onboards with a fraud check (or `--no-fraud-check`) at a fixed rate instead, receives the webhooks, and says how long
//! the evaluations took and whether each was told of.
//!
//! Every customer is a new one, and every request has an idempotency key of its own. The generator runs in one thread
//! on the machine of the server, so what it costs is printed too.

#![expect(clippy::print_stdout, reason = "the report is what the program is for")]

mod disk;
mod http;
mod load;
mod people;
mod report;
mod server;
mod waldo;
mod webhooks;

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Parser;

use crate::load::{Dialect, Target, closed_loop, open_loop};
use crate::people::People;
use crate::report::{Cost, aim, phase, rate};
use crate::server::Server;

/// How long to wait for the last screening before it is called lost.
const SCREENING_PATIENCE: Duration = Duration::from_secs(300);

/// Onboards people by the thousand and says how fast that went.
#[derive(Debug, Parser)]
#[command(name = "loadgen", version)]
struct Options {
    /// The server to start; by default the `vestibule` beside this program.
    #[arg(long, env = "VESTIBULE_BIN", value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Folder of published lists to screen against; by default the sample of the demo.
    #[arg(long, env = "VESTIBULE_LISTS", value_name = "DIR")]
    lists: Option<PathBuf>,
    /// Folder to make the data folder in: its disk is what is measured. By default beside the server.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// PostgreSQL database instead of files; it must be empty.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Length of each of the two loads.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Connections kept open.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1000))]
    connections: u32,
    /// The vendor's API that is spoken.
    #[arg(long, value_enum, default_value_t = Dialect::Cos)]
    dialect: Dialect,
    /// Onboardings per second of the open loop; by default half of what the closed loop reached, or 1,000 for `waldo`.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,
    /// With `waldo`: onboard without a fraud check.
    #[arg(long)]
    no_fraud_check: bool,
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let run =
        runtime.context("a runtime cannot be started").and_then(|runtime| runtime.block_on(run(&Options::parse())));
    match run {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("loadgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Measures, prints, and gives whether every request was answered as it should and every customer screened.
async fn run(options: &Options) -> Result<bool> {
    if options.dialect == Dialect::Waldo {
        return waldo::run(options).await;
    }
    let mut server = Server::open(options, None).await?;
    println!("lists     {}", server.lists);
    println!("machine   {} cores, shared by server and generator", std::thread::available_parallelism()?);
    let bytes_before = server.bytes_kept();
    let begun = Instant::now();
    let people = Rc::new(RefCell::new(People::new(&server.tenant_id)));
    let target = Target::new(server.address, &server.token().await?, Dialect::Cos);
    let length = Duration::from_secs(options.seconds);

    let warm_up = closed_loop(&target, &people, options.connections, Duration::from_secs(1)).await;
    let before = Cost::now(server.pid());
    let closed = closed_loop(&target, &people, options.connections, length).await;
    let cost = Cost::now(server.pid()).since(&before);
    phase("closed", &format!("{} connections", options.connections), &closed);
    println!("          {cost} per onboarding, screening included", cost = cost.per(closed.succeeded()));

    let wanted = options.rate.map_or_else(|| (closed.per_second() / 2.0).max(1.0), f64::from);
    let open = open_loop(&target, &people, options.connections * 2, wanted, length).await;
    phase("open", &format!("{wanted:.0} a second due"), &open);

    let loads = [&warm_up, &closed, &open];
    let onboarded: u64 = loads.iter().map(|load| load.succeeded()).sum();
    let faults: u64 = loads.iter().map(|load| load.faults()).sum();
    let left = load::wait_for_screening(&target, &server.tenant_id, SCREENING_PATIENCE).await?;
    match left {
        Some(wait) => println!(
            "screened  {} of {onboarded} customers within {:.1} s of the last request: {} from the first request on",
            onboarded,
            wait.as_secs_f64(),
            rate(onboarded, begun.elapsed()),
        ),
        None => println!("screened  NOT all of {onboarded} customers within {} s", SCREENING_PATIENCE.as_secs()),
    }
    let memory = report::memory(server.pid());
    println!("memory    {memory} at most");
    server.stop()?;

    if options.database.is_none() && onboarded > 0 {
        let bytes = server.bytes_kept().saturating_sub(bytes_before) / onboarded;
        println!("kept      {bytes} bytes an onboarding, screening and journal included");
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX).clamp(1, 1 << 20);
        let single = disk::commits_per_second(server.folder(), bytes, 1, length / 2)?;
        let grouped = disk::commits_per_second(server.folder(), bytes, disk::GROUP, length / 2)?;
        println!(
            "disk      {single:.0} rows/s of {bytes} bytes, one a commit; {grouped:.0} rows/s, {} a commit",
            disk::GROUP
        );
        aim(closed.per_second(), single, grouped);
    }
    if faults > 0 {
        println!(
            "FAULTS    {faults} requests were not answered as they should be; the server said:\n{}",
            server.last_words()
        );
    }
    Ok(faults == 0 && left.is_some())
}
