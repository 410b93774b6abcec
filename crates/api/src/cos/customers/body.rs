//! What callers say about a customer: name, profile, due diligence.
//!
//! What the house decides on goes into the domain; the rest (`regO`, `riskRating`, due diligence …) is this dialect's
//! own, and kept as it was said under [`ATTRIBUTES`].

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use onboarding::onboard::Onboard;
use onboarding::party::PartyKind;
use onboarding::tax_id::{TaxId, TaxIdError, TaxIdKind};
use onboarding::{Business, Party, Person, PersonName, Pii};
use serde_json::{Map, Value};

use crate::cos::records::Spoken;
use crate::fields::{Fault, Field, Object};

/// The member of a customer's attributes that is this dialect's.
pub const ATTRIBUTES: &str = "cos";
/// Longest part of a person's name, in characters. The vendor gives no bound.
const NAME_CHARS_MAX: usize = 100;
/// Longest name of a business, in characters. The vendor gives no bound.
const ENTITY_CHARS_MAX: usize = 200;
/// Longest text of the facts that no decision reads, in characters. The vendor gives no bound.
const FACT_CHARS_MAX: usize = 255;
/// Longest caller's id for a customer, in characters; the vendor's bound.
const CLIENT_IDENTIFIER_CHARS_MAX: usize = 50;
/// Most facts beside the known ones that are kept in `dueDiligence`: a program may ask for its own.
const OTHER_FACTS_MAX: usize = 50;

/// Kinds of customer.
pub const CLASSIFICATIONS: [&str; 2] = ["Personal", "Business"];
const TAX_ID_TYPES: [&str; 4] = ["Ssn", "Ein", "Itin", "Foreign"];
const RISK_RATINGS: [&str; 3] = ["Low", "Medium", "High"];

/// A name, of the one kind or the other.
#[derive(Debug, Clone, PartialEq)]
pub enum Name {
    /// A person's.
    Person(PersonName),
    /// A business's.
    Business(Pii<String>),
}

/// A profile, for either kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Day of birth or formation.
    day: Date,
    /// Citizenship or jurisdiction, in lower case.
    country: Option<&'static str>,
    tax_id: Option<TaxId>,
    declared_pep: bool,
    /// What the dialect keeps for itself.
    facts: Map<String, Value>,
}

/// Reads a whole request to onboard.
#[must_use]
pub fn onboard(body: &Object<'_>, today: Date) -> Option<Onboard> {
    let classification = body.field("classification").required().word(&CLASSIFICATIONS);
    // Where it is unknown what is onboarded, the rest is read as a person's, to tell as many mistakes as can be told.
    let kind = classification.map_or(PartyKind::Person, kind_of);
    let name = body.field("name").required().object().and_then(|object| name(&object, kind));
    let profile = body.field("profile").required().object().and_then(|object| profile(&object, kind, today));
    let due_diligence = body.field("dueDiligence").object().map(|object| due_diligence(&object));
    let business = body.field("businessDueDiligence").object().map(|object| business_due_diligence(&object, today));
    let client_identifier = body.field("clientIdentifier").text(CLIENT_IDENTIFIER_CHARS_MAX);
    let address = first(body.field("primaryAddress"), today);
    let phone = first(body.field("primaryPhone"), today);
    let email = first(body.field("primaryEmail"), today);
    let identification = first(body.field("primaryIdentification"), today);
    classification?;
    let profile = profile?;
    let mut attributes = Map::new();
    keep(&mut attributes, "profile", Some(profile.facts.clone()));
    keep(&mut attributes, "dueDiligence", due_diligence);
    keep(&mut attributes, "businessDueDiligence", business);
    Some(Onboard {
        party: party(name?, &profile),
        cif_number: String::new(),
        client_identifier: client_identifier.map(Pii),
        addresses: address.into_iter().collect(),
        phones: phone.into_iter().collect(),
        emails: email.into_iter().collect(),
        identifications: identification.into_iter().collect(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes,
    })
}

fn first<T: Spoken>(field: Field<'_, '_>, today: Date) -> Option<T> {
    T::read(&field.object()?, today)
}

/// The kind that a classification stands for.
#[must_use]
pub fn kind_of(classification: &str) -> PartyKind {
    if classification == "Business" { PartyKind::Business } else { PartyKind::Person }
}

/// The word for a kind.
#[must_use]
pub const fn classification_of(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => CLASSIFICATIONS[0],
        PartyKind::Business => CLASSIFICATIONS[1],
    }
}

/// Puts facts of one section into the attributes, in the place of what was there.
pub fn keep(attributes: &mut Map<String, Value>, section: &str, facts: Option<Map<String, Value>>) {
    let Some(facts) = facts else { return };
    let ours = attributes.entry(ATTRIBUTES).or_insert_with(|| Value::Object(Map::new()));
    if let Some(ours) = ours.as_object_mut() {
        ours.insert(section.to_owned(), Value::Object(facts));
    }
}

/// What is kept in one section, if anything is.
#[must_use]
pub fn kept<'a>(attributes: &'a Map<String, Value>, section: &str) -> Option<&'a Map<String, Value>> {
    attributes.get(ATTRIBUTES)?.get(section)?.as_object()
}

/// The customer that a name and a profile make.
#[must_use]
pub fn party(name: Name, profile: &Profile) -> Party {
    match name {
        Name::Person(name) => Party::Person(Person {
            name,
            birth_date: Some(Pii(profile.day)),
            citizenship: profile.country.map(|country| Pii(country.to_owned())),
            tax_id: profile.tax_id.clone(),
            declared_pep: profile.declared_pep,
        }),
        Name::Business(name) => Party::Business(Business {
            name,
            formed_on: Some(profile.day),
            jurisdiction: profile.country.map(str::to_owned),
            tax_id: profile.tax_id.clone(),
        }),
    }
}

impl Profile {
    /// What the dialect keeps of it for itself.
    #[must_use]
    pub fn facts(&self) -> &Map<String, Value> {
        &self.facts
    }
}

/// Reads a `name`.
#[must_use]
pub fn name(object: &Object<'_>, kind: PartyKind) -> Option<Name> {
    let part = |name| object.field(name).text(NAME_CHARS_MAX).map(Pii);
    match kind {
        PartyKind::Person => {
            let named = |name| object.field(name).required().parsed(NAME_CHARS_MAX, with_a(char::is_alphabetic));
            let (first, last) = (named("firstName"), named("lastName"));
            let (prefix, middle) = (part("prefix"), part("middleName"));
            let (suffix, preferred) = (part("suffix"), part("preferredName"));
            let (first, last) = (Pii(first?), Pii(last?));
            Some(Name::Person(PersonName { prefix, first, middle, last, suffix, preferred }))
        }
        PartyKind::Business => {
            let entity = object.field("entityName").required();
            Some(Name::Business(Pii(entity.parsed(ENTITY_CHARS_MAX, with_a(char::is_alphanumeric))?)))
        }
    }
}

/// A name is made of letters; what has none names nobody, and no list could be asked for it.
fn with_a(letter: fn(char) -> bool) -> impl Fn(&str) -> Result<String, Fault> {
    move |text| if text.chars().any(letter) { Ok(text.to_owned()) } else { Err(Fault::Format("a name")) }
}

/// Reads a `profile`.
#[must_use]
pub fn profile(object: &Object<'_>, kind: PartyKind, today: Date) -> Option<Profile> {
    let country = object.field("citizenshipCountryCode").country();
    // A person without American papers may have no tax number; its document tells who it is.
    let foreigner = kind == PartyKind::Person && country.is_some_and(|country| country != "us");
    let tax_id = tax_id(object, !foreigner);
    let day = match kind {
        PartyKind::Person => object.field("birthDate").required().date(date(1850, 1, 1)..=today),
        // Some banks are older than the states that license them.
        PartyKind::Business => object.field("dateFormed").required().date(date(1500, 1, 1)..=today),
    };
    let declared_pep = object.field("politicallyExposedPerson").flag().unwrap_or(false);
    let mut facts = Map::new();
    let mut keep = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            facts.insert(name.to_owned(), value);
        }
    };
    for name in ["regO", "enableBackupWithholding", "privacyOptOut"] {
        keep(name, object.field(name).flag().map(Value::from));
    }
    keep("backupWithholdingPercent", number(&object.field("backupWithholdingPercent"), 100.0));
    keep("riskRating", object.field("riskRating").word(&RISK_RATINGS).map(Value::from));
    // No source lists the words of these two; no decision reads them.
    keep("entityType", object.field("entityType").text(FACT_CHARS_MAX).map(Value::from));
    keep("ownershipType", object.field("ownershipType").text(FACT_CHARS_MAX).map(Value::from));
    let owner = object.field("primaryOwnerCustomerId").guid();
    keep("primaryOwnerCustomerId", owner.map(|id| id.to_string().into()));
    Some(Profile { day: day?, country, tax_id, declared_pep, facts })
}

fn tax_id(object: &Object<'_>, required: bool) -> Option<TaxId> {
    let (kind, value) = (object.field("taxIdType"), object.field("taxId"));
    let required = required || value.is_there();
    let (kind, value) = if required { (kind.required(), value.required()) } else { (kind, value) };
    let kind = kind.word(&TAX_ID_TYPES).map(|word| match word {
        "Ssn" => TaxIdKind::Ssn,
        "Ein" => TaxIdKind::Ein,
        "Itin" => TaxIdKind::Itin,
        _ => TaxIdKind::Foreign,
    });
    value.parsed(FACT_CHARS_MAX, |text| match kind {
        None => Ok(None),
        Some(kind) => TaxId::parse(kind, text).map(Some).map_err(|error| match error {
            TaxIdError::NineDigits => Fault::Format("exactly nine digits"),
            TaxIdError::Shape => Fault::Format("1 to 30 letters, digits, blanks, dots, slashes or dashes"),
        }),
    })?
}

/// The word for a kind of tax number.
#[must_use]
pub const fn tax_id_type(kind: TaxIdKind) -> &'static str {
    match kind {
        TaxIdKind::Ssn => TAX_ID_TYPES[0],
        TaxIdKind::Ein => TAX_ID_TYPES[1],
        TaxIdKind::Itin => TAX_ID_TYPES[2],
        TaxIdKind::Foreign => TAX_ID_TYPES[3],
    }
}

/// Reads a `dueDiligence`. Programs ask for facts of their own in it, so what is unknown and simple is kept as well.
#[must_use]
pub fn due_diligence(object: &Object<'_>) -> Map<String, Value> {
    const TEXTS: [&str; 6] =
        ["employmentStatus", "occupation", "occupationDescription", "industry", "incomeSource", "incomeState"];
    let mut facts = Map::new();
    for name in TEXTS {
        facts.extend(object.field(name).text(FACT_CHARS_MAX).map(|text| (name.to_owned(), text.into())));
    }
    let country = object.field("incomeCountryCode").country().map(str::to_ascii_uppercase);
    facts.extend(country.map(|country| ("incomeCountryCode".to_owned(), country.into())));
    let income = number(&object.field("annualIncome"), 1e15);
    facts.extend(income.map(|income| ("annualIncome".to_owned(), income)));
    let known = |name: &str| TEXTS.contains(&name) || matches!(name, "incomeCountryCode" | "annualIncome");
    let others = object.members().filter(|(name, value)| !known(name) && is_simple(name, value));
    facts.extend(others.take(OTHER_FACTS_MAX).map(|(name, value)| (name.clone(), value.clone())));
    facts
}

fn is_simple(name: &str, value: &Value) -> bool {
    let fits = |text: &str, chars_max| text.chars().count() <= chars_max && !text.chars().any(char::is_control);
    let simple = match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => fits(text, FACT_CHARS_MAX),
        _ => false,
    };
    simple && fits(name, 50)
}

/// Reads a `businessDueDiligence`.
#[must_use]
pub fn business_due_diligence(object: &Object<'_>, today: Date) -> Map<String, Value> {
    let mut facts = Map::new();
    let mut keep = |name: &str, text: Option<String>| facts.extend(text.map(|text| (name.to_owned(), text.into())));
    keep("natureOfBusiness", object.field("natureOfBusiness").text(FACT_CHARS_MAX));
    keep("naics", digits(&object.field("naics"), 2..=6, "2 to 6 digits"));
    keep("merchantCategoryCode", digits(&object.field("merchantCategoryCode"), 4..=4, "4 digits"));
    keep("businessUrl", object.field("businessUrl").text(2048));
    let formed = object.field("relationshipFormationDate").date(date(1850, 1, 1)..=today);
    keep("relationshipFormationDate", formed.map(|day| day.to_string()));
    facts
}

fn digits(field: &Field<'_, '_>, length: std::ops::RangeInclusive<usize>, what: &'static str) -> Option<String> {
    field.parsed(FACT_CHARS_MAX, |text| {
        let fits = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(text.to_owned()) } else { Err(Fault::Format(what)) }
    })
}

/// A number from 0 to `max`, kept as it was written: `0` stays `0` and does not become `0.0`.
fn number(field: &Field<'_, '_>, max: f64) -> Option<Value> {
    field.number(0.0..=max)?;
    field.value().cloned()
}
