//! What was found out of words, for whoever asks one index about many parties.
//!
//! Parties share their words: a million customers have some ten thousand given names. Which listed words are alike to a
//! word, and which names hold it as several words, is a matter of the word and the index alone.

use std::sync::Arc;

use names::Token;
use rustc_hash::FxHashMap;

use super::Index;
use crate::screening::{Match, Options, Query};

/// Most words remembered; then everything is forgotten, which costs little and needs no order among them.
const WORDS_MAX: usize = 1 << 17;

/// What the index answers to a word that it does not hold itself.
#[derive(Default)]
pub(super) struct Remembered {
    /// The tokens alike to it.
    pub(super) alike: Vec<u32>,
    /// The names that hold it as several words.
    pub(super) joined: Vec<u32>,
}

/// The words that one index was asked about.
#[derive(Default)]
pub(super) struct Memory {
    words: FxHashMap<Token, Arc<Remembered>>,
}

/// Asks one index about many parties. Answers what [`Index::screen`] does, and remembers what it found out of each word.
///
/// For one thread; others have their own.
pub struct Screener<'i> {
    index: &'i Index,
    memory: Memory,
}

impl<'i> Screener<'i> {
    /// One that has asked nothing yet.
    #[must_use]
    pub fn new(index: &'i Index) -> Self {
        Self { index, memory: Memory::default() }
    }

    /// The same as [`Index::screen`].
    #[must_use]
    pub fn screen(&mut self, query: &Query, options: &Options) -> Vec<Match> {
        self.index.screen_with(query, options, Some(&mut self.memory))
    }
}

impl Memory {
    pub(super) fn of(&mut self, index: &Index, token: &Token) -> Arc<Remembered> {
        if let Some(known) = self.words.get(token) {
            return Arc::clone(known);
        }
        if self.words.len() >= WORDS_MAX {
            self.words.clear();
        }
        let found = Arc::new(index.find_out(token));
        self.words.insert(token.clone(), Arc::clone(&found));
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::date::DateRange;
    use crate::entity::{Entity, Schema};

    proptest! {
        #[test]
        fn who_remembers_answers_as_who_does_not(
            listed in prop::collection::vec("(ali|aly|bob|van ?der|ivan|ivanov|li|mo ?hamm?ed|A\\.) (kim|lee|bill|zhu|derra|ov)", 1..20),
            asked in prop::collection::vec("(ali|alli|bob|vander|van der|iwan|li|moham?ed) (kim|le|will|zhu|vander ra)", 1..30),
        ) {
            let mut builder = Index::builder();
            let list = builder.list("list", "1");
            for (number, name) in listed.iter().enumerate() {
                let mut entity = Entity::new(number.to_string(), Schema::Person, name.clone());
                entity.birth_dates = DateRange::year(1950 + number as i16).into_iter().collect();
                builder.add(list, &entity);
            }
            let index = builder.build();
            let mut screener = Screener::new(&index);
            // Twice, so that the second time everything is remembered.
            for name in asked.iter().chain(&asked) {
                let query = Query::named(Schema::Person, name.clone());
                let options = Options::default();
                prop_assert_eq!(screener.screen(&query, &options), index.screen(&query, &options));
            }
        }
    }
}
