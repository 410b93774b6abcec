//! Another tenant's key, token and ids in every combination: nothing of one is seen or done by the other.

use serde_json::{Value, json};

use super::bank::{Bank, Enrolled, INDIVIDUAL, PASSWORD, consent, person};
use crate::house::{House, Reply};

fn is_tenant_denied(reply: &Reply) {
    assert_eq!(reply.status, 403, "{}", reply.text);
    assert_eq!(reply.body["message"], "Tenant access denied or categorization not available");
    assert_eq!(reply.body["data"]["error"], "Tenant access denied");
}

/// Every operation about a customer.
fn operations(who: &Enrolled, owner: &str, verification: &str) -> Vec<(&'static str, String, Value)> {
    let at = |rest: &str| format!("{INDIVIDUAL}/{}{rest}", who.customer);
    let document = json!({"documentType": "PASSPORT", "fileName": "p.pdf", "fileContent": "JVBERi0xLjcK",
        "mimeType": "application/pdf"});
    let passport = json!({"verificationType": "STANDARD",
        "verificationData": {"documentType": "PASSPORT", "documentNumber": "C01X00T47"}});
    vec![
        ("GET", at(""), Value::Null),
        ("GET", at("/categorization/proposal"), Value::Null),
        ("POST", at("/email-verification"), json!({"token": "0".repeat(64)})),
        ("POST", at("/email-verification/resend"), json!({})),
        ("DELETE", at(&format!("/users/{}/sessions/sess-00000000-0000-4000-8000-000000000000", who.user)), Value::Null),
        ("POST", at("/verification/initiate"), json!({})),
        ("GET", at("/verification"), Value::Null),
        ("POST", at("/verification"), passport),
        ("POST", "/api/v2.1/verifications".to_owned(), json!({"customerId": who.customer, "type": "STANDARD"})),
        ("GET", format!("/api/v2.1/verifications/{verification}"), Value::Null),
        ("POST", format!("/api/v2.1/verifications/{verification}/documents"), document),
        ("POST", format!("/api/v2.1/verifications/{verification}/approve"), json!({})),
        ("POST", at("/consents/terms"), consent()),
        ("GET", at(&format!("/owner/{owner}/activation/check")), Value::Null),
        ("POST", at("/activation"), json!({"activationReason": "mine"})),
    ]
}

#[tokio::test]
async fn nothing_of_another_tenant_is_seen_or_done() {
    let house = House::open_with(&["--sandbox"]);
    house.sample_list().await;
    let (one, other) = (Bank::open(&house).await, Bank::open(&house).await);
    let who = one.register("john.doe@example.com").await;
    let (token, verification) = one.verify(&who).await;
    // The same address may be registered at the other tenant.
    let elsewhere = other.register("john.doe@example.com").await;
    let elsewhere_token = other.sign_in(&elsewhere).await;
    let before = one.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body;

    for (number, (method, path, body)) in operations(&who, &one.client.tenant.id, &verification).into_iter().enumerate()
    {
        let body = (!body.is_null()).then_some(body);
        let bytes = body.as_ref().map(|body| body.to_string().into_bytes());
        let headers =
            |token: &str, key: &str| [("authorization", format!("Bearer {token}")), ("x-tenant-id", key.to_owned())];
        // The other's token with the key of either: the key is not the token's own, or the ids are not.
        for (token, key, denied) in [
            (&other.client.token, &one.key, true),
            (&elsewhere_token, &one.key, true),
            (&one.client.token, &other.key, true),
            (&token, &other.key, true),
            (&other.client.token, &other.key, false),
            (&elsewhere_token, &other.key, false),
        ] {
            let headers = headers(token, key);
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = one.ask_raw(&headers, method, &path, bytes.clone()).await;
            if denied {
                is_tenant_denied(&reply);
            } else {
                // 400 is what a customer without the role of an administrator is told.
                let fits = matches!(reply.status, 403 | 404) || path.ends_with("/activation") && reply.status == 400;
                assert!(fits, "{method} {path}: {} {}", reply.status, reply.text);
            }
            assert!(!reply.text.contains("Robert") && !reply.text.contains("john.doe"), "{}", reply.text);
        }
        // Another customer of the same tenant: the other's session is no good for this one's ids.
        let neighbour = other.register(&format!("n{number}@example.com")).await;
        let reply = other
            .ask_as(&elsewhere_token, method, &path.replace(&who.customer, &neighbour.customer), body.as_ref())
            .await;
        assert!(matches!(reply.status, 400 | 403 | 404), "{method} {path}: {} {}", reply.status, reply.text);
    }
    assert_eq!(one.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body, before);

    // The tenant in a path or body is looked at as well.
    is_tenant_denied(&one.get(&format!("{INDIVIDUAL}/categorization/hierarchy/{}", other.key)).await);
    is_tenant_denied(&one.get(&format!("{INDIVIDUAL}/categorization/hierarchy/{}", other.client.tenant.id)).await);
    is_tenant_denied(&one.get(&format!("{INDIVIDUAL}/categorization/hierarchy/nobody")).await);
    is_tenant_denied(
        &one.get(&format!("{INDIVIDUAL}/{}/owner/{}/activation/check", who.customer, other.client.tenant.id)).await,
    );
    let request = json!({"customerId": elsewhere.customer, "requestedByTenantId": one.key});
    is_tenant_denied(&other.post("/api/v2.1/verifications", &request).await);

    // The ids of one with the key and secret of the other open no session, and lock nobody out.
    let path = format!("{INDIVIDUAL}/{}/users/{}/sessions", who.customer, who.user);
    for _ in 0..6 {
        let reply = other.post(&path, &other.credentials(&who.email, PASSWORD)).await;
        assert_eq!(reply.status, 404, "{}", reply.text);
    }
    let mixed = json!({"username": who.email, "password": PASSWORD, "tenantKey": one.key,
        "tenantSecret": other.client.tenant.client_secret});
    assert!(matches!(one.post(&path, &mixed).await.status, 401 | 403));
    one.sign_in(&who).await;
}

#[tokio::test]
async fn the_tenant_of_the_header_counts_and_that_of_the_body_does_not() {
    let house = House::open();
    let (one, other) = (Bank::open(&house).await, Bank::open(&house).await);
    let path = format!("{INDIVIDUAL}/registration");
    let bearer = format!("Bearer {}", one.client.token);
    for (named, status) in [
        (one.key.as_str(), 200),
        (one.client.tenant.id.as_str(), 200),
        (other.key.as_str(), 403),
        (other.client.tenant.id.as_str(), 403),
        ("nobody", 403),
        ("00000000-0000-4000-8000-000000000000", 403),
    ] {
        let mut body = person(&format!("{}@example.com", named.replace(' ', "")));
        body["tenantId"] = json!(other.client.tenant.id);
        body["individualCustomer"]["tenantId"] = json!("not even an id");
        let headers = [("authorization", bearer.as_str()), ("x-tenant-id", named)];
        let reply = one.ask_raw(&headers, "POST", &path, Some(body.to_string().into_bytes())).await;
        assert_eq!(reply.status, status, "{named}: {}", reply.text);
        if status == 200 {
            assert_eq!(reply.body["data"]["tenantId"], one.client.tenant.id.as_str());
        } else {
            is_tenant_denied(&reply);
        }
    }
    let shouted = one.key.to_uppercase();
    let headers = [("authorization", bearer.as_str()), ("x-tenant-id", shouted.as_str())];
    is_tenant_denied(
        &one.ask_raw(&headers, "POST", &path, Some(person("x@example.com").to_string().into_bytes())).await,
    );
    let none = one.ask_raw(&headers[..1], "POST", &path, Some(person("x@example.com").to_string().into_bytes())).await;
    assert_eq!((none.status, &none.body["data"]["errors"][0]["field"]), (400, &json!("X-Tenant-ID")));
    for headers in [vec![], vec![("authorization", "Bearer nobody")], vec![("authorization", "Basic eDp5")]] {
        let headers: Vec<(&str, &str)> = headers.into_iter().chain([("x-tenant-id", one.key.as_str())]).collect();
        let reply = one.ask_raw(&headers, "POST", &path, Some(person("x@example.com").to_string().into_bytes())).await;
        assert_eq!((reply.status, &reply.body["code"]), (401, &json!(401)), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_category_of_another_tenant_is_denied() {
    let house = House::open();
    let (one, other) = (Bank::open(&house).await, Bank::open(&house).await);
    let file = house.data().join("categories.json");
    let mut own: Value =
        serde_json::from_str(&house.run_well(&["tenant", "categories", "export", &other.key])).expect("JSON");
    let id = "990e8400-e29b-41d4-a716-446655440009";
    own["categories"]["STANDARD_INDIVIDUAL"]["databaseId"] = json!(id);
    std::fs::write(&file, own.to_string()).expect("written");
    house.run_well(&["tenant", "categories", "import", &other.key, file.to_str().expect("text")]);
    let mut body = person("john.doe@example.com");
    body["individualCustomer"]["categorization"] = json!({"id": id});
    let path = format!("{INDIVIDUAL}/registration");
    is_tenant_denied(&one.post(&path, &body).await);
    assert_eq!(other.post(&path, &body).await.status, 200);
    // One that nobody has is merely unknown.
    body["individualCustomer"]["categorization"]["id"] = json!("990e8400-e29b-41d4-a716-446655440000");
    let reply = one.post(&path, &body).await;
    assert_eq!((reply.status, &reply.body["message"]), (400, &json!("Categorization validation failed")));
}

#[tokio::test]
async fn a_high_risk_needs_the_tenant_that_answers_for_others() {
    let house = House::open_with(&["--sandbox"]);
    house.sample_list().await;
    let power = Bank::of(&house, house.tenant(&["--power"])).await;
    let (one, other) = (Bank::open(&house).await, Bank::open(&house).await);
    house.run_well(&["tenant", "set", &one.key, &format!("finhub.powerTenant={}", power.key)]);
    // What is believed of a tenant is believed for a second.
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;

    let who = one.register("john.doe@example.com").await;
    let (token, verification) = one.verify(&who).await;
    one.consent(&who, &token).await;
    let check = format!("{INDIVIDUAL}/{}/owner/{}/activation/check", who.customer, one.key);
    let waiting = one.get(&check).await.body["data"].clone();
    assert_eq!(
        (&waiting["powerTenantApprovalRequired"], &waiting["powerTenantApprovalOk"]),
        (&json!(true), &json!(false))
    );
    assert_eq!((&waiting["activationAllowed"], &waiting["nextStep"]), (&json!(false), &json!("POWER_TENANT_APPROVAL")));
    assert_eq!(waiting["powerTenant"], power.client.tenant.id.as_str());
    let refused = one.activate(&who).await;
    assert_eq!(refused.status, 422, "{}", refused.text);

    let approve = format!("/api/v2.1/verifications/{verification}/approve");
    assert_eq!(other.post(&approve, &json!({})).await.status, 404);
    // It sees the verification only to approve it.
    assert_eq!(power.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.status, 404);
    let reply = power.post(&approve, &json!({"approvedBy": "Zoe", "comment": "seen in person"})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(one.get(&check).await.body["data"]["activationAllowed"], true);
    assert_eq!(one.activate(&who).await.status, 200);

    // Somebody without particular risk needs it not.
    let mut standard = person("jane@example.com");
    standard["individualCustomer"]["categorization"] = json!({"name": "STANDARD_INDIVIDUAL"});
    let who = one.register_as(&standard).await;
    let (token, _) = one.verify(&who).await;
    one.consent(&who, &token).await;
    assert_eq!(one.activate(&who).await.status, 200);
}
