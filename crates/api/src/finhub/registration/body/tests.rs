//! The published request, field by field.

use onboarding::categorization::{Hierarchy, validate};
use serde_json::json;

use jiff::civil::date;

use super::*;

/// The vendor's published request; its e-mail address is obfuscated there, so it is a stand-in.
const PUBLISHED: &str = r#"{"tenantId":"97e7ff29-15f3-49ef-9681-3bbfcce4f6cd","email":"john.doe@example.com",
"password":"SecurePass123!@#","matchingPassword":"SecurePass123!@#","firstName":"John","lastName":"Doe",
"individualCustomer":{"tenantId":"97e7ff29-15f3-49ef-9681-3bbfcce4f6cd","email":"john.doe@example.com","firstName":"John",
"lastName":"Doe","middleName":"Robert","dateOfBirth":"1990-05-15","placeOfBirth":"New York","nationality":"US",
"phoneNumber":"+12125551234","alternatePhoneNumber":"+12125559876","address":{"street":"123 Main Street",
"streetNumber":"123","apartment":"Apt 4B","city":"New York","state":"NY","postalCode":"10001","country":"US",
"addressType":"RESIDENTIAL"},"occupation":"Software Engineer","employerName":"Tech Corp Inc","annualIncome":"150000",
"sourceOfFunds":"SALARY","categorization":{"id":"550e8400-e29b-41d4-a716-446655440001","name":"HIGH_RISK_INDIVIDUAL",
"isActive":true,"categoryFeatureRelations":[{"feature":{"id":"660e8400-e29b-41d4-a716-446655440002",
"code":"ENHANCED_AML_MONITORING"},"enabled":true,"parametrization":[{"name":"riskLevel","value":"HIGH"},
{"name":"riskScore","value":"85"},{"name":"pep","value":"true"},{"name":"pepCategory","value":"DOMESTIC_PEP"},
{"name":"sanctionsCheck","value":"ENHANCED"},{"name":"monitoring","value":"DAILY"},{"name":"edd","value":"true"}]},
{"feature":{"id":"770e8400-e29b-41d4-a716-446655440003","code":"TRANSACTION_LIMITS"},"enabled":true,
"parametrization":[{"name":"dailyLimit","value":"5000"},{"name":"monthlyLimit","value":"50000"},
{"name":"singleTransactionLimit","value":"2000"}]}]}}}"#;

fn published() -> Value {
    serde_json::from_str(PUBLISHED).expect("JSON")
}

fn today() -> Date {
    date(2026, 11, 22)
}

/// Puts a value at a dotted path; removes what stands there when it is `null`.
fn put(body: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace('.', "/"));
    let (parent, field) = pointer.rsplit_once('/').expect("a path");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() { drop(parent.remove(field)) } else { drop(parent.insert(field.to_owned(), value)) }
}

fn refused(path: &str, value: Value) -> Vec<FieldError> {
    let mut body = published();
    put(&mut body, path, value);
    read(&body, today()).err().map(|findings| findings.errors).unwrap_or_default()
}

#[test]
fn the_published_request_is_read() {
    let john = read(&published(), today()).expect("a body that is right");
    assert_eq!(john.email.as_str(), "john.doe@example.com");
    assert_eq!(john.person.name.full().as_str(), "John Robert Doe");
    assert_eq!(john.person.birth_date, Some(Pii(date(1990, 5, 15))));
    let phones: Vec<&str> = john.phones.iter().map(|phone| phone.as_str()).collect();
    assert_eq!(phones, ["+12125551234", "+12125559876"]);
    let street: Vec<String> = john.address.expect("an address").street.into_iter().map(|line| line.0).collect();
    assert_eq!(street, ["123 Main Street", "Apt 4B"]);
    assert_eq!(john.facts["annualIncome"], "150000");
    let category = validate(&Hierarchy::default(), &john.categorization.expect("a category")).expect("it fits");
    assert!(category.is_high_risk());
}

#[test]
fn what_is_missing_below_is_inherited() {
    let mut body = published();
    for path in ["tenantId", "email", "firstName", "lastName"] {
        put(&mut body, &format!("individualCustomer.{path}"), Value::Null);
    }
    assert_eq!(read(&body, today()), read(&published(), today()));
    // Only what a law asks for has to be there.
    let short = json!({"email": "a@example.com", "password": "SecurePass123!@#", "matchingPassword": "SecurePass123!@#",
        "firstName": "Ana", "lastName": "Lu", "individualCustomer": {"dateOfBirth": "1990-05-15"}});
    assert!(read(&short, today()).is_ok());
}

#[test]
fn an_address_is_one_that_mail_can_go_to() {
    for good in ["a@b.co", "o'neil+tag@mail.example.com", "jörg@bücher.example", "e\u{301}@b.co", "a.b-c_d@x-y.museum"]
    {
        assert_eq!(email(good), Ok(good.to_owned()));
    }
    let (label, local) = (format!("a@{}.com", "x".repeat(64)), format!("{}@b.co", "x".repeat(65)));
    for bad in [
        "@b.co",
        ".a@b.co",
        "a.@b.co",
        "a..b@b.co",
        "a@b",
        "a@.co",
        "a@b..co",
        "a@-b.co",
        "a@1.2",
        "a@[1.2.3.4]",
        "\"a\"@b.co",
        "a b@c.co",
        "a@b@c.co",
        "a\u{200b}@b.co",
        "a\u{ad}@b.co",
        "a\u{202e}@b.co",
        "a,b@c.co",
        &label,
        &local,
    ] {
        assert!(email(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn each_field_is_checked() {
    let long = "x".repeat(256);
    let table = [
        ("email", vec![Value::Null, json!(7), json!("a@b"), json!("[email protected]"), json!("a b@example.com")]),
        ("firstName", vec![Value::Null, json!("4"), json!("x".repeat(101)), json!(["a"])]),
        ("lastName", vec![Value::Null, json!(""), json!(true)]),
        ("individualCustomer", vec![Value::Null, json!("x"), json!([])]),
        ("individualCustomer.email", vec![json!("other@example.com"), json!(1), json!("x")]),
        ("individualCustomer.firstName", vec![json!("Jon"), json!(1)]),
        ("individualCustomer.lastName", vec![json!("Dough")]),
        ("individualCustomer.middleName", vec![json!("-"), json!(1)]),
        (
            "individualCustomer.dateOfBirth",
            vec![
                Value::Null,
                json!("1990-02-30"),
                json!("15.05.1990"),
                json!("2026-11-23"),
                json!("2008-11-23"),
                json!(1),
            ],
        ),
        ("individualCustomer.placeOfBirth", vec![json!(1), json!(long)]),
        ("individualCustomer.nationality", vec![json!("USA"), json!("XX"), json!(1)]),
        ("individualCustomer.phoneNumber", vec![json!("2125551234"), json!("+0125551234"), json!("+1 212"), json!(1)]),
        ("individualCustomer.alternatePhoneNumber", vec![json!("+1234567890123456"), json!("x")]),
        ("individualCustomer.address", vec![json!("x")]),
        ("individualCustomer.address.street", vec![Value::Null, json!(1), json!(long)]),
        ("individualCustomer.address.streetNumber", vec![json!(123)]),
        ("individualCustomer.address.apartment", vec![json!(4)]),
        ("individualCustomer.address.city", vec![Value::Null, json!(1)]),
        ("individualCustomer.address.state", vec![json!(1)]),
        ("individualCustomer.address.postalCode", vec![json!(10001)]),
        ("individualCustomer.address.country", vec![Value::Null, json!("USA"), json!("ZZ")]),
        ("individualCustomer.address.addressType", vec![json!("CASTLE"), json!(1)]),
        ("individualCustomer.occupation", vec![json!(1), json!(long)]),
        ("individualCustomer.employerName", vec![json!(1), json!("a\u{0}b")]),
        (
            "individualCustomer.annualIncome",
            vec![json!(150_000), json!("a lot"), json!("-1"), json!("1.234"), json!("1e5")],
        ),
        ("individualCustomer.sourceOfFunds", vec![json!("LOTTERY"), json!(1)]),
        ("individualCustomer.categorization", vec![json!("x"), json!([])]),
        ("individualCustomer.categorization.id", vec![json!("x"), json!(1)]),
        ("individualCustomer.categorization.name", vec![json!(1)]),
        ("individualCustomer.categorization.isActive", vec![json!("true")]),
        ("individualCustomer.categorization.categoryFeatureRelations", vec![json!("x"), json!({})]),
        ("individualCustomer.categorization.categoryFeatureRelations", vec![json!([1])]),
    ];
    for (path, values) in table {
        for value in values {
            let found = refused(path, value.clone());
            assert!(found.len() == 1 && found[0].field.starts_with(path), "{path} {value}: {found:?}");
        }
    }
    let none = refused("individualCustomer.categorization", json!({"name": null}));
    assert_eq!(none[0].field, "individualCustomer.categorization.id");
}

#[test]
fn a_parameter_is_two_texts() {
    let place = "individualCustomer.categorization.categoryFeatureRelations";
    for (parameter, field) in [
        (json!({"name": "pep", "value": true}), "0.parametrization.0.value"),
        (json!({"name": 7, "value": "true"}), "0.parametrization.0.name"),
        (json!({"value": "true"}), "0.parametrization.0.name"),
        (json!("pep"), "0.parametrization.0"),
    ] {
        let relations = json!([{"feature": {"code": "ENHANCED_AML_MONITORING"}, "parametrization": [parameter]}]);
        let found = refused(place, relations);
        assert_eq!(found[0].field, format!("{place}.{field}"));
    }
}

#[test]
fn a_customer_is_of_age_on_the_birthday() {
    assert!(refused("individualCustomer.dateOfBirth", json!("2008-11-22")).is_empty());
    let found = refused("individualCustomer.dateOfBirth", json!("2008-11-23"));
    assert_eq!(found[0].message, "individualCustomer.dateOfBirth must be a date at least 18 years ago");
}

#[test]
fn every_finding_is_told_at_once_and_no_value_is_repeated() {
    let mut body = published();
    for (path, value) in [
        ("email", json!("nobody")),
        ("password", json!("hunter")),
        ("individualCustomer.dateOfBirth", json!("yesterday")),
        ("individualCustomer.address.country", json!("Atlantis")),
        ("individualCustomer.categorization.categoryFeatureRelations", json!([])),
    ] {
        put(&mut body, path, value);
    }
    let Findings { errors, categorization } = read(&body, today()).expect_err("a lot");
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "email",
            "individualCustomer.dateOfBirth",
            "individualCustomer.address.country",
            "password",
            "password",
            "password",
            "password",
            "matchingPassword"
        ]
    );
    assert!(categorization.is_some());
    let told: String = errors.iter().map(|error| error.message.as_str()).collect();
    for value in ["nobody", "hunter", "yesterday", "Atlantis"] {
        assert!(!told.contains(value), "{told}");
    }
}

#[test]
fn a_password_is_missing_once() {
    let missing = refused("password", Value::Null);
    assert_eq!((missing.len(), missing[0].message.as_str()), (1, "password is required"));
    let missing = refused("matchingPassword", Value::Null);
    assert_eq!((missing.len(), missing[0].message.as_str()), (1, "matchingPassword is required"));
    let other = refused("matchingPassword", json!("SecurePass123!@"));
    assert_eq!(other[0].message, "Password and matching password must be identical");
    let endless = refused("password", json!("aB3!".repeat(300)));
    assert_eq!(endless.len(), 1, "{endless:?}");
}
