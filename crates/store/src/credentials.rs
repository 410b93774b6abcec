//! Credentials and the tokens given for them. Of secrets only hashes are kept; they have 256 random bits.

use std::collections::BTreeSet;

use db::{Batch, Expect, Row, WriteError, sql, values};
use jiff::Timestamp;
use onboarding::TenantId;
use uuid::Uuid;

use crate::context::Ctx;
use crate::error::{CommitError, StoreError};
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;

statements! {
    CREDENTIAL_INSERT = sql(
        "INSERT INTO credentials (tenant_id, id, kind, public_id, secret_hash, scopes, created_at, \
         revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
    );
    CREDENTIAL_BY_PUBLIC_ID = sql(
        "SELECT tenant_id, id, kind, public_id, secret_hash, scopes, created_at, revoked_at FROM credentials \
         WHERE public_id=$1",
    );
    CREDENTIAL_BY_SECRET_HASH = sql(
        "SELECT tenant_id, id, kind, public_id, secret_hash, scopes, created_at, revoked_at FROM credentials \
         WHERE secret_hash=$1 AND kind=$2",
    );
    CREDENTIAL_BY_ID = sql(
        "SELECT tenant_id, id, kind, public_id, secret_hash, scopes, created_at, revoked_at FROM credentials \
         WHERE id=$1",
    );
    CREDENTIALS = sql(
        "SELECT tenant_id, id, kind, public_id, secret_hash, scopes, created_at, revoked_at FROM credentials \
         WHERE tenant_id=$1 ORDER BY created_at, id",
    );
    CREDENTIAL_REVOKE = sql(
        "UPDATE credentials SET revoked_at=$1 WHERE tenant_id=$2 AND id=$3 AND revoked_at IS NULL",
    );
    TOKEN_INSERT = sql(
        "INSERT INTO tokens (hash, tenant_id, credential_id, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    );
    TOKEN = sql(
        "SELECT t.hash, t.tenant_id, t.credential_id, t.expires_at, c.scopes FROM tokens t \
         JOIN credentials c ON c.tenant_id=t.tenant_id AND c.id=t.credential_id \
         WHERE t.hash=$1 AND c.revoked_at IS NULL",
    );
    TOKENS_PURGE = sql(
        "DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    );
}

/// What proves who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub tenant: TenantId,
    /// What it is for.
    pub kind: CredentialKind,
    /// The part that may be shown: a client id, or a name for an API key.
    pub public_id: String,
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// The dialects it is good for; all, if none is named.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

/// A credential to be made; it is its tenant's, from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id.
    pub id: Uuid,
    /// What it is for.
    pub kind: CredentialKind,
    /// The part that may be shown; unique in the house.
    pub public_id: String,
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// The dialects it is good for; all, if none is named.
    pub scopes: Scopes,
}

/// The dialects that a credential is good for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Good for these alone; for all, if there is none.
    pub fn of(dialects: impl IntoIterator<Item = String>) -> Self {
        Self(dialects.into_iter().collect())
    }

    /// Whether this dialect is one of them.
    #[must_use]
    pub fn cover(&self, dialect: &str) -> bool {
        self.0.is_empty() || self.0.contains(dialect)
    }

    /// Their names; none, if it is good for all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn column(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.names().map(|name| format!("{name},")).collect())
    }

    fn read(row: &Reader<'_>) -> Result<Self, StoreError> {
        let text = row.opt_string("scopes")?.unwrap_or_default();
        Ok(Self::of(text.split_terminator(',').map(str::to_owned)))
    }
}

/// What a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// An OAuth client: an id and a secret, changed for tokens.
    Client,
    /// A key that is sent with every request.
    ApiKey,
    /// A key and a secret, which together are changed for tokens that are soon followed by fresh ones.
    Pair,
    /// The secret that proves an inbound transfer.
    TransferSecret,
}

impl CredentialKind {
    const ALL: [Self; 4] = [Self::Client, Self::ApiKey, Self::Pair, Self::TransferSecret];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::ApiKey => "api_key",
            Self::Pair => "pair",
            Self::TransferSecret => "transfer_secret",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A token that was given for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose.
    pub tenant: TenantId,
    /// For which credential.
    pub credential: Uuid,
    /// The dialects that the credential is good for.
    pub scopes: Scopes,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Store {
    /// Gives the tenant a further credential.
    ///
    /// # Errors
    /// [`CommitError::TenantTaken`] when the public id or the secret is in use.
    pub async fn create_credential(
        &self,
        ctx: &Ctx,
        credential: &NewCredential,
        now: Timestamp,
    ) -> Result<(), CommitError> {
        let mut batch = Batch::new();
        insert(&mut batch, ctx.tenant, credential, now);
        match self.db().write(batch).await {
            Ok(_) => Ok(()),
            Err(WriteError::Unique { .. }) => Err(CommitError::TenantTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// The credential with this public id, revoked or not.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn credential_by_public_id(&self, public_id: &str) -> Result<Option<Credential>, StoreError> {
        if public_id.contains('\0') {
            return Ok(None);
        }
        let row = self.db().read_one(&CREDENTIAL_BY_PUBLIC_ID, values![public_id]).await?;
        row.as_ref().map(credential).transpose()
    }

    /// The credential with this id, whosever it is, revoked or not: for an operator of the house, who knows only its id.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn credential_by_id(&self, credential_id: Uuid) -> Result<Option<Credential>, StoreError> {
        let row = self.db().read_one(&CREDENTIAL_BY_ID, values![id(credential_id)]).await?;
        row.as_ref().map(credential).transpose()
    }

    /// The credential of this kind with this secret, revoked or not. Comparing a hash of 256 random bits in an index
    /// tells nobody anything.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn credential_by_secret_hash(
        &self,
        kind: CredentialKind,
        secret_hash: [u8; 32],
    ) -> Result<Option<Credential>, StoreError> {
        let row = self.db().read_one(&CREDENTIAL_BY_SECRET_HASH, values![secret_hash, kind.as_str()]).await?;
        row.as_ref().map(credential).transpose()
    }

    /// Every credential of the tenant, oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn credentials(&self, ctx: &Ctx) -> Result<Vec<Credential>, StoreError> {
        self.db().read(&CREDENTIALS, values![id(ctx.tenant.0)]).await?.iter().map(credential).collect()
    }

    /// Revokes a credential, and with it every token given for it. Says whether it was in force.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn revoke_credential(&self, ctx: &Ctx, credential: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        batch.add(&CREDENTIAL_REVOKE, values![time(now), id(ctx.tenant.0), id(credential)], Expect::AtMost(1));
        Ok(self.db().write(batch).await?.iter().any(|result| result.rows_affected == 1))
    }

    /// Keeps a token that is being given out.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn issue_token(
        &self,
        hash: [u8; 32],
        credential: Uuid,
        tenant: TenantId,
        issued_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let insert = values![hash, id(tenant.0), id(credential), time(issued_at), time(expires_at)];
        batch.add(&TOKEN_INSERT, insert, Expect::Rows(1));
        self.db().write(batch).await?;
        Ok(())
    }

    /// The token with this hash, unless its credential was revoked. Whether it has expired is for the caller to see.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn token(&self, hash: [u8; 32]) -> Result<Option<Token>, StoreError> {
        let Some(row) = self.db().read_one(&TOKEN, values![hash]).await? else { return Ok(None) };
        let row = Reader::new(&row, "tokens", "hash");
        let (tenant, credential) = (row.tenant()?, row.uuid("credential_id")?);
        Ok(Some(Token { tenant, credential, scopes: Scopes::read(&row)?, expires_at: row.time("expires_at")? }))
    }

    /// Forgets at most `limit` tokens that have expired, and says how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn purge_tokens(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&TOKENS_PURGE, values![time(now), limit], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }
}

pub(crate) fn insert(batch: &mut Batch, tenant: TenantId, credential: &NewCredential, now: Timestamp) {
    let insert = values![
        id(tenant.0),
        id(credential.id),
        credential.kind.as_str(),
        &credential.public_id,
        credential.secret_hash,
        credential.scopes.column(),
        time(now)
    ];
    batch.add(&CREDENTIAL_INSERT, insert, Expect::Rows(1));
}

fn credential(row: &Row) -> Result<Credential, StoreError> {
    let row = Reader::new(row, "credentials", "id");
    Ok(Credential {
        id: row.uuid("id")?,
        tenant: row.tenant()?,
        kind: row.word("kind", CredentialKind::parse)?,
        public_id: row.string("public_id")?,
        secret_hash: row.hash("secret_hash")?,
        scopes: Scopes::read(&row)?,
        created_at: row.time("created_at")?,
        revoked_at: row.opt_time("revoked_at")?,
    })
}
