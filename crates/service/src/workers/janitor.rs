//! Purges what has run out: access tokens, sessions, mailed tokens, and answers kept for repeated requests.

use std::time::Duration;

use store::StoreError;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::woken;
use crate::Service;

/// How often.
const PERIOD: Duration = Duration::from_secs(600);

/// Most rows purged in one write, so that no other waits long for it.
const ROWS_MAX: u32 = 1_000;

pub(super) async fn run(service: Service, stop: CancellationToken) {
    let nothing = Notify::new();
    while woken(&nothing, PERIOD, &stop).await {
        if let Err(error) = purge(&service).await {
            tracing::warn!(error = %error, "What has run out could not be purged; it is tried again");
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
