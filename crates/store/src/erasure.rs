//! Forgetting a customer: the key is destroyed, and every row that is the customer's is deleted, in one write.
//!
//! Without its key nothing of a customer opens any more, wherever a copy of its rows may be: in a backup of the data, in a
//! page of a file that was not reused yet. On SQLite the key lies in a file of its own, whose deleted rows are
//! overwritten (`secure_delete`), and [`Store::checkpoint`] empties the write-ahead log that still holds it.
//!
//! What stays are the journal's entries and those on their way there: ids and states, and that the customer was
//! forgotten. What was owed to registrations about everybody stays too, as numbers of such entries; whoever renders it
//! finds no customer and says nothing.
//!
//! The two files of SQLite commit one after the other, the keys first. A crash in between leaves rows without a key, which
//! [`Store::remains`] finds and a second write removes.

use db::{Expect, sql, values};
use onboarding::{CustomerId, Event};

use crate::context::Ctx;
use crate::customers::write::tokens_before;
use crate::error::{CommitError, StoreError};
use crate::journal;
use crate::network;
use crate::open::Store;
use crate::rows::{Reader, count, id};
use crate::statements::statements;
use crate::write::{Meaning, Statements};

statements! {
    REMAINS = sql(
        "SELECT c.id, c.version, c.event_count, c.created_at, c.tokens, c.links, \
         CAST(CASE WHEN k.wrapped IS NULL THEN 1 ELSE 0 END AS BIGINT) AS keyless FROM customers c \
         LEFT JOIN customer_keys k ON k.tenant_id=c.tenant_id AND k.customer_id=c.id WHERE c.tenant_id=$1 AND c.id=$2",
    );
    FORGET_CUSTOMER = sql("DELETE FROM customers WHERE tenant_id=$1 AND id=$2 AND version=$3");
    FORGET_KEY = sql("DELETE FROM customer_keys WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_INDEX = sql("DELETE FROM customer_index WHERE tenant_id=$1 AND token=$2 AND customer_id=$3");
    FORGET_PACE = sql("DELETE FROM paces WHERE tenant_id=$1 AND token=$2 AND customer_id=$3");
    FORGET_CHECKS = sql("DELETE FROM checks WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_CASES = sql("DELETE FROM cases WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_EVIDENCE = sql("DELETE FROM evidence WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_FILE_CHUNKS = sql(
        "DELETE FROM file_chunks WHERE tenant_id=$1 \
         AND file_id IN (SELECT id FROM files WHERE tenant_id=$1 AND customer_id=$2)",
    );
    FORGET_FILES = sql("DELETE FROM files WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_EMAIL_TOKENS = sql(
        "DELETE FROM email_tokens WHERE tenant_id=$1 \
         AND user_id IN (SELECT id FROM users WHERE tenant_id=$1 AND customer_id=$2)",
    );
    FORGET_SESSIONS = sql(
        "DELETE FROM sessions WHERE tenant_id=$1 \
         AND user_id IN (SELECT id FROM users WHERE tenant_id=$1 AND customer_id=$2)",
    );
    FORGET_USERS = sql("DELETE FROM users WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_DELIVERIES = sql(
        "DELETE FROM deliveries WHERE tenant_id=$1 \
         AND registration_id IN (SELECT id FROM registrations WHERE tenant_id=$1 AND customer_id=$2)",
    );
    FORGET_REGISTRATIONS = sql("DELETE FROM registrations WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_ACCOUNTS = sql("DELETE FROM booked_accounts WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_TRANSFERS = sql("DELETE FROM inbound_transfers WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_HANDLES = sql("DELETE FROM handles WHERE tenant_id=$1 AND customer_id=$2");
    FORGET_JOBS = sql("DELETE FROM jobs WHERE tenant_id=$1 AND customer_id=$2");
}

/// Every table whose rows are found by the customer's id, in an order in which each still finds what it is found by.
const BY_CUSTOMER: [db::Sql; 15] = [
    FORGET_KEY,
    FORGET_CHECKS,
    FORGET_CASES,
    FORGET_EVIDENCE,
    FORGET_FILE_CHUNKS,
    FORGET_FILES,
    FORGET_EMAIL_TOKENS,
    FORGET_SESSIONS,
    FORGET_USERS,
    FORGET_DELIVERIES,
    FORGET_REGISTRATIONS,
    FORGET_JOBS,
    FORGET_HANDLES,
    FORGET_ACCOUNTS,
    FORGET_TRANSFERS,
];

/// What is known of a customer without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remains {
    /// Which version of it is stored.
    pub version: u64,
    /// How many events it has had.
    pub event_count: u64,
    /// Whether its key is gone: it cannot be read any more, by nobody.
    pub keyless: bool,
}

/// A customer to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// Who.
    pub customer: CustomerId,
    /// The version that was decided on.
    pub version: u64,
    /// The fact that stays.
    pub event: Event,
}

impl Store {
    /// What can be known of a customer whether or not its key is there.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn remains(&self, ctx: &Ctx, customer: CustomerId) -> Result<Option<Remains>, StoreError> {
        let row = self.db().read_one(&REMAINS, values![id(ctx.tenant.0), id(customer.0)]).await?;
        let row = row.as_ref().map(|row| Reader::new(row, "customers", "id"));
        row.map(|row| {
            Ok(Remains {
                version: row.number("version")?,
                event_count: row.number("event_count")?,
                keyless: row.truth("keyless")?,
            })
        })
        .transpose()
    }
}

/// Adds what deletes the customer, in the version that was decided on.
pub(crate) async fn put(
    store: &Store,
    ctx: &Ctx,
    forgotten: &Forgotten,
    statements: &mut Statements,
) -> Result<(), CommitError> {
    let customer = forgotten.customer;
    let row = store.db().read_one(&REMAINS, values![id(ctx.tenant.0), id(customer.0)]).await;
    let row = row.map_err(StoreError::from)?.ok_or(CommitError::Conflict)?;
    let row = Reader::new(&row, "customers", "id");
    let delete = values![id(ctx.tenant.0), id(customer.0), count(forgotten.version)];
    statements.add(&FORGET_CUSTOMER, delete, Expect::Rows(1), Meaning::Customer);
    // Of this version, or the write conflicts: so these are the tokens that are stored.
    for token in tokens_before(&row)? {
        for sql in [&FORGET_INDEX, &FORGET_PACE] {
            let delete = values![id(ctx.tenant.0), token, id(customer.0)];
            statements.add(sql, delete, Expect::AtMost(1), Meaning::Customer);
        }
    }
    network::write::forget(ctx, customer, &row, statements)?;
    for sql in &BY_CUSTOMER {
        statements.add(sql, values![id(ctx.tenant.0), id(customer.0)], Expect::Any, Meaning::Customer);
    }
    journal::outbox(ctx, std::slice::from_ref(&forgotten.event), statements);
    Ok(())
}
