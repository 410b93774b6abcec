//! Readers of what several dialects ask of a person: names, e-mail addresses, telephone numbers, a birth date.

use std::ops::RangeInclusive;

use jiff::civil::{Date, date};

use crate::fields::{Fault, Field};

/// Longest part of a name, in characters. No vendor gives a bound.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest e-mail address: RFC 5321, section 4.5.3.1, less the angle brackets.
pub const EMAIL_CHARS_MAX: usize = 254;
/// RFC 5321, section 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;
/// RFC 1035, section 2.3.4.
const LABEL_BYTES_MAX: usize = 63;
/// What may stand in the part before the `@` beside letters, digits and single dots (RFC 5322, section 3.2.3).
const ATOM: &str = "!#$%&'*+-/=?^_`{|}~";
/// Accents that some keyboards write behind their letter.
const COMBINING: RangeInclusive<char> = '\u{300}'..='\u{36f}';
/// Fewest years that a customer has lived.
const AGE_MIN: i16 = 18;

/// A part of a name, with a letter in it.
#[must_use]
pub fn name(field: &Field<'_, '_>) -> Option<String> {
    field.parsed(NAME_CHARS_MAX, |text| {
        // A name is made of letters; what has none names nobody, and no list could be asked for it.
        if text.chars().any(char::is_alphabetic) { Ok(text.to_owned()) } else { Err(Fault::Format("a name")) }
    })
}

/// What can be an e-mail address; whether it is one, only a mail to it can tell.
///
/// # Errors
/// What cannot.
pub fn email(text: &str) -> Result<String, Fault> {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_BYTES_MAX
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    // No quoted names, and nothing that cannot be seen: two addresses that look the same would be two customers.
    let atom = |c: char| c.is_alphanumeric() || ATOM.contains(c) || COMBINING.contains(&c);
    let local_fits = |local: &str| {
        local.len() <= LOCAL_BYTES_MAX && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
    };
    let domain_fits = |domain: &str| {
        let top = domain.rsplit_once('.').map(|(_, top)| top);
        // A number at the end is an address of the network, not a name.
        top.is_some_and(|top| top.chars().any(char::is_alphabetic)) && domain.split('.').all(label)
    };
    let fits = text.rsplit_once('@').is_some_and(|(local, domain)| local_fits(local) && domain_fits(domain));
    if fits { Ok(text.to_owned()) } else { Err(Fault::Format("an e-mail address")) }
}

/// The birth date of somebody who is of age.
#[must_use]
pub fn adult_birth_date(field: &Field<'_, '_>, today: Date) -> Option<Date> {
    let born = field.date(date(1900, 1, 1)..=today)?;
    // Whoever is born on 29 February comes of age on 1 March: the years are counted by the calendar.
    let years = today.year() - born.year() - i16::from((today.month(), today.day()) < (born.month(), born.day()));
    if years < AGE_MIN {
        field.refuse(Fault::Range(format!("a date at least {AGE_MIN} years ago")));
        return None;
    }
    Some(born)
}

/// ITU-T E.164: `+`, a country code that does not begin with zero, at most 15 digits.
///
/// # Errors
/// What is none.
pub fn e164(text: &str) -> Result<String, Fault> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let fits = (8..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if fits { Ok(text.to_owned()) } else { Err(Fault::Format("a phone number in E.164: + and 8 to 15 digits")) }
}
