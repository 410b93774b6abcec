//! A tenant's categories of customers: the whole hierarchy, read and put. `docs/CATEGORIES.md` describes it.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use onboarding::Hierarchy;
use service::Caller;
use service::categories::ImportError;

use super::Counter;
use super::caller::Authorized;
use super::problem::Problem;
use crate::edge::{RequestId, body as edge_body};
use crate::json;

/// `GET /v1/tenant/categories`: what is in force, the default ones where the tenant has put none.
pub async fn show(State(counter): State<Counter>, caller: Result<Authorized, Problem>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let shown = match caller {
        Ok(Authorized(caller)) => counter.service.hierarchy(&caller).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    answer(id.as_ref(), shown)
}

/// `PUT /v1/tenant/categories`: in the place of what is in force. Customers keep what they were given.
pub async fn put(State(counter): State<Counter>, caller: Result<Authorized, Problem>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let put = match caller {
        Ok(Authorized(caller)) => replace(&counter, &caller, request).await,
        Err(problem) => Err(problem),
    };
    answer(id.as_ref(), put)
}

async fn replace(counter: &Counter, caller: &Caller, request: Request) -> Result<Hierarchy, Problem> {
    let bytes = edge_body::read(request.into_body(), super::BODY_BYTES_MAX).await?;
    match counter.service.set_hierarchy(caller, &json::parse(&bytes)?).await {
        Ok(hierarchy) => Ok(hierarchy),
        Err(ImportError::Hierarchy(error)) => Err(Problem::of_hierarchy(error)),
        Err(ImportError::Refused(refused)) => Err(refused.into()),
    }
}

fn answer(id: Option<&RequestId>, answered: Result<Hierarchy, Problem>) -> Response {
    match answered {
        Ok(hierarchy) => Json(hierarchy.to_json()).into_response(),
        Err(problem) => problem.of(id).into_response(),
    }
}
