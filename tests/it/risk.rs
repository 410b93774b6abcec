//! Risk models, at the command line and over our own API.

use serde_json::{Value, json};

use crate::house::{Client, House, Tenant};

const MODEL: &str = "id = \"strict\"\nname = \"Strict\"\nbands = { medium = 10, high = 20 }\n\n[[rule]]\nid = \"everybody\"\nfactor = \"Everybody\"\npoints = 30\nreason = \"Nobody is trusted\"\n";

fn json_of(text: &str) -> Value {
    serde_json::from_str(text.trim()).expect("JSON")
}

/// A client of a new tenant, and the tenant's API key.
async fn client(house: &House) -> (Client, String) {
    let made = json_of(&house.run_well(&["tenant", "create", "--name", "Risk Bank", "--json"]));
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    let (id, client_id, client_secret) = (text("tenantId"), text("clientId"), text("clientSecret"));
    (house.client_of(Tenant { id, client_id, client_secret }).await, text("apiKey"))
}

#[tokio::test]
async fn a_model_is_checked_put_activated_tried_and_applied() {
    let house = House::open();
    let (client, _) = client(&house).await;
    let id = client.onboard(&client.bob()).await;
    let tenant = client.tenant.id.clone();
    let file = house.data().join("model.toml");
    let path = file.to_str().expect("text");

    std::fs::write(&file, MODEL.replace("points = 30", "when = 'person.agee > 1'\npoints = 30")).expect("written");
    for refused in [house.run(&["risk", "check", path]), house.run(&["risk", "put", path, "--tenant", &tenant])] {
        assert!(!refused.status.success());
        let said = String::from_utf8_lossy(&refused.stdout).into_owned();
        assert!(said.contains("model.toml:8:15: rule `everybody`") && said.contains("person.age"), "{said}");
    }

    std::fs::write(&file, MODEL).expect("written");
    house.run_well(&["risk", "check", path]);
    let put = json_of(&house.run_well(&["risk", "put", path, "--tenant", &tenant, "--json"]));
    assert_eq!(put["version"], 1);
    let shown = json_of(&house.run_well(&["risk", "show", "--tenant", &tenant, "--json"]));
    assert_eq!((&shown["inForce"], &shown["customers"]), (&json!(0), &json!({"not rated": 1})));
    assert_eq!(house.run_well(&["risk", "show", "1", "--tenant", &tenant]).trim_end(), MODEL.trim_end());

    let dry = house.run_well(&["risk", "dry-run", path, "--tenant", &tenant, "--json"]);
    let lines: Vec<Value> = dry.lines().map(json_of).collect();
    let sum = lines.last().expect("a sum");
    assert_eq!(sum["lookedAt"], 1);
    assert_eq!(
        lines.iter().filter(|line| line["customer"] == id.as_str()).count() as u64,
        sum["moved"].as_u64().expect("a number")
    );

    assert!(!house.run(&["risk", "activate", "2", "--tenant", &tenant]).status.success(), "there is no such version");
    assert!(
        !house.run(&["risk", "activate", "1", "--tenant", &tenant, "--from", "2020-01-01T00:00:00Z"]).status.success()
    );
    house.run_well(&["risk", "activate", "1", "--tenant", &tenant]);
    let applied = json_of(&house.run_well(&["risk", "apply", "--tenant", &tenant, "--json"]));
    assert_eq!((&applied["rerated"], &applied["failed"]), (&json!(1), &json!(0)), "{applied}");
    let again = json_of(&house.run_well(&["risk", "apply", "--tenant", &tenant, "--json"]));
    assert_eq!(again["rerated"], 0, "who is rated so already is left alone");
    let shown = json_of(&house.run_well(&["risk", "show", "--tenant", &tenant, "--json"]));
    assert_eq!((&shown["inForce"], &shown["customers"]), (&json!(1), &json!({"high": 1})));
    house.run_well(&["audit", "verify"]);
}

#[tokio::test]
async fn models_are_kept_over_http() {
    let house = House::open();
    let (client, key) = client(&house).await;
    client.onboard(&client.bob()).await;
    let key = format!("Bearer {key}");
    let send = async |method: &str, path: &str, body: Option<&str>| {
        let headers = [("authorization", key.as_str()), ("content-type", "application/toml")];
        client.send_raw(method, path, body.map(|body| body.as_bytes().to_vec()), &headers).await
    };
    let bad = MODEL.replace("points = 30", "when = 'person.agee > 1'\npoints = 30");
    for path in ["/v1/risk-models", "/v1/risk-models/dry-runs"] {
        let refused = send("POST", path, Some(&bad)).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        let problem = refused.body;
        assert_eq!(
            (
                &problem["code"],
                &problem["errors"][0]["line"],
                &problem["errors"][0]["column"],
                &problem["errors"][0]["rule"]
            ),
            (&json!("invalid-risk-model"), &json!(8), &json!(15), &json!("everybody")),
            "{problem}"
        );
    }
    let put = send("POST", "/v1/risk-models", Some(MODEL)).await;
    assert_eq!((put.status, &put.body["version"]), (201, &json!(1)));
    let dry = send("POST", "/v1/risk-models/dry-runs", Some(r#"{"version": 1}"#)).await;
    assert_eq!((dry.status, &dry.body["lookedAt"]), (200, &json!(1)), "{}", dry.body);
    for (path, body, status) in [
        ("/v1/risk-models/2/activation", "{}", 404),
        ("/v1/risk-models/x/activation", "{}", 404),
        ("/v1/risk-models/1/activation", r#"{"effectiveFrom": "2020-01-01T00:00:00Z"}"#, 422),
        ("/v1/risk-models/1/activation", r#"{"effectiveFrom": "soon"}"#, 422),
        ("/v1/risk-models/1/activation", "{}", 201),
        ("/v1/risk-models/dry-runs", r#"{"version": 7}"#, 404),
    ] {
        let answer = send("POST", path, Some(body)).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.body);
    }
    let all = send("GET", "/v1/risk-models", None).await.body;
    assert_eq!(
        (&all["inForce"], &all["models"][0]["version"], &all["activations"][0]["version"]),
        (&json!(1), &json!(1), &json!(1)),
        "{all}"
    );
    assert_eq!(send("GET", "/v1/risk-models/1", None).await.body["model"], MODEL);
    assert_eq!(client.send_raw("GET", "/v1/risk-models", None, &[("authorization", "Bearer no")]).await.status, 401);

    // Who may work on cases may read and try models, and not change them.
    let tenant = client.tenant.id.clone();
    let with = async |scope: &str, method: &str, path: &str, body: &str| {
        let made = house.run_well(&["credential", "create", &tenant, "--kind", "api-key", "--scope", scope, "--json"]);
        let key = format!("Bearer {}", json_of(&made)["secret"].as_str().expect("a key"));
        let body = (method == "POST").then(|| body.as_bytes().to_vec());
        client.send_raw(method, path, body, &[("authorization", key.as_str())]).await.status
    };
    for (scope, method, path, body, status) in [
        ("v1", "GET", "/v1/risk-models", "", 200),
        ("v1", "POST", "/v1/risk-models/dry-runs", MODEL, 200),
        ("v1", "POST", "/v1/risk-models", MODEL, 403),
        ("v1", "POST", "/v1/risk-models/1/activation", "{}", 403),
        ("v1,risk", "POST", "/v1/risk-models/1/activation", "{}", 201),
        ("hawk", "GET", "/v1/risk-models", "", 403),
        ("risk", "POST", "/v1/risk-models", MODEL, 403),
    ] {
        assert_eq!(with(scope, method, path, body).await, status, "{scope}: {method} {path}");
    }
}
