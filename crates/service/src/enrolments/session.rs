//! Signing in at an institution that its own programs name by key and secret.

use onboarding::TenantId;

use crate::Service;
use crate::people::{NewSession, SignIn, SignInError};
use crate::refused::Refused;

/// Why no session was opened.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No tenant has this key.
    #[error("there is no such tenant")]
    NoSuchTenant,
    /// The secret is none of the tenant's.
    #[error("the tenant's secret is wrong")]
    WrongSecret,
    /// The customer was not let in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
}

impl Service {
    /// Opens a session for a customer of the tenant with this key, for whoever knows the secret of its programs. A wrong
    /// secret counts as no try: nobody but the institution's own programs can lock its customers out.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn sign_in_at(
        &self,
        tenant_key: &str,
        tenant_secret: &str,
        asked: &SignIn,
    ) -> Result<(TenantId, NewSession), SessionError> {
        let tenant = match self.tenant(tenant_key).await {
            Ok(tenant) => tenant.id,
            Err(Refused::NotFound) => return Err(SessionError::NoSuchTenant),
            Err(error) => return Err(SignInError::from(error).into()),
        };
        if !self.knows_secret(tenant, tenant_secret).await.map_err(SignInError::from)? {
            return Err(SessionError::WrongSecret);
        }
        let house = self.on_behalf_of(tenant).await.map_err(SignInError::from)?;
        let session = self.sign_in(&house, asked).await?;
        Ok((tenant, session))
    }
}
