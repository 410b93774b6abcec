//! Keys that sign a tenant's tokens, sealed. An old one is accepted as long as tokens signed with it live.

use std::fmt;

use db::{Batch, Expect, Row, sql, values};
use jiff::Timestamp;
use onboarding::TenantId;
use zeroize::Zeroizing;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::seal::Place;

statements! {
    SIGNING_KEY_INSERT = sql(
        "INSERT INTO signing_keys (key_id, tenant_id, algorithm, created_at, retired_at, sealed) \
         VALUES ($1, $2, $3, $4, NULL, $5)",
    );
    SIGNING_KEYS_RETIRE = sql("UPDATE signing_keys SET retired_at=$1 WHERE tenant_id=$2 AND retired_at IS NULL");
    SIGNING_KEY = sql(
        "SELECT key_id, tenant_id, algorithm, created_at, retired_at, sealed FROM signing_keys WHERE key_id=$1",
    );
    SIGNING_KEY_NEWEST = sql(
        "SELECT key_id, tenant_id, algorithm, created_at, retired_at, sealed FROM signing_keys \
         WHERE tenant_id=$1 AND algorithm=$2 AND retired_at IS NULL ORDER BY created_at DESC, key_id LIMIT 1",
    );
    SIGNING_KEYS_PUBLISHED = sql(
        "SELECT key_id, tenant_id, algorithm, created_at, retired_at, sealed FROM signing_keys \
         WHERE algorithm=$1 AND (retired_at IS NULL OR retired_at > $2) ORDER BY created_at, key_id LIMIT $3",
    );
    SIGNING_KEYS_PURGE = sql("DELETE FROM signing_keys WHERE tenant_id=$1 AND retired_at <= $2");
}

/// A key that signs tokens.
#[derive(Clone)]
pub struct SigningKey {
    /// What a token names it by.
    pub key_id: String,
    /// Whose.
    pub tenant: TenantId,
    /// For which algorithm, in the service's word.
    pub algorithm: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it signs no more.
    pub retired_at: Option<Timestamp>,
    /// The key itself.
    pub secret: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("key_id", &self.key_id).field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps a key; those before it sign no more when `retires_others`.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`].
    pub async fn put_signing_key(&self, ctx: &Ctx, key: &SigningKey, retires_others: bool) -> Result<(), StoreError> {
        if key.tenant != ctx.tenant {
            return Err(StoreError::NoSuchTenant);
        }
        let keys = self.keys(ctx.tenant).await?;
        let mut batch = Batch::new();
        if retires_others {
            batch.add(&SIGNING_KEYS_RETIRE, values![time(key.created_at), id(ctx.tenant.0)], Expect::Any);
        }
        let sealed = keys.seal.seal(&place(ctx.tenant, &key.key_id), &key.secret);
        let insert = values![&key.key_id, id(ctx.tenant.0), &key.algorithm, time(key.created_at), sealed];
        batch.add(&SIGNING_KEY_INSERT, insert, Expect::Rows(1));
        self.db().write(batch).await?;
        Ok(())
    }

    /// The key that a token names. A token does not yet say whose it is; the key does.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged.
    pub async fn signing_key(&self, key_id: &str) -> Result<Option<SigningKey>, StoreError> {
        if key_id.contains('\0') {
            return Ok(None);
        }
        match self.db().read_one(&SIGNING_KEY, values![key_id]).await? {
            Some(row) => self.open_signing_key(&row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The tenant's newest key that signs with this algorithm.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged.
    pub async fn newest_signing_key(&self, ctx: &Ctx, algorithm: &str) -> Result<Option<SigningKey>, StoreError> {
        match self.db().read_one(&SIGNING_KEY_NEWEST, values![id(ctx.tenant.0), algorithm]).await? {
            Some(row) => self.open_signing_key(&row).await.map(Some),
            None => Ok(None),
        }
    }

    /// At most `limit` keys of this algorithm that are accepted, of all tenants, oldest first: those retired after
    /// `not_before` too.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged.
    pub async fn accepted_signing_keys(
        &self,
        algorithm: &str,
        not_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<SigningKey>, StoreError> {
        let rows = self.db().read(&SIGNING_KEYS_PUBLISHED, values![algorithm, time(not_before), limit]).await?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in &rows {
            keys.push(self.open_signing_key(row).await?);
        }
        Ok(keys)
    }

    /// Forgets the tenant's keys that were retired before, and says how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn purge_signing_keys(&self, ctx: &Ctx, retired_before: Timestamp) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&SIGNING_KEYS_PURGE, values![id(ctx.tenant.0), time(retired_before)], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }

    async fn open_signing_key(&self, row: &Row) -> Result<SigningKey, StoreError> {
        let key_id = Reader::named(row, "signing_keys", "?".to_owned()).string("key_id")?;
        let row = Reader::named(row, "signing_keys", key_id.clone());
        let tenant = row.tenant()?;
        let keys = self.keys(tenant).await?;
        let secret = keys.seal.open(&place(tenant, &key_id), row.bytes("sealed")?);
        Ok(SigningKey {
            secret: secret.map_err(|broken| row.inconsistent(broken.to_string()))?,
            key_id,
            tenant,
            algorithm: row.string("algorithm")?,
            created_at: row.time("created_at")?,
            retired_at: row.opt_time("retired_at")?,
        })
    }
}

fn place<'a>(tenant: TenantId, key_id: &'a str) -> Place<'a> {
    Place { tenant, table: "signing_keys", row: key_id.as_bytes(), column: "sealed", version: 0 }
}
