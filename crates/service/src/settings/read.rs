//! Reads the values of settings. Each says what would have been valid.

use crate::tenants::is_tenant_key;
use onboarding::iban::Issuer;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use onboarding::Pii;
use onboarding::admission::standing::Step;
use onboarding::check::CheckKind;
use onboarding::evaluation::model::FraudModel;
use onboarding::signals::SignalName;

use crate::outbound::{Guard, HeaderName, check_url};

/// Longest secret, in bytes: it has to fit a header.
const SECRET_BYTES_MAX: usize = 512;

pub(super) fn checks(value: &str) -> Result<BTreeSet<CheckKind>, &'static str> {
    const MUST_BE: &str = "a comma-separated list out of: sanctions, pep, watchlists, adverse";
    let words = value.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| CheckKind::parse(word).ok_or(MUST_BE)).collect()
}

/// Steps that must be clear before an account opens.
pub(super) fn steps(value: &str) -> Result<BTreeSet<Step>, &'static str> {
    const MUST_BE: &str = "a comma-separated list out of: profile, document, complementary, declarative, tax, terms, \
        filtering; at least one";
    let words = value.split(',').map(str::trim).filter(|word| !word.is_empty());
    let steps: BTreeSet<Step> = words.map(|word| Step::parse(word).ok_or(MUST_BE)).collect::<Result<_, _>>()?;
    // Nobody opens an account by being told of.
    if steps.is_empty() { Err(MUST_BE) } else { Ok(steps) }
}

pub(super) fn joined(checks: &BTreeSet<CheckKind>) -> String {
    checks.iter().map(|check| check.as_str()).collect::<Vec<_>>().join(",")
}

pub(super) fn age(value: &str) -> Result<SignedDuration, &'static str> {
    const MUST_BE: &str = "a duration such as P7D, PT36H or 7d, between an hour and a year";
    let bounds = SignedDuration::from_hours(1)..=SignedDuration::from_hours(366 * 24);
    duration(value).filter(|duration| bounds.contains(duration)).ok_or(MUST_BE)
}

/// ISO 8601, in days where they are whole.
pub(super) fn shown(duration: SignedDuration) -> String {
    let hours = duration.as_hours();
    let whole_days = hours % 24 == 0 && SignedDuration::from_hours(hours) == duration;
    if whole_days { format!("P{}D", hours / 24) } else { duration.to_string() }
}

/// Whole days; none for ever.
pub(super) fn dismissal_days(value: &str) -> Result<Option<SignedDuration>, &'static str> {
    const MUST_BE: &str = "a number of days from 1 to 3650, or 0 for decisions that do not expire";
    let days: i64 = value.parse().ok().filter(|days| (0..=3650).contains(days)).ok_or(MUST_BE)?;
    Ok((days > 0).then(|| SignedDuration::from_hours(days * 24)))
}

pub(super) fn shown_dismissal_days(lasts: Option<SignedDuration>) -> String {
    lasts.map_or(0, |lasts| lasts.as_hours() / 24).to_string()
}

pub(super) fn budget(value: &str) -> Result<Duration, &'static str> {
    const MUST_BE: &str = "a duration such as PT2S or 500ms, between 50 ms and 30 s";
    let bounds = Duration::from_millis(50)..=Duration::from_secs(30);
    let budget = duration(value).and_then(|duration| Duration::try_from(duration).ok());
    budget.filter(|budget| bounds.contains(budget)).ok_or(MUST_BE)
}

pub(super) fn shown_budget(budget: Duration) -> String {
    SignedDuration::try_from(budget).unwrap_or(SignedDuration::MAX).to_string()
}

fn duration(value: &str) -> Option<SignedDuration> {
    value.parse::<Span>().ok()?.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

pub(super) fn threshold(value: &str) -> Result<f64, &'static str> {
    between(value, 0.7, 1.0).ok_or("a number between 0.7, from which on no match is missed, and 1")
}

pub(super) fn fraction(value: &str) -> Result<f64, &'static str> {
    between(value, 0.0, 1.0).ok_or("a number between 0 and 1")
}

pub(super) fn percent(value: &str) -> Result<f64, &'static str> {
    between(value, 1.0, 100.0).ok_or("a number of percent between 1 and 100")
}

fn between(value: &str, least: f64, most: f64) -> Option<f64> {
    value.parse::<f64>().ok().filter(|number| (least..=most).contains(number))
}

/// `base=2.2,email.role=0.9`: what is not named weighs what it does by default.
pub(super) fn weights(value: &str) -> Result<FraudModel, &'static str> {
    const MUST_BE: &str = "comma-separated signal=weight pairs, weights between 0 and 10, and base between -5 and 5";
    let mut base = FraudModel::default().base();
    let mut weights = BTreeMap::new();
    for pair in value.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, weight) = pair.split_once('=').ok_or(MUST_BE)?;
        let weight: f64 = weight.trim().parse().map_err(|_| MUST_BE)?;
        match name.trim() {
            "base" => base = weight,
            name => drop(weights.insert(SignalName::parse(name).ok_or(MUST_BE)?, weight)),
        }
    }
    FraudModel::new(base, weights).map_err(|_| MUST_BE)
}

pub(super) fn shown_weights(model: &FraudModel) -> String {
    let base = std::iter::once(format!("base={}", model.base()));
    let weights = model.own_weights().map(|(name, weight)| format!("{}={weight}", name.as_str()));
    base.chain(weights).collect::<Vec<_>>().join(",")
}

pub(super) fn years(value: &str) -> Result<u8, &'static str> {
    value.parse().ok().filter(|years| *years <= 120).ok_or("a number of years between 0 and 120")
}

pub(super) fn truth(value: &str) -> Result<bool, &'static str> {
    value.parse().map_err(|_| "true or false")
}

/// The shape of an address; where it may lead is looked at by who knows how the house was started.
pub(super) fn address(value: &str) -> Result<Option<String>, &'static str> {
    let checked = check_url(value, Guard::AllowPrivate);
    checked.map(|_| Some(value.to_owned())).map_err(|_| "an absolute URL without user name and password")
}

/// Origins of pages, as a content security policy names them: scheme, host and perhaps a port.
pub(super) fn origins(value: &str) -> Result<Vec<String>, &'static str> {
    const MUST_BE: &str = "at most 20 origins joined by commas, such as https://app.bank.example";
    const ORIGINS_MAX: usize = 20;
    let origin = |text: &str| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
        let shaped = !host.is_empty() && host.len() <= 255 && host.bytes().all(fits);
        shaped.then(|| text.to_owned())
    };
    let origins = value.split(',').map(|text| origin(text.trim())).collect::<Option<Vec<_>>>();
    origins.filter(|origins| origins.len() <= ORIGINS_MAX).ok_or(MUST_BE)
}

/// Headers that the way out sets itself, or that mean something to it.
const TAKEN_HEADERS: [&str; 6] =
    ["content-type", "content-length", "host", "connection", "transfer-encoding", "user-agent"];

pub(super) fn header(value: &str) -> Result<String, &'static str> {
    let fits = value.len() <= 100
        && HeaderName::from_bytes(value.as_bytes()).is_ok()
        && !TAKEN_HEADERS.iter().any(|taken| taken.eq_ignore_ascii_case(value));
    if fits { Ok(value.to_owned()) } else { Err("the name of an HTTP header that is free") }
}

pub(super) fn secret(value: &str) -> Result<String, &'static str> {
    let fits = (16..=SECRET_BYTES_MAX).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(value.to_owned()) } else { Err("16 to 512 visible ASCII characters without blanks") }
}

/// `user:password`, for HTTP Basic (RFC 7617: a user has no colon).
pub(super) fn basic(value: &str) -> Result<(String, Pii<String>), &'static str> {
    const MUST_BE: &str = "a user and a password joined by a colon, 512 visible characters at most";
    let (user, password) = value.split_once(':').ok_or(MUST_BE)?;
    let fits = !user.is_empty()
        && !password.is_empty()
        && value.len() <= SECRET_BYTES_MAX
        && value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if fits { Ok((user.to_owned(), Pii(password.to_owned()))) } else { Err(MUST_BE) }
}

/// Country and bank code, which must fit each other.
pub(super) fn issuer(value: &str) -> Result<Issuer, &'static str> {
    const MUST_BE: &str = "a country and a bank code of it, such as DE/99999999 or GB/VEST999999 (AT, BG, CH, CY, DE, FR, GB, IE, LI, LT, LU, LV, MT)";
    let (country, bank) = value.split_once('/').ok_or(MUST_BE)?;
    Issuer::new(country, bank).map_err(|_| MUST_BE)
}

/// As [`issuer`]; digits alone are a French bank, with its branch or with the first.
pub(super) fn bank(value: &str) -> Result<Issuer, &'static str> {
    const MUST_BE: &str = "a French bank code of five digits, such as 30006, with its branch, such as 3000600001, or a country and a bank code of it, such as DE/99999999";
    let french = match value.len() {
        5 => Some(format!("{value}00001")),
        10 => Some(value.to_owned()),
        _ => None,
    };
    let read = match french {
        Some(code) if !value.contains('/') => Issuer::new("FR", &code).ok(),
        _ => issuer(value).ok(),
    };
    read.ok_or(MUST_BE)
}

/// ISO 9362: the bank, its country, its place, and perhaps a branch.
pub(super) fn bic(value: &str) -> Result<String, &'static str> {
    let bytes = value.as_bytes();
    let fits = matches!(bytes.len(), 8 | 11)
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && bytes[4..6].iter().all(u8::is_ascii_uppercase);
    if fits { Ok(value.to_owned()) } else { Err("a BIC of 8 or 11 capitals and digits, such as AGRIFRPP") }
}

/// A number of days, a hundred years at most.
pub(super) fn days(value: &str) -> Result<u16, &'static str> {
    let days = value.parse().ok().filter(|days| (1..=36_525).contains(days));
    days.ok_or("a number of days from 1 to 36525")
}

/// An amount in cents.
pub(super) fn cents(value: &str) -> Result<u64, &'static str> {
    let cents = value.parse().ok().filter(|cents| *cents <= 1_000_000_000_000);
    cents.ok_or("an amount in whole cents, from 0 to 1000000000000")
}

pub(super) fn tenant_key(value: &str) -> Result<Option<String>, &'static str> {
    if is_tenant_key(value) { Ok(Some(value.to_owned())) } else { Err("the key of a tenant") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_may_be_written_in_days() {
        for (value, hours) in [("P7D", 168), ("7d", 168), ("PT36H", 36), ("P1DT12H", 36)] {
            assert_eq!(age(value), Ok(SignedDuration::from_hours(hours)), "{value}");
        }
        assert_eq!(shown(SignedDuration::from_hours(168)), "P7D");
        assert_eq!(budget("500ms"), Ok(Duration::from_millis(500)));
    }

    #[test]
    fn a_french_bank_may_be_written_short() {
        for (value, country, code) in
            [("30006", "FR", "3000600001"), ("3000600002", "FR", "3000600002"), ("DE/99999999", "DE", "99999999")]
        {
            let read = bank(value).map(|issuer| (issuer.country(), issuer.bank().to_owned()));
            assert_eq!(read, Ok((country, code.to_owned())), "{value}");
        }
    }
}
