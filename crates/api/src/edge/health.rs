//! Whether the process lives, and whether it can work. Not behind the gate: a full house is not a sick one.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};
use service::Service;

/// `/healthz`: the process answers. `/readyz`: the store answers too.
pub fn health(service: Service) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(service)
}

async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn ready(State(service): State<Service>) -> (StatusCode, Json<Value>) {
    match service.ready().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable" }))),
    }
}
