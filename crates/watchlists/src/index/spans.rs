//! Neighbouring words of listed names, put together: what a word may be that one side writes joined.

use names::Token;

use super::dictionary::{Dictionary, within_one_edit};
use super::keys::Keys;
use super::name_table::Names;
use super::rows::Rows;
use super::snapshot::{Reader, Writer};

/// The names by the texts of two or three neighbouring tokens, put together.
pub(super) struct Spans {
    /// Names by the key of a joined text.
    exact: Keys,
    /// A bit for each key there is, by other bits of its hash: most of the texts looked up are in no name.
    present: Vec<u64>,
    /// For each known token, the names some words of which come within one edit of it when they are joined.
    known: Rows,
}

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
                    |joined, _| {
                        entries.push((mixed(hash(joined)), name as u32));
                    },
                );
            }
            entries
        });
        let mut entries = pieces.concat();
        entries.sort_unstable();
        entries.dedup();
        let words = (entries.len() / 4).max(1).next_power_of_two();
        let mut present = vec![0_u64; words];
        for (mixed, _) in &entries {
            let (word, bit) = bit_of(*mixed, words);
            present[word] |= bit;
        }
        let exact = Keys::new(entries.into_iter().map(|(mixed, name)| Keys::entry(key(mixed), name)).collect());
        let mut spans = Self { exact, present, known: Rows::default() };
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

    pub(super) fn write(&self, out: &mut Writer) {
        out.keys(&self.exact);
        out.longs(self.present.iter().copied());
        out.rows(&self.known);
    }

    pub(super) fn read(from: &mut Reader<'_>, names: &Names, dictionary: &Dictionary) -> Option<Self> {
        let exact = from.keys(names.len())?;
        let present = from.longs()?;
        let known = from.rows(dictionary.len(), names.len())?;
        present.len().is_power_of_two().then_some(Self { exact, present, known })
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.exact.bytes() + 8 * self.present.capacity() + self.known.bytes()
    }

    fn find(&self, token: &Token, names: &Names, dictionary: &Dictionary, found: &mut Vec<u32>) {
        if !token.is_anchor() || token.text().len() < LEN_MIN {
            return;
        }
        let from = found.len();
        let wanted = token.bytes();
        for_each_neighbour(wanted, |hash| {
            let mixed = mixed(hash);
            let (word, bit) = bit_of(mixed, self.present.len());
            if self.present[word] & bit != 0 {
                found.extend(self.exact.under(key(mixed)));
            }
        });
        found[from..].sort_unstable();
        let mut kept = found.split_off(from);
        kept.dedup();
        // Two texts may share a key.
        kept.retain(|name| covered(names.tokens(*name), |number| dictionary.token(*number), wanted) != 0);
        found.append(&mut kept);
    }
}

/// A bit for each token that is, put together with its neighbours, at most one edit from the text.
pub(super) fn covered<'a, T>(tokens: &'a [T], token: impl Fn(&'a T) -> &'a Token, text: &[u8]) -> u32 {
    let mut bits = 0;
    let is_near = |joined: &[u8], of: u32| bits |= if within_one_edit(joined, text) { of } else { 0 };
    for_each_span(tokens, token, &mut Vec::with_capacity(2 * LEN_MAX), is_near);
    bits
}

/// The texts of two and of three neighbouring tokens, put together, and a bit for each of these.
pub(super) fn for_each_span<'a, T>(
    tokens: &'a [T],
    token: impl Fn(&'a T) -> &'a Token,
    text: &mut Vec<u8>,
    mut told: impl FnMut(&[u8], u32),
) {
    for first in 0..tokens.len() {
        text.clear();
        for (width, part) in tokens[first..].iter().take(WIDTH_MAX).enumerate() {
            text.extend_from_slice(token(part).bytes());
            if text.len() > LEN_MAX {
                break;
            }
            if width > 0 && text.len() >= LEN_MIN {
                told(text, ((2 << width) - 1) << first);
            }
        }
    }
}

/// A text as a polynomial: letter by letter, each with the next power of [`BASE`]. So what one edit does to it is told
/// without going through the text again.
fn hash(text: &[u8]) -> u64 {
    let mut power = 1_u64;
    text.iter().fold(0, |hash: u64, letter| {
        let sum = hash.wrapping_add(u64::from(*letter).wrapping_mul(power));
        power = power.wrapping_mul(BASE);
        sum
    })
}

/// Odd, so that it has an inverse among 64-bit numbers.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
/// `BASE * INVERSE` is one.
const INVERSE: u64 = inverse(BASE);

/// Newton's iteration: each step doubles the number of lower bits that are right.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

/// The hash with its bits stirred; its upper half is the key, its lower half picks a bit of the filter.
const fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

const fn key(mixed: u64) -> u32 {
    (mixed >> 32) as u32
}

const fn bit_of(mixed: u64, words: usize) -> (usize, u64) {
    ((mixed >> 6) as u32 as usize & (words - 1), 1 << (mixed & 63))
}

/// The hash of the text itself and of every text one edit away, over the letters and digits that tokens are made of.
fn for_each_neighbour(text: &[u8], mut told: impl FnMut(u64)) {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let whole = hash(text);
    told(whole);
    let (mut before, mut power) = (0_u64, 1_u64);
    for (at, letter) in text.iter().enumerate() {
        let this = u64::from(*letter).wrapping_mul(power);
        let after = whole.wrapping_sub(before).wrapping_sub(this);
        let next = power.wrapping_mul(BASE);
        // Left out: what follows moves down by a power.
        told(before.wrapping_add(after.wrapping_mul(INVERSE)));
        // Swapped with the next.
        if let Some(follower) = text.get(at + 1) {
            let change = u64::from(*follower).wrapping_sub(u64::from(*letter));
            told(whole.wrapping_add(change.wrapping_mul(power)).wrapping_sub(change.wrapping_mul(next)));
        }
        // Another letter in its place, or before it: what follows then moves up.
        let moved = before.wrapping_add(this.wrapping_add(after).wrapping_mul(BASE));
        let without = before.wrapping_add(after);
        for other in LETTERS {
            let other = u64::from(*other).wrapping_mul(power);
            told(without.wrapping_add(other));
            told(moved.wrapping_add(other));
        }
        before = before.wrapping_add(this);
        power = next;
    }
    for other in LETTERS {
        told(whole.wrapping_add(u64::from(*other).wrapping_mul(power)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_base_has_an_inverse() {
        assert_eq!(BASE.wrapping_mul(INVERSE), 1);
    }

    proptest! {
        #[test]
        fn neighbours_are_all_texts_one_edit_away(text in "[a-c0]{1,7}", other in "[a-c0]{1,7}") {
            let wanted = hash(other.as_bytes());
            let mut found = false;
            for_each_neighbour(text.as_bytes(), |near| found |= near == wanted);
            prop_assert_eq!(found, within_one_edit(text.as_bytes(), other.as_bytes()));
        }
    }
}
