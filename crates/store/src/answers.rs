//! Answers that may have to be given twice: the memory behind idempotency keys.
//!
//! The body is sealed under the tenant's key, because the answer is known before, and also without, a customer. It may
//! hold personal data, so it is kept briefly: that is how long it outlives a customer's destroyed key.

use db::{Batch, Expect, Row, sql, values};
use jiff::Timestamp;
use onboarding::TenantId;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::Place;
use crate::write::{Meaning, Statements};

statements! {
    // One that is kept no longer makes room; one that still is leaves no row touched.
    ANSWER_PUT = sql(
        "INSERT INTO answers (tenant_id, id, fingerprint, status, request_id, created_at, kept_until, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (tenant_id, id) DO UPDATE SET fingerprint=excluded.fingerprint, status=excluded.status, \
         request_id=excluded.request_id, created_at=excluded.created_at, kept_until=excluded.kept_until, \
         sealed=excluded.sealed WHERE answers.kept_until <= excluded.created_at",
    );
    ANSWER = sql(
        "SELECT tenant_id, id, fingerprint, status, request_id, created_at, kept_until, sealed FROM answers \
         WHERE tenant_id=$1 AND id=$2 AND created_at >= $3",
    );
    ANSWERS_PURGE = sql(
        "DELETE FROM answers WHERE (tenant_id, id) IN \
         (SELECT tenant_id, id FROM answers WHERE kept_until <= $1 ORDER BY kept_until LIMIT $2)",
    );
}

/// An answer that was given.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The digest of what makes the request the same ([`Store::keyed_digest`]).
    pub id: [u8; 32],
    /// The digest of what must not differ when the request is repeated.
    pub fingerprint: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
    /// The id of the request that was answered.
    pub request_id: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when the same request gets the same answer. From then on the id may be used anew.
    pub kept_until: Timestamp,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The body may be personal.
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("request_id", &self.request_id)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// Longest body that is kept.
    pub const BODY_BYTES_MAX: usize = 1 << 20;
}

impl Store {
    /// The answer with this id, unless it is older than `not_before`.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged.
    pub async fn answer(
        &self,
        ctx: &Ctx,
        answer: [u8; 32],
        not_before: Timestamp,
    ) -> Result<Option<Answer>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let row = self.db().read_one(&ANSWER, values![id(ctx.tenant.0), answer, time(not_before)]).await?;
        row.map(|row| read(&row, ctx.tenant, &keys)).transpose()
    }

    /// Forgets at most `limit` answers that are kept no longer, and says how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn purge_answers(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&ANSWERS_PURGE, values![time(now), limit], Expect::Any);
        Ok(self.db().write(batch).await?.iter().map(|result| result.rows_affected).sum())
    }
}

/// Adds an answer.
pub(crate) fn put(ctx: &Ctx, keys: &TenantKeys, answer: &Answer, statements: &mut Statements) {
    let insert = values![
        id(ctx.tenant.0),
        answer.id,
        answer.fingerprint,
        u32::from(answer.status),
        &answer.request_id,
        time(answer.created_at),
        time(answer.kept_until),
        keys.seal.seal(&place(ctx.tenant, &answer.id), &answer.body)
    ];
    statements.add(&ANSWER_PUT, insert, Expect::Rows(1), Meaning::Answer);
}

fn read(row: &Row, tenant: TenantId, keys: &TenantKeys) -> Result<Answer, StoreError> {
    let row = Reader::new(row, "answers", "id");
    let id = row.hash("id")?;
    let body = keys.seal.open(&place(tenant, &id), row.bytes("sealed")?);
    Ok(Answer {
        id,
        fingerprint: row.hash("fingerprint")?,
        status: row.number("status")?,
        body: body.map_err(|broken| row.inconsistent(broken.to_string()))?.to_vec(),
        request_id: row.string("request_id")?,
        created_at: row.time("created_at")?,
        kept_until: row.time("kept_until")?,
    })
}

fn place(tenant: TenantId, id: &[u8; 32]) -> Place<'_> {
    Place { tenant, table: "answers", row: id, column: "sealed", version: 0 }
}
