//! Reads customers: the row, the customer's key, the sealed document.

use db::{Row, sql, values};
use onboarding::party::PartyKind;
use onboarding::{Customer, CustomerId, CustomerStatus, Party};
use uuid::Uuid;

use super::filter::CustomerFilter;
use crate::context::Ctx;
use crate::documents::customer::{Clear, decode};
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::{Place, SealKey};

/// A customer with its key, as every read of customers begins.
macro_rules! select {
    () => {
        "SELECT c.tenant_id, c.id, c.version, c.event_count, c.status, c.kind, c.cif_number, c.created_at, \
         c.changed_at, c.sealed, k.wrapped FROM customers c \
         LEFT JOIN customer_keys k ON k.tenant_id=c.tenant_id AND k.customer_id=c.id"
    };
}

pub(super) const SELECT: &str = select!();

statements! {
    CUSTOMER = sql(concat!(select!(), " WHERE c.tenant_id=$1 AND c.id=$2"));
}

impl Store {
    /// One customer of the tenant.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged, or whose key is gone.
    pub async fn customer(&self, ctx: &Ctx, customer: CustomerId) -> Result<Option<Customer>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let row = self.read_one_with_key(&CUSTOMER, values![id(ctx.tenant.0), id(customer.0)]).await?;
        row.as_ref().map(|row| read(row, &keys)).transpose()
    }

    /// Those customers of the tenant that fit the filter, in the order they were let in. Ask for one more than a page
    /// holds to know whether there is another.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn customers(
        &self,
        ctx: &Ctx,
        filter: &CustomerFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let Some((sql, values)) = filter.page(ctx.tenant, &keys.blind, offset, limit) else { return Ok(Vec::new()) };
        self.read_with_keys(&sql, values).await?.iter().map(|row| read(row, &keys)).collect()
    }
}

/// Unwraps the key in a row's `wrapped` column.
pub(crate) fn unwrap(row: &Reader<'_>, keys: &TenantKeys, customer: CustomerId) -> Result<SealKey, StoreError> {
    let wrapped = row.opt_bytes("wrapped")?.ok_or_else(|| row.inconsistent("its key is gone"))?;
    keys.open_customer_key(customer, wrapped).map_err(|broken| row.inconsistent(format!("of its key, {broken}")))
}

pub(crate) fn read(row: &Row, keys: &TenantKeys) -> Result<Customer, StoreError> {
    let row = Reader::new(row, "customers", "id");
    let customer = row.customer("id")?;
    let clear = Clear {
        id: customer,
        tenant: row.tenant()?,
        version: row.number("version")?,
        event_count: row.number("event_count")?,
        status: row.word("status", CustomerStatus::parse)?,
        cif_number: row.string("cif_number")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    };
    let place = place(&clear.tenant, &customer.0, clear.version);
    let key = unwrap(&row, keys, customer)?;
    let json = key.open(&place, row.bytes("sealed")?).map_err(|broken| row.inconsistent(broken.to_string()))?;
    let customer = decode(clear, &json).map_err(|unreadable| row.inconsistent(unreadable.to_string()))?;
    if kind_word(customer.party.kind()) != row.text("kind")? {
        return Err(row.inconsistent("its kind is not that of its document"));
    }
    Ok(customer)
}

/// Where a customer's document is sealed.
pub(super) fn place<'a>(tenant: &onboarding::TenantId, customer: &'a Uuid, version: u64) -> Place<'a> {
    Place { tenant: *tenant, table: "customers", row: customer.as_bytes(), column: "sealed", version }
}

/// The word kept for persons and businesses.
pub(super) fn kind_word(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => "person",
        PartyKind::Business => "business",
    }
}

/// The word kept for this party.
pub(super) fn party_word(party: &Party) -> &'static str {
    kind_word(party.kind())
}
