//! Signs and posts deliveries; tries again; holds what cannot be delivered, loudly.
//!
//! One task owns all lanes. A lane is one callback address of one tenant: so many requests at once, and never two about
//! the same customer, so that a customer's events arrive in their order as long as the first tries succeed. A request
//! that was answered makes room for the next at once, while what came of it is still being written: a slow disk does not
//! make receivers wait. A dead address fills its own lane and no other. Registrations about one customer each may have an address each: of these,
//! all that lead to one host share a lane.
//!
//! What was tried as often as the dialect says has failed, and its registration is suspended: what it is owed from then
//! on is held until it is restarted, or put again. A registration about one customer has often nobody who would restart
//! it, so its dialect has long patience ([`crate::dialect::PATIENT`]), and putting it again also sends what had failed.
//!
//! A delivery may wait in its lane for longer than its lease. So the lease is renewed before it is sent, and one that
//! was lost is not sent; when this process claims again what it has in a lane, the one that waits gets the new lease.

mod sending;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use onboarding::{CustomerId, TenantId};
use store::{Delivery, DeliveryId, Registration, StoreError};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::sending::{Arrival, Known, attempt, send_ping, write_down};
use super::{LEASE, PERIOD};
use crate::Service;
use crate::outbound::Url;

/// Deliveries that wait in memory at most; the rest waits in the store.
pub(super) const WAITING_MAX: usize = 100_000;

/// Deliveries that one lane keeps in memory. A lane with so many is full: nothing is claimed for it, and nothing handed
/// over is taken. One claim may fill it beyond that, by [`CLAIM_MAX`] at most.
const LANE_WAITING_MAX: usize = 5_000;

/// Requests to one address at once.
pub(crate) const LANE_AT_ONCE: usize = 16;

/// Deliveries under way at once, in all: requests, and answers that are being written down.
const AT_ONCE: usize = 256;

/// Simulated events sent at once.
const PINGS_AT_ONCE: usize = 8;

/// Deliveries taken from the store at once.
const CLAIM_MAX: usize = 500;

/// Of one registration at most so many, so that a long backlog keeps nobody else waiting.
const CLAIM_OF_EACH: usize = 100;

/// Registrations looked at for a claim, those of full lanes included.
const DUE_MAX: u32 = 1_000;

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

/// A delivery that waits for its turn.
struct HandedOver {
    delivery: Delivery,
    /// It was claimed while a try was running that it may have been settled by: its lease is asked for first.
    doubtful: bool,
}

/// One callback address, or host, of one tenant.
type LaneKey = (TenantId, String);

#[derive(Default)]
struct Lane {
    waiting: VecDeque<HandedOver>,
    /// Customers that a delivery is under way about, and which: until it is written down what came of it.
    under_way: BTreeMap<CustomerId, DeliveryId>,
    /// How many of these wait for their answer.
    unanswered: usize,
    /// Nothing was claimed for it because it was full.
    left_out: bool,
}

/// How far a delivery has come.
enum Progress {
    /// The receiver has answered, or is not asked at all.
    Answered(LaneKey),
    /// What came of it is written down.
    Settled(LaneKey, CustomerId),
}

struct Courier {
    service: Service,
    known: Known,
    lanes: HashMap<LaneKey, Lane>,
    /// What waits in any lane.
    waiting: HashSet<DeliveryId>,
    due: Arc<Notify>,
    running: usize,
    progress: mpsc::UnboundedSender<Progress>,
    arrivals: mpsc::UnboundedSender<Arrival>,
    /// Handed over when there was no room for it.
    refused: Vec<Delivery>,
}

pub(super) async fn run(
    service: Service,
    mut handed_over: mpsc::Receiver<Delivery>,
    mut pings: mpsc::Receiver<Ping>,
    due: Arc<Notify>,
    stop: CancellationToken,
) {
    // Never more messages than two of each delivery under way: AT_ONCE bounds it.
    let (progress, mut made) = mpsc::unbounded_channel();
    let (arrivals, arrived) = mpsc::unbounded_channel();
    tokio::spawn(write_down(service.clone(), arrived, progress.clone()));
    let mut courier = Courier {
        known: Known::new(service.clone()),
        service,
        lanes: HashMap::new(),
        waiting: HashSet::new(),
        refused: Vec::new(),
        due: Arc::clone(&due),
        running: 0,
        progress,
        arrivals,
    };
    let mut pinging = JoinSet::new();
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(delivery) = handed_over.recv() => courier.take(delivery, Origin::Sealer).await,
            Some(progress) = made.recv() => courier.went_on(progress),
            Some(ping) = pings.recv(), if pinging.len() < PINGS_AT_ONCE => {
                pinging.spawn(send_ping(courier.service.clone(), ping));
            }
            Some(_) = pinging.join_next() => {}
            () = due.notified() => courier.claim().await,
            _ = period.tick() => courier.claim().await,
        }
    }
    while courier.running > 0 {
        let Some(progress) = made.recv().await else { break };
        courier.note(&progress);
    }
    while pinging.join_next().await.is_some() {}
}

impl Courier {
    /// Takes what is due from the store, as long as there is room; and soon again, if that was not all.
    async fn claim(&mut self) {
        self.let_go().await;
        if self.waiting.len() + CLAIM_MAX > WAITING_MAX {
            return;
        }
        match self.claimed().await {
            Ok((deliveries, all)) => {
                for delivery in deliveries {
                    self.take(delivery, Origin::Claim).await;
                }
                if !all {
                    self.due.notify_one();
                }
            }
            Err(error) => tracing::warn!(error = %error, "Due deliveries could not be claimed"),
        }
    }

    /// What is due for lanes with room, of every registration as much as of any other; and whether that was all.
    async fn claimed(&mut self) -> Result<(Vec<Delivery>, bool), StoreError> {
        let now = self.service.now();
        let mut full = HashSet::new();
        for lane in self.lanes.values_mut().filter(|lane| lane.is_full()) {
            lane.left_out = true;
            full.extend(lane.waiting.iter().map(|waiting| waiting.delivery.registration));
        }
        let mut due = self.service.store().registrations_due(now, DUE_MAX).await?;
        due.retain(|(_, registration)| !full.contains(registration));
        if due.is_empty() {
            return Ok((Vec::new(), true));
        }
        let of_each = (CLAIM_MAX / due.len()).clamp(1, CLAIM_OF_EACH);
        let cut = due.len() > CLAIM_MAX;
        due.truncate(CLAIM_MAX);
        let limit = u32::try_from(of_each).unwrap_or(u32::MAX);
        let deliveries = self.service.store().claim_deliveries(now, LEASE, &due, limit).await?;
        let mut of = HashMap::new();
        for delivery in &deliveries {
            *of.entry(delivery.registration).or_insert(0) += 1;
        }
        let all = !cut && of.values().all(|&claimed| claimed < of_each);
        Ok((deliveries, all))
    }

    async fn take(&mut self, delivery: Delivery, origin: Origin) {
        let registration = match self.known.registration(&delivery).await {
            Ok(Some(registration)) => registration,
            // Deleted meanwhile: the store has ended what it was owed.
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(delivery.id = %delivery.id.0, error = %error, "A registration could not be read; the lease of its delivery will run out");
                return;
            }
        };
        let key = (registration.tenant, address(&registration));
        let lane = self.lanes.entry(key.clone()).or_default();
        if self.waiting.contains(&delivery.id) {
            // If it waits in another lane, because the address was changed, it is not sent from there: its lease is lost.
            if let Some(waiting) = lane.waiting.iter_mut().find(|waiting| waiting.delivery.id == delivery.id) {
                waiting.delivery = delivery;
            }
        } else if origin == Origin::Claim || !(lane.is_full() || self.waiting.len() >= WAITING_MAX) {
            let doubtful = lane.under_way.get(&delivery.customer) == Some(&delivery.id);
            self.waiting.insert(delivery.id);
            lane.waiting.push_back(HandedOver { delivery, doubtful });
        } else {
            lane.left_out = true;
            self.refused.push(delivery);
        }
        self.pump(&key);
        self.forget_idle(&key);
    }

    /// Gives back what there was no room for, so that it waits for no lease to run out.
    async fn let_go(&mut self) {
        for some in std::mem::take(&mut self.refused).chunks(CLAIM_MAX) {
            if let Err(error) = self.service.store().let_go(some, self.service.now()).await {
                tracing::warn!(error = %error, "Deliveries could not be given back; their leases will run out");
            }
        }
    }

    fn went_on(&mut self, progress: Progress) {
        self.note(&progress);
        let (Progress::Answered(key) | Progress::Settled(key, _)) = progress;
        self.pump(&key);
        let lane = self.lanes.get_mut(&key);
        if let Some(lane) = lane.filter(|lane| lane.left_out && lane.waiting.len() <= LANE_WAITING_MAX / 2) {
            lane.left_out = false;
            self.due.notify_one();
        }
        if self.running < AT_ONCE {
            let stuck = self.lanes.iter().find(|(_, lane)| lane.under_way.is_empty() && !lane.waiting.is_empty());
            if let Some(key) = stuck.map(|(key, _)| key.clone()) {
                self.pump(&key);
            }
        }
    }

    fn note(&mut self, progress: &Progress) {
        let (Progress::Answered(key) | Progress::Settled(key, _)) = progress;
        if let Some(lane) = self.lanes.get_mut(key) {
            match progress {
                Progress::Answered(_) => lane.unanswered -= 1,
                Progress::Settled(_, customer) => drop(lane.under_way.remove(customer)),
            }
        }
        if matches!(progress, Progress::Settled(..)) {
            self.running -= 1;
            self.forget_idle(key);
        }
    }

    fn forget_idle(&mut self, key: &LaneKey) {
        if self.lanes.get(key).is_some_and(|lane| lane.under_way.is_empty() && lane.waiting.is_empty()) {
            self.lanes.remove(key);
        }
    }

    /// Starts what the lane may start: the oldest deliveries of customers that no request is under way about.
    fn pump(&mut self, key: &LaneKey) {
        let Some(lane) = self.lanes.get_mut(key) else { return };
        let mut from = 0;
        while self.running < AT_ONCE && lane.unanswered < LANE_AT_ONCE {
            let free = |delivery: &HandedOver| !lane.under_way.contains_key(&delivery.delivery.customer);
            let Some(next) = lane.waiting.iter().skip(from).position(free).map(|at| at + from) else { return };
            let Some(next_one) = lane.waiting.remove(next) else { return };
            from = next;
            let (customer, id) = (next_one.delivery.customer, next_one.delivery.id);
            self.waiting.remove(&id);
            lane.under_way.insert(customer, id);
            lane.unanswered += 1;
            self.running += 1;
            let (arrivals, progress) = (self.arrivals.clone(), self.progress.clone());
            tokio::spawn(attempt(self.known.clone(), key.clone(), next_one, arrivals, progress));
        }
    }
}

/// Where a delivery comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// From the sealer, which does not know whether there is room.
    Sealer,
    /// From a claim, which was made because there is.
    Claim,
}

impl Lane {
    fn is_full(&self) -> bool {
        self.waiting.len() >= LANE_WAITING_MAX
    }
}

/// What a registration shares its lane with.
fn address(registration: &Registration) -> String {
    let address = registration.callback_url.as_deref().unwrap_or_default();
    let host = registration.customer.and_then(|_| Url::parse(address).ok());
    host.map_or_else(|| address.to_owned(), |url| url.origin().ascii_serialization())
}
