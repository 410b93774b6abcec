//! `vestibule audit`.

use std::process::ExitCode;

use serde_json::json;
use store::{Ctx, Defect};

use super::say;
use crate::cli::Audit;
use crate::config::Config;
use crate::house;

/// Checks every tenant's journal; the exit code says whether all hold.
///
/// # Errors
/// A store that cannot be used.
pub async fn run(config: &Config, command: &Audit) -> anyhow::Result<ExitCode> {
    let Audit::Verify { json: as_json } = command;
    let service = house::quiet(config).await?;
    let mut all_hold = true;
    for tenant in service.tenants().await? {
        let report = service.store().verify(&Ctx::system(tenant.id)).await?;
        let findings: Vec<String> = report.defects.iter().map(found).collect();
        let holds = report.is_sound();
        all_hold &= holds;
        let head: String = report.head.iter().flat_map(|head| head.hash).map(|byte| format!("{byte:02x}")).collect();
        if *as_json {
            let (id, events) = (tenant.id.to_string(), report.entries);
            say(&json!({"tenantId": id, "holds": holds, "events": events, "head": head, "findings": findings})
                .to_string())?;
            continue;
        }
        let verdict = if holds { "holds" } else { "BROKEN" };
        say(&format!(
            "{} ({}): {verdict}; {} events in the chain; head {head}",
            tenant.key, tenant.id, report.entries
        ))?;
        for finding in findings {
            say(&format!("  {finding}"))?;
        }
    }
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A defect in words.
fn found(defect: &Defect) -> String {
    match defect {
        Defect::Missing { seq } => format!("entry {seq} is missing"),
        Defect::Hash { seq } => format!("entry {seq} is not what its hash was made of: edited, inserted or moved"),
        Defect::Unreadable => "an entry cannot be read".to_owned(),
        Defect::HeadMissing => "the head is missing".to_owned(),
        Defect::Events { customer, counted, told } => {
            format!("customer {customer} counts {counted} events, and {told} are told of")
        }
        Defect::HeadForged => "the head is not vouched for by the tenant's key".to_owned(),
        Defect::Truncated { last, head } => {
            format!("it ends at entry {last}, and its head is {head}: the end was cut off")
        }
        Defect::BeyondHead { last, head } => format!("it goes on to entry {last} after its head {head}"),
        Defect::HeadHash => "the last entry is not the head's".to_owned(),
    }
}
