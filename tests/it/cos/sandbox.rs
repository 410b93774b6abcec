//! The vendor's sandbox: its names hit, for sandbox tenants only, and its clock moves.

use serde_json::json;

use crate::house::{House, http};

#[tokio::test]
async fn the_vendors_names_hit_for_a_sandbox_tenant_and_for_nobody_else() {
    let house = House::open();
    house.sample_list().await;
    let sandbox = house.client_of(house.tenant(&["--sandbox"])).await;
    let real = house.client().await;
    let pep = |client: &crate::house::Client| client.person("Vladimir", "Putin", "1952-10-07");
    let ofac = |client: &crate::house::Client| client.person("Francisco Javier", "Arellano Félix", "1969-12-11");
    sandbox.scans(&sandbox.onboard(&pep(&sandbox)).await, "Clear", "Failed").await;
    sandbox.scans(&sandbox.onboard(&ofac(&sandbox)).await, "Failed", "Clear").await;
    real.scans(&real.onboard(&pep(&real)).await, "Clear", "Clear").await;
    real.scans(&real.onboard(&ofac(&real)).await, "Clear", "Clear").await;
    let business = json!({"partnerId": sandbox.tenant.id, "classification": "Business",
        "name": {"entityName": "Blue Star Diamond"},
        "profile": {"taxIdType": "Ein", "taxId": "123456789", "dateFormed": "2001-05-06", "riskRating": "Low"}});
    sandbox.scans(&sandbox.onboard(&business).await, "Failed", "Clear").await;
    assert!(house.run_well(&["case", "list", "--json"]).contains("sanctions"));
}

#[tokio::test]
async fn the_clock_moves_in_a_sandbox_house_and_stands_in_any_other() {
    let sandbox = House::open_with(&["--sandbox"]);
    let advance = |house: &House, by: &str| {
        let request =
            http().post(format!("{}/sandbox/clock", house.address())).body(json!({"advance": by}).to_string());
        async move { request.send().await.expect("answered") }
    };
    assert!(sandbox.log().contains("SANDBOX"));
    let client = sandbox.client().await;
    assert_eq!(client.get("/core/v1/cm/customers").await.status, 200);
    let moved = advance(&sandbox, "P90D").await;
    assert_eq!(moved.status(), 200);
    assert!(moved.text().await.expect("text").contains("now"));
    let expired = client.get("/core/v1/cm/customers").await;
    assert_eq!(expired.status, 401, "a token lives for a day: {}", expired.text);
    assert_eq!(advance(&sandbox, "yesterday").await.status(), 400);
    let house = House::open();
    assert_eq!(advance(&house, "P90D").await.status(), 404);
}

#[test]
fn a_sandbox_is_refused_in_production() {
    let output = std::process::Command::new(crate::house::BINARY)
        .args(["serve", "--sandbox", "--listen", "127.0.0.1:0"])
        .env("VESTIBULE__SERVER__PRODUCTION", "true")
        .env("VESTIBULE__DATA__MASTER_KEY", "00".repeat(32))
        .output()
        .expect("runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("sandbox"));
}
