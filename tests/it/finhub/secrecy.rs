//! Nothing of a password, a token or a person in clear: not in the log, not in any file of the data folder.

use std::path::Path;

use super::bank::{Bank, INDIVIDUAL, PASSWORD};
use crate::house::House;

fn holds(folder: &Path, needle: &[u8], but: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with(but) {
                found.extend(holds(&path, needle, but));
            }
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(needle.len()).any(|window| window == needle)
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn nothing_is_kept_or_logged_in_clear() {
    let mut house = House::open_with(&["--sandbox"]);
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    let mailed = super::bank::mailed_token(&house.data().join("outbox"), &who.email).await;
    for guess in ["Guessed-Password-1", "Guessed-Password-2"] {
        assert_eq!(bank.try_sign_in(&who, guess).await.status, 401);
    }
    let token = bank.sign_in(&who).await;
    let signature = token.rsplit('.').next().expect("a signature").to_owned();
    let reply = bank.ask_as(&token, "GET", &format!("{INDIVIDUAL}/{}", who.customer), None).await;
    assert_eq!(reply.status, 200);
    let log = house.log();
    house.stop();
    let secrets =
        [PASSWORD, "SecurePass", "Guessed-Password", "argon2id", &mailed, &signature, bank.client.token.as_str()];
    let personal = ["john.doe", "Robert", "+12125551234", "123 Main Street", "Tech Corp Inc", "192.168.1.100"];
    for needle in secrets.iter().chain(&personal) {
        assert!(!log.contains(needle), "{needle} is in the log");
        // The mail itself is the one file that holds what it says.
        assert_eq!(holds(house.data(), needle.as_bytes(), "outbox"), [""; 0], "{needle}");
    }
}
