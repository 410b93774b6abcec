//! `POST /onboard`.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use onboarding::evaluation::Kyc;
use onboarding::evaluation::operation::{EvaluationKind, Phase, Trigger};
use service::Caller;
use service::evaluations::{NewCustomer, Preliminary};

use super::Counter;
use super::application::{Application, read};
use super::body::{Payload, json};
use super::error::Problem;
use super::view::{self, Express, Run, Told, Validation};

/// Lets a customer in and begins its evaluation; what comes of it is told by webhook and found by polling.
///
/// # Errors
/// The first field that is not as it must be; what the house cannot do.
pub async fn onboard(
    State(counter): State<Counter>,
    Extension(caller): Extension<Caller>,
    Payload(body): Payload,
) -> Result<Response, Problem> {
    let today = counter.service.now().to_zoned(TimeZone::UTC).date();
    let application = read(&body?, today)?;
    let (options, express) = (application.options, application.express);
    let asked = counter.service.onboard_and_evaluate(&caller, &wanted(application)).await?;
    let customer = &asked.customer;
    let evaluation = customer.evaluation.as_ref().ok_or_else(|| Problem::not_found("Customer"))?;
    let express = express.then(|| match asked.preliminary {
        Preliminary::Late => Express { success: false, kyc: None },
        Preliminary::Identity(kyc @ (Kyc::Passed | Kyc::Review | Kyc::Rejected)) => {
            Express { success: true, kyc: Some(view::kyc(kyc)) }
        }
        Preliminary::Identity(Kyc::Pending) => Express { success: false, kyc: None },
    });
    Ok(json(&Told {
        request_id: Some(&asked.request_id),
        event: view::event(Trigger::Onboard),
        evaluation: Run::of(EvaluationKind::Kyc, Phase::Initiated),
        validation: Validation::short(&evaluation.standing()),
        options: options.map(Into::into),
        express,
        external_id: view::external_id(customer),
        customer_id: customer.id.0,
        uri: view::uri(&counter.public_url, customer.id),
        errors: None,
    }))
}

fn wanted(application: Application) -> NewCustomer {
    NewCustomer {
        party: application.party,
        external_id: application.external_id,
        address: application.address,
        phone: application.phone,
        email: application.email,
        origin: application.source,
        fraud_check: application.fraud_check,
        attributes: application.attributes,
    }
}
