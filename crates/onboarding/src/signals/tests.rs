//! Customers as they are handed in, and what is found of them all in all.

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::network::NetworkFacts;
use super::*;
use crate::evaluation::Origin;
use crate::evaluation::judge::judge;
use crate::evaluation::{Evaluation, Tag};
use crate::party::{Person, PersonName};
use crate::pii::Pii;
use crate::policy::Policy;
use crate::records::{Address, Email, Phone, Records, Standing};
use crate::tax_id::{TaxId, TaxIdKind};
use crate::{CustomerId, CustomerStatus, RecordId, TenantId};

const TODAY: Date = date(2026, 11, 22);

fn records<T>(value: T) -> Records<T> {
    let mut records = Records::default();
    let id = RecordId(Uuid::from_u128(1));
    records.add(id, value, Standing::Primary, Timestamp::UNIX_EPOCH).expect("the first");
    records
}

/// A customer with nothing against it.
pub(super) fn customer() -> Customer {
    let name = PersonName { first: Pii("Joan".to_owned()), last: Pii("Whitfield".to_owned()), ..PersonName::default() };
    let person = Person {
        name,
        birth_date: Some(Pii(date(1980, 5, 17))),
        citizenship: None,
        tax_id: TaxId::parse(TaxIdKind::Ssn, "062-45-6788").ok(),
        declared_pep: false,
    };
    let address = Address {
        kind: "Home".to_owned(),
        classification: None,
        street: vec![Pii("350 Fifth Ave Apt 4".to_owned())],
        city: Some(Pii("New York".to_owned())),
        state: Some("NY".to_owned()),
        postal_code: Some(Pii("10118".to_owned())),
        country: "us".to_owned(),
    };
    let phone = Phone { kind: "Home".to_owned(), number: Pii("2127365000".to_owned()), extension: None };
    let email = Email { kind: "Personal".to_owned(), address: Pii("joan.whitfield@gmail.com".to_owned()) };
    let origin = Origin {
        ip: ip::parse("12.34.56.78").map(Pii),
        ip_country: Some("us".to_owned()),
        device: Some(Pii("device-1".to_owned())),
    };
    Customer {
        id: CustomerId(Uuid::from_u128(1)),
        tenant: TenantId(Uuid::from_u128(7)),
        version: 1,
        event_count: 1,
        status: CustomerStatus::Active,
        party: Party::Person(person),
        cif_number: "1".to_owned(),
        client_identifier: None,
        addresses: records(address),
        phones: records(phone),
        emails: records(email),
        identifications: Records::default(),
        owners: Records::default(),
        related: Vec::new(),
        enrolment: None,
        admission: None,
        rating: None,
        submission: None,
        evaluation: Some(Evaluation::unknown(origin)),
        checks: std::collections::BTreeMap::new(),
        attributes: Pii(serde_json::Map::new()),
        created_at: Timestamp::UNIX_EPOCH,
        changed_at: Timestamp::UNIX_EPOCH,
    }
}

fn failed(customer: &Customer, network: &NetworkFacts) -> Vec<&'static str> {
    let seen = judge(customer, Some(network), &Policy::default(), TODAY);
    Tag::ALL.into_iter().filter(|tag| seen.findings.get(tag).is_some_and(|one| !one.passed)).map(Tag::as_str).collect()
}

fn with(change: impl FnOnce(&mut Customer, &mut NetworkFacts)) -> Vec<&'static str> {
    let (mut customer, mut facts) = (customer(), NetworkFacts::default());
    change(&mut customer, &mut facts);
    failed(&customer, &facts)
}

fn person(customer: &mut Customer) -> &mut Person {
    let Party::Person(person) = &mut customer.party else { unreachable!("a person") };
    person
}

#[test]
fn each_tag_that_signals_answer_fails_alone_and_all_of_them_together() {
    let ssn = |customer: &mut Customer| person(customer).tax_id = TaxId::parse(TaxIdKind::Ssn, "078051120").ok();
    let born = |customer: &mut Customer| person(customer).birth_date = Some(Pii(date(2015, 1, 2)));
    let address = |customer: &mut Customer| {
        let Some(mut value) = customer.addresses.primary().map(|record| record.value.clone()) else { return };
        value.state = Some("CA".to_owned());
        customer.addresses = records(value);
    };
    let phone = |customer: &mut Customer| {
        customer.phones = records(Phone { kind: String::new(), number: Pii("2125550142".to_owned()), extension: None });
    };
    let email = |customer: &mut Customer| {
        let address = Pii("joan@mailinator.com".to_owned());
        customer.emails = records(Email { kind: String::new(), address });
    };
    assert!(with(|_, _| {}).is_empty());
    assert_eq!(with(|customer, _| ssn(customer)), ["ssn"]);
    assert_eq!(with(|customer, _| born(customer)), ["date_of_birth"]);
    assert_eq!(with(|customer, _| address(customer)), ["address"]);
    assert_eq!(with(|_, facts| facts.ring = 2), ["fraud_reports"]);
    assert_eq!(with(|customer, _| phone(customer)), ["phone_number_validation"]);
    assert_eq!(with(|customer, _| email(customer)), ["email_address_validation"]);
    let all = with(|customer, facts| {
        ssn(customer);
        born(customer);
        address(customer);
        phone(customer);
        email(customer);
        facts.flagged = 1;
    });
    let expected =
        ["ssn", "date_of_birth", "address", "fraud_reports", "phone_number_validation", "email_address_validation"];
    assert_eq!(all, expected);
}

#[test]
fn a_spotless_customer_is_safe_and_one_with_nothing_is_not() {
    let policy = Policy::default();
    let spotless = judge(&customer(), Some(&NetworkFacts::default()), &policy, TODAY);
    assert!(spotless.score.as_f64() > 0.95, "{}", spotless.score.as_f64());
    let mut bare = customer();
    bare.addresses = Records::default();
    bare.phones = Records::default();
    bare.emails = Records::default();
    person(&mut bare).tax_id = None;
    let bare = judge(&bare, None, &policy, TODAY);
    assert!(bare.score.as_f64() < 0.4, "{}", bare.score.as_f64());
    assert!(!bare.findings.contains_key(&Tag::Sanction), "lists are not asked here");
}

#[test]
fn what_lowers_the_score_and_fails_nothing() {
    let policy = Policy::default();
    let spotless = judge(&customer(), None, &policy, TODAY).score;
    let mut boxed = customer();
    let mut address = boxed.addresses.primary().expect("one").value.clone();
    address.street = vec![Pii("PO Box 7".to_owned())];
    boxed.addresses = records(address);
    let mut role = customer();
    role.emails = records(Email { kind: String::new(), address: Pii("info@whitfield-fishing.com".to_owned()) });
    let mut free = customer();
    free.phones = records(Phone { kind: String::new(), number: Pii("8007365000".to_owned()), extension: None });
    for lower in [boxed, role, free] {
        let seen = judge(&lower, None, &policy, TODAY);
        assert!(seen.score < spotless && seen.findings.values().all(|finding| finding.passed));
    }
}

proptest! {
    #[test]
    fn no_customer_is_too_odd(
        first in "\\PC{0,20}", last in "\\PC{0,20}", street in "\\PC{0,60}", state in "\\PC{0,4}", zip in "\\PC{0,10}",
        phone in "\\PC{0,30}", email in "\\PC{0,40}", country in "[a-z]{2}",
    ) {
        let mut odd = customer();
        person(&mut odd).name = PersonName { first: Pii(first), last: Pii(last), ..PersonName::default() };
        odd.addresses = records(Address {
            kind: String::new(), classification: None, street: vec![Pii(street)], city: None,
            state: Some(state), postal_code: Some(Pii(zip)), country,
        });
        odd.phones = records(Phone { kind: String::new(), number: Pii(phone), extension: None });
        odd.emails = records(Email { kind: String::new(), address: Pii(email) });
        let seen = judge(&odd, None, &Policy::default(), TODAY);
        prop_assert!((0.0..=1.0).contains(&seen.score.as_f64()));
    }
}
