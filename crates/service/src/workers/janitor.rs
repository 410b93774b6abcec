//! Purges what has run out: access tokens, sessions, mailed tokens, and answers kept for repeated requests. And empties the
//! write-ahead log once something was destroyed: it is not gone before.

use std::sync::Arc;
use std::time::Duration;

use store::StoreError;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::Service;

/// How often.
const PERIOD: Duration = Duration::from_secs(600);

/// How long what is destroyed is waited for before the log is emptied of all of it; and before that is tried again.
const GATHERED: Duration = Duration::from_millis(250);

/// Most rows purged in one write, so that no other waits long for it.
const ROWS_MAX: u32 = 1_000;

pub(super) async fn run(service: Service, destroyed: Arc<Notify>, stop: CancellationToken) {
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    period.reset();
    // A crash may have come between a write that destroyed something and this.
    destroyed.notify_one();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = destroyed.notified() => {
                tokio::time::sleep(GATHERED).await;
                if let Err(error) = service.store().checkpoint().await {
                    tracing::debug!(error = %error, "What was destroyed is still in the log; it is tried again");
                    destroyed.notify_one();
                }
            }
            _ = period.tick() => {
                if let Err(error) = purge(&service).await {
                    tracing::warn!(error = %error, "What has run out could not be purged; it is tried again");
                }
            }
        }
    }
}

async fn purge(service: &Service) -> Result<(), StoreError> {
    let now = service.now();
    while service.store().purge_answers(now, ROWS_MAX).await? == u64::from(ROWS_MAX) {}
    while service.store().purge_tokens(now, ROWS_MAX).await? == u64::from(ROWS_MAX) {}
    while service.store().purge_sessions(now, ROWS_MAX).await? == u64::from(ROWS_MAX) {}
    while service.store().purge_email_tokens(now, ROWS_MAX).await? == u64::from(ROWS_MAX) {}
    Ok(())
}
