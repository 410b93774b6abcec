//! `vestibule tenant`.

use serde_json::json;
use service::settings;

use super::{operator, say};
use crate::cli::Tenant;
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Runs the command.
///
/// # Errors
/// An unknown tenant, a setting that does not fit, a store that cannot be used.
pub async fn run(config: &Config, command: Tenant) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    match command {
        Tenant::Create { name, sandbox, json } => {
            let made = service.create_tenant(&name, sandbox).await?;
            let fields = [
                ("tenantId", made.tenant.id.to_string()),
                ("tenantKey", made.tenant.key.clone()),
                ("clientId", made.client_id),
                ("clientSecret", made.client_secret),
                ("apiKey", made.api_key),
            ];
            if json {
                let object: serde_json::Map<_, _> =
                    fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
                say(&serde_json::Value::Object(object).to_string())
            } else {
                let rows: Vec<Vec<String>> =
                    fields.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
                say(table(&["what", "value"], &rows).trim_end())?;
                eprintln!("The secrets are shown this once; what is kept of them cannot be turned back.");
                Ok(())
            }
        }
        Tenant::Set { tenant, settings: changes } => {
            let changes = changes.iter().map(|change| pair(change)).collect::<anyhow::Result<Vec<_>>>()?;
            let tenant = if changes.is_empty() {
                service.tenant(&tenant).await?
            } else {
                service.set_tenant(&operator(None), &tenant, &changes).await?
            };
            say(&serde_json::to_string_pretty(&settings::in_force(&settings::policy(&tenant)))?)
        }
        Tenant::List { json } => {
            let tenants = service.tenants().await?;
            if json {
                for tenant in tenants {
                    let (id, key, name) = (tenant.id.to_string(), tenant.key, tenant.name);
                    say(
                        &json!({"tenantId": id, "tenantKey": key, "name": name, "sandbox": tenant.sandbox}).to_string()
                    )?;
                }
                return Ok(());
            }
            let rows: Vec<Vec<String>> = tenants
                .into_iter()
                .map(|tenant| {
                    let kind = if tenant.sandbox { "sandbox" } else { "" };
                    vec![tenant.id.to_string(), tenant.key, tenant.name, kind.to_owned()]
                })
                .collect();
            say(table(&["tenant", "key", "name", ""], &rows).trim_end())
        }
    }
}

fn pair(text: &str) -> anyhow::Result<(String, String)> {
    let (key, value) = text.split_once('=').ok_or_else(|| anyhow::anyhow!("`{text}` must be KEY=VALUE"))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}
