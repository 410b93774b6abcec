//! An index as bytes, to be kept and read back instead of being built anew.
//!
//! ```text
//! magic (8) | key (32) | sections | sum (8)
//! ```
//! Every section is the number of its bytes (u64, little-endian, like all numbers here) and the bytes, up to a multiple of
//! eight. The sum is over everything before it. What reads back is checked as if somebody had made it up: that the sum
//! holds, and that no number in it leads outside of what it counts. So a file that is cut, changed, of another key or of
//! another form is told, and the index is built; no file makes a search panic.
//!
//! It is read into memory of our own and not mapped: a file that is changed or cut while it is mapped changes what was
//! checked before, or ends the process.

use names::{Hearing, Token, TokenClass};
use rustc_hash::FxHashMap;

use super::build::EntityRow;
use super::dictionary::Dictionary;
use super::keys::Keys;
use super::name_table::Names;
use super::rows::Rows;
use super::spans::Spans;
use super::{Index, in_pieces};
use crate::date::{DateRange, Day};
use crate::entity::{Schema, Topics};
use crate::screening::{ListNumber, ListVersion};

/// The last byte is the version of the form.
const MAGIC: [u8; 8] = *b"VSTBIDX\x01";
const HEAD_BYTES: usize = 8 + 32;
/// Bytes summed alone, so that all cores can take part.
const PIECE_BYTES: usize = 1 << 20;

/// The bytes are not the index that was asked for; it has to be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Not of this form, or not of this version of it.
    #[error("it is no snapshot of this form")]
    Form,
    /// Of other lists or another engine.
    #[error("it is of other lists, or was made by another engine")]
    Key,
    /// Not what was written.
    #[error("it was changed or cut off since it was written")]
    Sum,
    /// The sum holds, and what it says cannot be.
    #[error("it contradicts itself")]
    Contradiction,
}

impl Index {
    /// The index as bytes. The key says what it was made of and by what: whoever reads it back has to have the same.
    #[must_use]
    pub fn to_snapshot(&self, key: &[u8; 32]) -> Vec<u8> {
        let mut out = Writer { bytes: Vec::with_capacity(self.bytes() + self.bytes() / 8) };
        out.bytes.extend_from_slice(&MAGIC);
        out.bytes.extend_from_slice(key);
        let mut lists = Vec::new();
        for text in self.lists.iter().flat_map(|list| [&list.name, &list.version]) {
            lists.extend_from_slice(&(text.len() as u32).to_le_bytes());
            lists.extend_from_slice(text.as_bytes());
        }
        out.section(lists.into_iter());
        out.section(self.entities.iter().flat_map(|row| {
            let mut bytes = [0; ENTITY_BYTES];
            bytes[..8].copy_from_slice(&row.at.to_le_bytes());
            bytes[8..12].copy_from_slice(&row.dates.to_le_bytes());
            bytes[12..14].copy_from_slice(&row.list.0.to_le_bytes());
            bytes[14..16].copy_from_slice(&row.topics.0.to_le_bytes());
            bytes[16] = Schema::ALL.iter().position(|schema| *schema == row.schema).unwrap_or(0) as u8;
            bytes
        }));
        out.section(self.dates.iter().flat_map(|date| {
            let day = |day: Day| {
                let [low, high] = day.year.to_le_bytes();
                [low, high, day.month, day.day]
            };
            let ([a, b, c, d], [e, f, g, h]) = (day(date.first), day(date.last));
            [a, b, c, d, e, f, g, h, u8::from(date.approximate)]
        }));
        out.section(self.packed.iter().copied());
        let mut tokens = Vec::new();
        for token in self.dictionary.all() {
            let class = TokenClass::ALL.iter().position(|class| *class == token.class()).unwrap_or(0) as u8;
            let hearing = Hearing::ALL.iter().position(|hearing| *hearing == token.hearing()).unwrap_or(0) as u8;
            let [low, high] = token.weight().to_le_bytes();
            tokens.extend_from_slice(&[token.bytes().len() as u8, class, hearing, low, high]);
            tokens.extend_from_slice(token.bytes());
        }
        out.section(tokens.into_iter());
        self.dictionary.write(&mut out);
        self.names.write(&mut out);
        self.spans.write(&mut out);
        out.longs(self.identifiers.iter().map(|(hash, _)| *hash));
        out.ints(self.identifiers.iter().map(|(_, entity)| *entity));
        let sum = sum(&out.bytes);
        out.bytes.extend_from_slice(&sum.to_le_bytes());
        out.bytes
    }

    /// How many bytes at the beginning of a snapshot tell what it is of.
    pub const SNAPSHOT_HEAD_BYTES: usize = HEAD_BYTES;

    /// Whether what begins so may be the snapshot that was asked for, so that nothing else is read whole.
    ///
    /// # Errors
    /// [`Unfit::Form`], [`Unfit::Key`].
    pub fn begins_snapshot(key: &[u8; 32], head: &[u8]) -> Result<(), Unfit> {
        let head = head.first_chunk::<HEAD_BYTES>().filter(|head| head[..8] == MAGIC).ok_or(Unfit::Form)?;
        if head[8..] == key[..] { Ok(()) } else { Err(Unfit::Key) }
    }

    /// Reads back what [`Index::to_snapshot`] wrote: the same index, to the bit.
    ///
    /// # Errors
    /// [`Unfit`]; the index has to be built then.
    pub fn from_snapshot(key: &[u8; 32], bytes: &[u8]) -> Result<Self, Unfit> {
        let (body, told) = bytes.split_last_chunk::<8>().ok_or(Unfit::Form)?;
        Self::begins_snapshot(key, body)?;
        if !body.len().is_multiple_of(8) {
            return Err(Unfit::Sum);
        }
        if sum(body) != u64::from_le_bytes(*told) {
            return Err(Unfit::Sum);
        }
        Self::read(&mut Reader { rest: &body[HEAD_BYTES..] }).ok_or(Unfit::Contradiction)
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let lists = lists(from.section()?)?;
        let (entities, rest) = from.section()?.as_chunks::<ENTITY_BYTES>();
        let entities: Vec<EntityRow> = entities.iter().map(|row| entity(row, lists.len())).collect::<Option<_>>()?;
        let (dates, rest_of_dates) = from.section()?.as_chunks::<9>();
        let dates: Vec<DateRange> = dates.iter().map(date).collect::<Option<_>>()?;
        let packed = from.section()?.to_vec();
        let ascends = entities.is_sorted_by_key(|row| row.at) && entities.is_sorted_by_key(|row| row.dates);
        let last = entities.last().map_or((0, 0), |row| (row.at as usize, row.dates as usize));
        if !(rest.is_empty() && rest_of_dates.is_empty() && ascends && last.0 <= packed.len() && last.1 <= dates.len())
        {
            return None;
        }
        let tokens = tokens(from.section()?)?;
        let mut numbers = FxHashMap::with_capacity_and_hasher(tokens.len(), Default::default());
        numbers.extend(tokens.iter().cloned().zip(0..));
        if numbers.len() != tokens.len() {
            return None;
        }
        let dictionary = Dictionary::read(from, tokens, numbers)?;
        let names = Names::read(from, &dictionary, entities.len())?;
        let spans = Spans::read(from, &names, &dictionary)?;
        let (hashes, of) = (from.longs()?, from.ints()?);
        if hashes.len() != of.len() || !within(&of, entities.len()) || !from.rest.is_empty() {
            return None;
        }
        let identifiers = hashes.into_iter().zip(of).collect();
        Some(Self { lists, entities, dates, packed, dictionary, names, spans, identifiers })
    }
}

const ENTITY_BYTES: usize = 17;

fn entity(row: &[u8; ENTITY_BYTES], lists: usize) -> Option<EntityRow> {
    let number =
        |from: usize, len: usize| row[from..from + len].iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
    let list = ListNumber(number(12, 2) as u16);
    let row = EntityRow {
        at: number(0, 8),
        dates: number(8, 4) as u32,
        list,
        topics: Topics(number(14, 2) as u16),
        schema: *Schema::ALL.get(usize::from(row[16]))?,
    };
    (usize::from(list.0) < lists).then_some(row)
}

fn date(bytes: &[u8; 9]) -> Option<DateRange> {
    let day = |from: usize| Day {
        year: i16::from_le_bytes([bytes[from], bytes[from + 1]]),
        month: bytes[from + 2],
        day: bytes[from + 3],
    };
    let real =
        |day: Day| (1..=9999).contains(&day.year) && (1..=12).contains(&day.month) && (1..=31).contains(&day.day);
    let range = DateRange { first: day(0), last: day(4), approximate: bytes[8] != 0 };
    (real(range.first) && real(range.last)).then_some(range)
}

fn lists(mut bytes: &[u8]) -> Option<Vec<ListVersion>> {
    let mut lists = Vec::new();
    let mut text = || {
        let (len, rest) = bytes.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        bytes = rest;
        Some((std::str::from_utf8(text).ok()?.to_owned(), rest.is_empty()))
    };
    if let Some((mut name, _)) = text() {
        loop {
            let (version, is_last) = text()?;
            lists.push(ListVersion { name, version });
            if is_last {
                break;
            }
            (name, _) = text()?;
        }
        return Some(lists);
    }
    bytes.is_empty().then_some(lists)
}

/// The words, with everything that is derived of each made again, on all cores.
fn tokens(mut bytes: &[u8]) -> Option<Vec<Token>> {
    let mut parts = Vec::new();
    while let Some(([len, class, hearing, low, high], rest)) = bytes.split_first_chunk::<5>() {
        let (text, rest) = rest.split_at_checked(usize::from(*len))?;
        let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
        let class = *TokenClass::ALL.get(usize::from(*class))?;
        parts.push((text, class, *Hearing::ALL.get(usize::from(*hearing))?, u16::from_le_bytes([*low, *high])));
        bytes = rest;
    }
    let make = |range: std::ops::Range<usize>| -> Vec<Token> {
        let of = |(text, class, hearing, weight): &(&str, TokenClass, Hearing, u16)| {
            Token::restored(text, *class, *hearing, *weight)
        };
        parts[range].iter().map(of).collect()
    };
    bytes.is_empty().then(|| in_pieces(parts.len(), 4096, make).concat())
}

/// Whether all numbers are below a count.
pub(super) fn within(numbers: &[u32], count: usize) -> bool {
    // The highest, and not the first that is too high: that needs no branch for each.
    numbers.iter().max().is_none_or(|highest| (*highest as usize) < count)
}

/// Whether these are the places where rows begin and end that are so long together.
pub(super) fn parts(starts: &[u32], rows: usize, values: usize) -> bool {
    starts.len() == rows + 1
        && starts.first() == Some(&0)
        && starts.last().is_some_and(|end| *end as usize == values)
        && starts.is_sorted()
}

/// Sections in the making.
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn section(&mut self, bytes: impl Iterator<Item = u8>) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 8]);
        self.bytes.extend(bytes);
        let len = (self.bytes.len() - at - 8) as u64;
        self.bytes[at..at + 8].copy_from_slice(&len.to_le_bytes());
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }

    pub(super) fn ints(&mut self, numbers: impl Iterator<Item = u32>) {
        self.section(numbers.flat_map(u32::to_le_bytes));
    }

    pub(super) fn longs(&mut self, numbers: impl Iterator<Item = u64>) {
        self.section(numbers.flat_map(u64::to_le_bytes));
    }

    pub(super) fn rows(&mut self, rows: &Rows) {
        self.ints(rows.starts().iter().copied());
        self.ints(rows.all_values().iter().copied());
    }

    pub(super) fn keys(&mut self, keys: &Keys) {
        self.longs(keys.entries().iter().copied());
        self.ints(keys.starts().iter().copied());
    }
}

/// Sections one after the other.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn section(&mut self) -> Option<&'a [u8]> {
        let (len, rest) = self.rest.split_first_chunk::<8>()?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
        let (section, _) = rest.split_at_checked(len)?;
        self.rest = rest.get(len.checked_next_multiple_of(8)?..)?;
        Some(section)
    }

    pub(super) fn ints(&mut self) -> Option<Vec<u32>> {
        let (numbers, rest) = self.section()?.as_chunks::<4>();
        rest.is_empty().then(|| numbers.iter().map(|number| u32::from_le_bytes(*number)).collect())
    }

    pub(super) fn longs(&mut self) -> Option<Vec<u64>> {
        let (numbers, rest) = self.section()?.as_chunks::<8>();
        rest.is_empty().then(|| numbers.iter().map(|number| u64::from_le_bytes(*number)).collect())
    }

    /// So many rows of numbers below a count.
    pub(super) fn rows(&mut self, rows: usize, count: usize) -> Option<Rows> {
        Rows::of(self.ints()?, self.ints()?).filter(|read| read.len() == rows && within(read.all_values(), count))
    }

    /// A table to numbers below a count.
    pub(super) fn keys(&mut self, count: usize) -> Option<Keys> {
        Keys::of(self.longs()?, self.ints()?, count)
    }
}

/// A sum that every change of a single word changes for certain: each step can be taken back, from either side.
fn sum(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(ODD).rotate_left(29);
    let pieces = in_pieces(bytes.len().div_ceil(PIECE_BYTES), 1, |piece| {
        let from = piece.start * PIECE_BYTES;
        let (words, rest) = bytes[from..(from + PIECE_BYTES).min(bytes.len())].as_chunks::<8>();
        // Four sums beside each other: a processor does not wait for one to begin the next.
        let (fours, tail) = words.as_chunks::<4>();
        let mut sums = [1_u64, 2, 3, 4];
        for four in fours {
            for (sum, word) in sums.iter_mut().zip(four) {
                *sum = step(*sum, u64::from_le_bytes(*word));
            }
        }
        let tail = tail.iter().fold(rest.len() as u64, |sum, word| step(sum, u64::from_le_bytes(*word)));
        let tail = rest.iter().fold(tail, |sum, byte| step(sum, u64::from(*byte)));
        sums.into_iter().fold(tail, step)
    });
    pieces.into_iter().fold(bytes.len() as u64, step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entity::{Entity, Identifier, IdentifierKind, Topic};
    use crate::screening::{Options, Query};

    const KEY: [u8; 32] = [7; 32];
    const NAMES: [&str; 9] = [
        "Timur Kasimov",
        "Мария Иванова",
        "محمد بن علي",
        "Van der Berg",
        "Northern Lights Trading LLC",
        "J. M. O'Neill",
        "王小明",
        "Abdulrahman al-Rahman",
        "Kim Jong Un",
    ];

    fn index() -> Index {
        let mut builder = Index::builder();
        let lists = [builder.list("one", "1"), builder.list("two", "")];
        for (number, name) in NAMES.iter().cycle().take(60).enumerate() {
            let mut entity = Entity::new(number.to_string(), Schema::ALL[number % 4], format!("{name} {}", number / 9));
            entity.topics = Topics::of(Topic::Sanction);
            entity.birth_dates = DateRange::year(1950 + number as i16).into_iter().collect();
            entity.identifiers = vec![Identifier {
                kind: IdentifierKind::Passport,
                value: format!("P{number:07}"),
                country: None,
                label: None,
            }];
            builder.add(lists[number % 2], &entity);
        }
        builder.build()
    }

    fn asked(index: &Index) {
        for name in NAMES.into_iter().chain(["Timur Kasimow", "Vanderberg", "Abdul Rahman Rahman"]) {
            for schema in [Schema::Person, Schema::Company] {
                let _ = index.screen(&Query::named(schema, name), &Options::default());
            }
        }
        let _ = index.with_words("kas*", &Options::default());
    }

    #[test]
    fn what_is_read_back_is_the_same_to_the_bit() {
        for built in [index(), Index::builder().build()] {
            let bytes = built.to_snapshot(&KEY);
            let read = Index::from_snapshot(&KEY, &bytes).expect("what was written");
            assert_eq!(read.to_snapshot(&KEY), bytes);
            assert_eq!((read.len(), read.names(), read.lists()), (built.len(), built.names(), built.lists()));
            for name in NAMES.into_iter().chain(["Timur Kasimow", "Vanderberg", "Maria Ivanova", "Muhammad Ali"]) {
                let mut query = Query::named(Schema::Person, name);
                for born in [None, DateRange::year(1951)] {
                    query.birth_date = born;
                    assert_eq!(
                        read.screen(&query, &Options::default()),
                        built.screen(&query, &Options::default()),
                        "{name}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_snapshot_of_something_else_is_told() {
        let bytes = index().to_snapshot(&KEY);
        assert_eq!(Index::from_snapshot(&[8; 32], &bytes).err(), Some(Unfit::Key));
        let mut older = bytes.clone();
        older[7] = 0;
        assert_eq!(Index::from_snapshot(&KEY, &older).err(), Some(Unfit::Form));
        assert_eq!(Index::from_snapshot(&KEY, b"a file of somebody else's, of some length").err(), Some(Unfit::Form));
        for cut in [0, 7, 8, 47, 48, bytes.len() / 16 * 8, bytes.len() - 8, bytes.len() - 1] {
            assert!(Index::from_snapshot(&KEY, &bytes[..cut]).is_err(), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn every_changed_bit_is_noticed(at: prop::sample::Index, bit in 0..8_u8) {
            let mut bytes = index().to_snapshot(&KEY);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(Index::from_snapshot(&KEY, &bytes).is_err());
        }

        /// As by somebody who knows how the sum is made.
        #[test]
        fn no_change_with_a_right_sum_makes_a_search_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        ) {
            let mut bytes = index().to_snapshot(&KEY);
            let end = bytes.len() - 8;
            for (at, byte) in changes {
                bytes[HEAD_BYTES + at.index(end - HEAD_BYTES)] = byte;
            }
            let sum = sum(&bytes[..end]);
            bytes[end..].copy_from_slice(&sum.to_le_bytes());
            if let Ok(index) = Index::from_snapshot(&KEY, &bytes) {
                asked(&index);
            }
        }
    }
}
