//! The operations on subscriptions and their deliveries. All of them are the institution's.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use http::Uri;
use onboarding::Pii;
use serde_json::{Map, Value, json};
use service::{
    Caller, Delivery, DeliveryId, NewRegistration, Registration, RegistrationFilter, RegistrationId, RegistrationMode,
    RegistrationState, Retries,
};

use super::body::{BACKOFF_SECONDS, RETRIES, Wish, read, read_new};
use super::view::{DESCRIPTION, EVENTS, SUBSCRIPTION_NAME, delivery, subscription};
use crate::fields::Mistakes;
use crate::finhub::caller::Admin;
use crate::finhub::envelope::{Payload, answer};
use crate::finhub::error::Failure;
use crate::finhub::{Counter, NAME, event_type, paths};

/// Most items of one page.
const PAGE_MAX: u32 = 100;
/// Most pages that can be turned.
const PAGES_MAX: u32 = 100_000;

/// The routes of webhooks.
pub fn routes() -> Router<Counter> {
    Router::new()
        .route("/api/v2.1/webhooks/subscriptions", get(list).post(create))
        .route("/api/v2.1/webhooks/subscriptions/{id}", get(one).put(change).delete(remove))
        .route("/api/v2.1/webhooks/subscriptions/{id}/deliveries", get(deliveries))
        .route("/api/v2.1/webhooks/deliveries/{id}", get(one_delivery))
}

async fn create(State(counter): State<Counter>, Admin(caller): Admin, payload: Payload) -> Result<Response, Failure> {
    let wish = payload.read(|body| read_new(body, counter.service.guard()))?;
    own_customer(&counter, &caller, &wish).await?;
    let id = counter.service.new_id();
    // Shown this once, where the caller did not bring one of its own.
    let made_up = wish.secret.is_none().then(|| counter.service.new_secret("whsec_"));
    let secret = wish.secret.clone().or_else(|| made_up.clone().map(Pii));
    let new = registration(wish, None, format!("{NAME}-{id}"), secret);
    let made = counter.service.put_registration(&caller, new).await?;
    let mut view = subscription(&made);
    if let Some(secret) = made_up {
        view["secretKey"] = json!(secret);
    }
    Ok(answer("Webhook subscription created successfully", &view))
}

async fn list(State(counter): State<Counter>, Admin(caller): Admin, uri: Uri) -> Result<Response, Failure> {
    let (page, size) = paging(&uri)?;
    let filter = RegistrationFilter { dialect: Some(NAME.to_owned()), ..RegistrationFilter::default() };
    let page_of = counter.service.registrations(&caller, &filter, u64::from(page) * u64::from(size), size).await?;
    let items: Vec<Value> = page_of.items.iter().map(subscription).collect();
    Ok(answer("Webhook subscriptions retrieved successfully", &paged(&items, page, size, page_of.more)))
}

async fn one(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let known = known(&counter, &caller, &id).await?;
    Ok(answer("Webhook subscription retrieved successfully", &subscription(&known)))
}

async fn change(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    Path(id): Path<String>,
    payload: Payload,
) -> Result<Response, Failure> {
    let known = known(&counter, &caller, &id).await?;
    let wish = payload.read(|body| read(body, counter.service.guard()))?;
    own_customer(&counter, &caller, &wish).await?;
    let secret = wish.secret.clone().or_else(|| known.secret.clone());
    let new = registration(wish, Some(&known), known.name.clone(), secret);
    let mut changed = counter.service.update_registration(&caller, known.id, new).await?;
    // Whoever sets a subscription right wants what was held for it.
    if changed.state == RegistrationState::Suspended {
        changed = counter.service.restart_registration(&caller, NAME, changed.id).await?;
    }
    Ok(answer("Webhook subscription updated successfully", &subscription(&changed)))
}

async fn remove(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let known = known(&counter, &caller, &id).await?;
    counter.service.delete_registration(&caller, NAME, known.id).await?;
    Ok(answer("Webhook subscription deleted successfully", &json!({ "id": known.id.0.to_string(), "deleted": true })))
}

async fn deliveries(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let known = known(&counter, &caller, &id).await?;
    let (page, size) = paging(&uri)?;
    let offset = u64::from(page) * u64::from(size);
    let page_of = counter.service.deliveries_of(&caller, NAME, known.id, offset, size).await?;
    let items: Vec<Value> = page_of.items.iter().map(delivery).collect();
    Ok(answer("Webhook deliveries retrieved successfully", &paged(&items, page, size, page_of.more)))
}

async fn one_delivery(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = DeliveryId(paths::prefixed(&id, "", "delivery")?);
    let found: Delivery = counter.service.delivery(&caller, NAME, id).await?;
    Ok(answer("Webhook delivery retrieved successfully", &delivery(&found)))
}

/// A subscription as it is to be; what is not said stays as it was.
fn registration(
    wish: Wish,
    known: Option<&Registration>,
    name: String,
    secret: Option<Pii<String>>,
) -> NewRegistration {
    let mut attributes = known.map_or_else(Map::new, |known| known.attributes.clone());
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            attributes.insert(name.to_owned(), value);
        }
    };
    put(SUBSCRIPTION_NAME, wish.name.map(Value::from));
    put(DESCRIPTION, wish.description.map(Value::from));
    put(EVENTS, wish.events.as_ref().map(|events| json!(events)));
    let events = match (&wish.events, known) {
        (Some(events), _) => event_type::kinds(events),
        (None, Some(known)) => known.events.clone(),
        (None, None) => Default::default(),
    };
    let before = known.and_then(|known| known.retries);
    let retries = Retries {
        times: wish.retries.or(before.map(|before| before.times)).unwrap_or(RETRIES),
        back_off_seconds: wish
            .backoff_seconds
            .or(before.map(|before| before.back_off_seconds))
            .unwrap_or(BACKOFF_SECONDS),
    };
    NewRegistration {
        dialect: NAME,
        name,
        events,
        customer: wish.customer.or(known.and_then(|known| known.customer)),
        mode: RegistrationMode::Push,
        callback_url: wish.url.or_else(|| known.and_then(|known| known.callback_url.clone())),
        format: "JSON".to_owned(),
        retries: Some(retries),
        auth: None,
        secret,
        attributes,
    }
}

async fn known(counter: &Counter, caller: &Caller, id: &str) -> Result<Registration, Failure> {
    let id = RegistrationId(paths::prefixed(id, "", "subscription")?);
    Ok(counter.service.registration(caller, NAME, id).await?)
}

/// The customer of a subscription is the caller's own.
async fn own_customer(counter: &Counter, caller: &Caller, wish: &Wish) -> Result<(), Failure> {
    let Some(customer) = wish.customer else { return Ok(()) };
    counter.service.enrolled(caller, customer).await.map(drop).map_err(Failure::from)
}

/// `page` from zero, and `size`.
fn paging(uri: &Uri) -> Result<(u32, u32), Failure> {
    let axum::extract::Query(pairs) = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| Failure::field("page", "the query must be a list of names and values"))?;
    let value: Value = Value::Object(pairs.into_iter().map(|(name, value)| (name, Value::from(value))).collect());
    let mistakes = Mistakes::default();
    let object = mistakes.object(&value);
    let page = object.field("page").digits(0..=PAGES_MAX).unwrap_or(0);
    let size = object.field("size").digits(1..=PAGE_MAX).unwrap_or(PAGE_MAX);
    mistakes.settle(Some((page, size))).map_err(Failure::from)
}

fn paged(items: &[Value], page: u32, size: u32, more: bool) -> Value {
    json!({ "content": items, "page": page, "size": size, "hasNext": more })
}
