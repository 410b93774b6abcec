//! `vestibule lists source`.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use jiff::{SignedDuration, Span, SpanRelativeTo};
use onboarding::Pii;
use serde_json::json;
use service::feeds::{NewFeed, presets, shown_address};
use service::{Feed, Refused, Service};
use watchlists::formats::Source;

use crate::cli::{ListSource, NewSource};
use crate::commands::say;
use crate::table::table;

/// Runs the command.
///
/// # Errors
/// What is wrong with a source; a list that has none.
pub async fn run(service: &Service, command: ListSource) -> anyhow::Result<()> {
    match command {
        ListSource::Add(new) => add(service, new).await,
        ListSource::List { json } => list(service, json).await,
        ListSource::Remove { list } => match service.remove_feed(&list).await {
            Ok(()) => say(&format!("{list}: it is fetched no more")),
            Err(Refused::NotFound) => bail!("{list} has no source"),
            Err(error) => Err(error.into()),
        },
        ListSource::Presets { json } => show_presets(json),
    }
}

async fn add(service: &Service, new: NewSource) -> anyhow::Result<()> {
    let (source, addresses) = if new.url.is_empty() {
        let preset = presets::find(&new.source);
        let preset = preset.context("no such preset: `vestibule lists source presets` shows them, or name a --url")?;
        (preset.source, preset.addresses.iter().map(|&address| address.to_owned()).collect())
    } else {
        (new.source.parse::<Source>()?, new.url)
    };
    let feed = NewFeed {
        name: new.name,
        headers: headers(&new.header, new.header_file.as_deref())?,
        private: new.private,
        every: duration(&new.every).context("--every must be a duration such as PT15M or 15m")?,
        within: duration(&new.within).context("--within must be a duration such as PT10M or 10m")?,
        loss_max_percent: new.loss,
        bytes_max: bytes(&new.max_bytes).context("--max-bytes must be a number of bytes, or one with MiB or GiB")?,
        ..NewFeed::new(source, addresses)
    };
    let feed = service.put_feed(feed).await?;
    say(&format!("{}: a running server fetches it now, and then every {:#}", feed.list, feed.every))
}

async fn list(service: &Service, as_json: bool) -> anyhow::Result<()> {
    let standing = service.lists_standing().await?;
    let feeds = standing.into_iter().filter_map(|standing| standing.feed).map(|(feed, _)| feed);
    if as_json {
        for feed in feeds {
            say(&feed_json(&feed).to_string())?;
        }
        return Ok(());
    }
    let rows: Vec<Vec<String>> = feeds
        .map(|feed| {
            vec![
                feed.list.clone(),
                format!("{:#}", feed.every),
                format!("{} %", feed.loss_max_percent),
                if feed.private { "private" } else { "public" }.to_owned(),
                feed.addresses.iter().map(shown_address).collect::<Vec<_>>().join(" "),
            ]
        })
        .collect();
    say(table(&["list", "every", "loss", "network", "addresses"], &rows).trim_end())
}

fn feed_json(feed: &Feed) -> serde_json::Value {
    json!({
        "list": feed.list,
        "addresses": feed.addresses.iter().map(shown_address).collect::<Vec<_>>(),
        "headers": feed.headers.keys().collect::<Vec<_>>(),
        "private": feed.private,
        "everySeconds": feed.every.as_secs(),
        "withinSeconds": feed.within.as_secs(),
        "lossMaxPercent": feed.loss_max_percent,
        "bytesMax": feed.bytes_max,
    })
}

fn show_presets(as_json: bool) -> anyhow::Result<()> {
    if as_json {
        for preset in presets::PRESETS {
            let told = json!({"name": preset.name, "list": preset.source.as_str(), "addresses": preset.addresses,
                "note": preset.note});
            say(&told.to_string())?;
        }
        return Ok(());
    }
    let row = |preset: &presets::Preset| {
        let addresses = preset.addresses.iter().map(|address| shown_address(&Pii((*address).to_owned())));
        vec![
            preset.name.to_owned(),
            preset.source.to_string(),
            preset.note.to_owned(),
            addresses.collect::<Vec<_>>().join(" "),
        ]
    };
    let rows: Vec<_> = presets::PRESETS.iter().map(row).collect();
    say(table(&["preset", "list", "what", "addresses"], &rows).trim_end())
}

/// `Name: value`, of options and of the lines of a file. What is wrong is told without the value.
fn headers(options: &[String], file: Option<&std::path::Path>) -> anyhow::Result<BTreeMap<String, Pii<String>>> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => String::new(),
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut headers = BTreeMap::new();
    for line in options.iter().map(String::as_str).chain(lines) {
        let Some((name, value)) = line.split_once(':') else { bail!("a header is written `Name: value`") };
        headers.insert(name.trim().to_ascii_lowercase(), Pii(value.trim().to_owned()));
    }
    Ok(headers)
}

fn duration(text: &str) -> Option<SignedDuration> {
    text.parse::<Span>().ok()?.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = match text.strip_suffix("GiB") {
        Some(number) => (number, 1 << 30),
        None => text.strip_suffix("MiB").map_or((text, 1), |number| (number, 1 << 20)),
    };
    number.trim().parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read() {
        assert_eq!(["1", "512MiB", "4 GiB"].map(bytes), [Some(1), Some(512 << 20), Some(4 << 30)]);
        assert_eq!(["", "-1", "1TiB", "99999999999GiB"].map(bytes), [None; 4]);
        assert_eq!(duration("PT15M"), Some(SignedDuration::from_mins(15)));
        assert_eq!(duration("1d"), Some(SignedDuration::from_hours(24)));
        assert_eq!(duration("soon"), None);
    }

    #[test]
    fn headers_are_read_and_their_values_not_told() {
        let read = headers(&["Authorization: Bearer a:b".to_owned()], None).expect("a header");
        assert_eq!(read.get("authorization").map(|value| value.0.as_str()), Some("Bearer a:b"));
        let error = headers(&["5ec2e7".to_owned()], None).expect_err("no name");
        assert!(!format!("{error:#}").contains("5ec2e7"));
    }
}
