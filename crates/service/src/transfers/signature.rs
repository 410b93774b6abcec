//! Standard Webhooks, version 1, from the receiver's side (standardwebhooks.com): HMAC-SHA-256 over id, time and body.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// How far the time of a message may be from ours, either way: what the standard's own libraries take.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What a secret begins with whose rest is base64.
pub(crate) const PREFIX: &str = "whsec_";

/// Most signatures of one message that are looked at: a sender that changes its secret sends two.
const SIGNATURES_MAX: usize = 8;

/// A message as it came: the three headers, and the body byte for byte.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: &'a str,
    /// `webhook-signature`: one or more, with a blank between them.
    pub signatures: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl Signed<'_> {
    /// Whether it was signed with this secret, and near enough to now.
    #[must_use]
    pub fn holds(&self, secret: &str, now: Timestamp) -> bool {
        if self.id.is_empty() || !self.is_recent(now) {
            return false;
        }
        let key = key(secret);
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).expect("HMAC takes a key of any length");
        for part in [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", self.body] {
            mac.update(part);
        }
        let given = self.signatures.split(' ').take(SIGNATURES_MAX).filter_map(|one| one.strip_prefix("v1,"));
        given.filter_map(|one| BASE64_STANDARD.decode(one).ok()).any(|one| mac.clone().verify_slice(&one).is_ok())
    }

    fn is_recent(&self, now: Timestamp) -> bool {
        let digits = (1..=12).contains(&self.timestamp.len()) && self.timestamp.bytes().all(|b| b.is_ascii_digit());
        let sent =
            self.timestamp.parse().ok().filter(|_| digits).and_then(|second| Timestamp::from_second(second).ok());
        sent.is_some_and(|sent| sent.duration_since(now).abs() <= TOLERANCE)
    }
}

/// The bytes of a secret: what stands behind `whsec_` in base64, or the text itself where it is none.
fn key(secret: &str) -> Vec<u8> {
    let encoded = secret.strip_prefix(PREFIX).and_then(|encoded| BASE64_STANDARD.decode(encoded).ok());
    encoded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard's own documentation.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const EXAMPLE: Signed<'_> = Signed {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1614265330",
        signatures: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        body: br#"{"test": 2432232314}"#,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn the_published_example_holds() {
        assert!(EXAMPLE.holds(SECRET, at(1_614_265_330)));
        let among = Signed { signatures: &format!("v1a,xyz v1,AAAA {}", EXAMPLE.signatures), ..EXAMPLE };
        assert!(among.holds(SECRET, at(1_614_265_330)));
    }

    #[test]
    fn whatever_is_changed_holds_no_more() {
        let now = at(1_614_265_330);
        for changed in [
            Signed { id: "msg_other", ..EXAMPLE },
            Signed { id: "", ..EXAMPLE },
            Signed { timestamp: "1614265331", ..EXAMPLE },
            Signed { timestamp: "+1614265330", ..EXAMPLE },
            Signed { timestamp: "soon", ..EXAMPLE },
            Signed { timestamp: "99999999999999999999", ..EXAMPLE },
            Signed { body: br#"{"test": 2432232315}"#, ..EXAMPLE },
            Signed { signatures: "", ..EXAMPLE },
            Signed { signatures: "v1,", ..EXAMPLE },
            Signed { signatures: "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", ..EXAMPLE },
            Signed { signatures: "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", ..EXAMPLE },
        ] {
            assert!(!changed.holds(SECRET, now), "{changed:?}");
        }
        assert!(!EXAMPLE.holds("whsec_AAAA", now));
    }

    #[test]
    fn a_message_is_good_for_five_minutes_either_way() {
        for (second, holds) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
            assert_eq!(EXAMPLE.holds(SECRET, at(1_614_265_330 + second)), holds, "{second}");
        }
    }
}
