//! Each of the ten tags, alone and together; rings, families and flagged neighbours.

use serde_json::{Value, json};

use super::vendor::{Vendor, failed, person};
use crate::house::{House, eventually};

async fn validation(vendor: &Vendor<'_>, body: &Value) -> Value {
    let answer = vendor.onboard(body).await;
    vendor.idle(&answer["customerId"]).await["validation"].clone()
}

/// Lists for the four tags that lists answer.
async fn lists(house: &House) {
    let file = house.data().join("topics.ftm.json");
    let of = |id: &str, name: &str, born: &str, topics: &[&str]| {
        json!({"id": id, "schema": "Person", "datasets": ["topics"],
            "properties": {"name": [name], "birthDate": [born], "topics": topics}})
    };
    let listed = |id: &str, name: &str, topic: &str| of(id, name, "1979-03-14", &[topic]);
    let lines = [
        listed("t-1", "Casimir Sanctionov", "sanction"),
        listed("t-2", "Leonida Exposita", "role.pep"),
        listed("t-3", "Ruprecht Wantedson", "wanted"),
        listed("t-4", "Ottoline Debarrington", "debarment"),
        of("t-5", "Balthasar Allingood", "2015-03-14", &["sanction", "role.pep", "wanted", "debarment"]),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, text).expect("written");
    house.list("ftm", &[file]).await;
}

/// A tag, what is sent so that it fails, and the status that follows.
type Alone<'a> = (&'a str, &'a [(&'a str, Value)], &'a str);

#[tokio::test]
async fn each_tag_fails_alone_and_all_of_them_together() {
    let house = House::open();
    lists(&house).await;
    let vendor = Vendor::of(&house).await;
    let alone: &[Alone<'_>] = &[
        ("ssn", &[("/officialId/value", json!("000-12-3456"))], "REVIEW"),
        ("date_of_birth", &[("/dob", json!("2015-03-14"))], "REVIEW"),
        ("address", &[("/state", json!("CA"))], "REVIEW"),
        ("sanction", &[("/firstName", json!("Casimir")), ("/lastName", json!("Sanctionov"))], "REVIEW"),
        ("politically_exposed_person", &[("/firstName", json!("Leonida")), ("/lastName", json!("Exposita"))], "REVIEW"),
        ("watchlists_validation", &[("/firstName", json!("Ruprecht")), ("/lastName", json!("Wantedson"))], "REVIEW"),
        (
            "legal_and_regulatory_warnings",
            &[("/firstName", json!("Ottoline")), ("/lastName", json!("Debarrington"))],
            "REVIEW",
        ),
        ("phone_number_validation", &[("/phone", json!("(999) 555-0000"))], "PASSED"),
        ("email_address_validation", &[("/email", json!("paul@mailinator.com"))], "PASSED"),
    ];
    for (number, (tag, changes, kyc)) in (1..).zip(alone) {
        let mut body = person(number);
        for (pointer, value) in *changes {
            *body.pointer_mut(pointer).expect("a field") = value.clone();
        }
        let validation = validation(&vendor, &body).await;
        assert_eq!(failed(&validation), [*tag], "{validation}");
        assert_eq!(validation["kyc"], *kyc, "{tag}");
        assert_eq!(validation["warnings"], 1);
    }
    // The ring: three people with one phone, two of them before.
    for number in [21, 22, 23] {
        let mut body = person(number);
        body["phone"] = json!("(212) 736-9999");
        body["deviceId"] = if number == 23 { Value::Null } else { json!("device-of-a-ring") };
        let validation = validation(&vendor, &body).await;
        let ring: &[&str] = if number == 23 { &["fraud_reports"] } else { &[] };
        assert_eq!(failed(&validation), ring, "{number}");
        assert_eq!(validation["kyc"], "PASSED", "a ring is for the score, and for a person");
    }
    let mut honest = person(31);
    honest["includeFraudCheck"] = json!(true);
    let honest = self::validation(&vendor, &honest).await["fraudScore"].as_f64().expect("a score");
    let mut worst = person(24);
    for (pointer, value) in [
        ("/firstName", "Balthasar"),
        ("/lastName", "Allingood"),
        ("/officialId/value", "000-12-3456"),
        ("/dob", "2015-03-14"),
        ("/state", "CA"),
        ("/phone", "(999) 555-0000"),
        ("/email", "xq7@mailinator.com"),
    ] {
        *worst.pointer_mut(pointer).expect("a field") = json!(value);
    }
    worst["deviceId"] = json!("device-of-a-ring");
    worst["includeFraudCheck"] = json!(true);
    let validation = self::validation(&vendor, &worst).await;
    assert_eq!((failed(&validation).len(), &validation["warnings"]), (10, &json!(10)), "{validation}");
    assert!(validation["fraudScore"].as_f64().expect("a score") < honest / 2.0, "{validation}");
    assert_eq!(
        (&validation["status"], &validation["kyc"]),
        (&json!("REVIEW"), &json!("REVIEW")),
        "a list is asked first"
    );
}

#[tokio::test]
async fn flagging_teaches_the_network_and_a_family_is_no_ring() {
    let house = House::open();
    lists(&house).await;
    let vendor = Vendor::of(&house).await;
    for number in [1, 6, 11] {
        // One family name, one address, each with their own phone and mail.
        let mut body = person(number);
        body["lastName"] = json!("Hartigan");
        body["address"] = json!("77 Maple Avenue");
        let validation = validation(&vendor, &body).await;
        assert!(failed(&validation).is_empty(), "{validation}");
    }
    let mut first = person(41);
    first["deviceId"] = json!("device-41");
    let answer = vendor.onboard(&first).await;
    vendor.idle(&answer["customerId"]).await;
    let flag = json!({"customerId": answer["customerId"], "flag": true, "note": "stolen cards"});
    assert_eq!(vendor.post("/flag", &flag).await.status, 200);
    for (number, field, value) in [
        (42, "deviceId", json!("device-41")),
        (43, "phone", first["phone"].clone()),
        (44, "email", first["email"].clone()),
    ] {
        let mut body = person(number);
        body[field] = value;
        assert_eq!(failed(&validation(&vendor, &body).await), ["fraud_reports"], "{field}");
    }
    // Another tenant that takes no part in the network learns nothing.
    let other = Vendor::of(&house).await;
    let mut body = person(45);
    body["phone"] = first["phone"].clone();
    assert!(failed(&validation(&other, &body).await).is_empty());
    // Where both take part, it does.
    vendor.set("network.share=true");
    other.set("network.share=true");
    let flag = json!({"customerId": answer["customerId"], "flag": true});
    assert_eq!(vendor.post("/flag", &flag).await.status, 200);
    let mut body = person(46);
    body["phone"] = first["phone"].clone();
    assert_eq!(failed(&validation(&other, &body).await), ["fraud_reports"]);
}

#[tokio::test]
async fn who_came_before_a_ring_is_looked_at_again_and_every_score_is_explained() {
    let house = House::open();
    lists(&house).await;
    let vendor = Vendor::of(&house).await;
    let mut ids = Vec::new();
    for number in 61..=65 {
        let mut body = person(number);
        body["deviceId"] = json!("one-device");
        body["includeFraudCheck"] = json!(true);
        let answer = vendor.onboard(&body).await;
        let customer = vendor.idle(&answer["customerId"]).await;
        if number == 61 {
            assert_eq!(customer["validation"]["status"], "APPROVED", "{customer}");
        }
        ids.push(answer["customerId"].clone());
    }
    // The first shared with nobody when it came. It is told of again, and a person is asked: strangers turn nobody away.
    let customer = eventually("the first is looked at again", async || {
        let customer = vendor.customer(&ids[0]).await;
        let low = customer["validation"]["fraudScore"].as_f64().is_some_and(|score| score < 0.4);
        (low && failed(&customer["validation"]) == ["fraud_reports"]).then_some(customer)
    })
    .await;
    assert_eq!(customer["validation"]["status"], "REVIEW", "{customer}");
    let score = customer["validation"]["fraudScore"].as_f64().expect("a score");
    let told = eventually("it is told", async || {
        let told = vendor.told(&ids[0], 7).await.into_iter();
        told.skip(6).find(|body| body["validation"]["fraudScore"] == customer["validation"]["fraudScore"])
    })
    .await;
    assert_eq!((&told["requestId"], &told["event"]), (&Value::Null, &json!("evaluation")));
    assert_eq!(told["evaluation"], json!({"type": "fraud", "status": "completed"}));
    let history = vendor.get(&format!("/history/fraud/{}", ids[0].as_str().expect("an id"))).await.body;
    assert_eq!(history["active"]["score"], customer["validation"]["fraudScore"]);
    assert!(history["history"].as_array().expect("a list").len() > 1, "{history}");

    // Our own API says why, and its weights add up to the score.
    let path = format!("/v1/customers/{}", ids[0].as_str().expect("an id"));
    let explained = vendor.send("GET", &path, None, Some(vendor.text("apiKey"))).await;
    assert_eq!(explained.status, 200, "{}", explained.text);
    let evaluation = &explained.body["evaluation"];
    let fraud = &evaluation["fraud"];
    let signals = fraud["signals"].as_array().expect("signals");
    let weights: f64 = signals.iter().map(|signal| signal["weight"].as_f64().expect("a weight")).sum();
    let log_odds = fraud["base"].as_f64().expect("a base") + weights;
    assert!((1.0 / (1.0 + (-log_odds).exp()) - score).abs() < 1e-4, "{fraud}");
    assert!(signals.iter().any(|signal| signal["signal"] == "network.device"), "{fraud}");
    let last = evaluation["runs"].as_array().and_then(|runs| runs.last()).expect("runs");
    assert_eq!(
        (&last["kind"], &last["phase"], &last["requestId"]),
        (&json!("fraud"), &json!("completed"), &Value::Null)
    );
    let broken = &customer["validation"]["kycBreakdown"]["identityBreakdown"]["fraud_reports"];
    assert_eq!(broken["tags"]["ring"], json!({"label": "Ring", "passed": false}), "{broken}");
    let tags = evaluation["tags"].as_array().expect("tags");
    let reasons = |tag: &Value| tag["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty());
    assert!(tags.len() == 10 && tags.iter().filter(|tag| tag["passed"] == false).all(reasons), "{evaluation}");

    // A flag is learnt by those who are there as well.
    let mut pair = Vec::new();
    for number in [71, 72] {
        let mut body = person(number);
        body["phone"] = json!("(212) 736-7171");
        body["includeFraudCheck"] = json!(true);
        let answer = vendor.onboard(&body).await;
        let customer = vendor.idle(&answer["customerId"]).await;
        assert!(failed(&customer["validation"]).is_empty(), "{customer}");
        pair.push(answer["customerId"].clone());
    }
    assert_eq!(vendor.post("/flag", &json!({"customerId": pair[1], "flag": true})).await.status, 200);
    eventually("the other is warned of", async || {
        (failed(&vendor.customer(&pair[0]).await["validation"]) == ["fraud_reports"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_address_in_another_country_lowers_the_score_and_fails_no_tag() {
    let house = House::open();
    lists(&house).await;
    let vendor = Vendor::of(&house).await;
    let mut scores = Vec::new();
    for (number, country) in [(81, "US"), (82, "RO")] {
        let mut body = person(number);
        body["includeFraudCheck"] = json!(true);
        body["ipCountry"] = json!(country);
        let validation = validation(&vendor, &body).await;
        assert!(failed(&validation).is_empty(), "{validation}");
        scores.push(validation["fraudScore"].as_f64().expect("a score"));
    }
    assert!(scores[1] < scores[0], "{scores:?}");
}
