//! Tenants: made, listed, set.

use std::collections::BTreeMap;

use onboarding::customer::Ids;
use onboarding::{Pii, TenantId};
use store::{Actor, CredentialKind, RegistrationMode, Scopes, Tenant, Write};

use crate::auth::fresh_secret;
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
    /// Key of the Waldo dialect.
    pub waldo_api_key: String,
    /// Secret to that key.
    pub waldo_client_secret: String,
    /// What callbacks of the Hawk dialect show.
    pub hawk_callback_secret: String,
    /// What a bank signs with that tells of money.
    pub transfer_secret: String,
}

/// What kind of tenant is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TenantKind {
    /// It only plays.
    pub sandbox: bool,
    /// It may decide for tenants that name it.
    pub power: bool,
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
    /// Makes a tenant with one credential of each kind.
    ///
    /// # Errors
    /// [`Refused::Taken`] when another tenant's key is the same.
    pub async fn create_tenant(&self, name: &str, kind: TenantKind) -> Result<NewTenant, Refused> {
        self.create_tenant_called(name, kind, None).await
    }

    /// The same, under a key that its clients know it by already.
    ///
    /// # Errors
    /// [`Refused::State`] for what is no key ([`is_tenant_key`]); [`Refused::Taken`].
    pub async fn create_tenant_called(
        &self,
        name: &str,
        kind: TenantKind,
        key: Option<&str>,
    ) -> Result<NewTenant, Refused> {
        if key.is_some_and(|key| !is_tenant_key(key)) {
            return Err(Refused::State(
                "a tenant's key has 3 to 64 letters, digits, dashes and underscores, and is no UUID",
            ));
        }
        let now = self.now();
        let mut ids = self.ids(now);
        let id = TenantId(ids.next());
        let suffix: String = id.0.simple().to_string().chars().skip(24).collect();
        let made_up = || format!("{}-{suffix}", slug(name));
        let hawk_callback_secret = fresh_secret(self, "vsh_");
        let transfer_secret = self.new_transfer_secret();
        let secrets = [
            (settings::HAWK_CALLBACK_SECRET, hawk_callback_secret.clone()),
            (settings::XPOLLENS_TRANSFER_SECRET, transfer_secret.clone()),
        ];
        let tenant = Tenant {
            id,
            key: key.map_or_else(made_up, str::to_owned),
            name: name.to_owned(),
            sandbox: kind.sandbox,
            power: kind.power,
            settings: BTreeMap::new(),
            secrets: secrets.into_iter().map(|(key, secret)| (key.to_owned(), Pii(secret))).collect(),
            version: 1,
            created_at: now,
        };
        let [client, key, pair] = [CredentialKind::Client, CredentialKind::ApiKey, CredentialKind::Pair]
            .map(|kind| self.make_credential(&tenant, kind, Scopes::default(), &mut ids));
        let credentials = [client.credential, key.credential, pair.credential];
        self.store().create_tenant(&tenant, &credentials).await?;
        Ok(NewTenant {
            tenant,
            client_id: client.public_id,
            client_secret: client.secret,
            api_key: key.secret,
            waldo_api_key: pair.public_id,
            waldo_client_secret: pair.secret,
            hawk_callback_secret,
            transfer_secret,
        })
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

    /// Changes settings, all or none; an empty value puts the default back. Registrations that follow the settings change
    /// with them. Every node goes by the new ones within about a second.
    ///
    /// # Errors
    /// The first key or value that does not fit.
    pub async fn set_tenant(
        &self,
        operator: &str,
        id_or_key: &str,
        changes: &[(String, String)],
    ) -> Result<Tenant, SetError> {
        let mut tenant = self.tenant(id_or_key).await?;
        for (key, value) in changes {
            settings::put(&mut tenant, key, value, self.guard())?;
        }
        settings::check(&settings::in_force(&tenant))?;
        self.check_power_tenant(changes).await?;
        tenant.version += 1;
        let caller = Caller::of(tenant.clone(), Actor::Operator(operator.to_owned()), Scopes::default());
        let mut write = self.store().write(&caller.ctx, self.now());
        write.settings_changed(&tenant).map_err(Refused::from)?;
        self.follow_settings(&caller, changes, &mut write).await?;
        self.commit(write).await.map_err(Refused::from)?;
        self.signals().courier_due.notify_one();
        if changes.iter().any(|(key, _)| settings::RETENTION.contains(&key.as_str())) {
            self.ask_retention_anew(&caller.ctx).await?;
        }
        Ok(tenant)
    }

    async fn check_power_tenant(&self, changes: &[(String, String)]) -> Result<(), SetError> {
        for (key, value) in changes.iter().filter(|(key, value)| key == settings::POWER_TENANT && !value.is_empty()) {
            let named = self.store().tenant_by_key(value).await.map_err(Refused::from)?;
            if !named.is_some_and(|tenant| tenant.power) {
                let must_be = "the key of a tenant that was made with --power";
                return Err(SettingError::Invalid { key: key.clone(), must_be }.into());
            }
        }
        Ok(())
    }

    /// Adds what becomes of the registrations that follow the settings. One of a dialect that a change is about is put
    /// even if it stays as it is: so a suspended one is taken up again.
    async fn follow_settings(
        &self,
        caller: &Caller,
        changes: &[(String, String)],
        write: &mut Write,
    ) -> Result<(), Refused> {
        let now = self.now();
        let all = self.dialects().map(|dialect| (dialect.name(), dialect.followed(caller)));
        for (name, followed) in all.flat_map(|(name, all)| all.into_iter().map(move |followed| (name, followed))) {
            let known = self.store().registration_named(&caller.ctx, name, followed.name).await?;
            let Some(wanted) = followed.registration else {
                if known.is_some() {
                    write.registration_deleted_by_name(name, followed.name);
                }
                continue;
            };
            let meant = changes.iter().any(|(key, _)| key.split('.').next() == Some(name));
            if !meant && known.is_none() && wanted.mode == RegistrationMode::Poll {
                continue;
            }
            if meant || known.is_none_or(|known| !wanted.is_met_by(&known)) {
                write.registration_put(&wanted.made(caller.tenant_id(), self.ids(now).next(), now))?;
            }
        }
        Ok(())
    }

    /// A caller for work that the house does on its own account.
    pub(crate) async fn on_behalf_of(&self, tenant: TenantId) -> Result<Caller, Refused> {
        if let Some(caller) = self.houses().get(&tenant) {
            return Ok(caller);
        }
        let found = self.store().tenant(tenant).await?.ok_or(Refused::NotFound)?;
        let caller = Caller::of(found, Actor::System, Scopes::default());
        self.houses().insert(tenant, caller.clone());
        Ok(caller)
    }
}

/// Whether it may be a tenant's key: it stands in headers and paths, and is told apart from an id.
#[must_use]
pub fn is_tenant_key(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (3..=64).contains(&text.len()) && text.bytes().all(fits) && TenantId::parse(text).is_none()
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
    use super::{is_tenant_key, slug};

    #[test]
    fn a_key_is_no_id_and_fits_a_path() {
        for (key, fits) in [
            ("fh_api_finsei_ltd_7f957f77", true),
            ("demo-bank-1", true),
            ("ab", false),
            ("a/b", false),
            ("97e7ff29-15f3-49ef-9681-3bbfcce4f6cd", false),
        ] {
            assert_eq!(is_tenant_key(key), fits, "{key}");
        }
    }

    #[test]
    fn a_slug_fits_a_header() {
        assert_eq!(slug("Demo Bank, N.A."), "demo-bank-n-a");
        assert_eq!(slug("银行"), "tenant");
    }
}
