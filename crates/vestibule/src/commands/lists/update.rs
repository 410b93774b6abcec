//! `vestibule lists update` and `vestibule lists verify`.

use anyhow::bail;
use serde_json::json;
use service::Service;
use service::feeds::fetch::Outcome;

use crate::commands::say;

/// Fetches one list, or all that have a source, one after the other.
///
/// # Errors
/// Where a list was not updated: every other one is all the same.
pub async fn update(service: &Service, list: Option<String>, force: bool, as_json: bool) -> anyhow::Result<()> {
    let lists = match list {
        Some(list) => vec![list],
        None => {
            let standing = service.lists_standing().await?;
            standing.into_iter().filter(|known| known.feed.is_some()).map(|known| known.list).collect()
        }
    };
    if lists.is_empty() {
        bail!("no list has a source: `vestibule lists source add` gives it one");
    }
    let mut failed = 0;
    for list in &lists {
        let fetched = service.update_list(list, force).await;
        let (outcome, told) = match &fetched {
            Ok(Outcome::NotModified) => ("notModified", "it is as it was, its publisher says".to_owned()),
            Ok(Outcome::Same) => ("same", "it is as it was".to_owned()),
            Ok(Outcome::Put(added)) => {
                let version = &added.version;
                let told = format!(
                    "a new version is in force: {} entries, {} names, {} defects",
                    version.entities, version.names, version.defects
                );
                ("updated", told)
            }
            Err(error) => {
                failed += 1;
                (error.as_str(), format!("not updated: {error}"))
            }
        };
        if as_json {
            let error = fetched.as_ref().err().map(ToString::to_string);
            say(&json!({"list": list, "updated": fetched.is_ok(), "outcome": outcome, "error": error}).to_string())?;
        } else {
            say(&format!("{list}: {told}"))?;
        }
    }
    if failed > 0 {
        bail!("{failed} of {} lists were not updated; what is in force stays", lists.len());
    }
    Ok(())
}

/// Verifies what is kept.
///
/// # Errors
/// Where something is wrong.
pub async fn verify(service: &Service, list: Option<&str>, all: bool, as_json: bool) -> anyhow::Result<()> {
    let verified = service.verify_lists(list, all).await?;
    let mut damaged = 0;
    for one in &verified {
        damaged += usize::from(!one.wrong.is_empty());
        let version = hex::encode(one.version.hash);
        if as_json {
            let told = json!({"list": one.version.list, "version": version, "entries": one.version.entities,
                "wrong": one.wrong});
            say(&told.to_string())?;
        } else {
            let told = if one.wrong.is_empty() { "all is well".to_owned() } else { one.wrong.join("; ") };
            say(&format!("{} {}: {told}", one.version.list, version.get(..8).unwrap_or_default()))?;
        }
    }
    if damaged > 0 {
        bail!("{damaged} of {} versions are damaged", verified.len());
    }
    Ok(())
}
