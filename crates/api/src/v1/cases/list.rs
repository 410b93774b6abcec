//! `GET /v1/cases`: the institution's cases, oldest first, page by page.

use axum::extract::Query as Pairs;
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use onboarding::CustomerId;
use onboarding::case::{Act, CaseState, Priority};
use serde::Serialize;
use serde_json::{Map, Value};
use service::Caller;
use service::cases::{CaseFilter, CaseSummary};

use super::page;
use crate::fields::{Fault, Mistakes, Object};
use crate::v1::Counter;
use crate::v1::problem::{Code, Problem};

const NAMES: [&str; 8] =
    ["state", "priority", "dueBefore", "assignee", "customer", "awaitsConfirmation", "limit", "cursor"];
/// States of a case, and all that are not closed.
const STATES: [&str; 4] = ["open", "in_review", "closed", "unclosed"];
/// Cases of a page if nothing else is asked for, and at most.
const LIMIT: (u32, u32) = (50, 200);

#[derive(Serialize)]
struct Page {
    cases: Vec<SummaryView>,
    /// What to send as `cursor` for the page after this; `null` on the last.
    next: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryView {
    id: String,
    customer: String,
    version: u64,
    state: String,
    priority: &'static str,
    due_at: String,
    assignee: Option<String>,
    awaits_confirmation: bool,
    questions: u32,
    hits: u32,
    opened_at: String,
    changed_at: String,
}

pub async fn list(counter: &Counter, caller: &Caller, uri: &Uri) -> Result<Response, Problem> {
    let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(uri);
    let Pairs(pairs) =
        pairs.map_err(|_| Problem::new(Code::InvalidRequest, "The query is not percent-encoded UTF-8."))?;
    let mistakes = Mistakes::default();
    let mut known = Map::new();
    for (name, value) in pairs {
        if NAMES.contains(&name.as_str()) {
            known.insert(name, Value::String(value));
        } else {
            mistakes.add(name, Fault::Unknown(NAMES.to_vec()));
        }
    }
    let query = Value::Object(known);
    let (mut filter, limit) = read(&mistakes.object(&query));
    filter.tenant = Some(caller.tenant_id());
    let (filter, limit) = mistakes.settle(Some((filter, limit)))?;
    let mut cases = counter.service.cases(&filter, limit + 1).await?;
    let more = cases.len() > limit as usize;
    cases.truncate(limit as usize);
    let next = cases.last().filter(|_| more).map(|last| page::mark(last.opened_at, last.id));
    let page = Page { cases: cases.into_iter().map(SummaryView::of).collect(), next };
    let body = serde_json::to_vec(&page).expect("views are texts and numbers");
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

fn read(query: &Object<'_>) -> (CaseFilter, u32) {
    const MARK: Fault = Fault::Format("the `next` of the page before");
    const TIME: Fault = Fault::Format("a time such as 2026-11-22T10:00:00Z");
    let state = query.field("state").word(&STATES);
    let words = Priority::ALL.map(Priority::as_str);
    let filter = CaseFilter {
        tenant: None,
        state: state.and_then(|word| CaseState::WORDS.into_iter().find(|known| *known == word)),
        unclosed: state == Some("unclosed"),
        customer: query.field("customer").guid().map(CustomerId),
        priority: query.field("priority").word(&words).and_then(Priority::parse),
        due_before: query.field("dueBefore").parsed(40, |text| text.parse::<Timestamp>().map_err(|_| TIME)),
        assignee: query.field("assignee").text(Act::NAME_CHARS_MAX),
        awaits_confirmation: query.field("awaitsConfirmation").word(&["true", "false"]).map(|word| word == "true"),
        after: query.field("cursor").parsed(80, |text| page::read(text).ok_or(MARK)),
    };
    (filter, query.field("limit").digits(1..=LIMIT.1).unwrap_or(LIMIT.0))
}

impl SummaryView {
    fn of(case: CaseSummary) -> Self {
        Self {
            id: case.id.to_string(),
            customer: case.customer.to_string(),
            version: case.version,
            state: case.state,
            priority: case.priority.as_str(),
            due_at: case.due_at.to_string(),
            assignee: case.assignee,
            awaits_confirmation: case.awaits_confirmation,
            questions: case.questions,
            hits: case.hits,
            opened_at: case.opened_at.to_string(),
            changed_at: case.changed_at.to_string(),
        }
    }
}
