//! How much there is to do in the whole house, in numbers: for whoever looks after it.

use db::{sql, values};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, time};
use crate::statements::statements;

statements! {
    // Counted up to a bound: past it the number says the same, and a scrape must not go through everything.
    DELIVERIES_DUE_COUNT = sql(
        "SELECT r.dialect, CAST(count(*) AS BIGINT) AS due FROM (SELECT tenant_id, registration_id FROM deliveries \
         WHERE state='pending' AND due_at <= $1 LIMIT 100000) AS bounded_due JOIN registrations r \
         ON r.tenant_id=bounded_due.tenant_id AND r.id=bounded_due.registration_id GROUP BY r.dialect ORDER BY r.dialect",
    );
    BEHIND_COUNT = sql(
        "SELECT CAST(count(*) AS BIGINT) AS behind FROM (SELECT 1 AS one FROM customers \
         WHERE screened_generation < due_generation LIMIT 100000) AS bounded_behind",
    );
}

impl Store {
    /// How many deliveries are due, by dialect; counted up to 100,000.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn deliveries_due(&self, now: Timestamp) -> Result<Vec<(String, u64)>, StoreError> {
        let rows = self.db().read(&DELIVERIES_DUE_COUNT, values![time(now)]).await?;
        let due = |row| {
            let row = Reader::named(row, "deliveries", "count".to_owned());
            Ok((row.string("dialect")?, row.number("due")?))
        };
        rows.iter().map(due).collect()
    }

    /// How many customers have to be screened against newer lists than they were; counted up to 100,000.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn customers_behind(&self) -> Result<u64, StoreError> {
        let row = self.db().read_one(&BEHIND_COUNT, values![]).await?;
        row.map_or(Ok(0), |row| Reader::named(&row, "customers", "count".to_owned()).number("behind"))
    }
}
