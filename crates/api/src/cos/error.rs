//! Errors in the vendor's shape: `{"Errors":[{"Code":1000,"Message":"…"}]}`, several at once.
//!
//! A message names a field by its path and says what would be right; it never repeats what was sent.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use onboarding::Refusal;
use serde::Serialize;
use service::Refused;
use tracing::error;

use super::code::Code;
use crate::edge;
use crate::edge::body::BodyFault;
use crate::fields::{Fault, Mistake};
use crate::json::JsonFault;

/// What the caller is told instead of an answer. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors {
    status: StatusCode,
    errors: Vec<Failure>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    code: u16,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    errors: &'a [Failure],
}

impl Errors {
    /// One error, with the status that goes with its code.
    #[must_use]
    pub fn one(code: Code, message: impl Into<String>) -> Self {
        let failure = Failure { code: code.number(), message: message.into() };
        Self { status: code.status(), errors: vec![failure] }
    }

    /// A path that is not there.
    #[must_use]
    pub fn no_such_path() -> Self {
        Self::one(Code::NoSuchPath, "there is no such path")
    }

    /// A method that the path does not know.
    #[must_use]
    pub fn no_such_method() -> Self {
        Self::one(Code::NoSuchMethod, "the path does not know this method")
    }

    /// Something that is not there, or another partner's.
    #[must_use]
    pub fn not_found() -> Self {
        Self::one(Code::NotFound, "there is no such resource")
    }

    /// The partner id in the body or query is not the caller's.
    #[must_use]
    pub fn other_partner() -> Self {
        Self::one(Code::OtherPartner, "partnerId is not the partner that the token was issued to")
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The codes in it, in order.
    pub fn codes(&self) -> impl Iterator<Item = u16> {
        self.errors.iter().map(|failure| failure.code)
    }

    /// The messages in it, in order.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(|failure| failure.message.as_str())
    }
}

impl IntoResponse for Errors {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&Body { errors: &self.errors }).expect("numbers and texts are JSON");
        let mut response = (self.status, body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<&Mistake> for Failure {
    fn from(mistake: &Mistake) -> Self {
        let code = match &mistake.fault {
            Fault::Missing => Code::Required,
            Fault::Type(_) => Code::WrongType,
            Fault::TooLong(_) => Code::TooLong,
            Fault::Characters => Code::ControlCharacters,
            Fault::Unknown(_) => Code::UnknownWord,
            Fault::Format(_) => Code::Malformed,
            Fault::Range(_) => Code::OutOfRange,
            Fault::Contradiction(_) => Code::Contradiction,
            Fault::Url(_) => Code::BadCallbackUrl,
        };
        Self { code: code.number(), message: mistake.to_string() }
    }
}

impl From<Vec<Mistake>> for Errors {
    fn from(mistakes: Vec<Mistake>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, errors: mistakes.iter().map(Failure::from).collect() }
    }
}

impl From<JsonFault> for Errors {
    fn from(fault: JsonFault) -> Self {
        Self::one(Code::BadJson, fault.to_string())
    }
}

impl From<BodyFault> for Errors {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => {
                Self::one(Code::BodyTooLarge, format!("the body is larger than {} bytes", super::BODY_BYTES_MAX))
            }
            BodyFault::Broken => Self::one(Code::BadJson, "the body could not be read to its end"),
        }
    }
}

impl From<Refusal> for Errors {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::NoSuchRecord => return Self::not_found(),
            Refusal::TooManyRecords => Code::TooManyRecords,
            Refusal::OwnersOfAPerson => Code::NoBusiness,
            Refusal::OwnerIsNoPerson => Code::NoPerson,
            Refusal::OwnerTwice => Code::OwnerTwice,
            Refusal::OverOwned => Code::OverOwned,
            Refusal::KindChanged => Code::Unchangeable,
            Refusal::Case(_) | Refusal::Enrolment(_) | Refusal::Admission(_) => Code::WrongState,
        };
        Self::one(code, refusal.to_string())
    }
}

impl From<Refused> for Errors {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::not_found(),
            Refused::InFlight => Self::one(
                Code::InFlight,
                "a request with the same Idempotency-Key is running; try again with the same key",
            ),
            // COS takes a changed body for a new request, so this is another dialect's answer under our key.
            Refused::OtherBody | Refused::Conflict => {
                Self::one(Code::Conflict, "somebody else is changing the same resource; try again")
            }
            Refused::Taken => Self::one(Code::AlreadyRegistered, "the partner has a registration for this eventName"),
            Refused::Domain(refusal) => refusal.into(),
            Refused::State(why) => Self::one(Code::WrongState, why),
            Refused::Overloaded => edge::Fault::Overloaded.into(),
            Refused::Internal(source) => {
                error!(error = &*source as &dyn std::error::Error, "A use case failed");
                edge::Fault::Broken.into()
            }
        }
    }
}

impl From<edge::Fault> for Errors {
    fn from(fault: edge::Fault) -> Self {
        let message = match fault {
            edge::Fault::Slow => "the body did not arrive in time",
            edge::Fault::Overloaded => "the server has too much to do; try again with the same Idempotency-Key",
            edge::Fault::Late => "the server did not answer in time; try again with the same Idempotency-Key",
            edge::Fault::Broken => "internal error",
        };
        Self { status: fault.status(), ..Self::one(Code::System, message) }
    }
}

/// The edge's refusals in the vendor's shape.
#[must_use]
pub fn shape(fault: edge::Fault) -> Response {
    Errors::from(fault).into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fields::Mistakes;

    async fn body(errors: Errors) -> Value {
        let bytes = axum::body::to_bytes(errors.into_response().into_body(), 10_000).await.expect("a short body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[tokio::test]
    async fn several_errors_in_the_vendors_shape() {
        let mistakes = Mistakes::default();
        let sent = json!({ "name": { "firstName": 7 } });
        let name = mistakes.object(&sent).field("name").object().expect("an object");
        let read = (name.field("firstName").text(9), name.field("lastName").required().text(9));
        let errors = Errors::from(mistakes.settle(Some(read)).expect_err("two mistakes"));
        assert_eq!(errors.status(), StatusCode::BAD_REQUEST);
        let shown = json!({ "Errors": [
            { "Code": 1001, "Message": "name.firstName must be a string" },
            { "Code": 1000, "Message": "name.lastName is required" },
        ] });
        assert_eq!(body(errors).await, shown);
    }

    #[tokio::test]
    async fn refusals_keep_their_status() {
        for (refused, status, code) in [
            (Refused::NotFound, 404, 2000),
            (Refused::InFlight, 409, 2003),
            (Refused::Conflict, 409, 2004),
            (Refused::Taken, 409, 2005),
            (Refused::State("no"), 409, 2012),
            (Refused::Domain(Refusal::NoSuchRecord), 404, 2000),
            (Refused::Domain(Refusal::OwnerTwice), 409, 2009),
            (Refused::Domain(Refusal::OverOwned), 400, 2010),
            (Refused::Domain(Refusal::KindChanged), 400, 2011),
            (Refused::Overloaded, 503, 9999),
            (Refused::Internal("disk on fire".into()), 500, 9999),
        ] {
            let errors = Errors::from(refused);
            assert_eq!((errors.status().as_u16(), errors.codes().collect()), (status, vec![code]));
            assert!(!errors.messages().any(|message| message.contains("fire")));
        }
    }

    #[test]
    fn who_is_not_let_in_is_told_how() {
        let response = Errors::one(Code::NoToken, "no token").into_response();
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
    }
}
