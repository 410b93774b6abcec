//! Cases: the questions that wait for a person.

mod list;

use db::{Expect, Row, Sql, sql, values};
use jiff::Timestamp;
pub use list::{CaseFilter, CaseSummary};
use onboarding::case::{Case, Priority};
use onboarding::{CaseId, CustomerId, TenantId};
use uuid::Uuid;

use crate::context::Ctx;
use crate::customers::read::unwrap;
use crate::documents;
use crate::documents::case::Clear;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::{Place, SealKey};
use crate::write::{Meaning, Statements};

macro_rules! select {
    () => {
        "SELECT a.tenant_id, a.id, a.customer_id, a.version, a.state, a.opened_at, a.priority, a.due_at, a.assignee, \
         a.sealed, k.wrapped FROM cases a LEFT JOIN customer_keys k ON k.tenant_id=a.tenant_id AND k.customer_id=a.customer_id"
    };
}

statements! {
    CASE_INSERT = sql(
        "INSERT INTO cases (tenant_id, id, customer_id, version, state, questions, hits, opened_at, changed_at, \
         priority, due_at, assignee, awaits_confirmation, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    );
    CASE_UPDATE = sql(
        "UPDATE cases SET version=$1, state=$2, questions=$3, hits=$4, changed_at=$5, priority=$6, due_at=$7, \
         assignee=$8, awaits_confirmation=$9, sealed=$10 \
         WHERE tenant_id=$11 AND id=$12 AND customer_id=$13 AND version=$14",
    );
    CASE = sql(concat!(select!(), " WHERE a.tenant_id=$1 AND a.id=$2"));
    CASE_OPEN = sql(concat!(
        select!(),
        " WHERE a.tenant_id=$1 AND a.customer_id=$2 AND a.state <> 'closed' ORDER BY a.opened_at LIMIT 1"
    ));
    CASES_CLOSED = sql(concat!(
        select!(),
        " WHERE a.tenant_id=$1 AND a.customer_id=$2 AND a.state = 'closed' ORDER BY a.opened_at DESC, a.id DESC LIMIT $3"
    ));
    CASE_TENANT = sql("SELECT tenant_id, id FROM cases WHERE id=$1");
}

impl Store {
    /// One case of the tenant.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged, or whose customer's key is gone.
    pub async fn case(&self, ctx: &Ctx, case: CaseId) -> Result<Option<Case>, StoreError> {
        self.one_case(ctx, &CASE, case.0).await
    }

    /// The customer's case that is not closed, if there is one.
    ///
    /// # Errors
    /// As for [`Store::case`].
    pub async fn open_case(&self, ctx: &Ctx, customer: CustomerId) -> Result<Option<Case>, StoreError> {
        self.one_case(ctx, &CASE_OPEN, customer.0).await
    }

    /// The customer's closed cases, the newest first, at most `limit`: what was decided before.
    ///
    /// # Errors
    /// As for [`Store::case`].
    pub async fn closed_cases(&self, ctx: &Ctx, customer: CustomerId, limit: u32) -> Result<Vec<Case>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let values = values![id(ctx.tenant.0), id(customer.0), limit];
        self.read_with_keys(&CASES_CLOSED, values).await?.iter().map(|row| read(row, &keys)).collect()
    }

    /// Whose case this is: an operator of the house knows only its id.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn tenant_of_case(&self, case: CaseId) -> Result<Option<TenantId>, StoreError> {
        let row = self.db().read_one(&CASE_TENANT, values![id(case.0)]).await?;
        row.map(|row| Reader::new(&row, "cases", "id").tenant()).transpose()
    }

    async fn one_case(&self, ctx: &Ctx, sql: &Sql, known_by: Uuid) -> Result<Option<Case>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let row = self.read_one_with_key(sql, values![id(ctx.tenant.0), id(known_by)]).await?;
        row.map(|row| read(&row, &keys)).transpose()
    }
}

/// Adds a case that was opened or moved.
pub(crate) fn put(ctx: &Ctx, key: &SealKey, case: &Case, now: Timestamp, statements: &mut Statements) {
    let sealed = key.seal(&place(&case.tenant, &case.id.0, case.version), &documents::case::encode(case));
    let (questions, hits) = (count(case.questions.len() as u64), count(case.hits().count() as u64));
    let (priority, due_at) = (case.priority.as_str(), time(case.due_at));
    let assignee = case.assignment.as_ref().map(|assignment| assignment.to.as_str());
    let awaits_confirmation = i64::from(case.awaits_confirmation());
    if case.version == 1 {
        let insert = values![
            id(ctx.tenant.0),
            id(case.id.0),
            id(case.customer.0),
            count(case.version),
            case.state.as_str(),
            questions,
            hits,
            time(case.opened_at),
            time(now),
            priority,
            due_at,
            assignee,
            awaits_confirmation,
            sealed
        ];
        statements.add(&CASE_INSERT, insert, Expect::Rows(1), Meaning::Case);
    } else {
        let update = values![
            count(case.version),
            case.state.as_str(),
            questions,
            hits,
            time(now),
            priority,
            due_at,
            assignee,
            awaits_confirmation,
            sealed,
            id(ctx.tenant.0),
            id(case.id.0),
            id(case.customer.0),
            count(case.version.saturating_sub(1))
        ];
        statements.add(&CASE_UPDATE, update, Expect::Rows(1), Meaning::Case);
    }
}

fn read(row: &Row, keys: &TenantKeys) -> Result<Case, StoreError> {
    let row = Reader::new(row, "cases", "id");
    let clear = Clear {
        id: row.case("id")?,
        tenant: row.tenant()?,
        customer: row.customer("customer_id")?,
        version: row.number("version")?,
        opened_at: row.time("opened_at")?,
        priority: row.word("priority", Priority::parse)?,
        due_at: row.time("due_at")?,
    };
    let key = unwrap(&row, keys, clear.customer)?;
    let json = key.open(&place(&clear.tenant, &clear.id.0, clear.version), row.bytes("sealed")?);
    let json = json.map_err(|broken| row.inconsistent(broken.to_string()))?;
    let case = documents::case::decode(clear, &json).map_err(|unreadable| row.inconsistent(unreadable.to_string()))?;
    if case.state.as_str() != row.text("state")? {
        return Err(row.inconsistent("its state is not that of its document"));
    }
    if case.assignment.as_ref().map(|assignment| &assignment.to) != row.opt_string("assignee")?.as_ref() {
        return Err(row.inconsistent("its assignee is not that of its document"));
    }
    Ok(case)
}

fn place<'a>(tenant: &TenantId, case: &'a Uuid, version: u64) -> Place<'a> {
    Place { tenant: *tenant, table: "cases", row: case.as_bytes(), column: "sealed", version }
}
