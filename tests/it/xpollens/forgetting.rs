//! Who comes no further is gone after ninety days, with everything that leads to it; who is held stays.

use std::path::Path;

use serde_json::json;

use super::money::{account, secret, tell_at, transfer};
use super::vendor::{Step, Vendor, client_of, house, person};
use crate::house::{eventually, http};

/// Which of these stand in a file of the folder, as they are, in UTF-16, or in hexadecimal.
fn found_in(folder: &Path, texts: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).expect("readable");
            for text in texts {
                let spelt = [
                    text.as_bytes().to_vec(),
                    text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                    hex::encode(text).into_bytes(),
                ];
                if spelt.iter().any(|spelt| bytes.windows(spelt.len()).any(|window| window == spelt.as_slice())) {
                    found.push(format!("{text} in {}", entry.path().display()));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn after_ninety_days_nothing_is_left_and_nothing_leads_there() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let secret = secret(&house, &vendor.client.tenant.id);
    let (gone, held) = ("gone-prospect-1", "held-prospect-1");
    for user in [gone, held] {
        vendor.create(user, "ACCEPTED").await;
        vendor.take(Step::Document, user).await;
    }
    let account = account(&vendor, gone).await;
    let (account_id, iban) = (account["accountId"].as_str().expect("an id"), account["iban"].as_str().expect("booked"));
    let code = vendor.wait("35", gone, 1).await[0]["ActivationCode"].as_str().expect("a code").to_owned();
    let profile = person(gone, "ACCEPTED")["profile"].clone();
    let mut texts: Vec<String> = ["lastName", "birthName", "email", "phoneNumber"]
        .iter()
        .filter_map(|field| profile[field].as_str().filter(|text| text.len() > 5).map(str::to_owned))
        .collect();
    texts.extend([gone.to_owned(), iban.to_owned()]);
    assert_eq!(found_in(house.data(), &texts), [] as [&str; 0], "not even before");
    house.run_well(&["customer", "hold", held, "--reason", "a court asked"]);

    let advance = http().post(format!("{}/sandbox/clock", house.address())).body(r#"{"advance":"P91D"}"#);
    assert_eq!(advance.send().await.expect("answered").status(), 200);
    // Tokens have ended too.
    let client = client_of(&house, vendor.client.tenant.clone()).await;
    let vendor = Vendor { client, receiver: vendor.receiver };
    let client = &vendor.client;
    let path = format!("/api/v2.0/users/{gone}");
    eventually("it is forgotten", async || (client.get(&path).await.status == 404).then_some(())).await;
    assert_eq!(client.get(&format!("/api/v2.0/accounts/{account_id}")).await.status, 404);
    let bind = json!({"activationCode": code, "publicKey": {}}).to_string();
    let bind = client.send_raw("POST", "/sdk/v1/wallets", Some(bind.into()), &[("content-type", "application/json")]);
    let status = bind.await.status;
    assert!(matches!(status, 400 | 404 | 410), "{status}");
    let money = transfer("t-1", iban, 5_000, "ANYBODY").to_string();
    assert_eq!(tell_at(&vendor, &secret, &money, 91 * 86_400).await.status, 404);
    assert_eq!(found_in(house.data(), &texts), [] as [&str; 0]);
    assert!(house.run_well(&["audit", "verify"]).contains("holds"));

    assert_eq!(client.get(&format!("/api/v2.0/users/{held}")).await.status, 200);
    house.run_well(&["customer", "release", held, "--reason", "it is settled"]);
    let path = format!("/api/v2.0/users/{held}");
    eventually("it is forgotten", async || (client.get(&path).await.status == 404).then_some(())).await;
    // The same id may come again.
    vendor.create(gone, "").await;
}
