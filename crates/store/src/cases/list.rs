//! Cases in numbers: what can be told, and asked, of them without opening one.

use db::{Row, Sql, Value};
use jiff::Timestamp;
use onboarding::case::Priority;
use onboarding::{CaseId, CustomerId, TenantId};

use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};

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
    /// Of this priority.
    pub priority: Option<Priority>,
    /// Due before this time.
    pub due_before: Option<Timestamp>,
    /// Given to this person.
    pub assignee: Option<String>,
    /// Waiting for a second person, or not.
    pub awaits_confirmation: Option<bool>,
    /// Those that come after this one in the list: opened later, or at the same time with a greater id.
    pub after: Option<(Timestamp, CaseId)>,
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
    /// Its version.
    pub version: u64,
    /// Where it stands, in the words of [`onboarding::case::CaseState::as_str`].
    pub state: String,
    /// How many questions it asks.
    pub questions: u32,
    /// How many listed parties it shows.
    pub hits: u32,
    /// What comes first.
    pub priority: Priority,
    /// Until when it should be closed.
    pub due_at: Timestamp,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// Whether something waits for a second person.
    pub awaits_confirmation: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

impl Store {
    /// At most `limit` cases that fit the filter, the oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn cases(&self, filter: &CaseFilter, limit: u32) -> Result<Vec<CaseSummary>, StoreError> {
        let (sql, values) = filter.page(limit);
        self.db().read(&sql, values).await?.iter().map(summary).collect()
    }
}

impl CaseFilter {
    fn page(&self, limit: u32) -> (Sql, Vec<Value>) {
        let mut conditions: Vec<String> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let given: [(&str, Option<Value>); 7] = [
            ("tenant_id=", self.tenant.map(|tenant| id(tenant.0))),
            ("state=", self.state.map(Value::from)),
            ("customer_id=", self.customer.map(|customer| id(customer.0))),
            ("priority=", self.priority.map(|priority| Value::from(priority.as_str()))),
            ("due_at<", self.due_before.map(time)),
            ("assignee=", self.assignee.as_deref().map(Value::from)),
            ("awaits_confirmation=", self.awaits_confirmation.map(|awaits| Value::Int(i64::from(awaits)))),
        ];
        for (condition, value) in given {
            if let Some(value) = value {
                values.push(value);
                conditions.push(format!("{condition}${}", values.len()));
            }
        }
        if self.unclosed {
            conditions.push("state <> 'closed'".to_owned());
        }
        if let Some((opened_at, case)) = self.after {
            values.extend([time(opened_at), id(case.0)]);
            conditions.push(format!("(opened_at, id) > (${}, ${})", values.len() - 1, values.len()));
        }
        let given = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        values.push(limit.into());
        let text = format!(
            "SELECT tenant_id, id, customer_id, version, state, questions, hits, priority, due_at, assignee, \
             awaits_confirmation, opened_at, changed_at FROM cases{given} ORDER BY opened_at, id LIMIT ${}",
            values.len()
        );
        (Sql::built(text), values)
    }
}

fn summary(row: &Row) -> Result<CaseSummary, StoreError> {
    let row = Reader::new(row, "cases", "id");
    Ok(CaseSummary {
        id: row.case("id")?,
        tenant: row.tenant()?,
        customer: row.customer("customer_id")?,
        version: row.number("version")?,
        state: row.string("state")?,
        questions: row.number("questions")?,
        hits: row.number("hits")?,
        priority: row.word("priority", Priority::parse)?,
        due_at: row.time("due_at")?,
        assignee: row.opt_string("assignee")?,
        awaits_confirmation: row.truth("awaits_confirmation")?,
        opened_at: row.time("opened_at")?,
        changed_at: row.time("changed_at")?,
    })
}
