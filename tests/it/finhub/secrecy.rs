//! Nothing of a password, a token or a person in clear, however written: not in the log, not in any file of the data folder.

use std::path::Path;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::bank::{Bank, INDIVIDUAL, PASSWORD, person};
use crate::house::House;

/// Every file below the folder with what it holds, but for a folder of this name.
fn files(folder: &Path, but: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with(but) {
                found.extend(files(&path, but));
            }
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
    found
}

/// The ways in which programs write a text: as it is, in UTF-16, in hexadecimal, in Base64 at each of three offsets, and
/// as a URL has it.
fn written(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut ways = vec![bytes.to_vec(), text.to_lowercase().into_bytes(), hex::encode(bytes).into_bytes()];
    ways.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    ways.push(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>().into_bytes());
    let quoted =
        |byte: &u8| if byte.is_ascii_alphanumeric() { (*byte as char).to_string() } else { format!("%{byte:02X}") };
    ways.push(bytes.iter().map(quoted).collect::<String>().into_bytes());
    for offset in 0..3 {
        let shifted = [vec![0; offset], bytes.to_vec()].concat();
        for encoded in [BASE64_STANDARD_NO_PAD.encode(&shifted), BASE64_URL_SAFE_NO_PAD.encode(&shifted)] {
            // The first and the last characters depend on what stands beside.
            let whole = &encoded[if offset == 0 { 0 } else { 4 }..encoded.len() / 4 * 4 - 4];
            ways.push(whole.as_bytes().to_vec());
        }
    }
    ways
}

fn holds(text: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(text, needle).is_some()
}

#[test]
fn what_is_hidden_is_found() {
    let clear = json!({"password": PASSWORD}).to_string();
    for hidden in [
        clear.clone().into_bytes(),
        BASE64_STANDARD_NO_PAD.encode(&clear).into_bytes(),
        BASE64_URL_SAFE_NO_PAD.encode(&clear[1..]).into_bytes(),
        hex::encode(&clear).into_bytes(),
    ] {
        assert!(written(PASSWORD).iter().any(|way| holds(&hidden, way)), "{}", String::from_utf8_lossy(&hidden));
    }
}

#[tokio::test]
async fn nothing_is_kept_or_logged_in_clear() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("vestibule.toml");
    std::fs::write(&config, "[log]\nfilter = \"trace\"\n").expect("written");
    let mut house = House::open_with(&["--sandbox", "--config", config.to_str().expect("text")]);
    house.sample_list().await;
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let mailed = super::bank::mailed_token(&house.data().join("outbox"), &who.email).await;
    for guess in ["Guessed-Password-1", "Guessed-Password-2"] {
        assert_eq!(bank.try_sign_in(&who, guess).await.status, 401);
    }
    // What is refused is kept nowhere either, and no answer repeats it.
    let mut bad = person("jane.roe@example.com");
    (bad["password"], bad["matchingPassword"]) = (json!("refused-password"), json!("refused-repetition"));
    bad["individualCustomer"]["nationality"] = json!("refused-country");
    let refused = bank.post(&format!("{INDIVIDUAL}/registration"), &bad).await;
    assert_eq!((refused.status, refused.text.contains("refused-")), (400, false), "{}", refused.text);
    // The whole way, with what every step brings.
    let (token, _) = bank.verify(&who).await;
    bank.consent(&who, &token).await;
    let iban = bank.activate(&who).await.body["data"]["iban"].as_str().expect("a number").to_owned();
    let signature = token.rsplit('.').next().expect("a signature").to_owned();
    assert_eq!(
        bank.post(&format!("{INDIVIDUAL}/{}/email-verification", who.customer), &json!({"token": mailed})).await.status,
        200
    );
    let log = house.log();
    house.stop();
    let secrets = [
        PASSWORD,
        "SecurePass",
        "Guessed-Password",
        "refused-",
        "argon2id",
        &mailed,
        &signature,
        bank.client.token.as_str(),
        bank.client.tenant.client_secret.as_str(),
    ];
    let personal =
        ["john.doe", "jane.roe", "+12125551234", "123 Main Street", "Tech Corp Inc", "192.168.1.100", iban.as_str()];
    let files = files(house.data(), "outbox");
    assert!(files.len() > 2 && log.contains("Answered 401"), "there is something to look at");
    for needle in secrets.iter().chain(&personal) {
        for way in written(needle) {
            let way_text = String::from_utf8_lossy(&way);
            assert!(!holds(log.as_bytes(), &way), "{needle} is in the log as {way_text}");
            // The mail itself is the one file that holds what it says.
            for (file, bytes) in &files {
                assert!(!holds(bytes, &way), "{needle} is in {file} as {way_text}");
            }
        }
    }
}
