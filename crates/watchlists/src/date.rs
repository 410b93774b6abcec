//! Dates as lists publish them: a day, a month, a year, "circa", or a span.

use std::fmt;

/// A span of civil days that a date of unknown precision may fall in; both ends are inclusive.
///
/// `1962` is 1962-01-01..1962-12-31; `circa 1965` is widened by two years on both sides and marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateRange {
    /// First possible day.
    pub first: Day,
    /// Last possible day.
    pub last: Day,
    /// Whether the list itself calls it approximate.
    pub approximate: bool,
}

/// A civil day (proleptic Gregorian), known to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day {
    /// Year, 1 to 9999.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
}

/// The number of an English month, written out or cut to three letters or more (`sep`, `sept`); lower case.
#[must_use]
pub fn month(name: &str) -> Option<u8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = NAMES
        .iter()
        .position(|full| name.len() >= 3 && full.starts_with(name) || name == "sept" && *full == "september")?;
    u8::try_from(at + 1).ok()
}

impl Day {
    /// The day, if the calendar has it.
    #[must_use]
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let known =
            (1..=9999).contains(&year) && jiff::civil::Date::new(year, month.cast_signed(), day.cast_signed()).is_ok();
        known.then_some(Self { year, month, day })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl DateRange {
    /// One day.
    #[must_use]
    pub const fn day(day: Day) -> Self {
        Self { first: day, last: day, approximate: false }
    }

    /// A whole month, if the calendar has it.
    #[must_use]
    pub fn month(year: i16, month: u8) -> Option<Self> {
        let first = Day::new(year, month, 1)?;
        let last = (28..=31).rev().find_map(|day| Day::new(year, month, day))?;
        Some(Self { first, last, approximate: false })
    }

    /// A whole year, if it is 1 to 9999.
    #[must_use]
    pub fn year(year: i16) -> Option<Self> {
        Some(Self { first: Day::new(year, 1, 1)?, last: Day::new(year, 12, 31)?, approximate: false })
    }

    /// From the first day of one year to the last day of another.
    #[must_use]
    pub fn years(from: i16, to: i16) -> Option<Self> {
        let (from, to) = if from <= to { (from, to) } else { (to, from) };
        Some(Self { first: Day::new(from, 1, 1)?, last: Day::new(to, 12, 31)?, approximate: false })
    }

    /// The same, called approximate by its list, widened by `years` on both sides.
    #[must_use]
    pub fn about(self, years: i16) -> Self {
        let shift = |day: Day, by: i16| {
            let year = (day.year + by).clamp(1, 9999);
            Day::new(year, day.month, day.day).unwrap_or(Day { year, month: day.month, day: 28 })
        };
        Self { first: shift(self.first, -years), last: shift(self.last, years), approximate: true }
    }

    /// Parses `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a time after `T` or a blank is ignored.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        let date = text.trim().split(['T', ' ']).next()?;
        let mut parts = date.split('-');
        let year: i16 = parts.next().filter(|part| part.len() == 4)?.parse().ok()?;
        let Some(month) = parts.next() else { return Self::year(year) };
        let month: u8 = month.parse().ok()?;
        let Some(day) = parts.next() else { return Self::month(year, month) };
        if parts.next().is_some() {
            return None;
        }
        Day::new(year, month, day.parse().ok()?).map(Self::day)
    }

    /// Whether the two spans share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether it is a single day.
    #[must_use]
    pub fn is_day(&self) -> bool {
        self.first == self.last
    }
}

impl fmt::Display for DateRange {
    /// The shortest ISO form that says the same: `1962`, `1962-05`, `1962-05-08` or `1960-01-01/1965-12-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_day() {
            return self.first.fmt(f);
        }
        if Self::year(self.first.year).is_some_and(|year| (year.first, year.last) == (self.first, self.last)) {
            return write!(f, "{:04}", self.first.year);
        }
        if Self::month(self.first.year, self.first.month)
            .is_some_and(|month| (month.first, month.last) == (self.first, self.last))
        {
            return write!(f, "{:04}-{:02}", self.first.year, self.first.month);
        }
        write!(f, "{}/{}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_says_no_more_than_it_knows() {
        for (text, shown) in [
            ("1962", "1962"),
            ("1962-05", "1962-05"),
            ("1964-02-29", "1964-02-29"),
            ("2001-01-02T00:00:00", "2001-01-02"),
        ] {
            assert_eq!(DateRange::parse_iso(text).map(|date| date.to_string()).as_deref(), Some(shown));
        }
        for text in ["", "62", "1962-13", "1963-02-29", "1962-05-08-01", "0000"] {
            assert_eq!(DateRange::parse_iso(text), None, "{text}");
        }
    }

    #[test]
    fn circa_is_wider_and_says_so() {
        let about = DateRange::year(1965).map(|year| year.about(2));
        assert_eq!(about.map(|date| date.to_string()).as_deref(), Some("1963-01-01/1967-12-31"));
        assert!(about.is_some_and(|date| date.approximate));
    }
}
