//! From columns to domain values; what does not fit is [`Inconsistent`].

use db::{ColumnError, Row, Value};
use jiff::Timestamp;
use onboarding::{CaseId, CustomerId, TenantId};
use uuid::Uuid;

use crate::error::{Inconsistent, StoreError};
use crate::time::from_micros;

/// A row, and the table it is told of under when it does not fit.
pub(crate) struct Reader<'r> {
    row: &'r Row,
    table: &'static str,
    id: String,
}

impl<'r> Reader<'r> {
    /// Reads a row that is known by a 16-byte id in `column`.
    pub fn new(row: &'r Row, table: &'static str, column: &str) -> Self {
        let id = row.opt_bytes(column).ok().flatten().map_or_else(|| "?".to_owned(), hex::encode);
        Self { row, table, id }
    }

    /// Reads a row that is known by a text.
    pub fn named(row: &'r Row, table: &'static str, id: String) -> Self {
        Self { row, table, id }
    }

    /// What is wrong with this row.
    pub fn inconsistent(&self, why: impl Into<String>) -> StoreError {
        Inconsistent { table: self.table, id: self.id.clone(), why: why.into() }.into()
    }

    fn get<T>(&self, value: Result<T, ColumnError>) -> Result<T, StoreError> {
        value.map_err(|error| self.inconsistent(error.to_string()))
    }

    pub fn uuid(&self, column: &str) -> Result<Uuid, StoreError> {
        self.get(self.row.array::<16>(column)).map(Uuid::from_bytes)
    }

    pub fn opt_uuid(&self, column: &str) -> Result<Option<Uuid>, StoreError> {
        Ok(self.get(self.row.opt_array::<16>(column))?.map(Uuid::from_bytes))
    }

    pub fn tenant(&self) -> Result<TenantId, StoreError> {
        self.uuid("tenant_id").map(TenantId)
    }

    pub fn customer(&self, column: &str) -> Result<CustomerId, StoreError> {
        self.uuid(column).map(CustomerId)
    }

    pub fn opt_customer(&self, column: &str) -> Result<Option<CustomerId>, StoreError> {
        Ok(self.opt_uuid(column)?.map(CustomerId))
    }

    pub fn case(&self, column: &str) -> Result<CaseId, StoreError> {
        self.uuid(column).map(CaseId)
    }

    pub fn hash(&self, column: &str) -> Result<[u8; 32], StoreError> {
        self.get(self.row.array::<32>(column))
    }

    pub fn bytes(&self, column: &str) -> Result<&'r [u8], StoreError> {
        self.get(self.row.bytes(column))
    }

    pub fn opt_bytes(&self, column: &str) -> Result<Option<&'r [u8]>, StoreError> {
        self.get(self.row.opt_bytes(column))
    }

    pub fn text(&self, column: &str) -> Result<&'r str, StoreError> {
        self.get(self.row.text(column))
    }

    pub fn string(&self, column: &str) -> Result<String, StoreError> {
        self.text(column).map(str::to_owned)
    }

    pub fn opt_string(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.get(self.row.opt_text(column))?.map(str::to_owned))
    }

    pub fn truth(&self, column: &str) -> Result<bool, StoreError> {
        self.get(self.row.truth(column))
    }

    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.get(self.row.int(column))
    }

    /// A number that fits `T`.
    pub fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T, StoreError> {
        T::try_from(self.int(column)?).map_err(|_| self.inconsistent(format!("{column} is out of range")))
    }

    pub fn opt_number<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        let number = self.get(self.row.opt_int(column))?.map(T::try_from).transpose();
        number.map_err(|_| self.inconsistent(format!("{column} is out of range")))
    }

    pub fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        from_micros(self.int(column)?).ok_or_else(|| self.inconsistent(format!("{column} is out of range")))
    }

    pub fn opt_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        let time = self.get(self.row.opt_int(column))?.map(|micros| from_micros(micros).ok_or(()));
        time.transpose().map_err(|()| self.inconsistent(format!("{column} is out of range")))
    }

    /// A word that `parse` knows.
    pub fn word<T>(&self, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        parse(self.text(column)?).ok_or_else(|| self.inconsistent(format!("{column} is no known word")))
    }
}

/// An id as a column.
pub(crate) fn id(id: Uuid) -> Value {
    Value::from(id.as_bytes())
}

/// A count as a column. Counts of rows and bytes stay far below the bound.
pub(crate) fn count(count: u64) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A time as a column.
pub(crate) fn time(at: Timestamp) -> Value {
    Value::Int(crate::time::micros(at))
}
