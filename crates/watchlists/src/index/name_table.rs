//! Every listed name as numbers of tokens, and the names that hold a token.

use std::ops::Range;

use names::{CONTRADICTING_WEIGHT, Kind, Token};
use smallvec::SmallVec;

use super::dictionary::Dictionary;
use super::rows::Rows;
use super::snapshot::{Reader, Writer, within};
use crate::entity::Schema;

/// What is kept of a name beside its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NameRow {
    /// The entity it belongs to; names are numbered entity by entity.
    pub(super) entity: u32,
    /// Which of the entity's names it is.
    pub(super) place: u16,
    /// How it was read.
    pub(super) kind: Kind,
    /// Whether it is marked down as a weak alias.
    pub(super) weak: bool,
    /// How many of its tokens are anchors, at most 32.
    pub(super) anchors: u8,
    /// Whether one of its tokens is an initial, which may stand for any word of its letter.
    pub(super) initials: bool,
    /// Whether it says a word twice, as two classes of token: such a word counts as met when its twin is.
    pub(super) twins: bool,
}

const KINDS: [Kind; 4] = [Kind::Person, Kind::Organisation, Kind::Object, Kind::Any];
/// Tokens of a name, for each of which a bit has to be enough.
const TOKENS_MAX: usize = 32;
/// Numbers that stand before the tokens of a name.
const HEAD: usize = 2;

impl NameRow {
    /// As two numbers, which stand before its tokens, so that a candidate is one place in memory and not three.
    pub(super) fn packed(self) -> [u32; HEAD] {
        let kind = KINDS.iter().position(|kind| *kind == self.kind).unwrap_or(KINDS.len() - 1) as u32;
        let flags = u32::from(self.weak) | u32::from(self.initials) << 1 | kind << 2 | u32::from(self.twins) << 4;
        [self.entity, u32::from(self.place) | u32::from(self.anchors) << 16 | flags << 24]
    }

    /// Whether it is a person's name of a single word that stands for itself (promise 6 of the `names` crate).
    fn is_single(self) -> bool {
        self.kind == Kind::Person && self.anchors == 1 && !self.initials && !self.twins
    }

    fn unpacked(head: &[u32]) -> Self {
        let (entity, rest) = (head[0], head[1]);
        let flags = rest >> 24;
        Self {
            entity,
            place: rest as u16,
            kind: KINDS[(flags >> 2 & 3) as usize],
            weak: flags & 1 != 0,
            anchors: (rest >> 16) as u8,
            initials: flags & 2 != 0,
            twins: flags & 16 != 0,
        }
    }
}

/// Names are numbered shelf by shelf, so that a query for a person passes the ships by.
pub(super) const SHELVES: usize = 4;

/// The shelf of an entity's names.
pub(super) fn shelf(schema: Schema) -> usize {
    match schema {
        Schema::Person => 0,
        Schema::Organization | Schema::Company => 1,
        Schema::Vessel | Schema::Airplane => 2,
        Schema::LegalEntity | Schema::CryptoWallet | Schema::Address | Schema::Thing => 3,
    }
}

/// A name on its way to being looked at.
#[derive(Clone, Copy)]
pub(super) struct Loaded {
    pub(super) name: u32,
    start: u32,
    end: u32,
    head: [u32; HEAD],
}

/// The names of an index.
pub(super) struct Names {
    /// What is kept of each name, and its tokens in their order.
    rows: Rows,
    /// The numbers of each shelf's names: names that stand together because they are compared together.
    shelves: [Range<u32>; SHELVES],
    /// The names that hold each token.
    all: Posted,
    /// Of these, the names that are posted under the token as one of their rare ones.
    rare: Posted,
    /// People's names of this word alone, which are not among the rare: nobody of several words is meant by them.
    single: Rows,
}

/// The names under each token, ascending, and with each what else it holds ([`others`]), so that most names are passed
/// over without looking at them.
struct Posted {
    names: Rows,
    others: Rows,
}

impl Posted {
    fn new(keys: usize, rows: &Rows, dictionary: &Dictionary, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let names = Rows::by_key(keys, pairs.clone());
        let others = Rows::by_key(keys, pairs.map(|(token, name)| (token, others(rows.row(name), token, dictionary))));
        Self { names, others }
    }

    fn under(&self, token: u32) -> Posting<'_> {
        Posting { names: self.names.row(token), others: self.others.row(token) }
    }
}

/// The names under one token.
#[derive(Clone, Copy)]
pub(super) struct Posting<'a> {
    /// The names, ascending.
    pub(super) names: &'a [u32],
    /// What else each holds.
    pub(super) others: &'a [u32],
}

/// Says nothing of what else a name holds: it has to be looked at.
pub(super) const UNTOLD: u32 = u32::MAX;
/// How many marks there are for tokens.
pub(super) const MARKS: usize = 1 << 15;

/// The mark of a token; different tokens seldom share one.
pub(super) const fn mark_of(token: u32) -> usize {
    (token.wrapping_mul(0x9e37_79b1) >> 17) as usize
}

/// The marks of the other anchors of a person's name that has two or three; [`UNTOLD`] of any other name.
///
/// Two of the anchors of such a name are met, or words are joined (promise 4 of the `names` crate).
fn others(row: &[u32], token: u32, dictionary: &Dictionary) -> u32 {
    let head = NameRow::unpacked(row);
    let mut others = distinct(0, &row[HEAD..])
        .map(|(other, _)| other)
        .filter(|other| *other != token && dictionary.facts(*other).anchor);
    match (others.next(), others.next(), others.next()) {
        (Some(one), two, None)
            if head.kind == Kind::Person
                && !head.twins
                // The token is an anchor of the name, and none of them stands twice.
                && usize::from(head.anchors) == 2 + usize::from(two.is_some())
                && dictionary.facts(token).anchor =>
        {
            mark_of(one) as u32 | (mark_of(two.unwrap_or(one)) as u32) << 15
        }
        _ => UNTOLD,
    }
}

impl Names {
    pub(super) fn new(rows: Rows, shelves: [Range<u32>; SHELVES], dictionary: &Dictionary) -> Self {
        let named = || rows.iter().map(|(name, row)| (name, &row[HEAD..]));
        let pairs = named().flat_map(|(name, tokens)| distinct(name, tokens));
        let all = Posted::new(dictionary.len(), &rows, dictionary, pairs);
        // How many names a token leads to, by way of all tokens that are alike to it.
        let reach: Vec<u32> = (0..dictionary.len() as u32)
            .map(|token| {
                let posted = dictionary.alike_known(token).iter().map(|alike| all.names.row(*alike).len() as u32);
                posted.fold(0, u32::saturating_add)
            })
            .collect();
        let pairs = |single: bool| {
            let rows = rows.iter().map(|(name, row)| (name, NameRow::unpacked(row), &row[HEAD..]));
            let rows = rows.filter(move |(_, row, _)| row.is_single() == single);
            rows.flat_map(|(name, row, tokens)| rare(name, tokens, row, dictionary, &reach))
        };
        let rare = Posted::new(dictionary.len(), &rows, dictionary, pairs(false));
        let single = Rows::by_key(dictionary.len(), pairs(true));
        Self { rows, shelves, all, rare, single }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.rows(&self.rows);
        out.ints(self.shelves.iter().flat_map(|shelf| [shelf.start, shelf.end]));
        for posted in [&self.all, &self.rare] {
            out.rows(&posted.names);
            out.ints(posted.others.all_values().iter().copied());
        }
        out.rows(&self.single);
    }

    /// Names whose numbers all lead to tokens of the dictionary and to one of so many entities.
    pub(super) fn read(from: &mut Reader<'_>, dictionary: &Dictionary, entities: usize) -> Option<Self> {
        let rows = Rows::of(from.ints()?, from.ints()?)?;
        let fits = |(_, row): (u32, &[u32])| {
            (HEAD..=HEAD + TOKENS_MAX).contains(&row.len())
                && (row[0] as usize) < entities
                && within(&row[HEAD..], dictionary.len())
        };
        if !rows.iter().all(fits) {
            return None;
        }
        let ends: [u32; 2 * SHELVES] = from.ints()?.try_into().ok()?;
        if !ends.is_sorted() || ends.last().is_some_and(|end| *end as usize > rows.len()) {
            return None;
        }
        let shelves = std::array::from_fn(|shelf| ends[2 * shelf]..ends[2 * shelf + 1]);
        let mut posted = || {
            let names = from.rows(dictionary.len(), rows.len())?;
            let others = Rows::of(names.starts().to_vec(), from.ints()?)?;
            Some(Posted { names, others })
        };
        let (all, rare) = (posted()?, posted()?);
        let single = from.rows(dictionary.len(), rows.len())?;
        Some(Self { rows, shelves, all, rare, single })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn row(&self, name: u32) -> NameRow {
        NameRow::unpacked(self.rows.row(name))
    }

    /// The tokens of a name, in its order.
    pub(super) fn tokens(&self, name: u32) -> &[u32] {
        &self.rows.row(name)[HEAD..]
    }

    /// Both at once, for many names.
    ///
    /// Memory is slow to answer and can be asked many things at once: first where the rows of all names are, then what
    /// they start with, so that no answer is waited for before the next question.
    pub(super) fn load(&self, names: &[u32], loaded: &mut Vec<Loaded>) {
        loaded.clear();
        loaded.extend(names.iter().map(|name| {
            let range = self.rows.range(*name);
            Loaded { name: *name, start: range.start, end: range.end, head: [0; HEAD] }
        }));
        for name in loaded {
            let values = self.rows.values(name.start..name.end);
            name.head = [values[0], values[1]];
        }
    }

    /// The row and the tokens of a name that has been loaded.
    pub(super) fn row_and_tokens(&self, loaded: &Loaded) -> (NameRow, &[u32]) {
        let values = self.rows.values(loaded.start..loaded.end);
        (NameRow::unpacked(&loaded.head), &values[HEAD..])
    }

    /// The names that hold the token.
    pub(super) fn with(&self, token: u32) -> Posting<'_> {
        self.all.under(token)
    }

    /// The names of people that have this word and no other, ascending.
    pub(super) fn with_only(&self, token: u32) -> &[u32] {
        self.single.row(token)
    }

    /// The names of which the token is one of the rare ones, but those of [`Names::with_only`].
    pub(super) fn with_rare(&self, token: u32) -> Posting<'_> {
        self.rare.under(token)
    }

    /// The numbers of the names on a shelf.
    pub(super) fn on_shelf(&self, shelf: usize) -> Range<u32> {
        self.shelves[shelf].clone()
    }

    /// The names of an entity, by the shelf they are on.
    pub(super) fn of_entity(&self, entity: u32, shelf: usize) -> Range<u32> {
        let all = self.on_shelf(shelf);
        let first = |wanted: u32| {
            let (mut low, mut high) = (all.start, all.end);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.row(middle).entity < wanted {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        first(entity)..first(entity.saturating_add(1))
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        [&self.rows, &self.all.names, &self.all.others, &self.rare.names, &self.rare.others, &self.single]
            .iter()
            .map(|rows| rows.bytes())
            .sum()
    }
}

/// Whether one text stands twice as two different tokens.
pub(super) fn has_twins(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .enumerate()
        .any(|(at, token)| tokens[..at].iter().any(|before| before.text() == token.text() && before != token))
}

/// The tokens of a name with its number; a token that stands twice is given once.
fn distinct(name: u32, tokens: &[u32]) -> impl Iterator<Item = (u32, u32)> + Clone {
    tokens.iter().enumerate().filter(|(at, token)| !tokens[..*at].contains(token)).map(move |(_, token)| (*token, name))
}

/// The tokens of a name that it is posted under as a name that is met as a whole: see [`keep_rare`].
fn rare<'a>(
    name: u32,
    tokens: &'a [u32],
    row: NameRow,
    dictionary: &Dictionary,
    reach: &[u32],
) -> impl Iterator<Item = (u32, u32)> + Clone + use<'a> {
    let mut anchors: Words = distinct(name, tokens)
        .map(|(token, _)| (reach[token as usize], token, dictionary.facts(token)))
        .filter(|(.., facts)| facts.anchor)
        .map(|(reach, token, facts)| Word {
            reach,
            token,
            weight: if facts.names { u32::from(facts.weight) } else { 0 },
        })
        .collect();
    let letters = Letters::of(row.initials, row.twins, row.kind, usize::from(row.anchors), anchors.len());
    keep_rare(&mut anchors, letters);
    anchors.into_iter().map(move |word| (word.token, name))
}

/// An anchor of a name, and how many names it leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    pub(super) reach: u32,
    pub(super) token: u32,
    /// Its weight if it names, zero otherwise.
    pub(super) weight: u32,
}

pub(super) type Words = SmallVec<[Word; 8]>;

/// Whether single letters of a name may stand for words of another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// It has none, and no word twice as two classes of token.
    None,
    /// It has, and is a person's, all of whose anchors are different words.
    OfPerson,
    /// Neither: which words are met does not decide alone.
    OfOther,
}

impl Letters {
    /// What holds for a name of so many anchors, of which so many are different words.
    pub(super) fn of(initials: bool, twins: bool, kind: Kind, anchors: usize, different: usize) -> Self {
        match (initials, twins, kind) {
            (false, false, _) => Self::None,
            (true, false, Kind::Person) if anchors == different => Self::OfPerson,
            _ => Self::OfOther,
        }
    }
}

/// Keeps the rarest of a name's anchors, so many that at least one of them is met if the name is met as a whole.
///
/// Of two names that are alike, one is met but for words too light to contradict (promise 5 of the `names` crate). So
/// the words that are heavy enough to contradict when none of them is met include one that is. Where the words that
/// name do not weigh that much, or a letter may stand for one of them, anchors are kept without regard to weight, and
/// at least one of them is met in any case (promise 4).
pub(super) fn keep_rare(anchors: &mut Words, letters: Letters) {
    anchors.sort_unstable();
    match letters {
        // Two anchors are met, so one is that is not the commonest.
        Letters::OfPerson if anchors.len() > 1 => {
            anchors.pop();
            return;
        }
        Letters::OfPerson | Letters::OfOther => return,
        Letters::None => {}
    }
    let all: u32 = anchors.iter().map(|word| word.weight).sum();
    if all < CONTRADICTING_WEIGHT {
        return;
    }
    anchors.retain(|word| word.weight > 0);
    let mut kept = 0;
    let enough = anchors.iter().position(|word| {
        kept += word.weight;
        kept >= CONTRADICTING_WEIGHT
    });
    anchors.truncate(enough.map_or(anchors.len(), |last| last + 1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_name_fits_two_numbers() {
        for kind in KINDS {
            for (place, anchors, weak, initials) in
                [(0, 0, false, true), (u16::MAX, 32, true, false), (7, 3, true, true)]
            {
                let twins = weak != initials;
                let row = NameRow { entity: 123_456_789, place, kind, weak, anchors, initials, twins };
                assert_eq!(NameRow::unpacked(&row.packed()), row);
            }
        }
    }

    #[test]
    fn the_words_kept_weigh_enough_to_contradict() {
        let word = |reach, token, weight| Word { reach, token, weight };
        let kept = |words: &[Word], letters| {
            let mut words = Words::from_slice(words);
            keep_rare(&mut words, letters);
            words.iter().map(|word| word.token).collect::<Vec<_>>()
        };
        assert_eq!(kept(&[word(900, 1, 1_000), word(5, 2, 1_000)], Letters::None), [2]);
        assert_eq!(kept(&[word(900, 1, 200), word(5, 2, 200), word(9, 3, 200)], Letters::None), [2, 3]);
        assert_eq!(kept(&[word(900, 1, 200), word(5, 2, 100)], Letters::None), [2, 1]);
        assert_eq!(kept(&[word(5, 1, 0), word(9, 2, 1_000)], Letters::None), [2]);
        assert_eq!(kept(&[word(900, 1, 1_000), word(5, 2, 1_000)], Letters::OfOther), [2, 1]);
        assert_eq!(kept(&[word(900, 1, 1_000), word(5, 2, 1_000)], Letters::OfPerson), [2]);
        assert_eq!(kept(&[word(900, 1, 1_000)], Letters::OfPerson), [1]);
    }
}
