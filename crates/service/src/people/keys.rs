//! The keys that sign a tenant's tokens: made when the first is needed, rotated by an operator.

use jiff::{SignedDuration, Timestamp};
use onboarding::TenantId;
use serde_json::{Value, json};
use store::{Actor, Ctx, SigningKey, StoreError, Tenant};
use zeroize::Zeroizing;

use super::SESSION_LIFETIME;
use super::jwt::{Algorithm, Key};
use crate::Service;
use crate::refused::Refused;

/// Most keys that are published at once.
const PUBLISHED_MAX: u32 = 1_000;

impl Service {
    /// Makes a new key for the tenant's tokens. Those signed before are accepted until they expire. Its id is told.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown tenant.
    pub async fn rotate_signing_key(&self, operator: &str, id_or_key: &str) -> Result<String, Refused> {
        let tenant = self.tenant(id_or_key).await?;
        let ctx = Ctx { tenant: tenant.id, actor: Actor::Operator(operator.to_owned()) };
        let now = self.now();
        self.store().purge_signing_keys(&ctx, accepted_since(now)).await?;
        let key = self.fresh_key(&ctx, algorithm(&tenant), now);
        self.store().put_signing_key(&ctx, &key, true).await?;
        Ok(key.key_id)
    }

    /// The public keys of every tenant whose tokens others can check, as a JSON Web Key Set (RFC 7517).
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn published_keys(&self) -> Result<Value, Refused> {
        let since = accepted_since(self.now());
        let keys = self.store().accepted_signing_keys(Algorithm::EdDsa.as_str(), since, PUBLISHED_MAX).await?;
        let public = keys.iter().filter_map(|key| usable(key)?.published(&key.key_id));
        Ok(json!({ "keys": public.collect::<Vec<_>>() }))
    }

    /// The key that signs now; one is made where there is none of the tenant's algorithm.
    pub(super) async fn signing_key(&self, ctx: &Ctx, tenant: &Tenant) -> Result<(String, Key), Refused> {
        let algorithm = algorithm(tenant);
        let known = self.store().newest_signing_key(ctx, algorithm.as_str()).await?;
        let key = match known {
            Some(key) => key,
            None => {
                let key = self.fresh_key(ctx, algorithm, self.now());
                self.store().put_signing_key(ctx, &key, false).await?;
                key
            }
        };
        let usable = usable(&key).ok_or_else(|| Refused::Internal("a signing key is damaged".into()))?;
        Ok((key.key_id, usable))
    }

    /// The key that a token names, and whose it is, if it is still accepted.
    pub(super) async fn accepted_key(&self, key_id: &str) -> Result<Option<(TenantId, Key)>, StoreError> {
        let since = accepted_since(self.now());
        let known = self.store().signing_key(key_id).await?;
        let known = known.filter(|key| key.retired_at.is_none_or(|retired| retired > since));
        Ok(known.and_then(|key| Some((key.tenant, usable(&key)?))))
    }

    fn fresh_key(&self, ctx: &Ctx, algorithm: Algorithm, now: Timestamp) -> SigningKey {
        SigningKey {
            key_id: hex::encode(&self.random_bytes()[..12]),
            tenant: ctx.tenant,
            algorithm: algorithm.as_str().to_owned(),
            created_at: now,
            retired_at: None,
            secret: Zeroizing::new(self.random_bytes().to_vec()),
        }
    }
}

/// What the tenant signs with: HMAC-SHA-256, as the vendor's documents say, unless it wants that others can check.
fn algorithm(tenant: &Tenant) -> Algorithm {
    let set = tenant.settings.get("finhub.jwtAlgorithm").map(String::as_str);
    set.and_then(Algorithm::parse).unwrap_or(Algorithm::Hs256)
}

/// A key that was retired before has signed nothing that still lives.
fn accepted_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SESSION_LIFETIME + SignedDuration::from_secs(60)).unwrap_or(Timestamp::MIN)
}

fn usable(key: &SigningKey) -> Option<Key> {
    Key::new(Algorithm::parse(&key.algorithm)?, &key.secret)
}
