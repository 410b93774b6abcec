//! Who calls: opaque tokens, hashed at rest.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use onboarding::{Pii, Policy, TenantId};
use sha2::{Digest, Sha256};
use store::{Actor, Credential, CredentialKind, Ctx, Scopes, StoreError, Tenant};

use crate::Service;
use crate::settings::{self, InForce, Settings};

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
    /// Its other settings as they stand.
    pub settings: Arc<Settings>,
    /// The dialects it may speak.
    pub scopes: Scopes,
}

impl Caller {
    /// Somebody of this tenant, under its rules as they stand.
    pub(crate) fn of(tenant: Tenant, actor: Actor, scopes: Scopes) -> Self {
        let InForce { policy, settings } = settings::in_force(&tenant);
        let ctx = Ctx { tenant: tenant.id, actor };
        Self { ctx, tenant: Arc::new(tenant), policy: Arc::new(policy), settings: Arc::new(settings), scopes }
    }

    /// Whether it may speak this dialect. One that may not is known all the same: it is not to be told to show itself.
    #[must_use]
    pub fn may_speak(&self, dialect: &str) -> bool {
        self.scopes.cover(dialect)
    }

    /// Whether it was given this right by name.
    #[must_use]
    pub fn was_given(&self, right: &str) -> bool {
        self.scopes.names().any(|name| name == right)
    }

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
    /// Key and secret are right, but were revoked: told only to who knows both.
    #[error("the credentials were revoked")]
    Revoked,
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
        self.issue_token_for(client_id, client_secret, TOKEN_LIFETIME).await
    }

    /// The same for a token that lives so long.
    ///
    /// # Errors
    /// As [`Service::issue_token`].
    pub async fn issue_token_for(
        &self,
        client_id: &str,
        client_secret: &str,
        lifetime: SignedDuration,
    ) -> Result<IssuedToken, AuthError> {
        let credential = self.proved(CredentialKind::Client, client_id, client_secret).await?;
        let credential = credential.filter(|known| known.revoked_at.is_none()).ok_or(AuthError::Unknown)?;
        self.give_token(credential.tenant, credential.id, lifetime).await
    }

    /// Who shows this key and this secret.
    ///
    /// # Errors
    /// [`AuthError::Unknown`] for an unknown key and a wrong secret alike; [`AuthError::Revoked`] where both are right.
    pub async fn authenticate_pair(&self, key: &str, secret: &str) -> Result<Caller, AuthError> {
        let credential = self.proved(CredentialKind::Pair, key, secret).await?.ok_or(AuthError::Unknown)?;
        if credential.revoked_at.is_some() {
            return Err(AuthError::Revoked);
        }
        let tenant = self.store().tenant(credential.tenant).await?.ok_or(AuthError::Unknown)?;
        Ok(Caller::of(tenant, Actor::Credential(credential.id), credential.scopes))
    }

    /// Gives a caller with a credential a token that lives so long from now on.
    ///
    /// # Errors
    /// [`AuthError::Unknown`] for a caller without a credential of its own.
    pub async fn token_for(&self, caller: &Caller, lifetime: SignedDuration) -> Result<IssuedToken, AuthError> {
        let Actor::Credential(credential) = caller.ctx.actor else { return Err(AuthError::Unknown) };
        self.give_token(caller.ctx.tenant, credential, lifetime).await
    }

    /// A token to go on with, for a dialect that sends one with every answer: it lives for at least 59 sixtieths of the
    /// lifetime. One is made a credential and sixtieth, whatever the number of answers, so that not every answer waits
    /// for a write.
    ///
    /// # Errors
    /// As [`Service::token_for`].
    pub async fn fresh_token(&self, caller: &Caller, lifetime: SignedDuration) -> Result<String, AuthError> {
        let Actor::Credential(credential) = caller.ctx.actor else { return Err(AuthError::Unknown) };
        let now = self.now();
        let known = self.fresh_tokens().get(&credential);
        if let Some((token, expires_at)) = known
            && expires_at.duration_since(now) >= lifetime * 59 / 60
        {
            return Ok(token.0.clone());
        }
        let token = self.token_for(caller, lifetime).await?.token;
        let expires_at = now.saturating_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
        self.fresh_tokens().insert(credential, (Arc::new(Pii(token.clone())), expires_at));
        Ok(token)
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
        let caller = Caller::of(tenant, Actor::Credential(token.credential), token.scopes);
        self.callers().insert(hash, (caller.clone(), token.expires_at));
        Ok(caller)
    }

    /// Whose API key this is. What is found is believed for a second, so a revoked key is refused within one. Whether it
    /// is good for a dialect says [`Caller::may_speak`].
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
        let caller = Caller::of(tenant, Actor::Credential(credential.id), credential.scopes);
        self.callers().insert(as_key, (caller.clone(), jiff::Timestamp::MAX));
        Ok(caller)
    }

    /// The credential of this kind and public id, if the secret is its own; revoked or not.
    async fn proved(
        &self,
        kind: CredentialKind,
        public_id: &str,
        secret: &str,
    ) -> Result<Option<Credential>, AuthError> {
        let presented = digest(secret);
        let credential = self.store().credential_by_public_id(public_id).await?;
        Ok(credential.filter(|known| {
            let same: bool = subtle::ConstantTimeEq::ct_eq(&known.secret_hash[..], &presented[..]).into();
            same && known.kind == kind
        }))
    }

    async fn give_token(
        &self,
        tenant: TenantId,
        credential: uuid::Uuid,
        lifetime: SignedDuration,
    ) -> Result<IssuedToken, AuthError> {
        let (token, now) = (fresh_secret(self, "vst_"), self.now());
        let expires_at = now.saturating_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
        self.store().issue_token(digest(&token), credential, tenant, now, expires_at).await?;
        Ok(IssuedToken { token, lifetime })
    }
}
