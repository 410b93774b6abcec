//! `/sandbox/*`: what stands in for the world outside, for integrators. Only mounted by `serve --sandbox`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::Deserialize;
use serde_json::json;
use service::ports::{Clock, SystemClock};

/// The sandbox's own endpoints.
pub fn router(clock: Arc<SystemClock>) -> axum::Router {
    axum::Router::new().route("/sandbox/clock", post(advance)).with_state(clock)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// ISO 8601 duration; days are of 24 hours.
    advance: String,
}

/// The year 2300: no sandbox needs a later one.
const LAST_SECOND: i64 = 10_413_792_000;

/// Furthest that the clock is moved at once.
const ADVANCE_MAX: SignedDuration = SignedDuration::from_hours(24 * 366 * 10);

/// Months and years are counted from now.
fn by_calendar(span: Span, now: jiff::Timestamp) -> Option<SignedDuration> {
    let from = now.to_zoned(jiff::tz::TimeZone::UTC);
    span.to_duration(&from).or_else(|_| span.to_duration(SpanRelativeTo::days_are_24_hours())).ok()
}

async fn advance(State(clock): State<Arc<SystemClock>>, body: axum::body::Bytes) -> Response {
    let duration = serde_json::from_slice::<Advance>(&body)
        .ok()
        .and_then(|body| body.advance.parse::<Span>().ok())
        .and_then(|span| by_calendar(span, clock.now()));
    let duration = duration.filter(|by| (SignedDuration::ZERO..=ADVANCE_MAX).contains(by));
    let duration =
        duration.filter(|by| clock.now().saturating_add(*by).is_ok_and(|then| then.as_second() < LAST_SECOND));
    let Some(duration) = duration else {
        let body = json!({"error": "send {\"advance\": \"P90D\"}: an ISO 8601 duration from zero to ten years"});
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    };
    clock.advance(duration);
    let now = clock.now();
    tracing::warn!("The sandbox clock was moved to {now}");
    Json(json!({"now": now.to_string()})).into_response()
}
