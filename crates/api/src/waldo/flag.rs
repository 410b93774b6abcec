//! `POST /flag`: a person says that a customer is a fraud, or takes it back.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use onboarding::evaluation::Approval;
use onboarding::{CustomerId, Pii};
use serde::Serialize;
use serde_json::Value;
use service::Caller;
use uuid::Uuid;

use super::application::Fields;
use super::body::{Payload, json};
use super::customer::id_of;
use super::error::Problem;
use super::{Counter, view};

/// Longest note.
const NOTE_CHARS_MAX: usize = 2_000;

/// What the caller is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Flagged<'a> {
    flagged: bool,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    customer_id: Uuid,
    uri: String,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wish {
    customer: CustomerId,
    flagged: bool,
    note: Option<Pii<String>>,
}

/// Flags a customer, or takes the flag back.
///
/// # Errors
/// What is wrong with the request; what the house cannot do.
pub async fn flag(
    State(counter): State<Counter>,
    Extension(caller): Extension<Caller>,
    Payload(body): Payload,
) -> Result<Response, Problem> {
    let Wish { customer, flagged, note } = read(&body.map_err(|_| Problem::query())?)?;
    let customer = if flagged {
        counter.service.flag_customer(&caller, customer, note).await?
    } else {
        counter.service.unflag_customer(&caller, customer).await?
    };
    let status = customer.evaluation.as_ref().map_or(Approval::Review, |evaluation| evaluation.approval);
    Ok(json(&Flagged {
        flagged,
        status: view::approval(status),
        external_id: view::external_id(&customer),
        customer_id: customer.id.0,
        uri: view::uri(&counter.public_url, customer.id),
    }))
}

fn read(body: &Value) -> Result<Wish, Problem> {
    let fields = Fields::of(body.as_object().ok_or_else(Problem::query)?);
    let id = fields.opt_text("customerId", 100).map_err(|_| Problem::invalid_customer())?;
    let customer = id_of(&id.ok_or_else(Problem::query)?)?;
    let flagged = fields.flag("flag").ok().flatten().ok_or_else(Problem::query)?;
    let note = fields.opt_text("note", NOTE_CHARS_MAX).map_err(|_| Problem::query())?;
    if !flagged && note.is_some() {
        // A note says why somebody is flagged.
        return Err(Problem::query());
    }
    Ok(Wish { customer, flagged, note: note.map(Pii) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wish_is_read_whole_or_not_at_all() {
        let id = "9052b6a5-3f09-41d1-b526-ade80104eb79";
        let wish = read(&json!({"customerId": id, "flag": true, "note": "a ring"})).expect("whole");
        assert_eq!((wish.flagged, wish.note), (true, Some(Pii("a ring".to_owned()))));
        assert!(read(&json!({"customerId": id, "flag": false})).is_ok());
        for bad in [
            json!({"flag": true}),
            json!({"customerId": id}),
            json!({"customerId": id, "flag": "true"}),
            json!({"customerId": id, "flag": true, "note": 7}),
            json!({"customerId": id, "flag": false, "note": "why"}),
            json!([]),
        ] {
            assert_eq!(read(&bad), Err(Problem::query()), "{bad}");
        }
        for bad in [json!({"customerId": "x", "flag": true}), json!({"customerId": 7, "flag": true})] {
            assert_eq!(read(&bad), Err(Problem::invalid_customer()), "{bad}");
        }
    }
}
