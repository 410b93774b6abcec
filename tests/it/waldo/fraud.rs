//! Each of the ten tags, alone and together; rings, families and flagged neighbours.

use serde_json::{Value, json};

use super::vendor::{Vendor, failed, person};
use crate::house::House;

async fn validation(vendor: &Vendor<'_>, body: &Value) -> Value {
    let answer = vendor.onboard(body).await;
    vendor.idle(&answer["customerId"]).await["validation"].clone()
}

/// Lists for the four tags that lists answer.
async fn lists(house: &House) {
    let file = house.data().join("topics.ftm.json");
    let listed = |id: &str, name: &str, topic: &str| {
        json!({"id": id, "schema": "Person", "datasets": ["topics"],
            "properties": {"name": [name], "birthDate": ["1979-03-14"], "topics": [topic]}})
    };
    let lines = [
        listed("t-1", "Casimir Sanctionov", "sanction"),
        listed("t-2", "Leonida Exposita", "role.pep"),
        listed("t-3", "Ruprecht Wantedson", "wanted"),
        listed("t-4", "Ottoline Debarrington", "debarment"),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, text).expect("written");
    house.list("ftm", &[file]).await;
}

#[tokio::test]
async fn each_tag_fails_alone_and_all_of_them_together() {
    let house = House::open();
    lists(&house).await;
    let vendor = Vendor::of(&house).await;
    let alone: &[(&str, &[(&str, Value)], &str)] = &[
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
        ("/firstName", "Casimir"),
        ("/lastName", "Sanctionov"),
        ("/officialId/value", "000-12-3456"),
        ("/dob", "2015-03-14"),
        ("/state", "CA"),
        ("/phone", "(212) 736-9999"),
        ("/email", "xq7@mailinator.com"),
    ] {
        *worst.pointer_mut(pointer).expect("a field") = json!(value);
    }
    worst["includeFraudCheck"] = json!(true);
    let validation = self::validation(&vendor, &worst).await;
    let tags = failed(&validation);
    for tag in ["ssn", "date_of_birth", "address", "fraud_reports", "email_address_validation"] {
        assert!(tags.contains(&tag.to_owned()), "{tag} in {tags:?}");
    }
    assert!(validation["fraudScore"].as_f64().expect("a score") < honest / 2.0, "{validation}");
    assert_ne!(validation["status"], "APPROVED");
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
