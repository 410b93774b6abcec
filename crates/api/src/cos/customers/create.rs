//! `POST /v1/cm/customers`: lets a customer in.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use onboarding::onboard::Onboard;
use onboarding::party::PartyKind;
use onboarding::{Customer, CustomerId};
use serde_json::{Map, Value};
use service::{Caller, Refused, Rendered, Reply, Service};

use super::body::{self, kept};
use super::view;
use crate::cos::body::{Payload, answer, rendered};
use crate::cos::caller::Authorized;
use crate::cos::code::Code;
use crate::cos::error::Errors;
use crate::cos::{partner, today};
use crate::fields::{Mistakes, guid};

pub async fn create(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    payload: Payload,
) -> Result<Response, Errors> {
    let command = read(&payload.value, &caller, today(&service))?;
    primary_owner(&service, &caller, &command.attributes).await?;
    let reply =
        Reply { once: payload.once(&service, &caller).await?, request_id: &payload.request_id.0, render: &created };
    Ok(answer(service.onboard(&caller, command, reply).await?))
}

fn read(value: &Value, caller: &Caller, today: Date) -> Result<Onboard, Errors> {
    let mistakes = Mistakes::default();
    let object = mistakes.object(value);
    partner::check(&object, caller)?;
    let command = body::onboard(&object, today);
    mistakes.settle(command).map_err(Errors::from)
}

fn created(customer: &Customer) -> Rendered {
    rendered(StatusCode::OK, &view::created(customer))
}

/// A primary owner that is named must be there, and a person.
pub(super) async fn primary_owner(
    service: &Service,
    caller: &Caller,
    attributes: &Map<String, Value>,
) -> Result<(), Errors> {
    let named = kept(attributes, "profile").and_then(|profile| profile.get("primaryOwnerCustomerId"));
    let Some(id) = named.and_then(Value::as_str).and_then(guid) else { return Ok(()) };
    let is_person = match service.customer(caller, CustomerId(id)).await {
        Ok(customer) => customer.party.kind() == PartyKind::Person,
        Err(Refused::NotFound) => false,
        Err(refused) => return Err(refused.into()),
    };
    if is_person {
        return Ok(());
    }
    Err(Errors::one(Code::NoPerson, "profile.primaryOwnerCustomerId must be the id of a personal customer"))
}
