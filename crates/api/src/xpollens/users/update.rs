//! `PUT …/users/{appUserId}`: what changes of a user. What identifies it is locked once it is entered, and changed with a
//! justification; under `/sca`, contact data is changed by a signature.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use onboarding::Pii;
use onboarding::admission::correct::{Cause, ContactChange, Justification, ProfileChange};
use serde_json::{Map, Value};

use super::forms::to_be_signed;
use super::profile::{self, ATTRIBUTES, Profile};
use super::view;
use crate::fields::{Field, Object};
use crate::xpollens::body::{Payload, json as rendered};
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::{Counter, path};

/// Longest text of a justification, in characters.
const TEXT_CHARS_MAX: usize = 500;

/// Changes what is sent and leaves the rest.
///
/// # Errors
/// 400 with every mistake, 403 for what is locked, 404.
pub async fn update(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let today = counter.service.now().to_zoned(TimeZone::UTC).date();
    let (change, justification) = payload.read(|body| {
        Some((change(profile::read(body, false, today)?), justification(&body.field("justification"))?))
    })?;
    let customer = counter.service.update_admitted(&caller, &user, &change, justification.as_ref()).await?;
    Ok(rendered(&view::of(&caller, &customer)?))
}

/// Asks for a signature under a change of contact data.
///
/// # Errors
/// 400 with every mistake, and for anything that is not contact data; 404.
pub async fn signed(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let today = counter.service.now().to_zoned(TimeZone::UTC).date();
    let change = payload.read(|body| Some(change(profile::read(body, false, today)?)))?;
    let contact = change.contact.clone();
    if (ProfileChange { contact: ContactChange::default(), ..change }) != ProfileChange::default() {
        let message = "Only profile.phoneNumber, profile.email and profile.address are changed by a signature.";
        return Err(Problem::invalid(message));
    }
    if contact == ContactChange::default() {
        return Err(Problem::invalid("profile must have phoneNumber, email or address."));
    }
    Ok(to_be_signed(counter.service.ask_contact(&caller, &user, contact).await?))
}

fn change(profile: Profile) -> ProfileChange {
    let mut attributes = Map::new();
    if !profile.facts.is_empty() {
        attributes.insert(ATTRIBUTES.to_owned(), Value::Object(profile.facts));
    }
    ProfileChange {
        civility: profile.civility,
        first_name: profile.first_name,
        last_name: profile.last_name,
        birth_name: profile.birth.name,
        birth_date: profile.birth_date,
        birth_city: profile.birth.city,
        birth_postal_code: profile.birth.postal_code,
        birth_country: profile.birth.country,
        nationality: profile.nationality,
        contact: ContactChange { phone: profile.phone, email: profile.email, address: profile.address },
        attributes,
    }
}

/// `{reason, text}`; the outer `None` is a mistake, the inner one that there is none.
#[expect(clippy::option_option, reason = "a mistake and an absence are two things")]
fn justification(field: &Field<'_, '_>) -> Option<Option<Justification>> {
    if !field.is_there() {
        return Some(None);
    }
    let given: Object<'_> = field.object()?;
    let reason = given.field("reason").required().word(&["Correction", "Normalization"]);
    let text = given.field("text").required().text(TEXT_CHARS_MAX);
    let cause = match reason? {
        "Normalization" => Cause::Normalization,
        _ => Cause::Correction,
    };
    Some(Some(Justification { cause, text: Pii(text?) }))
}
