//! Callback 36: how a signature ended. What it is about stands in headers; its body is the result of what was asked for.

use onboarding::admission::signature::{End, Operation};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::frame::SignatureHeaders;
use super::{OWN_SIGNATURE, Scene, raw};
use crate::xpollens::users::{tax, view};
use crate::xpollens::words;

/// 36, and its headers.
pub fn signature(scene: &Scene<'_>) -> Option<(Box<RawValue>, SignatureHeaders)> {
    let about = scene.delivery.about?;
    let signature = scene.admission.signatures.iter().find(|signature| signature.id == about)?;
    if matches!(signature.operation, Operation::Own(_)) {
        return None;
    }
    let ended = signature.ended?;
    let result = if ended.how == End::Approved { result(scene, &signature.operation) } else { Value::Null };
    let headers = SignatureHeaders {
        authentication_id: signature.id,
        app_user_id: scene.app_user_id().to_owned(),
        asked_at: signature.asked_at,
        ended_at: ended.at,
        end: ended.how,
    };
    Some((raw(&result), headers))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Own<'a> {
    r#type: &'static str,
    app_user_id: &'a str,
    authentication_id: Uuid,
    status: &'static str,
    reason: Option<&'static str>,
}

/// How something of the institution's own stands: asked for, signed, or not.
pub fn own(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let about = scene.delivery.about?;
    let signature = scene.admission.signatures.iter().find(|signature| signature.id == about)?;
    if !matches!(signature.operation, Operation::Own(_)) {
        return None;
    }
    // As it was then: an end that came since is told of by itself.
    let end = End::parse(scene.to());
    Some(raw(&Own {
        r#type: OWN_SIGNATURE,
        app_user_id: scene.app_user_id(),
        authentication_id: signature.id,
        status: words::own_signature(end),
        reason: end.and_then(words::signature_reason),
    }))
}

/// What the original request answers with when it took effect.
fn result(scene: &Scene<'_>, operation: &Operation) -> Value {
    match operation {
        Operation::Tax(_) => scene.admission.tax.as_ref().map_or(Value::Null, tax::outcome),
        // It is told by a callback of its own.
        Operation::Own(_) => Value::Null,
        Operation::Terms => json!({ "card": true, "partner": true, "account": true }),
        Operation::Contact(_) => json!({
            "appUserId": scene.app_user_id(),
            "userRecordStatus": words::standing(scene.standing),
            "profile": view::profile(scene.customer, scene.admission),
        }),
    }
}
