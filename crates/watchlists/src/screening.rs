//! What is asked of an index, and what it answers.
//!
//! Everything here but [`Options`] holds personal data of a customer. `Debug` leaves it out, so that a stray log line
//! cannot carry it.

use std::fmt;

use names::{Kind, Score};

use crate::date::DateRange;
use crate::entity::{Country, EntityId, Gender, Identifier, NameKind, Schema, Topics};
use crate::evidence::Evidence;

/// A party to be compared with the lists: what is known of it, all of it optional but one name or identifier.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What it is; `None` when not known, which compares it with every kind of entity.
    pub schema: Option<Schema>,
    /// Full names: the name itself, former names, aliases. Each is compared with each listed name.
    pub names: Vec<String>,
    /// The name by its parts, where they are known; read as one more full name.
    pub parts: Option<QueryParts>,
    /// Date of birth, or of incorporation.
    pub birth_date: Option<DateRange>,
    /// Countries and how they belong.
    pub countries: Vec<Country>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Places of birth, as written.
    pub birth_places: Vec<String>,
    /// Addresses, each on one line.
    pub addresses: Vec<String>,
    /// Documents and numbers.
    pub identifiers: Vec<Identifier>,
}

/// A person's name by its parts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct QueryParts {
    /// Given names.
    pub given: String,
    /// Middle names or patronymic.
    pub middle: String,
    /// Family names.
    pub family: String,
}

impl Query {
    /// A query for one name and nothing else known.
    #[must_use]
    pub fn named(schema: Schema, name: impl Into<String>) -> Self {
        Self { schema: Some(schema), names: vec![name.into()], ..Self::default() }
    }

    /// How its names are to be read.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.schema.map_or(Kind::Any, kind_of)
    }

    /// Whether there is nothing to weigh but names.
    pub(crate) fn names_only(&self) -> bool {
        self.birth_date.is_none()
            && self.countries.is_empty()
            && self.gender.is_none()
            && self.birth_places.is_empty()
            && self.addresses.is_empty()
            && self.identifiers.is_empty()
    }

    /// Whether any name has a word that can carry a comparison: two letters, or one that is a word of its own (Han, Kana,
    /// Hangul). Who is asked for by other names is found by nothing but numbers, and an empty answer clears nobody.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        let stands_alone = |c: char| ('\u{2E80}'..='\u{D7FF}').contains(&c) || c >= '\u{20000}';
        let carries = |word: &str| {
            let mut letters = word.chars();
            letters.next().is_some_and(|first| stands_alone(first) || letters.next().is_some())
        };
        self.full_names().iter().any(|name| name.split(|c: char| !c.is_alphanumeric()).any(carries))
    }

    /// Every name to compare, in order, each once.
    pub(crate) fn full_names(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::with_capacity(self.names.len() + 1);
        let from_parts = self.parts.as_ref().map(|parts| {
            [parts.given.trim(), parts.middle.trim(), parts.family.trim()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        });
        let given = self.names.iter().map(|name| name.trim().to_owned()).chain(from_parts);
        for name in given.flat_map(spellings) {
            if !name.is_empty() && !all.contains(&name) && all.len() < NAMES_MAX {
                all.push(name);
            }
        }
        all
    }
}

/// Single letters in a name from which on they look like padding, or like a word spelled apart.
const LETTERS_SUSPECT: usize = 3;

/// The name; and where single letters pad it or take a word apart, the name without them and with them joined.
fn spellings(name: String) -> Vec<String> {
    let single = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).count() == 1;
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.iter().filter(|word| single(word)).count() < LETTERS_SUSPECT {
        return vec![name];
    }
    let without: Vec<&str> = words.iter().copied().filter(|word| !single(word)).collect();
    // A letter with a dot is an initial, and no part of a word that was taken apart.
    let bare = |word: &str| word.chars().count() == 1;
    let runs = words.chunk_by(|one, other| bare(one) && bare(other));
    let joined: Vec<String> = runs.map(|run| if run.len() > 1 { run.concat() } else { run.join(" ") }).collect();
    let (without, joined) = (without.join(" "), joined.join(" "));
    vec![name, without, joined]
}

/// Most names of one query that are compared; further ones are left out.
const NAMES_MAX: usize = 32;

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl fmt::Debug for QueryParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryParts").finish_non_exhaustive()
    }
}

/// How the names of such a party are read.
pub(crate) fn kind_of(schema: Schema) -> Kind {
    match schema {
        Schema::Person => Kind::Person,
        Schema::Organization | Schema::Company => Kind::Organisation,
        Schema::Vessel | Schema::Airplane => Kind::Object,
        Schema::LegalEntity | Schema::CryptoWallet | Schema::Address | Schema::Thing => Kind::Any,
    }
}

/// Whether a party of the one kind may be the listed party of the other, as far as names go.
///
/// An identifier that stands alone is not asked: the same passport on a "company" is a question for a person.
pub(crate) fn comparable(asked: Option<Schema>, listed: Schema) -> bool {
    use Schema::{Airplane, Company, LegalEntity, Organization, Person, Thing, Vessel};
    let Some(asked) = asked else { return true };
    match (asked, listed) {
        (one, other) if one == other => true,
        (Thing, _) | (_, Thing) => true,
        (LegalEntity, Person | Company | Organization) | (Person | Company | Organization, LegalEntity) => true,
        (Company, Organization) | (Organization, Company) => true,
        // Ships and aircraft are listed beside the companies that are named after them.
        (Vessel | Airplane, LegalEntity) => false,
        _ => false,
    }
}

/// How to screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Lowest ordering score of a match. Below [`Score::ALERT`] the answer is no longer complete: names that are
    /// less alike than that are not all looked at.
    pub threshold: Score,
    /// Most matches to give, the best ones.
    pub limit: usize,
    /// Only entities with one of these topics; `None` for all.
    pub topics: Option<Topics>,
    /// Only entities of these lists; `None` for all.
    pub lists: Option<Vec<ListNumber>>,
}

impl Default for Options {
    fn default() -> Self {
        Self { threshold: Score::ALERT, limit: 50, topics: None, lists: None }
    }
}

/// A list's number in one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListNumber(pub u16);

/// An entity's number in one index; another index gives it another number, so keep its list and [`EntityId`] instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityNumber(pub u32);

/// One version of a published list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListVersion {
    /// The list's stable name: `us_ofac_sdn`, `un_sc`.
    pub name: String,
    /// Which version of it: a content hash or the publication's own date.
    pub version: String,
}

/// One entity that the query may be.
#[derive(Clone, PartialEq, Eq)]
pub struct Match {
    /// The entity in this index.
    pub entity: EntityNumber,
    /// Its id on its list.
    pub id: EntityId,
    /// Its list.
    pub list: ListNumber,
    /// What it is.
    pub schema: Schema,
    /// Why it is listed.
    pub topics: Topics,
    /// The name its list leads with.
    pub caption: String,
    /// The ordering score of both axes together.
    pub score: Score,
    /// Axis one: how alike the two names are that fit best.
    pub name_score: Score,
    /// The customer's name of the two.
    pub query_name: String,
    /// The listed name of the two.
    pub listed_name: String,
    /// How good the listed name is.
    pub name_kind: NameKind,
    /// Whether an identifier found it, whatever its name.
    pub identified: bool,
    /// Axis two, feature by feature, the missing ones too.
    pub evidence: Vec<Evidence>,
}

impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (name {}) {:?}", self.id, self.score, self.name_score, self.evidence)
    }
}

/// Why a match has its score.
#[derive(Clone)]
pub struct Explanation {
    /// The match itself, whatever its score.
    pub matched: Match,
    /// Axis one, token by token; `None` if the query has no name.
    pub names: Option<names::Explanation>,
    /// The score of the names alone, after a weak alias has been marked down.
    pub base: Score,
    /// Thousandths of the distance to one that the agreeing evidence closed.
    pub lift: u32,
    /// Thousandths that the contradicting evidence took away.
    pub penalty: u32,
}

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} base {} +{} -{}", self.matched, self.base, self.lift, self.penalty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_personal_data() {
        let mut query = Query::named(Schema::Person, "Somebody Private");
        query.parts = Some(QueryParts { given: "Somebody".to_owned(), ..QueryParts::default() });
        assert!(!format!("{query:?}").contains("Somebody"));
    }

    #[test]
    fn names_are_compared_once_each_and_parts_are_one_more() {
        let mut query = Query::named(Schema::Person, " Jan Kowalski ");
        query.names.push("Jan Kowalski".to_owned());
        query.parts =
            Some(QueryParts { given: "Jan".to_owned(), middle: String::new(), family: "Kowalski".to_owned() });
        assert_eq!(query.full_names(), ["Jan Kowalski"]);
        query.parts = Some(QueryParts { given: "J.".to_owned(), middle: "M.".to_owned(), family: "K.".to_owned() });
        assert_eq!(query.full_names(), ["Jan Kowalski", "J. M. K."]);
    }

    #[test]
    fn letters_that_pad_a_name_or_take_it_apart_do_not_hide_it() {
        let spelled = |name: &str| Query::named(Schema::Person, name).full_names();
        assert_eq!(spelled("John F. K. Smith"), ["John F. K. Smith"]);
        assert!(spelled("Vladimir A B C Putin").contains(&"Vladimir Putin".to_owned()));
        assert!(spelled("V i k t o r Sampleov").contains(&"Viktor Sampleov".to_owned()));
    }

    #[test]
    fn signs_and_single_letters_cannot_be_compared() {
        for name in ["--- ...", "\u{200b} \u{200b}", "A B", "A. B.", ""] {
            assert!(!Query::named(Schema::Person, name).is_comparable(), "{name}");
        }
        for name in ["Ann Lee", "王 伟", "A. Lee", "Ó Sé"] {
            assert!(Query::named(Schema::Person, name).is_comparable(), "{name}");
        }
    }

    #[test]
    fn a_person_is_never_a_company_by_name() {
        assert!(!comparable(Some(Schema::Person), Schema::Company));
        assert!(!comparable(Some(Schema::Vessel), Schema::Company));
        assert!(comparable(Some(Schema::Person), Schema::LegalEntity));
        assert!(comparable(Some(Schema::Company), Schema::Organization));
        assert!(comparable(None, Schema::Vessel));
    }
}
