//! `POST /api/v2.1/customer/individual/registration`.

use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use onboarding::Party;
use onboarding::categorization::{Categorization, Given, Hierarchy, validate};
use onboarding::onboard::Onboard;
use onboarding::records::{Email, Phone};
use serde_json::{Map, Value, json};
use service::Refused;
use service::enrolments::{EnrolError, Register};

use super::body::{ATTRIBUTES, Findings, Individual, read};
use super::categorization::refused;
use crate::finhub::Counter;
use crate::finhub::caller::Admin;
use crate::finhub::envelope::{Payload, redirecting};
use crate::finhub::error::Failure;
use crate::finhub::headers::Client;
use crate::finhub::view;

/// Where the vendor's page goes next.
const REDIRECT_URL: &str = "/auth/activate-account";
const MESSAGE: &str = "B2C individual account created successfully. Redirect to activate-account page";
/// The words for the one kind of phone and e-mail address that the dialect has.
const PRIVATE: &str = "Personal";

/// Registers an individual.
///
/// # Errors
/// Every finding on the body, the password and the category at once; 409 where the e-mail address is taken.
pub async fn register(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    client: Client,
    payload: Payload,
) -> Result<Response, Failure> {
    let service = &counter.service;
    let today = service.now().to_zoned(TimeZone::UTC).date();
    let hierarchy = service.hierarchy(&caller).await?;
    let read = read(&payload.0, today);
    let asked = read.as_ref().map_or_else(|findings| &findings.categorization, |read| &read.categorization);
    if let Some(asked) = asked
        && service.is_of_another_tenant(&caller, asked).await?
    {
        return Err(Failure::other_tenant(&caller.tenant.key));
    }
    let (individual, categorization) = checked(read, &hierarchy)?;
    let command = command(individual, categorization, &client);
    let progress = service.register_individual(&caller, command).await.map_err(|error| match error {
        EnrolError::EmailTaken => Failure::duplicate("email", "a customer of the tenant has this e-mail address")
            .with("errorCode", "EMAIL_ALREADY_EXISTS"),
        EnrolError::Refused(Refused::Overloaded) => Failure::too_many(),
        EnrolError::Refused(refused) => refused.into(),
    })?;
    let mut data = view::customer(&progress);
    data["redirectUrl"] = json!(REDIRECT_URL);
    Ok(redirecting(MESSAGE, REDIRECT_URL, &data))
}

/// What was read, with the category as it is to be kept; or everything that is wrong with either.
fn checked(
    read: Result<Individual, Findings>,
    hierarchy: &Hierarchy,
) -> Result<(Individual, Option<Categorization>), Failure> {
    let fit = |given: &Option<Given>| given.as_ref().map(|given| validate(hierarchy, given)).transpose();
    match read {
        Ok(individual) => match fit(&individual.categorization) {
            Ok(categorization) => Ok((individual, categorization)),
            Err(wrong) => Err(refused(&[], &wrong)),
        },
        Err(Findings { errors, categorization }) => match fit(&categorization) {
            Ok(_) => Err(Failure::invalid(&errors)),
            Err(wrong) => Err(refused(&errors, &wrong)),
        },
    }
}

fn command(individual: Individual, categorization: Option<Categorization>, client: &Client) -> Register {
    let mut kept = individual.facts;
    kept.insert("registeredFrom".to_owned(), recorded(client));
    let phone = |number| Phone { kind: PRIVATE.to_owned(), number, extension: None };
    let onboard = Onboard {
        party: Party::Person(individual.person),
        cif_number: String::new(),
        client_identifier: None,
        addresses: individual.address.into_iter().collect(),
        phones: individual.phones.into_iter().map(phone).collect(),
        emails: vec![Email { kind: PRIVATE.to_owned(), address: individual.email.clone() }],
        identifications: Vec::new(),
        related: Vec::new(),
        checks: std::collections::BTreeSet::new(),
        attributes: Map::from_iter([(ATTRIBUTES.to_owned(), Value::Object(kept))]),
    };
    Register { onboard, email: individual.email, password: individual.password, categorization }
}

/// Who registered, for compliance: kept sealed with the customer, as long as the customer is.
fn recorded(client: &Client) -> Value {
    let said = [
        ("address", client.address()),
        ("forwardedFor", client.origin.claimed.clone()),
        ("forwardedFrom", client.forwarded_from.clone()),
        ("userAgent", client.user_agent.clone()),
        ("platform", client.platform.clone()),
        ("deviceId", client.device.clone()),
    ];
    let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))));
    Value::Object(said.collect())
}
