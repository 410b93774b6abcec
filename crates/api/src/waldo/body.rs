//! Bodies that are read, and answers that are written.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::BODY_BYTES_MAX;
use super::error::Problem;
use crate::edge::body as edge_body;

/// A JSON body, or why there is none: what that means is for the operation to say.
#[derive(Debug)]
pub struct Payload(pub Result<Value, Problem>);

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = edge_body::read(body, BODY_BYTES_MAX).await?;
        if !edge_body::may_be_json(&parts.headers) {
            return Ok(Self(Err(Problem::invalid("Content-Type"))));
        }
        Ok(Self(crate::json::parse(&bytes).map_err(|_| Problem::invalid("body"))))
    }
}

/// A JSON answer, 200.
pub fn json<T: Serialize>(value: &T) -> Response {
    let body = serde_json::to_vec(value).expect("views hold texts, numbers, lists and maps with text keys");
    let mut response = (StatusCode::OK, body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
