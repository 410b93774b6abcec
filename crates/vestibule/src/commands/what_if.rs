//! `vestibule what-if`.

use anyhow::bail;
use serde_json::json;
use service::Service;
use service::what_if::{Proposal, Report, Sample};

use super::say;
use crate::cli::WhatIf;
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Hits that text names; JSON names more.
const SHOWN: usize = 20;

/// Runs the command. It holds no lock and writes nothing, so it may be broken off.
///
/// # Errors
/// What cannot be tried; an unknown version or tenant; a store that cannot be used.
pub async fn run(config: &Config, command: &WhatIf) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    let proposal = proposal(&service, command).await?;
    let tenants = match &command.tenant {
        Some(tenant) => vec![service.tenant(tenant).await?],
        None => service.tenants().await?,
    };
    service.load_lists().await?;
    for tenant in tenants {
        let mut walk = service.begin_what_if(tenant.id, &proposal).await?;
        while walk.step(&service).await? {}
        let report = walk.report();
        if command.json {
            let (tenant, tried) = (json!(tenant.key), proposal.to_json());
            say(&json!({"tenant": tenant, "tried": tried, "report": report.to_json()}).to_string())?;
        } else {
            say(text(&tenant.key, &report).trim_end())?;
        }
    }
    Ok(())
}

async fn proposal(service: &Service, command: &WhatIf) -> anyhow::Result<Proposal> {
    let mut versions = Vec::with_capacity(command.lists.len());
    for named in &command.lists {
        let Some((list, version)) = named.split_once('@') else { bail!("`{named}` names no version: LIST@VERSION") };
        let found = service.list_versions_named(list, Some(version)).await?;
        match found.as_slice() {
            [version] => versions.push((version.list.clone(), version.hash)),
            [] => bail!("no such version: {named}"),
            _ => bail!("more than one version begins like {named}"),
        }
    }
    let sample = match (command.share, command.count) {
        (Some(share), _) => Sample::Share(share),
        (None, Some(count)) => Sample::Count(count),
        (None, None) => Sample::All,
    };
    let ignored = command.ignore.iter().map(|word| Proposal::feature(word)).collect::<Result<_, _>>()?;
    Ok(Proposal { versions, threshold: command.threshold, ignored, sample }.checked()?)
}

fn text(tenant: &str, report: &Report) -> String {
    let (looked_at, customers) = (report.looked_at, report.customers);
    let (first, last) = report.alarmed;
    let mut text = format!(
        "{tenant}: {looked_at} of {customers} customers; {} gain or lose a hit, {first} of them get their first, {last} lose \
         their last; {} have theirs in another order\n",
        report.moved, report.reranked
    );
    let numbers = |numbers: [u64; 4]| numbers.map(|number| number.to_string()).to_vec();
    let row = |(list, it): (&String, &service::what_if::report::Counts)| {
        [vec![list.clone()], numbers([it.gained, it.lost, it.rescored, it.unchanged])].concat()
    };
    let rows: Vec<Vec<String>> = report.lists.iter().map(row).collect();
    text.push_str(&table(&["list", "gained", "lost", "other score", "unchanged"], &rows));
    for moved in report.named.iter().take(SHOWN) {
        let (what, list, entity) = (moved.what.as_str(), &moved.list, &moved.entity);
        text.push_str(&format!("  {what:<7}{} {list} {entity} {:.3}\n", moved.customer, moved.score));
    }
    let rest = report.named.len().saturating_sub(SHOWN) as u64 + report.unnamed;
    if rest > 0 {
        text.push_str(&format!("  and {rest} more\n"));
    }
    text
}
