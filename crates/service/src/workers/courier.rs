//! Signs and posts deliveries; tries again; holds what cannot be delivered, loudly.
//!
//! One task owns all lanes. A lane is one callback address of one tenant: so many requests at once, and never two about
//! the same customer, so that a customer's events arrive in their order as long as the first tries succeed. A dead
//! address fills its own lane and no other. Registrations about one customer each may have an address each: of these,
//! all that lead to one host share a lane.
//!
//! What was tried as often as the dialect says has failed, and its registration is suspended: what it is owed from then
//! on is held until it is restarted, or put again. A registration about one customer has often nobody who would restart
//! it, so its dialect has long patience ([`crate::dialect::PATIENT`]), and putting it again also sends what had failed.
//!
//! A delivery may wait in its lane for longer than its lease. So the lease is renewed before it is sent, and one that
//! was lost is not sent; when this process claims again what it has in a lane, the one that waits gets the new lease.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use onboarding::{CaseId, Customer, CustomerId, TenantId};
use store::{Ctx, Delivery, DeliveryId, Registration, RegistrationId, RegistrationMode, RegistrationState, StoreError};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{LEASE, PERIOD};
use crate::Service;
use crate::dialect::Told;
use crate::outbound::{OutboundRequest, Response, Url};
use crate::refused::Refused;

/// Deliveries that wait in memory at most; the rest waits in the store.
pub(super) const WAITING_MAX: usize = 20_000;

/// Deliveries that one lane keeps in memory. A lane with so many is full: nothing is claimed for it, and nothing handed
/// over is taken. One claim may fill it beyond that, by [`CLAIM_MAX`] at most.
const LANE_WAITING_MAX: usize = 1_000;

/// Requests to one address at once.
const LANE_AT_ONCE: usize = 16;

/// Requests at once, in all.
const AT_ONCE: usize = 256;

/// Simulated events sent at once.
const PINGS_AT_ONCE: usize = 8;

/// Deliveries taken from the store at once.
const CLAIM_MAX: usize = 500;

/// Of one registration at most so many, so that a long backlog keeps nobody else waiting.
const CLAIM_OF_EACH: usize = 100;

/// Registrations looked at for a claim, those of full lanes included.
const DUE_MAX: u32 = 1_000;

/// What must be left of a lease for a delivery to be sent under it: longer than the longest try takes.
const LEASE_LEFT_MIN: SignedDuration = SignedDuration::from_secs(30);

/// How long a registration or customer is believed to be as it was read; a changed one is served as changed within it.
const KNOWN: Duration = Duration::from_secs(1);

/// Customers that are remembered for as long: an evaluation tells several things of one within a moment.
const CUSTOMERS_KNOWN: u64 = 2_000;

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
    /// Customers that a request is under way about, and which.
    under_way: BTreeMap<CustomerId, DeliveryId>,
    /// Nothing was claimed for it because it was full.
    left_out: bool,
}

/// Registrations and customers as they were read a moment ago.
#[derive(Clone)]
struct Known {
    service: Service,
    registrations: Cache<RegistrationId, Arc<Registration>>,
    customers: Cache<(TenantId, CustomerId), Arc<Customer>>,
}

struct Courier {
    service: Service,
    known: Known,
    lanes: HashMap<LaneKey, Lane>,
    /// What waits in any lane.
    waiting: HashSet<DeliveryId>,
    due: Arc<Notify>,
    running: usize,
    done: mpsc::UnboundedSender<(LaneKey, CustomerId)>,
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
    // Never more messages than requests under way: AT_ONCE bounds it.
    let (done, mut finished) = mpsc::unbounded_channel();
    let known = Known {
        service: service.clone(),
        registrations: Cache::builder().max_capacity(10_000).time_to_live(KNOWN).build(),
        customers: Cache::builder().max_capacity(CUSTOMERS_KNOWN).time_to_live(KNOWN).build(),
    };
    let mut courier = Courier {
        known,
        service,
        lanes: HashMap::new(),
        waiting: HashSet::new(),
        refused: Vec::new(),
        due: Arc::clone(&due),
        running: 0,
        done,
    };
    let mut pinging = JoinSet::new();
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(delivery) = handed_over.recv() => courier.take(delivery, Origin::Sealer).await,
            Some((key, customer)) = finished.recv() => courier.finished(&key, customer),
            Some(ping) = pings.recv(), if pinging.len() < PINGS_AT_ONCE => {
                pinging.spawn(send_ping(courier.service.clone(), ping));
            }
            Some(_) = pinging.join_next() => {}
            () = due.notified() => courier.claim().await,
            _ = period.tick() => courier.claim().await,
        }
    }
    while courier.running > 0 {
        let Some((key, customer)) = finished.recv().await else { break };
        courier.settle(&key, customer);
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

    fn finished(&mut self, key: &LaneKey, customer: CustomerId) {
        self.settle(key, customer);
        self.pump(key);
        let lane = self.lanes.get_mut(key);
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

    fn settle(&mut self, key: &LaneKey, customer: CustomerId) {
        self.running -= 1;
        if let Some(lane) = self.lanes.get_mut(key) {
            lane.under_way.remove(&customer);
        }
        self.forget_idle(key);
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
        while self.running < AT_ONCE && lane.under_way.len() < LANE_AT_ONCE {
            let free = |delivery: &HandedOver| !lane.under_way.contains_key(&delivery.delivery.customer);
            let Some(next) = lane.waiting.iter().skip(from).position(free).map(|at| at + from) else { return };
            let Some(next_one) = lane.waiting.remove(next) else { return };
            from = next;
            let (customer, id) = (next_one.delivery.customer, next_one.delivery.id);
            self.waiting.remove(&id);
            lane.under_way.insert(customer, id);
            self.running += 1;
            let (known, done, key) = (self.known.clone(), self.done.clone(), key.clone());
            tokio::spawn(async move {
                send(&known, next_one).await;
                drop(done.send((key, customer)));
            });
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

impl Known {
    /// Whose delivery this is; `None` when it was deleted.
    async fn registration(&self, delivery: &Delivery) -> Result<Option<Arc<Registration>>, StoreError> {
        if let Some(known) = self.registrations.get(&delivery.registration) {
            return Ok(Some(known));
        }
        let ctx = Ctx::system(delivery.tenant);
        let Some(read) = self.service.store().registration(&ctx, delivery.registration).await? else { return Ok(None) };
        let read = Arc::new(read);
        self.registrations.insert(delivery.registration, Arc::clone(&read));
        Ok(Some(read))
    }

    /// Whom it is about, no older than what happened; `None` when it is gone.
    async fn customer(&self, ctx: &Ctx, delivery: &Delivery) -> Result<Option<Arc<Customer>>, StoreError> {
        let key = (delivery.tenant, delivery.customer);
        let known = self.customers.get(&key);
        if let Some(known) = known.filter(|known| known.event_count >= delivery.number) {
            return Ok(Some(known));
        }
        let Some(read) = self.service.store().customer(ctx, delivery.customer).await? else { return Ok(None) };
        let read = Arc::new(read);
        self.customers.insert(key, Arc::clone(&read));
        Ok(Some(read))
    }
}

/// What a registration shares its lane with.
fn address(registration: &Registration) -> String {
    let address = registration.callback_url.as_deref().unwrap_or_default();
    let host = registration.customer.and_then(|_| Url::parse(address).ok());
    host.map_or_else(|| address.to_owned(), |url| url.origin().ascii_serialization())
}

/// Sends what is still to be sent, under a lease that lasts.
async fn send(known: &Known, HandedOver { delivery, doubtful }: HandedOver) {
    let (service, id) = (&known.service, delivery.id);
    let ready = async {
        let Some(registration) = known.registration(&delivery).await? else { return Ok(None) };
        // As it was known a moment ago; whoever renews the lease asks whether it still is so.
        let wanted = registration.state == RegistrationState::Active && registration.mode == RegistrationMode::Push;
        let now = service.now();
        let delivery = if doubtful || !wanted || delivery.due_at.duration_since(now) < LEASE_LEFT_MIN {
            service.store().renew_delivery(delivery, now, LEASE).await?
        } else {
            Some(delivery)
        };
        Ok::<_, StoreError>(delivery.map(|delivery| (delivery, registration)))
    };
    match ready.await {
        Ok(Some((delivery, registration))) => attempt(known, &delivery, &registration).await,
        // Somebody else's by now, settled, or no longer wanted.
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(delivery.id = %id.0, error = %error, "A delivery could not be begun; its lease will run out");
        }
    }
}

/// Posts once and writes down what came of it. If that cannot be written, the lease runs out and it is posted again.
async fn attempt(known: &Known, delivery: &Delivery, registration: &Registration) {
    let service = &known.service;
    let (status, retry_after) = match post(known, delivery, registration).await {
        Ok(Some(response)) if (200..300).contains(&response.status) => {
            let settled = service.store().delivered(delivery, Some(response.status), service.now()).await;
            return note(settled);
        }
        Ok(None) => return note(service.store().delivered(delivery, None, service.now()).await),
        Ok(Some(response)) => (Some(response.status), response.retry_after),
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
    let waits = service.dialect(&delivery.dialect).map_or_else(Vec::new, |dialect| dialect.retries(registration));
    // As many tries were made before this one as waits are over.
    let wait = usize::try_from(delivery.attempts).ok().and_then(|over| waits.get(over)).copied();
    match wait {
        Some(wait) => {
            let wait = jittered(service, wait).max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX));
            let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(60));
            let next = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
            note(service.store().retry(delivery, next, status, now).await);
        }
        None if service.dialect(&delivery.dialect).is_some_and(|dialect| !dialect.suspends()) => {
            tracing::warn!(registration.id = %registration.id.0, delivery.id = %delivery.id.0, "Gave up a delivery: it failed too often, and waits to be fetched");
            note(service.store().given_up(delivery, status, now).await);
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

/// What was answered; nothing, if the dialect has nothing to say.
async fn post(known: &Known, delivery: &Delivery, registration: &Registration) -> Result<Option<Response>, Failure> {
    let request = rendered(known, delivery, registration).await.map_err(Failure::House)?;
    let Some(request) = request else { return Ok(None) };
    let answered = known.service.outbound().post(request).await;
    answered.map(Some).map_err(|error| Failure::Outbound(error.as_str()))
}

async fn rendered(
    known: &Known,
    delivery: &Delivery,
    registration: &Registration,
) -> Result<Option<OutboundRequest>, Refused> {
    let service = &known.service;
    let dialect = service.dialect(&delivery.dialect).ok_or(Refused::NotFound)?;
    let (needs, store) = (dialect.needs(delivery, registration), service.store());
    let house = service.on_behalf_of(registration.tenant).await?;
    let customer = if needs.customer { known.customer(&house.ctx, delivery).await? } else { None };
    let case = if needs.case {
        let about = delivery.about.filter(|_| delivery.kind.is_about_case());
        match about {
            Some(case) => store.case(&house.ctx, CaseId(case)).await?,
            None => store.open_case(&house.ctx, delivery.customer).await?,
        }
    } else {
        None
    };
    let (customer, case) = (customer.as_deref(), case.as_ref());
    Ok(dialect.render(&Told { delivery, registration, customer, case, house: &house, now: service.now() }))
}

/// Between the wait and half as long again, so that many failures do not come back at once.
fn jittered(service: &Service, wait: Duration) -> Duration {
    let half_ms = u64::try_from(wait.as_millis() / 2).unwrap_or(u64::MAX).max(1);
    wait + Duration::from_millis(service.random_u64() % half_ms)
}

async fn send_ping(service: Service, ping: Ping) {
    let dialect = service.dialect(&ping.registration.dialect).cloned();
    let request = dialect.and_then(|dialect| dialect.ping(&ping.registration, ping.id, ping.at));
    let Some(request) = request else { return };
    if let Err(error) = service.outbound().post(request).await {
        tracing::info!(registration.id = %ping.registration.id.0, why = error.as_str(), "A ping did not arrive");
    }
}

fn note(settled: Result<(), store::CommitError>) {
    if let Err(error) = settled {
        tracing::warn!(error = %error, "What came of a delivery could not be written; it is made again");
    }
}
