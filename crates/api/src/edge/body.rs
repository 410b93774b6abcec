//! Reading a body: of a bounded size, and of the kind it says.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;

/// How much of a body that is too large is still read and thrown away before it is refused. A caller that is cut off
/// while it sends sees a broken connection, and not the answer that tells it why.
const DISCARDED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    /// Larger than allowed.
    TooLarge,
    /// The connection broke, or the transfer coding is wrong.
    Broken,
}

/// Reads a whole body of at most so many bytes.
///
/// # Errors
/// [`BodyFault`].
pub async fn read(mut body: Body, bytes_max: usize) -> Result<Bytes, BodyFault> {
    let mut read = BytesMut::new();
    let mut seen: usize = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyFault::Broken)?.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen > bytes_max.max(DISCARDED_BYTES_MAX) {
            break;
        }
        if seen <= bytes_max {
            read.extend_from_slice(&data);
        }
    }
    if seen > bytes_max { Err(BodyFault::TooLarge) } else { Ok(read.freeze()) }
}

/// Whether the headers say JSON, or nothing.
///
/// `application/json`, `text/json` and `application/…+json` are; another charset than UTF-8 is not.
#[must_use]
pub fn may_be_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    let Ok(value) = value.to_str() else { return false };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let essence = essence.trim().to_ascii_lowercase();
    let json = matches!(essence.as_str(), "application/json" | "text/json")
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    let charsets = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let mut charsets = charsets.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    json && charsets.all(|(_, charset)| {
        let charset = charset.trim().trim_matches('"');
        ["utf-8", "utf8", "us-ascii"].iter().any(|known| known.eq_ignore_ascii_case(charset))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_bounded() {
        assert_eq!(read(Body::from("12345"), 5).await, Ok(Bytes::from("12345")));
        assert_eq!(read(Body::from("123456"), 5).await, Err(BodyFault::TooLarge));
        assert_eq!(read(Body::from(vec![b'x'; DISCARDED_BYTES_MAX + 9]), 5).await, Err(BodyFault::TooLarge));
        assert_eq!(read(Body::empty(), 5).await, Ok(Bytes::new()));
    }

    #[test]
    fn json_by_whatever_name() {
        for (value, json) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/merge-patch+json", true),
            ("text/json", true),
            ("application/json; charset=utf-16", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            assert!(may_be_json(&headers));
            headers.insert(CONTENT_TYPE, value.parse().expect("a header"));
            assert_eq!(may_be_json(&headers), json, "{value}");
        }
    }
}
