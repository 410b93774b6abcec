//! Arabic script: Arabic, Persian, Urdu, Pashto, Kurdish.
//!
//! Short vowels are not written, so a name that is well known is given the spelling it has in Latin letters; any other
//! keeps its consonants and long vowels, and is compared as one without short vowels.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::hearing::Hearing;
use crate::lexicon::{ARABIC_NAMES, lines};

/// Latin spelling of well-known names, by their letters made one way.
static NAMES: LazyLock<FxHashMap<String, &'static str>> = LazyLock::new(|| {
    lines(ARABIC_NAMES)
        .flat_map(|line| line.split_once(' '))
        .flat_map(|(latin, spellings)| spellings.split_whitespace().map(move |spelling| (plain(spelling), latin)))
        .collect()
});

pub(super) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// A word in Latin letters, the article apart.
pub(super) fn latin(word: &str) -> Vec<(String, Hearing)> {
    let word = plain(word);
    if let Some(name) = known(&word) {
        return vec![(name.to_owned(), Hearing::Latin)];
    }
    let named = |rest: &str| {
        known(rest).map_or_else(|| (consonants(rest), Hearing::Abjad), |name| (name.to_owned(), Hearing::Latin))
    };
    if let Some(rest) = word.strip_prefix("عبدال").filter(|rest| rest.chars().count() >= 2) {
        return vec![("abdul".to_owned(), Hearing::Latin), named(rest)];
    }
    match word.strip_prefix("ال").filter(|rest| rest.chars().count() >= 3) {
        Some(rest) => {
            let name = known(rest)
                .map_or_else(|| (consonants(rest), Hearing::Abjad), |name| (name.to_owned(), Hearing::Latin));
            vec![("al".to_owned(), Hearing::Latin), name]
        }
        None => vec![(consonants(&word), Hearing::Abjad)],
    }
}

fn known(word: &str) -> Option<&'static str> {
    NAMES.get(word).copied()
}

/// A word with the letters that languages and keyboards write differently made one, and without marks.
fn plain(word: &str) -> String {
    word.chars()
        .filter_map(|c| match c {
            'آ' | 'أ' | 'إ' | 'ٱ' => Some('ا'),
            'ى' | 'ی' | 'ې' | 'ۍ' | 'ئ' | 'ے' | 'ێ' => Some('ي'),
            'ک' | 'ڪ' => Some('ك'),
            'ة' | 'ۀ' | 'ہ' | 'ۃ' | 'ھ' | 'ە' => Some('ه'),
            'ؤ' | 'ۆ' | 'ۇ' => Some('و'),
            'ء' => None,
            c if super::is_mark(c) => None,
            c => Some(c),
        })
        .collect()
}

/// Consonants and long vowels.
fn consonants(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(letters.len());
    for (at, c) in letters.iter().enumerate() {
        let last = at + 1 == letters.len();
        let text = match c {
            'ا' => "a",
            'ب' => "b",
            'پ' => "p",
            'ت' | 'ٹ' | 'ټ' | 'ط' => "t",
            'ث' | 'س' | 'ص' => "s",
            'ج' => "j",
            'چ' | 'څ' => "ch",
            'ح' => "h",
            'خ' => "kh",
            'د' | 'ڈ' | 'ډ' => "d",
            'ض' => "d",
            'ذ' | 'ز' | 'ظ' => "z",
            'ځ' => "dz",
            'ر' | 'ڑ' | 'ړ' | 'ڕ' => "r",
            'ژ' | 'ږ' => "zh",
            'ش' | 'ښ' => "sh",
            'ع' => "a",
            'غ' => "gh",
            'ف' => "f",
            'ڤ' | 'ۋ' => "v",
            'ق' | 'ك' => "k",
            'گ' | 'ګ' => "g",
            'ل' | 'ڵ' => "l",
            'م' => "m",
            'ن' | 'ڼ' | 'ں' | 'ڻ' => "n",
            'ه' if last => "a",
            'ه' => "h",
            'و' if at == 0 => "w",
            'و' => "u",
            'ي' if at == 0 => "y",
            'ي' => "i",
            '٠'..='٩' | '۰'..='۹' => {
                out.push_str(&any_ascii::any_ascii(&c.to_string()));
                ""
            }
            _ => "",
        };
        out.push_str(text);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_get_their_vowels_and_others_do_not() {
        let texts = |word| latin(word).into_iter().map(|(text, _)| text).collect::<Vec<_>>();
        assert_eq!(texts("محمد"), ["muhammad"]);
        assert_eq!(texts("الرحمن"), ["al", "rahman"]);
        assert_eq!(texts("بوتين"), ["butin"]);
        assert_eq!(texts("مُحَمَّد"), ["muhammad"]);
    }
}
