//! Countries by whatever name a list uses: codes, English names, inversions (`Korea, North`), demonyms (`Russian`).
//!
//! The table (`country.csv`: code; alpha-3; numeric; name; other names) is our own: ISO 3166-1, the states that are
//! gone but still stand in passports and birth places, and Kosovo. A territory that is not a state of its own in
//! ISO 3166-1 (West Bank, Crimea) stands under the code that ISO gives its ground.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The table itself; a line that is not `code;alpha-3;numeric;name;others` would fail this module's tests.
const TABLE: &str = include_str!("country.csv");

/// What one lookup needs: both directions, built once.
struct Lookup {
    codes: FxHashMap<String, &'static str>,
    names: FxHashMap<&'static str, &'static str>,
}

static LOOKUP: LazyLock<Lookup> = LazyLock::new(|| {
    let mut lookup = Lookup { codes: FxHashMap::default(), names: FxHashMap::default() };
    for row in rows() {
        lookup.names.insert(row.code, row.name);
        for text in [row.code, row.alpha3, row.numeric, row.name].into_iter().chain(row.others) {
            if let Some(key) = key(text) {
                lookup.codes.entry(key).or_insert(row.code);
            }
        }
    }
    lookup
});

/// Longer texts are not country names; this bounds what a look-up costs.
const TEXT_BYTES_MAX: usize = 128;

/// The code of a country by its ISO 3166-1 codes, English name, one of the names lists use, or its demonym.
///
/// Codes are lower-case alpha-2, and four letters for most states that are gone (`suhh`), as FollowTheMoney has them.
/// `None` is "not recognised", which is what `undetermined`, `unknown` and `00` deserve as well.
#[must_use]
pub fn code(text: &str) -> Option<&'static str> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    LOOKUP.codes.get(&key(text)?).copied()
}

/// The English name of a country by its code, as [`code`] gives it.
#[must_use]
pub fn name(code: &str) -> Option<&'static str> {
    LOOKUP.names.get(code).copied()
}

struct Row {
    code: &'static str,
    alpha3: &'static str,
    numeric: &'static str,
    name: &'static str,
    others: std::str::Split<'static, char>,
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().filter_map(|line| {
        let mut cells = line.split(';');
        let (code, alpha3, numeric) = (cells.next()?, cells.next()?, cells.next()?);
        Some(Row { code, alpha3, numeric, name: cells.next()?, others: cells.next()?.split('|') })
    })
}

/// The words of a name in alphabetical order, folded, so that `Congo, Democratic Republic of the` and
/// `Democratic Republic of the Congo` are one key. Dots join (`U.A.E.` is `uae`), other punctuation parts.
fn key(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match plain(character) {
            Some(letters) => folded.push_str(letters),
            None if character.is_ascii_alphanumeric() => folded.push(character),
            None if matches!(character, '.' | '\'' | '’' | '`' | '\u{307}') => {}
            None => folded.push(' '),
        }
    }
    let mut words: Vec<&str> =
        folded.split_whitespace().filter(|word| !matches!(*word, "the" | "of" | "and")).collect();
    words.sort_unstable();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The plain letters of the accented ones that country names are written with.
fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => "a",
        'ç' => "c",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' | 'ı' => "i",
        'ñ' => "n",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => "o",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_whole_and_no_name_belongs_to_two_countries() {
        let mut owners: FxHashMap<String, &str> = FxHashMap::default();
        for (row, line) in rows().zip(TABLE.lines()) {
            assert_eq!(line.split(';').count(), 5, "{line}");
            assert!(matches!(row.code.len(), 2 | 4) && row.alpha3.len() == 3, "{line}");
            assert!(matches!(row.numeric.len(), 0 | 3), "{line}");
            for text in [row.code, row.alpha3, row.numeric, row.name].into_iter().chain(row.others) {
                let Some(key) = key(text) else { continue };
                let owner = owners.entry(key).or_insert(row.code);
                assert_eq!(*owner, row.code, "`{text}` stands twice");
            }
            assert_eq!(name(row.code), Some(row.name));
        }
        assert_eq!(rows().count(), TABLE.lines().count());
        assert_eq!(rows().filter(|row| row.code.len() == 2).count(), 253);
    }

    #[test]
    fn countries_are_known_by_the_names_lists_use() {
        for (text, expected) in [
            ("Korea, North", "kp"),
            ("Democratic People's Republic of Korea", "kp"),
            ("Republic of Korea", "kr"),
            ("Congo, Democratic Republic of the", "cd"),
            ("Democratic Republic of the Congo", "cd"),
            ("Congo, Republic of the", "cg"),
            ("Iran (Islamic Republic of)", "ir"),
            ("Burma", "mm"),
            ("West Bank", "ps"),
            ("Region: Gaza", "ps"),
            ("Russian", "ru"),
            ("RUSSIAN FEDERATION", "ru"),
            ("Türkiye", "tr"),
            ("Côte d’Ivoire", "ci"),
            ("Cote d Ivoire", "ci"),
            ("Bahamas, The", "bs"),
            ("Virgin Islands, British", "vg"),
            ("Man, Isle of", "im"),
            ("North Macedonia, The Republic of", "mk"),
            ("United Kingdom of Great Britain and Northern Ireland", "gb"),
            ("U.A.E.", "ae"),
            ("USA", "us"),
            ("840", "us"),
            ("de", "de"),
            ("XK", "xk"),
            ("former Soviet Union", "suhh"),
            ("SU", "suhh"),
            ("YU", "yucs"),
            ("DD", "dd"),
            ("CS", "csxx"),
            ("ZR", "cd"),
            ("suhh", "suhh"),
        ] {
            assert_eq!(code(text), Some(expected), "{text}");
        }
        for text in ["", " - ", "00", "undetermined", "na na", "Atlantis", &"x".repeat(200)] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
