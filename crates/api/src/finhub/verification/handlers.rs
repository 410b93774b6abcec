//! The operations on verifications.

use axum::Router;
use axum::extract::{Path, Request as HttpRequest, State};
use axum::response::Response;
use axum::routing::{get, post};
use onboarding::Pii;
use onboarding::enrolment::steps::SubmitDocument;
use serde_json::{Value, json};
use service::enrolments::Yes;
use service::files::Upload;

use super::body;
use super::view::{document, view};
use crate::finhub::caller::{Admin, Signed};
use crate::finhub::envelope::{self, Payload, answer};
use crate::finhub::error::Failure;
use crate::finhub::headers::is_tenant;
use crate::finhub::{Counter, paths};

/// What stands before the id of a verification.
pub const PREFIX: &str = "verif-";

/// Routes with small bodies.
pub fn routes() -> Router<Counter> {
    const CUSTOMER: &str = "/api/v2.1/customer/individual/{customer}";
    Router::new()
        .route(&format!("{CUSTOMER}/verification/initiate"), post(initiate))
        .route(&format!("{CUSTOMER}/verification"), get(read_of_customer).post(submit))
        .route("/api/v2.1/verifications", post(request))
        .route("/api/v2.1/verifications/{id}", get(read))
        .route("/api/v2.1/verifications/{id}/approve", post(approve))
}

/// Routes whose bodies bring files.
pub fn file_routes() -> Router<Counter> {
    Router::new().route("/api/v2.1/verifications/{id}/documents", post(upload))
}

async fn initiate(
    State(counter): State<Counter>,
    signed: Signed,
    Path(customer): Path<String>,
    request: HttpRequest,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    let payload = perhaps_empty(request).await?;
    let wish = payload.read(body::wish)?;
    let progress = counter.service.start_verification(&caller, customer, wish).await?;
    Ok(answer("Verification initiated successfully", &view(&progress)))
}

async fn request(State(counter): State<Counter>, Admin(caller): Admin, payload: Payload) -> Result<Response, Failure> {
    let request = payload.read(body::request)?;
    if let Some(tenant) = request.tenant.as_deref().filter(|tenant| !is_tenant(tenant, &caller)) {
        return Err(Failure::other_tenant(tenant));
    }
    let progress = counter.service.start_verification(&caller, request.customer, request.wish).await?;
    Ok(answer("Verification initiated successfully", &view(&progress)))
}

async fn submit(
    State(counter): State<Counter>,
    signed: Signed,
    Path(customer): Path<String>,
    payload: Payload,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    let body::Identity { word, document, number } = payload.read(body::identity)?;
    let shown = SubmitDocument { document, word: word.to_owned(), number: Some(number), file: None };
    let progress = counter.service.submit_verification_document(&caller, customer, shown, None).await?;
    Ok(answer("Verification submitted successfully", &view(&progress)))
}

async fn read_of_customer(
    State(counter): State<Counter>,
    signed: Signed,
    Path(customer): Path<String>,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    let progress = counter.service.enrolled(&caller, customer).await?;
    if progress.enrolment.verification.is_none() {
        return Err(Failure::not_found("verification"));
    }
    Ok(answer("Verification retrieved successfully", &view(&progress)))
}

async fn read(State(counter): State<Counter>, signed: Signed, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = paths::prefixed(&id, PREFIX, "verification")?;
    let progress = counter.service.verification(signed.caller(), id).await?;
    signed.for_customer(progress.customer.id)?;
    Ok(answer("Verification retrieved successfully", &view(&progress)))
}

async fn upload(
    State(counter): State<Counter>,
    signed: Signed,
    Path(id): Path<String>,
    request: HttpRequest,
) -> Result<Response, Failure> {
    let id = paths::prefixed(&id, PREFIX, "verification")?;
    let progress = counter.service.verification(signed.caller(), id).await?;
    let caller = signed.for_customer(progress.customer.id)?;
    let payload = Payload(envelope::read(request, body::BODY_BYTES_MAX).await?);
    let upload = payload.read(body::upload)?;
    let shown = SubmitDocument { document: upload.document, word: upload.word.to_owned(), number: None, file: None };
    let file = Upload {
        purpose: "verification document",
        content_type: upload.mime_type.to_owned(),
        name: Some(upload.name),
        content: Pii(upload.content),
    };
    let progress =
        counter.service.submit_verification_document(&caller, progress.customer.id, shown, Some(file)).await?;
    let latest = progress.enrolment.verification.as_ref().and_then(|verification| verification.documents.last());
    let shown: Value = latest.map_or(Value::Null, document);
    Ok(answer("Document uploaded successfully", &shown))
}

async fn approve(
    State(counter): State<Counter>,
    signed: Signed,
    Path(id): Path<String>,
    request: HttpRequest,
) -> Result<Response, Failure> {
    let id = paths::prefixed(&id, PREFIX, "verification")?;
    let Signed::Admin(caller) = signed else {
        return Err(Failure::forbidden("the role COMPLIANCE_OFFICER or ADMIN_USER is required"));
    };
    let payload = perhaps_empty(request).await?;
    let body::Yes { by, reason } = payload.read(body::yes)?;
    let progress = counter.service.approve_verification(&caller, id, Yes { by, reason }).await?;
    Ok(answer("Verification approved successfully", &view(&progress)))
}

/// A body that need not be there.
async fn perhaps_empty(request: HttpRequest) -> Result<Payload, Failure> {
    let (parts, body) = request.into_parts();
    let bytes = crate::edge::body::read(body, crate::finhub::BODY_BYTES_MAX).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Payload(json!({})));
    }
    let request = HttpRequest::from_parts(parts, bytes.into());
    envelope::read(request, crate::finhub::BODY_BYTES_MAX).await.map(Payload)
}
