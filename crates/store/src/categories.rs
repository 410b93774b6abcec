//! A tenant's own categories of customers, where it does not use the default ones; and how many accounts were numbered.

use db::{Batch, Expect, sql, values};
use jiff::Timestamp;
use onboarding::Hierarchy;

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;

statements! {
    HIERARCHY_PUT = sql(
        "INSERT INTO hierarchies (tenant_id, version, document, changed_at) VALUES ($1, 1, $2, $3) \
         ON CONFLICT (tenant_id) DO UPDATE SET version=hierarchies.version+1, document=excluded.document, \
         changed_at=excluded.changed_at",
    );
    HIERARCHY = sql("SELECT tenant_id, document FROM hierarchies WHERE tenant_id=$1");
    ACCOUNT_NEXT = sql(
        "INSERT INTO account_numbers (issuer, used) VALUES ($1, 1) \
         ON CONFLICT (issuer) DO UPDATE SET used=account_numbers.used+1 RETURNING used",
    );
}

impl Store {
    /// Puts a hierarchy in the place of the tenant's.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn put_hierarchy(&self, ctx: &Ctx, hierarchy: &Hierarchy, now: Timestamp) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let put = values![id(ctx.tenant.0), hierarchy.to_json().to_string(), time(now)];
        batch.add(&HIERARCHY_PUT, put, Expect::Rows(1));
        self.db().write(batch).await?;
        Ok(())
    }

    /// The tenant's own hierarchy, if it has one.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that does not read.
    pub async fn hierarchy(&self, ctx: &Ctx) -> Result<Option<Hierarchy>, StoreError> {
        let Some(row) = self.db().read_one(&HIERARCHY, values![id(ctx.tenant.0)]).await? else { return Ok(None) };
        let row = Reader::new(&row, "hierarchies", "tenant_id");
        let json = serde_json::from_str(row.text("document")?).map_err(|_| row.inconsistent("it is no JSON"))?;
        Hierarchy::parse(&json).map(Some).map_err(|error| row.inconsistent(error.to_string()))
    }

    /// A number that no account of this issuer, of whichever tenant, was given before: 0, 1, 2 and so on. One that is
    /// not used is lost.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn next_account_number(&self, issuer: &str) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        batch.add(&ACCOUNT_NEXT, values![issuer], Expect::Rows(1));
        let results = self.db().write(batch).await?;
        let row = results.first().and_then(|result| result.rows.first()).ok_or(db::ReadError::NotOne)?;
        let used: u64 = Reader::named(row, "account_numbers", issuer.to_owned()).number("used")?;
        Ok(used.saturating_sub(1))
    }
}
