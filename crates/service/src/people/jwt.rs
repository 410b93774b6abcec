//! JSON Web Tokens (RFC 7519), as little of them as is needed: two algorithms, one header, one set of claims.
//!
//! The key decides the algorithm, never the token: a token that says another one than its key was made for is refused,
//! and `none` is no key's.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Map, Value, json};
use sha2::Sha256;

/// Longer texts are no tokens of ours.
const TOKEN_BYTES_MAX: usize = 4_096;

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA-256, which only who has the key can check.
    Hs256,
    /// Ed25519, which everybody can check.
    EdDsa,
}

/// A key of one algorithm.
pub(crate) enum Key {
    Hs256([u8; 32]),
    EdDsa(Box<Ed25519KeyPair>),
}

/// A token as it was sent, taken apart and not yet believed.
pub(crate) struct Unverified<'t> {
    signed: &'t str,
    signature: Vec<u8>,
    payload: &'t str,
    algorithm: String,
    /// The key it names.
    pub key_id: String,
}

impl Algorithm {
    const ALL: [Self; 2] = [Self::Hs256, Self::EdDsa];

    /// The word in tokens, settings and the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }
}

impl Key {
    /// The key of 32 secret bytes.
    pub fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        let secret: [u8; 32] = secret.try_into().ok()?;
        match algorithm {
            Algorithm::Hs256 => Some(Self::Hs256(secret)),
            Algorithm::EdDsa => {
                Ed25519KeyPair::from_seed_unchecked(&secret).ok().map(|pair| Self::EdDsa(Box::new(pair)))
            }
        }
    }

    const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Hs256(_) => Algorithm::Hs256,
            Self::EdDsa(_) => Algorithm::EdDsa,
        }
    }

    /// A token with these claims.
    pub fn sign(&self, key_id: &str, claims: &Value) -> String {
        let header = json!({ "alg": self.algorithm().as_str(), "typ": "JWT", "kid": key_id });
        let mut token = encoded(header.to_string().as_bytes());
        token.push('.');
        token.push_str(&encoded(claims.to_string().as_bytes()));
        let signature = match self {
            Self::Hs256(secret) => mac(secret, &token).finalize().into_bytes().to_vec(),
            Self::EdDsa(pair) => pair.sign(token.as_bytes()).as_ref().to_vec(),
        };
        token.push('.');
        token.push_str(&encoded(&signature));
        token
    }

    /// The claims of a token that this key signed, for this algorithm.
    pub fn verify(&self, token: &Unverified<'_>) -> Option<Map<String, Value>> {
        if token.algorithm != self.algorithm().as_str() {
            return None;
        }
        let holds = match self {
            Self::Hs256(secret) => mac(secret, token.signed).verify_slice(&token.signature).is_ok(),
            Self::EdDsa(pair) => {
                let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref());
                public.verify(token.signed.as_bytes(), &token.signature).is_ok()
            }
        };
        if holds { object(token.payload) } else { None }
    }

    /// The key as others may have it (RFC 8037); none where only we can check.
    pub fn published(&self, key_id: &str) -> Option<Value> {
        let Self::EdDsa(pair) = self else { return None };
        let x = encoded(pair.public_key().as_ref());
        Some(json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key_id, "x": x }))
    }
}

impl<'t> Unverified<'t> {
    /// Takes a token apart.
    pub fn parse(token: &'t str) -> Option<Self> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if payload.contains('.') {
            return None;
        }
        let header = object(header)?;
        // Whatever is critical is something we do not know (RFC 7515, 4.1.11).
        let plain = header.get("typ").is_none_or(|typ| typ == "JWT") && !header.contains_key("crit");
        let word = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        let (algorithm, key_id) = (word("alg")?, word("kid").filter(|id| id.len() <= 64)?);
        plain.then_some(Self { signed, signature: decoded(signature)?, payload, algorithm, key_id })
    }
}

/// Whether a token of these times is in force; clocks of several nodes may differ by a minute.
pub(crate) fn in_force(claims: &Map<String, Value>, now: Timestamp) -> bool {
    const LEEWAY_SECONDS: i64 = 60;
    let at = |name: &str| claims.get(name).and_then(Value::as_i64);
    let begun = |name: &str| at(name).is_none_or(|at| at <= now.as_second() + LEEWAY_SECONDS);
    at("exp").is_some_and(|end| now.as_second() < end) && begun("iat") && begun("nbf")
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&decoded(part)?).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn mac(secret: &[u8; 32], text: &str) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// One text for one value: padding and stray bits are refused.
fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> [Key; 2] {
        Algorithm::ALL.map(|algorithm| Key::new(algorithm, &[7; 32]).expect("32 bytes"))
    }

    fn read(key: &Key, token: &str) -> Option<Map<String, Value>> {
        key.verify(&Unverified::parse(token)?)
    }

    /// A token signed as the specification says, with whatever header.
    fn forged(header: &Value, secret: &[u8; 32]) -> String {
        let signed = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(br#"{"sub":"x"}"#));
        let signature = encoded(&mac(secret, &signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    #[test]
    fn the_example_of_the_specification_holds() {
        // RFC 8037, appendix A.4: Ed25519 over the text of the example.
        let seed = decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").expect("the published key");
        let Some(Key::EdDsa(pair)) = Key::new(Algorithm::EdDsa, &seed) else { unreachable!() };
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(encoded(pair.sign(signed.as_bytes()).as_ref()), signature);
        let published = Key::EdDsa(pair).published("a").expect("public");
        assert_eq!(published["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    }

    #[test]
    fn what_is_signed_reads_back_with_its_own_key_only() {
        let claims = json!({ "sub": "x" });
        for key in &keys() {
            let token = key.sign("k1", &claims);
            assert_eq!(Unverified::parse(&token).map(|token| token.key_id), Some("k1".to_owned()));
            assert_eq!(read(key, &token).map(Value::Object), Some(claims.clone()));
            let other = Key::new(key.algorithm(), &[8; 32]).expect("32 bytes");
            assert_eq!(read(&other, &token), None);
        }
        let [hs256, eddsa] = keys();
        assert_eq!(read(&hs256, &eddsa.sign("k1", &claims)), None);
        assert_eq!(read(&eddsa, &hs256.sign("k1", &claims)), None);
        assert!(hs256.published("k1").is_none());
        assert!(Key::new(Algorithm::Hs256, &[7; 31]).is_none());
    }

    #[test]
    fn nothing_that_was_tampered_with_is_believed() {
        for key in &keys() {
            let token = key.sign("k1", &json!({ "sub": "x" }));
            let parts: Vec<&str> = token.split('.').collect();
            let none = encoded(br#"{"alg":"none","typ":"JWT","kid":"k1"}"#);
            let other_claims = encoded(br#"{"sub":"y"}"#);
            let table = [
                format!("{}.{}.", parts[0], parts[1]),
                format!("{}.{}", parts[0], parts[1]),
                format!("{none}.{}.", parts[1]),
                format!("{none}.{}.{}", parts[1], parts[2]),
                format!("{}.{other_claims}.{}", parts[0], parts[2]),
                format!("{token}."),
                format!("{token}="),
                format!(".{token}"),
                format!("{token}.{}", parts[2]),
                format!("{}.{}.{}", parts[0], parts[1], &parts[2][1..]),
                format!("{token}{}", "x".repeat(TOKEN_BYTES_MAX)),
                String::new(),
                "..".to_owned(),
            ];
            for text in table {
                assert_eq!(read(key, &text), None, "{text}");
            }
            // Every single character counts, in every part.
            for (at, c) in token.char_indices() {
                let mut changed = token.clone();
                changed.replace_range(at..=at, if c == 'A' { "B" } else { "A" });
                assert_eq!(read(key, &changed), None, "{at}");
            }
        }
    }

    #[test]
    fn the_header_is_taken_at_its_word_or_not_at_all() {
        let [hs256, eddsa] = keys();
        let good = json!({ "alg": "HS256", "typ": "JWT", "kid": "k1" });
        assert!(read(&hs256, &forged(&good, &[7; 32])).is_some());
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("None")),
            ("alg", json!("hs256")),
            ("alg", json!("HS512")),
            ("alg", json!("EdDSA")),
            ("alg", Value::Null),
            ("typ", json!("JWE")),
            ("kid", Value::Null),
            ("kid", json!("k".repeat(65))),
            ("crit", json!(["exp"])),
        ] {
            let mut header = good.clone();
            header[name] = value;
            assert!(read(&hs256, &forged(&header, &[7; 32])).is_none(), "{header}");
        }
        // The public key of one algorithm is no secret of the other (RFC 8725, 2.1).
        let Key::EdDsa(pair) = &eddsa else { unreachable!() };
        let public: [u8; 32] = pair.public_key().as_ref().try_into().expect("32 bytes");
        assert!(read(&eddsa, &forged(&good, &public)).is_none());
    }

    #[test]
    fn times_are_kept() {
        let now = Timestamp::from_second(1_000_000).expect("a second");
        let claims = |json: Value| json.as_object().cloned().expect("an object");
        for (json, expected) in [
            (json!({ "exp": 1_000_001, "iat": 999_999 }), true),
            (json!({ "exp": 1_000_000, "iat": 999_999 }), false),
            (json!({ "iat": 999_999 }), false),
            (json!({ "exp": "1000001" }), false),
            (json!({ "exp": 1_000_001, "iat": 1_000_061 }), false),
            (json!({ "exp": 1_000_001, "nbf": 1_000_061 }), false),
        ] {
            assert_eq!(in_force(&claims(json.clone()), now), expected, "{json}");
        }
    }
}
