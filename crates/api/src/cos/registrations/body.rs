//! What callers say of a registration.

use std::collections::BTreeSet;

use onboarding::Pii;
use serde_json::Map;
use service::outbound::Guard;
use service::{NewRegistration, Registration, RegistrationMode};

use crate::callback;
use crate::cos::{NAME, event_name};
use crate::fields::{Fault, Object};

/// Longest user name and longest password for a callback, in characters; the vendor's bound.
const AUTH_CHARS_MAX: usize = 255;
const MODES: [&str; 2] = ["Push", "Poll"];
const FORMATS: [&str; 2] = ["Basic", "Extended"];

/// Reads a new registration.
#[must_use]
pub fn read(body: &Object<'_>, guard: Guard) -> Option<NewRegistration> {
    let name = body.field("eventName").required().word(&event_name::names());
    let event = name.and_then(event_name::kind);
    let mode = mode(body).unwrap_or(RegistrationMode::Push);
    let format = body.field("format").word(&FORMATS).unwrap_or(FORMATS[0]);
    let callback = body.field("callbackUrl");
    let callback = if mode == RegistrationMode::Push { callback.required() } else { callback };
    let callback_url = callback::url(callback, guard);
    let auth = auth(body, None);
    Some(NewRegistration {
        dialect: NAME,
        name: name?.to_owned(),
        events: BTreeSet::from([event?]),
        customer: None,
        mode,
        callback_url,
        format: format.to_owned(),
        retries: None,
        auth,
        secret: None,
        attributes: Map::new(),
    })
}

/// Reads a change: what is left out stays as it is, for the password cannot be sent back by who read it.
#[must_use]
pub fn read_change(body: &Object<'_>, known: &Registration, guard: Guard) -> Option<NewRegistration> {
    let name = body.field("eventName").word(&event_name::names());
    let events = match name {
        Some(name) => BTreeSet::from([event_name::kind(name)?]),
        None => known.events.clone(),
    };
    let mode = mode(body).unwrap_or(known.mode);
    let callback = body.field("callbackUrl");
    let callback_url = if callback.is_there() { callback::url(callback, guard) } else { known.callback_url.clone() };
    if mode == RegistrationMode::Push && callback_url.is_none() && !callback.is_there() {
        callback.refuse(Fault::Missing);
    }
    let format = body.field("format").word(&FORMATS).unwrap_or(&known.format).to_owned();
    let auth = auth(body, known.auth.clone());
    let name = name.unwrap_or(&known.name).to_owned();
    let (customer, retries, secret, attributes) = (None, None, None, Map::new());
    Some(NewRegistration {
        dialect: NAME,
        name,
        events,
        customer,
        mode,
        callback_url,
        format,
        retries,
        auth,
        secret,
        attributes,
    })
}

/// `registrationType`, or `type` as the vendor's later pages have it.
fn mode(body: &Object<'_>) -> Option<RegistrationMode> {
    let (older, newer) = (body.field("registrationType").word(&MODES), body.field("type").word(&MODES));
    if older.zip(newer).is_some_and(|(older, newer)| older != newer) {
        body.field("type").refuse(Fault::Contradiction("must not contradict registrationType"));
    }
    older.or(newer).map(|word| if word == "Poll" { RegistrationMode::Poll } else { RegistrationMode::Push })
}

/// User name and password for HTTP Basic at the callback: both or neither.
fn auth(body: &Object<'_>, known: Option<(String, Pii<String>)>) -> Option<(String, Pii<String>)> {
    let (user, password) = (body.field("authUsername"), body.field("authPassword"));
    if !user.is_there() && !password.is_there() {
        return known;
    }
    // RFC 7617: the first colon ends the user name.
    let user = user.required().parsed(AUTH_CHARS_MAX, |text| match text.contains(':') {
        true => Err(Fault::Format("free of colons")),
        false => Ok(text.to_owned()),
    });
    let password = password.required().secret(AUTH_CHARS_MAX);
    user.zip(password.map(Pii))
}

#[cfg(test)]
mod tests {
    use onboarding::EventKind;
    use serde_json::{Value, json};

    use super::*;
    use crate::fields::Mistakes;

    fn good() -> Value {
        json!({
            "partnerId": "00000000-0000-0000-0000-000000000000",
            "eventName": "Core.Customer.Onboarded",
            "registrationType": "Push",
            "callbackUrl": "https://cos.yourcompanysite.com/core-events",
        })
    }

    fn parsed(body: &Value, guard: Guard) -> Result<NewRegistration, Vec<String>> {
        let mistakes = Mistakes::default();
        let registration = read(&mistakes.object(body), guard);
        mistakes.settle(registration).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    fn refused(field: &str, value: Value) -> Vec<String> {
        let mut body = good();
        body[field] = value;
        parsed(&body, Guard::Public).err().unwrap_or_default()
    }

    #[test]
    fn the_seeds_registration_is_read() {
        let new = parsed(&good(), Guard::Public).expect("a body that is right");
        assert_eq!((new.events, new.mode), ([EventKind::CustomerOnboarded].into(), RegistrationMode::Push));
        assert_eq!(new.name, "Core.Customer.Onboarded");
        assert_eq!((new.format.as_str(), new.auth), ("Basic", None));
        for name in ["Core.Customer.Ofac.Changed", "core.customer.pepscan.changed"] {
            assert!(refused("eventName", json!(name)).is_empty());
        }
    }

    #[test]
    fn the_later_words_are_known_too() {
        let poll = json!({ "eventName": "Core.Customer.Name.Changed", "type": "Poll", "format": "extended" });
        let new = parsed(&poll, Guard::Public).expect("a poll needs no callback");
        assert_eq!((new.mode, new.format.as_str(), new.callback_url), (RegistrationMode::Poll, "Extended", None));
        assert_eq!(refused("type", json!("Poll")), ["type must not contradict registrationType"]);
    }

    #[test]
    fn each_field_is_checked() {
        assert_eq!(refused("eventName", json!(null)), ["eventName is required"]);
        let unknown = refused("eventName", json!("Core.Customer.Sneezed"));
        assert!(unknown[0].contains("Core.Customer.Ofac.Changed, Core.Customer.PepScan.Changed"), "{unknown:?}");
        assert_eq!(refused("registrationType", json!("Pull")), ["registrationType must be one of Push, Poll"]);
        assert_eq!(refused("format", json!("Long")), ["format must be one of Basic, Extended"]);
        for (url, message) in [
            (json!(null), "callbackUrl is required"),
            (json!(7), "callbackUrl must be a string"),
            (json!("cos.yourcompanysite.com"), "callbackUrl must be a valid absolute URL"),
            (json!("http://cos.yourcompanysite.com/"), "callbackUrl must begin with https://"),
            (json!("ftp://cos.yourcompanysite.com/"), "callbackUrl must begin with https://"),
            (json!("https://bob:pw@example.com/"), "callbackUrl must not contain a user name or password"),
            (json!("https://127.0.0.1/"), "callbackUrl must lead to a publicly reachable host"),
            (json!("https://169.254.169.254/x"), "callbackUrl must lead to a publicly reachable host"),
            (json!("https://localhost/"), "callbackUrl must lead to a publicly reachable host"),
        ] {
            assert_eq!(refused("callbackUrl", url), [message]);
        }
        let long = format!("https://example.com/{}", "x".repeat(2048));
        assert_eq!(refused("callbackUrl", json!(long)), ["callbackUrl must have at most 2048 characters"]);
        assert_eq!(refused("authUsername", json!("u")), ["authPassword is required"]);
        assert_eq!(refused("authPassword", json!("p")), ["authUsername is required"]);
    }

    #[test]
    fn private_callbacks_are_for_servers_started_so() {
        let mut body = good();
        body["callbackUrl"] = json!("http://127.0.0.1:9000/hook");
        assert!(parsed(&body, Guard::AllowPrivate).is_ok());
    }

    #[test]
    fn a_password_is_taken_as_it_is() {
        let mut body = good();
        body["authUsername"] = json!("hook");
        body["authPassword"] = json!(" pass word ");
        let new = parsed(&body, Guard::Public).expect("a body that is right");
        assert_eq!(new.auth, Some(("hook".to_owned(), Pii(" pass word ".to_owned()))));
        body["authPassword"] = json!("x".repeat(256));
        body["authUsername"] = json!("a:b");
        let found = parsed(&body, Guard::Public).expect_err("two mistakes");
        assert_eq!(found, ["authUsername must be free of colons", "authPassword must have at most 255 characters"]);
    }
}
