//! `vestibule audit`.

use std::process::ExitCode;

use serde_json::json;

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
        let report = service.store().verify(tenant.id).await?;
        let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        let holds = findings.is_empty();
        all_hold &= holds;
        let head: String = report.head.iter().map(|byte| format!("{byte:02x}")).collect();
        if *as_json {
            let (id, events, unsealed) = (tenant.id.to_string(), report.sealed, report.unsealed);
            say(&json!({"tenantId": id, "holds": holds, "events": events, "unsealed": unsealed, "head": head, "findings": findings})
                .to_string())?;
            continue;
        }
        let verdict = if holds { "holds" } else { "BROKEN" };
        say(&format!(
            "{} ({}): {verdict}; {} events in the chain, {} waiting for their order; head {head}",
            tenant.key, tenant.id, report.sealed, report.unsealed
        ))?;
        for finding in findings {
            say(&format!("  {finding}"))?;
        }
    }
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
