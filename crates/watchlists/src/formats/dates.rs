//! Dates as lists write them in free text: `08 Sep 1966`, `circa 1965`, `1960 to 1965`, `00/00/1980`.

use crate::date::{self, DateRange, Day};

/// Years by which a date that its list calls approximate is widened on both sides.
pub(super) const CIRCA_YEARS: i16 = 2;

/// Longer texts are prose.
const TEXT_BYTES_MAX: usize = 64;

/// The date that a text names, if it is one of the forms lists use; day before month.
///
/// An ISO date or part of one; a day, month or year in English; any of these with `circa`, or two of them with `to`
/// or `and` between; a decade (`1970s`); numbers with `/` or `.` where unknown parts are zeros.
pub(super) fn parse(text: &str) -> Option<DateRange> {
    let text = text.trim().trim_end_matches('.').trim_end();
    if text.is_empty() || text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let lower = text.to_lowercase();
    for circa in ["circa", "approximately", "approx", "about", "around", "ca.", "c."] {
        if let Some(rest) = lower.strip_prefix(circa) {
            let rest = rest.trim_start_matches('.').trim_start();
            return (!rest.is_empty()).then(|| span(rest))?.map(|date| date.about(CIRCA_YEARS));
        }
    }
    span(lower.strip_prefix("between ").unwrap_or(&lower))
}

/// `10/24/2025` or `2025-10-24`: the day on which an American publisher says it published.
pub(super) fn parse_american(text: &str) -> Option<DateRange> {
    let mut parts = text.trim().splitn(3, '/');
    let (Some(month), Some(day), Some(year)) = (parts.next(), parts.next(), parts.next()) else {
        return DateRange::parse_iso(text);
    };
    Day::new(number(year)?, number(month)?, number(day)?).map(DateRange::day)
}

fn span(text: &str) -> Option<DateRange> {
    for between in [" to ", " and ", " - ", "–"] {
        if let Some((from, to)) = text.split_once(between) {
            return joined(one(from.trim())?, one(to.trim())?);
        }
    }
    if let Some((from, to)) = text.split_once('-').filter(|(from, to)| from.len() == 4 && to.len() == 4) {
        return joined(one(from)?, one(to)?);
    }
    one(text)
}

fn joined(from: DateRange, to: DateRange) -> Option<DateRange> {
    let (from, to) = if from.first <= to.first { (from, to) } else { (to, from) };
    Some(DateRange { first: from.first, last: to.last.max(from.last), approximate: false })
}

fn one(text: &str) -> Option<DateRange> {
    if let Some(decade) = text.strip_suffix("0s").filter(|decade| decade.len() == 3) {
        let first: i16 = number::<i16>(decade)?.checked_mul(10)?;
        return DateRange::years(first, first.checked_add(9)?);
    }
    // `1966-02-02-05:00`: the time or zone of a calendar day says nothing.
    let is_time = |rest: &&str| {
        let of_time = rest.bytes().all(|byte| byte.is_ascii_digit() || b"tz:+-. ".contains(&byte));
        of_time && (rest.contains(':') || *rest == "z")
    };
    let iso = if text.get(10..).filter(is_time).is_some() { &text[..10] } else { text };
    if iso.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        && let Some(date) = DateRange::parse_iso(iso)
    {
        return Some(date);
    }
    if text.contains(['/', '.']) && text.starts_with(|first: char| first.is_ascii_digit()) {
        return in_numbers(text);
    }
    let mut words = text.split([' ', ',', '-']).filter(|word| !word.is_empty());
    let (first, second, third) = (words.next()?, words.next(), words.next());
    if words.next().is_some() {
        return None;
    }
    match (first, second, third) {
        (year, None, None) => DateRange::year(year_of(year)?),
        (name, Some(year), None) => DateRange::month(year_of(year)?, month(name)?),
        (one, Some(two), Some(year)) => {
            let (day, name) = if month(one).is_some() { (two, one) } else { (one, two) };
            let day = day.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            Day::new(year_of(year)?, month(name)?, number(day)?).map(DateRange::day)
        }
        (_, None, Some(_)) => None,
    }
}

/// `08/09/1966`, `00/09/1966`, `00/00/1966`, `09/1966`.
fn in_numbers(text: &str) -> Option<DateRange> {
    let mut parts = text.split(['/', '.']).rev();
    let year = year_of(parts.next()?)?;
    let month: u8 = parts.next().map_or(Some(0), number)?;
    let day: u8 = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() {
        return None;
    }
    match (month, day) {
        (0, 0) => DateRange::year(year),
        (_, 0) => DateRange::month(year, month),
        // A spreadsheet that thinks American may have swapped them.
        (13.., 1..=12) => Day::new(year, day, month).map(DateRange::day),
        _ => Day::new(year, month, day).map(DateRange::day),
    }
}

fn year_of(text: &str) -> Option<i16> {
    (text.len() == 4).then(|| number(text))?
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    // `+5` is a number to the standard library and none to a list.
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn month(name: &str) -> Option<u8> {
    date::month(name.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_in_every_form_that_lists_write() {
        for (text, expected) in [
            ("1966", "1966"),
            ("1966.", "1966"),
            ("Sep 1966", "1966-09"),
            ("Sept. 1966", "1966-09"),
            ("08 Sep 1966", "1966-09-08"),
            ("8 September 1966.", "1966-09-08"),
            ("September 8, 1966", "1966-09-08"),
            ("8th September 1966", "1966-09-08"),
            ("circa 1965", "1963-01-01/1967-12-31"),
            ("circa 08 Sep 1966", "1964-09-08/1968-09-08"),
            ("c. 1965", "1963-01-01/1967-12-31"),
            ("Approximately 1965", "1963-01-01/1967-12-31"),
            ("1960 to 1965", "1960-01-01/1965-12-31"),
            ("circa 1960-1965", "1958-01-01/1967-12-31"),
            ("1965 to 1960", "1960-01-01/1965-12-31"),
            ("between 1960 and 1965", "1960-01-01/1965-12-31"),
            ("01 Sep 1966 to 30 Sep 1966", "1966-09"),
            ("Sep 1966 to Oct 1966", "1966-09-01/1966-10-31"),
            ("1970s", "1970-01-01/1979-12-31"),
            ("1966-09-08", "1966-09-08"),
            ("1966-09-08-05:00", "1966-09-08"),
            ("1966-09-08T00:00:00", "1966-09-08"),
            ("1966-09-08 00:00:00.0Z", "1966-09-08"),
            ("08/09/1966", "1966-09-08"),
            ("00/09/1966", "1966-09"),
            ("00/00/1966", "1966"),
            ("08.09.1966", "1966-09-08"),
        ] {
            assert_eq!(parse(text).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "unknown",
            "31 Feb 1966",
            "66",
            "circa",
            "08/13/19666",
            "1966 to",
            "1966-09-08 or 1965",
            "1966-09-08 1965",
            "8 9 1966 x",
            "é".repeat(9).as_str(),
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn american_days_have_the_month_first() {
        assert_eq!(parse_american("03/28/2025").map(|date| date.to_string()).as_deref(), Some("2025-03-28"));
        assert_eq!(parse_american("2025-03-28").map(|date| date.to_string()).as_deref(), Some("2025-03-28"));
        assert_eq!(parse_american("28/03/2025"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_read_runs_forwards(text in "(circa |[0-9]{4} to |[0-9]{1,2}[/. -])?[0-9A-Za-z /.–-]{0,16}") {
            if let Some(date) = parse(&text) {
                prop_assert!(date.first <= date.last);
            }
        }
    }
}
