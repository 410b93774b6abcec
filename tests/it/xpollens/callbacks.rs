//! Callbacks as they arrive: keys as the seed spells them, the newer form, Basic, addresses of types.

use serde_json::{Value, json};

use super::vendor::{Vendor, client_of, house, set};
use crate::house::eventually;
use crate::receiver::Receiver;

#[tokio::test]
async fn each_key_is_spelt_as_the_seed_spells_it() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    set(&house, &vendor.client.tenant, "xpollens.callbackBasic=partner:s3cret!");
    let user = "z32er24f4";
    vendor.create(user, "").await;
    vendor.wait("35", user, 1).await;
    vendor.wait_for("34", user, "userRecordStatus", "InProgress").await;
    let raw = |of_type: &str| {
        let all = vendor.receiver.got();
        let one = all.iter().find(|received| received.body["Payload"]["type"] == of_type).expect("told").clone();
        (String::from_utf8(one.raw.to_vec()).expect("text"), one.headers)
    };
    let (body, headers) = raw("34");
    let code = vendor.told("34", user)[0]["publicUserCode"].as_str().expect("a code").to_owned();
    assert_eq!(code.len(), 12);
    let expected = format!(
        r#"{{"Payload":{{"type":"34","appUserid":"{user}","publicUserCode":"{code}","userRecordStatus":"Initialized"}}}}"#
    );
    assert_eq!(body, expected);
    assert_eq!(headers["authorization"], "Basic cGFydG5lcjpzM2NyZXQh");
    assert!(uuid::Uuid::try_parse(headers["webhook-id"].to_str().expect("ASCII")).is_ok());
    let date = headers["webhook-processdate"].to_str().expect("ASCII");
    assert!(date.len() == 26 && date.ends_with(" +00:00") && &date[2..3] == "/", "{date}");
    let (body, _) = raw("35");
    assert!(body.starts_with(r#"{"Payload":{"type":"35","AppUserId":"z32er24f4","ActivationCode":""#), "{body}");
    assert!(body.ends_with(r#"","ErrorMessage":null}}"#), "{body}");
    let pending = vendor.wait("4", user, 1).await;
    assert_eq!(pending[0], json!({"type": "4", "status": "Pending", "appUserId": user, "diligences": []}));
    let (body, _) = raw("4");
    assert_eq!(body, r#"{"Payload":{"type":"4","status":"Pending","appUserId":"z32er24f4","diligences":[]}}"#);
}

#[tokio::test]
async fn the_newer_form_is_bare_and_has_more() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    set(&house, &vendor.client.tenant, "xpollens.envelope=bare");
    let user = "z32er24f4";
    vendor.create(user, "ACCEPTED").await;
    vendor.show(user, "ID_CARD").await;
    let of_type = |of_type: &'static str| {
        vendor.receiver.got().into_iter().map(|received| received.body).filter(move |body| body["type"] == of_type)
    };
    let standing = eventually("34", async || of_type("34").next()).await;
    assert_eq!((&standing["appUserid"], &standing["appUserId"]), (&json!(user), &json!(user)));
    assert_eq!(standing["identificationLevel"], "None");
    let demand: Value = eventually("4", async || of_type("4").find(|body| body["status"] == "Incomplete")).await;
    assert_eq!((&demand["workflowCode"], &demand["kycLevel"]), (&json!("Electronic_Sign"), &json!("High")));
    assert_eq!(demand["diligences"], json!([{"reason": "", "diligenceType": "ID_CARD", "status": "Validated"}]));
    assert_eq!(demand["expectedDiligences"][1]["possibleDiligenceSubTypes"], json!(["SELFIE"]));
    assert_eq!(demand["receivedDiligences"][0]["attachments"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_type_may_have_an_address_of_its_own_live() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let own = Receiver::start().await;
    set(&house, &vendor.client.tenant, &format!("xpollens.callbackUrl.35={}", own.url));
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    vendor.create("z32er24f4", "").await;
    eventually("35 at its own address", async || {
        own.got().iter().any(|received| received.body["Payload"]["type"] == "35").then_some(())
    })
    .await;
    vendor.wait("34", "z32er24f4", 2).await;
    assert!(vendor.told("35", "z32er24f4").is_empty());
    assert!(own.got().iter().all(|received| received.body["Payload"]["type"] == "35"));
    // Addresses that lead elsewhere than outside are refused.
    let tenant = &vendor.client.tenant.id;
    let refused = house.run(&["tenant", "set", tenant, "xpollens.callbackUrl=http://127.0.0.1:1/"]);
    assert!(!refused.status.success());
}

#[tokio::test]
async fn a_prospect_that_is_refused_a_document_is_told_why() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    for (user, alias, kind, reason) in [
        ("refused-1", "DOC_EXPIRED", "ID_CARD", "Expired document"),
        ("refused-2", "DOC_QUALITY", "PASSPORT", "Blurred document"),
        ("refused-3", "BIO_QUALITY", "SELFIE", "Too dark selfie"),
    ] {
        vendor.create(user, alias).await;
        vendor.show(user, kind).await;
        let told = vendor.wait_for("4", user, "status", "Incomplete").await;
        assert_eq!(
            told["diligences"],
            json!([{"reason": reason, "diligenceType": kind, "status": "Refused"}]),
            "{user}"
        );
    }
    vendor.create("refused-4", "FRAUD").await;
    vendor.show("refused-4", "ID_CARD").await;
    vendor.wait_for("4", "refused-4", "status", "FraudSuspicion").await;
    vendor.wait_for("34", "refused-4", "userRecordStatus", "Refused").await;
    let client = client_of(&house, vendor.client.tenant.clone()).await;
    assert_eq!(client.get("/api/v1.1/users/refused-4").await.body["KycStatus"], 8);
}
