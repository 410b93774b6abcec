//! Who may ask: the tenant's own programs, and nobody else.

use serde_json::json;

use super::vendor::{Step, Vendor, house};

#[tokio::test]
async fn a_tenant_sees_its_own_users_only() {
    let house = house().await;
    let (one, other) = (Vendor::open(&house).await, Vendor::open(&house).await);
    let user = "z32er24f4";
    one.create(user, "ACCEPTED").await;
    for step in Step::ALL {
        one.take(step, user).await;
    }
    let account = one.wait_for("45", user, "accountStatus", "Activated").await;
    let account = format!("/api/v2.0/accounts/{}", account["accountId"].as_str().expect("an id"));
    assert_eq!(one.client.get(&account).await.status, 200);
    for path in [
        &format!("/api/v1.1/users/{user}"),
        &format!("/api/v2.0/users/{user}"),
        &format!("/api/v2.0/users/{user}/declarative"),
        &format!("/api/v3.0/users/{user}/fatca-eai"),
        &format!("/api/v3.0/users/{user}/kyc/demand"),
        &format!("/api/v3.0/users/{user}/anti-money-laundering"),
        &account,
    ] {
        assert_eq!(other.client.get(path).await.status, 404, "{path}");
    }
    assert_eq!(other.client.get("/api/v2.0/users").await.body["values"], json!([]));
    // The same id is another tenant's own to give.
    other.create(user, "").await;
    assert_eq!(other.status(user).await, "InProgress");
    assert_eq!(one.status(user).await, "Validated");
    other.wait("35", user, 1).await;
    assert!(other.told("45", user).iter().all(|told| told["accountStatus"] == "Initialized"));
    assert_eq!(one.told("35", user).len(), 1);
}

#[tokio::test]
async fn who_shows_no_token_is_not_let_in() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    for (method, path) in [
        ("POST", "/api/v1.1/users/z32er24f4"),
        ("GET", "/api/v1.1/users"),
        ("PATCH", "/api/v2.1/user/z32er24f4/fatcaEai"),
        ("POST", "/api/v2.0/users/z32er24f4/cgu"),
        ("POST", "/api/v2.0/users/z32er24f4/kyc/attachments"),
        ("GET", "/api/v2.0/webhooks"),
        ("GET", "/api/v2.0/users/z32er24f4/activation-code.png"),
    ] {
        for bearer in ["", "Bearer", "Bearer wrong", "Basic wrong"] {
            let headers: Vec<(&str, &str)> =
                if bearer.is_empty() { Vec::new() } else { vec![("authorization", bearer)] };
            let reply = vendor.client.send_raw(method, path, Some(b"{}".to_vec()), &headers).await;
            assert_eq!(reply.status, 401, "{method} {path} {bearer}: {}", reply.text);
            assert!(reply.body["message"].is_string());
        }
    }
}
