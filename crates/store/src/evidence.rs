//! What checks saw: written once, never changed, readable as long as the customer's key exists.

use db::{Expect, Row, sql, values};
use onboarding::id::EvidenceId;
use onboarding::screening::Evidence;
use onboarding::{CustomerId, TenantId};
use uuid::Uuid;

use crate::context::Ctx;
use crate::customers::read::unwrap;
use crate::documents;
use crate::documents::evidence::Clear;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::{Place, SealKey};
use crate::write::{Meaning, Statements};

statements! {
    EVIDENCE_INSERT = sql("INSERT INTO evidence (tenant_id, customer_id, id, taken_at, sealed) VALUES ($1, $2, $3, $4, $5)");
    EVIDENCE = sql(
        "SELECT e.tenant_id, e.id, e.customer_id, e.taken_at, e.sealed, k.wrapped FROM evidence e \
         LEFT JOIN customer_keys k ON k.tenant_id=e.tenant_id AND k.customer_id=e.customer_id \
         WHERE e.tenant_id=$1 AND e.customer_id=$2 AND e.id=$3",
    );
}

impl Store {
    /// What one check of a customer saw, once.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] where it is damaged, or the customer's key is gone.
    pub async fn evidence(
        &self,
        ctx: &Ctx,
        customer: CustomerId,
        evidence: EvidenceId,
    ) -> Result<Option<Evidence>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let values = values![id(ctx.tenant.0), id(customer.0), id(evidence.0)];
        let row = self.read_one_with_key(&EVIDENCE, values).await?;
        row.map(|row| read(&row, &keys)).transpose()
    }
}

/// Adds what a check saw.
pub(crate) fn put(ctx: &Ctx, key: &SealKey, evidence: &Evidence, statements: &mut Statements) {
    let sealed = key.seal(&place(&ctx.tenant, &evidence.id.0), &documents::evidence::encode(evidence));
    let insert = values![id(ctx.tenant.0), id(evidence.customer.0), id(evidence.id.0), time(evidence.at), sealed];
    statements.add(&EVIDENCE_INSERT, insert, Expect::Rows(1), Meaning::Evidence);
}

fn read(row: &Row, keys: &TenantKeys) -> Result<Evidence, StoreError> {
    let row = Reader::new(row, "evidence", "id");
    let customer = row.customer("customer_id")?;
    let clear = Clear { id: EvidenceId(row.uuid("id")?), customer, at: row.time("taken_at")? };
    let key = unwrap(&row, keys, customer)?;
    let json = key.open(&place(&row.tenant()?, &clear.id.0), row.bytes("sealed")?);
    let json = json.map_err(|broken| row.inconsistent(broken.to_string()))?;
    documents::evidence::decode(clear, &json).map_err(|unreadable| row.inconsistent(unreadable.to_string()))
}

fn place<'a>(tenant: &TenantId, evidence: &'a Uuid) -> Place<'a> {
    Place { tenant: *tenant, table: "evidence", row: evidence.as_bytes(), column: "sealed", version: 0 }
}
