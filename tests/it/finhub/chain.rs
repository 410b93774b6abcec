//! The whole way, from the hierarchy to an active wallet with an account number.

use serde_json::{Value, json};

use super::bank::{Bank, INDIVIDUAL, PUBLISHED, mailed_token, person};
use crate::house::{House, eventually};

#[tokio::test]
async fn from_the_hierarchy_to_an_active_wallet() {
    the_whole_way(House::open_with(&["--allow-private-callbacks", "--sandbox"])).await;
}

#[tokio::test]
async fn the_same_on_postgresql() {
    let Some(house) = House::open_on_postgres_with(&["--allow-private-callbacks", "--sandbox"]).await else { return };
    the_whole_way(house).await;
}

async fn the_whole_way(house: House) {
    house.sample_list().await;
    let bank = Bank::open(&house).await;

    // Step 1: what a registration may name.
    for tenant in [&bank.key, &bank.client.tenant.id] {
        let reply = bank.get(&format!("{INDIVIDUAL}/categorization/hierarchy/{tenant}")).await;
        assert_eq!((reply.status, &reply.body["code"]), (200, &json!(200)), "{}", reply.text);
        let high = &reply.body["data"]["categories"]["HIGH_RISK_INDIVIDUAL"];
        assert_eq!(high["databaseId"], "550e8400-e29b-41d4-a716-446655440001");
        assert_eq!(reply.body["data"]["tenantId"], bank.client.tenant.id.as_str());
    }

    // Step 2: the published request, byte for byte.
    let bearer = format!("Bearer {}", bank.client.token);
    let headers = [("authorization", bearer.as_str()), ("x-tenant-id", bank.key.as_str())];
    let path = format!("{INDIVIDUAL}/registration");
    let reply = bank.ask_raw(&headers, "POST", &path, Some(PUBLISHED.as_bytes().to_vec())).await;
    assert_eq!((reply.status, &reply.body["code"]), (200, &json!(200)), "{}", reply.text);
    assert_eq!(reply.body["redirectUrl"], "/auth/activate-account");
    let data = &reply.body["data"];
    for (name, value) in [
        ("tenantId", json!(bank.client.tenant.id)),
        ("status", json!("PENDING_VERIFICATION")),
        ("customerStatus", json!("CS_REGISTRATION_COMPLETED")),
        ("customerType", json!("CT_PERSON")),
        ("individual", json!(true)),
        ("organization", json!(false)),
        ("nextStep", json!("CREATE_SESSION")),
    ] {
        assert_eq!(data[name], value, "{name}");
    }
    for name in ["id", "customerId", "userId", "walletId"] {
        let id = uuid(&data[name]);
        assert_eq!((id.len(), &id[14..15]), (36, "4"), "{name} is a UUID of version 4");
    }
    assert_eq!(data["wallet"]["status"], "INACTIVE");
    assert_eq!(data["categorization"]["categoryFeatureRelations"][0]["parametrization"][0]["value"], "HIGH");
    assert!(!reply.text.contains("SecurePass") && !reply.text.contains("argon2"));
    let who = super::bank::Enrolled {
        customer: uuid(&data["customerId"]),
        user: uuid(&data["userId"]),
        email: "john.doe@example.com".to_owned(),
        data: data.clone(),
    };

    // What was registered reads back, and is proposed the profile that its category says.
    let read = bank.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body["data"].clone();
    let person = &read["person"];
    for (name, value) in [
        ("firstName", "John"),
        ("middleName", "Robert"),
        ("lastName", "Doe"),
        ("dateOfBirth", "1990-05-15"),
        ("placeOfBirth", "New York"),
        ("nationality", "US"),
        ("phoneNumber", "+12125551234"),
        ("alternatePhoneNumber", "+12125559876"),
        ("occupation", "Software Engineer"),
        ("employerName", "Tech Corp Inc"),
        ("annualIncome", "150000"),
        ("sourceOfFunds", "SALARY"),
    ] {
        assert_eq!(person[name], value, "{name}");
    }
    assert_eq!(
        person["address"],
        json!({"street": "123 Main Street", "streetNumber": "123", "apartment": "Apt 4B", "city": "New York", "state": "NY",
            "postalCode": "10001", "country": "US", "addressType": "RESIDENTIAL"})
    );
    let proposal =
        bank.get(&format!("{INDIVIDUAL}/{}/categorization/proposal", who.customer)).await.body["data"].clone();
    assert_eq!((&proposal["profile"], &proposal["applied"]), (&json!("HIGH_RISK"), &json!(false)));
    assert_eq!(proposal["reasons"], json!(["POLITICALLY_EXPOSED", "HIGH_EXPECTED_VOLUME"]));

    // The mail holds what proves the address.
    let proof = mailed_token(&house.data().join("outbox"), &who.email).await;
    let path = format!("{INDIVIDUAL}/{}/email-verification", who.customer);
    let reply = bank.post(&path, &json!({"token": proof})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(bank.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body["data"]["user"]["emailVerified"], true);

    // Phase 2: a session.
    let reply = bank.try_sign_in(&who, super::bank::PASSWORD).await;
    assert_eq!((reply.status, &reply.body["message"]), (200, &json!("Session created successfully")), "{}", reply.text);
    let session = &reply.body["data"];
    assert_eq!((&session["tokenType"], &session["expiresIn"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!((&session["customerId"], &session["userId"]), (&json!(who.customer), &json!(who.user)));
    assert_eq!(session["roles"], json!(["USER"]));
    assert!(session["sessionId"].as_str().is_some_and(|id| id.starts_with("sess-")));
    let token = session["token"].as_str().expect("a token").to_owned();

    // Phase 3: verification, as the customer; the institution approves.
    let path = format!("{INDIVIDUAL}/{}/verification/initiate", who.customer);
    let reply = bank.ask_as(&token, "POST", &path, None).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let verification = reply.body["data"].clone();
    assert_eq!((&verification["status"], &verification["level"]), (&json!("IN_PROGRESS"), &json!("ENHANCED")));
    assert_eq!(
        verification["requiredDocuments"],
        json!(["GOVERNMENT_ID", "PROOF_OF_ADDRESS", "SOURCE_OF_FUNDS", "PEP_DECLARATION", "BENEFICIAL_OWNERSHIP"])
    );
    let passport = json!({"verificationType": "ENHANCED",
        "verificationData": {"documentType": "PASSPORT", "documentNumber": "C01X00T47"}});
    let path = format!("{INDIVIDUAL}/{}/verification", who.customer);
    let reply = bank.ask_as(&token, "POST", &path, Some(&passport)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["data"]["missingDocuments"].as_array().map(Vec::len), Some(4));
    bank.show_documents(&token, &reply.body["data"]).await;
    let id = verification["verificationId"].as_str().expect("an id");
    assert!(id.starts_with("verif-"));
    let reply = bank.post(&format!("/api/v2.1/verifications/{id}/approve"), &json!({"comment": "seen"})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    bank.next_step(&who, "GRANT_CONSENTS").await;
    let reply = bank.get(&format!("/api/v2.1/verifications/{id}")).await;
    assert_eq!(reply.body["data"]["status"], "APPROVED");

    // Phase 4: consents.
    let path = format!("{INDIVIDUAL}/{}/consents/terms", who.customer);
    let reply = bank.ask_as(&token, "POST", &path, Some(&super::bank::consent())).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let consent = &reply.body["data"];
    assert_eq!((&consent["consentType"], &consent["status"]), (&json!("TERMS_AND_CONDITIONS"), &json!("ACCEPTED")));
    assert!(consent["ipAddress"].as_str().is_some_and(|address| address.starts_with("127.")), "{consent}");
    let check = format!("{INDIVIDUAL}/{}/owner/{}/activation/check", who.customer, bank.client.tenant.id);
    let missing = bank.get(&check).await.body["data"].clone();
    assert_eq!(missing["missingConsents"], json!(["PRIVACY_POLICY", "DATA_PROCESSING"]));
    assert_eq!((&missing["activationAllowed"], &missing["verificationOk"]), (&json!(false), &json!(true)));
    for kind in ["privacy", "data-processing"] {
        let path = format!("{INDIVIDUAL}/{}/consents/{kind}", who.customer);
        let reply = bank.ask_as(&token, "POST", &path, Some(&super::bank::consent())).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    // Phase 5: activation.
    let ready = bank.get(&check).await.body["data"].clone();
    for name in ["activationAllowed", "consentOk", "verificationOk", "powerTenantApprovalOk", "isHighRisk"] {
        assert_eq!(ready[name], true, "{name} in {ready}");
    }
    let reply = bank.activate(&who).await;
    assert_eq!(
        (reply.status, &reply.body["message"]),
        (200, &json!("Customer activated successfully")),
        "{}",
        reply.text
    );
    let active = &reply.body["data"];
    assert_eq!((&active["activationStatus"], &active["wallet"]["status"]), (&json!("ACTIVATED"), &json!("ACTIVE")));
    assert_eq!((&active["wallet"]["currency"], &active["wallet"]["iban"]), (&json!("EUR"), &active["iban"]));
    assert_eq!(remainder(active["iban"].as_str().expect("a number")), 1, "{active}");
    let customer = bank.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body["data"].clone();
    assert_eq!((&customer["status"], &customer["nextStep"]), (&json!("ACTIVE"), &Value::Null));
    assert_eq!(customer["wallet"]["iban"], active["iban"]);

    // Another one gets another number.
    let other = bank.register_as(&super::bank::person("jane.roe@example.com")).await;
    let (token, _) = bank.verify(&other).await;
    bank.consent(&other, &token).await;
    assert_ne!(bank.activate(&other).await.body["data"]["iban"], active["iban"]);
    assert!(house.run_well(&["audit", "verify"]).contains("holds"));
}

#[tokio::test]
async fn a_listed_person_waits_for_a_person() {
    let house = House::open_with(&["--sandbox"]);
    house.sample_list().await;
    let bank = Bank::open(&house).await;
    let mut body = person("viktor@example.com");
    for place in ["", "individualCustomer."] {
        super::bank::put(&mut body, &format!("{place}firstName"), json!("Viktor"));
        super::bank::put(&mut body, &format!("{place}lastName"), json!("Sampleov"));
    }
    super::bank::put(&mut body, "individualCustomer.middleName", Value::Null);
    super::bank::put(&mut body, "individualCustomer.dateOfBirth", json!("1961-03-14"));
    let who = bank.register_as(&body).await;
    let token = bank.sign_in(&who).await;
    let path = format!("{INDIVIDUAL}/{}/verification/initiate", who.customer);
    let verification = bank.ask_as(&token, "POST", &path, None).await.body["data"].clone();
    bank.show_documents(&token, &verification).await;
    let id = verification["verificationId"].as_str().expect("an id");
    let approved = bank.post(&format!("/api/v2.1/verifications/{id}/approve"), &json!({})).await;
    assert_eq!(approved.status, 200, "{}", approved.text);
    assert_eq!(approved.body["data"]["status"], "PENDING_CHECKS");
    // Nobody but a person who looks at the hit moves this on.
    let reply = bank.activate(&who).await;
    assert_eq!((reply.status, &reply.body["data"]["nextStep"]), (422, &json!("AWAIT_CHECKS")), "{}", reply.text);
    let case = eventually("a case", async || {
        let listed = house.run_well(&["case", "list", "--json"]);
        let first: Value = serde_json::from_str(listed.lines().next()?).ok()?;
        first["case"].as_str().map(str::to_owned)
    })
    .await;
    house.run_well(&["case", "decide", &case, "clear", "--by", "ana", "--reason", "another father's name"]);
    bank.next_step(&who, "GRANT_CONSENTS").await;
}

fn uuid(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

/// ISO 7064 mod 97-10 over an account number.
fn remainder(iban: &str) -> u32 {
    let turned = iban.chars().skip(4).chain(iban.chars().take(4));
    turned.fold(0, |sum, c| {
        let value = c.to_digit(36).expect("a letter or a digit");
        (if value < 10 { sum * 10 + value } else { sum * 100 + value }) % 97
    })
}
