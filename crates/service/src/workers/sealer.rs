//! Gives committed events their order and hash, and fans them out to registrations as deliveries.

use std::sync::Arc;

use store::{CommitError, Delivery};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::{LEASE, PERIOD, woken};
use crate::Service;

/// Events sealed in one transaction.
const BATCH_MAX: u32 = 512;

pub(super) async fn run(
    service: Service,
    signal: Arc<Notify>,
    courier: mpsc::Sender<Delivery>,
    stop: CancellationToken,
) {
    while woken(&signal, PERIOD, &stop).await {
        drain(&service, &courier).await;
    }
    // What was committed before the house closed is still put in order.
    drain(&service, &courier).await;
}

async fn drain(service: &Service, courier: &mpsc::Sender<Delivery>) {
    loop {
        let now = service.now();
        match service.store().seal_next(BATCH_MAX, &mut service.ids(now), now, LEASE).await {
            Ok((deliveries, sealed)) => {
                for delivery in deliveries {
                    // A full courier finds it again when the lease has run out.
                    drop(courier.try_send(delivery));
                }
                if sealed < BATCH_MAX as usize {
                    return;
                }
            }
            // Another node was faster: what it left is taken in the next round.
            Err(CommitError::Conflict) => {}
            Err(error) => {
                tracing::warn!(error = %error, "Events could not be sealed; they wait");
                return;
            }
        }
    }
}
