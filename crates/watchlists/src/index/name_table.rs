//! Every listed name as numbers of tokens, and the names that hold a token.

use std::ops::Range;

use names::{CONTRADICTING_WEIGHT, Kind};
use smallvec::SmallVec;

use super::dictionary::Dictionary;
use super::rows::Rows;
use crate::entity::Schema;

/// What is kept of a name beside its tokens.
#[derive(Clone, Copy)]
pub(super) struct NameRow {
    /// The entity it belongs to; names are numbered entity by entity.
    pub(super) entity: u32,
    /// Which of the entity's names it is.
    pub(super) place: u16,
    /// How it was read.
    pub(super) kind: Kind,
    /// Whether it is marked down as a weak alias.
    pub(super) weak: bool,
    /// How many of its tokens are anchors.
    pub(super) anchors: u8,
    /// Whether one of its tokens is an initial, which may stand for any word of its letter.
    pub(super) initials: bool,
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

/// The names of an index.
pub(super) struct Names {
    rows: Vec<NameRow>,
    /// The tokens of each name, in its order.
    tokens: Rows,
    /// The numbers of each shelf's names: names that stand together because they are compared together.
    shelves: [Range<u32>; SHELVES],
    /// The names that hold each token, ascending.
    postings: Rows,
    /// Of these, the names that are posted under the token as one of their rare ones.
    rare_postings: Rows,
}

impl Names {
    pub(super) fn new(
        rows: Vec<NameRow>,
        tokens: Rows,
        shelves: [Range<u32>; SHELVES],
        dictionary: &Dictionary,
    ) -> Self {
        let postings = Rows::by_key(dictionary.len(), tokens.iter().flat_map(|(name, tokens)| distinct(name, tokens)));
        // How many names a token leads to, by way of all tokens that are alike to it.
        let reach: Vec<u32> = (0..dictionary.len() as u32)
            .map(|token| {
                dictionary
                    .alike_known(token)
                    .iter()
                    .fold(0, |sum: u32, alike| sum.saturating_add(postings.row(*alike).len() as u32))
            })
            .collect();
        let rare_postings = Rows::by_key(
            dictionary.len(),
            tokens.iter().flat_map(|(name, tokens)| rare(name, tokens, &rows[name as usize], dictionary, &reach)),
        );
        Self { rows, tokens, shelves, postings, rare_postings }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn row(&self, name: u32) -> &NameRow {
        &self.rows[name as usize]
    }

    /// The tokens of a name, in its order.
    pub(super) fn tokens(&self, name: u32) -> &[u32] {
        self.tokens.row(name)
    }

    /// The names that hold the token, ascending.
    pub(super) fn with(&self, token: u32) -> &[u32] {
        self.postings.row(token)
    }

    /// The names of which the token is one of the rare ones, ascending.
    pub(super) fn with_rare(&self, token: u32) -> &[u32] {
        self.rare_postings.row(token)
    }

    /// The numbers of the names on a shelf.
    pub(super) fn on_shelf(&self, shelf: usize) -> Range<u32> {
        self.shelves[shelf].clone()
    }

    /// The names of an entity, by the shelf they are on.
    pub(super) fn of_entity(&self, entity: u32, shelf: usize) -> Range<u32> {
        let all = self.on_shelf(shelf);
        let rows = &self.rows[all.start as usize..all.end as usize];
        let first = rows.partition_point(|name| name.entity < entity);
        let last = rows.partition_point(|name| name.entity <= entity);
        all.start + first as u32..all.start + last as u32
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of::<NameRow>() * self.rows.capacity()
            + self.tokens.bytes()
            + self.postings.bytes()
            + self.rare_postings.bytes()
    }
}

/// The tokens of a name with its number; a token that stands twice is given once.
fn distinct(name: u32, tokens: &[u32]) -> impl Iterator<Item = (u32, u32)> + Clone {
    tokens.iter().enumerate().filter(|(at, token)| !tokens[..*at].contains(token)).map(move |(_, token)| (*token, name))
}

/// The tokens of a name that it is posted under as a name that is met as a whole: see [`keep_rare`].
fn rare<'a>(
    name: u32,
    tokens: &'a [u32],
    row: &NameRow,
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
    keep_rare(&mut anchors, row.initials);
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

/// Keeps the rarest of a name's anchors, so many that at least one of them is met if the name is met as a whole.
///
/// Of two names that are alike, one is met but for words too light to contradict (promise 5 of the `names` crate). So
/// the words that are heavy enough to contradict when none of them is met include one that is. Where the words that
/// name do not weigh that much, or a letter may stand for one of them (`initials`), all anchors are kept: one of them
/// is met in any case (promise 4).
pub(super) fn keep_rare(anchors: &mut Words, initials: bool) {
    let all: u32 = anchors.iter().map(|word| word.weight).sum();
    if initials || all < CONTRADICTING_WEIGHT {
        return;
    }
    anchors.retain(|word| word.weight > 0);
    anchors.sort_unstable();
    let mut kept = 0;
    let enough = anchors.iter().position(|word| {
        kept += word.weight;
        kept >= CONTRADICTING_WEIGHT
    });
    anchors.truncate(enough.map_or(anchors.len(), |last| last + 1));
}
