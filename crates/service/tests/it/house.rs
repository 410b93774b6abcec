//! A house with one tenant, and a dialect that tells of everything and follows a setting.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use onboarding::EventKind;
use service::outbound::{Client, Guard, Limits, OutboundRequest};
use service::ports::{SystemClock, SystemEntropy};
use service::tenants::{NewTenant, TenantKind};
use service::workers::{Pace, Workers};
use service::{Caller, Delivery, Dialect, Followed, Needs, NewRegistration, Parts, Registration, Service, Told};
use store::{Location, MasterKey, Store, StoreConfig};
use tempfile::TempDir;

/// Stands in for a vendor's.
pub struct Teller;

/// Its name, which the settings it follows begin with.
pub const TELLER: &str = "waldo";

impl Dialect for Teller {
    fn name(&self) -> &'static str {
        TELLER
    }

    fn needs(&self, _: &Delivery, _: &Registration) -> Needs {
        Needs { customer: true, case: true }
    }

    fn render(&self, told: &Told<'_>) -> Option<OutboundRequest> {
        if told.registration.format == "silent" {
            return None;
        }
        let customer = told.customer.expect("asked for");
        let secret = told.registration.secret.as_ref().map_or("", |secret| secret.0.as_str());
        let body = format!("{} {} {secret}", told.delivery.kind.as_str(), customer.id);
        let url = told.registration.callback_url.clone().unwrap_or_default();
        Some(OutboundRequest { url, headers: Vec::new(), body: body.into() })
    }

    fn ping(&self, _: &Registration, _: uuid::Uuid, _: Timestamp) -> Option<OutboundRequest> {
        None
    }

    fn retries(&self, registration: &Registration) -> Vec<Duration> {
        let own = registration.retries.map_or(0, |retries| retries.times);
        vec![Duration::from_secs(60); own as usize]
    }

    fn followed(&self, house: &Caller) -> Vec<Followed> {
        let url = house.settings.waldo.webhook_url.as_ref();
        let registration = url.map(|url| NewRegistration::push(TELLER, "webhook", [EventKind::CustomerOnboarded], url));
        vec![Followed { name: "webhook", registration }]
    }
}

pub struct House {
    pub service: Service,
    pub made: NewTenant,
    pub clock: Arc<SystemClock>,
    pub workers: Option<Workers>,
    data: TempDir,
}

impl House {
    pub async fn open(kind: TenantKind, works: bool) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(SystemClock::default());
        let parts = parts(store_in(data.path()).await, Arc::clone(&clock));
        let (service, workers) = if works {
            let (service, workers) = service::workers::start(parts);
            (service, Some(workers))
        } else {
            (Service::new(parts), None)
        };
        let made = service.create_tenant("Test Bank", kind).await.expect("a tenant");
        Self { service, made, clock, workers, data }
    }

    /// Where its files are.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Starts workers in a house that was opened without.
    pub fn put_to_work(&mut self) {
        self.put_to_work_at(Pace::default());
    }

    /// The same, at another pace.
    pub fn put_to_work_at(&mut self, pace: Pace) {
        let parts = parts(self.service.store().clone(), Arc::clone(&self.clock));
        let (service, workers) = service::workers::start_at(parts, pace);
        (self.service, self.workers) = (service, Some(workers));
    }

    pub async fn caller(&self) -> Caller {
        self.service.caller_of_api_key(&self.made.api_key).await.expect("its key")
    }

    pub async fn set(&self, key: &str, value: &str) -> Result<(), service::tenants::SetError> {
        let change = [(key.to_owned(), value.to_owned())];
        self.service.set_tenant("ana", &self.made.tenant.key, &change).await.map(drop)
    }
}

/// The store in a folder; made, where there is none.
pub async fn store_in(folder: &std::path::Path) -> Store {
    let master = MasterKey::from_text(&"5a".repeat(32)).expect("32 bytes");
    let config = StoreConfig { location: Location::Folder(folder.to_owned()), master };
    Store::open(config).await.expect("the store opens")
}

pub fn parts(store: Store, clock: Arc<SystemClock>) -> Parts {
    let guard = Guard::AllowPrivate;
    Parts {
        mailer: service::mail::Mailer::nowhere(),
        everybody_after: service::EVERYBODY_AFTER,
        store,
        clock,
        entropy: Arc::new(SystemEntropy),
        dialects: vec![Arc::new(Teller)],
        outbound: Client::new(guard, Limits::default()).expect("TLS"),
        guard,
    }
}
