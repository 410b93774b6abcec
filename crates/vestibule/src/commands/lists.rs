//! `vestibule lists`.

mod diff;
mod source;
mod update;

use std::path::PathBuf;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use service::Service;
use service::feeds::Standing;
use service::lists::{ListFile, ListName};
use service::screening::topic_words;
use store::ListVersion;

use super::say;
use crate::cli::Lists;
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Defects shown one by one; the rest are counted.
const DEFECTS_SHOWN: usize = 10;

/// Runs the command.
///
/// # Errors
/// An unknown list, a file that cannot be read, a list that is refused.
pub async fn run(config: &Config, command: Lists) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    match command {
        Lists::Add { source, files, name, tenant, force, json } => {
            let tenant = match tenant {
                Some(tenant) => Some(service.tenant(&tenant).await?),
                None => None,
            };
            let tenant = tenant.map(|tenant| (tenant.id, tenant.key));
            add(&service, &ListName { source: source.parse()?, name, tenant }, &files, force, json).await
        }
        Lists::Diff { older, newer, source, json } => {
            diff::run(&service, &older, &newer, source.as_deref(), json).await
        }
        Lists::Status { json } => status(&service, json).await,
        Lists::Update { list, force, json } => update::update(&service, list, force, json).await,
        Lists::Verify { list, all, json } => update::verify(&service, list.as_deref(), all, json).await,
        Lists::Source(command) => source::run(&service, command).await,
    }
}

async fn add(service: &Service, name: &ListName, paths: &[PathBuf], force: bool, as_json: bool) -> anyhow::Result<()> {
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(ListFile { name, bytes });
    }
    let added = service.add_list_as(name, files, force).await?;
    if as_json {
        return say(&list_json(&added.version, service.now()).to_string());
    }
    let version = &added.version;
    say(&format!(
        "{}: {} entries, {} names, {} defects",
        version.list, version.entities, version.names, version.defects
    ))?;
    for defect in added.report.defects.iter().take(DEFECTS_SHOWN) {
        say(&format!("  {defect}"))?;
    }
    let rest = usize::try_from(added.report.defects_total).unwrap_or(usize::MAX).saturating_sub(DEFECTS_SHOWN);
    if rest > 0 {
        say(&format!("  and {rest} more"))?;
    }
    if added.report.without_topic > 0 {
        let count = added.report.without_topic;
        say(&format!("  {count} entries do not say why they are listed, so no check is about them"))?;
    }
    Ok(())
}

async fn status(service: &Service, as_json: bool) -> anyhow::Result<()> {
    let lists = service.lists_standing().await?;
    let now = service.now();
    if as_json {
        for list in &lists {
            say(&standing_json(list, now).to_string())?;
        }
        return Ok(());
    }
    let rows: Vec<Vec<String>> = lists.iter().map(|list| row(list, now)).collect();
    let header =
        ["list", "entries", "names", "topics", "published", "age", "defects", "version", "tried", "next", "last error"];
    say(table(&header, &rows).trim_end())
}

fn row(standing: &Standing, now: Timestamp) -> Vec<String> {
    let mut row = vec![standing.list.clone()];
    match &standing.version {
        Some(version) => row.extend([
            version.entities.to_string(),
            version.names.to_string(),
            topic_words(version.topics).join(","),
            version.published_on.clone().unwrap_or_else(|| "not said".to_owned()),
            age(now.duration_since(version.confirmed_at)),
            version.defects.to_string(),
            hex8(&version.hash),
        ]),
        None => row.extend(["-"; 7].map(str::to_owned)),
    }
    match &standing.feed {
        Some((_, state)) => row.extend([
            state.tried_at.map_or_else(|| "never".to_owned(), |at| format!("{} ago", age(now.duration_since(at)))),
            format!("in {}", age(state.due_at.duration_since(now))),
            state
                .error
                .as_ref()
                .map_or_else(String::new, |error| format!("{}, {} times: {}", error.kind, state.failures, error.text)),
        ]),
        None => row.push("by hand".to_owned()),
    }
    row
}

/// What `lists add` prints of a version, and how fetching it goes.
fn standing_json(standing: &Standing, now: Timestamp) -> serde_json::Value {
    let mut told = match &standing.version {
        Some(version) => list_json(version, now),
        None => json!({"list": standing.list, "entries": 0}),
    };
    if let Some((feed, state)) = &standing.feed {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        told["feed"] = json!({
            "everySeconds": feed.every.as_secs(),
            "triedAt": text(state.tried_at),
            "fetchedAt": text(state.fetched_at),
            "nextTryAt": state.due_at.to_string(),
            "failures": state.failures,
            "error": state.error.as_ref().map(|error| json!({"kind": error.kind, "text": error.text})),
        });
    }
    told
}

fn list_json(list: &ListVersion, now: Timestamp) -> serde_json::Value {
    json!({
        "list": list.list,
        "source": list.format,
        "tenantId": list.tenant.map(|tenant| tenant.to_string()),
        "title": list.title,
        "entries": list.entities,
        "names": list.names,
        "topics": topic_words(list.topics),
        "publishedOn": list.published_on,
        "addedAt": list.added_at.to_string(),
        "confirmedAt": list.confirmed_at.to_string(),
        "ageSeconds": now.duration_since(list.confirmed_at).as_secs(),
        "defects": list.defects,
        "version": list.hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        "files": list.files,
    })
}

fn hex8(hash: &[u8; 32]) -> String {
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// The two largest units of an age.
fn age(age: SignedDuration) -> String {
    let minutes = age.as_mins().max(0);
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
