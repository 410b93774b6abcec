//! Gives committed events their order and hash, and fans them out to registrations as deliveries.

use std::sync::Arc;
use std::time::Duration;

use store::{CommitError, Delivery, Sealer};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::{LEASE, PERIOD, woken};
use crate::Service;

/// Events sealed in one transaction.
const BATCH_MAX: u32 = 512;

/// How often in a row another node may be faster before the next period is waited for.
const RACES_MAX: u32 = 5;

/// How long to wait after the first lost race; twice as long after each further one.
const BACK_OFF: Duration = Duration::from_millis(5);

/// Transactions at most once the house is closing. What is left waits in the outbox for the next start.
const LAST_MAX: usize = 16;

/// What became of one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Portion {
    More,
    Raced,
    Done,
}

pub(super) async fn run(
    service: Service,
    signal: Arc<Notify>,
    courier: mpsc::Sender<Delivery>,
    stop: CancellationToken,
) {
    let mut sealer = Sealer::default();
    while woken(&signal, PERIOD, &stop).await {
        drain(&service, &mut sealer, &courier, &stop).await;
    }
    // What was committed before the house closed is still put in order.
    for _ in 0..LAST_MAX {
        if portion(&service, &mut sealer, &courier).await != Portion::More {
            return;
        }
    }
}

async fn drain(service: &Service, sealer: &mut Sealer, courier: &mpsc::Sender<Delivery>, stop: &CancellationToken) {
    let mut races = 0;
    while !stop.is_cancelled() {
        match portion(service, sealer, courier).await {
            Portion::More => races = 0,
            Portion::Done => return,
            Portion::Raced if races == RACES_MAX => {
                tracing::debug!("Another node seals faster; the rest is left to it for now");
                return;
            }
            Portion::Raced => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(BACK_OFF * 2_u32.pow(races)) => races += 1,
                }
            }
        }
    }
}

async fn portion(service: &Service, sealer: &mut Sealer, courier: &mpsc::Sender<Delivery>) -> Portion {
    let now = service.now();
    match service.store().seal_portion(sealer, BATCH_MAX, &mut service.ids(now), now, LEASE).await {
        Ok(sealed) => {
            for stuck in sealed.stuck {
                let tenant = stuck.tenant.map_or_else(|| "unknown".to_owned(), |tenant| tenant.to_string());
                tracing::error!(tenant, error = %stuck.why, "A tenant's events cannot be sealed; they wait, others' do not");
            }
            for delivery in sealed.deliveries {
                // A full courier finds it again when the lease has run out.
                drop(courier.try_send(delivery));
            }
            if sealed.more { Portion::More } else { Portion::Done }
        }
        // Another node was faster: what it left is taken in the next round.
        Err(CommitError::Conflict) => Portion::Raced,
        Err(error) => {
            tracing::warn!(error = %error, "Events could not be sealed; they wait");
            Portion::Done
        }
    }
}
