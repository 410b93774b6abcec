//! What goes out, and what a rating is told: a decision as a `POST` to the callback of the last request.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use onboarding::Customer;
use onboarding::risk::Facts;
use service::dialect::{Needs, PATIENT, Told};
use service::outbound::OutboundRequest;
use service::{Delivery, Dialect, Registration};
use uuid::Uuid;

use super::NAME;
use super::facts;
use super::view::Callback;
use crate::edge::REQUEST_ID;

/// How Hawk tells of a decision.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hawk;

impl Dialect for Hawk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn needs(&self, _delivery: &Delivery, _registration: &Registration) -> Needs {
        Needs { customer: true, case: true }
    }

    fn render(&self, told: &Told<'_>) -> Option<OutboundRequest> {
        let body = serde_json::to_vec(&Callback::of(told.customer?, told.case));
        let body = body.expect("a callback holds texts and lists");
        let id = HeaderValue::from_str(&told.delivery.id.0.to_string()).expect("a GUID is visible ASCII");
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json")), (REQUEST_ID, id)];
        let settings = &told.house.settings.hawk;
        let name = HeaderName::from_bytes(settings.callback_secret_header.as_bytes());
        let secret = settings.callback_secret.as_ref().map(|secret| HeaderValue::from_str(secret));
        if let (Ok(name), Some(Ok(mut secret))) = (name, secret) {
            secret.set_sensitive(true);
            headers.push((name, secret));
        }
        let url = told.registration.callback_url.clone()?;
        Some(OutboundRequest { url, headers, body: Bytes::from(body) })
    }

    fn ping(&self, _registration: &Registration, _id: Uuid, _now: jiff::Timestamp) -> Option<OutboundRequest> {
        None
    }

    fn retries(&self, _registration: &Registration) -> Vec<Duration> {
        PATIENT.to_vec()
    }

    fn facts(&self, customer: &Customer, facts: &mut Facts) -> bool {
        facts::tell(customer, facts)
    }
}
