//! From entities to an index: names are parsed on all cores, everything else is counted into place.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use names::{Kind, Name, Token};
use rustc_hash::FxHashMap;

use super::rows::Rows;
use super::{Index, codec};
use crate::entity::{Entity, NameKind, Schema, Topics};
use crate::evidence::identifier_key;
use crate::screening::{ListNumber, ListVersion, kind_of};

/// Collects entities; [`IndexBuilder::build`] makes them searchable.
#[derive(Default)]
pub struct IndexBuilder {
    lists: Vec<ListVersion>,
    entities: Vec<EntityRow>,
    packed: Vec<u8>,
}

/// What is kept of an entity beside its packed text: what filters candidates without unpacking.
#[derive(Clone, Copy)]
pub(super) struct EntityRow {
    /// Where its packed text starts.
    pub(super) at: u64,
    pub(super) list: ListNumber,
    pub(super) topics: Topics,
    pub(super) schema: Schema,
}

/// What is kept of a name beside its tokens.
#[derive(Clone, Copy)]
pub(super) struct NameRow {
    pub(super) entity: u32,
    /// Which of the entity's names it is.
    pub(super) place: u16,
    pub(super) kind: Kind,
    /// Whether it is marked down as a weak alias.
    pub(super) weak: bool,
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
            list,
            topics: entity.topics,
            schema: entity.schema,
        });
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
        let parts = self.parsed();
        let mut tokens = Tokens::default();
        let mut names = Vec::new();
        let mut name_tokens = Rows::builder();
        let mut identifiers = Vec::new();
        for part in parts {
            let global: Vec<u32> = part.tokens.all.into_iter().map(|token| tokens.number(token)).collect();
            for (row, range) in part.names {
                names.push(row);
                name_tokens.push(part.words[range].iter().map(|word| global[*word as usize]));
            }
            identifiers.extend(part.identifiers);
        }
        identifiers.sort_unstable();
        identifiers.dedup();
        Index::assemble(self.lists, self.entities, self.packed, tokens.all, names, name_tokens.build(), identifiers)
    }

    /// Parses the names, in pieces of fixed size, so that the result does not depend on how many threads took part.
    fn parsed(&self) -> Vec<Part> {
        const PIECE: usize = 4096;
        let pieces = self.entities.len().div_ceil(PIECE);
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Part)>> = Mutex::new(Vec::with_capacity(pieces));
        std::thread::scope(|scope| {
            for _ in 0..super::threads().min(pieces) {
                scope.spawn(|| {
                    loop {
                        let piece = next.fetch_add(1, Ordering::Relaxed);
                        if piece >= pieces {
                            break;
                        }
                        let first = piece * PIECE;
                        let last = (first + PIECE).min(self.entities.len());
                        let part = self.part(first, last);
                        done.lock().unwrap_or_else(PoisonError::into_inner).push((piece, part));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(piece, _)| *piece);
        done.into_iter().map(|(_, part)| part).collect()
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
                let anchors = name.tokens().iter().filter(|token| token.is_anchor()).count();
                let lone_alias = anchors < 2 && listed.kind != NameKind::Primary && entity.schema == Schema::Person;
                let row = NameRow {
                    entity: u32::try_from(number).unwrap_or(u32::MAX),
                    place: place as u16,
                    kind,
                    weak: listed.kind == NameKind::Weak || lone_alias,
                };
                part.names.push((row, start..part.words.len()));
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
    names: Vec<(NameRow, std::ops::Range<usize>)>,
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
