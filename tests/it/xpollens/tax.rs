//! The tax form over HTTP: the vendor's examples, both versions, papers, and what is wrong.

use serde_json::{Value, json};

use super::vendor::{Vendor, authentication, house, person};
use crate::waldo::document::png;

#[tokio::test]
async fn the_vendors_examples_have_their_answers() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    for (number, (born, lives, us, pays, likely, status, papers)) in [
        ("FR", "PT", false, vec![("PT", Some("123456789"))], "OK", "OK", json!([])),
        ("US", "FR", true, vec![("US", Some("123456789")), ("FR", None)], "OK", "NOK", json!(["W9"])),
        ("FR", "US", true, vec![("US", Some("123456789")), ("FR", None)], "OK", "NOK", json!(["W9"])),
    ]
    .into_iter()
    .enumerate()
    {
        let user = format!("taxpayer-{number}");
        let mut body = person(&user, "");
        body["profile"]["birthCountry"] = json!(born);
        body["profile"]["birthZipCode"] = Value::Null;
        body["profile"]["address"]["country"] = json!(lives);
        assert_eq!(vendor.client.post(&format!("/api/v1.1/users/{user}"), &body).await.status, 201);
        let residences: Vec<Value> =
            pays.iter().map(|(country, number)| json!({"TaxCountry": country, "TIN": number})).collect();
        let form = json!({"Americanness": us, "TaxInfo": residences});
        let reply = vendor.client.send("PATCH", &format!("/api/v2.1/user/{user}/fatcaEai"), Some(&form), &[]).await;
        let id = authentication(&reply);
        // Nothing is declared before it is signed.
        assert_eq!(vendor.client.get(&format!("/api/v3.0/users/{user}/fatca-eai")).await.status, 404);
        vendor.sign("approved", &id).await;
        let expected = json!({"VraisemblanceStatus": likely, "FatcaEaiStatus": status, "RequiredDocuments": papers});
        assert_eq!(vendor.signed(&id).await.body, expected, "{user}");
        let told = vendor.wait("44", &user, 1).await;
        assert_eq!(told[0]["fatcaEaiStatus"], status);
        let read = vendor.client.get(&format!("/api/v3.0/users/{user}/fatca-eai")).await.body;
        assert_eq!((&read["isUSPerson"], &read["taxInformation"][0]["taxCountry"]), (&json!(us), &json!(pays[0].0)));
        assert_eq!(
            vendor.client.get(&format!("/api/v2.1/user/compliance/{user}")).await.body["FatcaEaiStatus"],
            status
        );
        let certificate = vendor.client.get(&format!("/api/v2.1/user/{user}/self-certification")).await;
        assert_eq!((certificate.status, &certificate.body["appUserId"]), (200, &json!(user)));
    }
    // The paper that is asked for is sent, and waits for a person.
    let path = "/api/v2.0/users/taxpayer-1/fatca/attachments";
    let picture = png(80, 60, b"");
    assert_eq!(vendor.upload(path, &[("type", b"W8-Ben"), ("file", &picture)]).await.status, 409);
    assert_eq!(vendor.upload(path, &[("type", b"W7"), ("file", &picture)]).await.status, 400);
    let sent = vendor.upload(path, &[("type", b"W9"), ("file", &picture)]).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_named() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    vendor.create("taxpayer-0", "").await;
    let older = "/api/v2.1/user/taxpayer-0/fatcaEai";
    let newer = "/api/sca/v3.0/users/taxpayer-0/fatca-eai";
    for (path, body, field) in [
        (older, json!({"TaxInfo": []}), "americanness"),
        (older, json!({"Americanness": "no", "TaxInfo": []}), "americanness"),
        (older, json!({"Americanness": false}), "taxInfo"),
        (older, json!({"Americanness": false, "TaxInfo": []}), "taxInfo"),
        (older, json!({"Americanness": false, "TaxInfo": [{"TaxCountry": "XX"}]}), "taxInfo.0.taxCountry"),
        (older, json!({"Americanness": false, "TaxInfo": [{"TaxCountry": "DE"}]}), "taxInfo.0.tin"),
        (older, json!({"Americanness": false, "TaxInfo": [{"TaxCountry": "FR"}, {"TaxCountry": "FR"}]}), "taxInfo.1"),
        (
            older,
            json!({"Americanness": false, "TaxInfo": [{"TaxCountry": "FR"}, {"TaxCountry": "ZA"}, {"TaxCountry": "AU"},
                {"TaxCountry": "GD"}]}),
            "taxInfo",
        ),
        (newer, json!({"isUSPerson": false}), "taxInformation"),
        (
            newer,
            json!({"isUSPerson": false, "taxInformation": [{"taxCountry": "DE", "taxIdentificationNumber": "x"}]}),
            "taxInformation.0.taxIdentificationNumber",
        ),
    ] {
        let reply = vendor.client.send("PATCH", path, Some(&body), &[]).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.text);
        let message = reply.body["message"].as_str().expect("a message").to_lowercase();
        assert!(message.contains(&field.to_lowercase()), "{field} in {message}");
    }
    let nobody = vendor
        .client
        .send(
            "PATCH",
            "/api/v2.1/user/nobody-00/fatcaEai",
            Some(&json!({"Americanness": false,
        "TaxInfo": [{"TaxCountry": "FR"}]})),
            &[],
        )
        .await;
    assert_eq!(nobody.status, 404);
}
