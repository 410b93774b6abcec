//! Other origins: an institution's own page may use the SDK. Nothing is sent by itself that would prove who asks (no cookie,
//! no credential of the browser's), so every origin may ask, as every program may.

use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    HeaderName,
};
use http::{HeaderValue, StatusCode};

/// How long a browser may go by what it was told, in seconds.
const MAX_AGE: &str = "600";

/// What a browser asks before it lets a page of another origin ask.
pub async fn preflight() -> (StatusCode, [(HeaderName, &'static str); 3]) {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ];
    (StatusCode::NO_CONTENT, headers)
}

/// Lets pages of every origin read the answer.
pub async fn open(mut response: Response) -> Response {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
