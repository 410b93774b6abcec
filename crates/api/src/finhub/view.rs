//! A customer of this dialect on the wire: the person, its user, its wallet, and how far it has come.

use onboarding::enrolment::{Enrolment, NextStep, Stage};
use onboarding::{Customer, Party, Pii};
use serde_json::{Map, Value, json};
use service::enrolments::Progress;

use super::registration::body::ATTRIBUTES;
use super::registration::categorization;

/// A customer with everything that its own institution may see. Nothing of a password is in it.
#[must_use]
pub fn customer(progress: &Progress) -> Value {
    let Progress { customer, enrolment, stage, next } = progress;
    let wallet = wallet(enrolment);
    let email = customer.emails.primary().map_or("", |record| record.value.address.as_str());
    let mut view = json!({
        "organization": false,
        "individual": true,
        "id": customer.id.to_string(),
        "customerId": customer.id.to_string(),
        "userId": enrolment.user.to_string(),
        "walletId": enrolment.wallet.id.to_string(),
        "tenantId": customer.tenant.to_string(),
        "customerType": "CT_PERSON",
        "customerStatus": customer_status(*stage),
        "status": status(*stage),
        "stage": upper(stage.as_str()),
        "nextStep": next_step(*next),
        "person": person(customer),
        "user": {
            "id": enrolment.user.to_string(),
            "email": email,
            "username": email,
            "status": "ACTIVE",
            "emailVerified": enrolment.email_verified_at.is_some(),
            "roles": ["USER"],
        },
        "wallet": wallet,
        "createdAt": customer.created_at.to_string(),
        "lastModifiedAt": customer.changed_at.to_string(),
    });
    if let Some(stored) = &enrolment.categorization {
        view["categorization"] = categorization::view(stored);
    }
    view
}

/// A wallet: without an account number, and inactive, until it is activated.
#[must_use]
pub fn wallet(enrolment: &Enrolment) -> Value {
    let mut view = json!({
        "walletId": enrolment.wallet.id.to_string(),
        "currency": enrolment.wallet.currency,
        "status": "INACTIVE",
    });
    if let Some(activation) = &enrolment.activation {
        view["status"] = json!("ACTIVE");
        view["iban"] = json!(activation.iban.as_str());
        // No payments are made here: what is on it, its bank knows.
        view["balance"] = json!(0);
    }
    view
}

/// The state that the seed document gives a customer.
#[must_use]
pub const fn status(stage: Stage) -> &'static str {
    match stage {
        Stage::Registered | Stage::SessionCreated | Stage::VerificationInProgress => "PENDING_VERIFICATION",
        Stage::Verified | Stage::ConsentsGranted => "VERIFIED",
        Stage::Active => "ACTIVE",
    }
}

/// The state that the vendor's reference gives a customer.
const fn customer_status(stage: Stage) -> &'static str {
    match stage {
        Stage::Active => "CS_ACTIVE",
        _ => "CS_REGISTRATION_COMPLETED",
    }
}

/// What comes next, as a word of this dialect; `null` when nothing does.
#[must_use]
pub fn next_step(next: Option<NextStep>) -> Value {
    next.map_or(Value::Null, |next| upper(next.as_str()).into())
}

/// A word as this dialect writes words.
#[must_use]
pub fn upper(word: &str) -> String {
    word.to_ascii_uppercase()
}

fn person(customer: &Customer) -> Value {
    let facts = customer.attributes.get(ATTRIBUTES).and_then(Value::as_object).cloned().unwrap_or_default();
    let fact = |name: &str| facts.get(name).cloned().unwrap_or(Value::Null);
    let mut view = Map::new();
    let mut tell = |name: &str, value: Value| {
        if !value.is_null() {
            view.insert(name.to_owned(), value);
        }
    };
    if let Party::Person(person) = &customer.party {
        tell("firstName", json!(person.name.first.as_str()));
        tell("middleName", person.name.middle.as_ref().map_or(Value::Null, |name| json!(name.as_str())));
        tell("lastName", json!(person.name.last.as_str()));
        tell("dateOfBirth", person.birth_date.map_or(Value::Null, |date| json!(date.to_string())));
        tell("nationality", person.citizenship.as_ref().map_or(Value::Null, |code| json!(code.to_uppercase())));
    }
    tell("placeOfBirth", fact("placeOfBirth"));
    let mut phones = customer.phones.iter().map(|phone| json!(phone.value.number.as_str()));
    tell("phoneNumber", phones.next().unwrap_or_default());
    tell("alternatePhoneNumber", phones.next().unwrap_or_default());
    tell("address", address(customer, facts.get("address")));
    for name in ["occupation", "employerName", "annualIncome", "sourceOfFunds"] {
        tell(name, fact(name));
    }
    Value::Object(view)
}

fn address(customer: &Customer, parts: Option<&Value>) -> Value {
    let Some(address) = customer.addresses.primary().map(|record| &record.value) else { return Value::Null };
    let mut view = parts.and_then(Value::as_object).cloned().unwrap_or_default();
    let text = |text: &Option<Pii<String>>| text.as_ref().map(|text| json!(text.as_str()));
    let rest = [
        ("city", text(&address.city)),
        ("state", address.state.as_ref().map(|state| json!(state))),
        ("postalCode", text(&address.postal_code)),
        ("country", Some(json!(address.country.to_uppercase()))),
        ("addressType", Some(json!(address.kind))),
    ];
    view.extend(rest.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Value::Object(view)
}
