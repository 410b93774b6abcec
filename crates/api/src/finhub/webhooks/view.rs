//! A subscription and a delivery on the wire. The secret never is, but for one that the house made up, once.

use serde_json::{Value, json};
use service::{Delivery, DeliveryState, Registration, RegistrationState};

use super::body::{BACKOFF_SECONDS, RETRIES};
use crate::finhub::dialect::event;
use crate::finhub::event_type;

/// The member of a registration's attributes with its name.
pub const SUBSCRIPTION_NAME: &str = "subscriptionName";
/// The member with what it is for.
pub const DESCRIPTION: &str = "description";
/// The member with the events, in the dialect's names: some tell nothing here, and are shown all the same.
pub const EVENTS: &str = "subscribedEvents";

/// A subscription.
#[must_use]
pub fn subscription(registration: &Registration) -> Value {
    let attribute = |name: &str| registration.attributes.get(name).cloned().unwrap_or(Value::Null);
    let (times, backoff) =
        registration.retries.map_or((RETRIES, BACKOFF_SECONDS), |retries| (retries.times, retries.back_off_seconds));
    json!({
        "id": registration.id.0.to_string(),
        "tenantId": registration.tenant.to_string(),
        "customerId": registration.customer.map(|customer| customer.to_string()),
        "subscriptionName": attribute(SUBSCRIPTION_NAME),
        "description": attribute(DESCRIPTION),
        "endpointUrl": registration.callback_url,
        "signatureAlgorithm": "HMAC_SHA256",
        "verifySsl": true,
        "subscribedEvents": attribute(EVENTS),
        "maxRetryAttempts": times,
        "retryBackoffSeconds": backoff,
        "status": match registration.state {
            RegistrationState::Active => "ACTIVE",
            RegistrationState::Suspended => "SUSPENDED",
        },
        "createdAt": registration.created_at.to_string(),
        "updatedAt": registration.changed_at.to_string(),
    })
}

/// A delivery: what was sent, and whether it arrived.
#[must_use]
pub fn delivery(delivery: &Delivery) -> Value {
    let name = event_type::of(delivery.kind, delivery.to.as_deref()).unwrap_or(event_type::UPDATED);
    let pending = delivery.state == DeliveryState::Pending;
    json!({
        "id": delivery.id.0.to_string(),
        "subscriptionId": delivery.registration.0.to_string(),
        "status": status(delivery),
        "attempts": delivery.attempts,
        "lastAttemptAt": delivery.last_attempted_at.map(|at| at.to_string()),
        "nextAttemptAt": pending.then(|| delivery.due_at.to_string()),
        "responseStatus": delivery.last_status,
        "createdAt": delivery.created_at.to_string(),
        "event": event(delivery, name),
    })
}

fn status(delivery: &Delivery) -> &'static str {
    match delivery.state {
        DeliveryState::Delivered => "DELIVERED",
        DeliveryState::Failed | DeliveryState::Abandoned => "FAILED",
        DeliveryState::Pending | DeliveryState::Held if delivery.attempts > 0 => "RETRYING",
        DeliveryState::Pending | DeliveryState::Held => "PENDING",
    }
}
