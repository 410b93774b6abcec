//! `vestibule lists diff`.

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::json;
use service::Service;
use service::list_delta::{Edition, Item, What};
use service::lists::ListFile;
use watchlists::formats::Source;

use super::super::say;

/// Runs the command.
///
/// # Errors
/// An unknown list or version, a file that cannot be read or is not the list.
pub async fn run(
    service: &Service,
    older: &str,
    newer: &str,
    source: Option<&str>,
    as_json: bool,
) -> anyhow::Result<()> {
    let source = source.map(str::parse::<Source>).transpose()?;
    let (older, newer) = (edition(service, older, source).await?, edition(service, newer, source).await?);
    let items = service.list_delta(older, newer).await?;
    for item in &items {
        say(&if as_json { line(item).to_string() } else { text(item) })?;
    }
    if !as_json {
        let of = |what| items.iter().filter(|item| item.what == what).count();
        let (added, changed, delisted) = (of(What::Added), of(What::Changed), of(What::Delisted));
        say(&format!("{added} added, {changed} changed, {delisted} delisted"))?;
    }
    Ok(())
}

async fn edition(service: &Service, named: &str, source: Option<Source>) -> anyhow::Result<Edition> {
    let path = Path::new(named);
    if let Some(source) = source.filter(|_| path.exists()) {
        let paths = if path.is_dir() {
            let mut paths =
                std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
            paths.retain(|path| path.is_file());
            paths.sort();
            paths
        } else {
            vec![path.to_owned()]
        };
        let read = |path: &std::path::PathBuf| {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(ListFile { name, bytes })
        };
        return Ok(Edition::Files(source, paths.iter().map(read).collect::<anyhow::Result<_>>()?));
    }
    let (list, version) = named.split_once('@').map_or((named, None), |(list, version)| (list, Some(version)));
    let found = service.list_versions_named(list, version).await?;
    match found.as_slice() {
        [version] => Ok(Edition::Stored(version.list.clone(), version.hash)),
        [] if path.exists() => bail!("`{named}` is a file: say with --as what it is"),
        [] => bail!("no such version: {named}"),
        _ => bail!("more than one version begins like {named}"),
    }
}

fn line(item: &Item) -> serde_json::Value {
    json!({"what": item.what.as_str(), "entity": item.id, "caption": item.caption, "topics": item.topics,
        "fields": item.fields, "changes": item.changes})
}

fn text(item: &Item) -> String {
    let mut text = format!("{:<9}{}  {}", item.what.as_str(), item.id, item.caption);
    if !item.fields.is_empty() {
        text.push_str(&format!("  ({})", item.fields.join(", ")));
    }
    for change in &item.changes {
        text.push_str(&format!("\n           {change}"));
    }
    text
}
