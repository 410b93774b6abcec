//! `vestibule tenant`.

mod categories;

use serde_json::json;
use service::settings;
use service::tenants::TenantKind;

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
    let mut config = config.clone();
    if let Tenant::Set { allow_private_callbacks, .. } = &command {
        config.server.allow_private_callbacks |= allow_private_callbacks;
    }
    let service = house::quiet(&config).await?;
    match command {
        Tenant::Create { name, key, sandbox, power, json } => {
            let kind = TenantKind { sandbox, power };
            let made = service.create_tenant_called(&name, kind, key.as_deref()).await?;
            let fields = [
                ("tenantId", made.tenant.id.to_string()),
                ("tenantKey", made.tenant.key.clone()),
                ("clientId", made.client_id),
                ("clientSecret", made.client_secret),
                ("apiKey", made.api_key),
                ("waldoApiKey", made.waldo_api_key),
                ("waldoClientSecret", made.waldo_client_secret),
                ("hawkCallbackSecret", made.hawk_callback_secret),
                ("transferSecret", made.transfer_secret),
            ];
            say_once(fields, json)
        }
        Tenant::Show { tenant } => show(&service.tenant(&tenant).await?),
        Tenant::Set { tenant, settings: changes, .. } => {
            let changes = changes.iter().map(|change| pair(change)).collect::<anyhow::Result<Vec<_>>>()?;
            let tenant = if changes.is_empty() {
                service.tenant(&tenant).await?
            } else {
                service.set_tenant(&operator(None), &tenant, &changes).await?
            };
            show(&tenant)
        }
        Tenant::Categories(command) => categories::run(&service, command).await,
        Tenant::RotateTransferSecret { tenant, json } => {
            let secret = service.rotate_transfer_secret(&operator(None), &tenant).await?;
            say_once([("transferSecret", secret)], json)
        }
        Tenant::RotateJwtKey { tenant } => {
            let key = service.rotate_signing_key(&operator(None), &tenant).await?;
            say(&format!("Tokens are signed with the key {key} from now on."))
        }
        Tenant::List { json } => {
            let tenants = service.tenants().await?;
            if json {
                for tenant in tenants {
                    let line = json!({"tenantId": tenant.id.to_string(), "tenantKey": tenant.key, "name": tenant.name,
                        "sandbox": tenant.sandbox, "power": tenant.power});
                    say(&line.to_string())?;
                }
                return Ok(());
            }
            let rows: Vec<Vec<String>> = tenants
                .into_iter()
                .map(|tenant| {
                    let kinds = [(tenant.sandbox, "sandbox"), (tenant.power, "power")];
                    let kinds: Vec<&str> = kinds.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
                    vec![tenant.id.to_string(), tenant.key, tenant.name, kinds.join(", ")]
                })
                .collect();
            say(table(&["tenant", "key", "name", ""], &rows).trim_end())
        }
    }
}

/// Prints what is shown this once.
pub(super) fn say_once<const N: usize>(fields: [(&str, String); N], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let object: serde_json::Map<_, _> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        return say(&serde_json::Value::Object(object).to_string());
    }
    let rows: Vec<Vec<String>> = fields.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    say(table(&["what", "value"], &rows).trim_end())?;
    eprintln!("The secrets are shown this once; what is kept of them is not told again.");
    Ok(())
}

fn show(tenant: &service::Tenant) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(&settings::shown(&settings::in_force(tenant)))?)
}

fn pair(text: &str) -> anyhow::Result<(String, String)> {
    let (key, value) = text.split_once('=').ok_or_else(|| anyhow::anyhow!("`{text}` must be KEY=VALUE"))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}
