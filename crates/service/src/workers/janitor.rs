//! Purges what has run out: access tokens, and answers kept for repeated requests.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::woken;
use crate::Service;

/// How often.
const PERIOD: Duration = Duration::from_secs(600);

/// How long an answer is kept: the longest of the dialects' promises (COS: seven days), and a day of grace.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(8 * 24);

pub(super) async fn run(service: Service, stop: CancellationToken) {
    let nothing = Notify::new();
    while woken(&nothing, PERIOD, &stop).await {
        let now = service.now();
        let answers_before = now.saturating_sub(ANSWERS_KEPT).unwrap_or(Timestamp::MIN);
        if let Err(error) = service.store().purge(now, answers_before).await {
            tracing::warn!(error = %error, "What has run out could not be purged; it is tried again");
        }
    }
}
