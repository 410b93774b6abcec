//! Bad input: named in the dialect's shape, and nothing changed.

use serde_json::{Value, json};

use super::vendor::{Vendor, person};
use crate::house::House;

#[tokio::test]
async fn each_bad_field_is_named_and_changes_nothing() {
    let house = House::open();
    let vendor = Vendor::of(&house).await;
    let cases: &[(&str, &str, Value)] = &[
        ("/firstName", "firstName", json!(null)),
        ("/lastName", "lastName", json!(" ")),
        ("/officialId", "officialId", json!("123-45-6789")),
        ("/officialId/docType", "officialId.docType", json!("Passport")),
        ("/officialId/value", "officialId.value", json!("123-45-67")),
        ("/officialId/country", "officialId.country", json!("FR")),
        ("/email", "email", json!("nobody")),
        ("/phone", "phone", json!("call me")),
        ("/dob", "dob", json!("14.03.1979")),
        ("/dob", "dob", json!("2999-01-01")),
        ("/address", "address", json!("")),
        ("/city", "city", json!(7)),
        ("/state", "state", json!("New York")),
        ("/zipCode", "zipCode", json!("1000")),
        ("/entityId", "entityId", json!({})),
        ("/includeFraudCheck", "includeFraudCheck", json!("yes")),
        ("/options", "options", json!([])),
        ("/ipAddress", "ipAddress", json!("300.1.2.3")),
        ("/ipCountry", "ipCountry", json!("Atlantis")),
    ];
    for (pointer, field, value) in cases {
        let mut body = person(1);
        body["entityId"] = json!("bad");
        for optional in ["includeFraudCheck", "options", "ipCountry"] {
            body[optional] = Value::Null;
        }
        *body.pointer_mut(pointer).expect("a field") = value.clone();
        let reply = vendor.post("/onboard", &body).await;
        assert_eq!(reply.status, 400, "{pointer}: {}", reply.text);
        assert_eq!(reply.body, json!({"code": "INVALID_DATA", "message": format!("Invalid {field}")}));
    }
    for (body, token) in [("", true), ("{", true), ("[]", true), (r#"{"firstName":"a","firstName":"b"}"#, true)] {
        assert!(token);
        let reply = vendor.raw("/onboard", body).await;
        assert_eq!((reply.status, &reply.body["message"]), (400, &json!("Invalid body")), "{body}");
    }
    let none = vendor.get("/customer?externalId=bad").await;
    assert_eq!((none.status, none.body), (200, json!({"customers": []})));
    assert!(vendor.receiver.got().is_empty());
    // The address is taken in whatever form it comes.
    for (number, ip) in (2..).zip([json!(true), json!(false), json!("2001:db8::7"), json!("8.8.8.8"), Value::Null]) {
        let mut body = person(number);
        body["ipAddress"] = ip;
        vendor.onboard(&body).await;
    }
}

#[tokio::test]
async fn who_asks_must_be_known() {
    let house = House::open();
    let vendor = Vendor::of(&house).await;
    let (key, secret) = (vendor.text("waldoApiKey"), vendor.text("waldoClientSecret"));
    for (body, status, code) in [
        (json!({}), 400, "MISSING_PARAMETERS"),
        (json!({"apiKey": key}), 400, "MISSING_PARAMETERS"),
        (json!([]), 400, "MISSING_PARAMETERS"),
        (json!({"apiKey": key, "clientSecret": "wrong"}), 401, "INVALID_API_KEY"),
        (json!({"apiKey": "wrong", "clientSecret": secret}), 401, "INVALID_API_KEY"),
        (json!({"apiKey": 7, "clientSecret": secret}), 401, "INVALID_API_KEY"),
    ] {
        for path in ["/authenticate", "/authentication"] {
            let reply = vendor.send("POST", path, Some(&body), None).await;
            assert_eq!((reply.status, &reply.body["code"]), (status, &json!(code)), "{body}: {}", reply.text);
        }
    }
    for token in [None, Some("nonsense"), Some("eyJhbGciOiJub25lIn0.e30.")] {
        let reply = vendor.send("POST", "/onboard", Some(&person(1)), token).await;
        assert_eq!((reply.status, &reply.body["code"]), (401, &json!("INVALID_TOKEN")), "{token:?}");
        assert!(reply.headers.get("authorization").is_none());
    }
    // The token slides: the one in an answer is as good as a new one.
    let other = vendor.authenticate("/authentication").await;
    let reply = vendor.send("GET", "/customer?email=a@b.org", None, Some(&other)).await;
    let header = reply.headers["authorization"].to_str().expect("text");
    let fresh = header.strip_prefix("Bearer ").expect("a bearer token");
    let reply = vendor.send("GET", "/customer?email=a@b.org", None, Some(fresh)).await;
    assert_eq!(reply.status, 200);
    // An answer that did not succeed brings none.
    let reply = vendor.send("GET", "/customer", None, Some(fresh)).await;
    assert_eq!((reply.status, &reply.body["code"]), (400, &json!("INVALID_QUERY")));
    assert!(reply.headers.get("authorization").is_none());
    house.run_well(&["credential", "revoke", key]);
    let body = json!({"apiKey": key, "clientSecret": secret});
    let reply = vendor.send("POST", "/authenticate", Some(&body), None).await;
    assert_eq!((reply.status, &reply.body["code"]), (403, &json!("API_KEY_REVOKED")));
}

#[tokio::test]
async fn a_token_lives_an_hour_and_no_longer() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    let vendor = Vendor::of(&house).await;
    let first = vendor.token.clone();
    vendor.advance("PT50M").await;
    let reply = vendor.send("GET", "/customer?email=a@b.org", None, Some(&first)).await;
    assert_eq!(reply.status, 200);
    let header = reply.headers["authorization"].to_str().expect("text").to_owned();
    vendor.advance("PT50M").await;
    let reply = vendor.send("GET", "/customer?email=a@b.org", None, Some(&first)).await;
    assert_eq!((reply.status, &reply.body["code"]), (401, &json!("INVALID_TOKEN")));
    let fresh = header.strip_prefix("Bearer ").expect("a bearer token");
    assert_eq!(vendor.send("GET", "/customer?email=a@b.org", None, Some(fresh)).await.status, 200);
}
