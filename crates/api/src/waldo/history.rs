//! `GET /history/kyc/{id}` and `GET /history/fraud/{id}`: what evaluations came to before.

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use onboarding::evaluation::{Evaluation, FraudRecord, KycBasis, KycRecord};
use serde::Serialize;
use serde_json::Number;
use service::{Caller, Refused};

use super::body::json;
use super::customer::id_of;
use super::error::Problem;
use super::{Counter, view};

/// What counts now, and what counted before, oldest first and with the one that counts now at its end.
#[derive(Serialize)]
struct History<T> {
    active: T,
    history: Vec<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KycView {
    date: i64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_date: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct FraudView {
    date: i64,
    score: Number,
}

/// KYC outcomes of a customer.
///
/// # Errors
/// An id that cannot be one; a customer that is unknown or was never evaluated.
pub async fn kyc(
    State(counter): State<Counter>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let evaluation = evaluation(&counter, &caller, id).await?;
    let none = || Problem::not_found("KYC history");
    let history = evaluation.ok_or_else(none)?.kyc_history;
    let active = history.last().map(KycView::from).ok_or_else(none)?;
    Ok(json(&History { active, history: history.iter().map(KycView::from).collect() }))
}

/// Fraud scores of a customer.
///
/// # Errors
/// An id that cannot be one; a customer that is unknown or was never checked.
pub async fn fraud(
    State(counter): State<Counter>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let evaluation = evaluation(&counter, &caller, id).await?;
    let none = || Problem::not_found("Fraud history");
    let history = evaluation.ok_or_else(none)?.fraud_history;
    let active = history.last().map(FraudView::from).ok_or_else(none)?;
    Ok(json(&History { active, history: history.iter().map(FraudView::from).collect() }))
}

async fn evaluation(
    counter: &Counter,
    caller: &Caller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Option<Evaluation>, Problem> {
    let Path(id) = id.map_err(|_| Problem::invalid_customer())?;
    match counter.service.customer(caller, id_of(&id)?).await {
        Ok(customer) => Ok(customer.evaluation),
        Err(Refused::NotFound) => Ok(None),
        Err(refused) => Err(refused.into()),
    }
}

impl From<&KycRecord> for KycView {
    fn from(record: &KycRecord) -> Self {
        let (kind, document_type, issuing_date) = match &record.by {
            KycBasis::Kyc => ("kyc", None, None),
            KycBasis::Document { kind, issued_on } => {
                ("document", Some(kind.as_str()), issued_on.map(|day| day.to_string()))
            }
        };
        let date = record.at.as_millisecond();
        Self { date, outcome: view::kyc(record.outcome), document_type, issuing_date, kind }
    }
}

impl From<&FraudRecord> for FraudView {
    fn from(record: &FraudRecord) -> Self {
        Self { date: record.at.as_millisecond(), score: view::score(Some(record.score)) }
    }
}
