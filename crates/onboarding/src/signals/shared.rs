//! What a customer could have in common with another, each value in the one form in which it meets itself.
//!
//! The store makes keyed tokens of these values and keeps nothing else of them.

use super::network::Link;
use super::{address, email, phone};
use crate::customer::Customer;
use crate::party::Party;
use crate::pii::Pii;

/// One value that can be shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    /// What it is.
    pub link: Link,
    /// The value, normalised.
    pub value: Pii<String>,
}

/// Most values of one kind: a customer with more phones is met by these.
pub const VALUES_MAX: usize = 3;

/// Everything a customer can share, the primary record of each kind first. Each value once; none is empty.
#[must_use]
pub fn values(customer: &Customer) -> Vec<Shared> {
    let mut values: Vec<Shared> = Vec::new();
    let mut add = |link: Link, value: String| {
        let one = Shared { link, value: Pii(value) };
        let room = values.iter().filter(|shared| shared.link == link).count() < VALUES_MAX;
        if !one.value.is_empty() && room && !values.contains(&one) {
            values.push(one);
        }
    };
    let home = customer.addresses.primary().map(|record| &record.value);
    let country = home.map(|home| home.country.as_str());
    for number in primary_first(customer.phones.iter()).map(|phone| phone.number.as_str()) {
        add(Link::Phone, phone::e164(number, country).unwrap_or_default());
    }
    for address in primary_first(customer.emails.iter()).map(|email| email.address.as_str()) {
        add(Link::Email, email::canonical(address));
        add(Link::EmailDomain, email::uncommon_domain(address).unwrap_or_default());
    }
    if let Some(number) = customer.party.tax_id() {
        add(Link::Document, bare(number.value()));
    }
    for document in primary_first(customer.identifications.iter()) {
        add(Link::Document, bare(&document.number));
    }
    let street = home.map(address::canonical).filter(|street| !street.is_empty());
    if let Some(street) = street {
        let whole = words(&customer.party.full_name());
        let family = match &customer.party {
            Party::Person(person) => words(&person.name.last),
            Party::Business(_) => String::new(),
        };
        if !whole.is_empty() {
            add(Link::AddressAndName, format!("{street}|{whole}"));
        }
        if !family.is_empty() {
            add(Link::Household, format!("{street}|{family}"));
        }
        add(Link::Address, street);
    }
    if let Some(origin) = customer.evaluation.as_ref().map(|evaluation| &evaluation.origin) {
        // An address that is not public is everybody's.
        let public = origin.ip.filter(|ip| super::ip::is_public(ip.to_canonical()));
        add(Link::Ip, public.map(|ip| ip.to_canonical().to_string()).unwrap_or_default());
        add(Link::Device, origin.device.as_ref().map(|device| device.trim().to_owned()).unwrap_or_default());
    }
    values
}

fn primary_first<'r, T: 'r>(
    records: impl Iterator<Item = &'r crate::records::Record<T>>,
) -> impl Iterator<Item = &'r T> {
    let (primary, others): (Vec<_>, Vec<_>) = records.partition(|record| record.primary);
    primary.into_iter().chain(others).map(|record| &record.value)
}

/// Letters and digits in capitals: how a number is punctuated says nothing.
fn bare(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The words of a name in Latin letters, in order of the alphabet: whoever swaps first and last name stays the same.
fn words(name: &str) -> String {
    let latin = ::names::latin(name);
    let mut words: Vec<&str> = latin.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::customer;
    use super::*;

    #[test]
    fn every_value_stands_in_the_form_in_which_it_meets_itself() {
        let told: Vec<_> = values(&customer()).into_iter().map(|one| (one.link, one.value.0)).collect();
        let expected = [
            (Link::Phone, "+12127365000"),
            (Link::Email, "joanwhitfield@gmail.com"),
            (Link::Document, "062456788"),
            (Link::AddressAndName, "350 5th ave 4|10118||us|joan whitfield"),
            (Link::Household, "350 5th ave 4|10118||us|whitfield"),
            (Link::Address, "350 5th ave 4|10118||us"),
            (Link::Ip, "12.34.56.78"),
            (Link::Device, "device-1"),
        ];
        assert_eq!(told, expected.map(|(link, value)| (link, value.to_owned())));
    }

    #[test]
    fn what_is_everybodys_is_nobodys() {
        let mut odd = customer();
        odd.phones = crate::records::Records::default();
        if let Some(evaluation) = &mut odd.evaluation {
            evaluation.origin.ip = super::super::ip::parse("10.0.0.1").map(Pii);
            evaluation.origin.device = Some(Pii("  ".to_owned()));
        }
        let links: Vec<_> = values(&odd).into_iter().map(|one| one.link).collect();
        assert!(!links.contains(&Link::Ip) && !links.contains(&Link::Device) && !links.contains(&Link::Phone));
    }
}
