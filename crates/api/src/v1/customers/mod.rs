//! Customers, read back: `GET /v1/customers/{customerId}`, and `GET /v1/customers?externalId=…` by the sender's own id.
//!
//! An evaluated customer is let in or turned away by hand: `POST /v1/customers/{customerId}/approve` and `/reject`.

mod evaluation;
mod hold;
mod view;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::CONTENT_TYPE;
use onboarding::evaluation::Approval;
use onboarding::{Customer, CustomerId, Pii};
use serde::Deserialize;
use service::{Caller, Refused};

use super::Counter;
use super::caller::Authorized;
use super::problem::{Code, Problem};
use view::CustomerView;

/// Every route.
pub fn routes() -> Router<Counter> {
    Router::new()
        .route("/v1/customers", get(by_external_id))
        .route("/v1/customers/{customer_id}", get(by_id))
        .route("/v1/customers/{customer_id}/hold", post(hold::hold))
        .route("/v1/customers/{customer_id}/release", post(hold::release))
        .route("/v1/customers/{customer_id}/approve", post(approve))
        .route("/v1/customers/{customer_id}/reject", post(reject))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    external_id: Option<String>,
}

async fn by_id(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Authorized(caller) = caller?;
    let id = CustomerId::parse(&id).ok_or_else(unknown)?;
    let customer = counter.service.customer(&caller, id).await?;
    shown(&counter, &caller, &customer).await
}

async fn approve(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    decided(&counter, &caller?.0, &id, Approval::Approved).await
}

async fn reject(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    decided(&counter, &caller?.0, &id, Approval::Rejected).await
}

async fn decided(counter: &Counter, caller: &Caller, id: &str, approval: Approval) -> Result<Response, Problem> {
    let id = CustomerId::parse(id).ok_or_else(unknown)?;
    let customer = counter.service.decide_evaluation(caller, id, approval).await.map_err(|refused| match refused {
        Refused::State(why) => Problem::new(Code::Conflict, why),
        refused => refused.into(),
    })?;
    shown(counter, caller, &customer).await
}

async fn by_external_id(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let Authorized(caller) = caller?;
    let external_id = asked.external_id.filter(|id| !id.trim().is_empty()).ok_or_else(unknown)?;
    let customer = counter.service.customer_of_sender(&caller, &Pii(external_id)).await?.ok_or_else(unknown)?;
    shown(&counter, &caller, &customer).await
}

fn unknown() -> Problem {
    Problem::new(Code::NotFound, "There is no such thing, or it is not yours.")
}

async fn shown(counter: &Counter, caller: &Caller, customer: &Customer) -> Result<Response, Problem> {
    let case = counter.service.open_case_of(caller, customer.id).await?;
    let threshold = caller.settings.ownership_threshold();
    let body = serde_json::to_vec(&CustomerView::of(customer, case.as_ref(), threshold));
    let body = body.expect("views hold texts, numbers and lists");
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
