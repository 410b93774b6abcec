//! Which listed names can be alike at all: everything that an exact comparison with every name would find.
//!
//! Relies on what the `names` crate promises an index:
//!
//! - Two tokens meet only by a relation (2) or as joined words (3): [`super::dictionary`] and [`super::spans`] give, for
//!   each word asked for, the listed tokens and names it can meet.
//! - Between two persons of two anchors or more each, two anchors of one side are aligned, and one of the other (4); a
//!   person of a single word is told from others by that word (6).
//! - Two names contradict each other when each has words of some weight that nothing in the other meets (5), and bodies
//!   when one has (7). So of two names that are alike one is met as a whole, but for light words: if the query's name
//!   is, its rarest word is met; if the listed one is, *its* rarest word is met, which is the one that
//!   [`super::name_table`] posts it under. Of the query's common words, only the names are looked up that have nothing
//!   rarer.

use std::cell::RefCell;
use std::ops::Range;

use names::{CONTRADICTING_WEIGHT, Kind, Name, Token};
use smallvec::SmallVec;

use super::Index;
use super::dictionary::{Alike, Facts};
use super::memory::Memory;
use super::name_table::{
    Letters, Loaded, MARKS, NameRow, Posting, SHELVES, UNTOLD, Word, Words, has_twins, keep_rare, mark_of, shelf,
};
use super::spans::{covered, for_each_span};
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
    /// A bit for the mark of each token with a word alike to it.
    marks: Vec<u64>,
    loaded: Vec<Loaded>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// One word of the query.
struct Unit<'a> {
    token: &'a Token,
    facts: Facts,
    alike: Alike<'a>,
    /// How many names hold a word alike to it.
    reach: u32,
}

/// A name that may be alike to the query's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Candidate {
    pub(super) name: u32,
    pub(super) entity: u32,
}

impl Index {
    /// The names that may be alike to this one, each once.
    pub(super) fn candidates(&self, asked: Option<Schema>, name: &Name, memory: Option<&mut Memory>) -> Vec<Candidate> {
        ROOM.with_borrow_mut(|room| {
            room.words.resize(self.dictionary.len().max(room.words.len()), 0);
            room.marks.resize(MARKS / 64, 0);
            room.seen.resize((self.names.len() / 64 + 1).max(room.seen.len()), 0);
            self.search(name, &self.shelves(asked), room, memory)
        })
    }

    fn search(
        &self,
        name: &Name,
        shelves: &[Range<u32>],
        room: &mut Room,
        mut memory: Option<&mut Memory>,
    ) -> Vec<Candidate> {
        let units: Vec<Unit<'_>> = name.tokens().iter().map(|token| self.unit(token, memory.as_deref_mut())).collect();
        let mut asked = Asked::new(name, units);
        for (bit, unit) in asked.units.iter().enumerate() {
            room.mark(unit.alike.tokens(), 1 << bit);
        }
        let wholes = self.wholes(name);
        for (tokens, bits) in &wholes {
            room.mark(tokens, *bits);
            asked.joined |= bits;
        }

        // A word that is alike to a particle may be met by what is no anchor of the other name.
        let mut alike = asked.units.iter().filter(|unit| unit.facts.anchor).flat_map(|unit| unit.alike.tokens());
        let several = asked.kind == Kind::Person && asked.anchors.count_ones() > 1 && !asked.twins;
        let two_are_met = several && alike.all(|token| self.dictionary.facts(*token).anchor);
        let (rare, with_singles) = (asked.rare_words(), asked.may_be_single());
        for (bit, unit) in asked.units.iter().enumerate() {
            for token in unit.alike.tokens() {
                if rare & 1 << bit != 0 {
                    room.note_posting(self.names.with(*token), shelves, two_are_met);
                    continue;
                }
                room.note_posting(self.names.with_rare(*token), shelves, two_are_met);
                if with_singles {
                    room.note_all(self.names.with_only(*token), shelves);
                }
            }
        }
        for token in wholes.iter().flat_map(|(tokens, _)| tokens) {
            room.note_all(self.names.with(*token).names, shelves);
        }
        let mut candidates = Vec::new();
        self.take(&asked, room, 0, 0, &mut candidates);

        let plain = room.found.len();
        let (mut joined, mut joining) = (Vec::new(), 0);
        for (bit, unit) in asked.units.iter().enumerate() {
            joined.clear();
            match &unit.alike {
                Alike::Remembered(known) => joined.extend_from_slice(&known.joined),
                _ => self.spans.joined_in(unit.token, &self.names, &self.dictionary, &mut joined),
            }
            joining |= if joined.is_empty() { 0 } else { 1 << bit };
            room.note_all(&joined, shelves);
        }
        self.take(&asked, room, plain, joining, &mut candidates);

        for unit in &asked.units {
            room.unmark(unit.alike.tokens());
        }
        for (tokens, _) in &wholes {
            room.unmark(tokens);
        }
        for listed in room.found.drain(..) {
            room.seen[listed as usize / 64] = 0;
        }
        candidates
    }

    /// Takes of the names found from a place on those that may be alike; some words of the query (`joining`) may be
    /// several of theirs.
    fn take(&self, asked: &Asked<'_>, room: &mut Room, from: usize, joining: u32, candidates: &mut Vec<Candidate>) {
        self.names.load(&room.found[from..], &mut room.loaded);
        for loaded in &room.loaded {
            let (row, tokens) = self.names.row_and_tokens(loaded);
            let parts = if joining == 0 { Parts::default() } else { self.parts(asked, joining, tokens) };
            if self.may_reach(asked, row, tokens, parts, &room.words) {
                candidates.push(Candidate { name: loaded.name, entity: row.entity });
            } else {
                // It may still come as a joined word.
                room.seen[loaded.name as usize / 64] &= !(1 << (loaded.name % 64));
            }
        }
    }

    /// The listed words that neighbouring words of the query may be together, and which words those are.
    fn wholes(&self, name: &Name) -> SmallVec<[(Vec<u32>, u32); 8]> {
        let mut wholes = SmallVec::new();
        let tokens: Vec<&Token> = name.tokens().iter().collect();
        for_each_span(
            &tokens,
            |token| token,
            &mut Vec::new(),
            |text, parts| {
                let tokens = self.dictionary.near(text);
                if !tokens.is_empty() {
                    wholes.push((tokens, parts));
                }
            },
        );
        wholes
    }

    /// Which of a listed name's words are together one word of the query, and which word that is.
    fn parts(&self, asked: &Asked<'_>, joining: u32, tokens: &[u32]) -> Parts {
        let mut parts = Parts::default();
        for (bit, unit) in asked.units.iter().enumerate().filter(|(bit, _)| joining & 1 << bit != 0) {
            let listed = covered(tokens, |number| self.dictionary.token(*number), unit.token.bytes());
            parts.listed |= listed;
            parts.asked |= if listed == 0 { 0 } else { 1 << bit };
        }
        parts
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

    fn unit<'a>(&'a self, token: &'a Token, memory: Option<&mut Memory>) -> Unit<'a> {
        let alike = match memory {
            Some(memory) if self.dictionary.number(token).is_none() => Alike::Remembered(memory.of(self, token)),
            _ => self.dictionary.alike(token),
        };
        let reach = alike
            .tokens()
            .iter()
            .fold(0, |sum: u32, token| sum.saturating_add(self.names.with(*token).names.len() as u32));
        Unit { token, facts: Facts::of(token), alike, reach }
    }

    /// Whether nothing that is promised of alike names speaks against these two.
    fn may_reach(&self, asked: &Asked<'_>, row: NameRow, tokens: &[u32], parts: Parts, words: &[u32]) -> bool {
        let (mut unmet, mut total, mut met, mut anchors_met, mut letters) = (0, 0, parts.asked, 0, 0);
        for (at, token) in tokens.iter().enumerate() {
            let (facts, by) = (self.dictionary.facts(*token), words[*token as usize]);
            let is_met = by != 0 || parts.listed & 1 << at != 0;
            met |= by;
            total += u32::from(facts.weight);
            anchors_met += u32::from(facts.anchor && is_met);
            letters |= if facts.initial { facts.letter } else { 0 };
            let lacking = facts.names && !is_met && asked.letters & facts.letter == 0;
            unmet += if lacking { u32::from(facts.weight) } else { 0 };
        }
        let words_met = (met & asked.anchors).count_ones();
        let anchors = u32::from(row.anchors);
        if anchors_met.min(words_met) < 1 {
            return false;
        }
        if asked.twins || row.twins {
            return true;
        }
        let is_whole = parts.listed != 0 || met & asked.joined != 0;
        match asked.rules(row.kind) {
            Rules::Persons
                if asked.letters == 0 && letters == 0 && !is_whole && asked.is_single() != (anchors == 1) =>
            {
                return false;
            }
            Rules::Persons if anchors >= 2 && !asked.is_single() && anchors_met.max(words_met) < 2 => return false,
            Rules::Bodies if 3 * unmet > total - unmet + asked.total => return false,
            Rules::Bodies => {
                let lacking = asked.lacking(met, letters);
                return unmet.min(lacking) < CONTRADICTING_WEIGHT && 3 * lacking <= asked.total - lacking + total;
            }
            _ => {}
        }
        unmet < CONTRADICTING_WEIGHT || asked.lacking(met, letters) < CONTRADICTING_WEIGHT
    }
}

/// Words of one name that are together a word of the other: a bit for each.
#[derive(Clone, Copy, Default)]
struct Parts {
    /// Of the listed name.
    listed: u32,
    /// Of the query's name.
    asked: u32,
}

/// The rules that two names are compared by, as far as their kinds alone decide.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Persons,
    Bodies,
    Either,
}

impl Room {
    fn mark(&mut self, tokens: &[u32], bits: u32) {
        for token in tokens {
            self.words[*token as usize] |= bits;
            let mark = mark_of(*token);
            self.marks[mark / 64] |= 1 << (mark % 64);
        }
    }

    fn unmark(&mut self, tokens: &[u32]) {
        for token in tokens {
            self.words[*token as usize] = 0;
            self.marks[mark_of(*token) / 64] = 0;
        }
    }

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

    /// The same, but for names of which no other word can be met, where two have to be.
    fn note_posting(&mut self, posting: Posting<'_>, shelves: &[Range<u32>], two_are_met: bool) {
        if !two_are_met {
            return self.note_all(posting.names, shelves);
        }
        for shelf in shelves {
            let first = posting.names.partition_point(|name| *name < shelf.start);
            for (name, others) in posting.names[first..].iter().zip(&posting.others[first..]) {
                if *name >= shelf.end {
                    break;
                }
                let (one, two) = (*others as usize % MARKS, (*others >> 15) as usize % MARKS);
                let is_marked = |mark: usize| self.marks[mark / 64] >> (mark % 64) & 1 != 0;
                if *others == UNTOLD || is_marked(one) || is_marked(two) {
                    self.note(*name);
                }
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
struct Asked<'a> {
    kind: Kind,
    units: Vec<Unit<'a>>,
    /// Weight of all its tokens.
    total: u32,
    /// A bit for each anchor.
    anchors: u32,
    /// A bit for each letter that it has as an initial.
    letters: u32,
    /// A bit for each word that may be joined with its neighbour.
    joined: u32,
    /// Whether it says a word twice, as two classes of token.
    twins: bool,
}

impl<'a> Asked<'a> {
    fn new(name: &Name, units: Vec<Unit<'a>>) -> Self {
        let bits = |which: fn(&Facts) -> bool| {
            units.iter().enumerate().filter(|(_, unit)| which(&unit.facts)).fold(0, |bits, (bit, _)| bits | 1 << bit)
        };
        Self {
            kind: name.kind(),
            total: units.iter().map(|unit| u32::from(unit.facts.weight)).sum(),
            anchors: bits(|facts| facts.anchor),
            letters: units.iter().filter(|unit| unit.facts.initial).fold(0, |bits, unit| bits | unit.facts.letter),
            joined: 0,
            twins: has_twins(name.tokens()),
            units,
        }
    }

    fn is_single(&self) -> bool {
        self.anchors.count_ones() == 1
    }

    /// Whether it may be alike to a person's name of a single word, other than by joined words.
    fn may_be_single(&self) -> bool {
        self.kind != Kind::Person || self.is_single() || self.letters != 0 || self.twins
    }

    /// A bit for each word whose names are all looked up: one of them is met if the query's name is met as a whole.
    fn rare_words(&self) -> u32 {
        let anchors = self.units.iter().enumerate().filter(|(_, unit)| unit.facts.anchor);
        let mut words: Words = anchors
            .map(|(bit, unit)| Word {
                reach: unit.reach,
                token: bit as u32,
                weight: if unit.facts.names { u32::from(unit.facts.weight) } else { 0 },
            })
            .collect();
        let letters = Letters::of(self.letters != 0, self.twins, self.kind, words.len(), words.len());
        keep_rare(&mut words, letters);
        words.iter().fold(0, |bits, word| bits | 1 << word.token)
    }

    /// What its words weigh that are neither met nor stood for by one of the other name's initials.
    fn lacking(&self, met: u32, letters: u32) -> u32 {
        let lacking = |(bit, unit): &(usize, &Unit<'_>)| {
            unit.facts.names && met & 1 << bit == 0 && unit.facts.letter & letters == 0
        };
        self.units.iter().enumerate().filter(lacking).map(|(_, unit)| u32::from(unit.facts.weight)).sum()
    }

    fn rules(&self, other: Kind) -> Rules {
        let body = |kind| matches!(kind, Kind::Organisation | Kind::Object);
        match (self.kind, other) {
            (Kind::Person, Kind::Person | Kind::Any) | (Kind::Any, Kind::Person) => Rules::Persons,
            (one, two) if body(one) && (body(two) || two == Kind::Any) || one == Kind::Any && body(two) => {
                Rules::Bodies
            }
            _ => Rules::Either,
        }
    }
}
