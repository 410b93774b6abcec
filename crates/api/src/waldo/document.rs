//! `POST /document`: a side of an identity document, as a form.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use onboarding::Pii;
use onboarding::evaluation::document::{DocumentKind, DocumentSide};
use onboarding::evaluation::operation::{EvaluationKind, Phase, Trigger};
use service::Caller;
use service::evaluations::NewDocument;

use super::body::json;
use super::customer::id_of;
use super::error::Problem;
use super::view::{self, Run, Told, Validation};
use super::{Counter, DOCUMENT_BYTES_MAX};
use crate::edge::body as edge_body;
use crate::multipart::Form;

/// Longest word in a form.
const WORD_CHARS_MAX: usize = 64;

/// Longest machine-readable zone: three lines of thirty characters, and room for blanks.
const MRZ_CHARS_MAX: usize = 200;

/// Keeps a document and begins its evaluation.
///
/// # Errors
/// The first part that is missing or not as it must be; what the house cannot do.
pub async fn upload(
    State(counter): State<Counter>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let body = edge_body::read(body, DOCUMENT_BYTES_MAX).await?;
    let form = Form::read(&parts.headers, &body).map_err(|_| Problem::invalid("body"))?;
    let content = form.bytes("document").ok_or_else(|| Problem::missing("document"))?;
    let side = word(&form, "side", DocumentSide::parse)?;
    let id = form.text("customerId", WORD_CHARS_MAX).map_err(|_| Problem::invalid_customer())?;
    let id = id_of(id.ok_or_else(|| Problem::missing("customerId"))?)?;
    let kind = word(&form, "documentType", DocumentKind::parse)?;
    let country = word(&form, "issuingCountry", alpha3)?;
    if kind == DocumentKind::DrivingLicence && country != "USA" {
        return Err(Problem::invalid("issuingCountry"));
    }
    let mrz = form.text("mrz", MRZ_CHARS_MAX).map_err(|_| Problem::invalid("mrz"))?;
    let document = NewDocument::new(kind, side, country, mrz.map(|mrz| Pii(mrz.to_owned())), content.to_vec());
    let document = document.map_err(|_| Problem::invalid("document"))?;
    let asked = counter.service.submit_document(&caller, id, &document).await?;
    let customer = &asked.customer;
    let evaluation = customer.evaluation.as_ref().ok_or_else(|| Problem::not_found("Customer"))?;
    Ok(json(&Told {
        request_id: Some(&asked.request_id),
        event: view::event(Trigger::Evaluation),
        evaluation: Run::of(EvaluationKind::Document, Phase::Initiated),
        validation: Validation::flagged(&evaluation.standing()),
        options: None,
        express: None,
        external_id: view::external_id(customer),
        customer_id: customer.id.0,
        uri: view::uri(&counter.public_url, customer.id),
        errors: Some([]),
    }))
}

fn word<T>(form: &Form<'_>, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Problem> {
    let text = form.text(name, WORD_CHARS_MAX).map_err(|_| Problem::invalid(name))?;
    parse(text.ok_or_else(|| Problem::missing(name))?).ok_or_else(|| Problem::invalid(name))
}

/// A country by its ISO 3166-1 alpha-3 code; given back in upper case.
fn alpha3(text: &str) -> Option<String> {
    let shaped = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    (shaped && onboarding::country::code(text).is_some()).then(|| text.to_ascii_uppercase())
}
