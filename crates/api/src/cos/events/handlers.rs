//! The operations on events.

use std::collections::HashMap;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, Uri};
use service::{Caller, Delivery, DeliveryId, Refused, RegistrationId, Service};

use super::view::{self, Detail, EXTENDED, EventView};
use crate::cos::NAME;
use crate::cos::body::{check_key, json};
use crate::cos::caller::Authorized;
use crate::cos::error::Errors;
use crate::cos::page::{Paged, Paging};
use crate::cos::path_ids::IdPath;
use crate::cos::query::Query;

/// The routes of events. The vendor's pages do not show how an event is acknowledged, so two ways are open.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/webhooks/v1/events", get(list))
        .route("/webhooks/v1/events/poll", get(poll))
        .route("/webhooks/v1/events/{id}", get(one))
        .route("/webhooks/v1/events/{id}/acknowledge", post(acknowledge).put(acknowledge))
        .route("/webhooks/v1/events/{id}/resend", post(resend))
}

/// The next event that waits to be fetched; 204 when none does. It stays the next until it is acknowledged.
async fn poll(State(service): State<Service>, Authorized(caller): Authorized) -> Result<Response, Errors> {
    match service.poll(&caller, NAME).await? {
        Some(delivery) => shown(&service, &caller, &delivery).await,
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

async fn list(State(service): State<Service>, Authorized(caller): Authorized, uri: Uri) -> Result<Response, Errors> {
    let paging = Paging::only(&Query::of(&uri, &Paging::NAMES)?)?;
    let page = service.deliveries(&caller, NAME, paging.offset(), paging.limit()).await?;
    let mut reader = Reader::new(&service, &caller);
    let mut views = Vec::with_capacity(page.items.len());
    for delivery in &page.items {
        views.push(reader.view(delivery).await?);
    }
    Ok(json(&Paged::new(paging, views.into_iter(), page.more)))
}

async fn one(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
) -> Result<Response, Errors> {
    let delivery = service.delivery(&caller, NAME, DeliveryId(id)).await?;
    shown(&service, &caller, &delivery).await
}

async fn acknowledge(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
    headers: HeaderMap,
) -> Result<Response, Errors> {
    check_key(&headers)?;
    let delivery = service.acknowledge(&caller, NAME, DeliveryId(id)).await?;
    shown(&service, &caller, &delivery).await
}

async fn resend(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    IdPath(id): IdPath,
    headers: HeaderMap,
) -> Result<Response, Errors> {
    check_key(&headers)?;
    let delivery = service.resend(&caller, NAME, DeliveryId(id)).await?;
    shown(&service, &caller, &delivery).await
}

async fn shown(service: &Service, caller: &Caller, delivery: &Delivery) -> Result<Response, Errors> {
    Ok(json(&Reader::new(service, caller).view(delivery).await?))
}

/// Reads what the details of events need; a registration once, however many events of it there are.
struct Reader<'a> {
    service: &'a Service,
    caller: &'a Caller,
    extended: HashMap<RegistrationId, bool>,
}

impl<'a> Reader<'a> {
    fn new(service: &'a Service, caller: &'a Caller) -> Self {
        Self { service, caller, extended: HashMap::new() }
    }

    async fn view<'d>(&mut self, delivery: &'d Delivery) -> Result<EventView<'d>, Errors> {
        let view = if !self.is_extended(delivery.registration).await? {
            view::read(delivery, Detail::Basic)
        } else if view::needs_customer(delivery.kind) {
            let customer = or_none(self.service.customer(self.caller, delivery.customer).await)?;
            view::read(delivery, Detail::Extended(customer.as_ref()))
        } else {
            view::read(delivery, Detail::Extended(None))
        };
        Ok(view)
    }

    /// Of a registration that is gone, nothing says that more was wanted.
    async fn is_extended(&mut self, id: RegistrationId) -> Result<bool, Errors> {
        if let Some(&known) = self.extended.get(&id) {
            return Ok(known);
        }
        let registration = or_none(self.service.registration(self.caller, NAME, id).await)?;
        let extended = registration.is_some_and(|registration| registration.format == EXTENDED);
        self.extended.insert(id, extended);
        Ok(extended)
    }
}

fn or_none<T>(read: Result<T, Refused>) -> Result<Option<T>, Refused> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Refused::NotFound) => Ok(None),
        Err(refused) => Err(refused),
    }
}
