//! One step after the other: what comes too early or too late is refused with where the customer stands.

use serde_json::{Value, json};

use super::bank::{Bank, INDIVIDUAL, consent};
use crate::house::{House, Reply};

fn is_out_of_order(reply: &Reply, state: &str, next: &str) {
    assert_eq!(reply.status, 409, "{}", reply.text);
    let data = &reply.body["data"];
    assert_eq!((&reply.body["code"], &data["state"], &data["nextStep"]), (&json!(409), &json!(state), &json!(next)));
}

#[tokio::test]
async fn every_step_out_of_order_is_refused() {
    let house = House::open_with(&["--sandbox"]);
    house.sample_list().await;
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let at = |rest: &str| format!("{INDIVIDUAL}/{}/{rest}", who.customer);
    let document = json!({"verificationType": "STANDARD",
        "verificationData": {"documentType": "PASSPORT", "documentNumber": "C01X00T47"}});

    // Registered: only a session comes next.
    for (path, body) in [
        (at("verification/initiate"), json!({})),
        (at("verification"), document.clone()),
        (at("consents/terms"), consent()),
    ] {
        is_out_of_order(&bank.post(&path, &body).await, "REGISTERED", "CREATE_SESSION");
    }
    assert_eq!(bank.activate(&who).await.status, 422);
    assert_eq!(bank.get(&at("verification")).await.status, 404);

    // Signed in: only a verification.
    let token = bank.sign_in(&who).await;
    for (path, body) in [(at("verification"), document.clone()), (at("consents/privacy"), consent())] {
        is_out_of_order(&bank.post(&path, &body).await, "SESSION_CREATED", "INITIATE_VERIFICATION");
    }
    assert_eq!(bank.activate(&who).await.status, 422);

    // Being verified: not twice, no approval without documents, no consent.
    let verification = bank.post(&at("verification/initiate"), &json!({})).await.body["data"].clone();
    let id = verification["verificationId"].as_str().expect("an id").to_owned();
    let approve = format!("/api/v2.1/verifications/{id}/approve");
    is_out_of_order(
        &bank.post(&at("verification/initiate"), &json!({})).await,
        "VERIFICATION_IN_PROGRESS",
        "SUBMIT_DOCUMENTS",
    );
    is_out_of_order(
        &bank.post(&at("consents/terms"), &consent()).await,
        "VERIFICATION_IN_PROGRESS",
        "SUBMIT_DOCUMENTS",
    );
    let early = bank.post(&approve, &json!({})).await;
    assert_eq!((early.status, early.body["data"]["missingDocuments"].as_array().map(Vec::len)), (422, Some(5)));
    bank.show_documents(&token, &verification).await;
    is_out_of_order(
        &bank.post(&at("consents/terms"), &consent()).await,
        "VERIFICATION_IN_PROGRESS",
        "APPROVE_VERIFICATION",
    );
    assert_eq!(bank.activate(&who).await.status, 422);

    // Verified: consents, and nothing back.
    assert_eq!(bank.post(&approve, &json!({})).await.status, 200);
    bank.next_step(&who, "GRANT_CONSENTS").await;
    is_out_of_order(&bank.post(&approve, &json!({})).await, "VERIFIED", "GRANT_CONSENTS");
    is_out_of_order(&bank.post(&at("verification"), &document).await, "VERIFIED", "GRANT_CONSENTS");
    let missing = bank.activate(&who).await;
    assert_eq!(missing.status, 400, "{}", missing.text);
    assert_eq!(
        missing.body["data"]["missingConsents"],
        json!(["TERMS_AND_CONDITIONS", "PRIVACY_POLICY", "DATA_PROCESSING"])
    );
    assert_eq!(bank.post(&at("consents/terms"), &consent()).await.status, 200);
    is_out_of_order(&bank.post(&at("consents/terms"), &consent()).await, "VERIFIED", "GRANT_CONSENTS");
    bank.post(&at("consents/privacy"), &consent()).await;
    bank.post(&at("consents/data-processing"), &consent()).await;

    // A customer cannot activate itself: it lacks the role.
    let reason = json!({"activationReason": "I want to"});
    let own = bank.ask_as(&token, "POST", &at("activation"), Some(&reason)).await;
    assert_eq!((own.status, &own.body["data"]["requiredRole"]), (400, &json!("ADMIN_USER")), "{}", own.text);

    // Active: everything is over.
    assert_eq!(bank.activate(&who).await.status, 200);
    for (path, body) in [
        (at("activation"), json!({"activationReason": "again"})),
        (at("verification/initiate"), json!({})),
        (at("verification"), document),
        (approve, json!({})),
    ] {
        let reply = bank.post(&path, &body).await;
        assert_eq!((reply.status, &reply.body["data"]["state"]), (409, &json!("ACTIVE")), "{path}: {}", reply.text);
        assert_eq!(reply.body["data"]["nextStep"], Value::Null);
    }
}

#[tokio::test]
async fn a_proof_of_the_address_is_used_once_and_only_the_last_one_holds() {
    let house = House::open_with(&["--sandbox"]);
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let outbox = house.data().join("outbox");
    let first = super::bank::mailed_token(&outbox, &who.email).await;
    let path = format!("{INDIVIDUAL}/{}/email-verification", who.customer);
    assert_eq!(bank.post(&format!("{path}/resend"), &json!({})).await.status, 200);
    let second = crate::house::eventually("another mail", async || {
        let token = super::bank::mailed_token(&outbox, &who.email).await;
        (token != first).then_some(token)
    })
    .await;
    for bad in ["", "x", &"0".repeat(64), &first] {
        let reply = bank.post(&path, &json!({"token": bad})).await;
        assert_eq!(reply.status, 400, "{bad}: {}", reply.text);
    }
    assert_eq!(bank.post(&path, &json!({"token": second})).await.status, 200);
    assert_eq!(bank.post(&path, &json!({"token": second})).await.status, 400, "it was used");
    assert_eq!(bank.post(&format!("{path}/resend"), &json!({})).await.status, 409, "there is nothing to prove");
    assert_eq!(bank.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body["data"]["user"]["emailVerified"], true);
}
