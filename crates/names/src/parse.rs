//! From a raw name to tokens.

use crate::kind::Kind;
use crate::latin::{self, RawWord};
use crate::legal;
use crate::lexicon::{self, Role};
use crate::name::TOKENS_MAX;
use crate::token::{Token, TokenClass};

/// Weight of a token that comes and goes without meaning.
const SLIGHT: u16 = 60;
/// Weight of an initial: a letter says little.
const INITIAL: u16 = 400;
/// Weight of a patronymic against a given or family name.
const PATRONYMIC: u16 = 600;
/// Weight of a legal form.
const LEGAL_FORM: u16 = 150;
/// Weight of a number in the name of an organisation.
const NUMBER: u16 = 500;

/// The tokens of a name, at most [`TOKENS_MAX`].
pub(crate) fn tokens(kind: Kind, raw: &str) -> Vec<Token> {
    let mut words = latin::words(raw);
    words.truncate(2 * TOKENS_MAX);
    let mut tokens = match kind {
        Kind::Person => person(&words),
        Kind::Organisation | Kind::Object => body(&words),
        Kind::Any => {
            let body = body(&words);
            let says_body =
                body.iter().any(|token| matches!(token.class(), TokenClass::LegalForm | TokenClass::Generic));
            if says_body { body } else { person(&words) }
        }
    };
    tokens.truncate(TOKENS_MAX);
    tokens
}

fn person(words: &[RawWord]) -> Vec<Token> {
    let mut tokens: Vec<Token> = words.iter().map(person_token).collect();
    // A name of nothing but titles and particles is a name all the same.
    if !tokens.iter().any(Token::is_anchor) {
        tokens = words
            .iter()
            .map(|word| Token::new(&word.text, TokenClass::Word, word.abjad, lexicon::name_weight(&word.text)))
            .collect();
    }
    tokens
}

fn person_token(word: &RawWord) -> Token {
    let text = word.text.as_str();
    if text.len() == 1 && text.as_bytes()[0].is_ascii_alphabetic() {
        return Token::new(text, TokenClass::Initial, false, INITIAL);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Token::new(text, TokenClass::Number, false, INITIAL);
    }
    match lexicon::person_role(text) {
        Some(Role::Particle) => Token::new(text, TokenClass::Particle, word.abjad, SLIGHT),
        Some(Role::Honorific) => Token::new(text, TokenClass::Honorific, word.abjad, SLIGHT),
        None if is_patronymic(text) => Token::new(text, TokenClass::Patronymic, word.abjad, PATRONYMIC),
        None => Token::new(text, TokenClass::Word, word.abjad, lexicon::name_weight(text)),
    }
}

/// Whether a word has the form of an East Slavic father's name.
fn is_patronymic(text: &str) -> bool {
    const ENDINGS: [&str; 10] =
        ["ovich", "evich", "ovych", "evych", "ovna", "evna", "ivna", "yivna", "ovitch", "evitch"];
    text.len() >= 7 && ENDINGS.iter().any(|ending| text.ends_with(ending))
}

fn body(words: &[RawWord]) -> Vec<Token> {
    let words = undotted(words);
    let mut tokens = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        if let Some((group, width)) = legal_form(&words[at..]) {
            tokens.push(Token::new(group, TokenClass::LegalForm, false, LEGAL_FORM));
            at += width;
        } else {
            tokens.push(body_token(&words[at]));
            at += 1;
        }
    }
    if !tokens.iter().any(Token::is_anchor) {
        tokens = words.iter().map(|word| Token::new(&word.text, TokenClass::Word, word.abjad, 1_000)).collect();
    }
    tokens
}

/// Single letters with full stops between them are one word: "S.p.A." is "spa".
fn undotted(words: &[RawWord]) -> Vec<RawWord> {
    let mut joined: Vec<RawWord> = Vec::with_capacity(words.len());
    let mut open = false;
    for word in words {
        let single = word.text.len() == 1;
        match joined.last_mut() {
            Some(last) if open && single => last.text.push_str(&word.text),
            _ => joined.push(word.clone()),
        }
        open = single && word.dotted;
    }
    joined
}

/// The longest legal form at the start of `words`, and how many words it takes.
fn legal_form(words: &[RawWord]) -> Option<(&'static str, usize)> {
    let mut found = None;
    let mut spelling = String::new();
    for (at, word) in words.iter().take(legal::WORDS_MAX).enumerate() {
        if at > 0 {
            spelling.push(' ');
        }
        spelling.push_str(&word.text);
        if let Some(group) = legal::group(&spelling) {
            found = Some((group, at + 1));
        }
    }
    found
}

fn body_token(word: &RawWord) -> Token {
    let text = word.text.as_str();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = text.trim_start_matches('0');
        return Token::new(if digits.is_empty() { "0" } else { digits }, TokenClass::Number, false, NUMBER);
    }
    match lexicon::body_role(text) {
        Some(Role::Particle) => Token::new(text, TokenClass::Particle, word.abjad, SLIGHT),
        Some(Role::Honorific) => Token::new(text, TokenClass::Honorific, word.abjad, SLIGHT),
        None => match lexicon::trade_weight(text) {
            Some(weight) => Token::new(text, TokenClass::Generic, word.abjad, weight),
            None => Token::new(text, TokenClass::Word, word.abjad, 1_000),
        },
    }
}
