//! Birth dates: how two dates of any precision speak to each other.

use super::{Degree, Weight};
use crate::date::{DateRange, Day};

/// The most that a birth date can lift: the same day.
pub(super) const LIFT_MAX: u16 = SAME_DAY;

/// One in some twenty thousand adults shares a birthday and year.
const SAME_DAY: u16 = 500;
const SAME_MONTH: u16 = 300;
/// One in sixty.
const SAME_YEAR: u16 = 200;
/// A span of years that holds the date says less the longer it is.
const WITHIN_SPAN: u16 = 120;
/// A slip of the pen explains the difference.
const SLIP: u16 = 60;

/// The same year and another day: lists correct days, and namesakes of one year are rare.
const OTHER_DAY: u16 = 60;
/// One or two years apart, with nothing else in common.
const NEAR: u16 = 120;
/// Years that differ in one digit only: a slip explains it, and so does chance.
const YEAR_DIGIT: u16 = 150;
/// Takes an exact name (0.9 alone) below 0.7 also when the country agrees.
const APART: u16 = 290;

/// Compares a customer's birth date with one listed date.
pub(super) fn compare(ours: &DateRange, theirs: &DateRange) -> Weight {
    match (placed(ours), placed(theirs)) {
        (Some(one), Some(other)) => days(one, other),
        _ => spans(ours, theirs),
    }
}

/// The day, if the date is one and is not the first of January, which is how many registers write "some day of".
fn placed(date: &DateRange) -> Option<Day> {
    (date.is_day() && !date.approximate && (date.first.month, date.first.day) != (1, 1)).then_some(date.first)
}

fn days(ours: Day, theirs: Day) -> Weight {
    if ours == theirs {
        return Weight::agrees(Degree::Strong, SAME_DAY, "same day");
    }
    let years = (ours.year - theirs.year).unsigned_abs();
    let same_day_of_year = (ours.month, ours.day) == (theirs.month, theirs.day);
    if years == 0 && (ours.month, ours.day) == (theirs.day, theirs.month) {
        return Weight::agrees(Degree::Weak, SLIP, "day and month swapped");
    }
    if digits_apart(ours, theirs) == 1 {
        return Weight::agrees(Degree::Weak, SLIP, "one digit differs");
    }
    if neighbours_swapped(ours, theirs) {
        return Weight::agrees(Degree::Weak, SLIP, "two digits swapped");
    }
    if years == 1 && same_day_of_year {
        return Weight::agrees(Degree::Weak, SLIP, "one year off");
    }
    if days_apart(ours, theirs) == Some(1) {
        return Weight::agrees(Degree::Weak, SLIP, "one day off");
    }
    if years == 0 && (ours.day == theirs.day || ours.month == theirs.month) {
        return Weight::agrees(Degree::Weak, SLIP, "same year, and the same day or month");
    }
    if same_day_of_year {
        return Weight::contradicts(Degree::Fair, NEAR, "same day of another year");
    }
    match years {
        0 => Weight::contradicts(Degree::Weak, OTHER_DAY, "same year, other day"),
        1 | 2 => Weight::contradicts(Degree::Fair, NEAR, "one or two years apart"),
        _ => Weight::contradicts(Degree::Strong, APART, "years apart"),
    }
}

/// Dates of which at least one is a month, a year or a span.
fn spans(ours: &DateRange, theirs: &DateRange) -> Weight {
    if ours.overlaps(theirs) || year_of_placeholder(ours).overlaps(&year_of_placeholder(theirs)) {
        if ours == theirs && ours.is_day() {
            // Both say the first of January of one year: more than the year, less than a day.
            return Weight::agrees(Degree::Fair, SAME_MONTH, "same first of January");
        }
        let longest = years_long(ours).max(years_long(theirs));
        let months = [ours, theirs].iter().all(|date| is_within_month(date));
        return match longest {
            0 if months => Weight::agrees(Degree::Fair, SAME_MONTH, "same month"),
            0 => Weight::agrees(Degree::Fair, SAME_YEAR, "same year"),
            _ => Weight::agrees(Degree::Weak, WITHIN_SPAN, "within the span"),
        };
    }
    let gap = years_between(ours, theirs);
    let approximate = ours.approximate || theirs.approximate;
    match gap {
        // Months of one year that miss each other.
        0 => Weight::contradicts(Degree::Weak, OTHER_DAY, "same year, other month"),
        1 => Weight::agrees(Degree::Weak, SLIP, "one year off"),
        2 => Weight::contradicts(Degree::Fair, NEAR, "two years apart"),
        // "Circa" is already widened; a little beyond it, it is still a guess of the list.
        3 | 4 if approximate => Weight::contradicts(Degree::Fair, NEAR, "a little off an approximate year"),
        _ if years_long(ours) == 0
            && years_long(theirs) == 0
            && year_digits_apart(ours.first.year, theirs.first.year) == 1 =>
        {
            Weight::contradicts(Degree::Fair, YEAR_DIGIT, "years differ in one digit")
        }
        _ => Weight::contradicts(Degree::Strong, APART, "years apart"),
    }
}

/// The first of January stands for its year.
fn year_of_placeholder(date: &DateRange) -> DateRange {
    if date.is_day() && (date.first.month, date.first.day) == (1, 1) {
        DateRange::year(date.first.year).unwrap_or(*date)
    } else {
        *date
    }
}

fn is_within_month(date: &DateRange) -> bool {
    (date.first.year, date.first.month) == (date.last.year, date.last.month)
        && (date.first.month, date.first.day, date.is_day()) != (1, 1, true)
}

/// How many turns of the year the span holds.
fn years_long(date: &DateRange) -> i16 {
    date.last.year - date.first.year
}

fn years_between(one: &DateRange, other: &DateRange) -> u16 {
    let (first, second) = if one.first <= other.first { (one, other) } else { (other, one) };
    (second.first.year - first.last.year).unsigned_abs()
}

fn written(day: Day) -> [u8; 8] {
    let mut digits = [0; 8];
    let mut number = u32::from(day.year.unsigned_abs()) * 10_000 + u32::from(day.month) * 100 + u32::from(day.day);
    for digit in digits.iter_mut().rev() {
        *digit = (number % 10) as u8;
        number /= 10;
    }
    digits
}

fn digits_apart(one: Day, other: Day) -> usize {
    written(one).iter().zip(written(other)).filter(|(ours, theirs)| **ours != *theirs).count()
}

fn year_digits_apart(one: i16, other: i16) -> usize {
    let year = |year: i16| written(Day { year, month: 1, day: 1 });
    year(one).iter().zip(year(other)).filter(|(ours, theirs)| **ours != *theirs).count()
}

/// Whether two neighbouring digits changed places and nothing else did.
fn neighbours_swapped(one: Day, other: Day) -> bool {
    let (one, other) = (written(one), written(other));
    let Some(at) = one.iter().zip(other).position(|(ours, theirs)| *ours != theirs) else { return false };
    let mut swapped = one;
    if at + 1 >= swapped.len() {
        return false;
    }
    swapped.swap(at, at + 1);
    swapped == other
}

fn days_apart(one: Day, other: Day) -> Option<i32> {
    let civil = |day: Day| jiff::civil::Date::new(day.year, day.month.cast_signed(), day.day.cast_signed()).ok();
    Some((civil(one)? - civil(other)?).get_days().abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Finding;
    use Degree::{Fair, Strong, Weak};

    fn date(text: &str) -> DateRange {
        match text.strip_prefix('~') {
            Some(about) => DateRange::parse_iso(about).expect("a date").about(2),
            None => match text.split_once('/') {
                Some((from, to)) => {
                    DateRange::years(from.parse().expect("a year"), to.parse().expect("a year")).expect("years")
                }
                None => DateRange::parse_iso(text).expect("a date"),
            },
        }
    }

    #[test]
    fn birth_dates_speak_by_precision_and_by_slip() {
        for (ours, theirs, finding) in [
            ("1962-05-08", "1962-05-08", Finding::Agrees(Strong)),
            ("1962-05-08", "1962-08-05", Finding::Agrees(Weak)),
            ("1962-05-08", "1962-05-03", Finding::Agrees(Weak)),
            ("1962-05-08", "1982-05-08", Finding::Agrees(Weak)),
            ("1962-05-08", "1926-05-08", Finding::Agrees(Weak)),
            ("1969-11-07", "1970-11-07", Finding::Agrees(Weak)),
            ("1962-09-30", "1962-10-01", Finding::Agrees(Weak)),
            ("1999-12-31", "2000-01-01", Finding::Agrees(Weak)),
            ("1980-12-19", "1980-01-19", Finding::Agrees(Weak)),
            ("1962-05-08", "1962-11-23", Finding::Contradicts(Weak)),
            ("1962-05-08", "1963-11-23", Finding::Contradicts(Fair)),
            ("1962-05-08", "1964-11-23", Finding::Contradicts(Fair)),
            ("1962-05-08", "1965-11-23", Finding::Contradicts(Strong)),
            ("1962-05-08", "1982-11-23", Finding::Contradicts(Strong)),
            ("1962-05-08", "1973-05-08", Finding::Contradicts(Fair)),
            // Precision: a year holds its days.
            ("1962-05-08", "1962", Finding::Agrees(Fair)),
            ("1962", "1962-05-08", Finding::Agrees(Fair)),
            ("1962-05-08", "1962-05", Finding::Agrees(Fair)),
            ("1962-05-08", "1962-07", Finding::Contradicts(Weak)),
            ("1962-05-08", "1963", Finding::Agrees(Weak)),
            ("1962-05-08", "1960", Finding::Contradicts(Fair)),
            ("1966", "1961", Finding::Contradicts(Fair)),
            ("1966", "1981", Finding::Contradicts(Strong)),
            ("1962-05-08", "1948", Finding::Contradicts(Strong)),
            // The first of January is a year in disguise.
            ("1962-01-01", "1962-05-08", Finding::Agrees(Fair)),
            ("1962-05-08", "1962-01-01", Finding::Agrees(Fair)),
            ("1962-01-01", "1962-01-01", Finding::Agrees(Fair)),
            ("1962-01-01", "1970-05-08", Finding::Contradicts(Strong)),
            // Spans and circa.
            ("1962-05-08", "1960/1965", Finding::Agrees(Weak)),
            ("1967-05-08", "1960/1965", Finding::Contradicts(Fair)),
            ("1970-05-08", "1960/1965", Finding::Contradicts(Strong)),
            ("1966-05-08", "~1965", Finding::Agrees(Weak)),
            ("1970-05-08", "~1965", Finding::Contradicts(Fair)),
            ("1975-05-08", "~1965", Finding::Contradicts(Strong)),
        ] {
            assert_eq!(compare(&date(ours), &date(theirs)).finding, finding, "{ours} {theirs}");
        }
    }

    #[test]
    fn the_comparison_does_not_care_which_side_is_which() {
        let dates = ["1962-05-08", "1962-08-05", "1962", "1963-05", "1960/1965", "~1970", "1999-12-31", "2000-01-01"];
        for one in dates {
            for other in dates {
                assert_eq!(compare(&date(one), &date(other)), compare(&date(other), &date(one)), "{one} {other}");
            }
        }
    }

    #[test]
    fn more_precise_agreement_lifts_more() {
        let lift = |ours, theirs| compare(&date(ours), &date(theirs)).lift;
        let ranked = [
            lift("1962-05-08", "1962-05-08"),
            lift("1962-05-08", "1962-05"),
            lift("1962-05-08", "1962"),
            lift("1962-05-08", "1960/1965"),
            lift("1962-05-08", "1962-08-05"),
        ];
        assert!(ranked.windows(2).all(|pair| pair[0] > pair[1]), "{ranked:?}");
        assert_eq!(ranked[0], LIFT_MAX);
    }
}
