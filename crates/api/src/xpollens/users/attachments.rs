//! Papers by the API: `POST …/kyc/attachments` and `POST …/fatca/attachments`, as a form.
//!
//! A form has one or several files, each under a name of its own, and a field `type` that says what they are. What a file
//! says of its own type is not believed: its bytes are looked at.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use onboarding::admission::diligence::DiligenceKind;
use onboarding::admission::tax::TaxPaperKind;

use service::admissions::NewFile;

use super::demand;
use super::view::admission;
use crate::edge::body as edge_body;
use crate::multipart::Form;
use crate::xpollens::body::answer;
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::users::tax;
use crate::xpollens::{ATTACHMENT_BYTES_MAX, Counter, path, words};

/// Names that a type may stand under.
const TYPE: [&str; 3] = ["type", "diligenceType", "documentType"];
/// Names that a file may stand under, the first side first.
const FILES: [&str; 6] = ["file", "recto", "front", "verso", "back", "document"];
/// Longest word in a form.
const WORD_CHARS_MAX: usize = 64;

/// A form in a body that is here to its end.
struct Sent {
    body: bytes::Bytes,
    headers: http::HeaderMap,
}

impl Sent {
    async fn read(request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let body = edge_body::read(body, ATTACHMENT_BYTES_MAX).await?;
        Ok(Self { body, headers: parts.headers })
    }

    /// What stands under the type, and the files.
    fn parts(&self) -> Result<(Option<String>, Vec<NewFile>), Problem> {
        let no_form = |_| Problem::invalid("The body must be multipart/form-data, with each part once.");
        let form = Form::read(&self.headers, &self.body).map_err(no_form)?;
        let mut of_type = None;
        for name in TYPE {
            let text = form.text(name, WORD_CHARS_MAX);
            let text = text.map_err(|_| Problem::invalid(format!("{name} must be a short text.")))?;
            of_type = of_type.or_else(|| text.map(str::to_owned));
        }
        let mut files = Vec::new();
        for name in FILES {
            let Some(content) = form.bytes(name) else { continue };
            let refused = |_| Problem::invalid(format!("{name} must be a picture or a document that is taken here."));
            files.push(NewFile::new(None, content.to_vec()).map_err(refused)?);
        }
        if files.is_empty() {
            return Err(Problem::invalid(format!("file is required (or {}).", FILES[1..].join(", "))));
        }
        Ok((of_type, files))
    }
}

/// A document or a selfie for the verification of an identity.
///
/// # Errors
/// 400 for what is no form, no file that is taken, or of no known type; 404; 409 for what is not awaited.
pub async fn identity(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let (of_type, files) = Sent::read(request).await?.parts()?;
    let of_type = of_type.ok_or_else(|| Problem::invalid("type is required."))?;
    let kind = DiligenceKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(&of_type));
    let kind = kind.filter(|kind| *kind != DiligenceKind::TransferIn).ok_or_else(|| {
        let known: Vec<&str> = DiligenceKind::ALL.into_iter().map(DiligenceKind::as_str).collect();
        Problem::invalid(format!("type must be one of {}.", known.join(", ")))
    })?;
    let customer = counter.service.show(&caller, &user, kind, files).await?;
    let shown = admission(&customer)?.demand.as_ref().ok_or_else(|| Problem::not_found("KYC demand"))?;
    Ok(answer(StatusCode::CREATED, &demand::view(shown)))
}

/// A paper for the tax authorities.
///
/// # Errors
/// As [`identity`].
pub async fn tax_paper(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let (of_type, files) = Sent::read(request).await?.parts()?;
    let kind = match of_type {
        None => None,
        Some(text) => {
            let kind = TaxPaperKind::ALL.into_iter().find(|kind| words::paper(*kind).eq_ignore_ascii_case(&text));
            Some(kind.ok_or_else(|| Problem::invalid("type must be one of W9, W8-Ben, Other."))?)
        }
    };
    let mut files = files.into_iter();
    let (Some(file), None) = (files.next(), files.next()) else {
        return Err(Problem::invalid("file must be one file."));
    };
    let customer = counter.service.show_tax_paper(&caller, &user, kind, file).await?;
    let form = admission(&customer)?.tax.as_ref().ok_or_else(|| Problem::not_found("Tax form"))?;
    Ok(answer(StatusCode::CREATED, &tax::outcome(form)))
}
