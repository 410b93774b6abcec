//! Birth dates: in the past, of somebody alive, of somebody old enough.

use jiff::civil::Date;

use super::Signal;
use super::names::SignalName;

/// The longest life on record was 122 years; past 120 a birth date is a mistake or an invention.
const YEARS_MAX: i32 = 120;

/// From this age on a person is rare enough to look twice.
const VERY_OLD_YEARS: i32 = 100;

/// What a birth date says on this day.
#[must_use]
pub fn signals(born: Option<Date>, today: Date, age_min_years: u8) -> Vec<Signal> {
    let Some(born) = born else { return vec![Signal::new(SignalName::BirthDateMissing)] };
    if born > today {
        return vec![Signal::new(SignalName::BirthDateFuture)];
    }
    let age = age_years(born, today);
    let name = match age {
        age if age > YEARS_MAX => SignalName::BirthDateTooOld,
        age if age < i32::from(age_min_years) => SignalName::BirthDateMinor,
        age if age >= VERY_OLD_YEARS => SignalName::BirthDateVeryOld,
        _ => SignalName::BirthDatePlausible,
    };
    let mut signals = vec![Signal::new(name)];
    if (born.month(), born.day()) == (1, 1) && born.year() % 10 == 0 {
        signals.push(Signal::new(SignalName::BirthDateDefault));
    }
    signals
}

/// Whole years from one day to another. Who is born on 29 February is a year older on 1 March.
#[must_use]
pub fn age_years(born: Date, today: Date) -> i32 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    i32::from(today.year()) - i32::from(born.year()) - i32::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::found;
    use super::*;

    #[test]
    fn what_a_birth_date_says() {
        let today = date(2026, 11, 22);
        for (born, expected) in [
            (date(2026, 11, 23), vec!["birth_date.future"]),
            (date(2026, 11, 22), vec!["birth_date.minor"]),
            (date(2008, 11, 23), vec!["birth_date.minor"]),
            (date(2008, 11, 22), vec!["birth_date.plausible"]),
            (date(1980, 5, 17), vec!["birth_date.plausible"]),
            (date(1990, 1, 1), vec!["birth_date.plausible", "birth_date.default"]),
            (date(1926, 11, 23), vec!["birth_date.plausible"]),
            (date(1926, 11, 22), vec!["birth_date.very_old"]),
            (date(1905, 11, 23), vec!["birth_date.very_old"]),
            (date(1905, 11, 22), vec!["birth_date.too_old"]),
            (date(1900, 1, 1), vec!["birth_date.too_old", "birth_date.default"]),
        ] {
            assert_eq!(found(&signals(Some(born), today, 18)), expected, "{born}");
        }
        assert_eq!(found(&signals(None, today, 18)), ["birth_date.missing"]);
        assert_eq!(found(&signals(Some(date(2008, 11, 23)), today, 16)), ["birth_date.plausible"]);
        assert_eq!(age_years(date(2004, 2, 29), date(2022, 2, 28)), 17);
    }
}
