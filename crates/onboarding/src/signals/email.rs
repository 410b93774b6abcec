//! E-mail addresses: syntax, what kind of domain it is, and what the name before the `@` looks like.
//!
//! Nothing is looked up: whether a mailbox exists only its server knows. The list of throw-away domains is our own and
//! short: the well-known ones. New ones appear daily, so that a domain which is not on it is not cleared by that.

use std::collections::HashSet;
use std::sync::LazyLock;

use ::names::{Kind, Name, Score, similarity};
use email_address::{EmailAddress, Options};

use super::Signal;
use super::names::SignalName;
use crate::party::Party;

/// One domain a line, sorted.
const DISPOSABLE: &str = include_str!("disposable.txt");

static DISPOSABLE_DOMAINS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| DISPOSABLE.lines().collect());

/// Providers whose domain millions share, so that sharing it says nothing.
const COMMON_PROVIDERS: [&str; 30] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "ymail.com",
    "aol.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "web.de",
    "mail.com",
    "zoho.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "charter.net",
    "earthlink.net",
    "fastmail.com",
    "yandex.com",
];

/// Common providers with a letter wrong, missing, doubled or swapped.
const MISTYPED: [&str; 20] = [
    "gmial.com",
    "gmai.com",
    "gamil.com",
    "gmail.co",
    "gmail.con",
    "gmal.com",
    "gnail.com",
    "gmaill.com",
    "hotmial.com",
    "hotmai.com",
    "hotmal.com",
    "hotmail.co",
    "yaho.com",
    "yahooo.com",
    "yahoo.co",
    "yhaoo.com",
    "outlok.com",
    "outloo.com",
    "iclod.com",
    "icloud.co",
];

/// Names of roles (RFC 2142, and what companies add).
const ROLES: [&str; 34] = [
    "abuse",
    "accounting",
    "accounts",
    "admin",
    "administrator",
    "billing",
    "careers",
    "contact",
    "finance",
    "ftp",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "jobs",
    "legal",
    "mail",
    "marketing",
    "news",
    "noreply",
    "office",
    "orders",
    "payroll",
    "postmaster",
    "privacy",
    "root",
    "sales",
    "security",
    "service",
    "support",
    "team",
    "webmaster",
];

/// Whose address it is said to be.
#[derive(Debug, Clone, Default)]
pub struct Holder {
    first: String,
    last: String,
    whole: Option<Name>,
}

impl Holder {
    /// The person, or the business by its name.
    #[must_use]
    pub fn of(party: &Party) -> Self {
        match party {
            Party::Person(person) => Self::person(&person.name.first, &person.name.last),
            Party::Business(business) => Self { first: letters(&business.name), last: String::new(), whole: None },
        }
    }

    /// A person by first and last name.
    #[must_use]
    pub fn person(first: &str, last: &str) -> Self {
        let whole = Some(Name::person(&[first], &[last]));
        Self { first: letters(first), last: letters(last), whole }
    }
}

/// What an address says of its holder.
#[must_use]
pub fn signals(address: Option<&str>, holder: &Holder) -> Vec<Signal> {
    let Some(address) = address else { return vec![Signal::new(SignalName::EmailMissing)] };
    let Some((local, domain)) = parts(address) else { return vec![Signal::new(SignalName::EmailInvalid)] };
    let mut signals = Vec::new();
    let mut say = |name| signals.push(Signal::new(name));
    if is_reserved(&domain) {
        say(SignalName::EmailReserved);
    } else if is_disposable(&domain) {
        say(SignalName::EmailDisposable);
    } else if MISTYPED.contains(&domain.as_str()) {
        say(SignalName::EmailMistyped);
    } else {
        say(SignalName::EmailPlausible);
    }
    let (name, tag) = local.split_once('+').map_or((local.as_str(), None), |(name, tag)| (name, Some(tag)));
    if tag.is_some() {
        say(SignalName::EmailTagged);
    }
    let plain: String = name.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
    if ROLES.contains(&plain.as_str()) || plain == "donotreply" {
        say(SignalName::EmailRole);
    } else if is_like(name, holder) {
        say(SignalName::EmailLikeName);
    } else if looks_random(name) {
        say(SignalName::EmailRandom);
    } else {
        say(SignalName::EmailUnlikeName);
    }
    signals
}

/// Local part and domain in lower case, where the address is one that mail can be sent to.
fn parts(address: &str) -> Option<(String, String)> {
    let address = address.trim();
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    EmailAddress::parse_with_options(address, options).ok()?;
    let (local, domain) = address.rsplit_once('@')?;
    let (local, domain) = (local.to_lowercase(), domain.to_lowercase());
    let top = domain.rsplit('.').next()?;
    let shaped = top.chars().count() >= 2 && !top.bytes().all(|b| b.is_ascii_digit()) && !domain.starts_with('.');
    (shaped && local.len() <= 64 && !local.starts_with('"')).then_some((local, domain))
}

/// The mailbox behind an address: lower case, without tag; for Google also without dots, which it does not read. What is
/// no address stays as it is, in lower case, so that it meets itself.
#[must_use]
pub fn canonical(address: &str) -> String {
    let Some((local, domain)) = parts(address) else { return address.trim().to_lowercase() };
    let name = local.split('+').next().unwrap_or(&local);
    match domain.as_str() {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", name.replace('.', "")),
        _ => format!("{name}@{domain}"),
    }
}

/// The domain of an address, where so few have it that many at once are worth a look.
#[must_use]
pub fn uncommon_domain(address: &str) -> Option<String> {
    parts(address).map(|(_, domain)| domain).filter(|domain| !COMMON_PROVIDERS.contains(&domain.as_str()))
}

/// Top-level names and domains set aside for examples, tests and private networks (RFC 2606, 6761, 6762).
fn is_reserved(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or(domain);
    let under = |reserved: &str| domain == reserved || domain.ends_with(&format!(".{reserved}"));
    matches!(top, "test" | "example" | "invalid" | "localhost" | "local" | "onion" | "internal" | "lan" | "arpa")
        || ["example.com", "example.net", "example.org"].into_iter().any(under)
}

/// Whether the domain, or one it is under, throws its addresses away.
#[must_use]
pub fn is_disposable(domain: &str) -> bool {
    let mut rest = Some(domain);
    while let Some(domain) = rest {
        if DISPOSABLE_DOMAINS.contains(domain) {
            return true;
        }
        rest = domain.split_once('.').map(|(_, parent)| parent);
    }
    false
}

/// Whether the local part is made of the holder's name: a part of it, initials with a part, or a spelling of it.
fn is_like(local: &str, holder: &Holder) -> bool {
    let text = letters(local);
    let (first, last) = (holder.first.as_str(), holder.last.as_str());
    let holds = |part: &str| part.len() >= 3 && text.contains(part);
    if holds(first) || holds(last) || last.len() >= 6 && holds(last.get(..5).unwrap_or(last)) {
        return true;
    }
    // Short names count where they are the whole of it: `li.bo`, `boli`.
    if !first.is_empty() && !last.is_empty() && (text == format!("{first}{last}") || text == format!("{last}{first}")) {
        return true;
    }
    let words: Vec<&str> = local.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= 2).collect();
    let whole = holder.whole.as_ref().filter(|_| words.len() >= 2);
    whole.is_some_and(|whole| similarity(&Name::parse(Kind::Person, &words.join(" ")), whole) >= Score::ALERT)
}

/// Whether the text looks drawn by chance: digits and letters alternate, or consonants run as no word has them.
fn looks_random(local: &str) -> bool {
    let (mut changes, mut run, mut longest) = (0, 0, 0);
    let mut before: Option<char> = None;
    for character in local.chars() {
        if before.is_some_and(|before: char| before.is_ascii_digit() != character.is_ascii_digit()) {
            changes += 1;
        }
        let consonant = character.is_ascii_alphabetic() && !matches!(character, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        run = if consonant { run + 1 } else { 0 };
        longest = longest.max(run);
        before = Some(character);
    }
    let length = local.chars().count();
    length >= 8 && (changes >= 4 || longest >= 6) || length >= 25
}

/// The Latin letters of a text, without anything between.
fn letters(text: &str) -> String {
    ::names::latin(text).chars().filter(char::is_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::found;
    use super::*;

    #[test]
    fn what_an_address_says() {
        let erna = Holder::person("Erna", "Schäfer");
        let table: [(&str, &[&str]); 22] = [
            ("erna.schafer@gmail.com", &["email.plausible", "email.like_name"]),
            ("eschafer82@gmail.com", &["email.plausible", "email.like_name"]),
            ("erna.shaefer@gmail.com", &["email.plausible", "email.like_name"]),
            ("schaefer.e@web.de", &["email.plausible", "email.unlike_name"]),
            ("Sunny.Side@Gmail.com", &["email.plausible", "email.unlike_name"]),
            ("erna+bank@gmail.com", &["email.plausible", "email.tagged", "email.like_name"]),
            ("info@acme.com", &["email.plausible", "email.role"]),
            ("no-reply@acme.com", &["email.plausible", "email.role"]),
            ("x7k2q9zt4@gmail.com", &["email.plausible", "email.random"]),
            ("bcdfghklm@gmail.com", &["email.plausible", "email.random"]),
            ("erna@mailinator.com", &["email.disposable", "email.like_name"]),
            ("erna@box.mailinator.com", &["email.disposable", "email.like_name"]),
            ("erna@notmailinator.com", &["email.plausible", "email.like_name"]),
            ("erna@example.com", &["email.reserved", "email.like_name"]),
            ("erna@mail.test", &["email.reserved", "email.like_name"]),
            ("erna@gmial.com", &["email.mistyped", "email.like_name"]),
            ("erna", &["email.invalid"]),
            ("erna@", &["email.invalid"]),
            ("erna@localhost", &["email.invalid"]),
            ("erna@[10.0.0.1]", &["email.invalid"]),
            ("erna@acme.123", &["email.invalid"]),
            ("Erna <erna@gmail.com>", &["email.invalid"]),
        ];
        for (address, expected) in table {
            assert_eq!(found(&signals(Some(address), &erna)), expected, "{address}");
        }
        assert_eq!(found(&signals(None, &erna)), ["email.missing"]);
    }

    #[test]
    fn one_mailbox_has_one_form() {
        for same in ["Erna.Schafer@gmail.com", "ernaschafer+x@googlemail.com", " e.rnaschafer@GMAIL.com"] {
            assert_eq!(canonical(same), "ernaschafer@gmail.com", "{same}");
        }
        assert_eq!(canonical("e.s+x@acme.com"), "e.s@acme.com");
        assert_eq!(uncommon_domain("erna@acme.com").as_deref(), Some("acme.com"));
        assert_eq!(uncommon_domain("erna@gmail.com"), None);
    }

    #[test]
    fn the_list_is_sorted_and_holds_domains() {
        let lines: Vec<_> = DISPOSABLE.lines().collect();
        assert!(lines.is_sorted() && lines.len() > 100);
        assert!(lines.iter().all(|line| parts(&format!("a@{line}")).is_some_and(|(_, domain)| domain == **line)));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(address in "\\PC{0,80}", first in "\\PC{0,12}", last in "\\PC{0,12}") {
            let holder = Holder::person(&first, &last);
            prop_assert!(!signals(Some(&address), &holder).is_empty());
            let at = format!("{address}@gmail.com");
            prop_assert!(!signals(Some(&at), &holder).is_empty());
            prop_assert_eq!(canonical(&canonical(&at)), canonical(&at));
        }
    }
}
