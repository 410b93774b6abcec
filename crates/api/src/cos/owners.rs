//! `/v1/cm/customers/{id}/beneficial-owners`: persons who own a part of a business.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, routing::MethodRouter};
use http::{StatusCode, Uri};
use onboarding::records::{Owner, Record, Standing};
use onboarding::{Customer, CustomerId, RecordId};
use serde::Serialize;
use serde_json::{Value, json as json_value};
use service::{Refused, Rendered, Reply, Service};

use super::body::{Payload, answer, json, rendered};
use super::caller::Authorized;
use super::code::Code;
use super::error::Errors;
use super::page::{Paged, Paging};
use super::path_ids::{CustomerPath, RecordPath};
use super::query::Query;
use super::records::{RecordView, standing};
use crate::fields::{Fault, Field, Mistakes};

const TITLE_CHARS_MAX: usize = 100;

/// The routes of owners.
pub fn routes() -> Router<Service> {
    let all: MethodRouter<Service> = get(list).post(add);
    Router::new()
        .route("/v1/cm/customers/{id}/beneficial-owners", all)
        .route("/v1/cm/customers/{id}/beneficial-owners/{record}", get(one).put(change).delete(remove))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerView<'a> {
    owner_customer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_title: Option<&'a str>,
    ownership_percentage: Value,
}

/// What may change of an owner.
#[derive(Debug, Clone, PartialEq)]
struct Share {
    title: Option<String>,
    basis_points: u16,
    standing: Standing,
}

async fn add(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(customer): CustomerPath,
    payload: Payload,
) -> Result<Response, Errors> {
    let (owner, standing) = read_owner(&payload.value)?;
    let reply =
        Reply { once: payload.once(&service, &caller).await?, request_id: &payload.request_id.0, render: &added };
    match service.add_owner(&caller, customer, owner, standing, reply).await {
        Ok(added) => Ok(answer(added)),
        // Of the two customers named, the one in the path is looked for here, so that the caller learns which it was.
        Err(Refused::NotFound) => {
            service.customer(&caller, customer).await?;
            Err(Errors::one(Code::NoPerson, "ownerCustomerId must be the id of a personal customer"))
        }
        Err(refused) => Err(refused.into()),
    }
}

fn added((customer, id): &(Customer, RecordId)) -> Rendered {
    rendered(StatusCode::OK, &customer.owners.get(*id).map(|record| view(customer, record)))
}

async fn list(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(customer): CustomerPath,
    uri: Uri,
) -> Result<Response, Errors> {
    let paging = Paging::only(&Query::of(&uri, &Paging::NAMES)?)?;
    let customer = service.customer(&caller, customer).await?;
    let owners = customer.owners.iter().map(|record| view(&customer, record));
    Ok(json(&Paged::part(paging, customer.owners.len(), owners)))
}

async fn one(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    RecordPath(customer, id): RecordPath,
) -> Result<Response, Errors> {
    let customer = service.customer(&caller, customer).await?;
    shown_or_not_found(&customer, id)
}

async fn change(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    RecordPath(customer, id): RecordPath,
    payload: Payload,
) -> Result<Response, Errors> {
    let Share { title, basis_points, standing } = read_share(&payload.value)?;
    let customer = service.change_owner(&caller, customer, id, title, basis_points, standing).await?;
    shown_or_not_found(&customer, id)
}

async fn remove(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    RecordPath(customer, id): RecordPath,
) -> Result<Response, Errors> {
    service.remove_owner(&caller, customer, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn shown_or_not_found(customer: &Customer, id: RecordId) -> Result<Response, Errors> {
    let record = customer.owners.get(id).ok_or_else(Errors::not_found)?;
    Ok(json(&view(customer, record)))
}

fn view<'a>(customer: &Customer, record: &'a Record<Owner>) -> RecordView<OwnerView<'a>> {
    let owner = &record.value;
    let (whole, part) = (owner.share_basis_points / 100, owner.share_basis_points % 100);
    let value = OwnerView {
        owner_customer_id: owner.customer.to_string(),
        owner_title: owner.title.as_deref(),
        ownership_percentage: if part == 0 {
            json_value!(whole)
        } else {
            json_value!(f64::from(owner.share_basis_points) / 100.0)
        },
    };
    RecordView::new(customer.id, record, value)
}

fn read_owner(value: &Value) -> Result<(Owner, Standing), Errors> {
    let mistakes = Mistakes::default();
    let body = mistakes.object(value);
    let customer = body.field("ownerCustomerId").required().guid();
    let title = body.field("ownerTitle").text(TITLE_CHARS_MAX);
    let share = percentage(&body.field("ownershipPercentage").required());
    let standing = standing(&body);
    let owner = customer.zip(share).map(|(customer, share_basis_points)| {
        (Owner { customer: CustomerId(customer), title, share_basis_points }, standing)
    });
    mistakes.settle(owner).map_err(Errors::from)
}

fn read_share(value: &Value) -> Result<Share, Errors> {
    let mistakes = Mistakes::default();
    let body = mistakes.object(value);
    let title = body.field("ownerTitle").text(TITLE_CHARS_MAX);
    let share = percentage(&body.field("ownershipPercentage").required());
    let standing = standing(&body);
    let share = share.map(|basis_points| Share { title, basis_points, standing });
    mistakes.settle(share).map_err(Errors::from)
}

/// A percentage in hundredths of a percent. Who controls without owning has 0.
fn percentage(field: &Field<'_, '_>) -> Option<u16> {
    let hundredths = field.number(0.0..=100.0)? * 100.0;
    let rounded = hundredths.round();
    if (hundredths - rounded).abs() > 1e-6 {
        field.refuse(Fault::Format("a number with at most two decimals"));
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a whole number from 0 to 10000")]
    Some(rounded as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &Value) -> Vec<String> {
        read_owner(body).err().map(|errors| errors.messages().map(str::to_owned).collect()).unwrap_or_default()
    }

    fn good() -> Value {
        json_value!({
            "ownerCustomerId": "02ac22aa-0ab0-405e-9c41-b3cb00b85866", "ownerTitle": "CEO",
            "ownershipPercentage": 33.33, "isPrimary": true,
        })
    }

    #[test]
    fn an_owner_is_read() {
        let (owner, standing) = read_owner(&good()).expect("a body that is right");
        assert_eq!((owner.share_basis_points, owner.title.as_deref()), (3333, Some("CEO")));
        assert_eq!(standing, Standing::Primary);
        let share = read_share(&json_value!({ "ownershipPercentage": 0.29 })).expect("a body that is right");
        assert_eq!(share, Share { title: None, basis_points: 29, standing: Standing::Secondary });
    }

    #[test]
    fn each_field_is_checked() {
        for (field, value, message) in [
            ("ownerCustomerId", json_value!(null), "ownerCustomerId is required"),
            ("ownerCustomerId", json_value!("bob"), "ownerCustomerId must be a GUID"),
            ("ownerTitle", json_value!("x".repeat(101)), "ownerTitle must have at most 100 characters"),
            ("ownershipPercentage", json_value!(null), "ownershipPercentage is required"),
            ("ownershipPercentage", json_value!("25"), "ownershipPercentage must be a number"),
            ("ownershipPercentage", json_value!(100.5), "ownershipPercentage must be between 0 and 100"),
            ("ownershipPercentage", json_value!(-1), "ownershipPercentage must be between 0 and 100"),
            (
                "ownershipPercentage",
                json_value!(33.333),
                "ownershipPercentage must be a number with at most two decimals",
            ),
            ("isPrimary", json_value!(1), "isPrimary must be true or false"),
        ] {
            let mut body = good();
            body[field] = value;
            assert_eq!(refused(&body), [message], "{field}");
        }
        assert_eq!(refused(&json_value!({})).len(), 2);
    }

    #[test]
    fn every_share_comes_back_as_it_went() {
        for basis_points in 0..=10_000_u16 {
            let sent = f64::from(basis_points) / 100.0;
            let share = read_share(&json_value!({ "ownershipPercentage": sent })).expect("two decimals");
            assert_eq!(share.basis_points, basis_points);
        }
    }
}
