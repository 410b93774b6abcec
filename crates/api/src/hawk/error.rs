//! What is said when a check is not begun. The vendor's document has statuses without bodies, one text, and no 400; a
//! request that cannot be read is answered 400 with `{"message"}`, which names every mistake by its path.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use service::{NotChecked, Refused};
use tracing::error;

use crate::edge;
use crate::edge::body::BodyFault;
use crate::fields::Mistake;
use crate::json::JsonFault;

/// The text for a customer that was sent a moment ago, as the vendor's document has it.
pub const TOO_EARLY: &str = "Too early. Please do not send yet this customer. Try again later.";

/// Why a check is not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A status and nothing else: 401, 403, 404, 405.
    Status(StatusCode),
    /// A status and why.
    Told(StatusCode, String),
    /// The same customer was sent a moment ago.
    TooEarly,
}

impl Trouble {
    /// Something is wrong with the request.
    #[must_use]
    pub fn bad(message: impl Into<String>) -> Self {
        Self::Told(StatusCode::BAD_REQUEST, message.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Self::Status(status) => status.into_response(),
            Self::TooEarly => {
                let mut response = (StatusCode::TOO_EARLY, TOO_EARLY).into_response();
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
            Self::Told(status, message) => {
                let mut response = (status, json!({ "message": message }).to_string()).into_response();
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
        }
    }
}

impl From<Vec<Mistake>> for Trouble {
    fn from(mistakes: Vec<Mistake>) -> Self {
        let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Self::bad(all.join("; "))
    }
}

impl From<JsonFault> for Trouble {
    fn from(fault: JsonFault) -> Self {
        Self::bad(fault.to_string())
    }
}

impl From<BodyFault> for Trouble {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => {
                let message = format!("the body must have at most {} bytes", super::BODY_BYTES_MAX);
                Self::Told(StatusCode::PAYLOAD_TOO_LARGE, message)
            }
            BodyFault::Broken => Self::bad(fault.to_string()),
        }
    }
}

impl From<NotChecked> for Trouble {
    fn from(not_checked: NotChecked) -> Self {
        match not_checked {
            NotChecked::TooEarly => Self::TooEarly,
            NotChecked::Refused(refused) => refused.into(),
        }
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Overloaded | Refused::Conflict => edge::Fault::Overloaded.into(),
            Refused::Domain(refusal) => Self::bad(refusal.to_string()),
            refused => {
                error!(error = &refused as &dyn std::error::Error, "A customer could not be checked");
                edge::Fault::Broken.into()
            }
        }
    }
}

impl From<edge::Fault> for Trouble {
    fn from(fault: edge::Fault) -> Self {
        let message = match fault {
            edge::Fault::Slow => "The body did not arrive in time.",
            edge::Fault::Overloaded => "There is too much to do. Try again later.",
            edge::Fault::Late => "The answer took too long. Try again later.",
            edge::Fault::Broken => "Something inside failed.",
        };
        Self::Told(fault.status(), message.to_owned())
    }
}

/// The edge's refusals in this dialect's shape.
#[must_use]
pub fn shape(fault: edge::Fault) -> Response {
    Trouble::from(fault).into_response()
}
