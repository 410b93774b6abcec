//! `POST /v1/cases/{id}/...`: everything a person does to a case.

use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use http::header::IF_MATCH;
use onboarding::CaseId;
use service::Caller;
use service::cases::Reviewer;

use super::body::{self, Unread};
use super::{not_found, whole};
use crate::edge::body as edge_body;
use crate::json;
use crate::v1::Counter;
use crate::v1::problem::{Code, Problem};

/// Does it, and answers with the case as it is afterwards.
pub async fn act(
    counter: &Counter,
    caller: &Caller,
    case: CaseId,
    act: &str,
    request: Request,
    bytes_max: usize,
) -> Result<Response, Problem> {
    let (parts, sent) = request.into_parts();
    let bytes = edge_body::read(sent, bytes_max).await.map_err(|fault| Problem::of_body(fault, bytes_max))?;
    if !edge_body::may_be_json(&parts.headers) {
        return Err(Problem::new(Code::UnsupportedMediaType, "Content-Type must be application/json, in UTF-8."));
    }
    let seen = if_match(&parts.headers)?;
    let asked = body::read(act, &json::parse(&bytes)?, seen).map_err(|unread| match unread {
        Unread::Unknown => not_found(),
        Unread::NoVersion => {
            let detail = "Name the version that was seen: its ETag in If-Match, or `version` in the body.";
            Problem::new(Code::PreconditionRequired, detail)
        }
        Unread::Mistakes(mistakes) => mistakes.into(),
    })?;
    let reviewer = Reviewer::of(caller, asked.by);
    counter.service.act_on_case(&reviewer, case, asked.seen, &asked.command).await?;
    Ok(whole(&counter.service.case(&reviewer, case).await?))
}

/// The version in `If-Match`; none for `*`, which any version meets.
fn if_match(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(tag) = headers.get(IF_MATCH) else { return Ok(None) };
    let tag = tag.to_str().unwrap_or_default().trim();
    if tag == "*" {
        return Ok(None);
    }
    let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|tag| tag.parse().ok());
    let wrong = || Problem::new(Code::Stale, "If-Match must hold the ETag of the case, such as \"3\".");
    version.map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_version_in_quotes() {
        let read = |tag: &'static str| {
            if_match(&HeaderMap::from_iter([(IF_MATCH, http::HeaderValue::from_static(tag))])).map_err(|it| it.code())
        };
        assert_eq!(if_match(&HeaderMap::new()), Ok(None));
        assert_eq!((read("\"7\""), read("*")), (Ok(Some(7)), Ok(None)));
        for wrong in ["7", "W/\"7\"", "\"x\"", "\"1\", \"2\""] {
            assert_eq!(read(wrong), Err(Code::Stale), "{wrong}");
        }
    }
}
