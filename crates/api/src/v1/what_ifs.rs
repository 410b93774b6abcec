//! What would be under another version of a list, another threshold or less evidence: `/v1/what-ifs`.
//! `docs/WATCHLISTS.md` describes them.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::LOCATION;
use http::{StatusCode, Uri};
use serde_json::{Value, json};
use service::Refused;
use service::what_if::{Proposal, Sample, WhatIf};
use uuid::Uuid;

use super::caller::Authorized;
use super::problem::{Code, Problem};
use super::{BODY_BYTES_MAX, Counter, query};
use crate::edge::{RequestId, body as edge_body};
use crate::fields::{Fault, Field, Mistakes};
use crate::json;

/// What-ifs of a page if nothing else is asked for, and at most.
const LIMIT: (u32, u32) = (20, 100);

/// Most of a sample.
const COUNT_MAX: u32 = 100_000_000;

/// Every route.
pub fn routes() -> Router<Counter> {
    Router::new()
        .route("/v1/what-ifs", get(list).post(create))
        .route("/v1/what-ifs/{id}", get(show))
        .route("/v1/what-ifs/{id}/cancellation", post(cancel))
}

async fn create(State(counter): State<Counter>, caller: Result<Authorized, Problem>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let answered = async {
        let Authorized(caller) = caller?;
        let bytes = edge_body::read(request.into_body(), BODY_BYTES_MAX).await?;
        let proposal = read(&json::parse(&bytes)?)?;
        let asked = counter.service.ask_what_if(&caller, &proposal).await.map_err(|refused| match refused {
            Refused::NotFound => Problem::at("/lists", "must be versions of lists that are kept"),
            Refused::Overloaded => {
                Problem::new(Code::TooManyScreenings, "Wait for what was asked before, or cancel it.")
            }
            refused => refused.into(),
        })?;
        let location = format!("/v1/what-ifs/{}", asked.id);
        Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(view(&asked, true))).into_response())
    };
    answered.await.unwrap_or_else(|problem: Problem| problem.of(id.as_ref()).into_response())
}

async fn list(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let Authorized(caller) = caller?;
    let (limit, before) = query::read(&uri, &["limit", "cursor"], |asked| {
        (asked.field("limit").digits(1..=LIMIT.1).unwrap_or(LIMIT.0), asked.field("cursor").guid())
    })?;
    let mut all = counter.service.what_ifs(&caller, before, limit + 1).await?;
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| more).map(|last| last.id.to_string());
    let views: Vec<Value> = all.iter().map(|one| view(one, false)).collect();
    Ok(Json(json!({"whatIfs": views, "next": next})))
}

async fn show(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let Authorized(caller) = caller?;
    Ok(Json(view(&counter.service.what_if(&caller, known(&id)?).await?, true)))
}

async fn cancel(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let Authorized(caller) = caller?;
    Ok(Json(view(&counter.service.cancel_what_if(&caller, known(&id)?).await?, true)))
}

fn known(id: &str) -> Result<Uuid, Problem> {
    Ok(Uuid::try_parse(id).map_err(|_| Refused::NotFound)?)
}

/// Reads what is to be tried.
fn read(body: &Value) -> Result<Proposal, Problem> {
    let mistakes = Mistakes::default();
    let asked = mistakes.object(body);
    let known = ["lists", "threshold", "ignore", "share", "count"];
    for (name, _) in asked.members().filter(|(name, _)| !known.contains(&name.as_str())) {
        mistakes.add(name.clone(), Fault::Unknown(known.to_vec()));
    }
    let version = |entry: Field<'_, '_>| {
        let entry = entry.object()?;
        let hash = |text: &str| {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash)
                .map_err(|_| Fault::Format("the 64 hexadecimal digits of a version"))?;
            Ok(hash)
        };
        Some((entry.field("list").required().text(200)?, entry.field("version").required().parsed(64, hash)?))
    };
    let feature = |word: Field<'_, '_>| {
        let word = word.word(&["birth_date", "country", "identifier"])?;
        Proposal::feature(word).ok()
    };
    let versions = asked.field("lists").list(Proposal::VERSIONS_MAX).map(|list| list.each(version)).unwrap_or_default();
    let ignored = asked.field("ignore").list(3).map(|list| list.each(feature)).unwrap_or_default();
    let (share, count) = (asked.field("share").number(0.0..=1.0), asked.field("count").value());
    let count = count.map(|count| count.as_u64().filter(|count| (1..=u64::from(COUNT_MAX)).contains(count)));
    let threshold = asked.field("threshold").number(0.7..=1.0);
    let settled = mistakes.settle(Some((versions, ignored, share, threshold)));
    let (versions, ignored, share, threshold) = settled?;
    let sample = match (share, count) {
        (Some(_), Some(_)) => return Err(Problem::at("/count", "must not be there where `share` is")),
        (Some(share), None) => Sample::Share(share),
        (None, Some(Some(count))) => Sample::Count(count),
        (None, Some(None)) => return Err(Problem::at("/count", "must be a whole number, at least 1")),
        (None, None) => Sample::All,
    };
    let proposal = Proposal { versions, threshold, ignored: ignored.into_iter().collect(), sample };
    proposal.checked().map_err(|why| Problem::at("", &why.to_string()))
}

/// A what-if; the report is left out of lists of them.
fn view(what_if: &WhatIf, whole: bool) -> Value {
    let mut view = json!({
        "id": what_if.id.to_string(),
        "state": what_if.state.as_str(),
        "tried": what_if.proposal,
        "customersPassed": what_if.passed,
        "customers": what_if.customers,
        "createdAt": what_if.created_at.to_string(),
        "endedAt": what_if.ended_at.map(|at| at.to_string()),
    });
    if whole {
        view["report"] = what_if.report.clone().unwrap_or(Value::Null);
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_tried_is_pointed_at() {
        let version = "ab".repeat(32);
        for (body, at) in [
            (json!({}), ""),
            (json!({"threshold": 0.5}), "/threshold"),
            (json!({"threshold": 0.8, "share": 2}), "/share"),
            (json!({"threshold": 0.8, "share": 0}), ""),
            (json!({"threshold": 0.8, "count": 0}), "/count"),
            (json!({"threshold": 0.8, "count": 10, "share": 0.5}), "/count"),
            (json!({"ignore": ["hair"]}), "/ignore/0"),
            (json!({"lists": [{"list": "un"}]}), "/lists/0/version"),
            (json!({"lists": [{"list": "un", "version": "zz"}]}), "/lists/0/version"),
            (json!({"lists": [{"list": "un", "version": version}, {"list": "un", "version": version}]}), ""),
            (json!({"treshold": 0.8}), "/treshold"),
        ] {
            let problem = read(&body).expect_err("a mistake");
            assert_eq!(problem.pointers().next(), Some(at), "{body}");
        }
        let fine = json!({"lists": [{"list": "un", "version": version}], "threshold": 0.8, "ignore": ["birth_date"], "count": 5});
        assert_eq!(read(&fine).map(|proposal| proposal.sample), Ok(Sample::Count(5)));
    }
}
