//! Keeps the lists in force: builds the next index beside the old one when the store has other lists, and swaps it in.

use onboarding::changes::Work;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{PERIOD, woken};
use crate::Service;

pub(super) async fn run(service: Service, stop: CancellationToken) {
    let mut in_force = None;
    // Work that was being put off while the lists changed hands is made due by the second call.
    let mut releases = 0;
    let nothing = Notify::new();
    loop {
        match service.store().lists_stamp().await {
            Ok(stamp) if in_force.as_ref() != Some(&stamp) => match service.load_lists().await {
                Ok(()) => {
                    in_force = Some(stamp);
                    let lists = service.lists_in_force();
                    let (count, entities) = (lists.versions.len(), lists.index.len());
                    tracing::info!(lists.count = count, lists.entities = entities, "Put the lists in force: {count}");
                    releases = 2;
                }
                Err(error) => tracing::error!(error = %error, "The lists could not be loaded; the old ones stay"),
            },
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %error, "The store could not be asked for its lists"),
        }
        service.lists_were_looked_for();
        if releases > 0 {
            releases -= 1;
            release(&service).await;
        }
        if !woken(&nothing, PERIOD, &stop).await {
            return;
        }
    }
}

/// Checks that could not be run for want of a list are due at once.
async fn release(service: &Service) {
    if let Err(error) = service.store().make_due(Work::Screen, service.now()).await {
        tracing::warn!(error = %error, "Waiting screenings could not be made due; they are tried in their time");
    }
}
