//! Every distinct token of the lists, and which of them are alike to a given one.

use std::sync::Arc;

use names::{Hearing, Relation, Relations, Token, TokenClass, token_similarity};
use rustc_hash::FxHashMap;

use super::keys::{Keys, key};
use super::memory::Remembered;
use super::rows::Rows;
use super::snapshot::{Reader, Writer};

/// The tokens of an index, numbered.
pub(super) struct Dictionary {
    tokens: Vec<Token>,
    numbers: FxHashMap<Token, u32>,
    /// Weight of each token, and whether it is an anchor: what bounds need, in little room.
    facts: Vec<Facts>,
    /// The tokens under each key by which another can be alike.
    related: Keys,
    /// The ways of hearing of all tokens, each once.
    hearings: Vec<Hearing>,
    /// The tokens alike to each token, itself among them, ascending.
    alike: Rows,
    /// Letters of the longest token.
    longest: usize,
}

/// What a bound asks of a token.
#[derive(Clone, Copy, Default)]
pub(super) struct Facts {
    pub(super) weight: u16,
    pub(super) anchor: bool,
    /// A word that names; such words contradict when nothing meets them.
    pub(super) names: bool,
    pub(super) initial: bool,
    /// A bit for its first letter, by which an initial stands for it.
    pub(super) letter: u32,
}

impl Facts {
    pub(super) fn of(token: &Token) -> Self {
        Self {
            weight: token.weight(),
            anchor: token.is_anchor(),
            names: matches!(token.class(), TokenClass::Word | TokenClass::Patronymic),
            initial: token.class() == TokenClass::Initial,
            letter: token.text().bytes().next().map_or(0, |letter| 1 << (letter & 31)),
        }
    }
}

/// Letters from the start of a text that its keys are made of. A slip further on leaves the keys as they are.
const PREFIX: usize = 8;

const TEXT: u8 = 0;
const LETTERS: u8 = 1;
/// Keys of how a word is heard in another script, by the script of the word they lead to.
const HEARD: u8 = 2;

impl Dictionary {
    pub(super) fn new(tokens: Vec<Token>, numbers: FxHashMap<Token, u32>) -> Self {
        let facts = tokens.iter().map(Facts::of).collect();
        let mut entries = Vec::new();
        let mut keys = Vec::new();
        for (number, token) in (0_u32..).zip(&tokens) {
            keys.clear();
            letter_keys(token, &mut keys);
            heard_keys(token, token.hearing(), &mut keys);
            entries.extend(keys.iter().map(|key| Keys::entry(*key, number)));
        }
        let related = Keys::new(entries);
        let mut counts: FxHashMap<Hearing, usize> = FxHashMap::default();
        for token in &tokens {
            *counts.entry(token.hearing()).or_default() += 1;
        }
        let home =
            counts.iter().map(|(hearing, count)| (*count, *hearing)).max().map_or(Hearing::Latin, |(_, home)| home);
        let mut hearings: Vec<Hearing> = counts.into_keys().collect();
        hearings.sort_unstable();
        let longest = longest(&tokens);
        let mut dictionary = Self { tokens, numbers, facts, hearings, related, alike: Rows::default(), longest };
        dictionary.alike = dictionary.all_alike(home);
        dictionary
    }

    /// The tokens, in the order of their numbers.
    pub(super) fn all(&self) -> &[Token] {
        &self.tokens
    }

    /// All that is not told by the tokens themselves.
    pub(super) fn write(&self, out: &mut Writer) {
        out.keys(&self.related);
        out.rows(&self.alike);
    }

    pub(super) fn read(from: &mut Reader<'_>, tokens: Vec<Token>, numbers: FxHashMap<Token, u32>) -> Option<Self> {
        let related = from.keys(tokens.len())?;
        let alike = from.rows(tokens.len(), tokens.len())?;
        let facts = tokens.iter().map(Facts::of).collect();
        let mut hearings: Vec<Hearing> =
            Hearing::ALL.into_iter().filter(|one| tokens.iter().any(|token| token.hearing() == *one)).collect();
        hearings.sort_unstable();
        let longest = longest(&tokens);
        Some(Self { tokens, numbers, facts, related, hearings, alike, longest })
    }

    /// The tokens alike to each. Comparing by ear is dear, and alike is alike both ways: it is done from the side of
    /// the words that are not of the script of most (`home`), and mirrored.
    fn all_alike(&self, home: Hearing) -> Rows {
        let found = Rows::in_parallel(self.tokens.len(), |number, row| {
            let token = self.token(number);
            let heard: &[Hearing] = if token.hearing() == home { &[] } else { &self.hearings };
            self.find_alike(token, heard, row);
        });
        let pairs = found
            .iter()
            .filter(|(number, _)| self.token(*number).hearing() != home)
            .flat_map(|(number, row)| row.iter().map(move |other| (*other, number)))
            .filter(|(other, _)| self.token(*other).hearing() == home);
        let mirrored = Rows::by_key(self.tokens.len(), pairs);
        Rows::in_parallel(self.tokens.len(), |number, row| {
            row.extend_from_slice(found.row(number));
            row.extend_from_slice(mirrored.row(number));
            row.sort_unstable();
            row.dedup();
        })
    }

    /// The tokens alike to this one, known or not, ascending.
    pub(super) fn alike(&self, token: &Token) -> Alike<'_> {
        match self.numbers.get(token) {
            Some(number) => Alike::Known(self.alike.row(*number)),
            None => {
                let mut found = Vec::new();
                self.find_alike(token, &self.hearings, &mut found);
                Alike::Found(found)
            }
        }
    }

    /// The tokens alike to a known one, ascending.
    pub(super) fn alike_known(&self, number: u32) -> &[u32] {
        self.alike.row(number)
    }

    /// The number of a token, if it is known.
    pub(super) fn number(&self, token: &Token) -> Option<u32> {
        self.numbers.get(token).copied()
    }

    /// The tokens whose text is at most one edit from this one, ascending.
    pub(super) fn near(&self, text: &[u8]) -> Vec<u32> {
        if text.len() > self.longest + 1 {
            return Vec::new();
        }
        let mut keys = Vec::with_capacity(PREFIX + 1);
        text_keys(text, 1, &mut keys);
        let mut found: Vec<u32> = keys.iter().flat_map(|key| self.related.under(*key)).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|number| within_one_edit(self.token(*number).bytes(), text));
        found
    }

    pub(super) fn token(&self, number: u32) -> &Token {
        &self.tokens[number as usize]
    }

    pub(super) fn facts(&self, number: u32) -> Facts {
        self.facts[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Token>() * self.tokens.capacity()
            + (size_of::<(Token, u32)>() + 1) * self.numbers.capacity()
            + size_of::<Facts>() * self.facts.capacity()
            + self.related.bytes()
            + self.alike.bytes()
    }

    fn find_alike(&self, token: &Token, heard: &[Hearing], found: &mut Vec<u32>) {
        let mut keys = Vec::new();
        letter_keys(token, &mut keys);
        for hearing in heard.iter().filter(|hearing| **hearing != token.hearing()) {
            heard_keys(token, *hearing, &mut keys);
        }
        found.extend(keys.iter().flat_map(|key| self.related.under(*key)));
        found.sort_unstable();
        found.dedup();
        found.retain(|number| {
            // An initial meets every word of its letter; it anchors nothing, and is allowed for where it matters.
            token_similarity(token, self.token(*number)).is_some_and(|(_, relation)| relation != Relation::Initial)
        });
    }
}

fn longest(tokens: &[Token]) -> usize {
    tokens.iter().map(|token| token.bytes().len()).max().unwrap_or(0)
}

/// The tokens alike to one.
pub(super) enum Alike<'a> {
    Known(&'a [u32]),
    Found(Vec<u32>),
    Remembered(Arc<Remembered>),
}

impl Alike<'_> {
    pub(super) fn tokens(&self) -> &[u32] {
        match self {
            Self::Known(row) => row,
            Self::Found(found) => found,
            Self::Remembered(known) => &known.alike,
        }
    }
}

/// The keys that two tokens share if they are alike (promise 2 of the `names` crate), but by ear.
fn letter_keys(token: &Token, keys: &mut Vec<u32>) {
    let relations = token.relations();
    let text = token.bytes();
    // Words of two and three letters are faintly alike at one edit, though `edits` allows the shorter none.
    let edits = if token.is_anchor() && text.len() <= 3 { relations.edits.max(1) } else { relations.edits };
    text_keys(text, edits, keys);
    let (letters, _) = split(&relations);
    keys.extend(letters.iter().map(|letters| key(LETTERS, &letters.to_le_bytes())));
}

/// The keys that two tokens share if they are alike by ear.
///
/// Only words of two ways of hearing are compared so. Most words of a list are of one, and the keys are coarse: each is
/// kept apart by the `hearing` of the tokens it leads to, so that those of the same script are not even looked up.
fn heard_keys(token: &Token, hearing: Hearing, keys: &mut Vec<u32>) {
    let relations = token.relations();
    let (_, heard) = split(&relations);
    keys.extend(heard.iter().map(|heard| key(HEARD + hearing as u8, &heard.to_le_bytes())));
}

/// The keys by letters, which come first, and those by ear.
fn split(relations: &Relations) -> (&[u32], &[u32]) {
    let single = [relations.phonetic, relations.skeleton, relations.look, relations.prefix];
    let letters = relations.clusters.len() + single.iter().filter(|key| **key != 0).count();
    relations.keys.split_at(letters.min(relations.keys.len()))
}

/// The keys of a text: its first letters with up to `edits` of them left out.
///
/// Two texts at most `edits` apart (insertions, deletions, substitutions, swaps of neighbours) share one: where an
/// alignment leaves the first of the two prefixes, what it deleted on either side, and what the other prefix has
/// left over, comes to no more than `edits` letters.
fn text_keys(text: &[u8], edits: usize, keys: &mut Vec<u32>) {
    let prefix = &text[..text.len().min(PREFIX)];
    let from = keys.len();
    keys.push(key(TEXT, prefix));
    let mut without = [0_u8; PREFIX];
    for first in 0..if edits > 0 { prefix.len() } else { 0 } {
        let len = leave_out(prefix, first, &mut without);
        keys.push(key(TEXT, &without[..len]));
        if edits > 1 {
            let once = without;
            for second in first..len {
                let len = leave_out(&once[..len], second, &mut without);
                keys.push(key(TEXT, &without[..len]));
            }
        }
    }
    keys[from..].sort_unstable();
    let mut last = from;
    for at in from + 1..keys.len() {
        if keys[at] != keys[last] {
            last += 1;
            keys[last] = keys[at];
        }
    }
    keys.truncate(last + 1);
}

fn leave_out(text: &[u8], at: usize, out: &mut [u8; PREFIX]) -> usize {
    out[..at].copy_from_slice(&text[..at]);
    out[at..text.len() - 1].copy_from_slice(&text[at + 1..]);
    text.len() - 1
}

/// Whether one insertion, deletion, substitution or swap of neighbours at most makes one text of the other.
pub(super) fn within_one_edit(one: &[u8], two: &[u8]) -> bool {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let Some(at) = short.iter().zip(long).position(|(a, b)| a != b) else { return true };
    if short.len() < long.len() {
        return short[at..] == long[at + 1..];
    }
    short[at + 1..] == long[at + 1..]
        || (at + 1 < short.len()
            && short[at] == long[at + 1]
            && short[at + 1] == long[at]
            && short[at + 2..] == long[at + 2..])
}

#[cfg(test)]
mod tests {
    use names::{Kind, Name};
    use proptest::prelude::*;

    use super::*;

    fn dictionary(words: &[String]) -> Dictionary {
        let mut tokens: Vec<Token> =
            words.iter().flat_map(|word| Name::parse(Kind::Person, word).tokens().to_vec()).collect();
        tokens.sort_unstable();
        tokens.dedup();
        let numbers = tokens.iter().cloned().zip(0..).collect();
        Dictionary::new(tokens, numbers)
    }

    #[test]
    fn one_edit_is_one_edit() {
        for (one, two, near) in [
            ("abdul", "abdul", true),
            ("abdul", "abdull", true),
            ("abdul", "bdul", true),
            ("abdul", "abdol", true),
            ("abdul", "abudl", true),
            ("abdul", "badlu", false),
            ("abdul", "ab", false),
            ("", "a", true),
        ] {
            assert_eq!(within_one_edit(one.as_bytes(), two.as_bytes()), near, "{one} {two}");
            assert_eq!(within_one_edit(two.as_bytes(), one.as_bytes()), near, "{two} {one}");
        }
    }

    proptest! {
        /// Few letters, so that many words are near each other; long words, so that the prefix is passed.
        #[test]
        fn every_alike_token_is_found(words in prop::collection::vec("[abcm]{1,12}", 1..60), asked in "[abcm]{1,12}") {
            let dictionary = dictionary(&words);
            for token in Name::parse(Kind::Person, &asked).tokens() {
                let all: Vec<u32> = (0..dictionary.len() as u32)
                    .filter(|number| {
                        token_similarity(token, dictionary.token(*number)).is_some_and(|(_, how)| how != Relation::Initial)
                    })
                    .collect();
                let alike = dictionary.alike(token);
                prop_assert_eq!(alike.tokens(), &all[..]);
                let near: Vec<u32> = (0..dictionary.len() as u32)
                    .filter(|number| within_one_edit(dictionary.token(*number).bytes(), token.bytes()))
                    .collect();
                // A number or a particle is alike to the same text only, so only its whole text leads to it.
                let found = dictionary.near(token.bytes());
                let fuzzy = |number: &u32| dictionary.token(*number).relations().edits > 0;
                prop_assert!(near.iter().filter(|number| fuzzy(number)).all(|number| found.contains(number)));
            }
        }
    }
}
