//! `POST /webview/v1/{token}/documents` and `/selfie`: the customer's document and face, as forms.

use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use onboarding::Pii;
use onboarding::admission::diligence::{DiligenceKind, Proof};
use onboarding::signals::file::Format;
use service::admissions::NewFile;

use super::{Counter, UPLOAD_BYTES_MAX, problem};
use crate::edge::body as edge_body;
use crate::multipart::Form;
use crate::xpollens::error::Problem;

/// The sides of a document, as the form names them; the first must be there.
const SIDES: [&str; 2] = ["front", "back"];

/// The frames of a selfie, as the form names them; the first must be there.
const FRAMES: [&str; 6] = ["frame1", "frame2", "frame3", "frame4", "frame5", "frame6"];

/// How long is listened to whoever sends to a page that nobody knows.
const DISCARD_WITHIN: Duration = Duration::from_secs(10);

/// Longest word in a form.
const WORD_CHARS_MAX: usize = 64;

/// Keeps a document and asks somebody about it.
///
/// # Errors
/// 400 what is missing or not as it must be, 404 an unknown page, 409 nothing of the kind is wanted, 410 a page that is over.
pub async fn document(
    State(counter): State<Counter>,
    Path(token): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    counter.service.page(&token).await.map_err(problem)?;
    let (parts, body) = request.into_parts();
    let body = edge_body::read(body, UPLOAD_BYTES_MAX).await?;
    let form = Form::read(&parts.headers, &body).map_err(|_| Problem::invalid("The body is no multipart form."))?;
    let kind = kind(&form)?;
    let sides = files(&form, &SIDES, "A side of a document")?;
    counter.service.show_on_page(&token, kind, sides).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps the frames of a selfie and asks somebody about them.
///
/// # Errors
/// As [`document`].
pub async fn selfie(
    State(counter): State<Counter>,
    Path(token): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    counter.service.page(&token).await.map_err(problem)?;
    let (parts, body) = request.into_parts();
    let body = edge_body::read(body, UPLOAD_BYTES_MAX).await?;
    let form = Form::read(&parts.headers, &body).map_err(|_| Problem::invalid("The body is no multipart form."))?;
    let frames = files(&form, &FRAMES, "A frame of a selfie")?;
    if frames.iter().any(|frame| frame.format() == Format::Pdf) {
        return Err(Problem::invalid("A frame of a selfie must be a JPEG or PNG."));
    }
    counter.service.show_on_page(&token, DiligenceKind::Selfie, frames).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Empties what is sent to a page that nobody knows, or that is over, before it is waited for: the handler says so.
pub async fn of_known_page(
    State(counter): State<Counter>,
    Path(token): Path<String>,
    mut request: Request,
    next: Next,
) -> Response {
    if counter.service.page(&token).await.is_err() {
        let body = std::mem::take(request.body_mut());
        // As much as is thrown away of a body that is too large, so that the answer is heard.
        drop(tokio::time::timeout(DISCARD_WITHIN, edge_body::read(body, 0)).await);
    }
    next.run(request).await
}

/// Which document it is said to be.
fn kind(form: &Form<'_>) -> Result<DiligenceKind, Problem> {
    let word = form.text("documentType", WORD_CHARS_MAX).map_err(|_| Problem::invalid("documentType is too long."))?;
    let word = word.ok_or_else(|| Problem::invalid("documentType is required."))?;
    let kind = DiligenceKind::parse(word).filter(|kind| kind.proof() == Proof::Document);
    kind.ok_or_else(|| Problem::invalid("documentType must be an identity document."))
}

/// The files of these names, in their order.
fn files(form: &Form<'_>, names: &[&str], what: &str) -> Result<Vec<NewFile>, Problem> {
    let mut files = Vec::new();
    for name in names {
        let Some(content) = form.bytes(name) else { continue };
        let file = NewFile::new(Some(Pii((*name).to_owned())), content.to_vec());
        files.push(file.map_err(|why| Problem::invalid(format!("{what} cannot be taken ({name}): {why}.")))?);
    }
    if form.bytes(names[0]).is_none() {
        return Err(Problem::invalid(format!("{} is required.", names[0])));
    }
    Ok(files)
}
