//! Every listed name as numbers of tokens, and the names that hold a token.

use names::Kind;

use super::dictionary::Dictionary;
use super::rows::Rows;

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

/// The names of an index.
pub(super) struct Names {
    rows: Vec<NameRow>,
    /// The tokens of each name, in its order.
    tokens: Rows,
    /// The names that hold each token, ascending.
    postings: Rows,
    /// Of these, the names of which the token is one of the rare ones: of two names that share enough of their
    /// weight, one shares a rare token of its own.
    rare_postings: Rows,
}

impl Names {
    pub(super) fn new(rows: Vec<NameRow>, tokens: Rows, dictionary: &Dictionary) -> Self {
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
        Self { rows, tokens, postings, rare_postings }
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

    /// The names of an entity.
    pub(super) fn of_entity(&self, entity: u32) -> std::ops::Range<u32> {
        let first = self.rows.partition_point(|name| name.entity < entity);
        let last = self.rows.partition_point(|name| name.entity <= entity);
        first as u32..last as u32
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

/// The rarest anchors of a name, as many as are needed so that the others do not carry it.
fn rare<'a>(
    name: u32,
    tokens: &'a [u32],
    row: &NameRow,
    dictionary: &Dictionary,
    reach: &[u32],
) -> impl Iterator<Item = (u32, u32)> + Clone + use<'a> {
    let facts = |token: u32| dictionary.facts(token);
    let total: u32 = tokens.iter().map(|token| u32::from(facts(*token).weight)).sum();
    let mut anchors: smallvec::SmallVec<[(u32, u32); 8]> = distinct(name, tokens)
        .filter(|(token, _)| facts(*token).anchor)
        .map(|(token, _)| (reach[token as usize], token))
        .collect();
    anchors.sort_unstable();
    let mut rest = total;
    let mut kept: smallvec::SmallVec<[u32; 8]> = smallvec::SmallVec::new();
    for (_, token) in anchors {
        // With initials on this side a word of the other may be covered by a letter, so no anchor is left out.
        if carries(rest, total) || row.initials {
            kept.push(token);
        }
        let times = tokens.iter().filter(|other| **other == token).count() as u32;
        rest -= times * u32::from(facts(token).weight);
    }
    kept.into_iter().map(move |token| (token, name))
}

/// Whether so much of a name's weight could make a match: half of it, where a score of 0.62 needs more.
pub(super) fn carries(part: u32, total: u32) -> bool {
    2 * part >= total
}
