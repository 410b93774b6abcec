//! What a password must be before it is hashed. Every rule that is broken is named, so that one answer is enough.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Fewest characters.
pub const CHARS_MIN: usize = 8;

/// Most characters. Far more than anybody types, and few enough that hashing them costs nothing worth attacking.
pub const CHARS_MAX: usize = 128;

/// Shorter e-mail parts and user names stand in too many passwords by chance to mean anything.
const IDENTITY_CHARS_MIN: usize = 3;

/// Passwords that everybody tries first: our own list, one a line, met exactly as they stand.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().filter(|line| !line.is_empty()).collect());

/// One demand on a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PasswordRule {
    /// At least [`CHARS_MIN`] characters.
    TooShort,
    /// At most [`CHARS_MAX`] characters.
    TooLong,
    /// An upper-case letter.
    UpperCase,
    /// A lower-case letter.
    LowerCase,
    /// A digit.
    Digit,
    /// A character that is neither letter nor digit.
    Special,
    /// The same as its repetition.
    Match,
    /// Neither the user name nor the e-mail address, whole or its part before the `@`.
    Identity,
    /// None of the passwords that everybody tries first.
    Common,
}

impl PasswordRule {
    /// Every rule, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::TooShort,
        Self::TooLong,
        Self::UpperCase,
        Self::LowerCase,
        Self::Digit,
        Self::Special,
        Self::Match,
        Self::Identity,
        Self::Common,
    ];

    /// The demand, as a sentence for whoever chooses the password.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::TooShort => "Password must have at least 8 characters",
            Self::TooLong => "Password must have at most 128 characters",
            Self::UpperCase => "Password must contain at least 1 upper case letter",
            Self::LowerCase => "Password must contain at least 1 lower case letter",
            Self::Digit => "Password must contain at least 1 digit",
            Self::Special => "Password must contain at least 1 special character",
            Self::Match => "Password and matching password must be identical",
            Self::Identity => "Password must not contain the username or the email address",
            Self::Common => "Password is one of the most common passwords",
        }
    }
}

/// What a password must not contain.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// The e-mail address one signs in with.
    pub email: &'a str,
    /// A user name, where there is one beside the e-mail address.
    pub username: Option<&'a str>,
}

/// The rules that a password and its repetition break, in the order of [`PasswordRule::ALL`]; none for a good one.
#[must_use]
pub fn broken_rules(password: &str, repeated: &str, identity: Identity<'_>) -> Vec<PasswordRule> {
    let chars = password.chars().count();
    let has = |test: fn(char) -> bool| password.chars().any(test);
    PasswordRule::ALL
        .into_iter()
        .filter(|rule| match rule {
            PasswordRule::TooShort => chars < CHARS_MIN,
            PasswordRule::TooLong => chars > CHARS_MAX,
            PasswordRule::UpperCase => !has(char::is_uppercase),
            PasswordRule::LowerCase => !has(char::is_lowercase),
            PasswordRule::Digit => !has(|c| c.is_ascii_digit()),
            PasswordRule::Special => !has(is_special),
            PasswordRule::Match => password != repeated,
            PasswordRule::Identity => contains_identity(password, identity),
            PasswordRule::Common => COMMON.contains(password),
        })
        .collect()
}

/// Anything one can see that is no letter and no digit; a blank counts, marks that nobody sees do not.
fn is_special(c: char) -> bool {
    let unseen = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !c.is_alphanumeric() && !c.is_control() && !unseen
}

fn contains_identity(password: &str, identity: Identity<'_>) -> bool {
    let password = password.to_lowercase();
    let local = identity.email.split_once('@').map_or(identity.email, |(local, _)| local);
    [Some(identity.email), Some(local), identity.username]
        .into_iter()
        .flatten()
        .filter(|part| part.chars().count() >= IDENTITY_CHARS_MIN)
        .any(|part| password.contains(&part.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use PasswordRule::{Common, Digit, Identity as Contains, LowerCase, Match, Special, TooLong, TooShort, UpperCase};
    use proptest::prelude::*;

    use super::*;

    const JOHN: Identity<'_> = Identity { email: "John.Doe@example.com", username: None };

    fn broken(password: &str) -> Vec<PasswordRule> {
        broken_rules(password, password, JOHN)
    }

    #[test]
    fn every_rule_alone() {
        let longest = format!("aB3!{}", "x".repeat(CHARS_MAX - 4));
        let too_long = format!("{longest}x");
        let table: &[(&str, &[PasswordRule])] = &[
            ("SecurePass123!@#", &[]),
            ("aB3!efgh", &[]),
            (&longest, &[]),
            ("aB3!efg", &[TooShort]),
            (&too_long, &[TooLong]),
            ("ab3!efgh", &[UpperCase]),
            ("AB3!EFGH", &[LowerCase]),
            ("aBc!efgh", &[Digit]),
            ("aB3defgh", &[Special]),
            ("1john.doe@example.comX!", &[Contains]),
            ("xJOHN.DOE7!", &[Contains]),
            ("Password1!", &[Common]),
            // Its neighbours are not on the list, and are not refused.
            ("Password1!x", &[]),
            // Letters and marks of other scripts count as what they are.
            ("Пароль-77", &[]),
            ("ÄÖäö 1234", &[]),
            ("aB3\u{200b}efgh", &[Special]),
            ("aB3\tefgh", &[Special]),
            // A digit is one that a keyboard has.
            ("aB½!efgh", &[Digit]),
        ];
        for (password, rules) in table {
            assert_eq!(broken(password), *rules, "{password}");
        }
        assert_eq!(broken_rules("SecurePass123!@#", "SecurePass123!@", JOHN), [Match]);
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        assert_eq!(broken_rules("", "x", JOHN), [TooShort, UpperCase, LowerCase, Digit, Special, Match]);
        assert_eq!(broken("password"), [UpperCase, Digit, Special, Common]);
        let long = format!("john.doe{}", "x".repeat(CHARS_MAX));
        assert_eq!(broken_rules(&long, "", JOHN), [TooLong, UpperCase, Digit, Match, Contains]);
    }

    #[test]
    fn short_names_stand_in_a_password_by_chance() {
        let li = Identity { email: "li@example.com", username: Some("jo") };
        assert_eq!(broken_rules("Jolish3!", "Jolish3!", li), []);
        let username = Identity { email: "li@example.com", username: Some("jolish") };
        assert_eq!(broken_rules("Jolish3!", "Jolish3!", username), [Contains]);
    }

    #[test]
    fn the_list_is_of_some_hundreds_and_spares_the_published_example() {
        assert!((300..3_000).contains(&COMMON.len()), "{}", COMMON.len());
        assert!(!COMMON.contains("SecurePass123!@#"));
        // Entries that another rule refuses anyway are there for the sentence; the others are what the list is for.
        let only_common = COMMON.iter().filter(|entry| broken(entry) == [Common]).count();
        assert!(only_common > 200, "{only_common}");
    }

    proptest! {
        #[test]
        fn a_password_is_good_or_told_why(password in "\\PC{0,140}", repeated in "\\PC{0,12}") {
            let rules = broken_rules(&password, &repeated, JOHN);
            prop_assert_eq!(rules.contains(&Match), password != repeated);
            prop_assert_eq!(rules.contains(&TooShort), password.chars().count() < 8);
            prop_assert!(rules.is_sorted());
        }
    }
}
