//! Requests with a body, and answers: everything in `{code, message, data}`.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::BODY_BYTES_MAX;
use super::error::Failure;
use crate::edge::body as edge_body;
use crate::fields::{Mistakes, Object};

/// A request's JSON body.
#[derive(Debug)]
pub struct Payload(pub Value);

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        read(request, BODY_BYTES_MAX).await.map(Self)
    }
}

impl Payload {
    /// Reads the body as an object, with all its mistakes at once.
    ///
    /// # Errors
    /// Every mistake, in the vendor's shape.
    pub fn read<T>(&self, how: impl FnOnce(&Object<'_>) -> Option<T>) -> Result<T, Failure> {
        let mistakes = Mistakes::default();
        let read = how(&mistakes.object(&self.0));
        mistakes.settle(read).map_err(Failure::from)
    }
}

/// Reads a JSON body of at most so many bytes.
///
/// # Errors
/// A body that is too large, broken, or no JSON.
pub async fn read(request: Request, bytes_max: usize) -> Result<Value, Failure> {
    let (parts, body) = request.into_parts();
    let bytes = edge_body::read(body, bytes_max).await?;
    if !edge_body::may_be_json(&parts.headers) {
        return Err(Failure::field("Content-Type", "Content-Type must be application/json, in UTF-8"));
    }
    Ok(crate::json::parse(&bytes)?)
}

/// An answer: 200, what happened, and what there is now.
#[must_use]
pub fn answer(message: &str, data: &Value) -> Response {
    rendered(&json!({ "code": 200, "message": message, "data": data }))
}

/// The same, with where the vendor's page goes next.
#[must_use]
pub fn redirecting(message: &str, redirect_url: &str, data: &Value) -> Response {
    rendered(&json!({ "code": 200, "message": message, "redirectUrl": redirect_url, "data": data }))
}

fn rendered(body: &Value) -> Response {
    let mut response = body.to_string().into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
