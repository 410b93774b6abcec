//! Any script to Latin letters, word by word.

use unicode_normalization::UnicodeNormalization;

use crate::name::CHARS_MAX;

/// A word as written, in ASCII letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawWord {
    pub(crate) text: String,
    /// The script writes no short vowels.
    pub(crate) abjad: bool,
    /// Stood before a full stop: "J." or each part of "S.p.A.".
    pub(crate) dotted: bool,
    /// Written in capitals alone.
    pub(crate) shout: bool,
    /// Stood after a slash.
    pub(crate) slash: bool,
}

/// A text in Latin lower-case letters, as names are compared: `Юрій Ющенко` is `yuriy yushchenko`.
pub fn latin(raw: &str) -> String {
    words(raw).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

/// The words of a name in Latin letters.
pub(crate) fn words(raw: &str) -> Vec<RawWord> {
    let clean: String = raw.chars().take(CHARS_MAX).nfkc().filter(|c| !is_invisible(*c)).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    let mut slash = false;
    for c in clean.chars() {
        if c.is_alphanumeric() || is_mark(c) {
            word.push(c);
        } else if is_apostrophe(c) {
            // Part of the word, without a sound of its own.
        } else {
            flush(&mut word, c == '.', slash, &mut words);
            slash |= c == '/';
            if c == '&' || c == '+' {
                words.push(RawWord { text: "and".to_owned(), abjad: false, dotted: false, shout: false, slash });
            }
        }
    }
    flush(&mut word, false, slash, &mut words);
    words
}

fn flush(word: &mut String, dotted: bool, slash: bool, out: &mut Vec<RawWord>) {
    if word.is_empty() {
        return;
    }
    if word.chars().any(is_han) {
        han(word, slash, out);
    } else {
        let abjad = word.chars().any(is_abjad);
        let shout = word.chars().all(|c| !c.is_lowercase());
        push(out, RawWord { text: fold(word), abjad, dotted, shout, slash });
    }
    word.clear();
}

fn push(out: &mut Vec<RawWord>, word: RawWord) {
    if !word.text.is_empty() {
        out.push(word);
    }
}

/// Surname first, of one character; the rest is the given name, written as one word.
fn han(word: &str, slash: bool, out: &mut Vec<RawWord>) {
    let syllables: Vec<String> = word.chars().map(|c| fold(&c.to_string())).filter(|text| !text.is_empty()).collect();
    if let Some((family, given)) = syllables.split_first() {
        for text in [family.clone(), given.concat()] {
            push(out, RawWord { text, abjad: false, dotted: false, shout: false, slash });
        }
    }
}

fn fold(word: &str) -> String {
    any_ascii::any_ascii(word).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

fn is_abjad(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '\u{2018}'..='\u{201b}' | '\u{2b0}'..='\u{2ff}' | '\u{2032}' | '\u{5f3}' | '\u{55a}')
}

/// Characters that show nothing: joiners, marks of direction, soft hyphens, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}
