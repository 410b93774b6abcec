//! From a raw name to tokens.

use crate::arabic_names;
use crate::hearing::Hearing;
use crate::kind::Kind;
use crate::latin::{self, RawWord};
use crate::legal;
use crate::lexicon::{self, Role};
use crate::name::TOKENS_MAX;
use crate::numbers;
use crate::syllables;
use crate::token::{Token, TokenClass};

/// Weight of a token that comes and goes without meaning.
const SLIGHT: u16 = 60;
/// Weight of an initial: a letter says little.
const INITIAL: u16 = 300;
/// Weight of a patronymic against a given or family name.
const PATRONYMIC: u16 = 600;
/// Weight of a legal form.
const LEGAL_FORM: u16 = 150;
/// Weight of a number in the name of an organisation.
const NUMBER: u16 = 500;
/// Longest phrase that is read as one word, in words.
const PHRASE_WORDS_MAX: usize = 8;
/// Share, in hundredths, that what stands after a slash keeps: it is another name or an addition.
const AFTER_SLASH: u16 = 30;

/// The tokens of a name, at most [`TOKENS_MAX`].
pub(crate) fn tokens(kind: Kind, raw: &str) -> Vec<Token> {
    let mut words = latin::words(raw);
    words.truncate(2 * TOKENS_MAX);
    let mut tokens = match kind {
        Kind::Person => person(words),
        Kind::Organisation | Kind::Object => body(words),
        Kind::Any => {
            let body = body(words.clone());
            let says_body =
                body.iter().any(|token| matches!(token.class(), TokenClass::LegalForm | TokenClass::Generic));
            if says_body { body } else { person(words) }
        }
    };
    tokens.truncate(TOKENS_MAX);
    tokens
}

fn person(words: Vec<RawWord>) -> Vec<Token> {
    let words = syllables::joined(arabic_names::compounded(&initials_apart(words)));
    let mut tokens: Vec<Token> = (0..words.len()).map(|at| person_token(&words, at)).collect();
    // A name of nothing but titles and particles is a name all the same.
    if !tokens.iter().any(Token::is_anchor) {
        tokens = words.iter().map(person_word).collect();
    }
    tokens
}

fn person_token(words: &[RawWord], at: usize) -> Token {
    let word = &words[at];
    let text = word.text.as_str();
    let single = text.len() == 1 && text.as_bytes()[0].is_ascii_alphabetic();
    if single && !(text == "y" && 0 < at && at + 1 < words.len() && !word.shout) {
        return Token::new(text, TokenClass::Initial, Hearing::Latin, INITIAL);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Token::new(text, TokenClass::Number, Hearing::Latin, INITIAL);
    }
    // What is read from characters or syllables is a name, though it may sound like a particle of another language.
    let is_read = matches!(word.hearing, Hearing::Pinyin | Hearing::Syllabary | Hearing::Korean | Hearing::Han);
    match lexicon::person_role(text).filter(|_| !is_read) {
        Some(Role::Particle) if at > 0 || !lexicon::is_name_at_start(text) => {
            Token::new(text, TokenClass::Particle, word.hearing, SLIGHT)
        }
        Some(Role::Honorific) if at == 0 || !lexicon::is_name_later(text) => {
            Token::new(text, TokenClass::Honorific, word.hearing, SLIGHT)
        }
        _ if is_patronymic(text) => Token::new(text, TokenClass::Patronymic, word.hearing, PATRONYMIC),
        _ => person_word(word),
    }
}

fn person_word(word: &RawWord) -> Token {
    let text = numbers::letters_for_digits(&word.text);
    let weight = lexicon::name_weight(&text);
    // Two or three letters are shared by many names of the world.
    let weight = if text.len() <= 3 { weight.min(700) } else { weight };
    Token::new(&text, TokenClass::Word, word.hearing, if word.slash { weight * AFTER_SLASH / 100 } else { weight })
}

/// "JC" among ordinary words is two initials.
fn initials_apart(words: Vec<RawWord>) -> Vec<RawWord> {
    let all_shout = words.iter().all(|word| word.shout || word.text.len() < 3);
    let mut apart = Vec::with_capacity(words.len() + 1);
    for word in words {
        let consonants = word.text.bytes().all(|byte| byte.is_ascii_alphabetic() && !b"aeiouy".contains(&byte));
        if word.text.len() == 2 && word.shout && !all_shout && consonants && word.hearing == Hearing::Latin {
            apart.extend(word.text.chars().map(|letter| RawWord { text: letter.to_string(), ..word.clone() }));
        } else {
            apart.push(word);
        }
    }
    apart
}

/// Whether a word has the form of an East Slavic father's name.
fn is_patronymic(text: &str) -> bool {
    const ENDINGS: [&str; 16] = [
        "ovich", "evich", "ovych", "evych", "ovna", "evna", "ivna", "yivna", "ovitch", "evitch", "ovic", "evic",
        "avich", "ovics", "ouna", "euna",
    ];
    text.len() >= 7 && ENDINGS[..10].iter().any(|ending| text.ends_with(ending))
}

fn body(words: Vec<RawWord>) -> Vec<Token> {
    let words = undotted(words);
    let mut tokens = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        if let Some((group, width)) = legal_form(&words, at) {
            tokens.push(Token::new(group, TokenClass::LegalForm, Hearing::Latin, LEGAL_FORM));
            at += width;
        } else if let Some((word, width)) = phrase(&words[at..]) {
            let read = RawWord { text: word.to_owned(), ..words[at].clone() };
            tokens.push(body_token(&read, at));
            at += width;
        } else {
            let joined = legal::joined(&words[at].text);
            if let Some((stem, group)) = joined.filter(|_| words.len() == 1) {
                tokens.push(Token::new(stem, TokenClass::Word, Hearing::Latin, 1_000));
                tokens.push(Token::new(group, TokenClass::LegalForm, Hearing::Latin, LEGAL_FORM));
            } else {
                tokens.push(body_token(&words[at], at));
            }
            at += 1;
        }
    }
    if words.len() > 1
        && let Some(group) = words.last().and_then(|word| legal::misspelled(&word.text))
        && let Some(last) = tokens.last_mut().filter(|token| token.class() == TokenClass::Word)
    {
        *last = Token::new(group, TokenClass::LegalForm, Hearing::Latin, LEGAL_FORM);
    }
    if !tokens.iter().any(Token::is_anchor) {
        tokens = words.iter().map(|word| Token::new(&word.text, TokenClass::Word, word.hearing, 1_000)).collect();
    }
    tokens
}

/// Single letters with full stops between them are one word: "S.p.A." is "spa".
fn undotted(words: Vec<RawWord>) -> Vec<RawWord> {
    let mut joined: Vec<RawWord> = Vec::with_capacity(words.len());
    let mut open = false;
    for word in words {
        let single = word.text.len() == 1;
        let dotted = word.dotted;
        match joined.last_mut() {
            Some(last) if open && single => last.text.push_str(&word.text),
            _ => joined.push(word),
        }
        open = single && dotted;
    }
    joined
}

/// The longest legal form that starts at a word, and how many words it takes.
fn legal_form(words: &[RawWord], start: usize) -> Option<(&'static str, usize)> {
    let mut found = None;
    let mut spelling = String::new();
    for (at, word) in words[start..].iter().take(legal::WORDS_MAX).enumerate() {
        if at > 0 {
            spelling.push(' ');
        }
        spelling.push_str(&word.text);
        if let Some(group) = legal::group(&spelling) {
            // Two or three letters in the middle of a name are more likely a word of it.
            let end = start + at + 1;
            let at_edge = start == 0 || end == words.len() || legal_form(words, end).is_some();
            if (spelling.len() > 3 || at_edge) && end - start < words.len() {
                found = Some((group, at + 1));
            }
        }
    }
    found
}

/// The longest phrase at the start of `words` that is one word, and how many words it takes.
fn phrase(words: &[RawWord]) -> Option<(&'static str, usize)> {
    let mut found = None;
    let mut phrase = String::new();
    for (at, word) in words.iter().take(PHRASE_WORDS_MAX).enumerate() {
        if at > 0 {
            phrase.push(' ');
        }
        phrase.push_str(&word.text);
        if let Some(read) = lexicon::phrase(&phrase) {
            found = Some((read, at + 1));
        }
    }
    found
}

fn body_token(word: &RawWord, at: usize) -> Token {
    let text = word.text.as_str();
    if let Some(number) = numbers::number(text, word.shout && at > 0) {
        return Token::new(&number, TokenClass::Number, Hearing::Latin, NUMBER);
    }
    let share = |weight: u16| if word.slash { weight * AFTER_SLASH / 100 } else { weight };
    match lexicon::body_role(text) {
        Some(Role::Particle) => Token::new(text, TokenClass::Particle, word.hearing, SLIGHT),
        Some(Role::Honorific) if at == 0 => Token::new(text, TokenClass::Honorific, word.hearing, SLIGHT),
        _ => match lexicon::trade_weight(text) {
            Some(weight) => Token::new(text, TokenClass::Generic, word.hearing, share(weight)),
            None => Token::new(text, TokenClass::Word, word.hearing, share(1_000)),
        },
    }
}
