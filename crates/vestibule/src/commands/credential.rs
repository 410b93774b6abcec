//! `vestibule credential`.

use serde_json::json;
use service::Credential as Kept;

use super::say;
use super::tenant::say_once;
use crate::cli::{Credential, CredentialKind};
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Runs the command.
///
/// # Errors
/// An unknown tenant, credential or dialect, a store that cannot be used.
pub async fn run(config: &Config, command: Credential) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    match command {
        Credential::Create { tenant, kind, scope, json } => {
            let kind = match kind {
                CredentialKind::Client => service::CredentialKind::Client,
                CredentialKind::ApiKey => service::CredentialKind::ApiKey,
                CredentialKind::Waldo => service::CredentialKind::Pair,
            };
            let made = service.create_credential(&tenant, kind, &scope).await?;
            let fields = [
                ("credentialId", made.credential.id.to_string()),
                ("publicId", made.public_id),
                ("secret", made.secret),
            ];
            say_once(fields, json)
        }
        Credential::List { tenant, json } => {
            let credentials = service.credentials(&tenant).await?;
            if json {
                return credentials.iter().try_for_each(|one| say(&line(one).to_string()));
            }
            let rows: Vec<Vec<String>> = credentials.iter().map(row).collect();
            say(table(&["credential", "kind", "public id", "scope", "made (UTC)", ""], &rows).trim_end())
        }
        Credential::Revoke { id } => {
            let said = if service.revoke_credential(&id).await? { "is revoked" } else { "was revoked already" };
            say(&format!("{id} {said}"))
        }
    }
}

fn line(one: &Kept) -> serde_json::Value {
    json!({"credentialId": one.id.to_string(), "kind": kind(one), "publicId": one.public_id,
        "scopes": one.scopes.names().collect::<Vec<_>>(), "createdAt": one.created_at.to_string(),
        "revokedAt": one.revoked_at.map(|at| at.to_string())})
}

fn row(one: &Kept) -> Vec<String> {
    let scope = if one.scopes.names().next().is_none() { "all".to_owned() } else { line(one)["scopes"].to_string() };
    let revoked = if one.revoked_at.is_some() { "revoked" } else { "" };
    let made = one.created_at.strftime("%Y-%m-%d %H:%M").to_string();
    let scope = scope.replace(['[', ']', '"'], "");
    vec![one.id.to_string(), kind(one).to_owned(), one.public_id.clone(), scope, made, revoked.to_owned()]
}

/// The word by which a kind is made here.
fn kind(one: &Kept) -> &'static str {
    match one.kind {
        service::CredentialKind::Client => "client",
        service::CredentialKind::ApiKey => "api-key",
        service::CredentialKind::Pair => "waldo",
        service::CredentialKind::TransferSecret => "transfer-secret",
    }
}
