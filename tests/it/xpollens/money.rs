//! Money that comes in for a booked account number, as a bank tells of it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

use super::vendor::{Step, Vendor, house};
use crate::house::{House, Reply};

/// The tenant's secret for telling of money, made anew and shown this once.
pub fn secret(house: &House, tenant: &str) -> String {
    let made = house.run_well(&["tenant", "rotate-transfer-secret", tenant, "--json"]);
    let made: Value = serde_json::from_str(&made).expect("JSON");
    made["transferSecret"].as_str().expect("a secret").to_owned()
}

/// Tells of money, signed so many seconds from now.
pub async fn tell_at(vendor: &Vendor, secret: &str, body: &str, seconds: i64) -> Reply {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    #[expect(clippy::disallowed_methods, reason = "the bank's clock is its own")]
    let at = (jiff::Timestamp::now().as_second() + seconds).to_string();
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(&key).expect("any length");
    mac.update(format!("msg_1.{at}.{body}").as_bytes());
    let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", at.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    vendor.client.send_raw("POST", "/v1/inbound-transfers", Some(body.into()), &headers).await
}

/// What a bank says.
pub fn transfer(id: &str, iban: &str, cents: u64, name: &str) -> Value {
    json!({"id": id, "iban": iban, "amountCents": cents, "debtorName": name, "debtorIban": "DE89370400440532013000",
        "scheme": "SCT_INST"})
}

/// The account of a user, as its institution reads it.
pub async fn account(vendor: &Vendor, user: &str) -> Value {
    let id = vendor.wait("45", user, 1).await[0]["accountId"].as_str().expect("an id").to_owned();
    let reply = vendor.client.get(&format!("/api/v2.0/accounts/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

#[tokio::test]
async fn a_transfer_takes_the_place_of_the_selfie() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let secret = secret(&house, &vendor.client.tenant.id);
    let user = "z32er24f4";
    vendor.create(user, "ACCEPTED").await;
    assert_eq!(account(&vendor, user).await["iban"], Value::Null);
    for step in [Step::Declarative, Step::Tax, Step::Terms, Step::Document] {
        vendor.take(step, user).await;
    }
    let account = account(&vendor, user).await;
    let iban = account["iban"].as_str().expect("booked").to_owned();
    assert!(iban.starts_with("FR") && iban.len() == 27, "{account}");
    let name = "MME DUPONT MARIE";
    let profile = vendor.client.get(&format!("/api/v2.0/users/{user}")).await.body["profile"].clone();
    let name =
        format!("{} {}", profile["lastName"].as_str().unwrap_or(name), profile["firstName"].as_str().unwrap_or(""));

    // Too much: rejected, no identity check.
    let large = transfer("t-0", &iban, 100_001, &name).to_string();
    assert_eq!(tell_at(&vendor, &secret, &large, 0).await.status, 202);
    // Unsigned, another's signature, too old: nothing.
    let good = transfer("t-1", &iban, 5_000, &name).to_string();
    let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(tell_at(&vendor, other, &good, 0).await.status, 401);
    assert_eq!(tell_at(&vendor, &secret, &good, -400).await.status, 401);
    let unsigned = [("content-type", "application/json")];
    let unsigned = vendor.client.send_raw("POST", "/v1/inbound-transfers", Some(good.clone().into()), &unsigned).await;
    assert_eq!((unsigned.status, &unsigned.body["code"]), (401, &json!("unsigned")), "{}", unsigned.text);
    // Signed, and wrong: every field is named.
    let mut wrong: Value = serde_json::from_str(&good).expect("JSON");
    (wrong["amountCents"], wrong["scheme"]) = (json!(-1), json!("SWIFT"));
    let wrong = tell_at(&vendor, &secret, &wrong.to_string(), 0).await;
    let pointers: Vec<&str> =
        wrong.body["errors"].as_array().expect("errors").iter().filter_map(|one| one["pointer"].as_str()).collect();
    assert_eq!((wrong.status, pointers), (400, vec!["/amountCents", "/scheme"]), "{}", wrong.text);
    let nobodys = transfer("t-1", "FR7630006000011234567890189", 5_000, &name).to_string();
    assert_eq!(tell_at(&vendor, &secret, &nobodys, 0).await.status, 404);
    assert_eq!(vendor.status(user).await, "InProgress");
    assert!(vendor.told("31", user).is_empty());

    assert_eq!(tell_at(&vendor, &secret, &good, 0).await.status, 202);
    vendor.wait_for("34", user, "userRecordStatus", "Validated").await;
    let told = vendor.wait("31", user, 1).await[0].clone();
    assert_eq!(
        (&told["status"], &told["diligenceType"], &told["amount"]),
        (&json!("Validated"), &json!("SCTIN"), &json!(5_000))
    );
    assert_eq!(told["operationType"], "InstantPayment_In", "{told}");
    // The same again has no second effect; something else under its id is refused.
    assert_eq!(tell_at(&vendor, &secret, &good, 0).await.status, 202);
    let changed = transfer("t-1", &iban, 5_001, &name).to_string();
    assert_eq!(tell_at(&vendor, &secret, &changed, 0).await.status, 409);
    assert_eq!(vendor.told("31", user).len(), 1);
}
