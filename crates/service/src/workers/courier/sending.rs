//! One try at one delivery: read what it tells, render, post, and write down what came of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use onboarding::{CaseId, Customer, CustomerId, TenantId};
use store::{Arrived, Ctx, Delivery, Registration, RegistrationId, RegistrationMode, RegistrationState, StoreError};

use super::{HandedOver, LaneKey, Ping, Progress};
use tokio::sync::mpsc;

use crate::Service;
use crate::dialect::Told;
use crate::outbound::{OutboundRequest, Response};
use crate::refused::Refused;
use crate::workers::LEASE;

/// What must be left of a lease for a delivery to be sent under it: longer than the longest try takes.
const LEASE_LEFT_MIN: SignedDuration = SignedDuration::from_secs(30);

/// How long a registration or customer is believed to be as it was read; a changed one is served as changed within it.
const KNOWN: Duration = Duration::from_secs(1);

/// Deliveries that are written down together at most.
const TOGETHER_MAX: usize = 128;

/// Customers that are remembered for as long: an evaluation tells several things of one within a moment.
const CUSTOMERS_KNOWN: u64 = 2_000;

/// Registrations and customers as they were read a moment ago.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) service: Service,
    registrations: Cache<RegistrationId, Arc<Registration>>,
    customers: Cache<(TenantId, CustomerId), Arc<Customer>>,
}

impl Known {
    pub(super) fn new(service: Service) -> Self {
        Self {
            service,
            registrations: Cache::builder().max_capacity(10_000).time_to_live(KNOWN).build(),
            customers: Cache::builder().max_capacity(CUSTOMERS_KNOWN).time_to_live(KNOWN).build(),
        }
    }

    /// Whose delivery this is; `None` when it was deleted.
    pub(super) async fn registration(&self, delivery: &Delivery) -> Result<Option<Arc<Registration>>, StoreError> {
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

/// Sends what is still to be sent, under a lease that lasts, and says what came of it; nothing, if nothing is to be
/// written down.
async fn send(
    known: &Known,
    HandedOver { delivery, doubtful }: HandedOver,
) -> Option<(Delivery, Arc<Registration>, Result<Option<Response>, Failure>)> {
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
        Ok(Some((delivery, registration))) => {
            let came = post(known, &delivery, &registration).await;
            Some((delivery, registration, came))
        }
        // Somebody else's by now, settled, or no longer wanted.
        Ok(None) => None,
        Err(error) => {
            tracing::warn!(delivery.id = %id.0, error = %error, "A delivery could not be begun; its lease will run out");
            None
        }
    }
}

/// A delivery that has arrived, to be written down with others.
pub(super) struct Arrival {
    key: LaneKey,
    delivery: Delivery,
    status: Option<u16>,
    at: Timestamp,
}

/// Makes one try, and leaves what has arrived to the [clerk](write_down).
pub(super) async fn attempt(
    known: Known,
    key: LaneKey,
    handed_over: HandedOver,
    arrivals: mpsc::UnboundedSender<Arrival>,
    progress: mpsc::UnboundedSender<Progress>,
) {
    let customer = handed_over.delivery.customer;
    let came = send(&known, handed_over).await;
    drop(progress.send(Progress::Answered(key.clone())));
    let service = &known.service;
    if let Some((delivery, registration, came)) = came {
        let arrived = match &came {
            Ok(None) => Some(None),
            Ok(Some(response)) if (200..300).contains(&response.status) => Some(Some(response.status)),
            _ => None,
        };
        if let Some(status) = arrived {
            let at = service.now();
            drop(arrivals.send(Arrival { key, delivery, status, at }));
            return;
        }
        not_arrived(service, &delivery, &registration, came).await;
    }
    drop(progress.send(Progress::Settled(key, customer)));
}

/// Writes down what has arrived, all that did while the last was being written in one write. What cannot be written is
/// posted again once its lease has run out.
pub(super) async fn write_down(
    service: Service,
    mut arrivals: mpsc::UnboundedReceiver<Arrival>,
    progress: mpsc::UnboundedSender<Progress>,
) {
    let mut together = Vec::with_capacity(TOGETHER_MAX);
    while arrivals.recv_many(&mut together, TOGETHER_MAX).await > 0 {
        let arrived: Vec<Arrived<'_>> = together
            .iter()
            .map(|arrival| Arrived { delivery: &arrival.delivery, status: arrival.status, at: arrival.at })
            .collect();
        note(service.store().delivered(&arrived).await);
        for arrival in together.drain(..) {
            drop(progress.send(Progress::Settled(arrival.key, arrival.delivery.customer)));
        }
    }
}

/// Writes down what came of a try that did not arrive. If that cannot be written, the lease runs out and it is posted
/// again.
async fn not_arrived(
    service: &Service,
    delivery: &Delivery,
    registration: &Registration,
    came: Result<Option<Response>, Failure>,
) {
    let (status, retry_after) = match came {
        Ok(response) => (response.map(|response| response.status), response.and_then(|response| response.retry_after)),
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

pub(super) enum Failure {
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

pub(super) async fn send_ping(service: Service, ping: Ping) {
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
