//! Risk models: kept, listed, put in force, tried. `docs/RISK.md` describes them.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use onboarding::Timestamp;
use onboarding::risk::Model;
use serde_json::{Value, json};
use service::credentials::RISK;
use service::risk::{Moved, PutModelError, RiskModel};
use service::{Caller, Refused, RiskActivation};

use super::Counter;
use super::caller::{Authorized, forbidden};
use super::problem::{Code, Problem};
use crate::edge::{RequestId, body as edge_body};
use crate::json;

/// Customers that would move, by id, in one answer; the command line tells all of them.
const MOVED_MAX: usize = 1_000;

type Answer = Result<(StatusCode, Value), Problem>;

/// `GET /v1/risk-models`.
pub async fn list(State(counter): State<Counter>, caller: Result<Authorized, Problem>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    answer(
        id.as_ref(),
        match caller {
            Ok(Authorized(caller)) => listed(&counter, &caller).await,
            Err(problem) => Err(problem),
        },
    )
}

/// `GET /v1/risk-models/{version}`: as it was written; 0 is the one that is shipped.
pub async fn show(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(version): Path<String>,
    request: Request,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    answer(
        id.as_ref(),
        match caller {
            Ok(Authorized(caller)) => shown(&counter, &caller, &version).await,
            Err(problem) => Err(problem),
        },
    )
}

/// `POST /v1/risk-models`: the body is the model, in TOML or JSON.
pub async fn create(State(counter): State<Counter>, caller: Result<Authorized, Problem>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    answer(
        id.as_ref(),
        match caller {
            Ok(Authorized(caller)) => put(&counter, &caller, request).await,
            Err(problem) => Err(problem),
        },
    )
}

/// `POST /v1/risk-models/{version}/activation`.
pub async fn activate(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(version): Path<String>,
    request: Request,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    answer(
        id.as_ref(),
        match caller {
            Ok(Authorized(caller)) => activated(&counter, &caller, &version, request).await,
            Err(problem) => Err(problem),
        },
    )
}

/// `POST /v1/risk-models/dry-runs`: the body is a model, or names a version.
pub async fn dry_run(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    request: Request,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    answer(
        id.as_ref(),
        match caller {
            Ok(Authorized(caller)) => compared(&counter, &caller, request).await,
            Err(problem) => Err(problem),
        },
    )
}

fn answer(id: Option<&RequestId>, answered: Answer) -> Response {
    match answered {
        Ok((status, body)) => (status, Json(body)).into_response(),
        Err(problem) => problem.of(id).into_response(),
    }
}

async fn listed(counter: &Counter, caller: &Caller) -> Answer {
    let (models, activations) = counter.service.risk_models(&caller.ctx).await?;
    let in_force = counter.service.risk_model_in_force(&caller.ctx, counter.service.now()).await?;
    let models: Vec<Value> = models.iter().map(model_view).collect();
    let activations: Vec<Value> = activations.iter().map(activation_view).collect();
    Ok((StatusCode::OK, json!({"inForce": in_force.version, "models": models, "activations": activations})))
}

async fn shown(counter: &Counter, caller: &Caller, version: &str) -> Answer {
    let version = version_of(version)?;
    let text = counter.service.risk_model_text(&caller.ctx, version).await.map_err(unknown)?;
    Ok((StatusCode::OK, json!({"version": version, "model": text})))
}

/// Who may read models and try them may not thereby change everybody's level.
fn may_change(caller: &Caller) -> Result<(), Problem> {
    if caller.may_speak(RISK) { Ok(()) } else { Err(forbidden("The key may not change risk models.")) }
}

async fn put(counter: &Counter, caller: &Caller, request: Request) -> Answer {
    may_change(caller)?;
    let text = text_of(request).await?;
    match counter.service.put_risk_model(&caller.ctx, &text).await {
        Ok(put) => Ok((StatusCode::CREATED, model_view(&put))),
        Err(PutModelError::Invalid(mistakes)) => Err(Problem::of_model(mistakes)),
        Err(PutModelError::Refused(refused)) => Err(refused.into()),
    }
}

async fn activated(counter: &Counter, caller: &Caller, version: &str, request: Request) -> Answer {
    may_change(caller)?;
    let version = version_of(version)?;
    let text = text_of(request).await?;
    let body = if text.trim().is_empty() { json!({}) } else { json::parse(text.as_bytes())? };
    let must_be = || Problem::at("/effectiveFrom", "must be a time from now on, such as 2030-01-31T00:00:00Z");
    let from = match body.get("effectiveFrom") {
        None | Some(Value::Null) => None,
        Some(given) => Some(given.as_str().and_then(|text| text.parse::<Timestamp>().ok()).ok_or_else(must_be)?),
    };
    match counter.service.activate_risk_model(&caller.ctx, version, from).await {
        Ok(activation) => Ok((StatusCode::CREATED, activation_view(&activation))),
        Err(Refused::State(_)) => Err(must_be()),
        Err(refused) => Err(unknown(refused)),
    }
}

async fn compared(counter: &Counter, caller: &Caller, request: Request) -> Answer {
    let text = text_of(request).await?;
    let named = json::parse(text.as_bytes()).ok().and_then(|body| body.get("version").cloned());
    let mut moved: Vec<Moved> = Vec::new();
    let mut keep = |one| {
        if moved.len() < MOVED_MAX {
            moved.push(one);
        }
    };
    let comparison = if let Some(version) = named {
        let version = version.as_u64().and_then(|version| u32::try_from(version).ok());
        let version = version.ok_or_else(|| Problem::at("/version", "must be the number of a version"))?;
        let model = counter.service.risk_model(&caller.ctx, version).await.map_err(unknown)?;
        counter.service.dry_run(&caller.ctx, &model, &mut keep).await?
    } else {
        let model = Model::parse(&text).map_err(Problem::of_model)?;
        counter.service.dry_run(&caller.ctx, &model, &mut keep).await?
    };
    let levels: Vec<Value> = comparison
        .levels
        .iter()
        .map(|((from, to), count)| json!({"from": from.as_str(), "to": to.as_str(), "customers": count}))
        .collect();
    let customers: Vec<Value> = moved.iter().map(moved_view).collect();
    let body = json!({
        "lookedAt": comparison.looked_at,
        "moved": comparison.moved,
        "unreadable": comparison.unreadable,
        "levels": levels,
        "customers": customers,
    });
    Ok((StatusCode::OK, body))
}

fn model_view(model: &RiskModel) -> Value {
    let created_at = model.created_at.to_string();
    json!({"version": model.version, "name": model.name, "createdBy": model.created_by, "createdAt": created_at})
}

fn activation_view(activation: &RiskActivation) -> Value {
    json!({
        "version": activation.version,
        "effectiveFrom": activation.effective_from.to_string(),
        "activatedBy": activation.activated_by,
        "activatedAt": activation.activated_at.to_string(),
    })
}

fn moved_view(moved: &Moved) -> Value {
    let customer = moved.customer.to_string();
    json!({"customer": customer, "from": moved.from.as_str(), "to": moved.to.as_str(), "score": moved.score})
}

async fn text_of(request: Request) -> Result<String, Problem> {
    let bytes = edge_body::read(request.into_body(), super::BODY_BYTES_MAX).await?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Problem::new(Code::MalformedJson, "The body must be in UTF-8."))
}

fn version_of(text: &str) -> Result<u32, Problem> {
    text.parse().map_err(|_| unknown(Refused::NotFound))
}

fn unknown(refused: Refused) -> Problem {
    match refused {
        Refused::NotFound => Problem::new(Code::NoSuchRiskModel, "The tenant has no risk model of this version."),
        refused => refused.into(),
    }
}
