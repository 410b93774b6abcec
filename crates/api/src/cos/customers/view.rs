//! A customer in the vendor's words. The order of members is that of the vendor's examples.

use std::borrow::Cow;

use onboarding::check::CheckKind;
use onboarding::customer::Missing;
use onboarding::party::PartyKind;
use onboarding::{CheckState, Customer, CustomerStatus, Party};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::body::{classification_of, kept, tax_id_type};
use crate::cos::time;

/// A customer, as it is created or as it is read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView<'a> {
    id: String,
    cif_number: &'a str,
    classification: &'static str,
    status: &'static str,
    ofac: &'static str,
    pep_scan: &'static str,
    name: NameView<'a>,
    profile: ProfileView<'a>,
    created_at: String,
    last_modified_at: String,
    partner_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_diligence: Option<Cow<'a, Map<String, Value>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_due_diligence: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eligible: Option<bool>,
}

/// A name; what is not there is left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NameView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    middle_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_name: Option<&'a str>,
    full_name: String,
}

/// A profile; the domain's part of it and the dialect's own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    reg_o: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citizenship_country_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    politically_exposed_person: Option<bool>,
    enable_backup_withholding: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_withholding_percent: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_id_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_formed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_type: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_rating: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ownership_type: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_owner_customer_id: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    privacy_opt_out: Option<&'a Value>,
}

/// Whether an account may be opened, and what is in the way. No vendor document has it; the condition is the vendor's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EligibilityView {
    customer_id: String,
    eligible: bool,
    onboarding_complete: bool,
    missing: Vec<&'static str>,
}

/// How far what was never said is filled in. The vendor's answer to a creation says less than one to a later read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Created,
    Read,
}

/// The answer to a creation: what was sent, and what was made of it.
#[must_use]
pub fn created(customer: &Customer) -> CustomerView<'_> {
    view(customer, Moment::Created)
}

/// The answer to a read: with the vendor's defaults, and whether an account may be opened.
#[must_use]
pub fn read(customer: &Customer) -> CustomerView<'_> {
    view(customer, Moment::Read)
}

fn view(customer: &Customer, moment: Moment) -> CustomerView<'_> {
    let kind = customer.party.kind();
    let sent = kept(&customer.attributes, "dueDiligence");
    let due_diligence = match (moment, kind) {
        (Moment::Read, PartyKind::Person) => {
            let mut filled = sent.cloned().unwrap_or_default();
            filled.entry("annualIncome").or_insert(json!(0));
            Some(Cow::Owned(filled))
        }
        _ => sent.map(Cow::Borrowed),
    };
    CustomerView {
        id: customer.id.to_string(),
        cif_number: &customer.cif_number,
        classification: classification_of(kind),
        status: match customer.status {
            CustomerStatus::Active => "Active",
        },
        ofac: scan(customer, CheckKind::Sanctions),
        pep_scan: scan(customer, CheckKind::Pep),
        name: name(&customer.party),
        profile: profile(customer, moment),
        created_at: time::exact(customer.created_at),
        last_modified_at: time::exact(customer.changed_at),
        partner_id: customer.tenant.to_string(),
        due_diligence,
        business_due_diligence: kept(&customer.attributes, "businessDueDiligence"),
        client_identifier: customer.client_identifier.as_ref().map(|id| id.as_str()),
        eligible: (moment == Moment::Read).then(|| customer.missing().is_empty()),
    }
}

/// A check's state as a scan status. One that the tenant does not demand was never run, and so is never `Clear`.
fn scan(customer: &Customer, kind: CheckKind) -> &'static str {
    customer.checks.get(&kind).map_or("Pending", |check| match check.state {
        CheckState::Pending | CheckState::Unavailable(_) => "Pending",
        CheckState::Clear => "Clear",
        CheckState::Hit(_) => "Failed",
        CheckState::Reviewing(_) => "Reviewing",
        CheckState::Confirmed(_) => "Positive",
    })
}

/// Every word that a scan status may be.
pub const SCAN_STATUSES: [&str; 5] = ["Pending", "Clear", "Failed", "Reviewing", "Positive"];

/// A name.
#[must_use]
pub fn name(party: &Party) -> NameView<'_> {
    let full_name = party.full_name().0;
    match party {
        Party::Person(person) => {
            let name = &person.name;
            NameView {
                prefix: name.prefix.as_ref().map(|part| part.as_str()),
                first_name: Some(&name.first),
                middle_name: name.middle.as_ref().map(|part| part.as_str()),
                last_name: Some(&name.last),
                suffix: name.suffix.as_ref().map(|part| part.as_str()),
                preferred_name: name.preferred.as_ref().map(|part| part.as_str()),
                entity_name: None,
                full_name,
            }
        }
        Party::Business(business) => NameView { entity_name: Some(&business.name), full_name, ..NameView::default() },
    }
}

fn profile(customer: &Customer, moment: Moment) -> ProfileView<'_> {
    let facts = kept(&customer.attributes, "profile");
    let fact = |name: &str| facts.and_then(|facts| facts.get(name));
    let flag = |name: &str| fact(name).and_then(Value::as_bool);
    let tax_id = customer.party.tax_id();
    let (country, birth_date, date_formed, declared_pep) = match &customer.party {
        Party::Person(person) => {
            let said = person.citizenship.as_ref().map(|country| country.as_str());
            let country = said.or((moment == Moment::Read).then_some("us"));
            (country, person.birth_date.map(|day| day.to_string()), None, Some(person.declared_pep))
        }
        Party::Business(business) => {
            (business.jurisdiction.as_deref(), None, business.formed_on.map(|day| day.to_string()), None)
        }
    };
    let is_person = customer.party.kind() == PartyKind::Person;
    ProfileView {
        reg_o: flag("regO").or(is_person.then_some(false)),
        citizenship_country_code: country.map(str::to_ascii_uppercase),
        politically_exposed_person: declared_pep,
        enable_backup_withholding: flag("enableBackupWithholding").unwrap_or(false),
        backup_withholding_percent: fact("backupWithholdingPercent"),
        tax_id_type: tax_id.map(|id| tax_id_type(id.kind())),
        tax_id: tax_id.map(onboarding::tax_id::TaxId::value),
        birth_date,
        date_formed,
        entity_type: fact("entityType"),
        risk_rating: fact("riskRating"),
        ownership_type: fact("ownershipType"),
        primary_owner_customer_id: fact("primaryOwnerCustomerId"),
        privacy_opt_out: fact("privacyOptOut"),
    }
}

/// Whether an account may be opened.
#[must_use]
pub fn eligibility(customer: &Customer) -> EligibilityView {
    let missing = customer.missing();
    EligibilityView {
        customer_id: customer.id.to_string(),
        eligible: missing.is_empty(),
        onboarding_complete: !missing.iter().any(|missing| matches!(missing, Missing::Address | Missing::Phone)),
        missing: missing
            .iter()
            .map(|missing| match missing {
                Missing::Check(CheckKind::Sanctions) => "ofac",
                Missing::Check(CheckKind::Pep) => "pepScan",
                Missing::Check(CheckKind::Watchlists) => "watchlists",
                Missing::Check(CheckKind::Adverse) => "adverse",
                Missing::Address => "address",
                Missing::Phone => "phone",
            })
            .collect(),
    }
}
