//! `GET /api/v2.0/webhooks`: the queue of what was not sent, or could not be.

use axum::extract::State;
use axum::response::Response;
use http::Uri;
use jiff::SignedDuration;
use serde_json::Value;
use service::Told;

use super::body::json;
use super::callbacks::{callback, frame};
use super::caller::Authorized;
use super::error::Problem;
use super::query::Query;
use super::{Counter, NAME};
use crate::fields::Fault;

/// How long the queue keeps a callback.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Most callbacks at once, in a sandbox and in production.
const LIMIT_SANDBOX: u32 = 30;
const LIMIT: u32 = 100;

/// The oldest callbacks that wait, at most `limit`; with `remove=true` they wait no more.
///
/// # Errors
/// A parameter that is not as it must be.
pub async fn fetch(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    uri: Uri,
) -> Result<Response, Problem> {
    let most = if caller.tenant.sandbox { LIMIT_SANDBOX } else { LIMIT };
    let (limit, remove) = Query::of(&uri, &["limit", "remove"])?.read(|query| {
        let limit = query.field("limit");
        let limit = if limit.is_there() { limit.digits(1..=most) } else { Some(most) };
        let remove = query.field("remove").parsed(5, |text| match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Fault::Type("true or false")),
        });
        Some((limit?, remove.unwrap_or_default()))
    })?;
    let queued = counter.service.queued(&caller, NAME, KEPT, limit).await?;
    let now = counter.service.now();
    let (mut entries, mut gone) = (Vec::new(), Vec::new());
    for waiting in &queued {
        let (delivery, registration, customer) = (&waiting.delivery, &waiting.registration, waiting.customer.as_ref());
        let told = Told { delivery, registration, customer, case: None, house: &caller, now };
        match callback(&told, &counter.public_url) {
            Some(callback) => {
                entries.push(frame::entry(&callback, delivery));
                if remove {
                    gone.push(delivery.id);
                }
            }
            // Nothing is left to be told of it: it is in nobody's way any more.
            None => gone.push(delivery.id),
        }
    }
    counter.service.take_queued(&caller, &gone).await?;
    Ok(json(&Value::Array(entries)))
}
