//! Handles: what a device or a page knows, which comes without a credential. Only the hash of one is kept; it leads to the
//! tenant and the customer. A handle has 128 random bits or more, so a plain hash gives nothing away.

use db::{Expect, sql, values};
use jiff::Timestamp;
use onboarding::{CustomerId, TenantId};
use sha2::{Digest, Sha256};

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::write::{Meaning, Statements};

statements! {
    HANDLE_INSERT = sql(
        "INSERT INTO handles (hash, tenant_id, customer_id, kind, made_at, ended_at) VALUES ($1, $2, $3, $4, $5, NULL)",
    );
    // Who shows a handle is known by nothing else.
    HANDLE = sql("SELECT hash, tenant_id, customer_id, kind, made_at, ended_at FROM handles WHERE hash=$1");
    HANDLE_END = sql("UPDATE handles SET ended_at=$1 WHERE tenant_id=$2 AND hash=$3 AND ended_at IS NULL");
}

/// SHA-256 of a handle and of what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HandleHash(pub(crate) [u8; 32]);

/// What a handle is for; one of another kind leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HandleKind {
    /// An activation code.
    Activation,
    /// The id of a device.
    Wallet,
    /// The id of an operation that is to be signed.
    Signature,
    /// The token of a page.
    Page,
    /// The id of an account.
    Account,
}

/// What is known of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    /// Its hash.
    pub hash: HandleHash,
    /// Whose customer it leads to.
    pub tenant: TenantId,
    /// Which customer.
    pub customer: CustomerId,
    /// What it is for.
    pub kind: HandleKind,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ended, if it did.
    pub ended_at: Option<Timestamp>,
}

impl HandleKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Activation, Self::Wallet, Self::Signature, Self::Page, Self::Account];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Wallet => "wallet",
            Self::Signature => "signature",
            Self::Page => "page",
            Self::Account => "account",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The hash of a handle of this kind.
    #[must_use]
    pub fn hash(self, handle: &str) -> HandleHash {
        let mut digest = Sha256::new();
        digest.update(self.as_str());
        digest.update([0]);
        digest.update(handle);
        HandleHash(digest.finalize().into())
    }
}

impl Store {
    /// Where a handle leads; one that has ended is told with the time.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn handle(&self, hash: HandleHash) -> Result<Option<Handle>, StoreError> {
        let Some(row) = self.db().read_one(&HANDLE, values![hash.0]).await? else { return Ok(None) };
        let row = Reader::new(&row, "handles", "customer_id");
        Ok(Some(Handle {
            hash,
            tenant: row.tenant()?,
            customer: row.customer("customer_id")?,
            kind: row.word("kind", HandleKind::parse)?,
            made_at: row.time("made_at")?,
            ended_at: row.opt_time("ended_at")?,
        }))
    }
}

pub(crate) fn put(handle: &Handle, statements: &mut Statements) {
    let insert =
        values![handle.hash.0, id(handle.tenant.0), id(handle.customer.0), handle.kind.as_str(), time(handle.made_at)];
    statements.add(&HANDLE_INSERT, insert, Expect::Rows(1), Meaning::Handle);
}

pub(crate) fn end(ctx: &Ctx, hash: HandleHash, now: Timestamp, statements: &mut Statements) {
    statements.add(&HANDLE_END, values![time(now), id(ctx.tenant.0), hash.0], Expect::AtMost(1), Meaning::Handle);
}
