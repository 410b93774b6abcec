//! Callback 36: how a signature ended. What it is about stands in headers; its body is the result of what was asked for.

use onboarding::admission::signature::{End, Operation};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::frame::SignatureHeaders;
use super::{Scene, raw};
use crate::xpollens::users::{tax, view};
use crate::xpollens::words;

/// 36, and its headers.
pub fn signature(scene: &Scene<'_>) -> Option<(Box<RawValue>, SignatureHeaders)> {
    let about = scene.delivery.about?;
    let signature = scene.admission.signatures.iter().find(|signature| signature.id == about)?;
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

/// What the original request answers with when it took effect.
fn result(scene: &Scene<'_>, operation: &Operation) -> Value {
    match operation {
        Operation::Tax(_) => scene.admission.tax.as_ref().map_or(Value::Null, tax::outcome),
        Operation::Terms => json!({ "card": true, "partner": true, "account": true }),
        Operation::Contact(_) => json!({
            "appUserId": scene.app_user_id(),
            "userRecordStatus": words::standing(scene.standing),
            "profile": view::profile(scene.customer, scene.admission),
        }),
    }
}
