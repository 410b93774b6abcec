//! `GET /entities/{id}`: one entity, and what belongs to it.

use std::collections::BTreeMap;

use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use serde::Serialize;
use service::screening::Lists;
use watchlists::EntityId;
use watchlists::screening::EntityNumber;

use super::Counter;
use super::access::Access;
use super::error::Trouble;
use super::matching::json;
use super::params::Params;
use super::search::{OFFSET_MAX, PAGE, PAGE_MAX};
use super::view::{EntityView, Found, NESTED, Total};

#[derive(Serialize)]
struct AdjacentView {
    entity: EntityView,
    adjacent: BTreeMap<&'static str, PageView>,
}

#[derive(Serialize)]
struct PageView {
    limit: usize,
    offset: usize,
    total: Total,
    results: Vec<EntityView>,
}

impl PageView {
    fn of(all: Vec<EntityView>, (limit, offset): (usize, usize)) -> Self {
        let total = Total::exactly(all.len());
        Self { limit, offset, total, results: all.into_iter().skip(offset).take(limit).collect() }
    }
}

/// The entity, with what belongs to it in it unless `nested=false`.
///
/// # Errors
/// [`Trouble`].
pub async fn one(
    State(counter): State<Counter>,
    access: Access,
    path: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Trouble> {
    let Path(id) = path.map_err(|_| no_such_entity())?;
    let params = Params::of(&uri)?;
    let nested = params.flag("nested").unwrap_or(true);
    params.settle()?;
    let view =
        look(&counter, &access, id, move |found| if nested { found.nested_view() } else { found.view() }).await?;
    Ok(json(&view))
}

/// The entity, and what belongs to it beside it.
///
/// # Errors
/// [`Trouble`].
pub async fn adjacent(
    State(counter): State<Counter>,
    access: Access,
    path: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Trouble> {
    let Path(id) = path.map_err(|_| no_such_entity())?;
    let page = page(&Params::of(&uri)?)?;
    let view = look(&counter, &access, id, move |found| {
        let all = NESTED.into_iter().map(|property| (property, found.nested(property)));
        let adjacent = all.filter(|(_, nested)| !nested.is_empty());
        let adjacent = adjacent.map(|(property, nested)| (property, PageView::of(nested, page))).collect();
        AdjacentView { entity: found.view(), adjacent }
    });
    Ok(json(&view.await?))
}

/// What belongs to the entity by one property.
///
/// # Errors
/// [`Trouble`].
pub async fn adjacent_by(
    State(counter): State<Counter>,
    access: Access,
    path: Result<Path<(String, String)>, PathRejection>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Trouble> {
    let Path((id, property)) = path.map_err(|_| no_such_entity())?;
    let page = page(&Params::of(&uri)?)?;
    let known = NESTED.into_iter().find(|known| *known == property);
    let property = known.ok_or(Trouble::not_found("No such property."))?;
    let view = look(&counter, &access, id, move |found| PageView::of(found.nested(property), page)).await?;
    Ok(json(&view))
}

fn page(params: &Params) -> Result<(usize, usize), Trouble> {
    let page = (params.number("limit", PAGE, 0..=PAGE_MAX), params.number("offset", 0, 0..=OFFSET_MAX));
    params.settle()?;
    Ok(page)
}

async fn look<T: Send + 'static>(
    counter: &Counter,
    access: &Access,
    id: String,
    show: impl FnOnce(&Found<'_>) -> T + Send + 'static,
) -> Result<T, Trouble> {
    let lists = access.lists(counter);
    let turn = counter.desk.turn()?;
    let shown = turn.work(move || {
        let found = find(&lists, &EntityId(id)).and_then(|number| Found::of(&lists, number))?;
        Some(show(&found))
    });
    shown.await?.ok_or_else(no_such_entity)
}

/// The entity of the first list that has one of this id.
fn find(lists: &Lists, id: &EntityId) -> Option<EntityNumber> {
    lists.visible().find_map(|(_, number)| lists.index.find(number, id))
}

fn no_such_entity() -> Trouble {
    Trouble::not_found("No such entity.")
}
