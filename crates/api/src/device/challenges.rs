//! `GET /sdk/v1/wallets/{walletId}/challenges`: what waits for a signature. `POST /sdk/v1/challenges/{authenticationId}`: the
//! answer.

use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use onboarding::admission::signature::{Answered, Outcome, Signature};
use serde_json::{Value, json};
use service::admissions::DeviceAnswer;
use uuid::Uuid;

use super::{Counter, problem, words};
use crate::fields::Fault;
use crate::xpollens::body::{Payload, json};
use crate::xpollens::error::Problem;

/// Longest signature that is looked at, in characters; one of ES256 (RFC 7518, section 3.4) has 86.
const SIGNATURE_CHARS_MAX: usize = 200;

/// The years in which something may be signed, in seconds since 1970: up to the year 9999.
const SECONDS_MAX: f64 = 253_402_300_799.0;

/// What waits for the device's customer, the oldest first.
///
/// # Errors
/// 404 an unknown device, 410 one that was killed.
pub async fn list(State(counter): State<Counter>, Path(wallet): Path<String>) -> Result<Response, Problem> {
    let seen = counter.service.challenges(&wallet).await.map_err(|refused| problem(refused, "Wallet"))?;
    let challenges: Vec<Value> = seen.open.iter().map(|open| challenge(open, &seen.institution)).collect();
    Ok(json(&json!({
        "walletId": wallet,
        "state": seen.state.as_str(),
        // A device whose clock goes wrong signs with the house's time.
        "now": counter.service.now().to_string(),
        "challenges": challenges,
    })))
}

fn challenge(open: &Signature, institution: &str) -> Value {
    json!({
        "authenticationId": open.id.to_string(),
        "operation": open.operation.as_str(),
        "title": words::title(&open.operation),
        "details": words::details(&open.operation, institution),
        "digest": hex::encode(open.digest),
        "askedAt": open.asked_at.to_string(),
        "expiresAt": open.expires_at.to_string(),
    })
}

/// What a device says to an operation. A `failed` one, of whom the secret code was wrong, signs nothing.
///
/// # Errors
/// 400 what is missing or not as it must be, 401 a signature that is not the device's or a device that is not this one, 403 a
/// device that is locked, 404 an unknown operation, 409 one that was answered, 410 one whose time is over.
pub async fn answer(
    State(counter): State<Counter>,
    Path(authentication): Path<String>,
    payload: Payload,
) -> Result<StatusCode, Problem> {
    let id = Uuid::try_parse(&authentication).map_err(|_| Problem::not_found("Authentication"))?;
    let given = payload.read(|body| {
        let wallet = body.field("walletId").required().parsed(36, uuid);
        let outcome = body.field("outcome").required().word(&["approved", "denied", "failed"]);
        let outcome = outcome.and_then(Outcome::parse);
        let signs = outcome.is_some_and(|outcome| outcome != Outcome::Failed);
        let (signature, signed_at) = (body.field("signature"), body.field("signedAt"));
        let (signature, signed_at) =
            if signs { (signature.required(), signed_at.required()) } else { (signature, signed_at) };
        let signed_at = signed_at.number(0.0..=SECONDS_MAX);
        let signature = signature.parsed(SIGNATURE_CHARS_MAX, |text| {
            URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| Fault::Format("base64url"))
        });
        if signs && (signature.is_none() || signed_at.is_none()) {
            return None;
        }
        // Bounded above: nothing is cut off.
        let signed_at = signed_at.unwrap_or_default() as i64;
        Some(DeviceAnswer { id, wallet: wallet?, outcome: outcome?, signed_at, signature })
    })?;
    let answered = counter.service.answer_challenge(&given).await;
    match answered.map_err(|refused| problem(refused, "Authentication"))? {
        Answered::Ended(_) | Answered::WrongCode { .. } => Ok(StatusCode::NO_CONTENT),
        Answered::BadSignature { .. } => {
            Err(Problem::new(StatusCode::UNAUTHORIZED, "The signature is not by this device's key."))
        }
    }
}

fn uuid(text: &str) -> Result<Uuid, Fault> {
    Uuid::try_parse(text).map_err(|_| Fault::Format("a wallet's id"))
}
