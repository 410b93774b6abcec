//! Signs and posts deliveries; tries again; holds what cannot be delivered, loudly.
//!
//! One task owns all lanes. A lane is one callback address of one tenant: so many requests at once, and never two about
//! the same customer, so that a customer's events arrive in their order as long as the first tries succeed. A dead
//! address fills its own lane and no other.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use onboarding::{CustomerId, TenantId};
use store::{Ctx, Delivery, Registration, RegistrationId, StoreError};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{LEASE, PERIOD};
use crate::Service;
use crate::outbound::Response;
use crate::refused::Refused;

/// Deliveries that wait in memory at most; the rest waits in the store.
pub(super) const WAITING_MAX: usize = 20_000;

/// Deliveries that one lane keeps in memory at most.
const LANE_WAITING_MAX: usize = 1_000;

/// Requests to one address at once.
const LANE_AT_ONCE: usize = 16;

/// Requests at once, in all.
const AT_ONCE: usize = 256;

/// Deliveries taken from the store at once.
const CLAIM_MAX: u32 = 500;

/// Of one registration at most so many, so that a long backlog keeps nobody else waiting.
const CLAIM_OF_EACH: u32 = 100;

/// How long a registration is believed to be as it was read; a changed one is served as changed within it.
const KNOWN: Duration = Duration::from_secs(1);

/// A simulated event, sent once.
#[derive(Debug)]
pub struct Ping {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub registration: Registration,
    /// When it was asked for.
    pub at: Timestamp,
}

/// A delivery and whom it goes to.
struct HandedOver {
    delivery: Delivery,
    registration: Arc<Registration>,
}

/// One callback address of one tenant.
type LaneKey = (TenantId, String);

#[derive(Default)]
struct Lane {
    waiting: VecDeque<HandedOver>,
    /// Customers that a request is under way about.
    under_way: BTreeSet<CustomerId>,
}

struct Courier {
    service: Service,
    lanes: HashMap<LaneKey, Lane>,
    /// Registrations as they were read a moment ago.
    known: Cache<RegistrationId, Arc<Registration>>,
    running: usize,
    done: mpsc::UnboundedSender<(LaneKey, CustomerId)>,
}

pub(super) async fn run(
    service: Service,
    mut handed_over: mpsc::Receiver<Delivery>,
    mut pings: mpsc::Receiver<Ping>,
    due: Arc<Notify>,
    stop: CancellationToken,
) {
    // Never more messages than requests under way: AT_ONCE bounds it.
    let (done, mut finished) = mpsc::unbounded_channel();
    let known = Cache::builder().max_capacity(10_000).time_to_live(KNOWN).build();
    let mut courier = Courier { service, lanes: HashMap::new(), known, running: 0, done };
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(delivery) = handed_over.recv() => courier.take(delivery).await,
            Some((key, customer)) = finished.recv() => courier.finished(&key, customer),
            Some(ping) = pings.recv() => send_ping(courier.service.clone(), ping),
            () = due.notified() => courier.claim().await,
            _ = period.tick() => courier.claim().await,
        }
    }
    while courier.running > 0 {
        let Some((key, customer)) = finished.recv().await else { return };
        courier.settle(&key, customer);
    }
}

impl Courier {
    /// Takes what is due from the store, as long as there is room.
    async fn claim(&mut self) {
        let waiting: usize = self.lanes.values().map(|lane| lane.waiting.len()).sum();
        if waiting + CLAIM_MAX as usize > WAITING_MAX {
            return;
        }
        match self.service.store().claim_deliveries(self.service.now(), LEASE, CLAIM_MAX, CLAIM_OF_EACH).await {
            Ok(deliveries) => {
                for delivery in deliveries {
                    self.take(delivery).await;
                }
            }
            Err(error) => tracing::warn!(error = %error, "Due deliveries could not be claimed"),
        }
    }

    async fn take(&mut self, delivery: Delivery) {
        let registration = match self.registration(&delivery).await {
            Ok(Some(registration)) => registration,
            // Deleted meanwhile: the store has ended what it was owed.
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(delivery.id = %delivery.id.0, error = %error, "A registration could not be read; the lease of its delivery will run out");
                return;
            }
        };
        let address = registration.callback_url.clone().unwrap_or_default();
        let key = (registration.tenant, address);
        let lane = self.lanes.entry(key.clone()).or_default();
        if lane.waiting.len() < LANE_WAITING_MAX {
            lane.waiting.push_back(HandedOver { delivery, registration });
        }
        self.pump(&key);
    }

    async fn registration(&self, delivery: &Delivery) -> Result<Option<Arc<Registration>>, StoreError> {
        if let Some(known) = self.known.get(&delivery.registration) {
            return Ok(Some(known));
        }
        let ctx = Ctx::system(delivery.tenant);
        let Some(read) = self.service.store().registration(&ctx, delivery.registration).await? else { return Ok(None) };
        let read = Arc::new(read);
        self.known.insert(delivery.registration, Arc::clone(&read));
        Ok(Some(read))
    }

    fn finished(&mut self, key: &LaneKey, customer: CustomerId) {
        self.settle(key, customer);
        self.pump(key);
        if self.running < AT_ONCE {
            let stuck = self.lanes.iter().find(|(_, lane)| lane.under_way.is_empty() && !lane.waiting.is_empty());
            if let Some(key) = stuck.map(|(key, _)| key.clone()) {
                self.pump(&key);
            }
        }
    }

    fn settle(&mut self, key: &LaneKey, customer: CustomerId) {
        self.running -= 1;
        if let Some(lane) = self.lanes.get_mut(key) {
            lane.under_way.remove(&customer);
            if lane.under_way.is_empty() && lane.waiting.is_empty() {
                self.lanes.remove(key);
            }
        }
    }

    /// Starts what the lane may start: the oldest deliveries of customers that no request is under way about.
    fn pump(&mut self, key: &LaneKey) {
        let Some(lane) = self.lanes.get_mut(key) else { return };
        let mut from = 0;
        while self.running < AT_ONCE && lane.under_way.len() < LANE_AT_ONCE {
            let free = |delivery: &HandedOver| !lane.under_way.contains(&delivery.delivery.customer);
            let Some(next) = lane.waiting.iter().skip(from).position(free).map(|at| at + from) else { return };
            let Some(HandedOver { delivery, registration }) = lane.waiting.remove(next) else { return };
            from = next;
            lane.under_way.insert(delivery.customer);
            self.running += 1;
            let (service, done, key) = (self.service.clone(), self.done.clone(), key.clone());
            tokio::spawn(async move {
                let customer = delivery.customer;
                attempt(&service, &delivery, &registration).await;
                drop(done.send((key, customer)));
            });
        }
    }
}

/// Posts once and writes down what came of it. If that cannot be written, the lease runs out and it is posted again.
async fn attempt(service: &Service, delivery: &Delivery, registration: &Registration) {
    let (status, retry_after) = match post(service, delivery, registration).await {
        Ok(response) if (200..300).contains(&response.status) => {
            let settled = service.store().delivered(delivery, response.status, service.now()).await;
            return note(settled);
        }
        Ok(response) => (Some(response.status), response.retry_after),
        Err(Failure::Outbound(why)) => {
            tracing::info!(delivery.id = %delivery.id.0, delivery.attempts = delivery.attempts, why, "A delivery did not arrive");
            (None, None)
        }
        Err(Failure::House(error)) => {
            tracing::warn!(delivery.id = %delivery.id.0, error = %error, "A delivery could not be made ready; its lease will run out");
            return;
        }
    };
    let now = service.now();
    let waits = service.dialect(&delivery.dialect).map_or(&[][..], |dialect| dialect.retries());
    let made = usize::try_from(delivery.attempts).unwrap_or(usize::MAX);
    let wait = made.checked_sub(1).and_then(|retries| waits.get(retries)).copied();
    match wait {
        Some(wait) => {
            let wait = jittered(service, wait).max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX));
            let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(60));
            let next = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
            note(service.store().retry(delivery, next, status, now).await);
        }
        None => {
            tracing::warn!(registration.id = %registration.id.0, delivery.id = %delivery.id.0, "Suspended a registration: its address failed too often");
            note(service.store().failed(delivery, status, now).await);
        }
    }
}

/// The longest wait that a receiver may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

enum Failure {
    /// It did not arrive.
    Outbound(&'static str),
    /// It could not be made.
    House(Refused),
}

async fn post(service: &Service, delivery: &Delivery, registration: &Registration) -> Result<Response, Failure> {
    let dialect = service.dialect(&delivery.dialect).ok_or(Failure::House(Refused::NotFound))?;
    let customer = if dialect.wants_customer(registration) {
        let ctx = Ctx::system(registration.tenant);
        let read = service.store().customer(&ctx, delivery.customer).await;
        read.map_err(|error| Failure::House(error.into()))?
    } else {
        None
    };
    let request = dialect.render(delivery, registration, customer.as_ref());
    service.outbound().post(request).await.map_err(|error| Failure::Outbound(error.as_str()))
}

/// Between the wait and half as long again, so that many failures do not come back at once.
fn jittered(service: &Service, wait: Duration) -> Duration {
    let half_ms = u64::try_from(wait.as_millis() / 2).unwrap_or(u64::MAX).max(1);
    wait + Duration::from_millis(service.random_u64() % half_ms)
}

fn send_ping(service: Service, ping: Ping) {
    tokio::spawn(async move {
        let dialect = service.dialect(&ping.registration.dialect).cloned();
        let request = dialect.and_then(|dialect| dialect.ping(&ping.registration, ping.id, ping.at));
        let Some(request) = request else { return };
        if let Err(error) = service.outbound().post(request).await {
            tracing::info!(registration.id = %ping.registration.id.0, why = error.as_str(), "A ping did not arrive");
        }
    });
}

fn note(settled: Result<(), store::CommitError>) {
    if let Err(error) = settled {
        tracing::warn!(error = %error, "What came of a delivery could not be written; it is made again");
    }
}
