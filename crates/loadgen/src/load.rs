//! The two loads.

use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::LocalSet;

use crate::http::Connection;
use crate::people::People;

/// Where the checks of a customer are looked for: those that are not answered yet.
const PENDING: [&str; 2] = ["ofac=Pending", "pepScan=Pending"];

/// Everybody who is onboarded comes from here, whatever the load.
pub type SharedPeople = Rc<RefCell<People>>;

/// Which vendor's API is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    /// Customers, screened behind.
    Cos,
    /// Customers, evaluated behind with a fraud check, and told of by webhook.
    Waldo,
}

/// Whom to call, as whom, and how.
#[derive(Clone)]
pub struct Target {
    address: SocketAddr,
    token: String,
    dialect: Dialect,
    fraud_check: bool,
}

/// What came of a load.
#[derive(Default)]
pub struct Load {
    pub lasted: Duration,
    /// Of the requests that succeeded.
    pub latencies: Vec<Duration>,
    /// The ids of requests that are answered later, with when each was due.
    pub asked: Vec<(String, Instant)>,
    pub refused: u64,
    pub broken: u64,
    /// The first answer that was no success.
    pub example: Option<String>,
}

impl Load {
    pub fn succeeded(&self) -> u64 {
        u64::try_from(self.latencies.len()).unwrap_or(u64::MAX)
    }

    pub fn faults(&self) -> u64 {
        self.refused + self.broken
    }

    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.lasted.as_secs_f64()
    }
}

impl Target {
    pub fn new(address: SocketAddr, token: &str, dialect: Dialect) -> Self {
        Self { address, token: token.to_owned(), dialect, fraud_check: true }
    }

    /// The same, without a check for fraud.
    pub fn without_fraud_check(self) -> Self {
        Self { fraud_check: false, ..self }
    }

    /// Writes the whole request that onboards the next person. `body` is only a buffer.
    fn write_onboarding(&self, people: &mut People, body: &mut String, request: &mut String) {
        body.clear();
        request.clear();
        let (number, path) = match self.dialect {
            Dialect::Cos => (people.write_next(body), "/core/v1/cm/customers"),
            Dialect::Waldo => (people.write_applicant(body, self.fraud_check), "/onboard"),
        };
        // Writing to a string cannot fail.
        let _ = write!(
            request,
            "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\nidempotency-key: load-{number}\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
    }

    async fn get(&self, connection: &mut Connection, path: &str) -> Result<serde_json::Value> {
        let (address, token) = (self.address, &self.token);
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n");
        let (status, body) = connection.exchange(request.as_bytes()).await?;
        ensure!(status == 200, "GET {path} was answered {status}: {}", String::from_utf8_lossy(body));
        serde_json::from_slice(body).context("the answer is not JSON")
    }
}

/// What the connections of a load share. They run in one thread.
struct Shared {
    target: Target,
    people: SharedPeople,
    load: RefCell<Load>,
    begun: Instant,
}

/// One connection of a load, with what it writes into.
struct Worker {
    shared: Rc<Shared>,
    connection: Connection,
    body: String,
    request: String,
}

impl Worker {
    async fn onboard(&mut self, due: Instant) {
        let shared = &*self.shared;
        shared.target.write_onboarding(&mut shared.people.borrow_mut(), &mut self.body, &mut self.request);
        let answer = self.connection.exchange(self.request.as_bytes()).await;
        let mut load = shared.load.borrow_mut();
        match answer {
            Ok((200..=299, body)) => {
                load.latencies.push(due.elapsed());
                if shared.target.dialect == Dialect::Waldo {
                    load.asked.push((request_id(body), due));
                }
            }
            Ok((status, body)) => {
                load.refused += 1;
                let body = &body[..body.len().min(500)];
                load.example.get_or_insert_with(|| format!("{status} {}", String::from_utf8_lossy(body)));
            }
            Err(error) => {
                load.broken += 1;
                load.example.get_or_insert_with(|| error.to_string());
            }
        }
    }
}

/// Which request was taken; nothing that anybody will be told of where the answer does not say.
fn request_id(answer: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    answer["requestId"].as_str().unwrap_or("none").to_owned()
}

/// Every connection sends its next request when its last was answered.
pub async fn closed_loop(target: &Target, people: &SharedPeople, connections: u32, length: Duration) -> Load {
    run(target, people, connections, async move |mut worker| {
        while worker.shared.begun.elapsed() < length {
            worker.onboard(Instant::now()).await;
        }
    })
    .await
}

/// Requests are due at a fixed rate. When every connection is busy a request waits for one, and that counts. The timer
/// wakes to the millisecond, which counts as well.
pub async fn open_loop(target: &Target, people: &SharedPeople, connections: u32, rate: f64, length: Duration) -> Load {
    let next = Rc::new(Cell::new(0_u32));
    run(target, people, connections, async move |mut worker| {
        loop {
            let turn = next.replace(next.get().saturating_add(1));
            let due = Duration::from_secs_f64(f64::from(turn) / rate);
            if due >= length {
                return;
            }
            let due = worker.shared.begun + due;
            if let Some(early) = due.checked_duration_since(Instant::now()) {
                tokio::time::sleep(early).await;
            }
            worker.onboard(due).await;
        }
    })
    .await
}

/// Runs one loop on every connection, to its end.
async fn run<L>(target: &Target, people: &SharedPeople, connections: u32, one: L) -> Load
where
    L: AsyncFn(Worker) + 'static,
{
    let begun = Instant::now();
    let (target, people) = (target.clone(), Rc::clone(people));
    let shared = Rc::new(Shared { target, people, load: RefCell::default(), begun });
    let one = Rc::new(one);
    let workers = LocalSet::new();
    for _ in 0..connections {
        let (shared, one) = (Rc::clone(&shared), Rc::clone(&one));
        let connection = Connection::new(shared.target.address);
        let worker = Worker { shared, connection, body: String::new(), request: String::new() };
        workers.spawn_local(async move { one(worker).await });
    }
    workers.await;
    let mut load = shared.load.take();
    load.lasted = begun.elapsed();
    load
}

/// Waits until no customer's checks are pending, and says how long that took; `None` when patience ended first.
pub async fn wait_for_screening(target: &Target, partner_id: &str, patience: Duration) -> Result<Option<Duration>> {
    let mut connection = Connection::new(target.address);
    let begun = Instant::now();
    for filter in PENDING {
        loop {
            let path = format!("/core/v1/cm/customers?partnerId={partner_id}&{filter}&pageNumber=1&pageSize=1");
            let page = target.get(&mut connection, &path).await?;
            if page["results"].as_array().context("a page of customers has results")?.is_empty() {
                break;
            }
            if begun.elapsed() > patience {
                return Ok(None);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(Some(begun.elapsed()))
}
