//! Requests with a body, and answers.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::Value;
use service::{Answer, Caller, Once, Rendered, Service};

use super::code::Code;
use super::error::Errors;
use super::{BODY_BYTES_MAX, NAME};
use crate::edge::{RequestId, body as edge_body};

/// The header with the caller's word against a second effect.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header that names the request whose answer is given again.
const ORIGINAL_REQUEST_ID: HeaderName = HeaderName::from_static("original-request-id");
/// Longest key, in characters; the vendor's bound.
const KEY_CHARS_MAX: usize = 50;
/// How long an answer is kept to be given again; the vendor's promise.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A request with a JSON body.
#[derive(Debug)]
pub struct Payload {
    /// The id of the request.
    pub request_id: RequestId,
    /// The body.
    pub value: Value,
    bytes: Bytes,
    path: String,
    headers: HeaderMap,
}

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Errors;

    async fn from_request(request: Request, _: &S) -> Result<Self, Errors> {
        let sent = Sent::of(request).await?;
        let value = crate::json::parse(&sent.bytes)?;
        let Sent { request_id, bytes, path, headers } = sent;
        Ok(Self { request_id, value, bytes, path, headers })
    }
}

impl Payload {
    /// The idempotency key of a `POST`, digested; none if none was sent.
    ///
    /// # Errors
    /// A header that is not as it must be.
    pub async fn once(&self, service: &Service, caller: &Caller) -> Result<Option<Once>, Errors> {
        let Some(key) = key(&self.headers)? else { return Ok(None) };
        let route = format!("{NAME} POST {}", self.path);
        Ok(Some(service.once_by_body(&caller.ctx, &route, key, &self.bytes, ANSWERS_KEPT).await?))
    }
}

/// A request read to its end.
struct Sent {
    request_id: RequestId,
    bytes: Bytes,
    path: String,
    headers: HeaderMap,
}

impl Sent {
    async fn of(request: Request) -> Result<Self, Errors> {
        let (parts, body) = request.into_parts();
        let bytes = edge_body::read(body, BODY_BYTES_MAX).await?;
        if !edge_body::may_be_json(&parts.headers) {
            return Err(Errors::one(Code::MediaType, "Content-Type must be application/json, in UTF-8"));
        }
        let request_id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId("".into()));
        Ok(Self { request_id, bytes, path: parts.uri.path().to_owned(), headers: parts.headers })
    }
}

/// Checks the idempotency key of a `POST` whose repetition has no second effect anyway.
///
/// # Errors
/// A header that is not as it must be.
pub fn check_key(headers: &HeaderMap) -> Result<(), Errors> {
    key(headers).map(drop)
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, Errors> {
    let bad = || {
        let message = format!("the Idempotency-Key header must be one text of 1 to {KEY_CHARS_MAX} visible characters");
        Errors::one(Code::BadHeader, message)
    };
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().map_err(|_| bad())?.trim();
    let fits = !key.is_empty() && key.chars().count() <= KEY_CHARS_MAX && values.next().is_none();
    if fits { Ok(Some(key)) } else { Err(bad()) }
}

/// A JSON answer, 200.
pub fn json<T: Serialize>(value: &T) -> Response {
    let Rendered { status, body } = rendered(StatusCode::OK, value);
    answer(Answer { status, body, original_request_id: None })
}

/// A JSON answer as a use case keeps it.
pub fn rendered<T: Serialize>(status: StatusCode, value: &T) -> Rendered {
    let body = serde_json::to_vec(value).expect("views hold texts, numbers, lists and maps with text keys");
    Rendered { status: status.as_u16(), body }
}

/// What a use case answers, on the wire.
pub fn answer(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(original) = answer.original_request_id.and_then(|id| HeaderValue::from_str(&id).ok()) {
        headers.insert(ORIGINAL_REQUEST_ID, original);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_short_text() {
        let key = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("Idempotency-KEY", HeaderValue::from_bytes(value.as_bytes()).expect("a header"));
            }
            key(&headers).map(|key| key.map(str::to_owned)).map_err(|errors| errors.codes().collect::<Vec<_>>())
        };
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&[" 9052b6a5-3f09 "]), Ok(Some("9052b6a5-3f09".to_owned())));
        assert_eq!(key(&[&"k".repeat(50)]), Ok(Some("k".repeat(50))));
        let too_long = "k".repeat(51);
        for bad in [&[""] as &[&str], &["a", "b"], &[&too_long], &["ключ"]] {
            assert_eq!(key(bad), Err(vec![1013]), "{bad:?}");
        }
    }
}
