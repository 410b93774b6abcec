//! Reads customers: the row, the customer's key, the sealed document.

use std::sync::Arc;

use db::{Row, sql, values};
use onboarding::party::PartyKind;
use onboarding::risk::Level;
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
    CUSTOMERS_AFTER = sql(concat!(select!(), " WHERE c.tenant_id=$1 AND c.id > $2 ORDER BY c.id LIMIT $3"));
    RISK_LEVELS = sql(
        "SELECT risk_level, COUNT(*) AS customers FROM customers WHERE tenant_id=$1 GROUP BY risk_level ORDER BY risk_level",
    );
}

/// Customers as they lie in the store. Opening and reading them is work for a processor, which need not hold up a thread
/// that others wait for.
pub struct SealedPage {
    rows: Vec<(CustomerId, Row)>,
    keys: Arc<TenantKeys>,
}

impl SealedPage {
    /// The id of the last one; none where there are no more.
    #[must_use]
    pub fn last(&self) -> Option<CustomerId> {
        self.rows.last().map(|(id, _)| *id)
    }

    /// Each customer. One that cannot be read is told with its id, and holds up no other.
    pub fn read(&self) -> impl Iterator<Item = (CustomerId, Result<Customer, StoreError>)> {
        self.rows.iter().map(|(id, row)| (*id, read(row, &self.keys)))
    }
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

    /// The next customers of the tenant in the order of their ids, still sealed, for whoever goes through all of them.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn customers_after(&self, ctx: &Ctx, after: CustomerId, limit: u32) -> Result<SealedPage, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let rows = self.read_with_keys(&CUSTOMERS_AFTER, values![id(ctx.tenant.0), id(after.0), limit]).await?;
        let each = rows.into_iter().map(|row| Ok((Reader::new(&row, "customers", "id").customer("id")?, row)));
        Ok(SealedPage { rows: each.collect::<Result<_, StoreError>>()?, keys })
    }

    /// How many customers have each level of risk; `None` is those that are not rated.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn risk_levels(&self, ctx: &Ctx) -> Result<Vec<(Option<Level>, u64)>, StoreError> {
        let rows = self.db().read(&RISK_LEVELS, values![id(ctx.tenant.0)]).await?;
        let each = rows.iter().map(|row| {
            let row = Reader::named(row, "customers", "risk_level".to_owned());
            let level = row.opt_string("risk_level")?;
            let level = level.map(|word| Level::parse(&word).ok_or_else(|| row.inconsistent("is no known level")));
            Ok((level.transpose()?, row.number("customers")?))
        });
        each.collect()
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
