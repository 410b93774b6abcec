//! Signing in at an institution that its own programs name by key and secret.

use onboarding::TenantId;

use crate::Service;
use crate::people::{NewSession, SignIn, SignInError};
use crate::refused::Refused;

/// What an institution's own program proves itself with.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    /// The tenant's key, or its id.
    pub tenant_key: &'a str,
    /// The secret of its programs.
    pub tenant_secret: &'a str,
    /// The tenant's key or id where the request names it a second time: it must be the same tenant.
    pub also_named: Option<&'a str>,
}

/// Why no session was opened.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No tenant has this key.
    #[error("there is no such tenant")]
    NoSuchTenant,
    /// The request names another tenant beside this one.
    #[error("two tenants are named")]
    OtherTenant,
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
        program: Program<'_>,
        asked: &SignIn,
    ) -> Result<(TenantId, NewSession), SessionError> {
        let tenant = match self.tenant(program.tenant_key).await {
            Ok(tenant) => tenant,
            Err(Refused::NotFound) => return Err(SessionError::NoSuchTenant),
            Err(error) => return Err(SignInError::from(error).into()),
        };
        let is_same = |named: &str| named == tenant.key || TenantId::parse(named) == Some(tenant.id);
        if !program.also_named.is_none_or(is_same) {
            return Err(SessionError::OtherTenant);
        }
        let tenant = tenant.id;
        if !self.knows_secret(tenant, program.tenant_secret).await.map_err(SignInError::from)? {
            return Err(SessionError::WrongSecret);
        }
        let house = self.on_behalf_of(tenant).await.map_err(SignInError::from)?;
        let session = self.sign_in(&house, asked).await?;
        Ok((tenant, session))
    }
}
