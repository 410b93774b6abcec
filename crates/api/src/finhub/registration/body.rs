//! What is said about an individual who registers. Every finding is told at once, those on the password with them.
//!
//! What the house decides on goes into the domain; the rest (occupation, income, the parts of a street) is this
//! dialect's own, and kept as it was said under [`ATTRIBUTES`].

use jiff::civil::Date;
use onboarding::categorization::Given;
use onboarding::enrolment::password::{Identity, PasswordRule, broken_rules};
use onboarding::records::Address;
use onboarding::{Person, PersonName, Pii};
use serde_json::{Map, Value};

use super::categorization;
use crate::fields::{Fault, Mistakes, Object};
use crate::finhub::error::FieldError;
use crate::readers::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, adult_birth_date, e164, email, name};

/// The member of a customer's attributes that is this dialect's.
pub const ATTRIBUTES: &str = "finhub";
/// Longest text of the facts that no decision reads, in characters. The vendor gives no bound.
const FACT_CHARS_MAX: usize = 255;
/// Longest text that is looked at as a password; the rules allow far less, and say so.
const PASSWORD_CHARS_MAX: usize = 1_024;

const ADDRESS_TYPES: [&str; 6] = ["RESIDENTIAL", "BUSINESS", "MAILING", "BILLING", "SHIPPING", "OTHER"];
const SOURCES_OF_FUNDS: [&str; 12] = [
    "SALARY",
    "BUSINESS_INCOME",
    "SELF_EMPLOYMENT",
    "SAVINGS",
    "INVESTMENTS",
    "PENSION",
    "INHERITANCE",
    "GIFT",
    "LOAN",
    "PROPERTY_SALE",
    "BENEFITS",
    "OTHER",
];

/// Somebody who registers, with everything as it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Individual {
    /// The e-mail address one signs in with, as it was written.
    pub email: Pii<String>,
    /// The password, not hashed yet.
    pub password: Pii<String>,
    /// Who it is.
    pub person: Person,
    /// Where the customer lives.
    pub address: Option<Address>,
    /// Telephone numbers, the first one to be used first.
    pub phones: Vec<Pii<String>>,
    /// What this dialect keeps for itself.
    pub facts: Map<String, Value>,
    /// The category that was asked for.
    pub categorization: Option<Given>,
}

/// What keeps somebody from registering, so far as the body says.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Every field that is not as it must be, and every rule that the password breaks.
    pub errors: Vec<FieldError>,
    /// The category that was asked for, where it can be read: what is wrong with it is told with the rest.
    pub categorization: Option<Given>,
}

/// Reads a registration. Both tenant ids in the body are overridden by the header, so they are not looked at.
///
/// # Errors
/// [`Findings`].
pub fn read(body: &Value, today: Date) -> Result<Individual, Findings> {
    let mistakes = Mistakes::default();
    let top = mistakes.object(body);
    let email = top.field("email").required().parsed(EMAIL_CHARS_MAX, email);
    let password = password(&top);
    let names = (name(&top.field("firstName").required()), name(&top.field("lastName").required()));
    let nested = top.field("individualCustomer").required().object();
    let customer = nested.as_ref().map(|nested| customer(nested, today));
    let asked = nested.as_ref().and_then(|nested| nested.field("categorization").object());
    let categorization = asked.as_ref().map(categorization::read);
    if let Some(nested) = &nested {
        repeated_email(nested, email.as_deref());
        for (field, top) in [("firstName", &names.0), ("lastName", &names.1)] {
            repeated(nested, field, top.as_deref());
        }
    }
    let rules = rules(&top, email.as_deref());
    let read = (|| {
        let (customer, (first, last)) = (customer??, names);
        let name = PersonName {
            first: Pii(first?),
            middle: customer.middle_name.map(Pii),
            last: Pii(last?),
            ..PersonName::default()
        };
        let person = Person {
            name,
            birth_date: Some(Pii(customer.birth_date)),
            citizenship: customer.nationality.map(Pii),
            tax_id: None,
            declared_pep: false,
        };
        Some(Individual {
            email: Pii(email?),
            password: Pii(password?),
            person,
            address: customer.address,
            phones: customer.phones.into_iter().map(Pii).collect(),
            facts: customer.facts,
            categorization: match &categorization {
                None => None,
                Some(read) => Some(read.clone()?),
            },
        })
    })();
    let found = match mistakes.settle(Some(())) {
        Ok(()) => Vec::new(),
        Err(mistakes) => mistakes.iter().map(FieldError::from).collect(),
    };
    match read {
        Some(individual) if found.is_empty() && rules.is_empty() => Ok(individual),
        _ => {
            Err(Findings { errors: found.into_iter().chain(rules).collect(), categorization: categorization.flatten() })
        }
    }
}

/// What stands in `individualCustomer`, but for what it repeats.
struct Customer {
    middle_name: Option<String>,
    birth_date: Date,
    nationality: Option<String>,
    phones: Vec<String>,
    address: Option<Address>,
    facts: Map<String, Value>,
}

fn customer(nested: &Object<'_>, today: Date) -> Option<Customer> {
    let mut facts = Map::new();
    let middle_name = name(&nested.field("middleName"));
    let birth_date = adult_birth_date(&nested.field("dateOfBirth").required(), today);
    keep(&mut facts, nested, "placeOfBirth");
    let nationality = nested.field("nationality").country().map(str::to_owned);
    let numbers = ["phoneNumber", "alternatePhoneNumber"].map(|name| nested.field(name).parsed(FACT_CHARS_MAX, e164));
    let address = nested.field("address").object().map(|object| address(&object, &mut facts));
    keep(&mut facts, nested, "occupation");
    keep(&mut facts, nested, "employerName");
    let income = nested.field("annualIncome").parsed(FACT_CHARS_MAX, amount);
    facts.extend(income.map(|income| ("annualIncome".to_owned(), income.into())));
    let source = nested.field("sourceOfFunds").word(&SOURCES_OF_FUNDS);
    facts.extend(source.map(|source| ("sourceOfFunds".to_owned(), source.into())));
    let address = match address {
        Some(read) => Some(read?),
        None => None,
    };
    Some(Customer {
        middle_name,
        birth_date: birth_date?,
        nationality,
        phones: numbers.into_iter().flatten().collect(),
        address,
        facts,
    })
}

fn keep(facts: &mut Map<String, Value>, object: &Object<'_>, name: &str) {
    facts.extend(object.field(name).text(FACT_CHARS_MAX).map(|text| (name.to_owned(), text.into())));
}

/// Reads an address; the parts of its street are kept as they were said, beside the lines that are made of them.
fn address(object: &Object<'_>, facts: &mut Map<String, Value>) -> Option<Address> {
    let part = |name| object.field(name).text(FACT_CHARS_MAX);
    let street = object.field("street").required().text(FACT_CHARS_MAX);
    let (number, apartment) = (part("streetNumber"), part("apartment"));
    let city = object.field("city").required().text(FACT_CHARS_MAX);
    let (state, postal_code) = (part("state"), part("postalCode"));
    let country = object.field("country").required().country();
    let kind = object.field("addressType").word(&ADDRESS_TYPES).unwrap_or(ADDRESS_TYPES[0]);
    let street = street?;
    let said = [("street", Some(&street)), ("streetNumber", number.as_ref()), ("apartment", apartment.as_ref())];
    let said = said.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?.clone()))));
    facts.insert("address".to_owned(), Value::Object(said.collect()));
    // Many write the number into the street as well; said twice, it would be another address.
    let line = match number.filter(|number| !street.split(' ').any(|word| word == number)) {
        Some(number) => format!("{street} {number}"),
        None => street,
    };
    Some(Address {
        kind: kind.to_owned(),
        classification: None,
        street: std::iter::once(line).chain(apartment).map(Pii).collect(),
        city: Some(Pii(city?)),
        state,
        postal_code: postal_code.map(Pii),
        country: country?.to_owned(),
    })
}

/// The nested e-mail address is the top-level one again, in whatever case.
fn repeated_email(nested: &Object<'_>, top: Option<&str>) {
    let field = nested.field("email");
    let Some(written) = field.parsed(EMAIL_CHARS_MAX, email) else { return };
    if top.is_some_and(|top| top.to_lowercase() != written.to_lowercase()) {
        field.refuse(Fault::Contradiction("must be the same as email"));
    }
}

/// So is a nested name: it is screened, and nobody may be screened under another name than the one used.
fn repeated(nested: &Object<'_>, name: &str, top: Option<&str>) {
    let field = nested.field(name);
    let Some(written) = field.text(NAME_CHARS_MAX) else { return };
    if top.is_some_and(|top| top != written) {
        field.refuse(Fault::Contradiction("must be the same as the top-level one"));
    }
}

/// A number in a string: at most 15 digits, and at most two behind the point.
fn amount(text: &str) -> Result<String, Fault> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(whole, 15) && digits(cents, 2) {
        return Ok(text.to_owned());
    }
    Err(Fault::Format("a number in a string, such as \"150000\""))
}

fn password(top: &Object<'_>) -> Option<String> {
    let twin = top.field("matchingPassword").required().secret(PASSWORD_CHARS_MAX);
    let password = top.field("password").required().secret(PASSWORD_CHARS_MAX);
    twin.and(password)
}

/// The rules that the password breaks, told of the field that each is about.
fn rules(top: &Object<'_>, email: Option<&str>) -> Vec<FieldError> {
    let text = |name| top.field(name).value().and_then(Value::as_str).unwrap_or_default();
    let (password, twin) = (text("password"), text("matchingPassword"));
    if password.is_empty() || password.chars().count() > PASSWORD_CHARS_MAX {
        return Vec::new();
    }
    let identity = Identity { email: email.unwrap_or_default(), username: None };
    let broken = broken_rules(password, twin, identity);
    let told = broken.into_iter().filter(|rule| *rule != PasswordRule::Match || !twin.is_empty());
    told.map(|rule| {
        let field = if rule == PasswordRule::Match { "matchingPassword" } else { "password" };
        FieldError { field: field.to_owned(), message: rule.message().to_owned() }
    })
    .collect()
}

#[cfg(test)]
mod tests;
