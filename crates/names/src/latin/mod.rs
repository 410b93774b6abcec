//! Any script to Latin letters, word by word.

mod alphabets;
mod arabic;
mod east_asian;
mod hebrew;

use unicode_normalization::UnicodeNormalization;

use crate::hearing::Hearing;
use crate::name::CHARS_MAX;

/// A word as written, in ASCII letters and digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawWord {
    pub(crate) text: String,
    /// How the script it was written in hears a name.
    pub(crate) hearing: Hearing,
    /// Stood before a full stop: "J." or each part of "S.p.A.".
    pub(crate) dotted: bool,
    /// Written in capitals alone.
    pub(crate) shout: bool,
    /// Stood after a slash.
    pub(crate) slash: bool,
    /// Joined to the word before by a hyphen.
    pub(crate) hyphen: bool,
}

/// A text in Latin lower-case letters, as names are compared: `Юрій Ющенко` is `yuriy yushchenko`.
pub fn latin(raw: &str) -> String {
    words(raw).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

/// The words of a name in Latin letters.
pub(crate) fn words(raw: &str) -> Vec<RawWord> {
    let clean: String = raw.chars().take(CHARS_MAX).nfkc().filter(|c| !is_invisible(*c)).collect();
    let mut reader = Reader { words: Vec::new(), word: String::new(), slash: false, hyphen: false };
    let alone = clean.split_whitespace().count() == 1;
    let native = clean.split_whitespace().any(east_asian::is_korean_family);
    let foreign = clean.contains(['·', '・', '•']);
    for c in clean.chars() {
        if c.is_alphanumeric() || is_mark(c) || c == 'ー' {
            reader.word.push(c);
        } else if is_apostrophe(c) {
            // Part of the word, without a sound of its own, but for a Hebrew letter that it changes.
            if reader.word.chars().last().is_some_and(hebrew::is_hebrew) {
                reader.word.push('\'');
            }
        } else {
            reader.end(c == '.', Around { foreign, alone, native });
            reader.slash |= c == '/';
            reader.hyphen = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '－' | '־');
            if c == '&' || c == '+' {
                reader.words.push(RawWord { text: "and".to_owned(), slash: reader.slash, ..RawWord::default() });
            }
        }
    }
    reader.end(false, Around { foreign, alone, native });
    reader.words
}

/// What the whole name says about each of its words.
#[derive(Clone, Copy)]
struct Around {
    /// Points stand between the parts of a foreign name.
    foreign: bool,
    /// The word is all there is.
    alone: bool,
    /// A Korean family name stands by itself.
    native: bool,
}

struct Reader {
    words: Vec<RawWord>,
    word: String,
    slash: bool,
    hyphen: bool,
}

impl Reader {
    /// Ends the word that is being read.
    fn end(&mut self, dotted: bool, around: Around) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let shout = word.chars().all(|c| !c.is_lowercase());
        let word_of = RawWord { dotted, shout, slash: self.slash, hyphen: self.hyphen, ..RawWord::default() };
        for (text, hearing) in romanised(&word, around) {
            if !text.is_empty() {
                self.words.push(RawWord { text, hearing, ..word_of.clone() });
            }
        }
        self.hyphen = false;
    }
}

/// One word as one or more in Latin letters: names of East Asia are written without a space.
fn romanised(word: &str, around: Around) -> Vec<(String, Hearing)> {
    let any = |test: fn(char) -> bool| word.chars().any(test);
    if word.is_ascii() {
        vec![(word.to_ascii_lowercase(), Hearing::Latin)]
    } else if any(|c| c.is_ascii_alphabetic()) {
        // Letters of other alphabets among Latin ones are there for their looks.
        vec![(fold(&alphabets::looks_latin(word)), Hearing::Latin)]
    } else if any(is_kana) {
        vec![(fold(&east_asian::hepburn(word)), Hearing::Syllabary)]
    } else if any(is_hangul) {
        east_asian::korean(word, around.alone, around.native)
    } else if any(is_han) {
        east_asian::chinese(word, around.foreign, around.alone)
    } else if any(hebrew::is_hebrew) {
        vec![(hebrew::latin(word), Hearing::Abjad)]
    } else if any(arabic::is_arabic) {
        arabic::latin(word)
    } else if any(alphabets::is_cyrillic) {
        vec![(fold(&alphabets::cyrillic(word)), Hearing::Alphabet)]
    } else if any(alphabets::is_greek) {
        vec![(fold(&alphabets::greek(word)), Hearing::Alphabet)]
    } else {
        let hearing = word.chars().map(hearing_of).max().unwrap_or_default();
        let text = if hearing == Hearing::Abugida {
            fold(&thai_order(word)).replace("ch", "c").replace('c', "ch")
        } else {
            fold(word)
        };
        vec![(text, hearing)]
    }
}

/// Thai and Lao write some vowels before the consonant they follow, and letters that nobody says under a mark.
fn thai_order(word: &str) -> String {
    let mut out: Vec<char> = Vec::with_capacity(word.len());
    let mut waiting = None;
    for c in word.chars() {
        match c {
            '\u{e40}'..='\u{e44}' | '\u{ec0}'..='\u{ec4}' => waiting = Some(c),
            '\u{e4c}' | '\u{ecc}' => {
                out.pop();
            }
            _ => {
                out.push(c);
                out.extend(waiting.take());
            }
        }
    }
    out.extend(waiting);
    out.into_iter().collect()
}

/// How the scripts hear that need no table of their own.
fn hearing_of(c: char) -> Hearing {
    match c {
        '\u{530}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' => Hearing::Alphabet,
        '\u{900}'..='\u{109f}' | '\u{1200}'..='\u{139f}' | '\u{1780}'..='\u{17ff}' => Hearing::Abugida,
        _ => Hearing::Latin,
    }
}

fn fold(word: &str) -> String {
    any_ascii::any_ascii(word).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}') && c != '・'
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' | '々')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '\u{2018}'..='\u{201b}' | '\u{2b0}'..='\u{2ff}' | '\u{2032}' | '\u{5f3}' | '\u{5f4}' | '\u{55a}')
}

/// Characters that show nothing: joiners, marks of direction, soft hyphens, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}
