//! Signing in: what is answered, when an account is locked, and when a token is over.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::bank::{Bank, Enrolled, INDIVIDUAL, PASSWORD};
use crate::house::{House, eventually};

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("Base64")).expect("JSON")
}

#[tokio::test]
async fn a_session_is_answered_in_the_vendors_shape() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;

    let wrong = bank.try_sign_in(&who, "SecurePass123!@").await;
    assert_eq!((wrong.status, &wrong.body["message"]), (401, &json!("Authentication failed")), "{}", wrong.text);
    let data = &wrong.body["data"];
    assert_eq!((&data["success"], &data["errorType"]), (&json!(false), &json!("AUTHENTICATION")));
    assert_eq!((&data["message"], &data["attempts"]), (&json!("Invalid username or password"), &json!(1)));
    assert_eq!(data["maxAttempts"], 5);

    // The address in another case is the same one.
    let reply = bank.try_sign_in(&Enrolled { email: "John.DOE@Example.com".to_owned(), ..who.clone() }, PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let session = &reply.body["data"];
    assert!(session["sessionMetadata"]["clientIp"].as_str().is_some_and(|ip| ip.starts_with("127.")), "{session}");
    let claims = claims(session["token"].as_str().expect("a token"));
    for (name, value) in [
        ("sub", json!(who.user)),
        ("customerId", json!(who.customer)),
        ("tenantId", json!(bank.client.tenant.id)),
        ("roles", json!(["USER"])),
        ("sessionId", session["sessionId"].clone()),
        ("iss", json!("muse-proxy-bff")),
        ("aud", json!("finhub-services")),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_eq!(claims["exp"].as_i64().expect("a time") - claims["iat"].as_i64().expect("a time"), 3600);

    // The header may name the tenant by its id or not at all, but not another one.
    let path = format!("{INDIVIDUAL}/{}/users/{}/sessions", who.customer, who.user);
    let body = bank.credentials(&who.email, PASSWORD).to_string().into_bytes();
    let stranger = "00000000-0000-4000-8000-000000000000";
    for (named, status) in
        [(Some(bank.client.tenant.id.as_str()), 200), (None, 200), (Some(stranger), 403), (Some("nobody"), 403)]
    {
        let headers: Vec<(&str, &str)> = named.iter().map(|named| ("x-tenant-id", *named)).collect();
        let reply = bank.ask_raw(&headers, "POST", &path, Some(body.clone())).await;
        assert_eq!(reply.status, status, "{named:?}: {}", reply.text);
    }

    // A success begins the count anew.
    assert_eq!(bank.try_sign_in(&who, "wrong").await.body["data"]["attempts"], 1);

    // Nobody has these ids, this name, this tenant's secret.
    for unknown in [
        Enrolled { user: stranger.to_owned(), ..who.clone() },
        Enrolled { customer: stranger.to_owned(), ..who.clone() },
        Enrolled { user: who.customer.clone(), customer: who.user.clone(), ..who.clone() },
    ] {
        let reply = bank.try_sign_in(&unknown, PASSWORD).await;
        assert_eq!((reply.status, &reply.body["message"]), (404, &json!("User not found")), "{}", reply.text);
        assert_eq!(reply.body["data"]["errorType"], "NOT_FOUND");
    }
    let other_name = Enrolled { email: "jane@example.com".to_owned(), ..who.clone() };
    assert_eq!(bank.try_sign_in(&other_name, PASSWORD).await.status, 401);
    for (name, value) in [("tenantSecret", json!("vss_wrong")), ("tenantKey", json!("nobody"))] {
        let mut body = bank.credentials(&who.email, PASSWORD);
        body[name] = value;
        let reply = bank.post(&path, &body).await;
        assert!(matches!(reply.status, 401 | 403), "{name}: {}", reply.text);
    }
    for name in ["username", "password", "tenantKey", "tenantSecret"] {
        for bad in [Value::Null, json!(7)] {
            let mut body = bank.credentials(&who.email, PASSWORD);
            body[name] = bad;
            let reply = bank.post(&path, &body).await;
            assert_eq!(
                (reply.status, &reply.body["data"]["errors"][0]["field"]),
                (400, &json!(name)),
                "{}",
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn a_hundred_guesses_at_once_are_counted_right() {
    hundred_guesses(House::open_with(&["--sandbox"])).await;
}

#[tokio::test]
async fn a_hundred_guesses_at_once_on_postgresql() {
    let Some(house) = House::open_on_postgres_with(&["--sandbox"]).await else { return };
    hundred_guesses(house).await;
}

async fn hundred_guesses(house: House) {
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let guesses = (0..100).map(|number| {
        let (bank, who) = (bank.clone(), who.clone());
        tokio::spawn(async move { bank.try_sign_in(&who, &format!("Guess-number-{number}")).await })
    });
    let mut counted = Vec::new();
    let mut locked = 0;
    for guess in guesses.collect::<Vec<_>>() {
        let reply = guess.await.expect("answered");
        match (reply.status, reply.body["message"].as_str()) {
            (401, Some("Authentication failed")) => counted.push(reply.body["data"]["attempts"].as_u64()),
            (401, Some("Account locked")) => locked += 1,
            // More than may wait for a core are sent away, uncounted.
            (429 | 503, _) => {}
            _ => panic!("{} {}", reply.status, reply.text),
        }
    }
    counted.sort_unstable();
    // The fifth failure locks; whichever of the two words it is told in, never more than five were looked at.
    assert!(counted.len() == 4 || counted.len() == 5, "{counted:?}, {locked} locked");
    assert_eq!(counted[..4], [Some(1), Some(2), Some(3), Some(4)]);
    assert!(locked >= 1);

    // The right password is of no use now, and half an hour later it is.
    let reply = bank.try_sign_in(&who, PASSWORD).await;
    assert_eq!((reply.status, &reply.body["message"]), (401, &json!("Account locked")), "{}", reply.text);
    assert_eq!(reply.body["data"]["lockoutDuration"], "30 minutes");
    let clock = json!({"advance": "PT31M"}).to_string().into_bytes();
    assert_eq!(bank.client.send_raw("POST", "/sandbox/clock", Some(clock), &[]).await.status, 200);
    assert_eq!(bank.try_sign_in(&who, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_known_and_an_unknown_name_take_the_same_time() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for number in 0..3 {
        let who = bank.register(&format!("john.{number}@example.com")).await;
        let stranger = Enrolled { email: "nobody@example.com".to_owned(), ..who.clone() };
        for _ in 0..2 {
            for (who, times) in [(&who, &mut known), (&stranger, &mut unknown)] {
                let start = Instant::now();
                assert_eq!(bank.try_sign_in(who, "Wrong-password-1").await.status, 401);
                times.push(start.elapsed());
            }
        }
    }
    known.sort_unstable();
    unknown.sort_unstable();
    let (known, unknown) = (known[known.len() / 2], unknown[unknown.len() / 2]);
    println!("known {known:?}, unknown {unknown:?}");
    // A password that is not hashed takes a hundredth of the time; anything else is the machine's noise.
    assert!(unknown * 3 > known && known * 3 > unknown, "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn an_ended_session_is_refused_at_once() {
    let house = House::open_with(&["--sandbox"]);
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let reply = bank.try_sign_in(&who, PASSWORD).await;
    let (token, session) = (reply.body["data"]["token"].clone(), reply.body["data"]["sessionId"].clone());
    let (token, session) = (token.as_str().expect("text"), session.as_str().expect("text"));
    let own = format!("{INDIVIDUAL}/{}", who.customer);
    assert_eq!(bank.ask_as(token, "GET", &own, None).await.status, 200);

    // A token that was changed, or is signed with nothing, is none.
    let (head, rest) = token.split_once('.').expect("three parts");
    let (body, signature) = rest.split_once('.').expect("three parts");
    let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let mut other = claims(token);
    other["customerId"] = json!("00000000-0000-4000-8000-000000000000");
    let other = BASE64_URL_SAFE_NO_PAD.encode(other.to_string());
    for bad in [
        format!("{none}.{body}."),
        format!("{none}.{body}.{signature}"),
        format!("{head}.{other}.{signature}"),
        format!("{head}.{body}."),
        format!("{head}.{body}.{}", &signature[1..]),
        format!("{token}.x"),
        "a.b.c".to_owned(),
    ] {
        assert_eq!(bank.ask_as(&bad, "GET", &own, None).await.status, 401, "{bad}");
    }

    let path = format!("{own}/users/{}/sessions/{session}", who.user);
    let other = bank.register("jane@example.com").await;
    let others = bank.sign_in(&other).await;
    assert_eq!(bank.ask_as(&others, "DELETE", &path, None).await.status, 403);
    assert_eq!(bank.ask_as(token, "DELETE", &path, None).await.status, 200);
    assert_eq!(bank.ask_as(token, "GET", &own, None).await.status, 401);
    assert_eq!(bank.ask_as(token, "DELETE", &path, None).await.status, 401);
    assert_eq!(bank.ask_as(&others, "GET", &format!("{INDIVIDUAL}/{}", other.customer), None).await.status, 200);

    // An hour later every session is over.
    let clock = json!({"advance": "PT61M"}).to_string().into_bytes();
    assert_eq!(bank.client.send_raw("POST", "/sandbox/clock", Some(clock), &[]).await.status, 200);
    assert_eq!(bank.ask_as(&others, "GET", &format!("{INDIVIDUAL}/{}", other.customer), None).await.status, 401);
}

#[tokio::test]
async fn an_ended_session_is_refused_on_every_node_within_a_second() {
    let Some(house) = House::open_on_postgres_with(&[]).await else { return };
    let beside = house.beside();
    let bank = Bank::open(&house).await;
    let there = bank.at(&beside);
    let who = bank.register("john.doe@example.com").await;
    let reply = bank.try_sign_in(&who, PASSWORD).await;
    let token = reply.body["data"]["token"].as_str().expect("a token").to_owned();
    let session = reply.body["data"]["sessionId"].as_str().expect("an id").to_owned();
    let own = format!("{INDIVIDUAL}/{}", who.customer);
    // The other node has seen it, and may believe what it saw for a moment.
    assert_eq!(there.ask_as(&token, "GET", &own, None).await.status, 200);
    let path = format!("{own}/users/{}/sessions/{session}", who.user);
    assert_eq!(bank.ask_as(&token, "DELETE", &path, None).await.status, 200);
    let ended = Instant::now();
    eventually("the other node refuses it", async || {
        (there.ask_as(&token, "GET", &own, None).await.status == 401).then_some(())
    })
    .await;
    assert!(ended.elapsed() < Duration::from_millis(1_500), "{:?}", ended.elapsed());

    let again = there.try_sign_in(&who, PASSWORD).await;
    assert_eq!(again.status, 200, "a session is made on every node: {}", again.text);

    // So is a program's token whose credential is revoked, and its secret opens no session.
    assert_eq!(there.get(&own).await.status, 200);
    house.run_well(&["credential", "revoke", &bank.client.tenant.client_id]);
    let revoked = Instant::now();
    for node in [&bank, &there] {
        eventually("its token is refused", async || (node.get(&own).await.status == 401).then_some(())).await;
    }
    assert!(revoked.elapsed() < Duration::from_millis(1_500), "{:?}", revoked.elapsed());
    assert_eq!(there.try_sign_in(&who, PASSWORD).await.status, 401);
}

#[tokio::test]
async fn a_token_that_others_can_check_and_an_address_that_a_proxy_vouches_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("vestibule.toml");
    std::fs::write(&config, "[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n").expect("written");
    let house = House::open_with(&["--config", config.to_str().expect("text")]);
    let bank = Bank::open(&house).await;
    let keys = bank.client.send_raw("GET", "/.well-known/jwks.json", None, &[]).await;
    assert_eq!((keys.status, &keys.body), (200, &json!({"keys": []})));
    house.run_well(&["tenant", "set", &bank.key, "finhub.jwtAlgorithm=EdDSA"]);
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let who = bank.register("john.doe@example.com").await;
    let reply = bank.try_sign_in(&who, PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["data"]["sessionMetadata"]["clientIp"], "192.168.1.100");
    let token = reply.body["data"]["token"].as_str().expect("a token");
    let own = format!("{INDIVIDUAL}/{}", who.customer);
    assert_eq!(bank.ask_as(token, "GET", &own, None).await.status, 200);
    let keys = bank.client.send_raw("GET", "/.well-known/jwks.json", None, &[]).await.body;
    let header = token.split('.').next().expect("three parts");
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).expect("Base64")).expect("JSON");
    assert_eq!((&header["alg"], &header["kid"]), (&json!("EdDSA"), &keys["keys"][0]["kid"]));
    assert_eq!(keys["keys"][0]["d"], Value::Null, "the private half is nobody's");

    // What is public signs nothing: neither with the other algorithm nor with none.
    let body = token.split('.').nth(1).expect("three parts");
    let public = keys["keys"][0]["x"].as_str().expect("text");
    let raw = BASE64_URL_SAFE_NO_PAD.decode(public).expect("Base64");
    for secret in [raw.as_slice(), public.as_bytes(), b""] {
        for alg in ["HS256", "EdDSA", "none"] {
            let header = json!({"alg": alg, "typ": "JWT", "kid": keys["keys"][0]["kid"]}).to_string();
            let signed = format!("{}.{body}", BASE64_URL_SAFE_NO_PAD.encode(header));
            let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).expect("any length");
            mac.update(signed.as_bytes());
            let forged = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
            assert_eq!(bank.ask_as(&forged, "GET", &own, None).await.status, 401, "{alg}");
        }
    }

    // Another key signs from now on; what the one before signed lives to its end, and so long both are published.
    house.run_well(&["tenant", "rotate-jwt-key", &bank.key]);
    let later = bank.sign_in(&who).await;
    assert_ne!(later.split('.').next(), token.split('.').next(), "another key is named");
    for token in [token, &later] {
        assert_eq!(bank.ask_as(token, "GET", &own, None).await.status, 200);
    }
    let keys = bank.client.send_raw("GET", "/.well-known/jwks.json", None, &[]).await.body;
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(2), "{keys}");
}

#[tokio::test]
async fn right_passwords_at_the_same_time_are_no_guesses() {
    let house = House::open();
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let tries = (0..40).map(|_| {
        let (bank, who) = (bank.clone(), who.clone());
        tokio::spawn(async move { bank.try_sign_in(&who, PASSWORD).await })
    });
    for tried in tries.collect::<Vec<_>>() {
        let reply = tried.await.expect("answered");
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}
