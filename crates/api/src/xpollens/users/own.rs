//! `POST /api/v2.0/strong-authentication-request`: a signature under something of the institution's own. Nothing follows
//! from it here; how it ended is told by a callback.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use onboarding::Pii;
use onboarding::admission::signature::OwnOperation;
use serde_json::{Value, json};

use super::profile;
use crate::fields::{Fault, Field};
use crate::xpollens::Counter;
use crate::xpollens::body::{Payload, answer};
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::words;

/// Longest heading, in characters: a telephone shows it in one line or two.
const CONTEXT_CHARS_MAX: usize = 100;
/// Most lines, and longest label and longest text of one, in characters: what somebody reads before signing.
const LINES_MAX: usize = 10;
const LABEL_CHARS_MAX: usize = 60;
const SAID_CHARS_MAX: usize = 300;
/// What a text without a label is shown under.
const LABEL: &str = "Détails";

/// Asks for the signature.
///
/// # Errors
/// 400 with every mistake, 403 for who is refused, 404, 429 while too many wait.
pub async fn ask(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    payload: Payload,
) -> Result<Response, Problem> {
    let (user, asked) = payload.read(|body| {
        let user = profile::app_user_id(&body.field("appUserId").required());
        let context = body.field("context").required().text(CONTEXT_CHARS_MAX);
        let lines = lines(&body.field("data").required());
        Some((user?, OwnOperation { context: Pii(context?), lines: lines? }))
    })?;
    let id = counter.service.ask_own(&caller, &user, asked).await?;
    let status = words::own_signature(None);
    Ok(answer(StatusCode::ACCEPTED, &json!({ "authenticationId": id.to_string(), "status": status })))
}

/// What is shown: a text, or an object whose members are labels and what they say.
fn lines(field: &Field<'_, '_>) -> Option<Vec<(Pii<String>, Pii<String>)>> {
    let refused = |fault| {
        field.refuse(fault);
        None
    };
    let said = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let fits = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most;
    let value = field.value()?;
    let pairs: Vec<(String, Option<String>)> = match value {
        Value::String(_) => vec![(LABEL.to_owned(), said(value))],
        Value::Object(members) if !members.is_empty() && members.len() <= LINES_MAX => {
            members.iter().map(|(label, value)| (label.trim().to_owned(), said(value))).collect()
        }
        _ => return refused(Fault::Type("a text, or an object of at most 10 members")),
    };
    let mut lines = Vec::with_capacity(pairs.len());
    for (label, said) in pairs {
        match said {
            Some(said) if fits(&label, LABEL_CHARS_MAX) && fits(&said, SAID_CHARS_MAX) => {
                lines.push((Pii(label), Pii(said)));
            }
            _ => return refused(Fault::Format("texts of 1 to 300 characters under names of 1 to 60")),
        }
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Mistakes;

    #[test]
    fn what_is_shown_is_short_and_plain() {
        let many: serde_json::Map<String, Value> = (0..11).map(|n| (n.to_string(), json!("x"))).collect();
        for (data, count) in [
            (json!("Virement de 12,50 EUR"), Some(1)),
            (json!({"Montant": 12.5, "Vers": "Jean Dupont", "Instantané": true}), Some(3)),
            (json!({}), None),
            (json!([]), None),
            (json!(""), None),
            (json!({"Montant": null}), None),
            (json!({"Montant": {"a": 1}}), None),
            (json!({"": "x"}), None),
            (json!("x".repeat(301)), None),
            (Value::Object(many), None),
        ] {
            let (mistakes, body) = (Mistakes::default(), json!({ "data": data }));
            let read = lines(&mistakes.object(&body).field("data"));
            assert_eq!(read.map(|lines| lines.len()), count, "{body}");
        }
    }
}
