//! What goes out: an event as a `POST` to the callback of its registration.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use onboarding::Customer;
use service::outbound::OutboundRequest;
use service::{Delivery, Dialect, Needs, Registration, Told};
use uuid::Uuid;

use super::NAME;
use super::events::view::{self, Detail, EXTENDED, EventView};
use crate::callback::basic;
use crate::edge::REQUEST_ID;

/// Three tries more, roughly 30 to 60 seconds apart, are the vendor's; the courier adds up to a half to each.
const RETRIES: [Duration; 3] = [Duration::from_secs(30), Duration::from_secs(40), Duration::from_secs(40)];

/// How COS tells of an event.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cos;

impl Dialect for Cos {
    fn name(&self) -> &'static str {
        NAME
    }

    fn needs(&self, delivery: &Delivery, registration: &Registration) -> Needs {
        Needs { customer: registration.format == EXTENDED && view::needs_customer(delivery.kind), case: false }
    }

    fn render(&self, told: &Told<'_>) -> Option<OutboundRequest> {
        Some(rendered(told.delivery, told.registration, told.customer))
    }

    fn ping(&self, registration: &Registration, id: Uuid, now: jiff::Timestamp) -> Option<OutboundRequest> {
        Some(request(registration, id, &view::ping(registration, id, now)))
    }

    fn retries(&self, _: &Registration) -> Vec<Duration> {
        RETRIES.to_vec()
    }
}

fn rendered(delivery: &Delivery, registration: &Registration, customer: Option<&Customer>) -> OutboundRequest {
    let extended = registration.format == EXTENDED;
    let detail = if extended { Detail::Extended(customer) } else { Detail::Basic };
    request(registration, delivery.id.0, &view::delivered(delivery, detail))
}

fn request(registration: &Registration, id: Uuid, event: &EventView<'_>) -> OutboundRequest {
    let body = serde_json::to_vec(event).expect("an event holds texts, lists and maps with text keys");
    let id = HeaderValue::from_str(&id.to_string()).expect("a GUID is visible ASCII");
    let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json")), (REQUEST_ID, id)];
    headers.extend(authorization(registration));
    let url = registration.callback_url.clone().unwrap_or_default();
    OutboundRequest { url, headers, body: Bytes::from(body) }
}

fn authorization(registration: &Registration) -> Option<(HeaderName, HeaderValue)> {
    let (user, password) = registration.auth.as_ref()?;
    Some((AUTHORIZATION, basic(user, password)))
}

#[cfg(test)]
mod tests {
    use onboarding::{EventKind, Pii};
    use serde_json::{Value, json};
    use service::{RegistrationId, RegistrationMode, RegistrationState};

    use super::*;
    use crate::cos::customers::tests::bob;
    use crate::cos::events::view::tests::delivery;

    fn registration(format: &str, auth: Option<(&str, &str)>) -> Registration {
        let delivery = delivery(EventKind::CustomerOnboarded, None);
        Registration {
            id: RegistrationId(Uuid::from_u128(1)),
            tenant: delivery.tenant,
            dialect: NAME.to_owned(),
            name: delivery.name,
            events: [delivery.kind].into(),
            customer: None,
            mode: RegistrationMode::Push,
            callback_url: Some("https://cos.yourcompanysite.com/core-events".to_owned()),
            format: format.to_owned(),
            retries: None,
            secret: None,
            attributes: serde_json::Map::new(),
            auth: auth.map(|(user, password)| (user.to_owned(), Pii(password.to_owned()))),
            state: RegistrationState::Active,
            created_at: delivery.at,
            changed_at: delivery.at,
            version: 1,
        }
    }

    fn header(request: &OutboundRequest, name: &HeaderName) -> Option<String> {
        let found = request.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn an_event_is_posted_as_json_with_the_registrations_credentials() {
        let delivery = delivery(EventKind::CustomerOnboarded, None);
        let request = rendered(&delivery, &registration("Basic", Some(("Aladdin", "open sesame"))), None);
        assert_eq!(request.url, "https://cos.yourcompanysite.com/core-events");
        assert_eq!(header(&request, &CONTENT_TYPE).as_deref(), Some("application/json"));
        assert_eq!(header(&request, &REQUEST_ID).as_deref(), Some("3d9c5e1a-623b-4cf2-812e-ade80105048e"));
        // RFC 7617's own example.
        assert_eq!(header(&request, &AUTHORIZATION).as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        assert_eq!((&body["status"], &body["details"]), (&json!("Pending"), &json!([])));
        assert_eq!(header(&rendered(&delivery, &registration("Basic", None), None), &AUTHORIZATION), None);
    }

    #[test]
    fn only_an_extended_event_about_the_customer_reads_it() {
        let onboarded = delivery(EventKind::CustomerOnboarded, None);
        let needs = |delivery, format| Cos.needs(delivery, &registration(format, None));
        assert_eq!(needs(&onboarded, "Basic"), Needs::default());
        assert_eq!(needs(&onboarded, EXTENDED), Needs { customer: true, case: false });
        let address = delivery(EventKind::Added(onboarding::event::RecordKind::Address), None);
        assert_eq!(needs(&address, EXTENDED), Needs::default());
        let extended = registration(EXTENDED, None);
        let request = rendered(&delivery(EventKind::CustomerOnboarded, None), &extended, Some(&bob()));
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        assert_eq!(body["details"], json!([{ "customerId": "9052b6a5-3f09-41d1-b526-ade80104eb79" }]));
    }

    #[test]
    fn a_ping_says_that_it_is_one() {
        let registration = registration("Basic", None);
        let request = Cos.ping(&registration, Uuid::from_u128(4), registration.created_at).expect("COS pings");
        assert_eq!(
            std::str::from_utf8(&request.body).expect("text"),
            concat!(
                r#"{"id":"00000000-0000-0000-0000-000000000004","eventName":"Core.Customer.Onboarded","status":"Pending","#,
                r#""partnerId":"30dee145-b6a2-4058-8dc3-ac4000dee91f","createdAt":"2021-11-22T10:50:20.553-05:00","#,
                r#""resources":[],"details":[],"isPing":true}"#,
            ),
        );
    }

    #[test]
    fn tries_are_half_a_minute_to_a_minute_apart() {
        let waits = Cos.retries(&registration("Basic", None));
        assert_eq!(waits.len(), 3);
        let jitter_max = |wait: Duration| wait + wait / 2;
        assert!(
            waits.iter().all(|&wait| wait >= Duration::from_secs(30) && jitter_max(wait) <= Duration::from_secs(60))
        );
    }
}
