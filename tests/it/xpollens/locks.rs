//! What is locked: identification data once it is entered, and everything once the identity is validated.

use serde_json::json;

use super::vendor::{Step, Vendor, house};

#[tokio::test]
async fn identification_data_is_changed_with_a_justification_only() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, client) = ("z32er24f4", &vendor.client);
    vendor.create(user, "").await;
    let path = format!("/api/v2.0/users/{user}");
    for (field, value) in [
        ("civility", "Mr"),
        ("firstName", "Maria"),
        ("lastName", "Martins"),
        ("birthName", "Dupont"),
        ("birthDate", "1990-05-16"),
        ("birthCity", "Paris"),
        ("birthCountry", "BE"),
        ("nationality", "BE"),
    ] {
        let reply = client.put(&path, &json!({"profile": {field: value}})).await;
        assert_eq!(reply.status, 403, "{field}: {}", reply.text);
        assert!(
            reply.body["message"].as_str().expect("a message").contains(&format!("profile.{field}")),
            "{}",
            reply.text
        );
    }
    // What is sent as it is, is no change; nor is contact data locked.
    let same = json!({"profile": {"firstName": "Marie", "phoneNumber": "+33698765432"}});
    let reply = client.put(&path, &same).await;
    assert_eq!((reply.status, &reply.body["profile"]["phoneNumber"]), (200, &json!("+33698765432")), "{}", reply.text);
    for wrong in [json!({"reason": "Luck", "text": "x"}), json!({"reason": "Correction"}), json!("because")] {
        let reply = client.put(&path, &json!({"profile": {"firstName": "Maria"}, "justification": wrong})).await;
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(reply.text.contains("justification"), "{}", reply.text);
    }
    let justified = json!({"profile": {"firstName": "Maria"},
        "justification": {"reason": "Correction", "text": "a typing mistake"}});
    let reply = client.put(&path, &justified).await;
    assert_eq!((reply.status, &reply.body["profile"]["firstName"]), (200, &json!("Maria")), "{}", reply.text);
    let told = crate::house::eventually("the correction is told", async || {
        let told = vendor.told("UserCreatedOrUpdated", user);
        told.into_iter().find(|told| told["dataCorrectionLogs"] != json!([]))
    })
    .await;
    let expected =
        json!([{"propertyName": "firstName", "originalValue": "Marie", "newValue": "Maria", "reason": "Correction"}]);
    assert_eq!(told["dataCorrectionLogs"], expected);
}

#[tokio::test]
async fn after_validation_what_is_locked_is_locked() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, client) = ("z32er24f4", &vendor.client);
    vendor.create(user, "ACCEPTED").await;
    for step in Step::ALL {
        vendor.take(step, user).await;
    }
    vendor.wait_for("34", user, "userRecordStatus", "Validated").await;
    let path = format!("/api/v2.0/users/{user}");
    let justification = json!({"reason": "Correction", "text": "a typing mistake"});
    for (field, value) in [("firstName", "Maria"), ("birthDate", "1990-05-16"), ("nationality", "BE")] {
        let body = json!({"profile": {field: value}, "justification": justification});
        let reply = client.put(&path, &body).await;
        assert_eq!(reply.status, 403, "{field}: {}", reply.text);
        assert!(reply.text.contains(field), "{}", reply.text);
    }
    let phone = json!({"profile": {"phoneNumber": "+33698765432"}});
    assert_eq!(client.put(&path, &phone).await.status, 403);
    let sca = format!("/api/sca/v2.0/users/{user}");
    let named = client.put(&sca, &json!({"profile": {"lastName": "Dupont"}})).await;
    assert_eq!(named.status, 400, "{}", named.text);
    let id = super::vendor::authentication(&client.put(&sca, &phone).await);
    vendor.sign("denied", &id).await;
    assert_eq!(client.get(&path).await.body["profile"]["phoneNumber"], "+33612345678");
    let id = super::vendor::authentication(&client.put(&sca, &phone).await);
    vendor.sign("approved", &id).await;
    assert_eq!(client.get(&path).await.body["profile"]["phoneNumber"], "+33698765432");
    assert_eq!(vendor.status(user).await, "Validated");
}
