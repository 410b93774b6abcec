//! Social security numbers: what was never given out, what is known to everybody, and what the rules of issue allow.
//!
//! Until 2011-06-25 the first three digits (area) told the state of issue, and the next two (group) followed in an order
//! that the authority published month by month; since then numbers are random. The monthly tables of groups are not
//! shipped, so that a group which had not been reached before 2011 is not noticed.

use jiff::civil::{Date, date};

use super::names::SignalName;
use super::{Signal, places};
use crate::tax_id::{TaxId, TaxIdKind};

/// From this day on numbers are drawn at random (the authority's "SSN randomization").
const RANDOM_SINCE: Date = date(2011, 6, 25);

/// The Railroad Retirement Board gave out its last number (areas 700 to 728) before this day.
const RAILROAD_ENDED: Date = date(1963, 7, 1);

/// How old somebody was in years on [`RANDOM_SINCE`] who would have had a number of the older kind, born in the country.
const GROWN_UP_YEARS: i16 = 18;

/// Numbers that stood in wallets, pamphlets and advertisements, and were used by thousands since.
const PUBLICISED: [&str; 3] = [
    "078051120", // Woolworth's sample card of 1938
    "219099999", // the authority's own pamphlet of 1940
    "457555462", // the chief of a protection service, who advertised with it
];

/// What a number says, given the birth date and the state of residence.
#[must_use]
pub fn signals(number: Option<&TaxId>, born: Option<Date>, state: Option<&str>) -> Vec<Signal> {
    let Some(number) = number else { return vec![Signal::new(SignalName::SsnMissing)] };
    match number.kind() {
        TaxIdKind::Foreign | TaxIdKind::Ein => vec![Signal::new(SignalName::SsnOtherNumber)],
        TaxIdKind::Ssn | TaxIdKind::Itin => american(number.value(), born, state),
    }
}

fn american(digits: &str, born: Option<Date>, state: Option<&str>) -> Vec<Signal> {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u16>().ok());
    let (Some(area), Some(group), Some(serial)) = (part(0, 3), part(3, 5), part(5, 9)) else {
        return vec![Signal::new(SignalName::SsnNeverIssued)];
    };
    if PUBLICISED.contains(&digits) || is_for_advertising(digits) {
        return vec![Signal::new(SignalName::SsnPublicised)];
    }
    if is_typed_to_fill(digits) {
        return vec![Signal::new(SignalName::SsnPlaceholder)];
    }
    // IRS: a taxpayer number begins with 9 and has one of these groups.
    if area >= 900 && serial > 0 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99) {
        return vec![Signal::new(SignalName::SsnTaxpayerNumber)];
    }
    if area == 0 || area == 666 || area >= 900 || group == 0 || serial == 0 {
        return vec![Signal::new(SignalName::SsnNeverIssued)];
    }
    let mut signals = Vec::new();
    let random = born.is_some_and(|born| born >= RANDOM_SINCE);
    if (700..=728).contains(&area) && born.is_some_and(|born| born >= RAILROAD_ENDED) && !random {
        signals.push(Signal::new(SignalName::SsnRailroad));
    } else {
        signals.push(Signal::new(SignalName::SsnPlausible));
    }
    let opened_late = matches!(area, 734..=749 | 773..=899);
    if opened_late && born.is_some_and(|born| born.year() + GROWN_UP_YEARS <= RANDOM_SINCE.year()) {
        signals.push(Signal::new(SignalName::SsnLateArea));
    }
    if !random && state.is_some_and(|state| places::area_of_state(area, state)) {
        signals.push(Signal::new(SignalName::SsnStateAgrees));
    }
    signals
}

/// 987-65-4320 to 987-65-4329 are set aside for advertisements.
fn is_for_advertising(digits: &str) -> bool {
    digits.starts_with("98765432")
}

/// One digit nine times, two alternating, or a run up or down.
fn is_typed_to_fill(digits: &str) -> bool {
    let digits = digits.as_bytes();
    let all = |fits: fn(u8, u8) -> bool| digits.windows(2).all(|pair| fits(pair[0], pair[1]));
    let repeats = |every: usize| digits.iter().zip(digits.iter().skip(every)).all(|(a, b)| a == b);
    repeats(1) || repeats(2) || repeats(3) || all(|a, b| b == a + 1) || all(|a, b| a == b + 1)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    fn read(number: &str, born: Date, state: &str) -> Vec<&'static str> {
        let number = TaxId::parse(TaxIdKind::Ssn, number).expect("nine digits");
        found(&signals(Some(&number), Some(born), Some(state)))
    }

    #[test]
    fn what_a_number_says() {
        let grown_up = date(1980, 5, 17);
        for (number, expected) in [
            ("000-45-6788", "ssn.never_issued"),
            ("666-45-6788", "ssn.never_issued"),
            ("900-45-6788", "ssn.never_issued"),
            ("999-93-6788", "ssn.never_issued"),
            ("212-00-6788", "ssn.never_issued"),
            ("212-45-0000", "ssn.never_issued"),
            ("912-70-1234", "ssn.taxpayer_number"),
            ("912-50-1234", "ssn.taxpayer_number"),
            ("999-99-9998", "ssn.taxpayer_number"),
            ("078-05-1120", "ssn.publicised"),
            ("219-09-9999", "ssn.publicised"),
            ("457-55-5462", "ssn.publicised"),
            ("987-65-4325", "ssn.publicised"),
            ("123-45-6789", "ssn.placeholder"),
            ("111-11-1111", "ssn.placeholder"),
            ("123-12-3123", "ssn.placeholder"),
            ("121-21-2121", "ssn.placeholder"),
            ("705-12-3841", "ssn.railroad"),
            ("212-45-6788", "ssn.plausible"),
        ] {
            assert_eq!(read(number, grown_up, "CA"), [expected], "{number}");
        }
    }

    #[test]
    fn states_and_birth_dates_count_only_where_the_rules_of_issue_allow() {
        let (older, grown_up, child) = (date(1950, 1, 1), date(1980, 5, 17), date(2012, 1, 1));
        assert_eq!(read("212-45-6788", grown_up, "MD"), ["ssn.plausible", "ssn.state_agrees"]);
        assert_eq!(read("212-45-6788", child, "MD"), ["ssn.plausible"]);
        assert_eq!(read("705-12-3841", older, "MD"), ["ssn.plausible"]);
        assert_eq!(read("705-12-3841", child, "MD"), ["ssn.plausible"]);
        assert_eq!(read("812-45-6788", grown_up, "MD"), ["ssn.plausible", "ssn.late_area"]);
        assert_eq!(read("740-45-6788", child, "MD"), ["ssn.plausible"]);
        assert_eq!(read("772-45-6788", grown_up, "FL"), ["ssn.plausible", "ssn.state_agrees"]);
    }

    #[test]
    fn other_numbers_are_not_judged_by_these_rules() {
        let foreign = TaxId::parse(TaxIdKind::Foreign, "RU 7707").expect("foreign");
        assert_eq!(found(&signals(Some(&foreign), None, None)), ["ssn.other_number"]);
        assert_eq!(found(&signals(None, None, None)), ["ssn.missing"]);
    }
}
