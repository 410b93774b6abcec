//! The machine-readable zone of travel documents (ICAO Doc 9303, parts 3 to 6): three shapes and their check digits.

use jiff::civil::Date;

use crate::pii::Pii;

/// How the zone is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Three lines of 30: identity cards.
    Td1,
    /// Two lines of 36: larger cards, older identity cards.
    Td2,
    /// Two lines of 44: passports.
    Td3,
}

/// What a zone says. Texts are in capitals, fillers taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mrz {
    /// How it is laid out.
    pub format: Format,
    /// What it is: `P` a passport, `I`, `A` or `C` a card, `V` a visa; often with a second letter.
    pub code: String,
    /// Who issued it, mostly ISO 3166-1 alpha-3; Germany is `D`.
    pub issuer: String,
    /// Its number.
    pub number: Pii<String>,
    /// Family names.
    pub family: Pii<String>,
    /// Given names.
    pub given: Pii<String>,
    /// Citizenship, as `issuer`.
    pub nationality: String,
    /// Day of birth, where it is known and the calendar has it.
    pub born: Option<Pii<Date>>,
    /// Day of expiry, likewise.
    pub expires_on: Option<Date>,
    /// `M`, `F`, or nothing.
    pub sex: Option<char>,
    /// Which check digits hold.
    pub checks: Checks,
}

/// Which check digits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// That of the number.
    pub number: bool,
    /// That of the birth date.
    pub born: bool,
    /// That of the expiry.
    pub expires: bool,
    /// That of the personal number, where the format has one.
    pub personal: bool,
    /// That over all of them.
    pub composite: bool,
}

impl Checks {
    /// Whether all of them hold.
    #[must_use]
    pub const fn hold(self) -> bool {
        self.number && self.born && self.expires && self.personal && self.composite
    }
}

/// Why a text is no machine-readable zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MrzError {
    /// It has neither three lines of 30 nor two of 36 or 44.
    #[error("must be three lines of 30 or two lines of 36 or 44 characters")]
    Shape,
    /// It holds something else than capitals, digits and `<`.
    #[error("must hold only capital letters, digits and <")]
    Characters,
}

/// Reads a zone. Lines may be parted by any white space, or not at all; years are those nearest to `today`.
///
/// # Errors
/// What keeps it from being read. Check digits that do not hold are no error: they are told in [`Mrz::checks`].
pub fn parse(text: &str, today: Date) -> Result<Mrz, MrzError> {
    // The longest zone has 90 characters; a caller may have put blanks anywhere.
    if text.len() > 400 {
        return Err(MrzError::Shape);
    }
    let zone: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if !zone.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<') {
        return Err(MrzError::Characters);
    }
    match zone.len() {
        90 => Ok(td1(&zone[..30], &zone[30..60], &zone[60..], today)),
        72 => Ok(two_lines(Format::Td2, &zone[..36], &zone[36..], today)),
        88 => Ok(two_lines(Format::Td3, &zone[..44], &zone[44..], today)),
        _ => Err(MrzError::Shape),
    }
}

fn td1(first: &[u8], second: &[u8], third: &[u8], today: Date) -> Mrz {
    let composite = [&first[5..30], &second[0..7], &second[8..15], &second[18..29]].concat();
    // A number of more than nine characters goes on in the optional data, its check digit behind it (part 5, 4.2.2.1).
    let (number, number_holds) = if first[14] == b'<' {
        let rest = first[15..30].split(|byte| *byte == b'<').next().unwrap_or_default();
        match rest.split_last() {
            Some((digit, rest)) => {
                let number = [&first[5..14], rest].concat();
                let holds = holds(&number, *digit);
                (number, holds)
            }
            None => (first[5..14].to_vec(), false),
        }
    } else {
        (first[5..14].to_vec(), holds(&first[5..14], first[14]))
    };
    let (family, given) = names(third);
    Mrz {
        format: Format::Td1,
        code: plain(&first[0..2]),
        issuer: plain(&first[2..5]),
        number: Pii(plain(&number)),
        family,
        given,
        nationality: plain(&second[15..18]),
        born: birth_date(&second[0..6], today).map(Pii),
        expires_on: nearest(&second[8..14], today),
        sex: sex(second[7]),
        checks: Checks {
            number: number_holds,
            born: holds(&second[0..6], second[6]),
            expires: holds(&second[8..14], second[14]),
            personal: true,
            composite: holds(&composite, second[29]),
        },
    }
}

fn two_lines(format: Format, first: &[u8], second: &[u8], today: Date) -> Mrz {
    let last = second.len() - 1;
    let composite = [&second[0..10], &second[13..20], &second[21..last]].concat();
    let (family, given) = names(&first[5..]);
    // Only the passport's personal number has a digit of its own; an empty one may leave it out (part 4, 4.2.2.2).
    let personal = match format {
        Format::Td3 => holds(&second[28..42], second[42]),
        Format::Td1 | Format::Td2 => true,
    };
    Mrz {
        format,
        code: plain(&first[0..2]),
        issuer: plain(&first[2..5]),
        number: Pii(plain(&second[0..9])),
        family,
        given,
        nationality: plain(&second[10..13]),
        born: birth_date(&second[13..19], today).map(Pii),
        expires_on: nearest(&second[21..27], today),
        sex: sex(second[20]),
        checks: Checks {
            number: holds(&second[0..9], second[9]),
            born: holds(&second[13..19], second[19]),
            expires: holds(&second[21..27], second[27]),
            personal,
            composite: holds(&composite, second[last]),
        },
    }
}

/// The check digit of a field: weights 7, 3, 1 in turn, letters from 10, fillers 0, modulo 10 (part 3, 4.9).
#[must_use]
pub fn check_digit(field: &[u8]) -> u8 {
    let sum: u32 = field.iter().zip([7, 3, 1].into_iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    b"0123456789"[(sum % 10) as usize]
}

fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    }
}

fn holds(field: &[u8], digit: u8) -> bool {
    let empty = field.iter().all(|byte| *byte == b'<');
    check_digit(field) == digit || empty && digit == b'<'
}

/// A field in words, without fillers.
fn plain(field: &[u8]) -> String {
    let text: String = field.iter().map(|byte| if *byte == b'<' { ' ' } else { char::from(*byte) }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Family names, two fillers, given names.
fn names(field: &[u8]) -> (Pii<String>, Pii<String>) {
    let parted = field.windows(2).position(|pair| pair == b"<<");
    let (family, given) = parted.map_or((field, &[][..]), |at| field.split_at(at));
    (Pii(plain(family)), Pii(plain(given)))
}

fn sex(byte: u8) -> Option<char> {
    matches!(byte, b'M' | b'F').then_some(char::from(byte))
}

/// A birth date is never in the future.
fn birth_date(field: &[u8], today: Date) -> Option<Date> {
    let (year, month, day) = numbers(field)?;
    let date = |century: i16| Date::new(century + year, month, day).ok();
    let century = today.year() / 100 * 100;
    date(century).filter(|date| *date <= today).or_else(|| date(century - 100))
}

/// The date nearest to today, within fifty years on both sides.
fn nearest(field: &[u8], today: Date) -> Option<Date> {
    let (year, month, day) = numbers(field)?;
    let century = today.year() / 100 * 100;
    let candidates = [century - 100, century, century + 100].map(|century| century + year);
    let year = candidates.into_iter().min_by_key(|year| (year - today.year()).abs())?;
    Date::new(year, month, day).ok()
}

fn numbers(field: &[u8]) -> Option<(i16, i8, i8)> {
    let two = |at: usize| std::str::from_utf8(field.get(at..at + 2)?).ok()?.parse::<i8>().ok();
    field.iter().all(u8::is_ascii_digit).then_some(())?;
    Some((i16::from(two(0)?), two(2)?, two(4)?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    // The specimens of Doc 9303, part 4 (passport), part 6 (TD2) and part 5 (TD1).
    const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
    const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";

    #[test]
    fn the_specimens_read() {
        for (text, format, number) in
            [(TD3, Format::Td3, "L898902C3"), (TD2, Format::Td2, "D23145890"), (TD1, Format::Td1, "D23145890")]
        {
            let mrz = parse(text, TODAY).expect("a specimen");
            assert_eq!((mrz.format, mrz.number.as_str()), (format, number));
            assert_eq!((mrz.family.as_str(), mrz.given.as_str()), ("ERIKSSON", "ANNA MARIA"));
            assert_eq!((mrz.issuer.as_str(), mrz.nationality.as_str(), mrz.sex), ("UTO", "UTO", Some('F')));
            assert_eq!(mrz.born, Some(Pii(date(1974, 8, 12))));
            assert_eq!(mrz.expires_on, Some(date(2012, 4, 15)));
            assert!(mrz.checks.hold(), "{:?}", mrz.checks);
        }
    }

    #[test]
    fn a_digit_changed_is_noticed_where_it_stands() {
        let changed = TD3.replace("7408122F", "7408132F");
        let checks = parse(&changed, TODAY).expect("still a zone").checks;
        assert_eq!((checks.number, checks.born, checks.expires, checks.composite), (true, false, true, false));
    }

    #[test]
    fn a_long_number_goes_on_in_the_optional_data() {
        let text = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<";
        let mrz = parse(text, TODAY).expect("a zone");
        assert_eq!((mrz.number.as_str(), mrz.checks.number), ("D23145890734", true));
        assert_eq!(mrz.born, Some(Pii(date(1934, 7, 12))));
        assert_eq!(mrz.expires_on, Some(date(1995, 7, 12)));
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        assert_eq!(parse("", TODAY), Err(MrzError::Shape));
        assert_eq!(parse(&TD3.to_lowercase(), TODAY), Err(MrzError::Characters));
        assert_eq!(parse(&"<".repeat(89), TODAY), Err(MrzError::Shape));
        assert_eq!(parse(&" ".repeat(1000), TODAY), Err(MrzError::Shape));
    }

    fn filled(text: &str, width: usize) -> String {
        format!("{text:<<width$}")
    }

    fn digit(field: &str) -> char {
        char::from(check_digit(field.as_bytes()))
    }

    proptest! {
        #[test]
        fn what_is_written_by_the_rules_reads_back(
            family in "[A-Z]{1,12}", given in "[A-Z]{1,6}( [A-Z]{1,6})?", number in "[A-Z0-9]{9}", personal in "[A-Z0-9]{0,14}",
            days in 0..36_000_i32, until in 0..3_650_i32,
        ) {
            let born = TODAY.saturating_sub(jiff::Span::new().days(days));
            let expires = TODAY.saturating_add(jiff::Span::new().days(until));
            let six = |date: Date| format!("{:02}{:02}{:02}", date.year() % 100, date.month(), date.day());
            let first = filled(&format!("P<UTO{family}<<{}", given.replace(' ', "<")), 44);
            let number_part = format!("{number}{}", digit(&number));
            let born_part = format!("{}{}", six(born), digit(&six(born)));
            let personal = filled(&personal, 14);
            let rest = format!("{}{}{personal}{}", six(expires), digit(&six(expires)), digit(&personal));
            let composite = digit(&format!("{number_part}{born_part}{rest}"));
            let text = format!("{first}\n{number_part}UTO{born_part}M{rest}{composite}");
            let mrz = parse(&text, TODAY).expect("written by the rules");
            prop_assert!(mrz.checks.hold());
            prop_assert_eq!((mrz.family.as_str(), mrz.given.as_str()), (family.as_str(), given.as_str()));
            prop_assert_eq!(mrz.number.as_str(), number);
            prop_assert_eq!(mrz.born.map(|born| born.0), Some(born));
            prop_assert_eq!(mrz.expires_on, Some(expires));
        }

        #[test]
        fn no_text_is_too_odd(text in "[A-Z0-9<]{90}|[A-Z0-9<]{88}|[A-Z0-9<]{72}|\\PC{0,120}") {
            let _ = parse(&text, TODAY);
        }
    }
}
