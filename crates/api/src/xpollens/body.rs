//! Bodies that are read, and answers that are written.
//!
//! The vendor's versions spell the same member differently (`appuserid`, `AppUserId`, `appUserId`), so members are known in
//! any case; that one stands there twice in two cases is a mistake.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value};

use super::BODY_BYTES_MAX;
use super::error::Problem;
use crate::edge::body as edge_body;
use crate::fields::{Mistakes, Object};

/// A request's JSON body, its members spelt as this dialect's readers ask for them.
#[derive(Debug)]
pub struct Payload(pub Value);

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = edge_body::read(body, BODY_BYTES_MAX).await?;
        if !edge_body::may_be_json(&parts.headers) {
            return Err(Problem::invalid("Content-Type must be application/json, in UTF-8."));
        }
        Self::of(crate::json::parse(&bytes)?)
    }
}

/// A body that may be left out: some operations say everything in their path.
#[derive(Debug)]
pub struct NoPayload;

impl<S: Send + Sync> FromRequest<S> for NoPayload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        edge_body::read(request.into_body(), BODY_BYTES_MAX).await?;
        Ok(Self)
    }
}

impl Payload {
    /// The value with its members spelt one way.
    ///
    /// # Errors
    /// 400 where a member stands twice in two cases.
    pub fn of(value: Value) -> Result<Self, Problem> {
        respelt(value).map(Self).map_err(|name| Problem::invalid(format!("{name} stands twice.")))
    }

    /// Reads the body as an object, with all its mistakes at once.
    ///
    /// # Errors
    /// Every mistake, in the vendor's shape.
    pub fn read<T>(&self, how: impl FnOnce(&Object<'_>) -> Option<T>) -> Result<T, Problem> {
        let mistakes = Mistakes::default();
        let read = how(&mistakes.object(&self.0));
        mistakes.settle(read).map_err(Problem::from)
    }
}

/// Every member that a reader asks for, as it asks for it.
const MEMBERS: &[&str] = &[
    "appUserId",
    "profile",
    "civility",
    "firstName",
    "lastName",
    "birthName",
    "birthDate",
    "birthCity",
    "birthZipCode",
    "birthCountry",
    "nationality",
    "phoneNumber",
    "email",
    "alias",
    "address",
    "street",
    "supplementIn",
    "supplementOut",
    "zipCode",
    "city",
    "country",
    "area",
    "countryCode",
    "roles",
    "dependenceId",
    "types",
    "economicActivity",
    "asset",
    "income",
    "justification",
    "reason",
    "text",
    "americanness",
    "isUSPerson",
    "taxInfo",
    "taxInformation",
    "taxCountry",
    "tin",
    "taxIdentificationNumber",
    "workflowCode",
    "outcome",
    "operation",
    "label",
    "context",
    "data",
];

/// The value with every known member spelt as in [`MEMBERS`], and every other as it is; or the name of one that is there
/// twice. The depth is bounded by what read the JSON.
fn respelt(value: Value) -> Result<Value, &'static str> {
    Ok(match value {
        Value::Object(members) => {
            let mut all = Map::with_capacity(members.len());
            for (name, value) in members {
                let value = respelt(value)?;
                let value = if name.eq_ignore_ascii_case(BIRTH_DATE) { without_time(value) } else { value };
                match MEMBERS.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
                    Some(known) if all.contains_key(*known) => return Err(known),
                    Some(known) => all.insert((*known).to_owned(), value),
                    None => all.insert(name, value),
                };
            }
            Value::Object(all)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(respelt).collect::<Result<_, _>>()?),
        other => other,
    })
}

/// The member that the older version shows a time behind, which nobody is born at.
const BIRTH_DATE: &str = "birthDate";

/// The day of `1990-05-15T00:00:00`; anything else as it is.
fn without_time(value: Value) -> Value {
    match value.as_str().and_then(|text| text.split_once('T')) {
        Some((day, time)) if day.len() == 10 && time.starts_with("00:00:00") => Value::from(day),
        _ => value,
    }
}

/// A JSON answer of this status.
#[must_use]
pub fn answer(status: StatusCode, value: &Value) -> Response {
    let mut response = (status, value.to_string()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A JSON answer, 200.
#[must_use]
pub fn json(value: &Value) -> Response {
    answer(StatusCode::OK, value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_known_in_any_case() {
        let sent =
            json!({ "AppUserid": "e87bd13dJ", "PROFILE": { "Firstname": "Ada", "x-Own": [{ "TaxCOUNTRY": "FR" }] } });
        let read =
            json!({ "appUserId": "e87bd13dJ", "profile": { "firstName": "Ada", "x-Own": [{ "taxCountry": "FR" }] } });
        assert_eq!(Payload::of(sent).map(|payload| payload.0), Ok(read));
        let twice = Payload::of(json!({ "profile": { "email": "a@example.com", "Email": "b@example.com" } }));
        assert_eq!(twice.map(|_| ()), Err(Problem::invalid("email stands twice.")));
    }
}
