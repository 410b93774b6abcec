//! Transfers that came in: an account of the same name elsewhere shows who somebody is.

use jiff::Timestamp;
use uuid::Uuid;

use crate::evaluation::words;
use crate::pii::Pii;

/// A transfer that came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Its id here.
    pub id: Uuid,
    /// Its sender's id for it: the same has one effect.
    pub sender_id: Pii<String>,
    /// How it came.
    pub scheme: TransferScheme,
    /// How much, in cents.
    pub amount_cents: u64,
    /// Who sent it.
    pub debtor_name: Pii<String>,
    /// From which account.
    pub debtor_iban: Pii<String>,
    /// How alike the sender's name is, in hundredths: family name, first name; none if nobody compared them.
    pub likeness: Option<(u8, u8)>,
    /// What came of it.
    pub outcome: TransferOutcome,
    /// Whether the money goes back.
    pub refunded: bool,
    /// When it came in.
    pub received_at: Timestamp,
}

/// How a transfer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferScheme {
    /// A SEPA credit transfer.
    Sct,
    /// An instant one.
    SctInst,
}

/// What came of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferOutcome {
    /// Its sender is the customer.
    Validated,
    /// Its sender is somebody else.
    OtherName,
    /// More or less than the account takes: no identity was checked.
    OverLimit,
    /// It was not asked for, or not any more: no identity was checked.
    NotAwaited,
}

words!(TransferScheme { Sct = "sct", SctInst = "sct_inst" });
words!(TransferOutcome {
    Validated = "validated",
    OtherName = "other_name",
    OverLimit = "over_limit",
    NotAwaited = "not_awaited",
});
