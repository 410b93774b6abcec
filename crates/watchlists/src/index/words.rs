//! Looking up by words: the names that hold every word of a text, for a person who types one.
//!
//! This is no screening. It finds `Putin` where a screening, which compares whole names, finds too little in common; and
//! it passes over every misspelling that a screening forgives.

use names::{Kind, Name, TokenClass};
use rustc_hash::FxHashMap;

use super::Index;
use crate::screening::{EntityNumber, Options};

/// Most words of a text that are looked for; further ones are left out.
const WORDS_MAX: usize = 16;

/// One entity whose name holds the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The entity.
    pub entity: EntityNumber,
    /// How much of the name that fits best the words make up, in thousandths; 0 where no word was asked for.
    pub share: u16,
}

impl Index {
    /// The entities, in the order of their numbers, that have one name with every word of the text; every entity, if it
    /// has no word. A word that ends in `*` stands for all that begin so. Of the options topics and lists count.
    #[must_use]
    pub fn with_words(&self, text: &str, options: &Options) -> Vec<Named> {
        let readings = [Kind::Person, Kind::Organisation, Kind::Object, Kind::Any].map(|kind| self.reading(kind, text));
        if readings.iter().all(Vec::is_empty) {
            let all = (0..self.len() as u32).filter(|entity| self.admits(*entity, options));
            return all.map(|entity| Named { entity: EntityNumber(entity), share: 0 }).collect();
        }
        let mut best: FxHashMap<u32, u16> = FxHashMap::default();
        for name in 0..self.names.len() as u32 {
            let row = self.names.row(name);
            let words = &readings[row.kind as usize];
            let tokens = self.names.tokens(name);
            // A kind under whose rules the text has no word has no name with it.
            if words.is_empty() || !words.iter().all(|word| tokens.iter().any(|token| word.contains(token))) {
                continue;
            }
            if self.admits(row.entity, options) {
                let share = (1000 * words.len() / tokens.len().max(words.len())) as u16;
                let known = best.entry(row.entity).or_default();
                *known = share.max(*known);
            }
        }
        let mut found: Vec<Named> =
            best.into_iter().map(|(entity, share)| Named { entity: EntityNumber(entity), share }).collect();
        found.sort_unstable_by_key(|named| named.entity);
        found
    }

    /// The tokens of the lists that stand for each word of the text, under the rules of one kind of name.
    fn reading(&self, kind: Kind, text: &str) -> Vec<Vec<u32>> {
        let (begun, whole): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(|word| word.ends_with('*'));
        let name = Name::parse(kind, &whole.join(" "));
        let carries = |class| !matches!(class, TokenClass::Particle | TokenClass::Honorific | TokenClass::LegalForm);
        let only_small = name.tokens().iter().all(|token| !carries(token.class()));
        let mut words: Vec<Vec<u32>> = name
            .tokens()
            .iter()
            // "the" and "Ltd" come and go; they count where there is nothing else.
            .filter(|token| only_small || carries(token.class()))
            .take(WORDS_MAX)
            .map(|token| self.tokens_where(|text| text == token.text()))
            .collect();
        for word in begun {
            let folded = names::latin(word.trim_end_matches('*')).to_lowercase();
            let start: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
            if !start.is_empty() && words.len() < WORDS_MAX {
                words.push(self.tokens_where(|text| text.starts_with(&start)));
            }
        }
        words
    }

    fn tokens_where(&self, fits: impl Fn(&str) -> bool) -> Vec<u32> {
        (0..self.dictionary.len() as u32).filter(|token| fits(self.dictionary.token(*token).text())).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entity::{Entity, ListedName, NameKind, Schema, Topic, Topics};

    fn index() -> Index {
        let mut builder = Index::builder();
        let list = builder.list("list", "1");
        for (id, schema, name) in [
            ("p-1", Schema::Person, "Timur Kasimov"),
            ("p-2", Schema::Person, "Aigul Kasimova"),
            ("c-1", Schema::Company, "Kasimov Trading LLC"),
            ("v-1", Schema::Vessel, "MV Northern Lights"),
        ] {
            let mut entity = Entity::new(id, schema, name);
            entity.topics = Topics::of(if id == "p-2" { Topic::Pep } else { Topic::Sanction });
            if id == "p-1" {
                let text = "Тимур Ибрагимович Касимов".to_owned();
                entity.names.push(ListedName { text, kind: NameKind::Alias, language: None });
            }
            builder.add(list, &entity);
        }
        builder.build()
    }

    fn ids(index: &Index, text: &str, options: &Options) -> Vec<String> {
        let found = index.with_words(text, options);
        found.iter().filter_map(|named| index.entity(named.entity)).map(|entity| entity.id.0).collect()
    }

    #[test]
    fn every_word_must_stand_in_one_name() {
        let index = index();
        let all = Options::default();
        for (text, expected) in [
            ("kasimov", &["p-1", "c-1"][..]),
            ("KASIMOV timur", &["p-1"]),
            ("Касимов", &["p-1", "c-1"]),
            ("kasimov lights", &[]),
            ("kasi*", &["p-1", "p-2", "c-1"]),
            ("the kasimov trading company ltd", &["c-1"]),
            ("kasimov trading bank", &[]),
            ("ibragimovich", &["p-1"]),
            ("nobody", &[]),
            ("", &["p-1", "p-2", "c-1", "v-1"]),
            ("  ", &["p-1", "p-2", "c-1", "v-1"]),
        ] {
            assert_eq!(ids(&index, text, &all), expected, "{text}");
        }
    }

    #[test]
    fn options_filter_and_the_share_says_how_much_of_the_name_was_asked() {
        let index = index();
        let peps = Options { topics: Some(Topics::of(Topic::Pep)), ..Options::default() };
        assert_eq!(ids(&index, "kasi*", &peps), ["p-2"]);
        assert_eq!(ids(&index, "", &peps), ["p-2"]);
        let shares: Vec<u16> =
            index.with_words("kasimov", &Options::default()).iter().map(|named| named.share).collect();
        assert_eq!(shares, [500, 333]);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_what_is_found_is_found_once(text in "\\PC{0,40}") {
            let index = index();
            let found = index.with_words(&text, &Options::default());
            prop_assert!(found.windows(2).all(|pair| pair[0].entity < pair[1].entity));
            prop_assert!(found.iter().all(|named| named.share <= 1000));
        }
    }
}
