//! What is said when it does not work: `{code, message, data}`, with every finding at once.
//!
//! A message names a field by its path and says what would be right; it never repeats what was sent. The tenant's own
//! key is the one exception: it is no secret, and the vendor's shape gives it back.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use onboarding::enrolment::{NextStep, Stage};
use onboarding::{EnrolmentRefusal, Refusal};
use serde_json::{Map, Value, json};
use service::Refused;
use tracing::error;

use super::consents;
use super::view::{next_step, upper};
use crate::edge;
use crate::edge::body::BodyFault;
use crate::fields::Mistake;
use crate::json::JsonFault;

/// Longest tenant key that is given back, in characters.
const TENANT_CHARS_MAX: usize = 100;

/// What the caller is told instead of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    status: StatusCode,
    message: &'static str,
    data: Value,
}

/// One field of a body that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Its path: member names joined by dots.
    pub field: String,
    /// A sentence for whoever filled it in.
    pub message: String,
}

impl Failure {
    /// A failure of this status: `error` is its short name, `details` a sentence.
    #[must_use]
    pub fn new(status: StatusCode, message: &'static str, error: &str, details: &str) -> Self {
        Self { status, message, data: json!({ "error": error, "details": details }) }
    }

    /// The same with more members in `data`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Some(data) = self.data.as_object_mut() {
            data.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Fields that are not as they must be.
    #[must_use]
    pub fn invalid(errors: &[FieldError]) -> Self {
        let data = json!({ "errors": list(errors) });
        Self { status: StatusCode::BAD_REQUEST, message: "Request validation failed", data }
    }

    /// A categorization that does not fit the tenant's hierarchy: alone in the vendor's own shape, beside other mistakes
    /// together with them.
    #[must_use]
    pub fn categorization(
        errors: &[FieldError],
        details: &str,
        missing: &[String],
        invalid: &Map<String, Value>,
    ) -> Self {
        let mut data = json!({
            "error": "Invalid categorization", "details": details, "missingKeys": missing, "invalidValues": invalid,
        });
        let mut message = "Categorization validation failed";
        if !errors.is_empty() {
            data["errors"] = list(errors);
            message = "Request validation failed";
        }
        Self { status: StatusCode::BAD_REQUEST, message, data }
    }

    /// One field is wrong.
    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(&[FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// The tenant that was named is not the caller's, or there is none of that name.
    #[must_use]
    pub fn other_tenant(named: &str) -> Self {
        let named: String = named.chars().filter(|c| !c.is_control()).take(TENANT_CHARS_MAX).collect();
        Self {
            status: StatusCode::FORBIDDEN,
            message: "Tenant access denied or categorization not available",
            data: json!({ "error": "Tenant access denied", "tenantId": named }),
        }
    }

    /// Nobody is known by this token.
    #[must_use]
    pub fn unauthenticated() -> Self {
        let details = "the Authorization header must be: Bearer, a blank, a token that is in force";
        Self::new(StatusCode::UNAUTHORIZED, "Authentication required", "Unauthorized", details)
    }

    /// A method that the path does not know.
    #[must_use]
    pub fn no_such_method() -> Self {
        let details = "the path does not know this method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", "Method not allowed", details)
    }

    /// The caller is known, and may not do this.
    #[must_use]
    pub fn forbidden(details: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Access denied", "Forbidden", details)
    }

    /// Something that is not there, or somebody else's.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        let details = format!("there is no such {what}");
        Self::new(StatusCode::NOT_FOUND, "Resource not found", "Not found", &details)
    }

    /// The customer is not at this step: where it is, and what comes next.
    #[must_use]
    pub fn out_of_order(details: &str, state: Stage, next: Option<NextStep>) -> Self {
        let message = "Operation not allowed in the current state";
        let failure = Self::new(StatusCode::CONFLICT, message, "Invalid state", details);
        failure.with("state", upper(state.as_str())).with("nextStep", next_step(next))
    }

    /// Something that may be there once is there already.
    #[must_use]
    pub fn duplicate(field: &str, details: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "Resource already exists", "Duplicate", details).with("field", field)
    }

    /// The caller has to come back later.
    #[must_use]
    pub fn too_many() -> Self {
        let details = "too many requests wait for the same; try again in a moment";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", "Too many requests", details)
    }

    /// The request is well formed, and the rules say no.
    #[must_use]
    pub fn unprocessable(message: &'static str, error: &str, details: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message, error, details)
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What stands in `data`.
    #[must_use]
    pub fn data(&self) -> &Value {
        &self.data
    }
}

fn list(errors: &[FieldError]) -> Value {
    errors.iter().map(|error| json!({ "field": error.field, "message": error.message })).collect()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = json!({ "code": self.status.as_u16(), "message": self.message, "data": self.data });
        let mut response = (self.status, body.to_string()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<&Mistake> for FieldError {
    fn from(mistake: &Mistake) -> Self {
        Self { field: mistake.path.clone(), message: mistake.to_string() }
    }
}

impl From<Vec<Mistake>> for Failure {
    fn from(mistakes: Vec<Mistake>) -> Self {
        Self::invalid(&mistakes.iter().map(FieldError::from).collect::<Vec<_>>())
    }
}

impl From<JsonFault> for Failure {
    fn from(fault: JsonFault) -> Self {
        Self::field("", fault.to_string())
    }
}

impl From<BodyFault> for Failure {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => {
                let details = "the body is larger than this operation takes";
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request is too large", "Payload too large", details)
            }
            BodyFault::Broken => Self::field("", "the body could not be read to its end"),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound | Refused::Domain(Refusal::NoSuchRecord) => Self::not_found("resource"),
            Refused::InFlight | Refused::OtherBody | Refused::Conflict => {
                let details = "somebody else is changing the same resource; try again";
                Self::new(StatusCode::CONFLICT, "Conflict", "Conflict", details)
            }
            Refused::Taken => Self::duplicate("", "it exists already"),
            Refused::Domain(Refusal::Enrolment(refusal)) => refusal.into(),
            Refused::Domain(refusal) => {
                Self::unprocessable("Business rule violated", "Unprocessable", &refusal.to_string())
            }
            Refused::State(why) => Self::new(StatusCode::CONFLICT, "Conflict", "Invalid state", why),
            Refused::Overloaded => edge::Fault::Overloaded.into(),
            Refused::Internal(source) => {
                error!(error = &*source as &dyn std::error::Error, "A use case failed");
                edge::Fault::Broken.into()
            }
        }
    }
}

impl From<EnrolmentRefusal> for Failure {
    fn from(refusal: EnrolmentRefusal) -> Self {
        let details = refusal.to_string();
        match refusal {
            EnrolmentRefusal::NotEnrolled => Self::not_found("customer"),
            EnrolmentRefusal::OutOfOrder { state, next } => Self::out_of_order(&details, state, next),
            EnrolmentRefusal::DocumentsMissing(missing) => {
                let missing: Vec<String> = missing.into_iter().map(|document| upper(document.as_str())).collect();
                let failure = Self::unprocessable("Verification cannot be approved", "Documents missing", &details);
                failure.with("missingDocuments", missing)
            }
            EnrolmentRefusal::TooManyDocuments => {
                Self::unprocessable("Document cannot be taken", "Too many documents", &details)
            }
            EnrolmentRefusal::NotVerified { state, next } => {
                let failure = Self::unprocessable("Customer cannot be activated", "Customer not verified", &details);
                failure.with("state", upper(state.as_str())).with("nextStep", next_step(next))
            }
            EnrolmentRefusal::MissingConsents(missing) => {
                let missing: Vec<&str> = missing.into_iter().map(consents::word).collect();
                let status = StatusCode::BAD_REQUEST;
                Self::new(status, "Customer cannot be activated", "Missing consents", &details)
                    .with("missingConsents", missing)
            }
            EnrolmentRefusal::PowerTenantApprovalMissing => {
                let error = "Power tenant approval missing";
                Self::unprocessable("Customer cannot be activated", error, &details)
            }
        }
    }
}

impl From<edge::Fault> for Failure {
    fn from(fault: edge::Fault) -> Self {
        let details = match fault {
            edge::Fault::Slow => "the body did not arrive in time",
            edge::Fault::Overloaded => "the server has too much to do; try again",
            edge::Fault::Late => "the server did not answer in time; try again",
            edge::Fault::Broken => "internal error",
        };
        Self::new(fault.status(), "Request could not be answered", "System error", details)
    }
}

/// The edge's refusals in the vendor's shape.
#[must_use]
pub fn shape(fault: edge::Fault) -> Response {
    Failure::from(fault).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(failure: Failure) -> Value {
        let bytes = axum::body::to_bytes(failure.into_response().into_body(), 10_000).await.expect("a short body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[tokio::test]
    async fn the_vendors_shapes() {
        let told = FieldError {
            field: "matchingPassword".to_owned(),
            message: "Password and matching password must be identical".to_owned(),
        };
        assert_eq!(
            body(Failure::invalid(std::slice::from_ref(&told))).await,
            json!({"code": 400, "message": "Request validation failed", "data": {"errors": [
                {"field": "matchingPassword", "message": "Password and matching password must be identical"}]}})
        );
        let invalid = Map::from_iter([("riskLevel".to_owned(), json!("EXTREME"))]);
        let alone = Failure::categorization(&[], "why", &["pep".to_owned()], &invalid);
        assert_eq!(
            body(alone).await,
            json!({"code": 400, "message": "Categorization validation failed", "data": {"error": "Invalid categorization",
                "details": "why", "missingKeys": ["pep"], "invalidValues": {"riskLevel": "EXTREME"}}})
        );
        let together = body(Failure::categorization(&[told], "why", &[], &invalid)).await;
        assert_eq!(together["message"], "Request validation failed");
        assert_eq!(together["data"]["errors"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            body(Failure::other_tenant("fh_\u{1b}x")).await,
            json!({"code": 403, "message": "Tenant access denied or categorization not available",
                "data": {"error": "Tenant access denied", "tenantId": "fh_x"}})
        );
    }

    #[test]
    fn refusals_keep_their_status_and_tell_nothing_inside() {
        for (refused, status) in [
            (Refused::NotFound, 404),
            (Refused::Conflict, 409),
            (Refused::Taken, 409),
            (Refused::State("no"), 409),
            (Refused::Domain(Refusal::TooManyRecords), 422),
            (Refused::Overloaded, 503),
            (Refused::Internal("disk on fire".into()), 500),
        ] {
            let failure = Failure::from(refused);
            assert_eq!(failure.status().as_u16(), status);
            assert!(!failure.data().to_string().contains("fire"));
        }
    }
}
