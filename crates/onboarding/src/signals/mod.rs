//! What speaks for and against a customer being who it says, one family of signals a file.
//!
//! A signal is a fact that was established, with how strongly it speaks; never a guess about a person. Every function
//! here is pure: what others share, where an IP address is, and what time it is are arguments. Reasons name no personal
//! data, so they may be kept, logged and shown. What each signal weighs is in [`names`], in one table.
//!
//! How to add a signal: a line in [`names`], a case in its family's file, a row in that file's table of tests, and a
//! line in `docs/EVALUATION.md`.

pub mod address;
pub mod birth_date;
pub mod document;
pub mod email;
pub mod file;
pub mod ip;
pub mod mrz;
pub mod names;
pub mod network;
pub mod phone;
pub mod places;
pub mod shared;
pub mod ssn;

use jiff::civil::Date;

use crate::customer::Customer;
use crate::evaluation::Tag;
use crate::party::Party;
pub use names::{Bearing, SignalName};
use network::NetworkFacts;

/// One fact about a customer, and how strongly it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signal {
    /// Which fact.
    pub name: SignalName,
    /// How strongly it was found; full for what is either so or not.
    pub strength: Strength,
}

/// How strongly a fact was found, in hundredths: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strength(u8);

impl Strength {
    /// All of it.
    pub const FULL: Self = Self(100);

    /// So many hundredths; what is above a hundred is a hundred.
    #[must_use]
    pub const fn percent(percent: u8) -> Self {
        Self(if percent > 100 { 100 } else { percent })
    }

    /// In hundredths, 0 to 100.
    #[must_use]
    pub const fn as_percent(self) -> u8 {
        self.0
    }

    /// In [0, 1].
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Signal {
    /// A fact that is so.
    #[must_use]
    pub const fn new(name: SignalName) -> Self {
        Self { name, strength: Strength::FULL }
    }

    /// A fact that is so to some degree.
    #[must_use]
    pub const fn at(name: SignalName, percent: u8) -> Self {
        Self { name, strength: Strength::percent(percent) }
    }

    /// The tag that it fails, if it fails one.
    #[must_use]
    pub const fn fails(&self) -> Option<Tag> {
        self.name.fails()
    }

    /// What was found, in plain English.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.name.reason()
    }
}

/// What is known of a customer beyond what it says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The day of the evaluation.
    pub today: Date,
    /// From which age on the tenant lets a person in, in years.
    pub age_min_years: u8,
    /// What the network knows; `None` when it was not asked.
    pub network: Option<&'a NetworkFacts>,
}

/// Every signal of a customer, family by family.
///
/// A record that is missing where one is expected is a signal too. A business has no birth date and no social security
/// number, and is not asked for them.
#[must_use]
pub fn of(customer: &Customer, around: &Around<'_>) -> Vec<Signal> {
    let mut signals = Vec::new();
    let address = customer.addresses.primary().map(|record| &record.value);
    let country = address.map(|address| address.country.as_str());
    if let Party::Person(person) = &customer.party {
        let born = person.birth_date.map(|date| date.0);
        let state = address.and_then(|address| address.state.as_deref());
        signals.extend(ssn::signals(person.tax_id.as_ref(), born, state));
        signals.extend(birth_date::signals(born, around.today, around.age_min_years));
    }
    signals.extend(address::signals(address));
    signals.extend(phone::signals(customer.phones.primary().map(|record| record.value.number.as_str()), country));
    let email = customer.emails.primary().map(|record| record.value.address.as_str());
    signals.extend(email::signals(email, &email::Holder::of(&customer.party)));
    if let Some(origin) = customer.evaluation.as_ref().map(|evaluation| &evaluation.origin) {
        let located = origin.ip_country.as_deref();
        signals.extend(ip::signals(origin.ip.as_ref().map(|ip| ip.0), located, country));
    }
    signals.extend(around.network.map(network::signals).unwrap_or_default());
    signals
}

/// The words of the signals, for tables of tests.
#[cfg(test)]
fn found(signals: &[Signal]) -> Vec<&'static str> {
    signals.iter().map(|signal| signal.name.as_str()).collect()
}

#[cfg(test)]
mod tests;
