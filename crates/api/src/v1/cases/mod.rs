//! Cases over HTTP: listed, read with everything a reviewer needs, and worked on.
//!
//! The API key is that of the institution's own system; who the person is, the body says (`by`), and the institution's
//! system answers for it. The version of a case is its ETag: `If-Match`, or `version` in the body, names the one that was
//! seen.

mod act;
mod body;
mod list;
mod page;
mod view;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode, Uri};
use onboarding::{CaseId, FileId};
use serde::Serialize;
use service::cases::{CaseFile, Reviewer};
use service::files::Upload;

use super::Counter;
use super::caller::Authorized;
use super::problem::{Code, Problem};
use crate::edge::RequestId;

/// Largest body that carries a file: the file in base64, and what is said of it.
pub const FILE_BODY_BYTES_MAX: usize = Upload::BYTES_MAX / 3 * 4 + 16 * 1024;

/// Who reads where nobody is named: reading leaves no trace in the journal.
const READER: &str = "api";

/// The routes with small bodies.
pub fn routes() -> Router<Counter> {
    Router::new()
        .route("/v1/cases", get(listed))
        .route("/v1/cases/{id}", get(shown))
        .route("/v1/cases/{id}/{act}", post(acted))
        .route("/v1/cases/{id}/attachments/{file}", get(attachment))
}

/// The route that takes files.
pub fn file_routes() -> Router<Counter> {
    Router::new().route("/v1/cases/{id}/attachments", post(attached))
}

type Asking = Result<Authorized, Problem>;

async fn listed(State(counter): State<Counter>, caller: Asking, uri: Uri, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let answered = async {
        let Authorized(caller) = caller?;
        list::list(&counter, &caller, &uri).await
    };
    told(answered.await, id.as_ref())
}

async fn shown(State(counter): State<Counter>, caller: Asking, Path(case): Path<String>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let answered = async {
        let reviewer = Reviewer::of(&caller?.0, READER);
        Ok(whole(&counter.service.case(&reviewer, case_id(&case)?).await?))
    };
    told(answered.await, id.as_ref())
}

async fn acted(
    State(counter): State<Counter>,
    caller: Asking,
    Path((case, act)): Path<(String, String)>,
    request: Request,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let answered = async {
        let Authorized(caller) = caller?;
        act::act(&counter, &caller, case_id(&case)?, &act, request, super::BODY_BYTES_MAX).await
    };
    told(answered.await, id.as_ref())
}

async fn attached(
    State(counter): State<Counter>,
    caller: Asking,
    Path(case): Path<String>,
    request: Request,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let answered = async {
        let Authorized(caller) = caller?;
        act::act(&counter, &caller, case_id(&case)?, "attachments", request, FILE_BODY_BYTES_MAX).await
    };
    told(answered.await, id.as_ref())
}

/// A file as it was sent, to be saved and never shown by a browser as a page of ours.
async fn attachment(
    State(counter): State<Counter>,
    caller: Asking,
    Path((case, file)): Path<(String, String)>,
    request: Request,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let answered = async {
        let reviewer = Reviewer::of(&caller?.0, READER);
        let file = FileId::parse(&file).ok_or_else(not_found)?;
        let (info, content) = counter.service.case_attachment(&reviewer, case_id(&case)?, file).await?;
        let mut response = content.to_vec().into_response();
        let binary = HeaderValue::from_static("application/octet-stream");
        let kind = HeaderValue::from_str(&info.content_type).unwrap_or(binary);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, kind);
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Ok(response)
    };
    told(answered.await, id.as_ref())
}

fn told(answered: Result<Response, Problem>, id: Option<&RequestId>) -> Response {
    answered.unwrap_or_else(|problem| problem.of(id).into_response())
}

fn case_id(text: &str) -> Result<CaseId, Problem> {
    CaseId::parse(text).ok_or_else(not_found)
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound, "There is no such thing, or it is not yours.")
}

/// A case with everything a reviewer needs, and its version as the ETag.
fn whole(file: &CaseFile) -> Response {
    #[derive(Serialize)]
    struct Whole<'a> {
        case: view::CaseView<'a>,
    }
    let body = serde_json::to_vec(&Whole { case: view::CaseView::of(file) }).expect("views are texts and numbers");
    let mut response = (StatusCode::OK, [(CONTENT_TYPE, "application/json")], body).into_response();
    let tag = HeaderValue::from_str(&format!("\"{}\"", file.case.version)).expect("digits in quotes");
    response.headers_mut().insert(ETAG, tag);
    response
}
