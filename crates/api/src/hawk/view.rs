//! Answers and callbacks, in the vendor's words.

use onboarding::case::{Case, CaseState};
use onboarding::{CaseId, Customer};
use serde::Serialize;

use super::types::types;

/// The answer of the first version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<String>,
    customer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_level: Option<&'static str>,
    risk_factors: Vec<RiskFactor>,
    screening_results: Vec<ScreeningResult>,
}

/// The answer of the second version: the same, and how it came to it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckResponse {
    #[serde(flatten)]
    first: CustomerResponse,
    case_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_score: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_points: Option<u32>,
}

/// What is told of a decision that came later.
#[derive(Debug, Serialize)]
pub struct Callback {
    payload: Payload,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    #[serde(flatten)]
    first: CustomerResponse,
    case_status: &'static str,
}

#[derive(Debug, Serialize)]
struct RiskFactor {
    factor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct ScreeningResult {
    #[serde(rename = "type")]
    kind: &'static str,
}

impl CustomerResponse {
    /// The customer, with the case that stands for it and what its cases found.
    #[must_use]
    pub fn of(customer: &Customer, case: Option<CaseId>, cases: &[Case]) -> Self {
        let rating = customer.rating.as_ref();
        let factors = rating.into_iter().flat_map(|rating| &rating.factors);
        let own = customer.client_identifier.as_ref();
        Self {
            case_id: case.map(|id| id.to_string()),
            customer_id: own.map_or_else(|| customer.id.to_string(), |own| own.0.clone()),
            risk_level: rating.map(|rating| rating.level.as_str()),
            risk_factors: factors
                .map(|factor| RiskFactor { factor: factor.name.clone(), points: None, reason: None })
                .collect(),
            screening_results: types(customer, cases).into_iter().map(|kind| ScreeningResult { kind }).collect(),
        }
    }
}

impl CheckResponse {
    /// The same in the second version.
    #[must_use]
    pub fn of(customer: &Customer, case: Option<&Case>, cases: &[Case]) -> Self {
        let rating = customer.rating.as_ref();
        let mut first = CustomerResponse::of(customer, case.map(|case| case.id), cases);
        for (told, factor) in first.risk_factors.iter_mut().zip(rating.into_iter().flat_map(|rating| &rating.factors)) {
            told.points = Some(factor.points);
            told.reason = Some(factor.reason.clone());
        }
        let score = rating.map(|rating| rating.score);
        Self { first, case_status: status(case), risk_score: score, risk_points: score }
    }
}

impl Callback {
    /// What is to be told, as it stands now.
    #[must_use]
    pub fn of(customer: &Customer, case: Option<&Case>) -> Self {
        let cases: Vec<Case> = case.into_iter().cloned().collect();
        let first = CustomerResponse::of(customer, case.map(|case| case.id), &cases);
        Self { payload: Payload { first, case_status: status(case) } }
    }
}

fn status(case: Option<&Case>) -> &'static str {
    match case.map(|case| &case.state) {
        None => "not-opened",
        Some(CaseState::Closed { .. }) => "closed",
        Some(_) => "open",
    }
}
