//! Reads the journal.

use db::{Row, sql, values};
use onboarding::id::EventId;
use onboarding::{CustomerId, EventKind, TenantId};

use super::chain::{Entry, Fact, Head};
use crate::context::{Actor, Ctx};
use crate::error::{Inconsistent, StoreError};
use crate::open::Store;
use crate::rows::{Reader, count, id};
use crate::statements::statements;
use crate::vault::key::Key;

statements! {
    HEAD = sql("SELECT tenant_id, seq, hash, mac FROM journal_heads WHERE tenant_id=$1");
    JOURNAL = sql(
        "SELECT tenant_id, seq, hash, event_id, customer_id, kind, number, about, to_state, actor, happened_at \
         FROM journal WHERE tenant_id=$1 AND seq > $2 ORDER BY seq LIMIT $3",
    );
    LAST_SEQ = sql("SELECT tenant_id, seq FROM journal WHERE tenant_id=$1 ORDER BY seq DESC LIMIT 1");
    HISTORY = sql(
        "SELECT tenant_id, seq, hash, event_id, customer_id, kind, number, about, to_state, actor, happened_at \
         FROM journal WHERE tenant_id=$1 AND customer_id=$2 AND number > $3 ORDER BY number LIMIT $4",
    );
}

/// A fact that waits for its place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// Its place in the order of insertion, of this house and not of the tenant.
    pub entry: i64,
    /// The fact.
    pub fact: Fact,
}

/// A row of the outbox, whether or not it reads.
pub(super) struct Waiting {
    /// Its place in the order of insertion.
    pub entry: i64,
    /// Whose it is, where it says so.
    pub tenant: Option<TenantId>,
    /// The fact.
    pub unsealed: Result<Unsealed, StoreError>,
}

impl Store {
    /// How far the tenant's journal reaches.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] where there is no head, or the tenant's key does not vouch for it.
    pub async fn head(&self, ctx: &Ctx) -> Result<Head, StoreError> {
        let head = self.head_if_any(ctx).await?;
        head.ok_or_else(|| {
            Inconsistent::new("journal_heads", ctx.tenant.0.simple().to_string(), "it is missing").into()
        })
    }

    /// The same, where a head that is missing is an answer.
    pub(super) async fn head_if_any(&self, ctx: &Ctx) -> Result<Option<Head>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let Some(row) = self.db().read_one(&HEAD, values![id(ctx.tenant.0)]).await? else { return Ok(None) };
        let row = Reader::new(&row, "journal_heads", "tenant_id");
        let head = Head { seq: row.number("seq")?, hash: row.hash("hash")? };
        let same: bool = subtle::ConstantTimeEq::ct_eq(row.bytes("mac")?, &mac(&keys.journal, &head)[..]).into();
        if same { Ok(Some(head)) } else { Err(row.inconsistent("the tenant's key does not vouch for it")) }
    }

    /// At most `limit` entries of the tenant's journal, after the one with the number `after_seq`.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn journal(&self, ctx: &Ctx, after_seq: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let rows = self.db().read(&JOURNAL, values![id(ctx.tenant.0), count(after_seq), limit]).await?;
        rows.iter().map(entry).collect()
    }

    /// The number of the last entry there is, whatever the head says.
    pub(super) async fn last_seq(&self, ctx: &Ctx) -> Result<u64, StoreError> {
        let row = self.db().read_one(&LAST_SEQ, values![id(ctx.tenant.0)]).await?;
        row.map_or(Ok(0), |row| Reader::new(&row, "journal", "tenant_id").number("seq"))
    }

    /// At most `limit` entries about one customer, after its fact with the number `after_number`.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn history(
        &self,
        ctx: &Ctx,
        customer: CustomerId,
        after_number: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let history = values![id(ctx.tenant.0), id(customer.0), count(after_number), limit];
        self.db().read(&HISTORY, history).await?.iter().map(entry).collect()
    }
}

/// What the tenant's key says of a head, so that nobody without the key can put another in its place.
pub(super) fn mac(key: &Key, head: &Head) -> [u8; 32] {
    key.digest("vestibule/journal-head/1", &[&head.seq.to_be_bytes(), &head.hash])
}

/// Reads a row of the outbox; only one without a place of its own is an error.
pub(super) fn waiting(row: &Row) -> Result<Waiting, StoreError> {
    let row = Reader::new(row, "outbox", "event_id");
    let (entry, tenant) = (row.int("entry")?, row.tenant().ok());
    let unsealed = fact(&row).map(|fact| Unsealed { entry, fact });
    Ok(Waiting { entry, tenant, unsealed })
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let row = Reader::new(row, "journal", "event_id");
    Ok(Entry { seq: row.number("seq")?, hash: row.hash("hash")?, fact: fact(&row)? })
}

fn fact(row: &Reader<'_>) -> Result<Fact, StoreError> {
    Ok(Fact {
        event: EventId(row.uuid("event_id")?),
        tenant: row.tenant()?,
        customer: row.customer("customer_id")?,
        kind: row.word("kind", EventKind::parse)?,
        number: row.number("number")?,
        about: row.opt_uuid("about")?,
        to: row.opt_string("to_state")?,
        actor: row.word("actor", Actor::parse)?,
        at: row.time("happened_at")?,
    })
}
