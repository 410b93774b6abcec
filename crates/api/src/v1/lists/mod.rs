//! The watchlists: `GET /v1/lists`, and one of them under its name. `docs/WATCHLISTS.md` describes them.

mod versions;
mod view;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use service::Refused;

use super::Counter;
use super::caller::Authorized;
use super::problem::Problem;
use view::{ListView, ListsView};

/// Every route.
pub fn routes() -> Router<Counter> {
    Router::new()
        .route("/v1/lists", get(all))
        .route("/v1/lists/{list}", get(one))
        .route("/v1/lists/{list}/versions", get(versions::versions))
        .route("/v1/lists/{list}/diff", get(versions::diff))
}

async fn all(State(counter): State<Counter>, caller: Result<Authorized, Problem>) -> Result<Json<ListsView>, Problem> {
    let Authorized(caller) = caller?;
    let standing = counter.service.lists_standing().await?;
    let now = counter.service.now();
    let generation = counter.service.lists_in_force().generation;
    let seen = standing.iter().filter(|list| list.is_seen_by(caller.tenant_id()));
    let lists = seen.map(|list| ListView::of(list, caller.policy.lists_age_max, now)).collect();
    Ok(Json(ListsView { generation, lists }))
}

async fn one(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(list): Path<String>,
) -> Result<Json<ListView>, Problem> {
    let Authorized(caller) = caller?;
    let standing = counter.service.lists_standing().await?;
    let standing = standing
        .iter()
        .find(|known| known.list == list && known.is_seen_by(caller.tenant_id()))
        .ok_or(Refused::NotFound)?;
    Ok(Json(ListView::of(standing, caller.policy.lists_age_max, counter.service.now())))
}
