//! The parties around a customer: who owns it, works for it, deals with it. They are screened with it.

use crate::party::Party;
use crate::screening::Number;

/// One party around a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Where it stands in what was sent (`companyDetails.shareholders[0]`); unique in the customer.
    pub key: String,
    /// What it is to the party above it.
    pub role: RelatedRole,
    /// The key of the party above it, where that is not the customer itself.
    pub under: Option<String>,
    /// Which part of the party above it owns, in millionths of the whole.
    pub share_millionths: Option<u32>,
    /// What the sender calls its role (`MANAGER`).
    pub title: Option<String>,
    /// Who it is.
    pub party: Party,
    /// Countries of its addresses, ISO 3166-1 alpha-2 in lower case.
    pub residences: Vec<String>,
    /// Its documents and numbers.
    pub numbers: Vec<Number>,
}

/// What a party is to the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RelatedRole {
    /// Owns a part of it.
    Shareholder,
    /// Works for it or manages it.
    Staff,
    /// Deals with it.
    Counterparty,
    /// Is itself, under another name.
    OtherName,
    /// Holds an account for it or with it.
    AccountHolder,
}

impl RelatedRole {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Shareholder, Self::Staff, Self::Counterparty, Self::OtherName, Self::AccountHolder];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shareholder => "shareholder",
            Self::Staff => "staff",
            Self::Counterparty => "counterparty",
            Self::OtherName => "other_name",
            Self::AccountHolder => "account_holder",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl Related {
    /// Most parties that a customer may have around it.
    pub const MAX: usize = 500;
}
