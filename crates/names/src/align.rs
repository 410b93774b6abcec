//! Which token met which, and what the whole comes to.

use smallvec::SmallVec;

use crate::compare::{Relation, token_similarity};
use crate::distance::{JOINED_MAX, counted};
use crate::kind::Kind;
use crate::name::{Name, NameView, TOKENS_MAX};
use crate::points::score;
use crate::score::Score;
use crate::token::{Token, TokenClass};

/// Tokens of the one name that met tokens of the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met {
    /// First token and number of tokens, in the first and in the second name.
    pub(crate) one: (u8, u8),
    pub(crate) two: (u8, u8),
    pub(crate) similarity: u16,
    pub(crate) relation: Relation,
}

/// An alignment and its score.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) score: Score,
    pub(crate) met: SmallVec<[Met; 8]>,
}

/// How alike two names are.
pub fn similarity(one: &Name, two: &Name) -> Score {
    similarity_of(&one.view(), &two.view())
}

/// How alike two names are, over borrowed tokens.
pub fn similarity_of(one: &NameView<'_>, two: &NameView<'_>) -> Score {
    outcome(one, two).score
}

/// The score of two names if it is at least `threshold`; nothing is weighed when no word of theirs met.
pub fn similarity_at_least(one: &Name, two: &Name, threshold: Score) -> Option<Score> {
    similarity_at_least_of(&one.view(), &two.view(), threshold)
}

/// The score of two names over borrowed tokens if it is at least `threshold`; nothing is weighed when no word of theirs
/// met.
pub fn similarity_at_least_of(one: &NameView<'_>, two: &NameView<'_>, threshold: Score) -> Option<Score> {
    let (a, b) = in_order(kept(one), kept(two));
    let board = Board::aligned(one.kind.meet(two.kind), a, b);
    // Without an anchor no score comes near an alert (promise 4 of the crate).
    if threshold >= Score::ALERT && !board.met.iter().any(|met| met.relation.is_anchor()) {
        return None;
    }
    let score = board.score();
    (score >= threshold).then_some(score)
}

/// Aligns two names and weighs the alignment.
pub(crate) fn outcome(one: &NameView<'_>, two: &NameView<'_>) -> Outcome {
    let (a, b) = in_order(kept(one), kept(two));
    let board = Board::aligned(one.kind.meet(two.kind), a, b);
    let mut outcome = Outcome { score: board.score(), met: board.met };
    if a != kept(one) {
        for met in &mut outcome.met {
            std::mem::swap(&mut met.one, &mut met.two);
        }
        outcome.met.sort_by_key(|met| met.one);
    }
    outcome
}

/// The tokens of two names in an order of their own, so that the score is the same whichever comes first.
fn in_order<'a, 'b>(one: &'b [&'a Token], two: &'b [&'a Token]) -> (&'b [&'a Token], &'b [&'a Token]) {
    if one <= two { (one, two) } else { (two, one) }
}

fn kept<'a, 'b>(name: &'b NameView<'a>) -> &'b [&'a Token] {
    &name.tokens[..name.tokens.len().min(TOKENS_MAX)]
}

/// A vessel's name is short and near others by a letter, so its words must be nearly the same.
const OBJECT_MIN: u16 = 850;

struct Board<'a, 'b> {
    kind: Kind,
    a: &'b [&'a Token],
    b: &'b [&'a Token],
    taken_a: u32,
    taken_b: u32,
    met: SmallVec<[Met; 8]>,
}

impl<'a, 'b> Board<'a, 'b> {
    fn aligned(kind: Kind, a: &'b [&'a Token], b: &'b [&'a Token]) -> Self {
        let mut board = Self { kind, a, b, taken_a: 0, taken_b: 0, met: SmallVec::new() };
        board.join(0);
        board.pair();
        board.join(1);
        board.met.sort_by_key(|met| met.one);
        board
    }

    fn score(&self) -> Score {
        score(self.kind, self.a, self.b, &self.met)
    }

    /// Takes the best pairs first; of equally good ones those that stand nearest to each other.
    fn pair(&mut self) {
        let mut pairs: SmallVec<[(u32, usize, Met); 16]> = SmallVec::new();
        for (i, one) in self.a.iter().enumerate().filter(|(i, _)| self.taken_a & (1 << i) == 0) {
            for (j, two) in self.b.iter().enumerate().filter(|(j, _)| self.taken_b & (1 << j) == 0) {
                if let Some((similarity, relation)) = token_similarity(one, two)
                    && (self.kind != Kind::Object || similarity >= OBJECT_MIN)
                {
                    let gain = u32::from(similarity) * u32::from(one.weight().min(two.weight()));
                    let met = Met { one: (i as u8, 1), two: (j as u8, 1), similarity, relation };
                    pairs.push((gain, i.abs_diff(j), met));
                }
            }
        }
        pairs.sort_unstable_by_key(|(gain, apart, met)| (std::cmp::Reverse(*gain), *apart, met.one, met.two));
        for (_, _, met) in pairs {
            if self.taken_a & mask(met.one) == 0 && self.taken_b & mask(met.two) == 0 {
                self.take(met);
            }
        }
    }

    fn take(&mut self, met: Met) {
        self.taken_a |= mask(met.one);
        self.taken_b |= mask(met.two);
        self.met.push(met);
    }

    /// Finds words of one name that are written as one in the other, with at most `edits` between them.
    fn join(&mut self, edits: usize) {
        let (a, b) = (self.a, self.b);
        for width in [2_u8, 3] {
            for (start, len) in spans(a, width) {
                for whole in 0..b.len() as u8 {
                    if b[usize::from(whole)].len().abs_diff(len) <= edits {
                        self.try_join((start, width), (whole, 1), edits);
                    }
                }
            }
            for (start, len) in spans(b, width) {
                for whole in 0..a.len() as u8 {
                    if a[usize::from(whole)].len().abs_diff(len) <= edits {
                        self.try_join((whole, 1), (start, width), edits);
                    }
                }
            }
        }
    }

    fn try_join(&mut self, one: (u8, u8), two: (u8, u8), edits: usize) {
        let end = |span: (u8, u8)| usize::from(span.0 + span.1);
        if end(one) > self.a.len()
            || end(two) > self.b.len()
            || self.taken_a & mask(one) != 0
            || self.taken_b & mask(two) != 0
        {
            return;
        }
        let (parts, whole) = if one.1 > 1 {
            (&self.a[usize::from(one.0)..end(one)], self.b[usize::from(two.0)])
        } else {
            (&self.b[usize::from(two.0)..end(two)], self.a[usize::from(one.0)])
        };
        let len: usize = parts.iter().map(|part| part.len()).sum();
        if !whole.is_fuzzy() || parts.iter().any(|part| !joins(part)) {
            return;
        }
        let mut joined = [0_u8; JOINED_MAX];
        let mut at = 0;
        for part in parts {
            joined[at..at + part.len()].copy_from_slice(part.bytes());
            at += part.len();
        }
        if let Some(distance) = counted(&joined[..at], whole.bytes(), if len < 7 { 0 } else { edits }) {
            let similarity = if distance == 0 { 970 } else { 880 };
            self.take(Met { one, two, similarity, relation: Relation::Joined });
        }
    }
}

/// Neighbouring words that may be written as one: where they start, and how long they are together.
fn spans(tokens: &[&Token], width: u8) -> impl Iterator<Item = (u8, usize)> {
    let lengths = tokens.windows(usize::from(width)).map(|parts| parts.iter().map(|part| part.len()).sum::<usize>());
    (0_u8..).zip(lengths).filter(|(_, len)| *len >= JOINED_MIN)
}

/// Fewest letters of words written as one.
const JOINED_MIN: usize = 5;

fn joins(part: &Token) -> bool {
    part.is_fuzzy() || matches!(part.class(), TokenClass::Particle | TokenClass::Initial)
}

fn mask(span: (u8, u8)) -> u32 {
    ((1_u32 << span.1) - 1) << span.0
}
