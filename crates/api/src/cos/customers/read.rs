//! `GET /v1/cm/customers/{id}` and its `/eligibility`.

use axum::extract::State;
use axum::response::Response;
use service::Service;

use super::view;
use crate::cos::body::json;
use crate::cos::caller::Authorized;
use crate::cos::error::Errors;
use crate::cos::path_ids::CustomerPath;

pub async fn one(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(id): CustomerPath,
) -> Result<Response, Errors> {
    let customer = service.customer(&caller, id).await?;
    Ok(json(&view::read(&customer)))
}

pub async fn eligibility(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(id): CustomerPath,
) -> Result<Response, Errors> {
    let customer = service.customer(&caller, id).await?;
    Ok(json(&view::eligibility(&customer)))
}
