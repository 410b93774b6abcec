//! `POST /check-fraud`: evaluates the fraud signals of a customer that was onboarded before.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use onboarding::evaluation::operation::{EvaluationKind, Phase, Trigger};
use service::Caller;

use super::Counter;
use super::application::Fields;
use super::body::{Payload, json};
use super::customer::id_of;
use super::error::Problem;
use super::view::{self, Run, Told, Validation};

/// Asks for a fraud evaluation; what comes of it is told by webhook and found by polling.
///
/// # Errors
/// What is wrong with the request; what the house cannot do.
pub async fn check(
    State(counter): State<Counter>,
    Extension(caller): Extension<Caller>,
    Payload(body): Payload,
) -> Result<Response, Problem> {
    let body = body.map_err(|_| Problem::invalid_customer())?;
    let members = body.as_object().ok_or_else(Problem::invalid_customer)?;
    let id = Fields::of(members).opt_text("customerId", 100).ok().flatten();
    let id = id_of(&id.ok_or_else(Problem::invalid_customer)?)?;
    let asked = counter.service.check_fraud(&caller, id).await?;
    let customer = &asked.customer;
    let evaluation = customer.evaluation.as_ref().ok_or_else(|| Problem::not_found("Customer"))?;
    Ok(json(&Told {
        request_id: Some(&asked.request_id),
        event: view::event(Trigger::Evaluation),
        evaluation: Run::of(EvaluationKind::Fraud, Phase::Initiated),
        validation: Validation::short(&evaluation.standing()),
        options: None,
        express: None,
        external_id: view::external_id(customer),
        customer_id: customer.id.0,
        uri: view::uri(&counter.public_url, customer.id),
        errors: Some([]),
    }))
}
