//! What is said when it does not work: the vendor's `{code, message}`.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use service::Refused;
use tracing::error;

use crate::edge;
use crate::edge::body::BodyFault;

/// What the caller is told instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A field that is missing or not as it must be.
    #[must_use]
    pub fn invalid(field: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_DATA", format!("Invalid {field}"))
    }

    /// A customer id that cannot be one.
    #[must_use]
    pub fn invalid_customer() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_DATA", "Invalid customer ID.")
    }

    /// A part of an upload that is not there.
    #[must_use]
    pub fn missing(field: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MISSING_DATA", format!("Missing data: {field}"))
    }

    /// A query that asks for nothing, or for what cannot be asked.
    #[must_use]
    pub fn query() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_QUERY", "Invalid query.")
    }

    /// Key or secret were not sent.
    #[must_use]
    pub fn missing_parameters() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MISSING_PARAMETERS", "Missing parameters")
    }

    /// Key or secret are wrong. Which of them is nobody's business.
    #[must_use]
    pub fn bad_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_API_KEY", "Invalid API key")
    }

    /// The key was revoked.
    #[must_use]
    pub fn revoked() -> Self {
        let message = "This API key was revoked. Ask whoever runs this server for a new one.";
        Self::new(StatusCode::FORBIDDEN, "API_KEY_REVOKED", message)
    }

    /// No token, or one that is unknown or expired.
    #[must_use]
    pub fn bad_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "Invalid token.")
    }

    /// A key that is good, but not for this.
    #[must_use]
    pub fn not_authorized() -> Self {
        Self::new(StatusCode::FORBIDDEN, "NOT_AUTHORIZED", "Not authorized.")
    }

    /// Something that is not there, or another tenant's.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("{what} not found."))
    }

    /// A method that the path does not know.
    #[must_use]
    pub fn no_such_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "INVALID_QUERY", "Invalid query.")
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body { code: self.code, message: &self.message };
        let body = serde_json::to_vec(&body).expect("texts are JSON");
        let mut response = (self.status, body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "INVALID_DATA", "Invalid body size"),
            BodyFault::Broken => Self::invalid("body"),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::not_found("Customer"),
            Refused::InFlight | Refused::OtherBody | Refused::Conflict | Refused::Taken => {
                let message = "Somebody else is changing the same customer; try again.";
                Self::new(StatusCode::CONFLICT, "CONFLICT", message)
            }
            Refused::Domain(refusal) => Self::new(StatusCode::BAD_REQUEST, "INVALID_DATA", refusal.to_string()),
            Refused::State(why) => Self::new(StatusCode::CONFLICT, "CONFLICT", why),
            Refused::Overloaded => edge::Fault::Overloaded.into(),
            Refused::Internal(source) => {
                error!(error = &*source as &dyn std::error::Error, "A use case failed");
                edge::Fault::Broken.into()
            }
        }
    }
}

impl From<edge::Fault> for Problem {
    fn from(fault: edge::Fault) -> Self {
        let (code, message) = match fault {
            edge::Fault::Slow => ("TIMEOUT", "The body did not arrive in time."),
            edge::Fault::Overloaded => ("UNAVAILABLE", "The server has too much to do; try again."),
            edge::Fault::Late => ("UNAVAILABLE", "The server did not answer in time; try again."),
            edge::Fault::Broken => ("INTERNAL_ERROR", "Internal error."),
        };
        Self::new(fault.status(), code, message)
    }
}

/// The edge's refusals in the vendor's shape.
#[must_use]
pub fn shape(fault: edge::Fault) -> Response {
    Problem::from(fault).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_has_the_vendors_shape() {
        for (problem, status, text) in [
            (Problem::invalid("firstName"), 400, r#"{"code":"INVALID_DATA","message":"Invalid firstName"}"#),
            (Problem::missing("side"), 400, r#"{"code":"MISSING_DATA","message":"Missing data: side"}"#),
            (Problem::query(), 400, r#"{"code":"INVALID_QUERY","message":"Invalid query."}"#),
            (Problem::bad_token(), 401, r#"{"code":"INVALID_TOKEN","message":"Invalid token."}"#),
            (Problem::bad_key(), 401, r#"{"code":"INVALID_API_KEY","message":"Invalid API key"}"#),
            (Problem::not_found("Fraud history"), 404, r#"{"code":"NOT_FOUND","message":"Fraud history not found."}"#),
            (
                Refused::Internal("disk on fire".into()).into(),
                500,
                r#"{"code":"INTERNAL_ERROR","message":"Internal error."}"#,
            ),
        ] {
            let response = problem.into_response();
            assert_eq!(response.status().as_u16(), status, "{text}");
            let body = axum::body::to_bytes(response.into_body(), 1000).await.expect("short");
            assert_eq!(std::str::from_utf8(&body).expect("text"), text);
        }
    }
}
