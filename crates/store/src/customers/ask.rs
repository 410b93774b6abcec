//! What the lists are asked about customers, for a pass through all of them.
//!
//! A pass reads the documents that are there already and takes from them no more than it asks. A copy made for it, however
//! small, would be one more write for each customer, and one more place where a name is kept.

use std::sync::Arc;

use db::{Row, sql, values};
use onboarding::screening::Questions;
use onboarding::{CustomerId, TenantId};

use super::read::{place, unwrap};
use crate::context::Ctx;
use crate::documents;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, count, id};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;

statements! {
    PAGE = sql(
        "SELECT c.id, c.version, c.sealed, k.wrapped FROM customers c \
         LEFT JOIN customer_keys k ON k.tenant_id=c.tenant_id AND k.customer_id=c.id \
         WHERE c.tenant_id=$1 AND c.id > $2 AND c.screened_generation < $3 ORDER BY c.id LIMIT $4",
    );
}

/// Customers to be asked about, as they lie in the store: opening them is work for a processor.
pub struct AskedPage {
    tenant: TenantId,
    rows: Vec<(CustomerId, Row)>,
    keys: Arc<TenantKeys>,
}

impl AskedPage {
    /// Who they are, in the order of their ids.
    pub fn customers(&self) -> impl DoubleEndedIterator<Item = CustomerId> + ExactSizeIterator {
        self.rows.iter().map(|(id, _)| *id)
    }

    /// Whose they are.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What is asked about the customers of a part of the page.
    pub fn questions(
        &self,
        part: std::ops::Range<usize>,
    ) -> impl Iterator<Item = (CustomerId, Result<Questions, StoreError>)> {
        self.rows.get(part).unwrap_or_default().iter().map(|(id, row)| (*id, self.open(*id, row)))
    }

    fn open(&self, customer: CustomerId, row: &Row) -> Result<Questions, StoreError> {
        let row = Reader::new(row, "customers", "id");
        let key = unwrap(&row, &self.keys, customer)?;
        let place = place(&self.tenant, &customer.0, row.number("version")?);
        let json = key.open(&place, row.bytes("sealed")?).map_err(|broken| row.inconsistent(broken.to_string()))?;
        documents::questions::decode(&json).map_err(|unreadable| row.inconsistent(unreadable.to_string()))
    }
}

impl Store {
    /// The next customers of the tenant that were screened against an older generation, in the order of their ids.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn customers_before(
        &self,
        ctx: &Ctx,
        generation: u64,
        after: CustomerId,
        limit: u32,
    ) -> Result<AskedPage, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let values = values![id(ctx.tenant.0), id(after.0), count(generation), limit];
        let rows = self.read_many_with_keys(&PAGE, values).await?;
        let each = rows.into_iter().map(|row| Ok((Reader::new(&row, "customers", "id").customer("id")?, row)));
        Ok(AskedPage { tenant: ctx.tenant, rows: each.collect::<Result<_, StoreError>>()?, keys })
    }
}
