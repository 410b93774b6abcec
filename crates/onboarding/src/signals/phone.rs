//! Phone numbers: whether a network gave them out, to whom of what kind, and where.
//!
//! Numbering plans are those of the library `phonenumber` (Google's metadata). Which carrier a number is with today, and
//! whether anybody answers, no table can say: in North America numbers move between mobile, fixed and internet carriers.

use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;
use phonenumber::{PhoneNumber, Type};

use super::Signal;
use super::names::SignalName;

/// Most digits of a number in E.164, and room for a prefix before it.
const DIGITS_MAX: usize = 20;

/// A number that parses.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    parsed: PhoneNumber,
    national: String,
    valid: bool,
}

impl Number {
    fn country_code(&self) -> u16 {
        self.parsed.country().code()
    }

    /// What kind of line it is: dear to find out, and only some who read a number ask.
    fn kind(&self) -> Type {
        self.parsed.number_type(&DATABASE)
    }

    /// ISO 3166-1 alpha-2 in lower case.
    fn country(&self) -> Option<String> {
        self.parsed.country().id().map(|id| format!("{id:?}").to_lowercase())
    }
}

/// What a number says, given the country of residence (ISO 3166-1 alpha-2 in lower case).
#[must_use]
pub fn signals(number: Option<&str>, country: Option<&str>) -> Vec<Signal> {
    let Some(text) = number else { return vec![Signal::new(SignalName::PhoneMissing)] };
    let Some(number) = parse(text, country) else { return vec![Signal::new(SignalName::PhoneInvalid)] };
    if is_typed_to_fill(&number.national) {
        return vec![Signal::new(SignalName::PhonePlaceholder)];
    }
    if number.country_code() == 1 && is_fictional(&number.national) {
        return vec![Signal::new(SignalName::PhoneFictional)];
    }
    if !number.valid {
        return vec![Signal::new(SignalName::PhoneInvalid)];
    }
    let mut signals = Vec::new();
    match number.kind() {
        Type::PremiumRate | Type::SharedCost => return vec![Signal::new(SignalName::PhonePremium)],
        Type::Pager | Type::Uan | Type::Voicemail | Type::Emergency | Type::ShortCode => {
            return vec![Signal::new(SignalName::PhoneService)];
        }
        Type::TollFree => signals.push(Signal::new(SignalName::PhoneTollFree)),
        Type::Voip | Type::PersonalNumber => signals.push(Signal::new(SignalName::PhoneVirtual)),
        _ => {}
    }
    let elsewhere = match (number.country().as_deref(), country) {
        (Some(of_number), Some(of_address)) => of_number != of_address && !shares_plan(of_number, of_address),
        _ => false,
    };
    if elsewhere {
        signals.push(Signal::new(SignalName::PhoneOtherCountry));
    } else if signals.is_empty() {
        signals.push(Signal::new(SignalName::PhoneAgrees));
    }
    signals
}

/// The number in E.164 (`+12125550100`), or `None` where it cannot be read as one at all. A number without a country
/// code is taken for one of `country`.
#[must_use]
pub fn e164(text: &str, country: Option<&str>) -> Option<String> {
    parse(text, country).map(|number| format!("+{}{}", number.country_code(), number.national))
}

fn parse(text: &str, country: Option<&str>) -> Option<Number> {
    // An extension is behind the number, not part of it.
    let lower = text.trim().to_lowercase();
    let number = lower.split(['x', ';', ',']).next()?.split("ext").next()?;
    let digits: String = number.chars().filter(char::is_ascii_digit).take(DIGITS_MAX + 1).collect();
    if digits.len() < 3 || digits.len() > DIGITS_MAX {
        return None;
    }
    let international = number.trim_start().starts_with('+') || number.trim_start().starts_with("00");
    let dialled = if international { format!("+{}", digits.trim_start_matches('0')) } else { digits.clone() };
    let region: Option<Id> = country.and_then(|country| country.to_uppercase().parse().ok());
    // Kept numbers have lost their plus: what is no number of the country may be one with its country code.
    let parsed = read(region, &dialled);
    let parsed = match parsed {
        Some(number) if number.valid || international => Some(number),
        doubtful => read(None, &format!("+{digits}")).filter(|number| number.valid).or(doubtful),
    };
    parsed.filter(|number| number.national.len() >= 3)
}

fn read(region: Option<Id>, dialled: &str) -> Option<Number> {
    if region.is_none() && !dialled.starts_with('+') {
        return None;
    }
    let parsed = phonenumber::parse(region, dialled).ok()?;
    Some(Number { national: parsed.national().to_string(), valid: parsed.is_valid(), parsed })
}

/// 555-0100 to 555-0199 of any area are set aside for fiction (ATIS-0300115).
fn is_fictional(national: &str) -> bool {
    national.len() == 10 && national.get(3..8) == Some("55501")
}

/// One digit over and over, or a run of at least seven.
fn is_typed_to_fill(national: &str) -> bool {
    let digits = national.as_bytes();
    let tail = digits.get(digits.len().saturating_sub(7)..).unwrap_or(digits);
    let run = |digits: &[u8], step: fn(u8, u8) -> bool| digits.windows(2).all(|pair| step(pair[0], pair[1]));
    run(tail, |a, b| a == b) || run(digits, |a, b| (a - b'0' + 1) % 10 == b - b'0') || run(tail, |a, b| b + 1 == a)
}

/// Territories number under their country's plan, and libraries name them apart.
fn shares_plan(one: &str, two: &str) -> bool {
    let american = ["us", "pr", "gu", "vi", "as", "mp"];
    american.contains(&one) && american.contains(&two)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::found;
    use super::*;

    #[test]
    fn what_a_number_says() {
        let table: [(&str, &str, &[&str]); 18] = [
            ("+1 212 736 5000", "us", &["phone.agrees"]),
            ("(212) 736-5000", "us", &["phone.agrees"]),
            ("2127365000", "us", &["phone.agrees"]),
            ("12127365000", "us", &["phone.agrees"]),
            ("001 212 736 5000 x12", "us", &["phone.agrees"]),
            ("212-555-0142", "us", &["phone.fictional"]),
            ("800-555-0142", "us", &["phone.fictional"]),
            ("123-456-7890", "us", &["phone.placeholder"]),
            ("2222222222", "us", &["phone.placeholder"]),
            ("112-736-5000", "us", &["phone.invalid"]),
            ("736-5000", "us", &["phone.invalid"]),
            ("1", "us", &["phone.invalid"]),
            ("800-736-5000", "us", &["phone.toll_free"]),
            ("900-736-5000", "us", &["phone.premium"]),
            ("500-345-6781", "us", &["phone.virtual"]),
            ("+49 30 23125046", "us", &["phone.other_country"]),
            ("030 23125046", "de", &["phone.agrees"]),
            ("+1 787 722 1234", "us", &["phone.agrees"]),
        ];
        for (number, country, expected) in table {
            assert_eq!(found(&signals(Some(number), Some(country))), expected, "{number}");
        }
        assert_eq!(found(&signals(None, Some("us"))), ["phone.missing"]);
    }

    #[test]
    fn one_number_has_one_international_form() {
        for same in ["(212) 736-5000", "+1 212 736 5000", "12127365000", "001-212-736-5000", "2127365000 ext. 5"] {
            assert_eq!(e164(same, Some("us")).as_deref(), Some("+12127365000"), "{same}");
        }
        assert_eq!(e164("ring me", Some("us")), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,60}", digits in "[+0-9 ()x;-]{0,40}") {
            for country in [None, Some("us"), Some("de"), Some("zz")] {
                for text in [&text, &digits] {
                    prop_assert!(!signals(Some(text), country).is_empty());
                    let _ = e164(text, country);
                }
            }
        }
    }
}
