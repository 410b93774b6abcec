//! Reading a body: of a bounded size, and of the kind it says.

use std::error::Error;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Fault;

/// How much of a body that is too large is still read and thrown away before it is refused. A caller that is cut off
/// while it sends sees a broken connection, and not the answer that tells it why.
const DISCARDED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// Larger than allowed.
    #[error("the body is too large")]
    TooLarge,
    /// The connection broke, or the transfer coding is wrong.
    #[error("the body could not be read to its end")]
    Broken,
}

/// Reads a whole body of at most so many bytes.
///
/// # Errors
/// [`BodyFault`].
pub async fn read(mut body: Body, bytes_max: usize) -> Result<Bytes, BodyFault> {
    let mut gathered = Gathered::within(bytes_max);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| fault_in(&error))?.into_data() else { continue };
        if !gathered.take(data) {
            break;
        }
    }
    gathered.finish()
}

/// Waits until the whole body is here, and gives one that is read at once: the same bytes, or the same [`BodyFault`],
/// for the handler to speak of when it knows who asks.
///
/// What is waited for takes its bytes from `room`, which all callers share.
///
/// # Errors
/// [`Fault::Overloaded`] if there is no room.
pub(super) async fn arrived(mut body: Body, bytes_max: usize, room: &Semaphore) -> Result<Body, Fault> {
    let mut gathered = Gathered::within(bytes_max);
    let mut held: Option<SemaphorePermit<'_>> = None;
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => return Ok(broken_by(fault_in(&error))),
        };
        let Ok(data) = frame.into_data() else { continue };
        let bytes = u32::try_from(data.len()).unwrap_or(u32::MAX);
        if !gathered.take(data) {
            break;
        }
        if gathered.is_too_large() {
            held = None;
            continue;
        }
        let more = room.try_acquire_many(bytes).map_err(|_| Fault::Overloaded)?;
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
    }
    Ok(gathered.finish().map_or_else(broken_by, Body::from))
}

fn broken_by(fault: BodyFault) -> Body {
    Body::from_stream(stream::iter([Err::<Bytes, _>(fault)]))
}

/// The fault that [`broken_by`] put in, under however many wrappings; of any other cause, a broken connection.
fn fault_in(error: &axum::Error) -> BodyFault {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(fault) = error.downcast_ref() {
            return *fault;
        }
        cause = error.source();
    }
    BodyFault::Broken
}

/// A body so far. Most come in one piece, which is not copied.
struct Gathered {
    first: Bytes,
    joined: BytesMut,
    seen: usize,
    bytes_max: usize,
}

impl Gathered {
    fn within(bytes_max: usize) -> Self {
        Self { first: Bytes::new(), joined: BytesMut::new(), seen: 0, bytes_max }
    }

    /// One piece more; whether another one is wanted.
    fn take(&mut self, data: Bytes) -> bool {
        self.seen = self.seen.saturating_add(data.len());
        if self.is_too_large() {
            (self.first, self.joined) = (Bytes::new(), BytesMut::new());
        } else if !self.joined.is_empty() {
            self.joined.extend_from_slice(&data);
        } else if self.first.is_empty() {
            self.first = data;
        } else {
            self.joined.reserve(self.seen);
            self.joined.extend_from_slice(&std::mem::take(&mut self.first));
            self.joined.extend_from_slice(&data);
        }
        self.seen <= self.bytes_max.max(DISCARDED_BYTES_MAX)
    }

    fn is_too_large(&self) -> bool {
        self.seen > self.bytes_max
    }

    fn finish(self) -> Result<Bytes, BodyFault> {
        match (self.is_too_large(), self.joined.is_empty()) {
            (true, _) => Err(BodyFault::TooLarge),
            (false, true) => Ok(self.first),
            (false, false) => Ok(self.joined.freeze()),
        }
    }
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

    #[tokio::test]
    async fn what_arrived_is_read_as_it_was_sent() {
        let pieces = |pieces: &[&'static str]| {
            let pieces: Vec<_> =
                pieces.iter().map(|piece| Ok::<_, BodyFault>(Bytes::from_static(piece.as_bytes()))).collect();
            Body::from_stream(stream::iter(pieces))
        };
        for (sent, read_as) in [
            (&[] as &[&str], Ok(Bytes::new())),
            (&["12345"], Ok(Bytes::from("12345"))),
            (&["1", "", "23", "45"], Ok(Bytes::from("12345"))),
            (&["123", "456"], Err(BodyFault::TooLarge)),
        ] {
            let room = Semaphore::new(5);
            let body = arrived(pieces(sent), 5, &room).await.expect("there is room");
            assert_eq!((read(body, 5).await, room.available_permits()), (read_as, 5), "{sent:?}");
        }
        let body = arrived(broken_by(BodyFault::Broken), 5, &Semaphore::new(5)).await.expect("there is room");
        assert_eq!(read(body, 5).await, Err(BodyFault::Broken));
        let room = Semaphore::new(4);
        assert_eq!(arrived(pieces(&["123", "45"]), 5, &room).await.err(), Some(Fault::Overloaded));
        assert_eq!(room.available_permits(), 4);
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
