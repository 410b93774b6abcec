//! `vestibule webhooks`.

use serde_json::{Value, json};
use service::RegistrationId;
use service::registrations::upkeep::Upkeep;

use super::{operator, say};
use crate::cli::Webhooks;
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Runs the command.
///
/// # Errors
/// An unknown tenant or registration, a store that cannot be used.
pub async fn run(config: &Config, command: Webhooks) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    match command {
        Webhooks::List { tenant, failing, json } => {
            let mut rows = Vec::new();
            let each = |one: Upkeep| {
                if failing && !one.needs_somebody() {
                    return;
                }
                if json {
                    // A pipe that is closed ends the program.
                    drop(say(&line(&one).to_string()));
                } else {
                    rows.push(row(&one));
                }
            };
            service.each_registration(&tenant, each).await?;
            if json {
                return Ok(());
            }
            let header =
                ["registration", "dialect", "name", "to", "state", "waiting", "failed", "last failure (UTC)", "answer"];
            say(table(&header, &rows).trim_end())
        }
        Webhooks::Restart { tenant, registration, failed } => {
            let id = RegistrationId(registration);
            let (_, resent) = service.take_up_registration(&operator(None), &tenant, id, failed).await?;
            let resent = if failed { format!("; {resent} that had failed are sent again") } else { String::new() };
            say(&format!("{registration} is active{resent}"))
        }
    }
}

fn line(one: &Upkeep) -> Value {
    let (registration, backlog) = (&one.registration, &one.backlog);
    json!({
        "registrationId": registration.id.0.to_string(),
        "dialect": registration.dialect,
        "name": registration.name,
        "customer": registration.customer.map(|customer| customer.to_string()),
        "mode": registration.mode.as_str(),
        "callbackUrl": registration.callback_url,
        "state": registration.state.as_str(),
        "waiting": backlog.waiting,
        "triedInVain": backlog.tried,
        "failed": backlog.failed,
        "lastFailedAt": backlog.last_failed_at.map(|at| at.to_string()),
        "lastFailedStatus": backlog.last_failed_status,
    })
}

fn row(one: &Upkeep) -> Vec<String> {
    let (registration, backlog) = (&one.registration, &one.backlog);
    let failed_at = backlog.last_failed_at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let answer = match (backlog.last_failed_at, backlog.last_failed_status) {
        (None, _) => String::new(),
        (Some(_), Some(status)) => status.to_string(),
        (Some(_), None) => "none".to_owned(),
    };
    vec![
        registration.id.0.to_string(),
        registration.dialect.clone(),
        registration.name.clone(),
        registration.callback_url.clone().unwrap_or_else(|| "fetched".to_owned()),
        registration.state.as_str().to_owned(),
        backlog.waiting.to_string(),
        backlog.failed.to_string(),
        failed_at,
        answer,
    ]
}
