//! `PUT …/{id}/name` and `PUT …/{id}/profile` put something whole in the place of something whole; `PATCH …/{id}`
//! changes the members that are sent.

use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use onboarding::party::PartyKind;
use onboarding::profile::Revision;
use onboarding::{Customer, Party};
use serde_json::{Map, Value};
use service::Service;

use super::body::{self, Name, Profile, classification_of, keep, kept};
use super::create::primary_owner;
use super::view;
use crate::cos::body::{Payload, json};
use crate::cos::caller::Authorized;
use crate::cos::code::Code;
use crate::cos::error::Errors;
use crate::cos::path_ids::CustomerPath;
use crate::cos::{partner, today};
use crate::fields::{Mistake, Mistakes, Object};

pub async fn name(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(id): CustomerPath,
    payload: Payload,
) -> Result<Response, Errors> {
    let kind = service.customer(&caller, id).await?.party.kind();
    let name = read(&payload.value, |object| body::name(object, kind))?;
    let customer = service.revise(&caller, id, &|customer| renamed(customer, &name)).await?;
    Ok(json(&view::read(&customer)))
}

pub async fn profile(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(id): CustomerPath,
    payload: Payload,
) -> Result<Response, Errors> {
    let customer = service.customer(&caller, id).await?;
    let (kind, today) = (customer.party.kind(), today(&service));
    let profile = read(&payload.value, |object| body::profile(object, kind, today))?;
    primary_owner(&service, &caller, &reprofiled(&customer, &profile).attributes).await?;
    let customer = service.revise(&caller, id, &|customer| reprofiled(customer, &profile)).await?;
    Ok(json(&view::read(&customer)))
}

pub async fn patch(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    CustomerPath(id): CustomerPath,
    payload: Payload,
) -> Result<Response, Errors> {
    read(&payload.value, |object| Some(partner::check(object, &caller)))??;
    let today = today(&service);
    let customer = service.customer(&caller, id).await?;
    fixed(&customer, &payload.value)?;
    let first = patched(&customer, &payload.value, today)?;
    primary_owner(&service, &caller, &first.attributes).await?;
    // Should somebody change the customer meanwhile in a way that makes the patch wrong, it is taken as it was right.
    let revision = |customer: &Customer| patched(customer, &payload.value, today).unwrap_or_else(|_| first.clone());
    let customer = service.revise(&caller, id, &revision).await?;
    Ok(json(&view::read(&customer)))
}

fn read<T>(value: &Value, how: impl FnOnce(&Object<'_>) -> Option<T>) -> Result<T, Errors> {
    let mistakes = Mistakes::default();
    let read = how(&mistakes.object(value));
    mistakes.settle(read).map_err(Errors::from)
}

fn renamed(customer: &Customer, name: &Name) -> Revision {
    let mut party = customer.party.clone();
    match (&mut party, name) {
        (Party::Person(person), Name::Person(name)) => person.name = name.clone(),
        (Party::Business(business), Name::Business(name)) => business.name = name.clone(),
        _ => {}
    }
    Revision { party, attributes: customer.attributes.0.clone() }
}

fn reprofiled(customer: &Customer, profile: &Profile) -> Revision {
    let name = match &customer.party {
        Party::Person(person) => Name::Person(person.name.clone()),
        Party::Business(business) => Name::Business(business.name.clone()),
    };
    let mut attributes = customer.attributes.0.clone();
    keep(&mut attributes, "profile", Some(profile.facts().clone()));
    Revision { party: body::party(name, profile), attributes }
}

/// A patch may name what cannot change, if it does not change it.
fn fixed(customer: &Customer, patch: &Value) -> Result<(), Errors> {
    let known_kind = classification_of(customer.party.kind());
    let known_id = customer.client_identifier.as_ref().map(|id| id.as_str());
    for (field, known) in [("classification", Some(known_kind)), ("clientIdentifier", known_id)] {
        let sent = patch.get(field).filter(|value| !value.is_null());
        let same = |text: &str| {
            known.is_some_and(|known| known == text || (field == "classification" && known.eq_ignore_ascii_case(text)))
        };
        if sent.is_some_and(|value| !value.as_str().is_some_and(same)) {
            return Err(Errors::one(Code::Unchangeable, format!("{field} cannot change")));
        }
    }
    Ok(())
}

/// The customer with the members of the patch in the place of its own, read like a new one.
fn patched(customer: &Customer, patch: &Value, today: Date) -> Result<Revision, Vec<Mistake>> {
    let kind = customer.party.kind();
    let merged = |member: &str, own: fn(&Customer) -> Map<String, Value>| match patch.get(member) {
        Some(Value::Object(sent)) => {
            let mut merged = own(customer);
            merged.extend(
                sent.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())),
            );
            Some(Value::Object(merged))
        }
        other => other.cloned(),
    };
    let whole: Map<String, Value> = [
        ("name", merged("name", name_as_sent)),
        ("profile", merged("profile", profile_as_sent)),
        ("dueDiligence", merged("dueDiligence", |customer| section(customer, "dueDiligence"))),
        ("businessDueDiligence", merged("businessDueDiligence", |customer| section(customer, "businessDueDiligence"))),
    ]
    .into_iter()
    .filter_map(|(member, value)| Some((member.to_owned(), value?)))
    .collect();

    let whole = Value::Object(whole);
    let mistakes = Mistakes::default();
    let object = mistakes.object(&whole);
    let name = object.field("name").object().and_then(|object| body::name(&object, kind));
    let profile = object.field("profile").object().and_then(|object| body::profile(&object, kind, today));
    let due_diligence = object.field("dueDiligence").object().map(|object| body::due_diligence(&object));
    let business = object.field("businessDueDiligence").object();
    let business = business.map(|object| body::business_due_diligence(&object, today));

    let mut revision = Revision { party: customer.party.clone(), attributes: customer.attributes.0.clone() };
    if let Some(profile) = profile {
        revision = reprofiled(customer, &profile);
    }
    if let Some(name) = name {
        let reprofiled = Customer { party: revision.party, ..customer.clone() };
        revision.party = renamed(&reprofiled, &name).party;
    }
    keep(&mut revision.attributes, "dueDiligence", due_diligence);
    keep(&mut revision.attributes, "businessDueDiligence", business);
    mistakes.settle(Some(revision))
}

fn section(customer: &Customer, name: &str) -> Map<String, Value> {
    kept(&customer.attributes, name).cloned().unwrap_or_default()
}

/// The name as a caller would send it.
fn name_as_sent(customer: &Customer) -> Map<String, Value> {
    match serde_json::to_value(view::name(&customer.party)) {
        Ok(Value::Object(name)) => name,
        _ => Map::new(),
    }
}

/// The profile as a caller would send it: without what a read fills in.
fn profile_as_sent(customer: &Customer) -> Map<String, Value> {
    let mut profile = section(customer, "profile");
    let (country, day) = match &customer.party {
        Party::Person(person) => {
            profile.insert("politicallyExposedPerson".to_owned(), person.declared_pep.into());
            (person.citizenship.as_ref().map(|country| country.as_str()), person.birth_date.map(|day| day.0))
        }
        Party::Business(business) => (business.jurisdiction.as_deref(), business.formed_on),
    };
    let day_member = match customer.party.kind() {
        PartyKind::Person => "birthDate",
        PartyKind::Business => "dateFormed",
    };
    let tax_id = customer.party.tax_id();
    let known = [
        ("citizenshipCountryCode", country.map(str::to_owned)),
        (day_member, day.map(|day| day.to_string())),
        ("taxIdType", tax_id.map(|id| body::tax_id_type(id.kind()).to_owned())),
        ("taxId", tax_id.map(|id| id.value().to_owned())),
    ];
    profile.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
    profile
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cos::customers::tests::{bob, business};

    const TODAY: Date = jiff::civil::date(2026, 2, 1);

    fn refused(customer: &Customer, patch: &Value) -> Vec<String> {
        let found = patched(customer, patch, TODAY).err().unwrap_or_default();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_patch_that_says_nothing_changes_nothing() {
        for customer in [bob(), business()] {
            for patch in [json!({}), json!({ "name": {}, "profile": {}, "unknown": 1 }), json!({ "name": null })] {
                let revision = patched(&customer, &patch, TODAY).expect("a patch that is right");
                assert_eq!(revision.party, customer.party);
                assert_eq!(revision.attributes, customer.attributes.0);
            }
        }
    }

    #[test]
    fn a_patch_changes_what_it_names() {
        let patch = json!({
            "name": { "lastName": "Smyth" },
            "profile": { "riskRating": "high", "birthDate": "1953-09-23" },
            "dueDiligence": { "occupation": "Clerk" },
        });
        let revision = patched(&bob(), &patch, TODAY).expect("a patch that is right");
        let revised = Customer { party: revision.party, attributes: revision.attributes.into(), ..bob() };
        let shown = serde_json::to_value(view::read(&revised)).expect("JSON");
        assert_eq!(shown["name"]["fullName"], "Bob Smyth");
        assert_eq!(shown["profile"]["riskRating"], "High");
        assert_eq!(shown["profile"]["birthDate"], "1953-09-23");
        assert_eq!(shown["profile"]["taxId"], "119988776");
        assert_eq!(shown["dueDiligence"], json!({ "annualIncome": 0, "occupation": "Clerk" }));
    }

    #[test]
    fn a_wrong_patch_is_told_by_path() {
        let patch = json!({ "name": { "firstName": 7 }, "profile": { "taxId": "1" }, "dueDiligence": [] });
        let found = refused(&bob(), &patch);
        assert_eq!(
            found,
            [
                "name.firstName must be a string",
                "profile.taxId must be exactly nine digits",
                "dueDiligence must be an object",
            ]
        );
        assert_eq!(refused(&business(), &json!({ "name": { "entityName": "" } })), ["name.entityName is required"]);
    }

    #[test]
    fn what_is_fixed_may_be_said_again() {
        assert!(fixed(&bob(), &json!({ "classification": "Personal", "clientIdentifier": null })).is_ok());
        for patch in [json!({ "classification": "Business" }), json!({ "clientIdentifier": "other" })] {
            let errors = fixed(&bob(), &patch).expect_err("a change");
            assert_eq!(errors.codes().collect::<Vec<_>>(), [2011]);
        }
    }

    #[test]
    fn a_name_or_profile_alone_leaves_the_other() {
        let customer = business();
        let revision = renamed(&customer, &Name::Business(onboarding::Pii("Other".to_owned())));
        assert_eq!(*revision.party.full_name(), "Other");
        assert_eq!(revision.party.tax_id(), customer.party.tax_id());
        let mistakes = Mistakes::default();
        let sent = json!({ "taxIdType": "Ein", "taxId": "99-0000005", "dateFormed": "1981-06-25" });
        let profile = body::profile(&mistakes.object(&sent), PartyKind::Business, TODAY).expect("a profile");
        let revision = reprofiled(&customer, &profile);
        assert_eq!(revision.party.full_name(), customer.party.full_name());
        assert_eq!(kept(&revision.attributes, "profile"), Some(&Map::new()), "what was not said again is gone");
        assert!(kept(&revision.attributes, "businessDueDiligence").is_some());
    }
}
