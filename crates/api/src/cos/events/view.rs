//! An event on the wire.

use onboarding::{Customer, EventKind};
use serde::Serialize;
use serde_json::{Map, Value, json};
use service::{Delivery, DeliveryState, Registration};
use uuid::Uuid;

use crate::cos::{event_name, time};

/// The word for a registration whose events come with `details`.
pub const EXTENDED: &str = "Extended";

/// An event. The order of members is that of the vendor's examples.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventView<'a> {
    id: String,
    event_name: &'a str,
    status: &'static str,
    partner_id: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempted_at: Option<String>,
    resources: Vec<String>,
    details: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_ping: Option<bool>,
}

/// How much is said of what an event is about.
#[derive(Debug, Clone, Copy)]
pub enum Detail<'a> {
    /// Where to read it.
    Basic,
    /// Its ids as well, and the caller's own id of the customer, if it can still be read.
    Extended(Option<&'a Customer>),
}

/// An event as it is delivered: whether it arrives is not yet known, so its status says so.
#[must_use]
pub fn delivered<'a>(delivery: &'a Delivery, detail: Detail<'_>) -> EventView<'a> {
    EventView { status: "Pending", last_attempted_at: None, ..read(delivery, detail) }
}

/// An event as it is read later.
#[must_use]
pub fn read<'a>(delivery: &'a Delivery, detail: Detail<'_>) -> EventView<'a> {
    EventView {
        id: delivery.id.0.to_string(),
        // By what happened: the registration may have been changed to another event since.
        event_name: event_name::of(delivery.kind).unwrap_or(&delivery.name),
        status: match delivery.state {
            DeliveryState::Pending | DeliveryState::Held => "Pending",
            DeliveryState::Delivered => "Success",
            DeliveryState::Failed | DeliveryState::Abandoned => "Failed",
        },
        partner_id: delivery.tenant.to_string(),
        created_at: time::to_the_millisecond(delivery.at),
        last_attempted_at: delivery.last_attempted_at.map(time::to_the_millisecond),
        resources: vec![event_name::resource(delivery.kind, delivery.customer, delivery.about)],
        details: match detail {
            Detail::Basic => Vec::new(),
            Detail::Extended(customer) => vec![Value::Object(details(delivery, customer))],
        },
        is_ping: None,
    }
}

/// A simulated event: it is about nothing.
#[must_use]
pub fn ping(registration: &Registration, id: Uuid, now: jiff::Timestamp) -> EventView<'_> {
    EventView {
        id: id.to_string(),
        event_name: &registration.name,
        status: "Pending",
        partner_id: registration.tenant.to_string(),
        created_at: time::to_the_millisecond(now),
        last_attempted_at: None,
        resources: Vec::new(),
        details: Vec::new(),
        is_ping: Some(true),
    }
}

/// Whether the details of such an event need the customer read.
#[must_use]
pub fn needs_customer(kind: EventKind) -> bool {
    event_name::record(kind).is_none()
}

fn details(delivery: &Delivery, customer: Option<&Customer>) -> Map<String, Value> {
    let mut details = Map::new();
    match (event_name::record(delivery.kind), delivery.about) {
        (Some(record), Some(about)) => {
            details.insert(event_name::record_words(record).1.to_owned(), json!(about.to_string()));
        }
        _ => {
            let identifier = customer.and_then(|customer| customer.client_identifier.as_ref());
            details.extend(identifier.map(|id| ("clientIdentifier".to_owned(), json!(id.as_str()))));
        }
    }
    details.insert("customerId".to_owned(), json!(delivery.customer.to_string()));
    details
}

#[cfg(test)]
pub(crate) mod tests {
    use onboarding::check::CheckKind;
    use onboarding::event::RecordKind;
    use onboarding::id::EventId;
    use onboarding::{CustomerId, Pii, TenantId};
    use service::{DeliveryId, RegistrationId, RegistrationMode};

    use super::*;
    use crate::cos::customers::tests::bob;

    /// The seed's event, as a delivery.
    pub fn delivery(kind: EventKind, about: Option<Uuid>) -> Delivery {
        let guid = |text| Uuid::try_parse(text).expect("a GUID");
        let at = "2021-11-22T15:50:20.553Z".parse().expect("a time");
        Delivery {
            id: DeliveryId(guid("3d9c5e1a-623b-4cf2-812e-ade80105048e")),
            tenant: TenantId(guid("30dee145-b6a2-4058-8dc3-ac4000dee91f")),
            registration: RegistrationId(Uuid::from_u128(1)),
            dialect: "cos".to_owned(),
            name: "Core.Customer.Onboarded".to_owned(),
            mode: RegistrationMode::Push,
            seq: 1,
            event: EventId(Uuid::from_u128(2)),
            kind,
            customer: CustomerId(guid("9052b6a5-3f09-41d1-b526-ade80104eb79")),
            number: 1,
            about,
            to: None,
            at,
            state: DeliveryState::Pending,
            attempts: 1,
            attempt_id: None,
            due_at: at,
            last_attempted_at: Some(at),
            last_status: Some(500),
            created_at: at,
        }
    }

    #[test]
    fn an_event_looks_like_the_seeds() {
        let example = concat!(
            r#"{"id":"3d9c5e1a-623b-4cf2-812e-ade80105048e","eventName":"Core.Customer.Onboarded","status":"Pending","#,
            r#""partnerId":"30dee145-b6a2-4058-8dc3-ac4000dee91f","createdAt":"2021-11-22T10:50:20.553-05:00","#,
            r#""resources":["core/v1/cm/customers/9052b6a5-3f09-41d1-b526-ade80104eb79"],"details":[]}"#,
        );
        for (name, kind) in [
            ("Core.Customer.Onboarded", EventKind::CustomerOnboarded),
            ("Core.Customer.Ofac.Changed", EventKind::CheckChanged(CheckKind::Sanctions)),
            ("Core.Customer.PepScan.Changed", EventKind::CheckChanged(CheckKind::Pep)),
        ] {
            let delivery = Delivery { state: DeliveryState::Failed, ..delivery(kind, None) };
            let shown = serde_json::to_string(&delivered(&delivery, Detail::Basic)).expect("JSON");
            assert_eq!(shown, example.replace("Core.Customer.Onboarded", name));
        }
    }

    #[test]
    fn an_event_read_later_says_how_it_went() {
        for (state, word) in [
            (DeliveryState::Pending, "Pending"),
            (DeliveryState::Held, "Pending"),
            (DeliveryState::Delivered, "Success"),
            (DeliveryState::Failed, "Failed"),
            (DeliveryState::Abandoned, "Failed"),
        ] {
            let delivery = Delivery { state, ..delivery(EventKind::CustomerOnboarded, None) };
            let shown = serde_json::to_value(read(&delivery, Detail::Basic)).expect("JSON");
            assert_eq!(shown["status"], word);
            assert_eq!(shown["lastAttemptedAt"], "2021-11-22T10:50:20.553-05:00");
        }
    }

    #[test]
    fn details_hold_the_ids() {
        let extended = |kind, about, customer: Option<&Customer>| {
            let delivery = delivery(kind, about);
            let shown = serde_json::to_value(delivered(&delivery, Detail::Extended(customer))).expect("JSON");
            (shown["resources"][0].clone(), shown["details"].clone())
        };
        let customer_id = "9052b6a5-3f09-41d1-b526-ade80104eb79";
        let bob = Customer { client_identifier: Some(Pii("mine-7".to_owned())), ..bob() };
        let (_, details) = extended(EventKind::CustomerOnboarded, None, Some(&bob));
        assert_eq!(details, json!([{ "customerId": customer_id, "clientIdentifier": "mine-7" }]));
        let (_, details) = extended(EventKind::CustomerOnboarded, None, None);
        assert_eq!(details, json!([{ "customerId": customer_id }]));
        let about = Uuid::from_u128(5);
        let (resource, details) = extended(EventKind::Added(RecordKind::Address), Some(about), None);
        assert_eq!(resource, format!("core/v1/cm/customers/{customer_id}/addresses/{about}"));
        assert_eq!(details, json!([{ "addressId": about.to_string(), "customerId": customer_id }]));
        let (_, details) = extended(EventKind::Removed(RecordKind::Phone), Some(about), Some(&bob));
        assert_eq!(details, json!([{ "phoneId": about.to_string(), "customerId": customer_id }]));
    }
}
