//! `POST /sandbox/xpollens/sca/{authenticationId}`: an operator in place of a telephone. Only served by `serve --sandbox`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use onboarding::admission::signature::Outcome;

use super::body::Payload;
use super::error::Problem;
use super::{Counter, path};

/// Ends an operation that waits for its signature.
///
/// # Errors
/// 400 for an unknown outcome, 404, 409 where it was answered, 410 where its time is over.
pub async fn sign(
    State(counter): State<Counter>,
    Path(id): Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    let id = path::id(&id, "Authentication")?;
    let outcome = payload.read(|body| body.field("outcome").required().word(&["approved", "denied", "expired"]))?;
    let outcome = match outcome {
        "approved" => Some(Outcome::Approved),
        "denied" => Some(Outcome::Denied),
        _ => None,
    };
    counter.service.answer_in_sandbox(id, outcome).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
