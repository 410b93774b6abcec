//! The operations on registrations.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use http::{StatusCode, Uri};
use serde_json::Value;
use service::outbound::URL_CHARS_MAX;
use service::{Caller, Registration, RegistrationFilter, RegistrationId, Rendered, Reply, Service};

use super::body;
use super::view::RegistrationView;
use crate::cos::body::{Payload, answer, json, rendered};
use crate::cos::caller::Authorized;
use crate::cos::error::Errors;
use crate::cos::page::{Paged, Paging};
use crate::cos::path_ids::IdPath;
use crate::cos::query::Query;
use crate::cos::{NAME, event_name, partner};
use crate::fields::{Mistakes, Object};

const FILTERS: [&str; 5] = ["pageNumber", "pageSize", "partnerId", "eventName", "callbackUrl"];

/// The routes of registrations.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/webhooks/v1/registrations", get(list).post(create))
        .route("/webhooks/v1/registrations/{id}", get(one).put(change).delete(remove))
        .route("/webhooks/v1/registrations/{id}/restart", put(restart))
        .route("/webhooks/v1/registrations/{id}/ping", put(ping))
}

async fn create(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    payload: Payload,
) -> Result<Response, Errors> {
    let guard = service.guard();
    let new = read(&payload.value, &caller, |object| body::read(object, guard))?;
    let reply =
        Reply { once: payload.once(&service, &caller).await?, request_id: &payload.request_id.0, render: &created };
    Ok(answer(service.register(&caller, new, reply).await?))
}

fn created(registration: &Registration) -> Rendered {
    rendered(StatusCode::OK, &RegistrationView::from(registration))
}

async fn list(State(service): State<Service>, Authorized(caller): Authorized, uri: Uri) -> Result<Response, Errors> {
    let (filter, paging) = filter(&uri, &caller)?;
    let page = service.registrations(&caller, &filter, paging.offset(), paging.limit()).await?;
    Ok(json(&Paged::new(paging, page.items.iter().map(RegistrationView::from), page.more)))
}

fn filter(uri: &Uri, caller: &Caller) -> Result<(RegistrationFilter, Paging), Errors> {
    let query = Query::of(uri, &FILTERS)?;
    let mistakes = Mistakes::default();
    let object = query.object(&mistakes);
    partner::check(&object, caller)?;
    let filter = RegistrationFilter {
        dialect: Some(NAME.to_owned()),
        name: object.field("eventName").word(&event_name::names()).map(str::to_owned),
        callback_url: object.field("callbackUrl").text(URL_CHARS_MAX),
        ..RegistrationFilter::default()
    };
    let paging = Paging::read(&object);
    mistakes.settle(paging.map(|paging| (filter, paging))).map_err(Errors::from)
}

async fn one(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
) -> Result<Response, Errors> {
    let registration = service.registration(&caller, NAME, RegistrationId(id)).await?;
    Ok(json(&RegistrationView::from(&registration)))
}

async fn change(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
    payload: Payload,
) -> Result<Response, Errors> {
    let known = service.registration(&caller, NAME, RegistrationId(id)).await?;
    let guard = service.guard();
    let changed = read(&payload.value, &caller, |object| body::read_change(object, &known, guard))?;
    let registration = service.update_registration(&caller, RegistrationId(id), changed).await?;
    Ok(json(&RegistrationView::from(&registration)))
}

async fn remove(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
) -> Result<Response, Errors> {
    service.delete_registration(&caller, NAME, RegistrationId(id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn restart(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
) -> Result<Response, Errors> {
    let registration = service.restart_registration(&caller, NAME, RegistrationId(id)).await?;
    Ok(json(&RegistrationView::from(&registration)))
}

async fn ping(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
) -> Result<Response, Errors> {
    let registration = service.ping_registration(&caller, NAME, RegistrationId(id)).await?;
    Ok(json(&RegistrationView::from(&registration)))
}

fn read<T>(value: &Value, caller: &Caller, how: impl FnOnce(&Object<'_>) -> Option<T>) -> Result<T, Errors> {
    let mistakes = Mistakes::default();
    let object = mistakes.object(value);
    partner::check(&object, caller)?;
    let read = how(&object);
    mistakes.settle(read).map_err(Errors::from)
}
