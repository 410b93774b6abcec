//! The records of a customer that come in numbers: addresses, phones, e-mails, identifications.
//!
//! One set of routes for all of them; what differs, [`Spoken`] says.

mod address;
mod email;
mod identification;
mod phone;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::{StatusCode, Uri};
use jiff::civil::Date;
use onboarding::contact::Contact;
use onboarding::records::{Record, Standing};
use onboarding::{Customer, CustomerId, RecordId};
use serde::Serialize;
use service::{Rendered, Reply, Service};

use super::body::{Payload, json, rendered};
use super::caller::Authorized;
use super::error::Errors;
use super::page::{Paged, Paging};
use super::path_ids::{CustomerPath, RecordPath};
use super::query::Query;
use super::{event_name, today};
use crate::cos::time;
use crate::fields::{Mistakes, Object};

/// Longest free word (a state abroad), in characters. The vendor gives no bound.
const WORD_CHARS_MAX: usize = 50;

/// A kind of record in the vendor's words.
pub trait Spoken: Contact + Clone + Send + Sync + 'static {
    /// What of it goes out; its id, standing and times are common to all kinds.
    type View<'a>: Serialize;

    /// Reads what came in.
    fn read(body: &Object<'_>, today: Date) -> Option<Self>;

    /// Says it.
    fn view(&self) -> Self::View<'_>;
}

/// A record on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordView<V> {
    id: String,
    customer_id: String,
    is_primary: bool,
    #[serde(flatten)]
    value: V,
    created_at: String,
    last_modified_at: String,
}

impl<V> RecordView<V> {
    /// A record of a customer, with the part that its kind says of it.
    pub fn new<T>(customer: CustomerId, record: &Record<T>, value: V) -> Self {
        Self {
            id: record.id.to_string(),
            customer_id: customer.to_string(),
            is_primary: record.primary,
            value,
            created_at: time::exact(record.created_at),
            last_modified_at: time::exact(record.changed_at),
        }
    }
}

/// The path below a customer and the routes of one kind: the collection, and one of it.
pub fn routes<T: Spoken>() -> (&'static str, MethodRouter<Service>, MethodRouter<Service>) {
    let (segment, _) = event_name::record_words(T::KIND);
    (segment, get(list::<T>).post(add::<T>), get(one::<T>).put(change::<T>).delete(remove::<T>))
}

async fn add<T: Spoken>(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(customer): CustomerPath,
    payload: Payload,
) -> Result<Response, Errors> {
    let (value, standing) = read::<T>(&payload.value, today(&service))?;
    let reply =
        Reply { once: payload.once(&service, &caller).await?, request_id: &payload.request_id.0, render: &added::<T> };
    let answer = service.add_record(&caller, customer, value, standing, reply).await?;
    Ok(super::body::answer(answer))
}

fn added<T: Spoken>((customer, id): &(Customer, RecordId)) -> Rendered {
    rendered(StatusCode::OK, &T::of(customer).get(*id).map(|record| view(customer, record)))
}

async fn list<T: Spoken>(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(customer): CustomerPath,
    uri: Uri,
) -> Result<Response, Errors> {
    let paging = Paging::only(&Query::of(&uri, &Paging::NAMES)?)?;
    let customer = service.customer(&caller, customer).await?;
    let records = T::of(&customer);
    Ok(json(&Paged::part(paging, records.len(), records.iter().map(|record| view(&customer, record)))))
}

async fn one<T: Spoken>(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    RecordPath(customer, id): RecordPath,
) -> Result<Response, Errors> {
    let customer = service.customer(&caller, customer).await?;
    shown_or_not_found::<T>(&customer, id)
}

async fn change<T: Spoken>(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    RecordPath(customer, id): RecordPath,
    payload: Payload,
) -> Result<Response, Errors> {
    let (value, standing) = read::<T>(&payload.value, today(&service))?;
    let customer = service.change_record(&caller, customer, id, value, standing).await?;
    shown_or_not_found::<T>(&customer, id)
}

async fn remove<T: Spoken>(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    RecordPath(customer, id): RecordPath,
) -> Result<Response, Errors> {
    service.remove_record::<T>(&caller, customer, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn shown_or_not_found<T: Spoken>(customer: &Customer, id: RecordId) -> Result<Response, Errors> {
    let record = T::of(customer).get(id).ok_or_else(Errors::not_found)?;
    Ok(json(&view(customer, record)))
}

fn view<'a, T: Spoken>(customer: &Customer, record: &'a Record<T>) -> RecordView<T::View<'a>> {
    RecordView::new(customer.id, record, record.value.view())
}

fn read<T: Spoken>(value: &serde_json::Value, today: Date) -> Result<(T, Standing), Errors> {
    let mistakes = Mistakes::default();
    let body = mistakes.object(value);
    let standing = standing(&body);
    let read = T::read(&body, today).map(|value| (value, standing));
    mistakes.settle(read).map_err(Errors::from)
}

/// Whether the record is to become the primary one.
pub fn standing(body: &Object<'_>) -> Standing {
    match body.field("isPrimary").flag() {
        Some(true) => Standing::Primary,
        _ => Standing::Secondary,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::Value;

    use super::*;

    /// What is wrong with a body.
    pub fn mistakes<T: Spoken>(body: &Value) -> Vec<String> {
        let read = read::<T>(body, jiff::civil::date(2026, 2, 1));
        read.err().map(|errors| errors.messages().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// How a body that is right comes back.
    pub fn shown<T: Spoken>(body: &Value) -> String {
        let (value, _) = read::<T>(body, jiff::civil::date(2026, 2, 1)).expect("a body that is right");
        serde_json::to_string(&value.view()).expect("JSON")
    }

    /// The body with one field changed.
    pub fn with(mut body: Value, field: &str, value: Value) -> Value {
        body[field] = value;
        body
    }

    /// Compares the order of members, which `Value` does not keep.
    pub trait InOrder {
        /// The object as text, with its members in this order.
        fn to_string_in_order(&self, names: &[&str]) -> String;
    }

    impl InOrder for Value {
        fn to_string_in_order(&self, names: &[&str]) -> String {
            assert_eq!(self.as_object().map(serde_json::Map::len), Some(names.len()));
            let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":{}", self[name])).collect();
            format!("{{{}}}", members.join(","))
        }
    }

    #[test]
    fn a_record_says_whose_it_is_and_whether_it_is_the_first() {
        use onboarding::records::Phone;
        use uuid::Uuid;

        let body = serde_json::json!({ "isPrimary": false, "phoneType": "Mobile", "phoneNumber": "2015552345" });
        let (value, standing) = read::<Phone>(&body, jiff::civil::date(2026, 2, 1)).expect("a body that is right");
        assert_eq!(standing, Standing::Secondary);
        let at = "2021-11-22T15:49:58.843Z".parse().expect("a time");
        let record = Record { id: RecordId(Uuid::from_u128(2)), primary: true, created_at: at, changed_at: at, value };
        let view = RecordView::new(CustomerId(Uuid::from_u128(1)), &record, record.value.view());
        assert_eq!(
            serde_json::to_string(&view).expect("JSON"),
            concat!(
                r#"{"id":"00000000-0000-0000-0000-000000000002","customerId":"00000000-0000-0000-0000-000000000001","#,
                r#""isPrimary":true,"phoneType":"Mobile","phoneNumber":"2015552345","#,
                r#""createdAt":"2021-11-22T10:49:58.843-05:00","lastModifiedAt":"2021-11-22T10:49:58.843-05:00"}"#,
            ),
        );
    }
}
