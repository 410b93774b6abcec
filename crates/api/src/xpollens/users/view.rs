//! A user on the wire: the newer version, and what the older one makes of it.

use onboarding::admission::correct::{Cause, Field};
use onboarding::admission::demand::DemandState;
use onboarding::admission::standing::standing;
use onboarding::admission::{Admission, Standing};
use onboarding::records::Address;
use onboarding::{Customer, Party};
use serde_json::{Map, Value, json};
use service::Caller;

use super::profile::ATTRIBUTES;
use crate::xpollens::error::Problem;
use crate::xpollens::words;

/// The admission of somebody who was let in this way.
///
/// # Errors
/// 404 for who was not.
pub fn admission(customer: &Customer) -> Result<&Admission, Problem> {
    customer.admission.as_ref().ok_or_else(|| Problem::not_found("User"))
}

/// Where somebody stands under the tenant's rules.
///
/// # Errors
/// 404 for who was not let in this way.
pub fn standing_of(caller: &Caller, customer: &Customer) -> Result<Standing, Problem> {
    standing(customer, &caller.policy.admission).ok_or_else(|| Problem::not_found("User"))
}

/// A user of the newer version as this caller sees it.
///
/// # Errors
/// 404 for who was not let in this way.
pub fn of(caller: &Caller, customer: &Customer) -> Result<Value, Problem> {
    Ok(user(customer, admission(customer)?, standing_of(caller, customer)?))
}

/// A user of the newer version, with what was sent and where it stands.
#[must_use]
pub fn user(customer: &Customer, admission: &Admission, standing: Standing) -> Value {
    json!({
        "appUserId": admission.app_user_id.as_str(),
        "userRecordStatus": words::standing(standing),
        "identificationLevel": words::identification_level(standing),
        "onboardingDate": words::time(customer.created_at),
        "lastUpdate": words::time(customer.changed_at),
        "publicUserCode": admission.public_code.as_str(),
        "profile": profile(customer, admission),
        "roles": fact(customer, "roles").unwrap_or_else(|| json!([])),
    })
}

/// The profile of the newer version.
#[must_use]
pub fn profile(customer: &Customer, admission: &Admission) -> Value {
    let mut view = Map::new();
    let mut tell = |name: &str, value: Option<Value>| view.extend(value.map(|value| (name.to_owned(), value)));
    tell("civility", admission.civility.map(|civility| words::civility(civility).into()));
    if let Party::Person(person) = &customer.party {
        tell("firstName", Some(person.name.first.as_str().into()));
        tell("lastName", Some(person.name.last.as_str().into()));
        tell("birthDate", person.birth_date.map(|date| date.to_string().into()));
        tell("nationality", person.citizenship.as_ref().map(|code| code.to_uppercase().into()));
    }
    let birth = &admission.birth;
    tell("birthName", birth.name.as_ref().map(|name| name.as_str().into()));
    tell("birthCity", birth.city.as_ref().map(|city| city.as_str().into()));
    tell("birthZipCode", birth.postal_code.as_ref().map(|code| code.as_str().into()));
    tell("birthCountry", birth.country.as_ref().map(|code| code.to_uppercase().into()));
    tell("phoneNumber", customer.phones.primary().map(|record| record.value.number.as_str().into()));
    tell("email", customer.emails.primary().map(|record| record.value.address.as_str().into()));
    tell("alias", fact(customer, "alias"));
    tell("address", customer.addresses.primary().map(|record| address(&record.value)));
    Value::Object(view)
}

fn address(address: &Address) -> Value {
    let line = |at: usize| address.street.get(at).map(|line| line.as_str()).filter(|line| !line.is_empty());
    json!({
        "street": line(0),
        "supplementIn": line(1),
        "supplementOut": line(2),
        "zipCode": address.postal_code.as_ref().map(|code| code.as_str()),
        "city": address.city.as_ref().map(|city| city.as_str()),
        "country": address.country.to_uppercase(),
        "area": address.state,
    })
}

/// What the dialect keeps of a customer under this name.
fn fact(customer: &Customer, name: &str) -> Option<Value> {
    customer.attributes.get(ATTRIBUTES)?.get(name).cloned()
}

/// The member of a profile that a datum stands in.
#[must_use]
pub const fn member(field: Field) -> &'static str {
    match field {
        Field::Civility => "civility",
        Field::FirstName => "firstName",
        Field::LastName => "lastName",
        Field::BirthName => "birthName",
        Field::BirthDate => "birthDate",
        Field::BirthCity => "birthCity",
        Field::BirthPostalCode => "birthZipCode",
        Field::BirthCountry => "birthCountry",
        Field::Nationality => "nationality",
        Field::Phone => "phoneNumber",
        Field::Email => "email",
        Field::Address => "address",
    }
}

/// Why a datum was changed.
#[must_use]
pub const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Correction => "Correction",
        Cause::Normalization => "Normalization",
    }
}

/// A user of the older version. Its numbers: status 1 is served, 2 frozen, 6 waits for its identity, 5 is closed; what
/// this house has none of (cards, amounts) is empty.
#[must_use]
pub fn older(customer: &Customer, admission: &Admission, standing: Standing) -> Value {
    let profile = profile(customer, admission);
    let civility = |civility| words::CIVILITIES.iter().position(|known| *known == civility);
    json!({
        "Id": admission.public_code.as_str(),
        "AppUserId": admission.app_user_id.as_str(),
        "Type": "Part",
        "Role": if standing == Standing::Validated { 2 } else { 1 },
        "Profile": {
            "Civility": admission.civility.and_then(civility),
            "FirstName": profile["firstName"],
            "LastName": profile["lastName"],
            "BirthName": profile["birthName"],
            "Birthdate": profile["birthDate"],
            "BirthCity": profile["birthCity"],
            "BirthCountry": profile["birthCountry"],
            "Nationality": profile["nationality"],
            "EconomicActivity": admission.declarative.map(|declared| declared.activity.code().to_string()),
            "Address": profile["address"],
            "PhoneNumber": profile["phoneNumber"],
            "Email": profile["email"],
            "Alias": profile["alias"],
        },
        "Amount": 0,
        "DebtBalance": 0,
        "SubAccounts": [],
        "BankAccounts": [],
        "CBCards": [],
        "Status": status(admission, standing),
        "CountryCode": customer.addresses.primary().map(|record| record.value.country.to_uppercase()),
        "KycStatus": kyc_status(admission, standing),
        "OnBoardingDate": words::time(customer.created_at),
    })
}

/// The older version's numbers for where a user stands.
#[must_use]
pub const fn status(admission: &Admission, standing: Standing) -> i8 {
    match standing {
        _ if admission.frozen => 2,
        Standing::Validated => 1,
        Standing::Refused => 5,
        Standing::Initialized | Standing::InProgress => 6,
    }
}

/// The older version's numbers for where the verification of an identity stands.
#[must_use]
pub fn kyc_status(admission: &Admission, standing: Standing) -> i8 {
    match admission.demand.as_ref().map(|demand| demand.state) {
        _ if standing == Standing::Validated => 3,
        None => 5,
        Some(DemandState::Incomplete) => 0,
        Some(DemandState::Pending) => 1,
        Some(DemandState::Complete) => 6,
        Some(DemandState::FraudSuspicion) => 8,
        Some(DemandState::Rejected) => 9,
    }
}
