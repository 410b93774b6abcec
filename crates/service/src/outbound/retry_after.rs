//! How long a receiver asks to be left alone.

use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait taken from a receiver. A receiver that names a later day means "not now", and gets our own schedule.
const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. A date is measured against the answer's own `Date`, so
/// that the receiver's clock is compared with itself. What cannot be read is no wish; a date in the past is no wait.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let wish = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !wish.is_empty() && wish.bytes().all(|b| b.is_ascii_digit()) {
        wish.parse().map_or(WAIT_MAX, Duration::from_secs)
    } else {
        let until = rfc2822::parse(wish).ok()?.timestamp();
        let sent = rfc2822::parse(headers.get(DATE)?.to_str().ok()?).ok()?.timestamp();
        Duration::try_from(until.duration_since(sent)).unwrap_or(Duration::ZERO)
    };
    Some(wait.min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(wish: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Wed, 21 Oct 2026 07:28:00 GMT"));
        headers.insert(RETRY_AFTER, HeaderValue::from_str(wish).ok()?);
        retry_after(&headers)
    }

    #[test]
    fn every_form_of_a_wish() {
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("99999999999999999999999999"), Some(WAIT_MAX));
        assert_eq!(read("Wed, 21 Oct 2026 07:30:00 GMT"), Some(Duration::from_secs(120)));
        assert_eq!(read("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("Thu, 30 Dec 9999 12:00:00 GMT"), Some(WAIT_MAX));
        for unreadable in [
            "",
            "-1",
            "NaN",
            "1.5",
            "1e3",
            "soon",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Wed, 32 Oct 2026 07:28:00 GMT",
            "+5",
        ] {
            assert_eq!(read(unreadable), None, "{unreadable:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    proptest! {
        #[test]
        fn never_panics_and_never_waits_longer_than_a_day(wish in "[ -~]{0,40}") {
            prop_assert!(read(&wish).is_none_or(|wait| wait <= WAIT_MAX));
        }
    }
}
