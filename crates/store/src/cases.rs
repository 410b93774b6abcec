//! Cases: the questions that wait for a person.

use db::{Expect, Row, Sql, Value, sql, values};
use jiff::Timestamp;
use onboarding::case::Case;
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
        "SELECT a.tenant_id, a.id, a.customer_id, a.version, a.state, a.opened_at, a.sealed, k.wrapped FROM cases a \
         LEFT JOIN customer_keys k ON k.tenant_id=a.tenant_id AND k.customer_id=a.customer_id"
    };
}

statements! {
    CASE_INSERT = sql(
        "INSERT INTO cases (tenant_id, id, customer_id, version, state, questions, hits, opened_at, changed_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    );
    CASE_UPDATE = sql(
        "UPDATE cases SET version=$1, state=$2, questions=$3, hits=$4, changed_at=$5, sealed=$6 \
         WHERE tenant_id=$7 AND id=$8 AND customer_id=$9 AND version=$10",
    );
    CASE = sql(concat!(select!(), " WHERE a.tenant_id=$1 AND a.id=$2"));
    CASE_OPEN = sql(concat!(
        select!(),
        " WHERE a.tenant_id=$1 AND a.customer_id=$2 AND a.state <> 'closed' ORDER BY a.opened_at LIMIT 1"
    ));
    CASE_TENANT = sql("SELECT tenant_id, id FROM cases WHERE id=$1");
}

/// Which cases are meant: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Of this tenant; of all, if none is given, which only an operator of the house may ask.
    pub tenant: Option<TenantId>,
    /// In this state, in the words of [`onboarding::case::CaseState::as_str`].
    pub state: Option<&'static str>,
    /// About this customer.
    pub customer: Option<CustomerId>,
    /// In any state but closed.
    pub unclosed: bool,
}

/// What can be told of a case without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    /// Its id.
    pub id: CaseId,
    /// Whose.
    pub tenant: TenantId,
    /// About whom.
    pub customer: CustomerId,
    /// Where it stands, in the words of [`onboarding::case::CaseState::as_str`].
    pub state: String,
    /// How many questions it asks.
    pub questions: u32,
    /// How many listed parties it shows.
    pub hits: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
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

    /// At most `limit` cases that fit the filter, the oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn cases(&self, filter: &CaseFilter, limit: u32) -> Result<Vec<CaseSummary>, StoreError> {
        let mut text =
            "SELECT tenant_id, id, customer_id, state, questions, hits, opened_at, changed_at FROM cases".to_owned();
        let conditions: [(&str, Option<Value>); 3] = [
            ("tenant_id", filter.tenant.map(|tenant| id(tenant.0))),
            ("state", filter.state.map(Value::from)),
            ("customer_id", filter.customer.map(|customer| id(customer.0))),
        ];
        let mut values = Vec::new();
        for (column, value) in conditions {
            if let Some(value) = value {
                values.push(value);
                let joint = if values.len() == 1 { "WHERE" } else { "AND" };
                text.push_str(&format!(" {joint} {column}=${}", values.len()));
            }
        }
        if filter.unclosed {
            let joint = if values.is_empty() { "WHERE" } else { "AND" };
            text.push_str(&format!(" {joint} state <> 'closed'"));
        }
        values.push(limit.into());
        text.push_str(&format!(" ORDER BY opened_at, id LIMIT ${}", values.len()));
        self.db().read(&Sql::built(text), values).await?.iter().map(summary).collect()
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
    let hits: usize = case.questions.iter().map(|question| question.hits.len()).sum();
    let (questions, hits) = (count(case.questions.len() as u64), count(hits as u64));
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
    };
    let key = unwrap(&row, keys, clear.customer)?;
    let json = key.open(&place(&clear.tenant, &clear.id.0, clear.version), row.bytes("sealed")?);
    let json = json.map_err(|broken| row.inconsistent(broken.to_string()))?;
    let case = documents::case::decode(clear, &json).map_err(|unreadable| row.inconsistent(unreadable.to_string()))?;
    if case.state.as_str() != row.text("state")? {
        return Err(row.inconsistent("its state is not that of its document"));
    }
    Ok(case)
}

fn place<'a>(tenant: &TenantId, case: &'a Uuid, version: u64) -> Place<'a> {
    Place { tenant: *tenant, table: "cases", row: case.as_bytes(), column: "sealed", version }
}

fn summary(row: &Row) -> Result<CaseSummary, StoreError> {
    let row = Reader::new(row, "cases", "id");
    Ok(CaseSummary {
        id: row.case("id")?,
        tenant: row.tenant()?,
        customer: row.customer("customer_id")?,
        state: row.string("state")?,
        questions: row.number("questions")?,
        hits: row.number("hits")?,
        opened_at: row.time("opened_at")?,
        changed_at: row.time("changed_at")?,
    })
}
