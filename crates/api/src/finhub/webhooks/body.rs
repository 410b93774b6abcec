//! A subscription as it is asked for, in the vendor's body and in the older one (`url`, `events`, `secret`).

use onboarding::{CustomerId, Pii};
use service::outbound::Guard;

use crate::callback;
use crate::fields::{Fault, Field, Object};
use crate::finhub::event_type;

/// Longest name and description, in characters.
const TEXT_CHARS_MAX: usize = 255;
/// Shortest secret, in characters: as many random bits as make guessing hopeless fit into it.
const SECRET_CHARS_MIN: usize = 16;
/// Longest secret, in characters.
const SECRET_CHARS_MAX: usize = 256;
/// Most further tries that a subscription may ask for.
pub const RETRIES_MAX: u32 = 10;
/// Further tries where nothing is said.
pub const RETRIES: u32 = 5;
/// Longest first wait that a subscription may ask for, in seconds.
pub const BACKOFF_SECONDS_MAX: u32 = 3_600;
/// First wait where nothing is said, in seconds.
pub const BACKOFF_SECONDS: u32 = 60;

/// What a subscription is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// About one customer only.
    pub customer: Option<CustomerId>,
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where to.
    pub url: Option<String>,
    /// What deliveries are signed with.
    pub secret: Option<Pii<String>>,
    /// Of which events, in the dialect's names.
    pub events: Option<Vec<&'static str>>,
    /// How many further tries.
    pub retries: Option<u32>,
    /// How long to wait before the first of them, in seconds.
    pub backoff_seconds: Option<u32>,
}

/// Reads a new subscription: what must be there is.
#[must_use]
pub fn read_new(body: &Object<'_>, guard: Guard) -> Option<Wish> {
    let wish = read(body, guard);
    let (newer, older) = (body.field("endpointUrl"), body.field("url"));
    if !newer.is_there() && !older.is_there() {
        newer.refuse(Fault::Missing);
    }
    let (newer, older) = (body.field("subscribedEvents"), body.field("events"));
    if !newer.is_there() && !older.is_there() {
        newer.refuse(Fault::Missing);
    }
    wish
}

/// Reads what is said of a subscription; what is left out is left as it is.
#[must_use]
pub fn read(body: &Object<'_>, guard: Guard) -> Option<Wish> {
    let customer = body.field("customerId").guid().map(CustomerId);
    let name = body.field("subscriptionName").text(TEXT_CHARS_MAX);
    let description = body.field("description").text(TEXT_CHARS_MAX);
    let url = either(body, "endpointUrl", "url", |field| callback::url(*field, guard));
    let secret = either(body, "secretKey", "secret", secret);
    let algorithm = body.field("signatureAlgorithm");
    let _ = algorithm.parsed(TEXT_CHARS_MAX, |text| {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let known = ["hmacsha256", "sha256"].iter().any(|known| known.eq_ignore_ascii_case(&plain));
        if known { Ok(()) } else { Err(Fault::Unknown(vec!["HMAC_SHA256"])) }
    });
    if body.field("verifySsl").flag() == Some(false) {
        body.field("verifySsl").refuse(Fault::Format("true: certificates are always verified"));
    }
    let events = either(body, "subscribedEvents", "events", events);
    let retries = whole(&body.field("maxRetryAttempts"), 0, RETRIES_MAX);
    let backoff_seconds = whole(&body.field("retryBackoffSeconds"), 1, BACKOFF_SECONDS_MAX);
    Some(Wish { customer, name, description, url, secret, events, retries, backoff_seconds })
}

/// One thing under two names: said twice, it must be the same.
fn either<T: PartialEq>(
    body: &Object<'_>,
    newer: &str,
    older: &str,
    read: impl Fn(&Field<'_, '_>) -> Option<T>,
) -> Option<T> {
    let (one, other) = (read(&body.field(newer)), read(&body.field(older)));
    if let (Some(one), Some(other)) = (&one, &other)
        && one != other
    {
        body.field(older).refuse(Fault::Contradiction("must not contradict the newer member of the same meaning"));
    }
    one.or(other)
}

fn secret(field: &Field<'_, '_>) -> Option<Pii<String>> {
    let secret = field.secret(SECRET_CHARS_MAX)?;
    if secret.chars().count() < SECRET_CHARS_MIN {
        field.refuse(Fault::Format("at least 16 characters long"));
        return None;
    }
    Some(Pii(secret))
}

/// Each event once, in the order of the dialect.
fn events(field: &Field<'_, '_>) -> Option<Vec<&'static str>> {
    let named = field.list(event_type::ALL.len() * 2)?.each(|event| event.word(&event_type::ALL));
    if named.is_empty() && field.value().and_then(serde_json::Value::as_array).is_some_and(Vec::is_empty) {
        field.refuse(Fault::Range("a list of at least one event".to_owned()));
    }
    Some(event_type::ALL.into_iter().filter(|known| named.contains(known)).collect())
}

fn whole(field: &Field<'_, '_>, from: u32, to: u32) -> Option<u32> {
    let number = field.value()?.as_u64().and_then(|number| u32::try_from(number).ok());
    match number.filter(|number| (from..=to).contains(number)) {
        Some(number) => Some(number),
        None => {
            field.refuse(Fault::Range(format!("a whole number between {from} and {to}")));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fields::Mistakes;

    fn parsed(body: &Value) -> Result<Wish, Vec<String>> {
        let mistakes = Mistakes::default();
        let wish = read_new(&mistakes.object(body), Guard::Public);
        mistakes.settle(wish).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    fn good() -> Value {
        json!({"customerId": "9052b6a5-3f09-41d1-b526-ade80104eb79", "subscriptionName": "Main", "description": "all",
            "endpointUrl": "https://hooks.example.com/finhub", "secretKey": "0123456789abcdef",
            "signatureAlgorithm": "HMAC_SHA256", "verifySsl": true, "maxRetryAttempts": 3, "retryBackoffSeconds": 30,
            "subscribedEvents": ["customer.activated", "customer.created", "transaction.completed", "customer.created"]})
    }

    fn refused(field: &str, value: Value) -> Vec<String> {
        let mut body = good();
        body[field] = value;
        parsed(&body).err().unwrap_or_default()
    }

    #[test]
    fn both_bodies_are_read() {
        let wish = parsed(&good()).expect("a body that is right");
        assert_eq!(wish.events, Some(vec!["customer.created", "customer.activated", "transaction.completed"]));
        assert_eq!((wish.retries, wish.backoff_seconds), (Some(3), Some(30)));
        let older = json!({"url": "https://hooks.example.com/finhub", "events": ["customer.updated"],
            "secret": "0123456789abcdef"});
        let wish = parsed(&older).expect("the older body");
        assert_eq!(wish.url.as_deref(), Some("https://hooks.example.com/finhub"));
        assert_eq!(wish.secret, Some(Pii("0123456789abcdef".to_owned())));
        assert_eq!(
            parsed(&json!({})),
            Err(vec!["endpointUrl is required".to_owned(), "subscribedEvents is required".to_owned()])
        );
    }

    #[test]
    fn each_field_is_checked() {
        for (field, value) in [
            ("customerId", json!("x")),
            ("subscriptionName", json!(7)),
            ("description", json!("x".repeat(256))),
            ("endpointUrl", json!("http://hooks.example.com/")),
            ("endpointUrl", json!("https://127.0.0.1/")),
            ("endpointUrl", json!("https://u:p@hooks.example.com/")),
            ("url", json!("https://other.example.com/")),
            ("secretKey", json!("short")),
            ("secretKey", json!("x".repeat(257))),
            ("signatureAlgorithm", json!("MD5")),
            ("verifySsl", json!(false)),
            ("verifySsl", json!("true")),
            ("subscribedEvents", json!([])),
            ("subscribedEvents", json!("customer.created")),
            ("subscribedEvents", json!(["customer.sneezed"])),
            ("maxRetryAttempts", json!(11)),
            ("maxRetryAttempts", json!(-1)),
            ("maxRetryAttempts", json!("3")),
            ("retryBackoffSeconds", json!(0)),
            ("retryBackoffSeconds", json!(3601)),
            ("retryBackoffSeconds", json!(1.5)),
        ] {
            let found = refused(field, value.clone());
            assert!(found.len() == 1 && found[0].starts_with(field), "{field} {value}: {found:?}");
        }
    }
}
