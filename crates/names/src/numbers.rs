//! Numbers however they are written, and digits that stand for letters.

/// Words for numbers, by number.
const WORDS: [(&str, u32); 40] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("twenty", 20),
    ("hundred", 100),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("twentieth", 20),
    ("pervyy", 1),
    ("vtoroy", 2),
    ("tretiy", 3),
    ("primero", 1),
    ("primera", 1),
    ("segundo", 2),
    ("segunda", 2),
    ("tercero", 3),
    ("premier", 1),
    ("erste", 1),
    ("zweite", 2),
    ("dritte", 3),
    ("uno", 1),
];

/// The decimal digits of a word that is a number: digits, an ordinal, a word, or Roman numerals.
///
/// One Roman letter counts only when `alone` says that it may stand for a number.
pub(crate) fn number(text: &str, alone: bool) -> Option<String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &text[digits.len()..];
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits && matches!(ending, "" | "st" | "nd" | "rd" | "th") {
        let digits = digits.trim_start_matches('0');
        return Some(if digits.is_empty() { "0".to_owned() } else { digits.to_owned() });
    }
    if let Some((_, number)) = WORDS.iter().find(|(word, _)| *word == text) {
        return Some(number.to_string());
    }
    roman(text).filter(|_| text.len() > 1 || alone).map(|number| number.to_string())
}

/// The value of Roman numerals up to 39; larger ones are more likely words.
fn roman(text: &str) -> Option<u32> {
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let tens = text.bytes().take_while(|byte| *byte == b'x').count().min(3);
    // In "ix" the x belongs to the unit, which the table holds.
    let unit = UNITS.iter().position(|unit| *unit == &text[tens..])?;
    (tens + unit > 0).then_some((10 * tens + unit) as u32)
}

/// A word with the digits that look like letters replaced by them: "sm1th" is "smith".
pub(crate) fn letters_for_digits(text: &str) -> String {
    let bytes = text.as_bytes();
    let has = |test: fn(&u8) -> bool| bytes.iter().any(test);
    if !has(u8::is_ascii_digit) || !has(u8::is_ascii_alphabetic) {
        return text.to_owned();
    }
    let is_vowel = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| b"aeiouy034".contains(byte));
    let letter = |(at, byte): (usize, &u8)| match byte {
        b'0' => 'o',
        b'1' if at > 0 && (is_vowel(Some(at - 1)) || is_vowel(Some(at + 1))) => 'l',
        b'1' => 'i',
        b'2' => 'z',
        b'3' => 'e',
        b'4' => 'a',
        b'5' => 's',
        b'6' | b'9' => 'g',
        b'7' => 't',
        b'8' => 'b',
        other => char::from(*other),
    };
    bytes.iter().enumerate().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_however_written() {
        for (text, digits) in
            [("007", "7"), ("1st", "1"), ("third", "3"), ("xii", "12"), ("ix", "9"), ("viii", "8"), ("xx", "20")]
        {
            assert_eq!(number(text, false).as_deref(), Some(digits), "{text}");
        }
        assert_eq!(number("i", false), None);
        assert_eq!(number("i", true).as_deref(), Some("1"));
        assert_eq!(number("ar16", false), None);
        assert_eq!(number("mix", false), None);
    }

    #[test]
    fn digits_among_letters_are_letters() {
        assert_eq!(letters_for_digits("1vanov"), "ivanov");
        assert_eq!(letters_for_digits("migue1"), "miguel");
        assert_eq!(letters_for_digits("sm1th"), "smith");
        assert_eq!(letters_for_digits("r0bert"), "robert");
        assert_eq!(letters_for_digits("2004"), "2004");
    }
}
