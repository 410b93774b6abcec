//! Dates of birth as files of customers write them, where they can be read in one way only.

use watchlists::DateRange;
use watchlists::date::month as month_of;

/// An ISO date or part of one, or a day with its month in English (`08 Sep 1966`, `September 8, 1966`).
///
/// `07/10/1952` is July to some and October to others: reading it wrongly would clear somebody, so it is not read.
pub fn parse(text: &str) -> Option<DateRange> {
    if text.starts_with(|first: char| first.is_ascii_digit())
        && let Some(date) = DateRange::parse_iso(text)
    {
        return Some(date);
    }
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split([' ', ',', '-', '.']).filter(|word| !word.is_empty()).take(4).collect();
    let (day, month, year) = match words.as_slice() {
        [month, year] => (None, month_of(month)?, *year),
        [one, two, year] => match (month_of(one), month_of(two)) {
            (Some(month), None) => (Some(*two), month, *year),
            (None, Some(month)) => (Some(*one), month, *year),
            _ => return None,
        },
        _ => return None,
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year) || !day.is_none_or(digits) {
        return None;
    }
    let day = day.map(|day| format!("-{day:0>2}")).unwrap_or_default();
    DateRange::parse_iso(&format!("{year}-{month:02}{day}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_where_it_can_be_read_in_one_way() {
        for (text, read) in [
            ("1966-09-08", "1966-09-08"),
            ("1966-09", "1966-09"),
            ("1966", "1966"),
            ("1966-09-08T00:00:00Z", "1966-09-08"),
            ("08 Sep 1966", "1966-09-08"),
            ("8-SEPT-1966", "1966-09-08"),
            ("September 8, 1966", "1966-09-08"),
            ("Sep. 1966", "1966-09"),
        ] {
            assert_eq!(parse(text).map(|date| date.to_string()).as_deref(), Some(read), "{text}");
        }
        for text in
            ["banana", "07/10/1952", "07-10-1952", "07.10.1952", "10 07 1952", "31 Feb 1966", "8 Sep 66", "Se 1966", ""]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
