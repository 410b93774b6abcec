//! Neighbouring words of listed names, put together: what a word may be that one side writes joined.

use names::Token;

use super::dictionary::{Dictionary, within_one_edit};
use super::keys::{Keys, key};
use super::name_table::Names;
use super::rows::Rows;

/// The names by the texts of two or three neighbouring tokens, put together.
pub(super) struct Spans {
    /// Names by the key of a joined text.
    exact: Keys,
    /// For each known token, the names some words of which come within one edit of it when they are joined.
    known: Rows,
}

const JOINED: u8 = 8;

/// Most words that one word may stand for.
const WIDTH_MAX: usize = 3;
/// A shorter text is no joined word.
const LEN_MIN: usize = 4;
/// No token is longer, by more than the edit.
const LEN_MAX: usize = 32;

impl Spans {
    pub(super) fn new(names: &Names, dictionary: &Dictionary) -> Self {
        let pieces = super::in_pieces(names.len(), 1 << 16, |range| {
            let mut entries = Vec::new();
            let mut text = Vec::with_capacity(LEN_MAX);
            for name in range {
                let tokens = names.tokens(name as u32);
                for_each_span(
                    tokens,
                    |number| dictionary.token(*number),
                    &mut text,
                    |joined| {
                        entries.push(Keys::entry(key(JOINED, joined), name as u32));
                    },
                );
            }
            entries
        });
        let mut spans = Self { exact: Keys::new(pieces.concat()), known: Rows::default() };
        spans.known = Rows::in_parallel(dictionary.len(), |number, row| {
            spans.find(dictionary.token(number), names, dictionary, row);
        });
        spans
    }

    /// The names some neighbouring words of which are this token when they are joined, with at most one edit.
    pub(super) fn joined_in(&self, token: &Token, names: &Names, dictionary: &Dictionary, found: &mut Vec<u32>) {
        match dictionary.number(token) {
            Some(number) => found.extend_from_slice(self.known.row(number)),
            None => self.find(token, names, dictionary, found),
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.exact.bytes() + self.known.bytes()
    }

    fn find(&self, token: &Token, names: &Names, dictionary: &Dictionary, found: &mut Vec<u32>) {
        if !token.is_anchor() || token.text().len() < LEN_MIN {
            return;
        }
        let from = found.len();
        let wanted = token.text().as_bytes();
        for_each_neighbour(wanted, |text| found.extend(self.exact.of(key(JOINED, text))));
        found[from..].sort_unstable();
        let mut kept = found.split_off(from);
        kept.dedup();
        let mut text = Vec::with_capacity(LEN_MAX);
        // Two texts may share a key.
        kept.retain(|name| {
            let mut near = false;
            for_each_span(
                names.tokens(*name),
                |number| dictionary.token(*number),
                &mut text,
                |joined| {
                    near |= within_one_edit(joined, wanted);
                },
            );
            near
        });
        found.append(&mut kept);
    }
}

/// The texts of two and of three neighbouring tokens, put together.
pub(super) fn for_each_span<'a, T>(
    tokens: &'a [T],
    token: impl Fn(&'a T) -> &'a Token,
    text: &mut Vec<u8>,
    mut told: impl FnMut(&[u8]),
) {
    for first in 0..tokens.len() {
        text.clear();
        for (width, part) in tokens[first..].iter().take(WIDTH_MAX).enumerate() {
            text.extend_from_slice(token(part).text().as_bytes());
            if text.len() > LEN_MAX {
                break;
            }
            if width > 0 && text.len() >= LEN_MIN {
                told(text);
            }
        }
    }
}

/// The text itself and every text one edit away, over the letters and digits that tokens are made of.
fn for_each_neighbour(text: &[u8], mut told: impl FnMut(&[u8])) {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    told(text);
    let mut other = text.to_vec();
    for at in 0..text.len() {
        for letter in LETTERS {
            if *letter != text[at] {
                other[at] = *letter;
                told(&other);
            }
        }
        other[at] = text[at];
        if at + 1 < text.len() && text[at] != text[at + 1] {
            other.swap(at, at + 1);
            told(&other);
            other.swap(at, at + 1);
        }
    }
    for at in 0..text.len() {
        other.clear();
        other.extend_from_slice(&text[..at]);
        other.extend_from_slice(&text[at + 1..]);
        told(&other);
    }
    for at in 0..=text.len() {
        other.clear();
        other.extend_from_slice(&text[..at]);
        other.push(0);
        other.extend_from_slice(&text[at..]);
        for letter in LETTERS {
            other[at] = *letter;
            told(&other);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn neighbours_are_all_texts_one_edit_away(text in "[a-c0]{1,7}", other in "[a-c0]{1,7}") {
            let mut found = false;
            for_each_neighbour(text.as_bytes(), |near| {
                assert!(within_one_edit(near, text.as_bytes()));
                found |= near == other.as_bytes();
            });
            prop_assert_eq!(found, within_one_edit(text.as_bytes(), other.as_bytes()));
        }
    }
}
