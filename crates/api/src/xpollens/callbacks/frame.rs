//! What is around a callback: the envelope, the headers, the request.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use onboarding::admission::signature::End;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use service::outbound::OutboundRequest;
use service::settings::Envelope;
use service::{Delivery, Told};
use uuid::Uuid;

use super::Callback;
use crate::callback::basic;
use crate::xpollens::words;

/// The id of the callback, the same for every try.
const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
/// When it was made.
const WEBHOOK_PROCESS_DATE: HeaderName = HeaderName::from_static("webhook-processdate");

/// What callback 36 says in headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// Which signature.
    pub authentication_id: Uuid,
    /// Whose.
    pub app_user_id: String,
    /// When the operation was asked for.
    pub asked_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How.
    pub end: End,
}

impl SignatureHeaders {
    /// Names and values, in the vendor's order.
    #[must_use]
    pub fn all(&self) -> Vec<(&'static str, String)> {
        let (asked_at, ended_at) = (words::header_time(self.asked_at), words::header_time(self.ended_at));
        let code = match self.end {
            End::Approved => "200",
            End::Impossible => "422",
            End::Denied | End::Expired | End::Failed => "401",
        };
        let status = if self.end == End::Approved { "succeeded" } else { "failed" };
        vec![
            ("AuthenticationId", self.authentication_id.to_string()),
            ("Type", "36".to_owned()),
            ("AppUserId", self.app_user_id.clone()),
            ("AuthenticationResultDate", ended_at.clone()),
            ("RequestProcessDate", ended_at),
            ("RequestResponseCode", code.to_owned()),
            ("RequestDate", asked_at),
            ("Status", status.to_owned()),
            ("Reason", words::signature_reason(self.end).unwrap_or_default().to_owned()),
        ]
    }
}

#[derive(Serialize)]
struct Enveloped<'a> {
    #[serde(rename = "Payload")]
    payload: &'a RawValue,
}

/// The request that tells it.
#[must_use]
pub fn request(callback: &Callback, told: &Told<'_>) -> OutboundRequest {
    let url = told.registration.callback_url.clone().unwrap_or_default();
    let (delivery, settings) = (told.delivery, &told.house.settings.xpollens);
    let mut headers = vec![
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (WEBHOOK_ID, value(&delivery.id.0.to_string())),
        (WEBHOOK_PROCESS_DATE, value(&words::header_time(delivery.created_at))),
    ];
    if let Some((user, password)) = &told.registration.auth {
        headers.push((AUTHORIZATION, basic(user, password)));
    }
    // Callback 15 is a query, callback 36 the bare result of a request: neither has an envelope.
    if callback.of_type == "15" {
        return OutboundRequest { url: with_query(&url, &callback.payload), headers, body: Bytes::new() };
    }
    for (name, said) in callback.headers.iter().flat_map(SignatureHeaders::all) {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the names of callback 36 are header names");
        headers.push((name, value(&said)));
    }
    let is_bare = settings.envelope == Envelope::Bare || callback.headers.is_some();
    let body = if is_bare {
        callback.payload.get().as_bytes().to_vec()
    } else {
        serde_json::to_vec(&Enveloped { payload: &callback.payload }).expect("a payload is JSON")
    };
    OutboundRequest { url, headers, body: body.into() }
}

/// One entry of the queue, as it is fetched.
#[must_use]
pub fn entry(callback: &Callback, delivery: &Delivery) -> Value {
    let payload: Value = serde_json::from_str(callback.payload.get()).expect("a payload is JSON");
    let mut metadata = json!({
        "id": delivery.id.0.to_string(), "processDate": words::time(delivery.created_at), "type": callback.of_type,
    });
    if let Some(headers) = &callback.headers {
        let said = headers.all().into_iter().map(|(name, said)| (name.to_owned(), Value::String(said)));
        metadata["headers"] = Value::Object(said.collect());
    }
    let response = delivery.last_attempted_at.map(|at| {
        json!({
            "pushDate": words::time(at), "duration": null, "httpStatusCode": delivery.last_status, "body": null,
        })
    });
    json!({ "metadata": metadata, "payload": payload, "response": response })
}

/// A value that is visible ASCII because of what it is made of: ids, dates, words.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The address with the payload's members as its query.
fn with_query(url: &str, payload: &RawValue) -> String {
    let members: serde_json::Map<String, Value> = serde_json::from_str(payload.get()).unwrap_or_default();
    let Ok(mut url) = service::outbound::Url::parse(url) else { return url.to_owned() };
    for name in ["type", "userstatus", "userid"] {
        let value = members.get(name).and_then(Value::as_str).unwrap_or_default();
        url.query_pairs_mut().append_pair(name, value);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;

    use super::*;

    #[test]
    fn a_query_is_added_to_the_address() {
        let payload = to_raw_value(&json!({ "type": "15", "userstatus": "2", "userid": "e87bd13dJ" })).expect("JSON");
        for (url, expected) in [
            ("https://bank.example/cb", "https://bank.example/cb?type=15&userstatus=2&userid=e87bd13dJ"),
            ("https://bank.example/cb?k=v", "https://bank.example/cb?k=v&type=15&userstatus=2&userid=e87bd13dJ"),
        ] {
            assert_eq!(with_query(url, &payload), expected);
        }
    }

    #[test]
    fn a_signature_is_told_in_headers() {
        let at: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        let headers = |end| SignatureHeaders {
            authentication_id: Uuid::nil(),
            app_user_id: "e87bd13dJ".to_owned(),
            asked_at: at,
            ended_at: at,
            end,
        };
        let said = |end, name: &str| {
            let all = headers(end).all();
            all.into_iter().find(|(known, _)| *known == name).map(|(_, said)| said).expect("a header")
        };
        for (end, status, reason) in [
            (End::Approved, "succeeded", ""),
            (End::Denied, "failed", "CANCELED"),
            (End::Expired, "failed", "TIMEOUT"),
            (End::Failed, "failed", "FAILED"),
            (End::Impossible, "failed", "UnprocessableEntity"),
        ] {
            assert_eq!((said(end, "Status").as_str(), said(end, "Reason").as_str()), (status, reason));
        }
        assert_eq!(said(End::Approved, "RequestDate"), "11/22/2026 10:00:00 +00:00");
    }
}
