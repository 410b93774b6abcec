//! Who is admitted, beside what every customer is.

use std::fmt;

use crate::evaluation::words;
use crate::pii::Pii;

/// The institution's id of a customer: 9 to 30 of `0-9 a-z A-Z _ - . ! ( )`, as the Xpollens dialect has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AppUserId(String);

impl AppUserId {
    /// The id, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-.!()".contains(c);
        ((9..=30).contains(&text.len()) && text.chars().all(fits)).then(|| Self(text.to_owned()))
    }

    /// It, as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a customer is called where its own id must not stand: twelve letters and digits that say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicCode(String);

impl PublicCode {
    /// Its characters.
    pub const CHARS: usize = 12;

    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

    /// The code of these random bytes.
    #[must_use]
    pub fn of(random: [u8; Self::CHARS]) -> Self {
        Self(random.iter().map(|byte| char::from(Self::ALPHABET[usize::from(byte % 32)])).collect())
    }

    /// Reads one back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == Self::CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// It, as it is told.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a customer is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Civility {
    /// Mr.
    Mr,
    /// Mrs.
    Mrs,
    /// Miss.
    Miss,
}

words!(Civility { Mr = "mr", Mrs = "mrs", Miss = "miss" });

/// What is known of a birth beside the day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Birth {
    /// The family name at birth.
    pub name: Option<Pii<String>>,
    /// Where.
    pub city: Option<Pii<String>>,
    /// Its postal code.
    pub postal_code: Option<Pii<String>>,
    /// ISO 3166-1 alpha-2 in lower case.
    pub country: Option<Pii<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_nine_to_thirty_of_its_characters() {
        for (text, fits) in [
            ("z32er24f4", true),
            ("a_b-c.d!(e)", true),
            (&"x".repeat(30), true),
            ("12345678", false),
            (&"x".repeat(31), false),
            ("z32er24f é", false),
            ("z32er 24f4", false),
        ] {
            assert_eq!(AppUserId::parse(text).is_some(), fits, "{text}");
        }
    }

    #[test]
    fn a_public_code_reads_back() {
        let code = PublicCode::of([0, 1, 31, 32, 33, 255, 7, 8, 9, 10, 11, 12]);
        assert_eq!(code.as_str().len(), PublicCode::CHARS);
        assert_eq!(PublicCode::parse(code.as_str()), Some(code));
        assert_eq!(PublicCode::parse("short"), None);
    }
}
