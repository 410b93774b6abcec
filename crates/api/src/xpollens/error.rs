//! What is said when it does not work: the vendor's `{"message": …}`.
//!
//! The vendor's shape has one sentence, so several mistakes stand in it one after the other. It names fields and never
//! repeats what was sent.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use onboarding::Refusal;
use onboarding::admission::AdmissionRefusal;
use serde::Serialize;
use service::Refused;
use tracing::error;

use super::users::view::member;
use crate::edge;
use crate::edge::body::BodyFault;
use crate::fields::Mistake;
use crate::json::JsonFault;

/// What the caller is told instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    message: String,
}

#[derive(Serialize)]
struct Body<'a> {
    message: &'a str,
}

impl Problem {
    /// A problem of this status; `message` is a sentence for whoever sent the request.
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// Something about the request that is not as it must be.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Nobody is known by this token.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "A bearer token that is in force is required.")
    }

    /// The caller is known, and may not do this.
    #[must_use]
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// Something that is not there, or another tenant's.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} not found."))
    }

    /// A method that the path does not know.
    #[must_use]
    pub fn no_such_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "The path does not know this method.")
    }

    /// Somebody is never deleted on request: who came no further is forgotten in time, everybody else is kept.
    #[must_use]
    pub fn no_deletion() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Deleting a user is not possible.")
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&Body { message: &self.message }).expect("a text is JSON");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self.status {
            StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            StatusCode::TOO_MANY_REQUESTS => drop(headers.insert(RETRY_AFTER, HeaderValue::from_static("1"))),
            _ => {}
        }
        response
    }
}

impl From<Vec<Mistake>> for Problem {
    fn from(mistakes: Vec<Mistake>) -> Self {
        let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Self::invalid(format!("{}.", all.join("; ")))
    }
}

impl From<JsonFault> for Problem {
    fn from(fault: JsonFault) -> Self {
        Self::invalid(format!("{fault}."))
    }
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than this operation takes.")
            }
            BodyFault::Broken => Self::invalid("The body could not be read to its end."),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound | Refused::Domain(Refusal::NoSuchRecord) => Self::not_found("User"),
            Refused::InFlight | Refused::OtherBody | Refused::Conflict => {
                Self::new(StatusCode::CONFLICT, "Somebody else is changing the same user; try again.")
            }
            Refused::Taken => Self::new(StatusCode::CONFLICT, "It exists already."),
            Refused::Domain(Refusal::Admission(refusal)) => refusal.into(),
            Refused::Domain(refusal) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{refusal}.")),
            Refused::State(why) => Self::new(StatusCode::CONFLICT, format!("{why}.")),
            Refused::Overloaded => edge::Fault::Overloaded.into(),
            Refused::Internal(source) => {
                error!(error = &*source as &dyn std::error::Error, "A use case failed");
                edge::Fault::Broken.into()
            }
        }
    }
}

impl From<AdmissionRefusal> for Problem {
    fn from(refusal: AdmissionRefusal) -> Self {
        let (status, message) = match &refusal {
            AdmissionRefusal::NotAdmitted => return Self::not_found("User"),
            AdmissionRefusal::NoDemand => return Self::not_found("KYC demand"),
            AdmissionRefusal::NoSuchSignature => return Self::not_found("Authentication"),
            AdmissionRefusal::NeedsJustification(field) => {
                (StatusCode::FORBIDDEN, format!("profile.{} is locked: send a justification.", member(*field)))
            }
            AdmissionRefusal::Locked(field) => {
                (StatusCode::FORBIDDEN, format!("profile.{} is locked: the identity is validated.", member(*field)))
            }
            AdmissionRefusal::NeedsSignature(field) => {
                (StatusCode::FORBIDDEN, format!("profile.{} is changed by a signature: use /api/sca.", member(*field)))
            }
            AdmissionRefusal::Refused => (StatusCode::FORBIDDEN, "The user is refused.".to_owned()),
            AdmissionRefusal::TooMany("signatures") => {
                (StatusCode::TOO_MANY_REQUESTS, "Too many operations wait for a signature.".to_owned())
            }
            AdmissionRefusal::TooMany(_) => (StatusCode::UNPROCESSABLE_ENTITY, sentence(&refusal)),
            AdmissionRefusal::DemandStands | AdmissionRefusal::WorkflowFinal => {
                (StatusCode::METHOD_NOT_ALLOWED, sentence(&refusal))
            }
            AdmissionRefusal::SignatureExpired | AdmissionRefusal::Ended => (StatusCode::GONE, sentence(&refusal)),
            AdmissionRefusal::NoKey | AdmissionRefusal::TaxMistakes(_) => (StatusCode::BAD_REQUEST, sentence(&refusal)),
            AdmissionRefusal::NotHeld
            | AdmissionRefusal::NotAwaited
            | AdmissionRefusal::NoConsent
            | AdmissionRefusal::AlreadyAnswered
            | AdmissionRefusal::WrongDevice
            | AdmissionRefusal::DeviceLocked
            | AdmissionRefusal::DeviceBound => (StatusCode::CONFLICT, sentence(&refusal)),
        };
        Self::new(status, message)
    }
}

/// What is refused, as a sentence.
fn sentence(refusal: &AdmissionRefusal) -> String {
    let text = refusal.to_string();
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), rest.as_str()))
}

impl From<edge::Fault> for Problem {
    fn from(fault: edge::Fault) -> Self {
        let message = match fault {
            edge::Fault::Slow => "The body did not arrive in time.",
            edge::Fault::Overloaded => "The server has too much to do; try again.",
            edge::Fault::Late => "The server did not answer in time; try again.",
            edge::Fault::Broken => "Internal error.",
        };
        Self::new(fault.status(), message)
    }
}

/// The edge's refusals in the vendor's shape.
#[must_use]
pub fn shape(fault: edge::Fault) -> Response {
    Problem::from(fault).into_response()
}
