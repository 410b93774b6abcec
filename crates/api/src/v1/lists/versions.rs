//! The versions of a list, and what one has that another has not.

use axum::Json;
use axum::extract::{Path, State};
use http::Uri;
use serde_json::{Value, json};
use service::list_delta::{DiffError, Edition, Item};
use service::{Caller, ListVersion, Refused};
use watchlists::ftm;

use crate::fields::Fault;
use crate::v1::caller::Authorized;
use crate::v1::problem::{Code, Problem};
use crate::v1::{Counter, query};

/// Versions of a page if nothing else is asked for, and at most.
const VERSIONS: (u32, u32) = (50, 200);

/// Entries of a page if nothing else is asked for, and at most.
const ENTRIES: (u32, u32) = (100, 1_000);

/// Hexadecimal digits of a version.
const VERSION_CHARS_MAX: usize = 64;

/// `GET /v1/lists/{list}/versions`: the newest first.
pub async fn versions(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(list): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let Authorized(caller) = caller?;
    let (limit, cursor) = query::read(&uri, &["limit", "cursor"], |asked| {
        let limit = asked.field("limit").digits(1..=VERSIONS.1).unwrap_or(VERSIONS.0) as usize;
        (limit, asked.field("cursor").parsed(VERSION_CHARS_MAX, hash))
    })?;
    let all = counter.service.list_history(&list, caller.tenant_id()).await?;
    let in_force = counter.service.lists().await?;
    let from = match cursor {
        None => 0,
        Some(last) => all.iter().position(|version| version.hash == last).map_or(all.len(), |at| at + 1),
    };
    let page: Vec<&ListVersion> = all.iter().skip(from).take(limit).collect();
    let next = page.last().filter(|_| from + page.len() < all.len()).map(|last| hex::encode(last.hash));
    let is_in_force =
        |version: &ListVersion| in_force.iter().any(|known| (&known.list, known.hash) == (&version.list, version.hash));
    let views: Vec<Value> = page.into_iter().map(|version| view(version, is_in_force(version))).collect();
    Ok(Json(json!({"list": list, "versions": views, "next": next})))
}

/// `GET /v1/lists/{list}/diff`: what `to` (the version in force) has that `from` (the one before it) has not.
pub async fn diff(
    State(counter): State<Counter>,
    caller: Result<Authorized, Problem>,
    Path(list): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let Authorized(caller) = caller?;
    let (from, to, limit, cursor) = query::read(&uri, &["from", "to", "limit", "cursor"], |asked| {
        let (from, to) = (asked.field("from").text(VERSION_CHARS_MAX), asked.field("to").text(VERSION_CHARS_MAX));
        let limit = asked.field("limit").digits(1..=ENTRIES.1).unwrap_or(ENTRIES.0) as usize;
        (from, to, limit, asked.field("cursor").digits(0..=u32::MAX).unwrap_or(0) as usize)
    })?;
    let _turn = counter.desk.turn()?;
    let (older, newer) = editions(&counter, &caller, &list, from, to).await?;
    let [from, to] = [&older, &newer].map(|version| hex::encode(version.hash));
    let edition = |version: &ListVersion| Edition::Stored(version.list.clone(), version.hash);
    let items = counter.service.list_delta(edition(&older), edition(&newer)).await.map_err(|error| match error {
        DiffError::Refused(refused) => refused,
        DiffError::Format(error) => Refused::Internal(Box::new(error)),
    })?;
    let count = |word: &str| items.iter().filter(|item| item.what.as_str() == word).count();
    let (added, changed, delisted) = (count("added"), count("changed"), count("delisted"));
    let page: Vec<Value> = items.iter().skip(cursor).take(limit).map(entry).collect();
    let next = Some(cursor + page.len()).filter(|at| *at < items.len()).map(|at| at.to_string());
    Ok(Json(json!({"list": list, "from": from, "to": to, "added": added, "changed": changed, "delisted": delisted,
        "entries": page, "next": next})))
}

/// The two versions that are meant.
async fn editions(
    counter: &Counter,
    caller: &Caller,
    list: &str,
    from: Option<String>,
    to: Option<String>,
) -> Result<(ListVersion, ListVersion), Problem> {
    let all = counter.service.list_history(list, caller.tenant_id()).await?;
    let named = |name: &str, wanted: &str| {
        let wanted = wanted.to_ascii_lowercase();
        let mut found = all.iter().enumerate().filter(|(_, version)| hex::encode(version.hash).starts_with(&wanted));
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(at),
            (None, _) => Err(Problem::at(&format!("/{name}"), "must be a version of the list")),
            _ => Err(Problem::at(&format!("/{name}"), "must be the beginning of one version alone")),
        }
    };
    let to = match to {
        Some(to) => named("to", &to)?,
        None => {
            let in_force = counter.service.lists().await?.into_iter().find(|version| version.list == list);
            let is_it = |version: &ListVersion| in_force.as_ref().is_some_and(|known| known.hash == version.hash);
            all.iter().position(is_it).ok_or(Refused::NotFound)?
        }
    };
    let from = match from {
        Some(from) => named("from", &from)?,
        None if to + 1 < all.len() => to + 1,
        None => return Err(Problem::new(Code::Conflict, "The list has no version before this one.")),
    };
    Ok((all[from].clone(), all[to].clone()))
}

fn hash(text: &str) -> Result<[u8; 32], Fault> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| Fault::Format("the `next` of the page before"))?;
    Ok(hash)
}

fn view(version: &ListVersion, in_force: bool) -> Value {
    json!({
        "version": hex::encode(version.hash),
        "inForce": in_force,
        "source": version.format,
        "title": version.title,
        "publishedOn": version.published_on,
        "addedAt": version.added_at.to_string(),
        "confirmedAt": version.confirmed_at.to_string(),
        "entries": version.entities,
        "names": version.names,
        "topics": ftm::topic_words(version.topics),
        "defects": version.defects,
        "files": version.files,
    })
}

fn entry(item: &Item) -> Value {
    json!({"what": item.what.as_str(), "entity": item.id, "caption": item.caption, "topics": item.topics,
        "fields": item.fields, "changes": item.changes})
}
