//! Who was screened against which lists: `GET /v1/coverage`, and the passes that bring everybody up to the newest ones,
//! `GET` and `POST /v1/rescreenings`. `docs/WATCHLISTS.md` describes them.

use axum::Json;
use axum::extract::State;
use http::{StatusCode, Uri};
use onboarding::CustomerId;
use serde_json::{Value, json};
use service::credentials::LISTS;
use service::{Behind, Caller, Pass, PassState, Refused};

use super::caller::{Authorized, forbidden};
use super::problem::{Code, Problem};
use super::{Counter, query};

/// Customers of a page if nothing else is asked for, and at most.
const CUSTOMERS: (u32, u32) = (100, 1_000);

/// Passes of a page if nothing else is asked for, and at most.
const PASSES: (u32, u32) = (20, 200);

/// `GET /v1/coverage`: of the newest generation of lists, or the first with a version of a list, which of the institution's
/// customers are not covered yet.
pub async fn show(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let Authorized(caller) = caller?;
    let (list, version, limit, after) = query::read(&uri, &["list", "version", "limit", "cursor"], |asked| {
        let (list, version) = (asked.field("list").text(200), asked.field("version").text(64));
        let limit = asked.field("limit").digits(1..=CUSTOMERS.1).unwrap_or(CUSTOMERS.0);
        (list, version, limit, asked.field("cursor").guid().map_or(CustomerId(uuid::Uuid::nil()), CustomerId))
    })?;
    if list.is_none() && version.is_some() {
        return Err(Problem::at("/list", "must be there where `version` is"));
    }
    let generation = counter.service.generation_with(caller.tenant_id(), list.as_deref(), version.as_deref()).await;
    let generation = generation.map_err(|refused| match refused {
        Refused::Taken => Problem::at("/version", "must be the beginning of one version alone"),
        refused => refused.into(),
    })?;
    let covered = counter.service.coverage(&caller.ctx, generation, after, limit + 1).await?;
    let more = covered.uncovered.len() > limit as usize;
    let page: Vec<&Behind> = covered.uncovered.iter().take(limit as usize).collect();
    let next = page.last().filter(|_| more).map(|last| last.customer.to_string());
    let named = page.iter().map(|it| json!({"customer": it.customer.to_string(), "screenedGeneration": it.screened}));
    let not_yet = covered.counts.uncovered.min(covered.counts.customers);
    Ok(Json(json!({
        "generation": generation,
        "list": list,
        "customers": covered.counts.customers,
        "covered": covered.counts.customers - not_yet,
        "uncovered": not_yet,
        "everybodyLookedAt": covered.everybody_looked_at,
        "uncoveredCustomers": named.collect::<Vec<_>>(),
        "next": next,
    })))
}

/// `GET /v1/rescreenings`: the newest first.
pub async fn passes(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let Authorized(caller) = caller?;
    let (limit, before) = query::read(&uri, &["limit", "cursor"], |asked| {
        let limit = asked.field("limit").digits(1..=PASSES.1).unwrap_or(PASSES.0);
        (limit, asked.field("cursor").digits(0..=u32::MAX).map(u64::from))
    })?;
    let mut passes = counter.service.passes_before(before, limit + 1).await?;
    let more = passes.len() > limit as usize;
    passes.truncate(limit as usize);
    let next = passes.last().filter(|_| more).map(|last| last.generation.to_string());
    let views: Vec<Value> = passes.iter().map(|pass| view(pass, &caller)).collect();
    Ok(Json(json!({"rescreenings": views, "next": next})))
}

/// `POST /v1/rescreenings`: everybody anew, of every institution of the house; so the key must have that right.
pub async fn begin(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Authorized(caller) = caller?;
    if !caller.was_given(LISTS) {
        return Err(forbidden("The key may not have everybody screened anew: that needs the scope `lists` by name."));
    }
    let generation = counter.service.rescreen_everybody().await.map_err(|refused| match refused {
        Refused::State(_) => Problem::new(Code::Conflict, "There is no list to screen against."),
        refused => refused.into(),
    })?;
    let begun = counter.service.passes_before(None, 1).await?;
    let pass = begun.iter().find(|pass| pass.generation == generation).map(|pass| view(pass, &caller));
    Ok((StatusCode::ACCEPTED, Json(pass.unwrap_or_else(|| json!({"generation": generation})))))
}

/// What concerns all institutions of the house is told to who may ask for it.
fn view(pass: &Pass, caller: &Caller) -> Value {
    let state = match pass.state {
        PassState::Running => "running",
        PassState::Done => "done",
        PassState::Superseded => "superseded",
    };
    let mut view = json!({
        "generation": pass.generation,
        "everything": pass.since == 0,
        "state": state,
        "startedAt": pass.started_at.to_string(),
        "finishedAt": pass.finished_at.map(|at| at.to_string()),
    });
    if caller.was_given(LISTS) {
        view["customersLookedAt"] = json!(pass.looked_at);
        view["customersMadeDue"] = json!(pass.made_due);
    }
    view
}
