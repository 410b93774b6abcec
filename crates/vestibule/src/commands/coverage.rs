//! `vestibule coverage` and `vestibule rescreen`.

use anyhow::{Context, bail};
use onboarding::CustomerId;
use serde_json::json;
use service::Service;
use store::{Ctx, Pass, PassState};
use uuid::Uuid;

use super::say;
use crate::cli::Coverage;
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Customers named at most; the rest are counted.
const NAMED_MAX: u32 = 1_000;

/// Passes looked back at.
const PASSES_MAX: u32 = 64;

/// Has everybody screened anew.
///
/// # Errors
/// No list, or a store that cannot be used.
pub async fn rescreen(config: &Config) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    let generation = service.rescreen_everybody().await?;
    say(&format!(
        "Every customer is due for generation {generation} of the lists; `vestibule coverage` shows how far it is."
    ))
}

/// Says who is covered.
///
/// # Errors
/// An unknown list, version or tenant; a store that cannot be used.
pub async fn run(config: &Config, command: &Coverage) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    let generation = generation(&service, command).await?;
    let tenants = match &command.tenant {
        Some(tenant) => vec![service.tenant(tenant).await?],
        None => service.tenants().await?,
    };
    let passes = service.store().passes(PASSES_MAX).await?;
    let done = |pass: &Pass| pass.state == PassState::Done && pass.generation >= generation;
    let everybody_looked_at = passes.iter().any(done);
    let mut rows = Vec::new();
    for tenant in tenants {
        let ctx = Ctx::system(tenant.id);
        let coverage = service.store().coverage(&ctx, generation).await?;
        let nobody = CustomerId(Uuid::nil());
        let uncovered = service.store().uncovered(&ctx, generation, nobody, NAMED_MAX).await?;
        if command.json {
            let named: Vec<_> = uncovered
                .iter()
                .map(|behind| json!({"customer": behind.customer.to_string(), "screenedGeneration": behind.screened}))
                .collect();
            say(&json!({
                "tenant": tenant.key,
                "generation": generation,
                "customers": coverage.customers,
                "covered": coverage.customers - coverage.uncovered.min(coverage.customers),
                "uncovered": coverage.uncovered,
                "uncoveredCustomers": named,
                "everybodyLookedAt": everybody_looked_at,
            })
            .to_string())?;
            continue;
        }
        let first: Vec<String> = uncovered.iter().take(3).map(|behind| behind.customer.to_string()).collect();
        let covered = coverage.customers - coverage.uncovered.min(coverage.customers);
        let counts = [coverage.customers, covered, coverage.uncovered].map(|count| count.to_string());
        rows.push([vec![tenant.key], counts.to_vec(), vec![first.join(" ")]].concat());
    }
    if !command.json {
        let state = if everybody_looked_at { "every customer was looked at" } else { "customers are being looked at" };
        say(&format!("Generation {generation} of the lists: {state}"))?;
        say(table(&["tenant", "customers", "covered", "not yet", "first of them"], &rows).trim_end())?;
    }
    Ok(())
}

/// The generation that has to cover everybody: the first in which the named version was in force, or the newest.
async fn generation(service: &Service, command: &Coverage) -> anyhow::Result<u64> {
    let newest = service.store().newest_generation().await?.context("there is no list yet")?;
    let Some(list) = &command.list else { return Ok(newest.number) };
    let wanted = command.hash.as_deref().unwrap_or_default().to_ascii_lowercase();
    let versions = service.store().list_versions(list).await?;
    let hex = |hash: &[u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let in_force = newest.lists.iter().find(|(name, _)| name == list).map(|(_, hash)| *hash);
    let found: Vec<[u8; 32]> = match command.hash {
        Some(_) => versions.iter().map(|version| version.hash).filter(|hash| hex(hash).starts_with(&wanted)).collect(),
        None => in_force.into_iter().collect(),
    };
    match found.as_slice() {
        [hash] => Ok(service.store().first_generation_with(list, *hash).await?),
        [] => bail!("no such version of `{list}`"),
        _ => bail!("more than one version of `{list}` begins with `{wanted}`"),
    }
}
