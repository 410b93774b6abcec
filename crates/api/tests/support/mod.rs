//! A house in the process of the test: a fresh store in a folder of its own, no workers, one tenant.

use std::sync::Arc;

use service::ports::{SystemClock, SystemEntropy};
use service::tenants::NewTenant;
use service::{Parts, Service, outbound};
use store::{Location, MasterKey, Store, StoreConfig};
use tempfile::TempDir;

pub async fn service() -> (Service, NewTenant, TempDir) {
    let data = tempfile::tempdir().expect("a folder");
    let master = MasterKey::from_text(&"5a".repeat(32)).expect("32 bytes");
    let config = StoreConfig { location: Location::Folder(data.path().to_owned()), master };
    let store = Store::open(config).await.expect("a fresh store opens");
    let guard = outbound::Guard::Public;
    let service = Service::new(Parts {
        store,
        clock: Arc::new(SystemClock::default()),
        entropy: Arc::new(SystemEntropy),
        dialects: api::dialects("http://localhost:8080"),
        outbound: outbound::Client::new(guard, outbound::Limits::default()).expect("TLS"),
        guard,
        mailer: service::mail::Mailer::nowhere(),
        everybody_after: service::EVERYBODY_AFTER,
    });
    let tenant = service.create_tenant("Test Bank", service::tenants::TenantKind::default()).await.expect("a tenant");
    (service, tenant, data)
}
