//! The seed's examples, and every field of what is sent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use onboarding::check::{Check, CheckKind, CheckState, Unavailability};
use onboarding::customer::Ids;
use onboarding::onboard::{Onboard, onboard};
use onboarding::records::Standing;
use onboarding::{CaseId, Customer, CustomerId, Policy, RecordId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{body, view};
use crate::fields::Mistakes;

const TODAY: Date = date(2026, 2, 1);

#[derive(Debug)]
struct Counting(u128);

impl Ids for Counting {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

fn sent() -> Value {
    json!({
        "partnerId": "00000000-0000-0000-0000-000000000000",
        "name": { "firstName": "Bob", "lastName": "Smith" },
        "classification": "Personal",
        "profile": {
            "regO": false, "politicallyExposedPerson": false, "taxIdType": "Ssn", "taxId": "119988776",
            "birthDate": "1953-09-22", "riskRating": "Low",
        },
    })
}

fn business_sent() -> Value {
    json!({
        "name": { "entityName": "Example Technologies Corp" },
        "classification": "Business",
        "profile": {
            "citizenshipCountryCode": "US", "enableBackupWithholding": false, "backupWithholdingPercent": 0,
            "taxIdType": "Ein", "taxId": "999000004", "dateFormed": "1981-06-25", "entityType": "Corporation",
            "riskRating": "Low", "ownershipType": "LegalEntity",
            "primaryOwnerCustomerId": "02ac22aa-0ab0-405e-9c41-b3cb00b85866",
        },
        "businessDueDiligence": {
            "natureOfBusiness": "Technology", "naics": "541512", "merchantCategoryCode": "4816",
            "businessUrl": "www.example.com", "relationshipFormationDate": "1982-06-27",
        },
        "clientIdentifier": "client-7",
    })
}

fn read(sent: &Value) -> Result<Onboard, Vec<String>> {
    let mistakes = Mistakes::default();
    let command = body::onboard(&mistakes.object(sent), TODAY);
    mistakes.settle(command).map_err(|found| found.iter().map(ToString::to_string).collect())
}

fn let_in(sent: &Value) -> Customer {
    let command = Onboard { cif_number: "32653745014".to_owned(), ..read(sent).expect("a body that is right") };
    let now: Timestamp = "2021-01-25T22:55:24.4422582Z".parse().expect("a time");
    let tenant = TenantId(Uuid::nil());
    let changes = onboard(tenant, command, &Policy::default(), &mut Counting(0), now).expect("it is let in");
    let id = "9052b6a5-3f09-41d1-b526-ade80104eb79";
    Customer { id: CustomerId::parse(id).expect("a GUID"), ..changes.customer }
}

/// The seed's customer.
pub fn bob() -> Customer {
    let_in(&sent())
}

/// A business.
pub fn business() -> Customer {
    let_in(&business_sent())
}

fn with(path: &str, value: Value) -> Value {
    let mut sent = sent();
    sent.pointer_mut(path.rsplit_once('/').expect("a path").0).expect("an object")
        [path.rsplit_once('/').expect("a path").1] = value;
    sent
}

/// The text with the blanks between its tokens taken away: how the seed's examples look on the wire.
fn squeezed(text: &str) -> String {
    let mut in_text = false;
    text.chars()
        .filter(|&c| {
            in_text ^= c == '"';
            in_text || !c.is_whitespace()
        })
        .collect()
}

#[test]
fn a_creation_is_answered_as_in_the_seed() {
    let mut customer = bob();
    customer.changed_at = "2021-01-25T22:55:24.4432543Z".parse().expect("a time");
    let example = r#"{
      "id": "9052b6a5-3f09-41d1-b526-ade80104eb79",
      "cifNumber": "32653745014",
      "classification": "Personal",
      "status": "Active",
      "ofac": "Pending",
      "pepScan": "Pending",
      "name": { "firstName": "Bob", "lastName": "Smith", "fullName": "Bob Smith" },
      "profile": {
        "regO": false,
        "politicallyExposedPerson": false,
        "enableBackupWithholding": false,
        "taxIdType": "Ssn",
        "taxId": "119988776",
        "birthDate": "1953-09-22",
        "riskRating": "Low"
      },
      "createdAt": "2021-01-25T17:55:24.4422582-05:00",
      "lastModifiedAt": "2021-01-25T17:55:24.4432543-05:00",
      "partnerId": "00000000-0000-0000-0000-000000000000"
    }"#;
    assert_eq!(
        serde_json::to_string(&view::created(&customer)).expect("JSON"),
        squeezed(example).replace("BobSmith", "Bob Smith")
    );
}

#[test]
fn a_read_is_answered_as_in_the_seed() {
    let mut customer = bob();
    customer.tenant = TenantId::parse("30dee145-b6a2-4058-8dc3-ac4000dee91f").expect("a GUID");
    customer.created_at = "2021-11-22T15:49:58.843Z".parse().expect("a time");
    customer.changed_at = "2021-11-22T15:51:49.5299112Z".parse().expect("a time");
    let clear = Check { state: CheckState::Clear, ..Check::due(customer.created_at) };
    customer.checks = CheckKind::ALL.into_iter().map(|kind| (kind, clear.clone())).collect();
    let example = r#"{
      "id": "9052b6a5-3f09-41d1-b526-ade80104eb79",
      "cifNumber": "32653745014",
      "classification": "Personal",
      "status": "Active",
      "ofac": "Clear",
      "pepScan": "Clear",
      "name": { "firstName": "Bob", "lastName": "Smith", "fullName": "Bob Smith" },
      "profile": {
        "regO": false,
        "citizenshipCountryCode": "US",
        "politicallyExposedPerson": false,
        "enableBackupWithholding": false,
        "taxIdType": "Ssn",
        "taxId": "119988776",
        "birthDate": "1953-09-22",
        "riskRating": "Low"
      },
      "createdAt": "2021-11-22T10:49:58.843-05:00",
      "lastModifiedAt": "2021-11-22T10:51:49.5299112-05:00",
      "partnerId": "30dee145-b6a2-4058-8dc3-ac4000dee91f",
      "dueDiligence": { "annualIncome": 0 },
      "eligible": false
    }"#;
    assert_eq!(serde_json::to_string(&view::read(&customer)).expect("JSON"), squeezed(example));
}

#[test]
fn a_business_is_answered_with_what_it_sent() {
    let shown = serde_json::to_value(view::created(&business())).expect("JSON");
    let sent = business_sent();
    assert_eq!(shown["classification"], "Business");
    assert_eq!(
        shown["name"],
        json!({ "entityName": "Example Technologies Corp", "fullName": "Example Technologies Corp" })
    );
    assert_eq!(shown["profile"], sent["profile"]);
    assert_eq!(shown["businessDueDiligence"], sent["businessDueDiligence"]);
    assert_eq!(shown["clientIdentifier"], "client-7");
    let again = serde_json::to_value(view::read(&business())).expect("JSON");
    assert_eq!(again["dueDiligence"], Value::Null, "the default is a person's");
}

#[test]
fn each_state_of_a_check_has_its_word() {
    let case = CaseId(Uuid::from_u128(9));
    for (state, word) in [
        (CheckState::Pending, "Pending"),
        (CheckState::Unavailable(Unavailability::StaleList), "Pending"),
        (CheckState::Clear, "Clear"),
        (CheckState::Hit(case), "Failed"),
        (CheckState::Reviewing(case), "Reviewing"),
        (CheckState::Confirmed(case), "Positive"),
    ] {
        let mut customer = bob();
        let check = Check { state, ..Check::due(customer.created_at) };
        customer.checks = BTreeMap::from([(CheckKind::Sanctions, check)]);
        let shown = serde_json::to_value(view::read(&customer)).expect("JSON");
        assert_eq!(shown["ofac"], word);
        assert_eq!(shown["pepScan"], "Pending", "what was never run is never clear");
        assert!(view::SCAN_STATUSES.contains(&word));
    }
}

#[test]
fn eligibility_says_what_is_missing() {
    let shown = |customer: &Customer| serde_json::to_string(&view::eligibility(customer)).expect("JSON");
    let mut customer = bob();
    assert_eq!(
        shown(&customer),
        r#"{"customerId":"9052b6a5-3f09-41d1-b526-ade80104eb79","eligible":false,"onboardingComplete":false,"missing":["ofac","pepScan","address","phone"]}"#,
    );
    for check in customer.checks.values_mut() {
        check.state = CheckState::Clear;
    }
    let mut sent = sent();
    sent["primaryAddress"] = json!({ "addressType": "Home", "street1": "1 A St", "city": "B", "countryCode": "CA" });
    sent["primaryPhone"] = json!({ "phoneType": "Mobile", "phoneNumber": "2015552345" });
    let complete = let_in(&sent);
    assert_eq!(complete.addresses.primary().map(|record| record.value.country.as_str()), Some("ca"));
    customer.addresses = complete.addresses;
    let phone = complete.phones.primary().expect("a phone").value.clone();
    customer.phones.add(RecordId(Uuid::from_u128(5)), phone, Standing::Primary, customer.created_at).expect("room");
    assert!(shown(&customer).contains(r#""eligible":true,"onboardingComplete":true,"missing":[]"#));
    assert!(serde_json::to_string(&view::read(&customer)).expect("JSON").ends_with(r#""eligible":true}"#));
}

#[test]
fn due_diligence_comes_back_whole() {
    let mut sent = sent();
    sent["dueDiligence"] = json!({
        "employmentStatus": "Employed", "occupation": "Technology", "incomeCountryCode": "us", "annualIncome": 85000.5,
        "programQuestion": "Yes", "sourceOfWealthChecked": true, "nested": { "ignored": 1 },
    });
    let shown = serde_json::to_value(view::created(&let_in(&sent))).expect("JSON");
    assert_eq!(
        shown["dueDiligence"],
        json!({
            "employmentStatus": "Employed", "occupation": "Technology", "incomeCountryCode": "US", "annualIncome": 85000.5,
            "programQuestion": "Yes", "sourceOfWealthChecked": true,
        })
    );
}

#[test]
fn each_field_is_checked() {
    let no_date = "must be a date that exists, written YYYY-MM-DD";
    for (path, value, message) in [
        ("/classification", json!(null), "classification is required".to_owned()),
        ("/classification", json!("Alien"), "classification must be one of Personal, Business".to_owned()),
        ("/name", json!(null), "name is required".to_owned()),
        ("/name", json!("Bob"), "name must be an object".to_owned()),
        ("/name/firstName", json!(" "), "name.firstName is required".to_owned()),
        ("/name/firstName", json!("x".repeat(101)), "name.firstName must have at most 100 characters".to_owned()),
        ("/name/lastName", json!("Smi\u{0}th"), "name.lastName must not contain control characters".to_owned()),
        ("/name/middleName", json!(7), "name.middleName must be a string".to_owned()),
        ("/name/prefix", json!({}), "name.prefix must be a string".to_owned()),
        ("/name/suffix", json!(true), "name.suffix must be a string".to_owned()),
        ("/name/preferredName", json!([]), "name.preferredName must be a string".to_owned()),
        ("/profile", json!(null), "profile is required".to_owned()),
        ("/profile", json!([]), "profile must be an object".to_owned()),
        ("/profile/regO", json!("no"), "profile.regO must be true or false".to_owned()),
        (
            "/profile/politicallyExposedPerson",
            json!(0),
            "profile.politicallyExposedPerson must be true or false".to_owned(),
        ),
        (
            "/profile/enableBackupWithholding",
            json!(0),
            "profile.enableBackupWithholding must be true or false".to_owned(),
        ),
        (
            "/profile/backupWithholdingPercent",
            json!(101),
            "profile.backupWithholdingPercent must be between 0 and 100".to_owned(),
        ),
        ("/profile/privacyOptOut", json!("x"), "profile.privacyOptOut must be true or false".to_owned()),
        ("/profile/taxIdType", json!(null), "profile.taxIdType is required".to_owned()),
        ("/profile/taxIdType", json!("Nif"), "profile.taxIdType must be one of Ssn, Ein, Itin, Foreign".to_owned()),
        ("/profile/taxId", json!(null), "profile.taxId is required".to_owned()),
        ("/profile/taxId", json!("11998877"), "profile.taxId must be exactly nine digits".to_owned()),
        ("/profile/taxId", json!("11998877a"), "profile.taxId must be exactly nine digits".to_owned()),
        ("/profile/taxId", json!(119_988_776), "profile.taxId must be a string".to_owned()),
        ("/profile/birthDate", json!(null), "profile.birthDate is required".to_owned()),
        ("/profile/birthDate", json!("1953-02-30"), format!("profile.birthDate {no_date}")),
        (
            "/profile/birthDate",
            json!("2026-02-02"),
            "profile.birthDate must be between 1850-01-01 and 2026-02-01".to_owned(),
        ),
        (
            "/profile/birthDate",
            json!("1849-12-31"),
            "profile.birthDate must be between 1850-01-01 and 2026-02-01".to_owned(),
        ),
        ("/profile/riskRating", json!("Mild"), "profile.riskRating must be one of Low, Medium, High".to_owned()),
        (
            "/profile/citizenshipCountryCode",
            json!("Narnia"),
            "profile.citizenshipCountryCode must be an ISO 3166-1 alpha-2 country code".to_owned(),
        ),
        (
            "/profile/entityType",
            json!("x".repeat(256)),
            "profile.entityType must have at most 255 characters".to_owned(),
        ),
        ("/profile/ownershipType", json!(1), "profile.ownershipType must be a string".to_owned()),
        ("/profile/primaryOwnerCustomerId", json!("7"), "profile.primaryOwnerCustomerId must be a GUID".to_owned()),
        ("/clientIdentifier", json!("x".repeat(51)), "clientIdentifier must have at most 50 characters".to_owned()),
        ("/dueDiligence", json!([]), "dueDiligence must be an object".to_owned()),
        (
            "/dueDiligence",
            json!({ "annualIncome": -1 }),
            "dueDiligence.annualIncome must be between 0 and 1000000000000000".to_owned(),
        ),
        ("/dueDiligence", json!({ "occupation": 1 }), "dueDiligence.occupation must be a string".to_owned()),
        (
            "/dueDiligence",
            json!({ "incomeCountryCode": "??" }),
            "dueDiligence.incomeCountryCode must be an ISO 3166-1 alpha-2 country code".to_owned(),
        ),
        ("/businessDueDiligence", json!(1), "businessDueDiligence must be an object".to_owned()),
        (
            "/businessDueDiligence",
            json!({ "naics": "x" }),
            "businessDueDiligence.naics must be 2 to 6 digits".to_owned(),
        ),
        (
            "/businessDueDiligence",
            json!({ "merchantCategoryCode": "48165" }),
            "businessDueDiligence.merchantCategoryCode must be 4 digits".to_owned(),
        ),
        (
            "/businessDueDiligence",
            json!({ "relationshipFormationDate": "1982" }),
            format!("businessDueDiligence.relationshipFormationDate {no_date}"),
        ),
        ("/primaryAddress", json!("home"), "primaryAddress must be an object".to_owned()),
        (
            "/primaryPhone",
            json!({ "phoneType": "Mobile", "phoneNumber": "1" }),
            "primaryPhone.phoneNumber must be 10 digits, or + and 8 to 15 digits".to_owned(),
        ),
        ("/primaryEmail", json!({ "emailType": "Work" }), "primaryEmail.emailAddress is required".to_owned()),
        ("/primaryIdentification", json!({ "idNumber": "1" }), "primaryIdentification.idType is required".to_owned()),
    ] {
        assert_eq!(read(&with(path, value)), Err(vec![message]), "{path}");
    }
}

#[test]
fn a_business_needs_a_name_a_number_and_a_day() {
    let empty = json!({ "classification": "Business", "name": {}, "profile": {} });
    let all = [
        "name.entityName is required",
        "profile.taxIdType is required",
        "profile.taxId is required",
        "profile.dateFormed is required",
    ];
    assert_eq!(read(&empty), Err(all.map(str::to_owned).to_vec()));
    let mut old = business_sent();
    old["profile"]["dateFormed"] = json!("1784-06-09");
    assert!(read(&old).is_ok());
}

#[test]
fn a_foreigner_may_have_no_tax_number() {
    let mut abroad = with("/profile/citizenshipCountryCode", json!("fr"));
    for field in ["taxIdType", "taxId"] {
        abroad["profile"].as_object_mut().expect("an object").remove(field);
    }
    assert!(read(&abroad).is_ok());
    abroad["profile"]["taxId"] = json!("1 84 12 76 451 089");
    assert_eq!(read(&abroad), Err(vec!["profile.taxIdType is required".to_owned()]));
    abroad["profile"]["taxIdType"] = json!("Foreign");
    assert!(read(&abroad).is_ok());
}

#[test]
fn an_empty_body_is_told_everything_it_lacks() {
    let all = ["classification is required", "name is required", "profile is required"];
    assert_eq!(read(&json!({})), Err(all.map(str::to_owned).to_vec()));
    let everywhere = json!({ "classification": 1, "name": { "lastName": 2 }, "profile": { "taxId": "x" } });
    assert_eq!(read(&everywhere).map_err(|found| found.len()), Err(5));
}

#[test]
fn dashes_words_and_unknown_fields_are_forgiven() {
    let mut sent = with("/profile/taxId", json!("119-98-8776"));
    sent["classification"] = json!("personal");
    sent["profile"]["taxIdType"] = json!("SSN");
    sent["profile"]["favouriteColour"] = json!("blue");
    sent["name"]["middleName"] = json!(null);
    let customer = let_in(&sent);
    assert_eq!(customer.party, bob().party);
}
