//! Which listed names can be alike at all: everything that an exact comparison with every name would find.
//!
//! Relies on what the `names` crate promises an index:
//!
//! - Two tokens meet only by a relation (2) or as joined words (3): [`super::dictionary`] and [`super::spans`] give, for
//!   each word asked for, the listed tokens and names it can meet.
//! - Between two persons of two anchors or more each, two anchors of each side are aligned (4).
//! - A score is no more than the larger of the two shares of weight that are aligned (5). So of two names that are
//!   alike, either a good part of the query's weight is aligned, and then one of its rare words is, which has few
//!   names; or a good part of the listed name's, and then one of the rare words of *that* name is, which is what
//!   [`super::name_table`] posts names under. Common words are looked up among the second kind alone.

use std::cell::RefCell;

use names::{Kind, Name, Token};

use super::Index;
use super::dictionary::{Alike, Facts};
use super::name_table::carries;
use super::spans::for_each_span;

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
    reach: usize,
}

impl Index {
    /// Calls `told` with every name that may be alike to this one, each once.
    pub(super) fn for_each_candidate(&self, name: &Name, mut told: impl FnMut(u32)) {
        ROOM.with_borrow_mut(|room| {
            room.words.resize(self.dictionary.len().max(room.words.len()), 0);
            room.seen.resize((self.names.len() / 64 + 1).max(room.seen.len()), 0);
            self.search(name, room, &mut told);
        });
    }

    fn search(&self, name: &Name, room: &mut Room, told: &mut impl FnMut(u32)) {
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
                for listed in names {
                    room.note(*listed);
                }
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
            self.spans.joined_in(token, &self.names, &self.dictionary, &mut joined);
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

    fn unit(&self, token: &Token) -> Unit<'_> {
        let alike = self.dictionary.alike(token);
        let reach = alike.tokens().iter().map(|token| self.names.with(*token).len()).sum();
        Unit { facts: Facts::of(token), alike, reach }
    }

    /// Whether the words that the two names have in common can carry the score, joined words aside.
    fn may_reach(&self, listed: u32, asked: &Asked, units: &[Unit<'_>], words: &[u32]) -> bool {
        let row = self.names.row(listed);
        let (mut total, mut aligned, mut met, mut anchors_met) = (0, 0, 0_u32, 0);
        for token in self.names.tokens(listed) {
            let facts = self.dictionary.facts(*token);
            let weight = u32::from(facts.weight);
            total += weight;
            met |= words[*token as usize];
            anchors_met += u8::from(facts.anchor && words[*token as usize] != 0);
            // What is no anchor may be aligned in ways that are not followed here; it weighs little.
            if !facts.anchor || words[*token as usize] != 0 {
                aligned += weight;
            }
        }
        let needed = asked.anchors_needed(row.kind, row.anchors);
        if anchors_met < needed || (met & asked.anchors).count_ones() < u32::from(needed) {
            return false;
        }
        if carries(aligned, total) || asked.initials || row.initials {
            return true;
        }
        let of_query: u32 = units
            .iter()
            .enumerate()
            .filter(|(bit, unit)| !unit.facts.anchor || met & 1 << bit != 0)
            .map(|(_, unit)| u32::from(unit.facts.weight))
            .sum();
        carries(of_query, asked.total)
    }
}

impl Room {
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
    /// Weight of all its tokens.
    total: u32,
    /// A bit for each anchor.
    anchors: u32,
    initials: bool,
}

impl Asked {
    fn new(name: &Name) -> Self {
        let facts: Vec<Facts> = name.tokens().iter().map(Facts::of).collect();
        Self {
            kind: name.kind(),
            total: facts.iter().map(|facts| u32::from(facts.weight)).sum(),
            anchors: facts
                .iter()
                .enumerate()
                .filter(|(_, facts)| facts.anchor)
                .fold(0, |bits, (bit, _)| bits | 1 << bit),
            initials: facts.iter().any(|facts| facts.initial),
        }
    }

    /// A bit for each word one of which is met by every name that covers a good part of the query.
    fn rare_words(&self, units: &[Unit<'_>]) -> u32 {
        if self.initials {
            return u32::MAX;
        }
        let mut by_reach: Vec<usize> = (0..units.len()).filter(|at| units[*at].facts.anchor).collect();
        by_reach.sort_by_key(|at| units[*at].reach);
        let mut rest = self.total;
        let mut rare = 0;
        for at in by_reach {
            if carries(rest, self.total) {
                rare |= 1 << at;
            }
            rest -= u32::from(units[at].facts.weight);
        }
        rare
    }

    /// How many anchors of either side have to be met, by the kinds of the two names.
    fn anchors_needed(&self, kind: Kind, anchors: u8) -> u8 {
        let persons = matches!((self.kind, kind), (Kind::Person, Kind::Person | Kind::Any) | (Kind::Any, Kind::Person));
        if persons && anchors >= 2 && self.anchors.count_ones() >= 2 { 2 } else { 1 }
    }
}
