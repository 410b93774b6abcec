//! Tenants: made, listed, set.

use std::collections::BTreeMap;

use onboarding::TenantId;
use onboarding::customer::Ids;
use store::{Actor, CredentialKind, Ctx, NewCredential, Tenant};

use crate::auth::{digest, fresh_secret};
use crate::refused::Refused;
use crate::settings::{self, SettingError};
use crate::{Caller, Service};

/// A tenant just made, with its secrets, which are shown this once.
pub struct NewTenant {
    /// The tenant.
    pub tenant: Tenant,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// Key of the dialects that know no token.
    pub api_key: String,
}

/// Why settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// A key or value does not fit.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The tenant is unknown, or the store failed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// Makes a tenant with one OAuth client and one API key.
    ///
    /// # Errors
    /// [`Refused::Taken`] when another tenant's key is the same.
    pub async fn create_tenant(&self, name: &str, sandbox: bool) -> Result<NewTenant, Refused> {
        let now = self.now();
        let mut ids = self.ids(now);
        let id = TenantId(ids.next());
        let suffix: String = id.0.simple().to_string().chars().skip(24).collect();
        let key = format!("{}-{suffix}", slug(name));
        let tenant =
            Tenant { id, key, name: name.to_owned(), sandbox, settings: BTreeMap::new(), version: 1, created_at: now };
        let client_id = format!("vsc_{}", ids.next().simple());
        let (client_secret, api_key) = (fresh_secret(self, "vss_"), fresh_secret(self, "vsk_"));
        let api_key_id = ids.next();
        let credentials = [
            NewCredential {
                id: ids.next(),
                kind: CredentialKind::Client,
                public_id: client_id.clone(),
                secret_hash: digest(&client_secret),
            },
            NewCredential {
                id: api_key_id,
                kind: CredentialKind::ApiKey,
                public_id: format!("vsp_{}", api_key_id.simple()),
                secret_hash: digest(&api_key),
            },
        ];
        self.store().create_tenant(&tenant, &credentials).await?;
        Ok(NewTenant { tenant, client_id, client_secret, api_key })
    }

    /// Every tenant.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Refused> {
        Ok(self.store().tenants().await?)
    }

    /// The tenant with this id or key.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn tenant(&self, id_or_key: &str) -> Result<Tenant, Refused> {
        let found = match TenantId::parse(id_or_key) {
            Some(id) => self.store().tenant(id).await?,
            None => self.store().tenant_by_key(id_or_key).await?,
        };
        found.ok_or(Refused::NotFound)
    }

    /// Changes settings, all or none.
    ///
    /// # Errors
    /// The first key or value that does not fit.
    pub async fn set_tenant(
        &self,
        operator: &str,
        id_or_key: &str,
        changes: &[(String, String)],
    ) -> Result<Tenant, SetError> {
        for (key, value) in changes {
            settings::validate(key, value)?;
        }
        let mut tenant = self.tenant(id_or_key).await?;
        let expected = tenant.version;
        tenant.settings.extend(changes.iter().cloned());
        tenant.version += 1;
        let ctx = Ctx { tenant: tenant.id, actor: Actor::Operator(operator.to_owned()) };
        let set = self.store().set_settings(&ctx, &tenant.settings, expected, self.now()).await;
        set.map_err(Refused::from)?;
        Ok(tenant)
    }

    /// A caller for work that the house does on its own account.
    pub(crate) async fn on_behalf_of(&self, tenant: TenantId) -> Result<Caller, Refused> {
        if let Some(caller) = self.houses().get(&tenant) {
            return Ok(caller);
        }
        let found = self.store().tenant(tenant).await?.ok_or(Refused::NotFound)?;
        let policy = settings::policy(&found);
        let ctx = Ctx { tenant, actor: Actor::System };
        let caller = Caller { ctx, tenant: found.into(), policy: policy.into() };
        self.houses().insert(tenant, caller.clone());
        Ok(caller)
    }
}

/// Letters and digits of the name, in lower case, joined by dashes; at most 40 characters.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().filter(char::is_ascii).take(40) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "tenant".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_fits_a_header() {
        assert_eq!(slug("Demo Bank, N.A."), "demo-bank-n-a");
        assert_eq!(slug("银行"), "tenant");
    }
}
