//! The steps: in the seed's order, and in every other.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use super::vendor::{Step, Vendor, house};
use crate::house::eventually;

#[tokio::test]
async fn the_seeds_straight_through_order_opens_the_account() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "e87bd13dJ";
    vendor.create(user, "ACCEPTED").await;
    // After create: 34 and 45 Initialized, then what the demand brings: 35, 34 InProgress, 48, 4 Pending.
    vendor.wait_for("34", user, "userRecordStatus", "Initialized").await;
    vendor.wait_for("45", user, "accountStatus", "Initialized").await;
    let code = vendor.wait("35", user, 1).await.remove(0);
    let activation = code["ActivationCode"].as_str().expect("a code").to_owned();
    assert!(activation.len() == 32 && activation.bytes().all(|byte| byte.is_ascii_hexdigit()), "{code}");
    assert_eq!(code, json!({"type": "35", "AppUserId": user, "ActivationCode": activation, "ErrorMessage": null}));
    vendor.wait_for("34", user, "userRecordStatus", "InProgress").await;
    let page = vendor.wait("48", user, 1).await.remove(0);
    let url = page["webviewUrl"].as_str().expect("an address");
    assert!(url.contains("/static/dist/index.html?technicalId=") && url.contains("&token="), "{url}");
    let pending = vendor.wait_for("4", user, "status", "Pending").await;
    assert_eq!(pending, json!({"type": "4", "status": "Pending", "appUserId": user, "diligences": []}));

    vendor.declare(user).await;
    let tax = vendor.ask_tax(user).await;
    let terms = vendor.ask_terms(user).await;
    assert_eq!(vendor.status(user).await, "InProgress");
    vendor.sign("approved", &tax).await;
    vendor.sign("approved", &terms).await;
    let signed = vendor.signed(&tax).await;
    let header = |name: &str| signed.headers[name].to_str().expect("ASCII").to_owned();
    assert_eq!([header("type"), header("status"), header("appuserid")], ["36", "succeeded", user]);
    assert_eq!(signed.body, json!({"VraisemblanceStatus": "OK", "FatcaEaiStatus": "OK", "RequiredDocuments": []}));
    assert_eq!(vendor.signed(&terms).await.body, json!({"card": true, "partner": true, "account": true}));

    vendor.show(user, "ID_CARD").await;
    vendor.wait_for("4", user, "status", "Incomplete").await;
    assert_eq!(vendor.status(user).await, "InProgress");
    vendor.show(user, "SELFIE").await;
    vendor.wait_for("4", user, "status", "Complete").await;
    vendor.wait_for("34", user, "userRecordStatus", "Validated").await;
    let account = vendor.wait_for("45", user, "accountStatus", "Activated").await;
    let exposed = "PoliticallyExposedPersonStatusCreatedOrUpdated";
    let filtering = vendor.wait_for(exposed, user, "riskAnalysisStatus", "Done").await;
    assert_eq!(
        (&filtering["isPoliticallyExposedPerson"], &filtering["finalDecisionPep"]),
        (&json!(false), &json!(false))
    );
    vendor.wait_for("UserCreatedOrUpdated", user, "appUserId", user).await;

    let path = format!("/api/v2.0/accounts/{}", account["accountId"].as_str().expect("an id"));
    let shown = vendor.client.get(&path).await;
    assert_eq!((shown.status, &shown.body["status"]), (200, &json!("Activated")), "{}", shown.text);
    let older = vendor.client.get(&format!("/api/v1.1/users/{user}")).await.body;
    assert_eq!((&older["Status"], &older["Role"], &older["KycStatus"]), (&json!(1), &json!(2), &json!(3)));
    for log in ["Martin", activation.as_str(), page["token"].as_str().expect("a token")] {
        assert!(!house.log().contains(log), "{log} is in the log");
    }
}

/// Every order of these.
fn permutations(steps: &[Step]) -> Vec<Vec<Step>> {
    if steps.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in steps.iter().enumerate() {
        let rest: Vec<Step> = steps[..at].iter().chain(&steps[at + 1..]).copied().collect();
        all.extend(permutations(&rest).into_iter().map(|tail| [vec![*first], tail].concat()));
    }
    all
}

#[tokio::test]
async fn every_order_of_the_steps_ends_alike() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let orders = permutations(&Step::ALL);
    assert_eq!(orders.len(), 120);
    let (vendor, orders) = (Rc::new(vendor), Rc::new(orders));
    let taken = async {
        let mut running = tokio::task::JoinSet::new();
        for number in 0..orders.len() {
            let (vendor, orders) = (Rc::clone(&vendor), Rc::clone(&orders));
            running.spawn_local(async move { takes(&vendor, &user(number), &orders[number]).await });
            if running.len() == 8 {
                running.join_next().await.expect("one runs").expect("it ends");
            }
        }
        while let Some(ended) = running.join_next().await {
            ended.expect("it ends");
        }
    };
    tokio::task::LocalSet::new().run_until(taken).await;
    let told = eventually("everybody is validated and told so", async || {
        let told = told(&vendor);
        let ended = told.values().filter(|(_, account)| account.len() >= 2).count();
        (ended == orders.len()).then_some(told)
    })
    .await;
    for (number, order) in orders.iter().enumerate() {
        let (standing, account) = &told[&user(number)];
        assert_eq!(*standing, ["Initialized", "InProgress", "Validated"], "{order:?}");
        assert_eq!(*account, ["Initialized", "Activated"], "{order:?}");
    }
}

fn user(number: usize) -> String {
    format!("order-{number:04}")
}

/// Takes the steps in this order: the account opens with the last, and not before.
async fn takes(vendor: &Vendor, user: &str, order: &[Step]) {
    vendor.create(user, "ACCEPTED").await;
    for (taken, step) in order.iter().enumerate() {
        assert_ne!(vendor.status(user).await, "Validated", "{taken} of {order:?}");
        vendor.take(*step, user).await;
    }
}

/// What callbacks 34 and 45 said of each user, in their order.
fn told(vendor: &Vendor) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut told: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for received in vendor.receiver.got() {
        let payload = &received.body["Payload"];
        let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
        match payload["type"].as_str() {
            Some("34") => told.entry(text("appUserid")).or_default().0.push(text("userRecordStatus")),
            Some("45") => told.entry(text("appUserId")).or_default().1.push(text("accountStatus")),
            _ => {}
        }
    }
    told
}

#[tokio::test]
async fn a_list_is_asked_before_the_account_opens() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "listed-001";
    let mut person = super::vendor::person(user, "ACCEPTED");
    person["profile"]["firstName"] = json!("Viktor");
    person["profile"]["lastName"] = json!("Sampleov");
    person["profile"]["birthDate"] = json!("1961-03-14");
    person["profile"]["birthName"] = json!(null);
    assert_eq!(vendor.client.post(&format!("/api/v1.1/users/{user}"), &person).await.status, 201);
    for step in Step::ALL {
        vendor.take(step, user).await;
    }
    vendor.wait_for("4", user, "status", "Complete").await;
    assert_eq!(vendor.status(user).await, "InProgress");
    let cases = house.run_well(&["case", "list", "--json"]);
    let case: Value = serde_json::from_str(cases.lines().next().expect("a case")).expect("JSON");
    let id = case["case"].as_str().expect("an id");
    house.run_well(&["case", "decide", id, "true-match", "--reason", "the passport", "--by", "ana"]);
    vendor.wait_for("34", user, "userRecordStatus", "Refused").await;
    assert!(vendor.told("45", user).iter().all(|told| told["accountStatus"] == "Initialized"));
    // Nothing of it says why.
    for told in vendor.receiver.got() {
        let text = told.body.to_string().to_lowercase();
        assert!(!text.contains("sanction") && !text.contains("match"), "{text}");
    }
    // Refused is final.
    let body = json!({"economicActivity": "37", "asset": 2, "income": 3});
    assert_eq!(vendor.client.post(&format!("/api/v2.0/users/{user}/declarative"), &body).await.status, 403);
}

#[tokio::test]
async fn an_explicit_demand_is_for_the_newer_way() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, client) = ("newer-0001", &vendor.client);
    assert_eq!(client.post("/api/v2.0/users", &super::vendor::person(user, "ACCEPTED")).await.status, 201);
    let path = format!("/api/v3.0/users/{user}/kyc/demand");
    assert_eq!(client.get(&path).await.status, 404);
    for (body, status) in [(json!({}), 400), (json!({"workflowCode": "Magic"}), 400)] {
        let reply = client.post(&path, &body).await;
        assert_eq!(reply.status, status);
        assert!(reply.body["message"].as_str().expect("a message").contains("workflowCode"), "{}", reply.text);
    }
    let nobody = client.post("/api/v3.0/users/nobody-00/kyc/demand", &json!({"workflowCode": "Identity"})).await;
    assert_eq!(nobody.status, 404);
    assert_eq!(vendor.status(user).await, "Initialized");
    assert!(vendor.told("35", user).is_empty());
    let begun = client.post(&path, &json!({"workflowCode": "Electronic_Sign"})).await;
    assert_eq!((begun.status, &begun.body["status"]), (201, &json!("Pending")), "{}", begun.text);
    assert_eq!(client.post(&path, &json!({"workflowCode": "Identity"})).await.status, 405);
    vendor.wait("35", user, 1).await;
    // Over to the transfer, and never back.
    let patched = client.send("PATCH", &path, Some(&json!({"workflowCode": "Identity"})), &[]).await;
    assert_eq!((patched.status, &patched.body["workflowCode"]), (200, &json!("Identity")));
    let back = client.send("PATCH", &path, Some(&json!({"workflowCode": "Electronic_Sign"})), &[]).await;
    assert_eq!(back.status, 400);
    let read = client.get(&format!("/api/v2.0/users/{user}/kyc/demand")).await;
    assert_eq!((read.status, &read.body["diligences"]), (200, &json!([])));
    // A selfie is not awaited on this way.
    let parts: [(&str, &[u8]); 2] = [("type", b"SELFIE"), ("file", &crate::waldo::document::png(80, 60, b""))];
    assert_eq!(vendor.upload(&format!("/api/v2.0/users/{user}/kyc/attachments"), &parts).await.status, 409);
}
