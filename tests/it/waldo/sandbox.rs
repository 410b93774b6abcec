//! The outcomes that the vendor's sandbox promises, for sandbox tenants and nobody else.

use serde_json::{Value, json};

use super::vendor::{Vendor, person, steps};
use crate::house::House;

fn named(number: u32, id: &str, fraud: bool, express: bool) -> Value {
    let mut body = person(number);
    body["externalId"] = json!(id);
    body["options"] = json!({"includeFraudCheck": fraud, "useExpressKYC": express});
    body
}

#[tokio::test]
async fn each_documented_id_has_its_outcome() {
    let house = House::open();
    let vendor = Vendor::sandbox(&house).await;
    assert!(vendor.text("waldoApiKey").starts_with("sandbox.wk."), "{}", vendor.tenant);
    assert!(vendor.text("waldoClientSecret").starts_with("sandbox.ws."));
    let kyc = [
        ("kyc-pass", "PASSED"),
        ("kyc-review", "REVIEW"),
        ("expressKYC-pass", "PASSED"),
        ("expressKYC-review", "REVIEW"),
    ];
    for (number, (id, kyc)) in (1..).zip(kyc) {
        let answer = vendor.onboard(&named(number, id, false, true)).await;
        assert_eq!(answer["expressKYC"], json!({"success": true, "kyc": kyc}), "{id}");
        let validation = vendor.idle(&answer["customerId"]).await["validation"].clone();
        assert_eq!((&validation["kyc"], &validation["status"]), (&json!(kyc), &json!("REVIEW")), "{id}");
    }
    let fraud = [
        ("fraud-pass", "APPROVED"),
        ("fraud-review", "REVIEW"),
        ("fraud-reject", "REJECTED"),
        ("expressKYCFraud-pass", "APPROVED"),
        ("expressKYCFraud-review", "REVIEW"),
        ("expressKYCFraud-reject", "REJECTED"),
    ];
    for (number, (id, status)) in (11..).zip(fraud) {
        let answer = vendor.onboard(&named(number, id, true, false)).await;
        let validation = vendor.idle(&answer["customerId"]).await["validation"].clone();
        assert_eq!((&validation["kyc"], &validation["status"]), (&json!("PASSED"), &json!(status)), "{id}");
    }
    for (number, id) in (21..).zip(["expressKYC-delay", "expressKYCFraud-delay"]) {
        let answer = vendor.onboard(&named(number, id, true, true)).await;
        assert_eq!(answer["expressKYC"], json!({"success": false}), "{id}");
        assert_eq!(vendor.idle(&answer["customerId"]).await["validation"]["kyc"], "PASSED");
    }
    for (number, (id, status)) in (31..).zip([
        ("fraudCheck-pass", "APPROVED"),
        ("fraudCheck-review", "REVIEW"),
        ("fraudCheck-reject", "REJECTED"),
    ]) {
        let answer = vendor.onboard(&named(number, id, false, false)).await;
        let customer = &answer["customerId"];
        assert_eq!(vendor.idle(customer).await["validation"]["status"], "REVIEW");
        let check = vendor.post("/check-fraud", &json!({"customerId": customer})).await;
        assert_eq!((check.status, &check.body["event"]), (200, &json!("evaluation")), "{}", check.text);
        assert_eq!(vendor.idle(customer).await["validation"]["status"], status, "{id}");
        let told = vendor.told(customer, 6).await;
        assert_eq!(
            steps(&told)[3..],
            ["evaluation fraud initiated", "evaluation fraud in_progress", "evaluation fraud completed"]
        );
    }
}

#[tokio::test]
async fn a_tenant_that_is_no_sandbox_knows_no_such_ids() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&named(1, "kyc-review", false, true)).await;
    assert_eq!(answer["expressKYC"]["kyc"], "PASSED");
    assert_eq!(vendor.idle(&answer["customerId"]).await["validation"]["kyc"], "PASSED");
}
