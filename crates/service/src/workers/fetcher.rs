//! Fetches the lists that have a feed, one at a time, one node at a time.

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{PERIOD, woken};
use crate::Service;

pub(super) async fn run(service: Service, stop: CancellationToken) {
    let nothing = Notify::new();
    while woken(&nothing, PERIOD, &stop).await {
        let held = match service.claim_due_feed().await {
            Ok(Some(held)) => held,
            Ok(None) => continue,
            Err(error) => {
                tracing::warn!(error = %error, "The store could not be asked for lists to be fetched");
                continue;
            }
        };
        let (list, attempt) = (held.feed.list.clone(), held.attempt);
        tokio::select! {
            // How it went is told and noted there.
            _ = service.fetch(held, false) => {}
            () = stop.cancelled() => {
                // Another node, or this one after its start, begins again.
                if let Err(error) = service.store().let_feed_go(&list, attempt).await {
                    tracing::warn!(error = %error, "A list that was being fetched is free only when its lease has run out");
                }
                return;
            }
        }
    }
}
