//! Who calls: opaque tokens, hashed at rest.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use onboarding::{Policy, TenantId};
use sha2::{Digest, Sha256};
use store::{Actor, CredentialKind, Ctx, StoreError, Tenant};

use crate::Service;

/// How long an access token lives: the vendor's 24 hours.
pub const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Somebody who may ask, and under which rules.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant and the credential, for the store and the journal.
    pub ctx: Ctx,
    /// The institution.
    pub tenant: Arc<Tenant>,
    /// Its policy as it stands.
    pub policy: Arc<Policy>,
}

impl Caller {
    /// The institution's id.
    #[must_use]
    pub fn tenant_id(&self) -> TenantId {
        self.ctx.tenant
    }
}

/// A token just made; it cannot be read back later.
pub struct IssuedToken {
    /// What the caller sends from now on.
    pub token: String,
    /// How long it lives.
    pub lifetime: SignedDuration,
}

/// Why nobody was let in.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// No such credential or token, or it is revoked or expired. Which of them is nobody's business.
    #[error("unknown or expired credentials")]
    Unknown,
    /// Something inside failed.
    #[error("credentials could not be checked")]
    Internal(#[from] StoreError),
}

/// A fresh secret of 256 bits, in a form that survives copying, with a prefix that scanners can look for.
pub(crate) fn fresh_secret(service: &Service, prefix: &str) -> String {
    format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(service.random_bytes()))
}

/// What is kept of a secret. It has 256 random bits, so a plain hash gives nothing away.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl Service {
    /// Gives a token to a client that knows its secret (OAuth 2.0 client credentials).
    ///
    /// # Errors
    /// [`AuthError::Unknown`] for an unknown client, a wrong secret and a revoked credential alike.
    pub async fn issue_token(&self, client_id: &str, client_secret: &str) -> Result<IssuedToken, AuthError> {
        let presented = digest(client_secret);
        let credential = self.store().credential_by_public_id(client_id).await?;
        let credential = credential.filter(|known| {
            let same: bool = subtle::ConstantTimeEq::ct_eq(&known.secret_hash[..], &presented[..]).into();
            same && known.revoked_at.is_none()
        });
        let credential = credential.ok_or(AuthError::Unknown)?;
        let token = fresh_secret(self, "vst_");
        let now = self.now();
        let expires_at = now.saturating_add(TOKEN_LIFETIME).unwrap_or(jiff::Timestamp::MAX);
        self.store().issue_token(digest(&token), credential.id, credential.tenant, now, expires_at).await?;
        Ok(IssuedToken { token, lifetime: TOKEN_LIFETIME })
    }

    /// Who sends this token. What is found is believed for a second, so a revoked token is refused within one.
    ///
    /// # Errors
    /// [`AuthError::Unknown`].
    pub async fn authenticate(&self, bearer: &str) -> Result<Caller, AuthError> {
        let hash = digest(bearer);
        if let Some((caller, expires_at)) = self.callers().get(&hash) {
            return if self.now() < expires_at { Ok(caller) } else { Err(AuthError::Unknown) };
        }
        let token = self.store().token(hash).await?.filter(|token| self.now() < token.expires_at);
        let token = token.ok_or(AuthError::Unknown)?;
        let tenant = self.store().tenant(token.tenant).await?.ok_or(AuthError::Unknown)?;
        let policy = crate::settings::policy(&tenant);
        let ctx = Ctx { tenant: token.tenant, actor: Actor::Credential(token.credential) };
        let caller = Caller { ctx, tenant: Arc::new(tenant), policy: Arc::new(policy) };
        self.callers().insert(hash, (caller.clone(), token.expires_at));
        Ok(caller)
    }

    /// Whose API key this is. What is found is believed for a second, so a revoked key is refused within one.
    ///
    /// # Errors
    /// [`AuthError::Unknown`].
    pub async fn caller_of_api_key(&self, key: &str) -> Result<Caller, AuthError> {
        // Believed under a hash of its own, so that a key that was seen never passes for a token.
        let as_key = digest(&format!("api key {key}"));
        if let Some((caller, _)) = self.callers().get(&as_key) {
            return Ok(caller);
        }
        let credential = self.store().credential_by_secret_hash(CredentialKind::ApiKey, digest(key)).await?;
        let credential = credential.filter(|known| known.revoked_at.is_none()).ok_or(AuthError::Unknown)?;
        let tenant = self.store().tenant(credential.tenant).await?.ok_or(AuthError::Unknown)?;
        let policy = crate::settings::policy(&tenant);
        let ctx = Ctx { tenant: credential.tenant, actor: Actor::Credential(credential.id) };
        let caller = Caller { ctx, tenant: Arc::new(tenant), policy: Arc::new(policy) };
        self.callers().insert(as_key, (caller.clone(), jiff::Timestamp::MAX));
        Ok(caller)
    }
}
