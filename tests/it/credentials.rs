//! Tenants, their settings and their credentials, as whoever operates the house makes, changes and revokes them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::house::{House, Tenant, eventually, http};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

/// Our own API, with this key.
async fn own_api(house: &House, key: &str) -> u16 {
    let request = http().get(format!("{}/v1/risk-models", house.address())).bearer_auth(key);
    request.send().await.expect("answered").status().as_u16()
}

#[tokio::test]
async fn a_tenant_is_made_with_everything_that_is_shown_once() {
    let house = House::open();
    let made =
        json_of(&house.run_well(&["tenant", "create", "--name", "Power & Play", "--sandbox", "--power", "--json"]));
    let keys: Vec<&str> = made.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = [
        "apiKey",
        "clientId",
        "clientSecret",
        "hawkCallbackSecret",
        "tenantId",
        "tenantKey",
        "transferSecret",
        "waldoApiKey",
        "waldoClientSecret",
    ];
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for key in keys {
        assert!(text(&made, key).len() >= 12, "{key} in {made}");
    }
    assert!(text(&made, "waldoApiKey").starts_with("sandbox."), "{made}");
    assert!(text(&made, "waldoClientSecret").starts_with("sandbox."), "{made}");

    let plain = json_of(&house.run_well(&["tenant", "create", "--name", "Plain", "--json"]));
    assert!(!text(&plain, "waldoApiKey").starts_with("sandbox."), "{plain}");
    let tenants: Vec<Value> = house.run_well(&["tenant", "list", "--json"]).lines().map(json_of).collect();
    let kinds = |id: &str| {
        let tenant = tenants.iter().find(|tenant| tenant["tenantId"] == id).expect("it is listed");
        (tenant["sandbox"].clone(), tenant["power"].clone())
    };
    assert_eq!(kinds(&text(&made, "tenantId")), (json!(true), json!(true)));
    assert_eq!(kinds(&text(&plain, "tenantId")), (json!(false), json!(false)));

    // What is shown once is kept nowhere in clear.
    let secrets = ["clientSecret", "apiKey", "waldoClientSecret", "hawkCallbackSecret", "transferSecret"]
        .map(|key| text(&made, key));
    for file in std::fs::read_dir(house.data()).expect("readable").flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds a secret", file.path().display());
        }
    }
    // The table says the same as the JSON.
    let table = house.run_well(&["tenant", "create", "--name", "Table"]);
    assert!(expected.iter().all(|key| table.contains(key)), "{table}");
}

#[tokio::test]
async fn settings_are_masked_put_back_and_refused_whole() {
    let house = House::open();
    let made = json_of(&house.run_well(&["tenant", "create", "--name", "Settings Bank", "--json"]));
    let (id, key) = (text(&made, "tenantId"), text(&made, "tenantKey"));
    let show = || json_of(&house.run_well(&["tenant", "show", &key]));
    let before = show();
    assert_eq!(before["hawk.callbackSecret"], "********");
    assert_eq!(json_of(&house.run_well(&["tenant", "set", &id])), before, "nothing to set only prints");

    let set = house.run_well(&["tenant", "set", &id, "hawk.callbackSecret=planted-secret-0123", "waldo.minimumAge=21"]);
    assert!(!set.contains("planted-secret") && !show().to_string().contains("planted-secret"), "{set}");
    assert_eq!(
        (&json_of(&set)["hawk.callbackSecret"], &show()["waldo.minimumAge"]),
        (&json!("********"), &json!("21"))
    );
    let back = json_of(&house.run_well(&["tenant", "set", &id, "waldo.minimumAge=", "hawk.callbackSecret="]));
    assert_eq!(back["waldo.minimumAge"], before["waldo.minimumAge"], "the default is in force again");
    assert_eq!(back["hawk.callbackSecret"], "", "there is none by default");

    let standing = show();
    for (setting, told) in [
        ("lists.maxage=P7D", "lists.maxAge"),
        ("lists.maxAge=soon", "`lists.maxAge` must be"),
        ("screening.threshold=0.2", "`screening.threshold` must be"),
        ("checks.person=luck", "`checks.person` must be"),
        ("cases.fourEyes=three", "`cases.fourEyes` must be"),
        ("finhub.bankCode=XX", "`finhub.bankCode` must be"),
        ("finhub.powerTenant=nobody-here", "finhub.powerTenant"),
        ("fraud.weights=email.charm=1", "`fraud.weights` must be"),
        ("hawk.callbackSecret=short", "`hawk.callbackSecret` must be"),
        ("hawk.callbackSecretHeader=Content-Type", "`hawk.callbackSecretHeader` must be"),
        ("network.share=perhaps", "`network.share` must be"),
        ("waldo.webhookUrl=https://10.0.0.1/hook", "`waldo.webhookUrl`"),
        ("waldo.rejectBelow=0.99", "`waldo.rejectBelow` must not be above `waldo.approveAt`"),
        ("nothing", "KEY=VALUE"),
    ] {
        // A good one beside it is not taken either.
        let refused = house.run(&["tenant", "set", &id, "waldo.minimumAge=30", setting]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(told), "{setting}: {said}");
        assert_eq!(show(), standing, "{setting}");
    }
    let unknown = house.run(&["tenant", "show", "nobody-here"]);
    assert!(!unknown.status.success());
    let private = ["tenant", "set", &id, "waldo.webhookUrl=http://127.0.0.1:9/hook", "--allow-private-callbacks"];
    assert_eq!(json_of(&house.run_well(&private))["waldo.webhookUrl"], "http://127.0.0.1:9/hook");
}

/// Long enough for a machine that is busy with other tests; the house itself takes about a second.
const SOON: Duration = Duration::from_secs(5);

async fn credentials_live_and_end(house: &House) {
    let client = house.client().await;
    let tenant = client.tenant.id.clone();
    let create = |kind: &str, scope: &str| {
        let scope = if scope.is_empty() { vec![] } else { vec!["--scope", scope] };
        let arguments = [&["credential", "create", &tenant, "--kind", kind, "--json"], scope.as_slice()].concat();
        json_of(&house.run_well(&arguments))
    };
    let own = create("api-key", "v1,screening");
    let other = create("api-key", "screening");
    let oauth = create("client", "");
    let pair = create("waldo", "waldo");
    assert!(text(&pair, "publicId").starts_with("wk.") && text(&pair, "secret").starts_with("ws."), "{pair}");
    let own_key = text(&own, "secret");
    assert_eq!(own_api(house, &own_key).await, 200);
    assert_eq!(own_api(house, &text(&other, "secret")).await, 403, "it is good for another dialect only");
    let (client_id, client_secret) = (text(&oauth, "publicId"), text(&oauth, "secret"));
    let second = house.client_of(Tenant { id: tenant.clone(), client_id, client_secret }).await;
    assert_eq!(second.get("/core/v1/cm/customers").await.status, 200);

    for wrong in [
        vec!["credential", "create", &tenant, "--kind", "api-key", "--scope", "v1,luck"],
        vec!["credential", "create", "nobody-here", "--kind", "api-key"],
        vec!["credential", "create", &tenant, "--kind", "luck"],
        vec!["credential", "revoke", "vsp_nobody"],
        vec!["credential", "list", "nobody-here"],
    ] {
        assert!(!house.run(&wrong).status.success(), "{wrong:?}");
    }

    // One by its id, one by its public id; what was given for the second ends with it.
    let revoked = house.run_well(&["credential", "revoke", &text(&own, "credentialId")]);
    let since = Instant::now();
    assert!(revoked.contains("is revoked"), "{revoked}");
    eventually("the key is refused", async || (own_api(house, &own_key).await == 401).then_some(())).await;
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    house.run_well(&["credential", "revoke", &text(&oauth, "publicId")]);
    let since = Instant::now();
    let refused = async || (second.get("/core/v1/cm/customers").await.status == 401).then_some(());
    eventually("the token is refused", refused).await;
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    assert_eq!(client.get("/core/v1/cm/customers").await.status, 200, "others are as they were");
    let again = house.run_well(&["credential", "revoke", &text(&own, "credentialId")]);
    assert!(again.contains("was revoked already"), "{again}");

    let listed = house.run_well(&["credential", "list", &tenant, "--json"]);
    let listed: Vec<Value> = listed.lines().map(json_of).collect();
    assert_eq!(listed.len(), 7, "three that came with the tenant, and four: {listed:?}");
    let of = |made: &Value| {
        let found = listed.iter().find(|one| one["credentialId"] == made["credentialId"]).expect("it is listed");
        (found["kind"].clone(), found["scopes"].clone(), found["revokedAt"].is_string())
    };
    assert_eq!(of(&own), (json!("api-key"), json!(["screening", "v1"]), true));
    assert_eq!(of(&other), (json!("api-key"), json!(["screening"]), false));
    assert_eq!(of(&oauth), (json!("client"), json!([]), true));
    assert_eq!(of(&pair), (json!("waldo"), json!(["waldo"]), false));
    let table = house.run_well(&["credential", "list", &tenant]);
    for secret in [&own, &other, &oauth, &pair].map(|made| text(made, "secret")) {
        assert!(!table.contains(&secret) && !listed.iter().any(|one| one.to_string().contains(&secret)));
    }
    assert_eq!(table.matches("revoked").count(), 2, "{table}");
}

#[tokio::test]
async fn credentials_live_and_end_in_files() {
    credentials_live_and_end(&House::open()).await;
}

#[tokio::test]
async fn credentials_live_and_end_in_postgres() {
    let Some(house) = House::open_on_postgres().await else { return };
    credentials_live_and_end(&house).await;
}

#[tokio::test]
async fn keys_of_tokens_are_made_anew() {
    let house = House::open();
    let tenant = house.tenant(&[]).id;
    let rotate = || {
        let said = house.run_well(&["tenant", "rotate-jwt-key", &tenant]);
        let key = said.strip_prefix("Tokens are signed with the key ").and_then(|rest| rest.split(' ').next());
        key.unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    let published = async || {
        let response = http().get(format!("{}/.well-known/jwks.json", house.address())).send().await.expect("answered");
        let keys = json_of(&response.text().await.expect("text"));
        let keys = keys["keys"].as_array().expect("a list").iter().map(|key| text(key, "kid"));
        keys.collect::<std::collections::BTreeSet<String>>()
    };
    let (first, second) = (rotate(), rotate());
    assert_ne!(first, second);
    assert_eq!(published().await.len(), 0, "a key that only the house knows is not published");
    house.run_well(&["tenant", "set", &tenant, "finhub.jwtAlgorithm=EdDSA"]);
    let (third, fourth) = (rotate(), rotate());
    eventually("both are published", async || {
        (published().await == [third.clone(), fourth.clone()].into()).then_some(())
    })
    .await;
    assert!(!house.run(&["tenant", "rotate-jwt-key", "nobody-here"]).status.success());
}
