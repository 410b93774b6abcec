//! What a rating looks at: typed facts about one customer, each of which may be unknown.
//!
//! Rules name them by group and field (`residence.fatf`); the table below is the whole vocabulary, and `vestibule risk
//! facts` prints it. A dialect fills what it was told; [`Facts::of`] fills what the customer itself says.

mod of;
mod table;

use std::fmt;

use super::expr::{Type, Value};
use super::level::Level;
use crate::party::PartyKind;

pub use table::all;
pub(super) use table::{named, nearest};

/// Everything a rule may read. `None` is "nobody knows", which rules take for the worst; an empty list is known to be
/// empty. Texts are trimmed and in lower case ([`word`]), countries are ISO 3166-1 alpha-2 in lower case.
#[derive(Clone, Default, PartialEq)]
pub struct Facts {
    /// Person or business.
    pub kind: Option<PartyKind>,
    /// The level that the sender itself gives the customer; the higher of the two wins.
    pub stated_level: Option<Level>,

    /// Where the person lives, or the business has its seat.
    pub residence: Option<String>,
    /// Nationality of a person.
    pub nationality: Option<String>,
    /// Country of birth of a person.
    pub birth_country: Option<String>,
    /// Where a business is registered.
    pub registration_country: Option<String>,
    /// Country of the internet address that the customer registered from.
    pub ip_country: Option<String>,
    /// Countries of its accounts, counterparties and settlements.
    pub dealing_countries: Option<Vec<String>>,

    /// What the sanctions check of the customer and the parties around it found.
    pub sanctions: Option<Finding>,
    /// The same for politically exposed persons, their relatives and close associates.
    pub pep: Option<Finding>,
    /// The same for other watchlists: wanted, crime, special interest, blocklist.
    pub watchlists: Option<Finding>,
    /// The same for adverse information: debarment, action by a supervisor, adverse media.
    pub adverse: Option<Finding>,
    /// The institution's own blocklist alone, where it is known apart.
    pub blocklist: Option<Finding>,
    /// Special interest alone, where it is known apart.
    pub special_interest: Option<Finding>,

    /// Whole years since birth.
    pub age: Option<i64>,
    /// Occupation, in the sender's words.
    pub occupation: Option<String>,
    /// Employment status (`employed`).
    pub employment: Option<String>,

    /// Whole years in business.
    pub business_age: Option<i64>,
    /// What the business does: ISO 18245 merchant category codes, and other words as they come.
    pub industries: Option<Vec<String>>,
    /// Legal form: an ISO 20275 code in upper case, or the sender's words.
    pub legal_form: Option<String>,
    /// `governmental`, `for_profit`, `non_profit`.
    pub organization_type: Option<String>,
    /// The institution's own unit that serves the customer.
    pub business_unit: Option<String>,

    /// What the customer signed for.
    pub products: Option<Vec<String>>,
    /// Currencies of its accounts, and crypto networks.
    pub currencies: Option<Vec<String>>,
    /// How it came in (`browser`, `branch`).
    pub channel: Option<String>,
    /// Ways of payment that it expects (`magnetic_stripe`, `cash`).
    pub entry_modes: Option<Vec<String>>,
    /// Whole years since it became a customer.
    pub relationship_years: Option<i64>,
    /// Marks that the sender gave it.
    pub flags: Option<Vec<String>>,
    /// Whether an earlier account was closed on it and replaced.
    pub account_replaced: Option<bool>,
    /// Whether chargebacks were the cause, or are on record.
    pub chargebacks: Option<bool>,

    /// Expected volume a month, in the institution's base currency.
    pub volume_monthly: Option<f64>,
    /// Expected volume a year.
    pub volume_yearly: Option<f64>,
    /// Expected income a month.
    pub income_monthly: Option<f64>,
    /// Expected income a year.
    pub income_yearly: Option<f64>,
    /// Expected average ticket.
    pub ticket_average: Option<f64>,
    /// Expected largest ticket.
    pub ticket_max: Option<f64>,
    /// How the volume moves (`stable`, `seasonal`).
    pub volatility: Option<String>,

    /// Layers of companies between the customer and its owners; 1 where persons own it directly.
    pub ownership_layers: Option<i64>,
    /// Natural persons at the end of the layers.
    pub owners: Option<i64>,
    /// Those of them who own as much as the institution asks of a beneficial owner, or control.
    pub beneficial_owners: Option<i64>,
    /// How much that is, in percent.
    pub threshold_percent: Option<f64>,
    /// The part of the business, in percent, that no natural person is named for.
    pub undisclosed_percent: Option<f64>,
    /// Whether companies own each other in a circle.
    pub circular: Option<bool>,
    /// Whether the sender calls the ownership complex.
    pub complex: Option<bool>,
    /// Countries of residence, nationality and registration of the owners and the companies between.
    pub owner_countries: Option<Vec<String>>,
}

/// What a check says of the customer and those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// Nothing, or only what a person dismissed.
    None,
    /// Somebody looks like it, and nobody has decided.
    Open,
    /// A person found that it is true.
    Confirmed,
}

impl Finding {
    /// The words in rules.
    pub const WORDS: &'static [&'static str] = &["none", "open", "confirmed"];

    /// The word in rules.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Open => "open",
            Self::Confirmed => "confirmed",
        }
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facts(‹personal›)")
    }
}

/// Something a rule may read: its name, its type, and what it means.
pub struct Fact {
    /// `group.field`.
    pub name: &'static str,
    /// What it is.
    pub kind: Type,
    /// What it means, for whoever writes rules.
    pub about: &'static str,
    /// All it can be, where that is a few words.
    pub words: &'static [&'static str],
    /// Reads it; `None` where it is not known.
    pub(super) read: for<'a> fn(&'a Facts) -> Option<Value<'a>>,
}

impl PartialEq for Fact {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A text as facts hold it: trimmed, in lower case, and `None` when empty.
#[must_use]
pub fn word(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_lowercase())
}
