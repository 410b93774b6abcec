//! `POST /v1/customers/{customerId}/hold` and `/release`: a customer is not forgotten, whatever its time says; or is again.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use onboarding::{CustomerId, Pii};
use service::Caller;

use super::{shown, unknown};
use crate::edge::body as edge_body;
use crate::fields::Mistakes;
use crate::json;
use crate::v1::caller::Authorized;
use crate::v1::problem::Problem;
use crate::v1::{BODY_BYTES_MAX, Counter};

/// Longest name of a person who acts, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

pub(super) async fn hold(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (Authorized(caller), id) = (caller?, CustomerId::parse(&id).ok_or_else(unknown)?);
    let (by, reason) = said(request, &caller).await?;
    let customer = counter.service.hold_customer(&caller.ctx, id, &reason, &by).await?;
    shown(&counter, &caller, &customer).await
}

pub(super) async fn release(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (Authorized(caller), id) = (caller?, CustomerId::parse(&id).ok_or_else(unknown)?);
    let (by, reason) = said(request, &caller).await?;
    let customer = counter.service.release_customer(&caller.ctx, id, &reason, &by).await?;
    shown(&counter, &caller, &customer).await
}

/// Who says it, and why; without a name it is the credential.
async fn said(request: Request, caller: &Caller) -> Result<(String, Pii<String>), Problem> {
    let bytes = edge_body::read(request.into_body(), BODY_BYTES_MAX).await?;
    let value = json::parse(&bytes)?;
    let mistakes = Mistakes::default();
    let body = mistakes.object(&value);
    let by = body.field("by").text(NAME_CHARS_MAX).unwrap_or_else(|| caller.ctx.actor.to_string());
    let reason = body.field("reason").required().text(REASON_CHARS_MAX).map(Pii);
    Ok((by, mistakes.settle(reason)?))
}
