//! Dates as precise as the sender knows them: `2019`, `2019-10`, `2019-10-16`, `2019-10-16T14:38:47`.

use jiff::civil::Date;

/// A year, and as much of the rest as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartialDate {
    /// Only the year.
    Year(i16),
    /// Year and month.
    Month(i16, i8),
    /// The day; a time of day is not looked at.
    Day(Date),
}

impl PartialDate {
    /// Reads one that the calendar has; of a time with an offset, the day as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = text.as_bytes();
        let day = match bytes.len() {
            4 => return Some(Self::Year(Self::first(&format!("{text}-01-01"))?.year())),
            7 => {
                let first = Self::first(&format!("{text}-01"))?;
                return Some(Self::Month(first.year(), first.month()));
            }
            10 => text,
            11.. if matches!(bytes[10], b'T' | b't' | b' ') && Self::is_time(text.get(11..)?) => text.get(..10)?,
            _ => return None,
        };
        Self::first(day).map(Self::Day)
    }

    /// The first day it may be.
    #[must_use]
    pub fn earliest(self) -> Date {
        match self {
            Self::Year(year) => Date::constant(year, 1, 1),
            Self::Month(year, month) => Date::constant(year, month, 1),
            Self::Day(day) => day,
        }
    }

    /// The day, where it is known.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::Year(_) | Self::Month(..) => None,
        }
    }

    fn first(day: &str) -> Option<Date> {
        let shaped = day.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let date: Date = if shaped && day.len() == 10 { day.parse().ok()? } else { return None };
        (date.year() >= 1).then_some(date)
    }

    /// `14:38`, `14:38:47`, with fractions and an offset or `Z` behind.
    fn is_time(text: &str) -> bool {
        let (clock, rest) = text.split_at(text.find(['.', ',', 'Z', 'z', '+', '-']).unwrap_or(text.len()));
        let mut parts = clock.split(':');
        let mut part = |below: u8| {
            let part = parts.next()?;
            (part.len() == 2).then(|| part.parse::<u8>().ok()).flatten().filter(|part| *part < below)
        };
        let (hour, minute) = (part(24), part(60));
        let second = if clock.len() > 5 { part(61) } else { Some(0) };
        let offset = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'Z' | b'z' | b'+' | b'-' | b':');
        hour.is_some()
            && minute.is_some()
            && second.is_some()
            && parts.next().is_none()
            && rest.len() <= 20
            && rest.bytes().all(offset)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_precision_is_read() {
        for (text, expected) in [
            ("2019", PartialDate::Year(2019)),
            ("2019-10", PartialDate::Month(2019, 10)),
            ("2019-10-16", PartialDate::Day(date(2019, 10, 16))),
            ("2019-10-16T14:38:47", PartialDate::Day(date(2019, 10, 16))),
            ("2019-10-16T14:38:47.123Z", PartialDate::Day(date(2019, 10, 16))),
            ("2019-10-16T14:38:47+02:00", PartialDate::Day(date(2019, 10, 16))),
            (" 2019-10-16 14:38 ", PartialDate::Day(date(2019, 10, 16))),
        ] {
            assert_eq!(PartialDate::parse(text), Some(expected), "{text}");
        }
        assert_eq!(PartialDate::parse("2019-10").map(PartialDate::earliest), Some(date(2019, 10, 1)));
        assert_eq!(PartialDate::parse("2019").map(PartialDate::earliest), Some(date(2019, 1, 1)));
    }

    #[test]
    fn what_the_calendar_has_not_is_no_date() {
        for text in [
            "",
            "19",
            "0000",
            "2019-13",
            "2019-02-30",
            "16.10.2019",
            "2019-1-1",
            "2019-10-16T",
            "2019-10-16T25:00:00",
            "2019-10-16X14:38:47",
            "2019/10/16",
            "string",
            "20191016",
            "２０１９",
            "2019-10-16T14",
        ] {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn it_never_panics(text in "\\PC{0,30}") {
            let _ = PartialDate::parse(&text);
        }

        #[test]
        fn the_day_lies_where_its_month_and_year_begin(year in 1_i16..9999, month in 1_i8..=12, day in 1_i8..=28) {
            let parse = |text: String| PartialDate::parse(&text).map(PartialDate::earliest);
            let exact = parse(format!("{year:04}-{month:02}-{day:02}"));
            prop_assert_eq!(exact, Some(Date::constant(year, month, day)));
            let (of_month, of_year) = (parse(format!("{year:04}-{month:02}")), parse(format!("{year:04}")));
            prop_assert!(of_month <= exact && of_year <= of_month);
        }
    }
}
