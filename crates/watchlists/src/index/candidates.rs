//! Which listed names can be alike at all: everything that an exact comparison with every name would find.
//!
//! Relies on what the `names` crate promises an index:
//!
//! - Two tokens meet only by a relation (2) or as joined words (3): [`super::dictionary`] and [`super::spans`] give, for
//!   each word asked for, the listed tokens and names it can meet.
//! - Between two persons of two anchors or more each, two anchors of one side are aligned, and one of the other (4).
//! - Two names contradict each other when each has words of some weight that nothing in the other meets (5). So of two
//!   names that are alike one is met as a whole, but for light words: if the query's name is, its rarest word is met;
//!   if the listed one is, *its* rarest word is met, which is the one that [`super::name_table`] posts it under. Of the
//!   query's common words, only the names are looked up that have nothing rarer.

use std::cell::RefCell;

use std::ops::Range;

use names::{CONTRADICTING_WEIGHT, Kind, Name, Token};
use smallvec::SmallVec;

use super::Index;
use super::dictionary::{Alike, Facts};
use super::name_table::{Letters, SHELVES, Word, Words, keep_rare, shelf};
use super::spans::for_each_span;
use crate::entity::Schema;
use crate::screening::comparable;

/// Room that a screening works in, kept from one to the next.
#[derive(Default)]
struct Room {
    /// For each token of the index, which words of the query are alike to it.
    words: Vec<u32>,
    /// A bit for each name that has been seen.
    seen: Vec<u64>,
    found: Vec<u32>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// One word of the query.
struct Unit<'a> {
    facts: Facts,
    alike: Alike<'a>,
    /// How many names hold a word alike to it.
    reach: u32,
}

impl Index {
    /// Calls `told` with every name that may be alike to this one, each once.
    pub(super) fn for_each_candidate(&self, asked: Option<Schema>, name: &Name, mut told: impl FnMut(u32)) {
        ROOM.with_borrow_mut(|room| {
            room.words.resize(self.dictionary.len().max(room.words.len()), 0);
            room.seen.resize((self.names.len() / 64 + 1).max(room.seen.len()), 0);
            self.search(name, &self.shelves(asked), room, &mut told);
        });
    }

    fn search(&self, name: &Name, shelves: &[Range<u32>], room: &mut Room, told: &mut impl FnMut(u32)) {
        let asked = Asked::new(name);
        let units: Vec<Unit<'_>> = name.tokens().iter().map(|token| self.unit(token)).collect();
        for (bit, unit) in units.iter().enumerate() {
            for token in unit.alike.tokens() {
                room.words[*token as usize] |= 1 << bit;
            }
        }

        let rare = asked.rare_words(&units);
        for (bit, unit) in units.iter().enumerate() {
            for token in unit.alike.tokens() {
                let names = if rare & 1 << bit != 0 { self.names.with(*token) } else { self.names.with_rare(*token) };
                room.note_all(names, shelves);
            }
        }
        for listed in &room.found {
            if self.may_reach(*listed, &asked, &units, &room.words) {
                told(*listed);
            } else {
                // It may still come as a joined word.
                room.seen[*listed as usize / 64] &= !(1 << (listed % 64));
            }
        }

        let plain = room.found.len();
        let mut joined = Vec::new();
        for token in name.tokens() {
            joined.clear();
            self.spans.joined_in(token, &self.names, &self.dictionary, &mut joined);
            room.note_all(&joined, shelves);
        }
        let mut text = Vec::new();
        let tokens: Vec<&Token> = name.tokens().iter().collect();
        for_each_span(
            &tokens,
            |token| token,
            &mut text,
            |span| {
                for token in self.dictionary.near(span) {
                    joined.extend_from_slice(self.names.with(token));
                }
            },
        );
        for listed in joined {
            room.note(listed);
        }
        for listed in &room.found[plain..] {
            told(*listed);
        }

        for unit in &units {
            for token in unit.alike.tokens() {
                room.words[*token as usize] = 0;
            }
        }
        for listed in room.found.drain(..) {
            room.seen[listed as usize / 64] = 0;
        }
    }

    /// The shelves whose names may be alike to such a party's.
    fn shelves(&self, asked: Option<Schema>) -> SmallVec<[Range<u32>; SHELVES]> {
        let mut wanted = [false; SHELVES];
        for schema in Schema::ALL {
            wanted[shelf(schema)] |= comparable(asked, schema);
        }
        (0..SHELVES)
            .filter(|at| wanted[*at])
            .map(|at| self.names.on_shelf(at))
            .filter(|names| !names.is_empty())
            .collect()
    }

    fn unit(&self, token: &Token) -> Unit<'_> {
        let alike = self.dictionary.alike(token);
        let reach =
            alike.tokens().iter().fold(0, |sum: u32, token| sum.saturating_add(self.names.with(*token).len() as u32));
        Unit { facts: Facts::of(token), alike, reach }
    }

    /// Whether the words that the two names have in common can carry the score, joined words aside.
    fn may_reach(&self, listed: u32, asked: &Asked, units: &[Unit<'_>], words: &[u32]) -> bool {
        let (row, tokens) = self.names.row_and_tokens(listed);
        let (mut unmet, mut met, mut anchors_met) = (0, 0_u32, 0);
        for token in tokens {
            let (facts, by) = (self.dictionary.facts(*token), words[*token as usize]);
            met |= by;
            anchors_met += u32::from(facts.anchor && by != 0);
            unmet += if facts.names && by == 0 { u32::from(facts.weight) } else { 0 };
        }
        let words_met = (met & asked.anchors).count_ones();
        let needed = asked.anchors_needed(row.kind, row.anchors);
        if anchors_met.min(words_met) < 1 || anchors_met.max(words_met) < needed {
            return false;
        }
        if unmet < CONTRADICTING_WEIGHT || asked.initials || row.initials {
            return true;
        }
        let of_query: u32 = units
            .iter()
            .enumerate()
            .filter(|(bit, unit)| unit.facts.names && met & 1 << bit == 0)
            .map(|(_, unit)| u32::from(unit.facts.weight))
            .sum();
        of_query < CONTRADICTING_WEIGHT
    }
}

impl Room {
    /// Notes those of the names, which ascend, that stand on one of the shelves.
    fn note_all(&mut self, names: &[u32], shelves: &[Range<u32>]) {
        for shelf in shelves {
            let first = names.partition_point(|name| *name < shelf.start);
            for name in &names[first..] {
                if *name >= shelf.end {
                    break;
                }
                self.note(*name);
            }
        }
    }

    fn note(&mut self, name: u32) {
        let (word, bit) = (&mut self.seen[name as usize / 64], 1 << (name % 64));
        if *word & bit == 0 {
            *word |= bit;
            self.found.push(name);
        }
    }
}

/// What bounds need to know of the query's name.
struct Asked {
    kind: Kind,
    /// A bit for each anchor.
    anchors: u32,
    initials: bool,
}

impl Asked {
    fn new(name: &Name) -> Self {
        let facts: Vec<Facts> = name.tokens().iter().map(Facts::of).collect();
        Self {
            kind: name.kind(),
            anchors: facts
                .iter()
                .enumerate()
                .filter(|(_, facts)| facts.anchor)
                .fold(0, |bits, (bit, _)| bits | 1 << bit),
            initials: facts.iter().any(|facts| facts.initial),
        }
    }

    /// A bit for each word whose names are all looked up: one of them is met if the query's name is met as a whole.
    fn rare_words(&self, units: &[Unit<'_>]) -> u32 {
        let anchors = units.iter().enumerate().filter(|(_, unit)| unit.facts.anchor);
        let mut words: Words = anchors
            .map(|(bit, unit)| Word {
                reach: unit.reach,
                token: bit as u32,
                weight: if unit.facts.names { u32::from(unit.facts.weight) } else { 0 },
            })
            .collect();
        let letters = Letters::of(self.initials, self.kind, words.len(), words.len());
        keep_rare(&mut words, letters);
        words.iter().fold(0, |bits, word| bits | 1 << word.token)
    }

    /// How many anchors of one of the sides have to be met, by the kinds of the two names.
    fn anchors_needed(&self, kind: Kind, anchors: u8) -> u32 {
        let persons = matches!((self.kind, kind), (Kind::Person, Kind::Person | Kind::Any) | (Kind::Any, Kind::Person));
        if persons && anchors >= 2 && self.anchors.count_ones() >= 2 { 2 } else { 1 }
    }
}
