//! Credentials: made, listed, revoked by an operator.

use onboarding::customer::Ids;
use store::{Credential, CredentialKind, Ctx, NewCredential, Scopes, Tenant};

use crate::Service;
use crate::auth::{digest, fresh_secret};
use crate::ports::FreshIds;
use crate::refused::Refused;

/// What a credential may be limited to: dialects, and over our own API [changing risk models](RISK) and [what concerns the
/// whole house](LISTS).
pub const SCOPES: [&str; 8] = ["cos", "finhub", "hawk", LISTS, RISK, "screening", "v1", "waldo"];

/// The right to put risk models and to put them in force, which is that over every customer's level.
pub const RISK: &str = "risk";

/// The right to have every customer of every tenant screened anew. It must be given by name: a credential that is good for all
/// dialects has it not.
pub const LISTS: &str = "lists";

/// A credential just made, with its secret, which is shown this once.
pub struct MadeCredential {
    /// The part that may be shown: a client id, a pair's key; of an API key only a name.
    pub public_id: String,
    /// The secret.
    pub secret: String,
    /// What is kept.
    pub credential: NewCredential,
}

impl Service {
    /// Gives the tenant a further credential, good for these dialects; for all, if none is named.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown tenant, [`Refused::State`] for an unknown dialect.
    pub async fn create_credential(
        &self,
        tenant: &str,
        kind: CredentialKind,
        scopes: &[String],
    ) -> Result<MadeCredential, Refused> {
        if scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
            return Err(Refused::State("a scope must be one of cos, finhub, hawk, lists, risk, screening, v1, waldo"));
        }
        let (tenant, now) = (self.tenant(tenant).await?, self.now());
        let made = self.make_credential(&tenant, kind, Scopes::of(scopes.iter().cloned()), &mut self.ids(now));
        self.store().create_credential(&Ctx::system(tenant.id), &made.credential, now).await?;
        Ok(made)
    }

    /// Every credential of the tenant, oldest first, the revoked ones too.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown tenant.
    pub async fn credentials(&self, tenant: &str) -> Result<Vec<Credential>, Refused> {
        let tenant = self.tenant(tenant).await?;
        Ok(self.store().credentials(&Ctx::system(tenant.id)).await?)
    }

    /// Revokes the credential with this id or public id; every node refuses it, and what was given for it, within about
    /// a second. Says whether it was in force.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn revoke_credential(&self, id: &str) -> Result<bool, Refused> {
        let found = match uuid::Uuid::try_parse(id) {
            Ok(id) => self.store().credential_by_id(id).await?,
            Err(_) => self.store().credential_by_public_id(id).await?,
        };
        let found = found.ok_or(Refused::NotFound)?;
        Ok(self.store().revoke_credential(&Ctx::system(found.tenant), found.id, self.now()).await?)
    }

    /// A credential with fresh secrets. Prefixes are what scanners for leaked secrets look for; those of a pair, and of
    /// one for a sandbox, are the vendor's.
    pub(crate) fn make_credential(
        &self,
        tenant: &Tenant,
        kind: CredentialKind,
        scopes: Scopes,
        ids: &mut FreshIds<'_>,
    ) -> MadeCredential {
        let id = ids.next();
        let sandbox = if tenant.sandbox { "sandbox." } else { "" };
        let (public_id, secret) = match kind {
            CredentialKind::Client => (format!("vsc_{}", id.simple()), fresh_secret(self, "vss_")),
            CredentialKind::ApiKey => (format!("vsp_{}", id.simple()), fresh_secret(self, "vsk_")),
            CredentialKind::Pair => {
                (format!("{sandbox}wk.{}", id.simple()), fresh_secret(self, &format!("{sandbox}ws.")))
            }
            CredentialKind::TransferSecret => (format!("vsx_{}", id.simple()), fresh_secret(self, "vsi_")),
        };
        let credential = NewCredential { id, kind, public_id: public_id.clone(), secret_hash: digest(&secret), scopes };
        MadeCredential { public_id, secret, credential }
    }
}
