//! From entities to an index: names are parsed on all cores, everything else is counted into place.

use std::ops::Range;

use names::{Name, Token, TokenClass};
use rustc_hash::FxHashMap;

use super::dictionary::Dictionary;
use super::name_table::{NameRow, Names, SHELVES, has_twins, shelf};
use super::rows::Rows;
use super::spans::Spans;
use super::{Index, codec};
use crate::date::DateRange;
use crate::entity::{Entity, NameKind, Schema, Topics};
use crate::evidence::identifier_key;
use crate::screening::{ListNumber, ListVersion, kind_of};

/// Collects entities; [`IndexBuilder::build`] makes them searchable.
#[derive(Default)]
pub struct IndexBuilder {
    lists: Vec<ListVersion>,
    entities: Vec<EntityRow>,
    dates: Vec<DateRange>,
    packed: Vec<u8>,
}

/// What is kept of an entity beside its packed text: what filters candidates without unpacking.
#[derive(Clone, Copy)]
pub(super) struct EntityRow {
    /// Where its packed text starts.
    pub(super) at: u64,
    /// Where its birth dates start.
    pub(super) dates: u32,
    pub(super) list: ListNumber,
    pub(super) topics: Topics,
    pub(super) schema: Schema,
}

impl IndexBuilder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Announces a list whose entities will be added. The same list again gives the same number.
    pub fn list(&mut self, name: impl Into<String>, version: impl Into<String>) -> ListNumber {
        let list = ListVersion { name: name.into(), version: version.into() };
        let at = self.lists.iter().position(|known| *known == list).unwrap_or_else(|| {
            self.lists.push(list);
            self.lists.len() - 1
        });
        ListNumber(u16::try_from(at).unwrap_or(u16::MAX))
    }

    /// Adds one entity of a list.
    pub fn add(&mut self, list: ListNumber, entity: &Entity) {
        self.entities.push(EntityRow {
            at: self.packed.len() as u64,
            dates: u32::try_from(self.dates.len()).unwrap_or(u32::MAX),
            list,
            topics: entity.topics,
            schema: entity.schema,
        });
        self.dates.extend_from_slice(&entity.birth_dates);
        codec::encode(entity, &mut self.packed);
    }

    /// How many entities have been added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether nothing has been added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Makes the index, on as many threads as there are cores.
    #[must_use]
    pub fn build(mut self) -> Index {
        self.packed.shrink_to_fit();
        self.entities.shrink_to_fit();
        self.dates.shrink_to_fit();
        let parts = super::in_pieces(self.entities.len(), 4096, |range| self.part(range.start, range.end));
        let mut tokens = Tokens::default();
        let mut identifiers = Vec::new();
        let mut global: Vec<Vec<u32>> = Vec::with_capacity(parts.len());
        for part in &parts {
            global.push(part.tokens.all.iter().map(|token| tokens.number(token.clone())).collect());
            identifiers.extend_from_slice(&part.identifiers);
        }
        let mut rows = Rows::builder();
        let shelves = std::array::from_fn(|shelf| {
            let first = rows.len() as u32;
            for (part, global) in parts.iter().zip(&global) {
                for (row, range) in &part.names[shelf] {
                    let words = part.words[range.clone()].iter().map(|word| global[*word as usize]);
                    rows.push(row.packed().into_iter().chain(words));
                }
            }
            first..rows.len() as u32
        });
        drop((parts, global));
        identifiers.sort_unstable();
        identifiers.dedup();
        let dictionary = Dictionary::new(tokens.all, tokens.numbers);
        let names = Names::new(rows.build(), shelves, &dictionary);
        let spans = Spans::new(&names, &dictionary);
        Index {
            lists: self.lists,
            entities: self.entities,
            dates: self.dates,
            packed: self.packed,
            dictionary,
            names,
            spans,
            identifiers,
        }
    }

    fn part(&self, first: usize, last: usize) -> Part {
        let mut part = Part::default();
        for number in first..last {
            let row = self.entities[number];
            let end = self.entities.get(number + 1).map_or(self.packed.len(), |next| next.at as usize);
            let entity = codec::decode(&self.packed[row.at as usize..end]);
            let kind = kind_of(entity.schema);
            for (place, listed) in entity.names.iter().enumerate().take(usize::from(u16::MAX)) {
                let name = Name::parse(kind, &listed.text);
                if name.tokens().is_empty() {
                    continue;
                }
                let start = part.words.len();
                for token in name.tokens() {
                    let number = part.tokens.number(token.clone());
                    part.words.push(number);
                }
                let anchors = name.tokens().iter().filter(|token| token.is_anchor()).count().min(32);
                // One word says little of a person; a compound like "Abdul Manan" is one anchor, yet two words.
                let single_word = anchors < 2 && listed.text.split_whitespace().nth(1).is_none();
                let lone_alias = single_word && listed.kind != NameKind::Primary && entity.schema == Schema::Person;
                let row = NameRow {
                    entity: u32::try_from(number).unwrap_or(u32::MAX),
                    place: place as u16,
                    kind,
                    weak: listed.kind == NameKind::Weak || lone_alias,
                    anchors: anchors as u8,
                    twins: has_twins(name.tokens()),
                    initials: name.tokens().iter().any(|token| token.class() == TokenClass::Initial),
                };
                part.names[shelf(entity.schema)].push((row, start..part.words.len()));
            }
            for identifier in &entity.identifiers {
                if let Some(key) = identifier_key(identifier) {
                    part.identifiers.push((super::hash_of(&key), u32::try_from(number).unwrap_or(u32::MAX)));
                }
            }
        }
        part
    }
}

/// What one thread makes of a piece of the entities.
#[derive(Default)]
struct Part {
    tokens: Tokens,
    words: Vec<u32>,
    names: [Vec<(NameRow, Range<usize>)>; SHELVES],
    identifiers: Vec<(u64, u32)>,
}

/// Each distinct token once, numbered by first appearance.
#[derive(Default)]
struct Tokens {
    all: Vec<Token>,
    numbers: FxHashMap<Token, u32>,
}

impl Tokens {
    fn number(&mut self, token: Token) -> u32 {
        if let Some(number) = self.numbers.get(&token) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(token.clone());
        self.numbers.insert(token, number);
        number
    }
}
