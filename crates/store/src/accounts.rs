//! Whose an account number is, and which money came in already.
//!
//! A bank that tells of money names an account and no tenant. So the numbers that are booked stand in an index of the
//! house, by a token of the house's own key: who has the database alone cannot tell which numbers there are.
//!
//! Money is taken in once: a row a notification, by the keyed digest of its sender's id, is written in the transaction of
//! its effect.

use db::{Expect, sql, values};
use jiff::Timestamp;
use onboarding::customer::Customer;
use onboarding::iban::Iban;
use onboarding::{CustomerId, TenantId};

use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::blind::{TOKEN_BYTES, Token};
use crate::write::{Meaning, Statements};

statements! {
    // A number that somebody else has leaves no row touched.
    ACCOUNT_PUT = sql(
        "INSERT INTO booked_accounts (token, tenant_id, customer_id) VALUES ($1, $2, $3) \
         ON CONFLICT (token) DO UPDATE SET customer_id=excluded.customer_id \
         WHERE booked_accounts.tenant_id=excluded.tenant_id AND booked_accounts.customer_id=excluded.customer_id",
    );
    // Money does not say whose it is.
    ACCOUNT = sql("SELECT tenant_id, customer_id FROM booked_accounts WHERE token=$1");
    TRANSFER_INSERT = sql(
        "INSERT INTO inbound_transfers (tenant_id, id, customer_id, fingerprint, received_at) VALUES ($1, $2, $3, $4, $5)",
    );
    TRANSFER = sql("SELECT customer_id, fingerprint FROM inbound_transfers WHERE tenant_id=$1 AND id=$2");
}

/// Money that came in, as far as it must be known again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedTransfer {
    /// The digest of its sender's id for it ([`Store::keyed_digest`]).
    pub id: [u8; 32],
    /// The digest of everything that was said of it.
    pub fingerprint: [u8; 32],
    /// For whom it came.
    pub customer: CustomerId,
}

impl Store {
    /// Whose this account number is.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn account_holder(&self, iban: &Iban) -> Result<Option<(TenantId, CustomerId)>, StoreError> {
        let row = self.db().read_one(&ACCOUNT, values![token(self, iban)]).await?;
        let row = row.as_ref().map(|row| Reader::new(row, "booked_accounts", "customer_id"));
        row.map(|row| Ok((row.tenant()?, row.customer("customer_id")?))).transpose()
    }

    /// The transfer of this id, if it came in before.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn transfer(&self, ctx: &Ctx, transfer: [u8; 32]) -> Result<Option<ReceivedTransfer>, StoreError> {
        let row = self.db().read_one(&TRANSFER, values![id(ctx.tenant.0), transfer]).await?;
        let row = row.as_ref().map(|row| Reader::new(row, "inbound_transfers", "customer_id"));
        row.map(|row| {
            let (fingerprint, customer) = (row.hash("fingerprint")?, row.customer("customer_id")?);
            Ok(ReceivedTransfer { id: transfer, fingerprint, customer })
        })
        .transpose()
    }
}

/// Adds the number that is booked for a customer to the index. The write conflicts where somebody else has it.
pub(crate) fn put(store: &Store, ctx: &Ctx, customer: &Customer, statements: &mut Statements) {
    let booked = customer.admission.as_ref().and_then(|admission| admission.account.iban.as_ref());
    let Some(iban) = booked else { return };
    let put = values![token(store, iban), id(ctx.tenant.0), id(customer.id.0)];
    statements.add(&ACCOUNT_PUT, put, Expect::Rows(1), Meaning::Account);
}

/// Adds that money came in.
pub(crate) fn received(ctx: &Ctx, transfer: &ReceivedTransfer, now: Timestamp, statements: &mut Statements) {
    let insert = values![id(ctx.tenant.0), transfer.id, id(transfer.customer.0), transfer.fingerprint, time(now)];
    statements.add(&TRANSFER_INSERT, insert, Expect::Rows(1), Meaning::Transfer);
}

fn token(store: &Store, iban: &Iban) -> Token {
    let digest = store.master().key().derive("accounts").digest("vestibule/account/1", &[iban.as_str().as_bytes()]);
    *digest.first_chunk::<TOKEN_BYTES>().expect("a digest has 32 bytes")
}
