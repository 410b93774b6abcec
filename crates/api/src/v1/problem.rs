//! Errors as problem details (RFC 9457), with a JSON pointer to each mistake. Nothing that was sent is repeated.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use onboarding::categorization::{HierarchyError, HierarchyFinding};
use onboarding::risk::ModelError;
use onboarding::{CaseRefusal, Refusal};
use serde::Serialize;
use service::Refused;
use tracing::error;

use crate::desk::Busy;
use crate::edge::body::BodyFault;
use crate::edge::{self, RequestId};
use crate::fields::Mistake;
use crate::json::JsonFault;

/// What went wrong, as a word that stays; `docs/SCREENING-API.md` has a line for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The body is no JSON.
    MalformedJson,
    /// Fields are missing or wrong; `errors` says which.
    InvalidRequest,
    /// No API key, or none in force.
    Unauthenticated,
    /// The API key is in force, and not good for this.
    Forbidden,
    /// There is no such thing, or it is another institution's.
    NotFound,
    /// The path does not know the method.
    NoSuchMethod,
    /// It cannot be done as things stand.
    Conflict,
    /// Another version was seen than the one that stands.
    Stale,
    /// The version that was seen must be named.
    PreconditionRequired,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The body is too large.
    BodyTooLarge,
    /// The body is of another media type.
    UnsupportedMediaType,
    /// It is no risk model; `errors` says where.
    InvalidRiskModel,
    /// There is no risk model of this version.
    NoSuchRiskModel,
    /// Too many screenings are waiting.
    TooManyScreenings,
    /// There is too much to do; or it took too long.
    Overloaded,
    /// Fields of a notification of money are missing or wrong; `errors` says which.
    InvalidTransfer,
    /// A notification of money is not signed as it must be.
    Unsigned,
    /// A bug.
    Internal,
}

impl Code {
    /// Every code there is.
    pub const ALL: [Self; 19] = [
        Self::MalformedJson,
        Self::InvalidRequest,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::NoSuchMethod,
        Self::Conflict,
        Self::Stale,
        Self::PreconditionRequired,
        Self::BodyTooSlow,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidRiskModel,
        Self::NoSuchRiskModel,
        Self::TooManyScreenings,
        Self::Overloaded,
        Self::InvalidTransfer,
        Self::Unsigned,
        Self::Internal,
    ];

    /// The word, the status, and what a person reads.
    #[must_use]
    pub const fn facts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::MalformedJson => ("malformed-json", StatusCode::BAD_REQUEST, "The body is not JSON"),
            Self::InvalidRequest => {
                ("invalid-request", StatusCode::UNPROCESSABLE_ENTITY, "Fields are not as they must be")
            }
            Self::Unauthenticated => ("unauthenticated", StatusCode::UNAUTHORIZED, "An API key is needed"),
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "The API key is not good for this"),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "There is no such thing"),
            Self::Conflict => ("conflict", StatusCode::CONFLICT, "It cannot be done as things stand"),
            Self::Stale => ("stale", StatusCode::PRECONDITION_FAILED, "Another version was seen"),
            Self::PreconditionRequired => {
                ("precondition-required", StatusCode::PRECONDITION_REQUIRED, "The version that was seen must be named")
            }
            Self::NoSuchMethod => {
                ("no-such-method", StatusCode::METHOD_NOT_ALLOWED, "The path does not know the method")
            }
            Self::BodyTooSlow => ("body-too-slow", StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time"),
            Self::BodyTooLarge => ("body-too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is of another media type")
            }
            Self::InvalidRiskModel => {
                ("invalid-risk-model", StatusCode::UNPROCESSABLE_ENTITY, "The body is no risk model")
            }
            Self::NoSuchRiskModel => {
                ("no-such-risk-model", StatusCode::NOT_FOUND, "There is no risk model of this version")
            }
            Self::TooManyScreenings => {
                ("too-many-screenings", StatusCode::TOO_MANY_REQUESTS, "Too many screenings are waiting")
            }
            Self::Overloaded => ("overloaded", StatusCode::SERVICE_UNAVAILABLE, "There is too much to do"),
            Self::InvalidTransfer => {
                ("invalid-transfer", StatusCode::BAD_REQUEST, "Fields of the notification are not as they must be")
            }
            Self::Unsigned => ("unsigned", StatusCode::UNAUTHORIZED, "The signature does not hold"),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something inside failed"),
        }
    }
}

/// What the caller is told instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: String,
    request: Option<String>,
    errors: Vec<FieldError>,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FieldError {
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    detail: String,
    #[serde(flatten)]
    place: Option<Place>,
}

/// Where in a text that has lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Place {
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// A problem; the detail says what to do.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), request: None, errors: Vec::new() }
    }

    /// One mistake in a body whose other fields were not looked at.
    #[must_use]
    pub fn at(pointer: &str, detail: &str) -> Self {
        let error = FieldError { pointer: Some(pointer.to_owned()), detail: detail.to_owned(), place: None };
        let errors = vec![error];
        Self { errors, ..Self::new(Code::InvalidRequest, "Correct the fields in `errors`, and send it again.") }
    }

    /// What is wrong with a risk model, with lines and columns of the body.
    #[must_use]
    pub fn of_model(mistakes: Vec<ModelError>) -> Self {
        let errors = mistakes.into_iter().map(|mistake| {
            let ModelError { rule, line, column, message } = mistake;
            FieldError { pointer: None, detail: message, place: Some(Place { line, column, rule }) }
        });
        let errors = errors.collect();
        Self { errors, ..Self::new(Code::InvalidRiskModel, "Correct the places in `errors`, and send it again.") }
    }

    /// What is wrong with a tenant's categories.
    #[must_use]
    pub fn of_hierarchy(error: HierarchyError) -> Self {
        let errors = error.0.into_iter().map(|finding| {
            let HierarchyFinding { pointer, message } = finding;
            FieldError { pointer: Some(pointer), detail: message, place: None }
        });
        let errors = errors.collect();
        Self { errors, ..Self::new(Code::InvalidRequest, "Correct the fields in `errors`, and send it again.") }
    }

    /// What is wrong with a notification of money.
    #[must_use]
    pub fn of_transfer(mistakes: Vec<Mistake>) -> Self {
        Self { code: Code::InvalidTransfer, ..Self::from(mistakes) }
    }

    /// The same, of this request.
    #[must_use]
    pub fn of(self, request: Option<&RequestId>) -> Self {
        Self { request: request.map(|id| id.0.to_string()), ..self }
    }

    /// A body of which at most so many bytes are taken.
    #[must_use]
    pub fn of_body(fault: BodyFault, bytes_max: usize) -> Self {
        match fault {
            BodyFault::TooLarge => {
                Self::new(Code::BodyTooLarge, format!("The body must have at most {bytes_max} bytes."))
            }
            BodyFault::Broken => Self::new(Code::MalformedJson, "The body could not be read to its end."),
        }
    }

    /// What it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Where the mistakes are, in order.
    pub fn pointers(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().filter_map(|error| error.pointer.as_deref())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, status, title) = self.code.facts();
        let body = Body {
            kind: format!("urn:vestibule:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: &self.detail,
            instance: self.request.as_ref().map(|id| format!("urn:uuid:{id}")),
            errors: &self.errors,
        };
        let body = serde_json::to_vec(&body).expect("texts and numbers are JSON");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                let scheme = if self.code == Code::Unsigned { "StandardWebhook" } else { "Bearer" };
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

impl From<Vec<Mistake>> for Problem {
    fn from(mistakes: Vec<Mistake>) -> Self {
        let errors = mistakes.iter().map(|mistake| FieldError {
            pointer: Some(pointer(&mistake.path)),
            detail: mistake.fault.to_string(),
            place: None,
        });
        let errors: Vec<_> = errors.collect();
        Self { errors, ..Self::new(Code::InvalidRequest, "Correct the fields in `errors`, and send it again.") }
    }
}

/// The JSON pointer (RFC 6901) of a path of member names joined by dots; no name of ours holds a dot, `~` or `/`.
fn pointer(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("/{}", path.replace('.', "/")) }
}

impl From<JsonFault> for Problem {
    fn from(fault: JsonFault) -> Self {
        Self::new(Code::MalformedJson, fault.to_string())
    }
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        Self::of_body(fault, super::BODY_BYTES_MAX)
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        match busy {
            Busy::Full => Self::new(Code::TooManyScreenings, "Try again after the time in Retry-After."),
            Busy::Late => Self::new(Code::Overloaded, "The screening took too long; try again."),
            Busy::Broken => edge::Fault::Broken.into(),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match &refused {
            Refused::Overloaded => return edge::Fault::Overloaded.into(),
            Refused::NotFound => return Self::new(Code::NotFound, "There is no such thing, or it is not yours."),
            Refused::Conflict => return Self::new(Code::Conflict, "Others are changing the same thing; try again."),
            Refused::Domain(refusal) => return of_refusal(refusal),
            _ => {}
        }
        error!(error = &refused as &dyn std::error::Error, "A use case failed");
        edge::Fault::Broken.into()
    }
}

/// What the domain refuses. Its words hold nothing personal.
fn of_refusal(refusal: &Refusal) -> Problem {
    let code = match refusal {
        Refusal::Case(CaseRefusal::Stale { .. }) => Code::Stale,
        Refusal::Case(
            CaseRefusal::NobodyNamed
            | CaseRefusal::NoText
            | CaseRefusal::NoAnswerToIt
            | CaseRefusal::NothingOfThisNumber,
        ) => Code::InvalidRequest,
        _ => Code::Conflict,
    };
    Problem::new(code, format!("Nothing was done: {refusal}."))
}

impl From<edge::Fault> for Problem {
    fn from(fault: edge::Fault) -> Self {
        match fault {
            edge::Fault::Slow => Self::new(Code::BodyTooSlow, "Send the body at once, and the request again."),
            edge::Fault::Overloaded => Self::new(Code::Overloaded, "The server has too much to do; try again."),
            edge::Fault::Late => Self::new(Code::Overloaded, "The server did not answer in time; try again."),
            edge::Fault::Broken => Self::new(Code::Internal, "The request failed; its id is in the Request-Id header."),
        }
    }
}

/// The edge's refusals as problems.
#[must_use]
pub fn shape(fault: edge::Fault) -> Response {
    Problem::from(fault).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::fields::Mistakes;

    async fn told(problem: Problem) -> (u16, http::HeaderMap, Value) {
        let (parts, body) = problem.into_response().into_parts();
        let bytes = axum::body::to_bytes(body, 10_000).await.expect("a short body");
        (parts.status.as_u16(), parts.headers, serde_json::from_slice(&bytes).expect("JSON"))
    }

    #[tokio::test]
    async fn a_problem_points_at_each_mistake() {
        let sent = json!({"party": {"names": ["A", 7]}});
        let mistakes = Mistakes::default();
        let party = mistakes.object(&sent).field("party").object().expect("an object");
        let names = party.field("names").list(9).expect("a list").each(|name| name.text(9));
        let _ = party.field("schema").required();
        let problem = Problem::from(mistakes.settle(Some(names)).expect_err("two mistakes"));
        let (status, headers, body) = told(problem.of(Some(&RequestId("7".into())))).await;
        let shown = json!({
            "type": "urn:vestibule:problem:invalid-request", "title": "Fields are not as they must be", "status": 422,
            "code": "invalid-request", "detail": "Correct the fields in `errors`, and send it again.",
            "instance": "urn:uuid:7",
            "errors": [
                {"pointer": "/party/names/1", "detail": "must be a string"},
                {"pointer": "/party/schema", "detail": "is required"},
            ]
        });
        assert_eq!((status, body), (422, shown));
        assert_eq!(headers["content-type"], "application/problem+json");
    }

    #[tokio::test]
    async fn inner_causes_stay_inside() {
        let (status, _, body) = told(Refused::Internal("disk on fire".into()).into()).await;
        assert!(status == 500 && !body.to_string().contains("fire"), "{body}");
        for (problem, expected) in [
            (Problem::from(Refused::Overloaded), 503),
            (Problem::from(Busy::Full), 429),
            (Problem::from(Busy::Late), 503),
            (Problem::from(BodyFault::TooLarge), 413),
            (Problem::from(JsonFault::Empty), 400),
        ] {
            let (status, headers, body) = told(problem).await;
            assert_eq!(status, expected, "{body}");
            assert_eq!(headers.contains_key("retry-after"), matches!(status, 429 | 503));
        }
    }

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let words: HashSet<_> = Code::ALL.map(|code| code.facts().0).into_iter().collect();
        assert_eq!(words.len(), Code::ALL.len());
        let page = include_str!("../../../../docs/SCREENING-API.md");
        assert!(words.iter().all(|word| page.contains(&format!("`{word}`"))), "the page has a line for each");
    }
}
