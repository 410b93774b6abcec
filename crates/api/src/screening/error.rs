//! Errors in the vendor's shape, which is its framework's: `{"detail": "…"}`, and `{"detail": [{"type", "loc", "msg"}]}`
//! with status 422 for what is written wrongly. No message repeats what was sent.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use tracing::error;

use crate::desk::Busy;
use crate::edge;
use crate::edge::body::BodyFault;
use crate::json::JsonFault;

/// What the caller is told instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Something is written wrongly; never empty.
    Invalid(Vec<Detail>),
    /// Anything else: the status, and why.
    Refused(StatusCode, String),
}

/// One thing that is written wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// What is wrong, as a word of the framework (`missing`, `int_parsing`).
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where: `query` or `body`, then names.
    pub loc: Vec<String>,
    /// What would be right.
    pub msg: String,
}

#[derive(Serialize)]
struct Body<T> {
    detail: T,
}

impl Detail {
    /// Something about a place.
    #[must_use]
    pub fn new(kind: &'static str, loc: &[&str], msg: impl Into<String>) -> Self {
        Self { kind, loc: loc.iter().map(|part| (*part).to_owned()).collect(), msg: msg.into() }
    }
}

impl Trouble {
    /// One thing that is written wrongly.
    #[must_use]
    pub fn invalid(kind: &'static str, loc: &[&str], msg: impl Into<String>) -> Self {
        Self::Invalid(vec![Detail::new(kind, loc, msg)])
    }

    /// A question that makes no sense, although it is written well.
    #[must_use]
    pub fn bad(why: impl Into<String>) -> Self {
        Self::Refused(StatusCode::BAD_REQUEST, why.into())
    }

    /// Something that is not there.
    #[must_use]
    pub fn not_found(why: &'static str) -> Self {
        Self::Refused(StatusCode::NOT_FOUND, why.to_owned())
    }

    /// No list is in force, so that nobody could be found.
    #[must_use]
    pub fn no_lists() -> Self {
        let why = "No watchlist is in force yet. An answer now would say nothing.";
        Self::Refused(StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
    }

    /// The house keeps no statements.
    #[must_use]
    pub fn no_statements() -> Self {
        Self::Refused(StatusCode::NOT_IMPLEMENTED, "Statements are not available.".to_owned())
    }

    /// A method that the path does not know.
    #[must_use]
    pub fn no_such_method() -> Self {
        Self::Refused(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed".to_owned())
    }

    /// No key, or none that is known.
    #[must_use]
    pub fn no_access() -> Self {
        let why = "This needs an API key: Authorization: ApiKey, a blank, the key.";
        Self::Refused(StatusCode::UNAUTHORIZED, why.to_owned())
    }

    /// The status it is answered with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(status, _) => *status,
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = match &self {
            Self::Invalid(detail) => serde_json::to_vec(&Body { detail }),
            Self::Refused(_, detail) => serde_json::to_vec(&Body { detail }),
        };
        let mut response = (status, body.expect("texts are JSON")).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match status {
            StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

impl From<JsonFault> for Trouble {
    fn from(fault: JsonFault) -> Self {
        let kind = if fault == JsonFault::Empty { "missing" } else { "json_invalid" };
        Self::invalid(kind, &["body"], fault.to_string())
    }
}

impl From<BodyFault> for Trouble {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => {
                let why = format!("The body is larger than {} bytes; send smaller batches.", super::BODY_BYTES_MAX);
                Self::Refused(StatusCode::PAYLOAD_TOO_LARGE, why)
            }
            BodyFault::Broken => Self::bad("The body could not be read to its end."),
        }
    }
}

impl From<Busy> for Trouble {
    fn from(busy: Busy) -> Self {
        match busy {
            Busy::Full => {
                Self::Refused(StatusCode::TOO_MANY_REQUESTS, "Too many screenings are waiting; try again.".to_owned())
            }
            Busy::Late => {
                let why = "The screening took too long; try again, or send smaller batches.";
                Self::Refused(StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
            }
            Busy::Broken => edge::Fault::Broken.into(),
        }
    }
}

impl From<service::AuthError> for Trouble {
    fn from(error: service::AuthError) -> Self {
        match error {
            service::AuthError::Unknown | service::AuthError::Revoked => Self::no_access(),
            service::AuthError::Internal(source) => match service::Refused::from(source) {
                service::Refused::Overloaded => edge::Fault::Overloaded.into(),
                refused => {
                    error!(error = &refused as &dyn std::error::Error, "A key could not be checked");
                    edge::Fault::Broken.into()
                }
            },
        }
    }
}

impl From<edge::Fault> for Trouble {
    fn from(fault: edge::Fault) -> Self {
        let why = match fault {
            edge::Fault::Slow => "The body did not arrive in time.",
            edge::Fault::Overloaded => "The server has too much to do; try again.",
            edge::Fault::Late => "The server did not answer in time; try again.",
            edge::Fault::Broken => "Internal Server Error",
        };
        Self::Refused(fault.status(), why.to_owned())
    }
}

/// The edge's refusals in the vendor's shape.
#[must_use]
pub fn shape(fault: edge::Fault) -> Response {
    Trouble::from(fault).into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    async fn told(trouble: Trouble) -> (u16, http::HeaderMap, Value) {
        let (parts, body) = trouble.into_response().into_parts();
        let bytes = axum::body::to_bytes(body, 10_000).await.expect("a short body");
        (parts.status.as_u16(), parts.headers, serde_json::from_slice(&bytes).expect("JSON"))
    }

    #[tokio::test]
    async fn details_are_in_the_frameworks_shape() {
        let (status, headers, body) =
            told(Trouble::invalid("less_than_equal", &["query", "limit"], "must be at most 500")).await;
        let shown =
            json!({"detail": [{"type": "less_than_equal", "loc": ["query", "limit"], "msg": "must be at most 500"}]});
        assert_eq!((status, &body), (422, &shown));
        assert_eq!(headers["content-type"], "application/json");
        let (status, _, body) = told(Trouble::not_found("No such dataset.")).await;
        assert_eq!((status, body), (404, json!({"detail": "No such dataset."})));
    }

    #[tokio::test]
    async fn who_may_come_again_is_told_when_and_who_is_not_let_in_how() {
        for (trouble, expected) in [
            (Trouble::from(Busy::Full), 429),
            (Trouble::from(Busy::Late), 503),
            (Trouble::from(Busy::Broken), 500),
            (Trouble::from(edge::Fault::Overloaded), 503),
            (Trouble::no_lists(), 503),
            (Trouble::no_access(), 401),
            (Trouble::no_statements(), 501),
            (Trouble::from(JsonFault::Utf8), 422),
            (Trouble::from(BodyFault::TooLarge), 413),
        ] {
            let (status, headers, body) = told(trouble).await;
            assert_eq!(status, expected, "{body}");
            assert_eq!(headers.contains_key("retry-after"), matches!(status, 429 | 503), "{body}");
            assert_eq!(headers.contains_key("www-authenticate"), status == 401);
        }
    }
}
