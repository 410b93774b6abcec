//! Users: made, read, and never deleted; whatever is wrong is told and changes nothing.

use serde_json::{Value, json};

use super::vendor::{Vendor, house, person};

#[tokio::test]
async fn a_user_is_made_and_read_in_both_versions() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let client = &vendor.client;
    let (user, other) = ("z32er24f4", "559d7e85J");
    vendor.create(user, "").await;
    // The older version: its own keys in any case, the id in the path wins.
    let older = json!({"appuserid": other, "CountryCode": "FR", "profile": {"civility": 0, "firstname": "Jean",
        "lastname": "Dupont", "birthdate": "1985-01-31T00:00:00", "BirthCity": "Nice", "BirthCountry": "FR",
        "Phonenumber": "0033698765432", "Email": "jean@bank.example", "Alias": "jd"}});
    assert_eq!(client.post(&format!("/api/v1.1/users/{other}"), &older).await.status, 201);
    let read = client.get(&format!("/api/v1.1/users/{other}")).await.body;
    assert_eq!((&read["AppUserId"], &read["Profile"]["Civility"]), (&json!(other), &json!(0)));
    assert_eq!(read["Profile"]["PhoneNumber"], "+33698765432");
    let list = client.get(&format!("/api/v2.0/users?AppUserId={user}")).await.body;
    let value = &list["values"][0];
    assert_eq!((&value["appUserId"], &value["userRecordStatus"]), (&json!(user), &json!("InProgress")));
    let mut sent = person(user, "")["profile"].clone();
    sent["address"]["supplementIn"] = Value::Null;
    sent["address"]["supplementOut"] = Value::Null;
    sent["address"]["area"] = Value::Null;
    assert_eq!(value["profile"], sent);
    let all = client.get("/api/v1.1/users").await.body;
    assert_eq!((all["value"].as_array().map(Vec::len), &all["links"]), (Some(2), &json!([])));
    let by_email = client.get("/api/v1.1/users?criteria.email=jean%40bank.example").await.body;
    assert_eq!(by_email["value"].as_array().map(Vec::len), Some(1));
    let page = client.get("/api/v1.1/users?criteria.perPage=1").await.body;
    assert_eq!((page["value"].as_array().map(Vec::len), &page["links"][0]["rel"]), (Some(1), &json!("next")));
    assert_eq!(client.get("/api/v2.0/users?AppUserId=x").await.body["values"], json!([]));
    assert_eq!(client.get("/api/v1.1/users?criteria.perPage=0").await.status, 400);
}

#[tokio::test]
async fn nobody_is_deleted_and_nobody_is_made_twice() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let (user, client) = ("z32er24f4", &vendor.client);
    vendor.create(user, "").await;
    for path in ["/api/v1.1/users/z32er24f4", "/api/v2.0/users/z32er24f4", "/api/sca/v2.0/users/z32er24f4"] {
        let reply = client.delete(path).await;
        assert_eq!(reply.status, 405, "{path}");
        assert_eq!(reply.body, json!({"message": "Deleting a user is not possible."}), "{path}");
    }
    assert_eq!(client.get("/api/v2.0/users/z32er24f4").await.status, 200);
    let again = client.post("/api/v1.1/users/z32er24f4", &person(user, "OTHER")).await;
    assert_eq!((again.status, again.body["message"].is_string()), (409, true), "{}", again.text);
    // Nor somebody with the same e-mail address.
    let same = client.post("/api/v1.1/users/z32er24f5", &json!({"profile": person(user, "")["profile"]})).await;
    assert_eq!(same.status, 409, "{}", same.text);
    // Many at once make one.
    let tries = (0..12).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.post("/api/v1.1/users/at-once-1", &person("at-once-1", "")).await.status })
    });
    let mut statuses = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        statuses.push(one.await.expect("answered"));
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
}

#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let client = &vendor.client;
    let message = |reply: &crate::house::Reply| reply.body["message"].as_str().unwrap_or_default().to_owned();
    for (path, change, field) in [
        ("/api/v1.1/users/short", json!({}), "appUserId"),
        ("/api/v1.1/users/z32er24f4", json!({"appUserId": "z32er24f5"}), "appUserId"),
        ("/api/v1.1/users/z32er24f4", json!({"profile": null}), "profile"),
        ("/api/v1.1/users/z32er24f4", json!({"profile": {"firstName": "A", "lastName": "B"}}), "profile.birthDate"),
        (
            "/api/v1.1/users/z32er24f4",
            json!({"profile": {"lastName": "B", "birthDate": "1990-01-01"}}),
            "profile.firstName",
        ),
        ("/api/v1.1/users/z32er24f4", json!({"roles": "none"}), "roles"),
        ("/api/v2.0/users", json!({"appUserId": null}), "appUserId"),
        ("/api/v2.0/users", json!({"appUserId": "has blanks in"}), "appUserId"),
    ] {
        let mut body = person("z32er24f4", "");
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let reply = client.post(path, &body).await;
        assert_eq!(reply.status, 400, "{path} {change}: {}", reply.text);
        assert!(message(&reply).contains(field), "{field} in {}", reply.text);
        assert!(!reply.text.contains("Marie"), "{}", reply.text);
    }
    let bearer = format!("Bearer {}", client.token);
    for (body, kind, status) in [
        ("{", "application/json", 400),
        ("{\"a\":1,\"a\":2}", "application/json", 400),
        ("[]", "application/json", 400),
        ("x", "text/plain", 400),
    ] {
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        let reply = client.send_raw("POST", "/api/v2.0/users", Some(body.into()), &headers).await;
        assert_eq!((reply.status, message(&reply).is_empty()), (status, false), "{body}: {}", reply.text);
    }
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(70_000));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    assert_eq!(client.send_raw("POST", "/api/v2.0/users", Some(large.into()), &headers).await.status, 413);
    assert_eq!(client.get("/api/v2.0/users/z32er24f4").await.status, 404);
    assert_eq!(client.get("/api/v2.0/users").await.body["values"], json!([]));

    vendor.create("z32er24f4", "").await;
    let declarative = "/api/v2.0/users/z32er24f4/declarative";
    for (body, field) in [
        (json!({"asset": 1, "income": 1}), "economicActivity"),
        (json!({"economicActivity": "32", "asset": 1, "income": 1}), "economicActivity"),
        (json!({"economicActivity": "37", "asset": 0, "income": 1}), "asset"),
        (json!({"economicActivity": "37", "asset": 1, "income": 8}), "income"),
        (json!({"economicActivity": "37", "asset": 1}), "income"),
    ] {
        let reply = client.post(declarative, &body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(message(&reply).contains(field), "{field} in {}", reply.text);
    }
    assert_eq!(client.get(declarative).await.status, 404);
    assert_eq!(
        client
            .post("/api/v2.0/users/nobody-00/declarative", &json!({"economicActivity": "37", "asset": 1, "income": 1}))
            .await
            .status,
        404
    );
    let attachments = "/api/v2.0/users/z32er24f4/kyc/attachments";
    let picture = crate::waldo::document::png(80, 60, b"");
    for (parts, field) in [
        (vec![("file", picture.as_slice())], "type"),
        (vec![("type", b"ID_CARD".as_slice())], "file"),
        (vec![("type", b"SCTIN".as_slice()), ("file", picture.as_slice())], "type"),
        (vec![("type", b"ID_CARD".as_slice()), ("file", b"MZ program".as_slice())], "file"),
    ] {
        let reply = vendor.upload(attachments, &parts).await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert!(message(&reply).contains(field), "{field} in {}", reply.text);
    }
    assert_eq!(client.post(attachments, &json!({})).await.status, 400);
    assert_eq!(client.get("/api/v3.0/users/z32er24f4/nothing").await.status, 404);
    assert_eq!(client.put("/api/v2.0/webhooks", &json!({})).await.status, 405);
}

#[tokio::test]
async fn the_activation_code_is_a_picture() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    vendor.create("z32er24f4", "").await;
    let path = "/api/v2.0/users/z32er24f4/activation-code";
    let svg = vendor.client.get(&format!("{path}.svg")).await;
    assert_eq!((svg.status, svg.headers["content-type"].to_str().ok()), (200, Some("image/svg+xml")));
    assert!(svg.text.contains("<svg"));
    let png = vendor.client.get(&format!("{path}.png")).await;
    assert_eq!((png.status, png.headers["content-type"].to_str().ok()), (200, Some("image/png")));
    assert_eq!(vendor.client.get("/api/v2.0/users/nobody-00/activation-code.svg").await.status, 404);
}

#[tokio::test]
async fn a_list_is_narrowed_by_names_and_states() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let client = &vendor.client;
    for (user, last, birth) in [("list-0001", "Martin", "Durand"), ("list-0002", "Moreau", "Moreau")] {
        let mut body = person(user, "FRAUD");
        (body["profile"]["lastName"], body["profile"]["birthName"]) = (json!(last), json!(birth));
        assert_eq!(client.post(&format!("/api/v1.1/users/{user}"), &body).await.status, 201);
    }
    vendor.show("list-0002", "ID_CARD").await;
    vendor.wait_for("34", "list-0002", "userRecordStatus", "Refused").await;
    for (criteria, found) in [
        ("lastName=martin", vec!["list-0001"]),
        ("lastName=Mart", vec![]),
        ("birthName=Moreau", vec!["list-0002"]),
        ("firstName=MARIE", vec!["list-0001", "list-0002"]),
        ("firstName=Marie&criteria.lastName=Moreau", vec!["list-0002"]),
        ("kycStatus=8", vec!["list-0002"]),
        ("kycStatus=Pending", vec!["list-0001"]),
        ("status=WaitingKYC", vec!["list-0001"]),
        ("status=5", vec!["list-0002"]),
        ("types=Part", vec!["list-0001", "list-0002"]),
        ("types=Pro,Technical", vec![]),
        ("appUserId=list-0001&criteria.lastName=Moreau", vec![]),
        ("email=list-0001%2BLC_FRAUD%40bank.example&criteria.status=6", vec!["list-0001"]),
    ] {
        let reply = client.get(&format!("/api/v1.1/users?criteria.{criteria}")).await;
        let users: Vec<&str> = reply.body["value"]
            .as_array()
            .unwrap_or_else(|| panic!("{}", reply.text))
            .iter()
            .filter_map(|user| user["AppUserId"].as_str())
            .collect();
        assert_eq!(users, found, "{criteria}");
    }
    // Page by page; the link to the next page narrows as this one does.
    let first = client.get("/api/v1.1/users?criteria.firstName=Marie&criteria.perPage=1").await.body;
    assert_eq!(first["value"][0]["AppUserId"], "list-0001");
    let next = client.get(first["links"][0]["href"].as_str().expect("a next page")).await.body;
    assert_eq!(
        (&next["value"][0]["AppUserId"], next["links"].as_array().map(Vec::len)),
        (&json!("list-0002"), Some(1))
    );
    assert!(next["links"][0]["href"].as_str().expect("a link").contains("criteria.firstName=Marie"), "{next}");
    for wrong in ["status=x", "kycStatus=10", "types=Everybody"] {
        let reply = client.get(&format!("/api/v1.1/users?criteria.{wrong}")).await;
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(reply.text.contains(wrong.split('=').next().expect("a name")), "{}", reply.text);
    }
}

#[tokio::test]
async fn of_many_at_once_one_has_an_email_address() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let tries = (0..12).map(|number| {
        let client = vendor.client.clone();
        let user = format!("email-{number:04}");
        let mut body = person(&user, "");
        body["profile"]["email"] = json!(if number % 2 == 0 { "one@bank.example" } else { "ONE@bank.example" });
        tokio::spawn(async move { client.post(&format!("/api/v1.1/users/{user}"), &body).await.status })
    });
    let mut statuses = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        statuses.push(one.await.expect("answered"));
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
}
