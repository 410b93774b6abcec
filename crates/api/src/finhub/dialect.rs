//! What goes out: an event as a signed `POST` to the address of its subscription.

use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use onboarding::EventKind;
use serde_json::{Value, json};
use service::outbound::OutboundRequest;
use service::{Delivery, Dialect, Needs, Registration, Told};
use sha2::Sha256;
use uuid::Uuid;

use super::NAME;
use super::event_type;
use super::view::upper;
use super::webhooks::body::{BACKOFF_SECONDS, RETRIES};
use super::webhooks::view::EVENTS;
use crate::edge::REQUEST_ID;

/// The header with the signature.
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-finhub-signature");
/// Longest wait between two tries.
const WAIT_MAX: Duration = Duration::from_secs(3_600);

/// How FinHub tells of an event.
#[derive(Debug, Clone, Copy, Default)]
pub struct FinHub;

impl Dialect for FinHub {
    fn name(&self) -> &'static str {
        NAME
    }

    fn needs(&self, _: &Delivery, _: &Registration) -> Needs {
        Needs::default()
    }

    fn render(&self, told: &Told<'_>) -> Option<OutboundRequest> {
        let Told { delivery, registration, .. } = *told;
        let name = event_type::of(delivery.kind, delivery.to.as_deref())?;
        if !is_subscribed(registration, name) {
            return None;
        }
        let body = event(delivery, name).to_string().into_bytes();
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let id = HeaderValue::from_str(&delivery.id.0.to_string()).expect("a GUID is visible ASCII");
        headers.push((REQUEST_ID, id));
        if let Some(secret) = &registration.secret {
            headers.push((SIGNATURE, signature(secret, &body)));
        }
        let url = registration.callback_url.clone().unwrap_or_default();
        Some(OutboundRequest { url, headers, body: Bytes::from(body) })
    }

    fn ping(&self, _registration: &Registration, _id: Uuid, _now: jiff::Timestamp) -> Option<OutboundRequest> {
        None
    }

    /// The first wait is the subscription's own, each further one twice as long.
    fn retries(&self, registration: &Registration) -> Vec<Duration> {
        let (times, first) = registration
            .retries
            .map_or((RETRIES, BACKOFF_SECONDS), |retries| (retries.times, retries.back_off_seconds));
        let first = Duration::from_secs(first.into());
        (0..times).map(|tried| first.saturating_mul(2_u32.saturating_pow(tried)).min(WAIT_MAX)).collect()
    }
}

/// Whether the subscription names this event: of what changes a check, it may want one outcome and not the others.
fn is_subscribed(registration: &Registration, name: &str) -> bool {
    let named = registration.attributes.get(EVENTS).and_then(Value::as_array);
    named.is_some_and(|named| named.iter().any(|known| known == name))
}

/// What an event says: ids and states, never values.
#[must_use]
pub fn event(delivery: &Delivery, name: &str) -> Value {
    let mut data = json!({ "customerId": delivery.customer.to_string(), "tenantId": delivery.tenant.to_string() });
    if let Some(about) = delivery.about {
        data[about_what(delivery.kind)] = json!(about.to_string());
    }
    if let Some(to) = &delivery.to {
        data["status"] = json!(upper(to));
    }
    if name == event_type::UPDATED {
        data["change"] = json!(delivery.kind.as_str());
    }
    json!({
        "id": delivery.id.0.to_string(),
        "type": name,
        "timestamp": delivery.at.to_string(),
        "data": data,
    })
}

/// The name of the id of what an event is about.
fn about_what(kind: EventKind) -> &'static str {
    use onboarding::enrolment::Step;
    match kind {
        EventKind::Enrolment(Step::Activated) => "walletId",
        EventKind::Enrolment(Step::VerificationStarted | Step::VerificationApproved) => "verificationId",
        EventKind::Enrolment(Step::DocumentSubmitted) => "documentId",
        EventKind::Enrolment(Step::ConsentGranted) => "consentId",
        _ => "recordId",
    }
}

/// `sha256=` and the hexadecimal HMAC-SHA-256 of the body under the secret.
fn signature(secret: &str, body: &[u8]) -> HeaderValue {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    let value = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    HeaderValue::from_str(&value).expect("hexadecimal is visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // RFC 4231, test case 2.
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", b"what do ya want for nothing?"), expected);
    }
}
