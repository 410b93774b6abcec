//! `POST /api/v1.1/users/{appUserId}` and `POST /api/v2.0/users`: a prospect.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::tz::TimeZone;
use onboarding::admission::create::Admit;
use onboarding::admission::demand::Workflow;
use onboarding::admission::person::AppUserId;
use onboarding::check::CheckKind;
use onboarding::onboard::Onboard;
use onboarding::records::{Email, Phone};
use onboarding::{Party, Person, PersonName, Pii};
use serde_json::{Map, Value};
use service::Caller;

use super::profile::{self, ATTRIBUTES, Profile};
use super::view;
use crate::xpollens::body::{Payload, answer};
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::{Counter, NAME};

/// Lets a prospect in under the id in the path; the verification of its identity begins at once, as the seed's flow has it.
///
/// # Errors
/// 400 with every mistake, 409 for an id or an e-mail address that is there already.
pub async fn under_path(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    let must_be = "appUserId in the path must be 9 to 30 characters out of 0-9 a-z A-Z _ - . ! ( ).";
    let user = AppUserId::parse(&user).ok_or_else(|| Problem::invalid(must_be))?;
    let (named, profile) = read(&counter, &payload, false)?;
    if named.is_some_and(|named| named != user) {
        return Err(Problem::invalid("appUserId must be the same as in the path."));
    }
    admit(&counter, &caller, user, profile, Some(Workflow::ElectronicSign)).await
}

/// Lets a prospect in under the id in the body; the verification of its identity is asked for apart.
///
/// # Errors
/// As [`under_path`].
pub async fn under_body(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    payload: Payload,
) -> Result<Response, Problem> {
    let (named, profile) = read(&counter, &payload, true)?;
    let named = named.ok_or_else(|| Problem::invalid("appUserId is required."))?;
    admit(&counter, &caller, named, profile, None).await
}

fn read(counter: &Counter, payload: &Payload, is_named: bool) -> Result<(Option<AppUserId>, Profile), Problem> {
    let today = counter.service.now().to_zoned(TimeZone::UTC).date();
    payload.read(|body| {
        let field = body.field("appUserId");
        let named = profile::app_user_id(&if is_named { field.required() } else { field });
        Some((named, profile::read(body, true, today)?))
    })
}

async fn admit(
    counter: &Counter,
    caller: &Caller,
    user: AppUserId,
    profile: Profile,
    workflow: Option<Workflow>,
) -> Result<Response, Problem> {
    // What happens from the first user on is told, or kept to be fetched.
    counter.service.follow(caller, NAME).await?;
    let command = command(user, profile, workflow).ok_or_else(|| Problem::invalid("profile is required."))?;
    let customer = counter.service.admit(caller, command).await?;
    Ok(answer(StatusCode::CREATED, &view::of(caller, &customer)?))
}

fn command(user: AppUserId, profile: Profile, workflow: Option<Workflow>) -> Option<Admit> {
    let name = PersonName { first: profile.first_name?, last: profile.last_name?, ..PersonName::default() };
    let person = Person {
        name,
        birth_date: profile.birth_date,
        citizenship: profile.nationality,
        tax_id: None,
        declared_pep: false,
    };
    let phones = profile.phone.into_iter().map(|number| Phone { kind: "Mobile".to_owned(), number, extension: None });
    let emails = profile.email.into_iter().map(|address| Email { kind: "Personal".to_owned(), address });
    let mut attributes = Map::new();
    attributes.insert(ATTRIBUTES.to_owned(), Value::Object(profile.facts));
    let onboard = Onboard {
        party: Party::Person(person),
        // The house gives it.
        cif_number: String::new(),
        client_identifier: None,
        addresses: profile.address.into_iter().collect(),
        phones: phones.collect(),
        emails: emails.collect(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::from([CheckKind::Sanctions, CheckKind::Pep]),
        attributes,
    };
    let app_user_id = Pii(user);
    Some(Admit { onboard, app_user_id, civility: profile.civility, birth: profile.birth, workflow })
}
