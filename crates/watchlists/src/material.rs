//! What of a listed party a person's decision about it rests on, in one form; and a fingerprint of that to compare a later
//! version of the party with.
//!
//! Nothing here may follow the engine: a fingerprint is kept for years, and one that came out otherwise would have everybody
//! asked again. Whatever changes its result is another [`VERSION`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::entity::{CountryRole, Entity};
use crate::evidence::normalised_identifier as normalised;
use crate::ftm::topic_words;

/// Which function makes a fingerprint.
pub const VERSION: u8 = 1;

/// Facts of one aspect that are kept one by one; of more, only their sum is.
const FACTS_MAX: usize = 64;

/// What a fact says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aspect {
    /// What is listed: a person, a ship.
    Kind,
    /// A name, of whatever quality.
    Name,
    /// A date of birth, of incorporation, of building.
    Born,
    /// A nationality, jurisdiction or flag.
    Nationality,
    /// A document or number.
    Identifier,
    /// What it is listed for.
    Topic,
}

impl Aspect {
    const ALL: [Self; 6] = [Self::Kind, Self::Name, Self::Born, Self::Nationality, Self::Identifier, Self::Topic];

    /// The word a reviewer reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Name => "name",
            Self::Born => "birth date",
            Self::Nationality => "nationality",
            Self::Identifier => "identifier",
            Self::Topic => "topic",
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Kind => 'k',
            Self::Name => 'n',
            Self::Born => 'b',
            Self::Nationality => 'c',
            Self::Identifier => 'i',
            Self::Topic => 't',
        }
    }
}

/// The facts of a listed party that matter for who it is: each in one form, with a value as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material(BTreeMap<Aspect, BTreeMap<String, String>>);

/// What is kept of [`Material`]: short digests, which say whether a fact is known and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint {
    version: u8,
    aspects: BTreeMap<Aspect, Facts>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Facts {
    Each(BTreeSet<u64>),
    Sum(u64),
}

/// A difference between what was seen and what is listed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It says this now.
    Came(Aspect, String),
    /// It said something that it says no more.
    Went(Aspect),
    /// It says something else, among too many facts to tell which.
    Other(Aspect),
    /// What was seen was noted in another way.
    Incomparable,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Came(aspect, value) => write!(f, "new {}: {value}", aspect.as_str()),
            Self::Went(Aspect::Identifier) => f.write_str("an identifier is gone"),
            Self::Went(aspect) => write!(f, "a {} is gone", aspect.as_str()),
            Self::Other(aspect) => write!(f, "another {}", aspect.as_str()),
            Self::Incomparable => f.write_str("what was seen was noted in another way"),
        }
    }
}

impl Material {
    /// What matters of a listed party.
    #[must_use]
    pub fn of(entity: &Entity) -> Self {
        let mut facts: BTreeMap<Aspect, BTreeMap<String, String>> = BTreeMap::new();
        let mut note = |aspect, form: String, published: String| {
            if !form.is_empty() {
                // Of several spellings of one form the least is shown, so that the order of the list says nothing.
                let shown = facts.entry(aspect).or_default().entry(form).or_insert_with(|| published.clone());
                if published < *shown {
                    *shown = published;
                }
            }
        };
        let kind = format!("{:?}", entity.schema);
        note(Aspect::Kind, kind.clone(), kind);
        for name in &entity.names {
            note(Aspect::Name, words(&name.text), name.text.clone());
        }
        for born in &entity.birth_dates {
            note(Aspect::Born, born.to_string(), born.to_string());
        }
        let belongs = |role| matches!(role, CountryRole::Nationality | CountryRole::Jurisdiction);
        for country in entity.countries.iter().filter(|country| belongs(country.role)) {
            note(Aspect::Nationality, country.code.to_lowercase(), country.code.clone());
        }
        for identifier in &entity.identifiers {
            note(Aspect::Identifier, normalised(identifier.kind, &identifier.value), identifier.value.clone());
        }
        for topic in topic_words(entity.topics) {
            note(Aspect::Topic, topic.to_owned(), topic.to_owned());
        }
        Self(facts)
    }

    /// What is kept of it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let aspects = self.0.iter().map(|(aspect, facts)| {
            let each = facts.keys().map(|form| digest(*aspect, form));
            let facts = if facts.len() > FACTS_MAX {
                Facts::Sum(each.fold(0, u64::wrapping_add))
            } else {
                Facts::Each(each.collect())
            };
            (*aspect, facts)
        });
        Fingerprint { version: VERSION, aspects: aspects.collect() }
    }

    /// What is another than when the fingerprint was taken; empty where nothing is.
    #[must_use]
    pub fn changes_since(&self, seen: &Fingerprint) -> Vec<Change> {
        if seen.version != VERSION {
            return vec![Change::Incomparable];
        }
        let none = Facts::Each(BTreeSet::new());
        let (now, nothing) = (self.fingerprint(), BTreeMap::new());
        let mut changes = Vec::new();
        for aspect in Aspect::ALL {
            let (was, is) = (seen.aspects.get(&aspect).unwrap_or(&none), now.aspects.get(&aspect).unwrap_or(&none));
            match (was, is) {
                (was, is) if was == is => {}
                (Facts::Each(was), Facts::Each(is)) => {
                    let facts = self.0.get(&aspect).unwrap_or(&nothing).iter();
                    let came = facts.filter(|(form, _)| !was.contains(&digest(aspect, form)));
                    changes.extend(came.map(|(_, published)| Change::Came(aspect, published.clone())));
                    changes.extend(was.difference(is).map(|_| Change::Went(aspect)));
                }
                _ => changes.push(Change::Other(aspect)),
            }
        }
        changes
    }
}

impl Fingerprint {
    /// The fingerprint of a listed party.
    #[must_use]
    pub fn of(entity: &Entity) -> Self {
        Material::of(entity).fingerprint()
    }
}

/// `1 k:0123456789abcdef n:0123456789abcdef,0123456789abcdef t:+0123456789abcdef`.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.version)?;
        for (aspect, facts) in &self.aspects {
            write!(f, " {}:", aspect.letter())?;
            match facts {
                Facts::Sum(sum) => write!(f, "+{sum:016x}")?,
                Facts::Each(each) => {
                    for (at, fact) in each.iter().enumerate() {
                        write!(f, "{}{fact:016x}", if at == 0 { "" } else { "," })?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no fingerprint")]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let mut words = text.split(' ');
        let version = words.next().and_then(|word| word.parse().ok()).ok_or(NoFingerprint)?;
        let number = |word: &str| u64::from_str_radix(word, 16).map_err(|_| NoFingerprint);
        let mut aspects = BTreeMap::new();
        for word in words {
            let (letter, facts) = word.split_once(':').ok_or(NoFingerprint)?;
            let aspect = Aspect::ALL.into_iter().find(|aspect| letter == aspect.letter().to_string());
            let facts = match facts.strip_prefix('+') {
                Some(sum) => Facts::Sum(number(sum)?),
                None => Facts::Each(facts.split(',').map(number).collect::<Result<_, _>>()?),
            };
            aspects.insert(aspect.ok_or(NoFingerprint)?, facts);
        }
        Ok(Self { version, aspects })
    }
}

/// The words of a name in one form and order: how it is typed, and whether the family name comes first, makes no other name.
fn words(name: &str) -> String {
    let plain: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let parts = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
    let mut words: Vec<&str> = plain.split(parts).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

fn digest(aspect: Aspect, form: &str) -> u64 {
    let hash = Sha256::new().chain_update([aspect.letter() as u8]).chain_update(form).finalize();
    u64::from_be_bytes(std::array::from_fn(|at| hash[at]))
}

/// The words for what was and what is, of a party that stands in two versions of a list.
#[must_use]
pub fn differences(was: &Entity, is: &Entity) -> Vec<Change> {
    Material::of(is).changes_since(&Fingerprint::of(was))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::date::DateRange;
    use crate::entity::{Country, Identifier, IdentifierKind, ListedName, NameKind, Schema, Topic, Topics};

    type Turn = fn(&mut Entity);

    fn named(text: &str) -> ListedName {
        ListedName { text: text.to_owned(), kind: NameKind::Alias, language: None }
    }

    fn country(code: &str, role: CountryRole) -> Country {
        Country { code: code.to_owned(), role }
    }

    fn number(kind: IdentifierKind, value: &str) -> Identifier {
        Identifier { kind, value: value.to_owned(), country: Some("us".to_owned()), label: None }
    }

    fn bob() -> Entity {
        let mut bob = Entity::new("ofac-1", Schema::Person, "Bob Al-Smith");
        bob.names.push(named("Bobby Smith"));
        bob.birth_dates = DateRange::parse_iso("1953-09-22").into_iter().collect();
        bob.countries = vec![country("us", CountryRole::Nationality), country("de", CountryRole::Residence)];
        bob.identifiers = vec![number(IdentifierKind::Passport, "AB 123-4567")];
        bob.topics = Topics::of(Topic::Sanction);
        bob
    }

    fn told(change: Turn) -> Vec<String> {
        let mut is = bob();
        change(&mut is);
        differences(&bob(), &is).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_fingerprint_that_was_kept_years_ago_is_the_one_of_today() {
        // What is kept in houses rests on this: whoever has to change it makes another version of it.
        let kept = "1 k:6f871c096e6a9c37 n:70d1f9143f05ff69,a8fa1ffaed9ef42d \
             b:bad97f15f9683f77 c:eba1eba4c8656319 i:3f5ce8274deee0c5 t:0df9549b4acb8804";
        assert_eq!((VERSION, Fingerprint::of(&bob()).to_string().as_str()), (1, kept));
        assert_eq!(Material::of(&bob()).changes_since(&kept.parse().expect("it is one")), []);
    }

    #[test]
    fn what_is_material_is_named() {
        let table: [(Turn, &[&str]); 10] = [
            (|bob| bob.names.push(named("Robert Smith")), &["new name: Robert Smith"]),
            (|bob| drop(bob.names.pop()), &["a name is gone"]),
            (
                |bob| bob.birth_dates = DateRange::parse_iso("1954").into_iter().collect(),
                &["new birth date: 1954", "a birth date is gone"],
            ),
            (|bob| bob.countries.push(country("ca", CountryRole::Nationality)), &["new nationality: ca"]),
            (|bob| bob.countries.push(country("ca", CountryRole::Jurisdiction)), &["new nationality: ca"]),
            (|bob| bob.identifiers.push(number(IdentifierKind::TaxId, "12-3456789")), &["new identifier: 12-3456789"]),
            (|bob| bob.identifiers.clear(), &["an identifier is gone"]),
            (|bob| bob.topics = bob.topics.with(Topic::Pep), &["new topic: role.pep"]),
            (|bob| bob.schema = Schema::Vessel, &["new kind: Vessel", "a kind is gone"]),
            (|bob| bob.names[0].text = "بوب سميث".to_owned(), &["new name: بوب سميث", "a name is gone"]),
        ];
        for (change, expected) in table {
            assert_eq!(told(change), expected);
        }
    }

    #[test]
    fn what_is_cosmetic_is_no_change() {
        let table: [Turn; 14] = [
            |bob| bob.names.reverse(),
            |bob| bob.names[0].text = "AL-SMITH, Bob".to_owned(),
            |bob| bob.names[0].text = "  bob  al smith.".to_owned(),
            |bob| bob.names[0].text = "Ｂｏｂ Al-Smith".to_owned(),
            |bob| bob.names[0].kind = NameKind::Weak,
            |bob| bob.names.push(named("bobby SMITH")),
            |bob| bob.identifiers[0].value = "ab1234567".to_owned(),
            |bob| bob.identifiers[0].label = Some("Passport No.".to_owned()),
            |bob| bob.countries.push(country("fr", CountryRole::Residence)),
            |bob| bob.addresses.push("Teaneck".to_owned()),
            |bob| bob.notes.push("Seen in Teaneck.".to_owned()),
            |bob| bob.programmes.push("SDGT".to_owned()),
            |bob| bob.source_url = Some("https://example.com".to_owned()),
            |bob| bob.changed_on = DateRange::parse_iso("2026-01-01"),
        ];
        for (at, change) in table.into_iter().enumerate() {
            assert_eq!(told(change), Vec::<String>::new(), "change {at}");
        }
    }

    #[test]
    fn many_facts_are_compared_all_the_same() {
        let mut was = bob();
        was.identifiers = (0..200).map(|n| number(IdentifierKind::Wallet, &format!("wallet{n:032}"))).collect();
        let mut is = was.clone();
        is.identifiers.reverse();
        assert_eq!(differences(&was, &is), []);
        is.identifiers[7].value = "another".to_owned();
        assert_eq!(differences(&was, &is), [Change::Other(Aspect::Identifier)]);
        assert!(Fingerprint::of(&was).to_string().len() < 500, "it stays short");
    }

    #[test]
    fn the_function_of_a_version_stays_as_it_is() {
        let text = "1 k:a0b88fd2b3b28d07";
        let mut party = Entity::new("1", Schema::Person, "...");
        party.names[0].text.clear();
        let print = Fingerprint::of(&party).to_string();
        assert_eq!(print.len(), text.len());
        let old = Fingerprint { version: VERSION + 1, ..Fingerprint::of(&bob()) };
        assert_eq!(Material::of(&bob()).changes_since(&old), [Change::Incomparable]);
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        for text in ["", "x", "1 z:00", "1 k", "1 k:xyz", "1 k:", "999", "1  k:00"] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NoFingerprint), "{text}");
        }
    }

    prop_compose! {
        fn parties()(
            names in prop::collection::vec("[A-Za-zА-яا-ي'-]{1,8}( [A-Za-zÀ-ÿ]{1,8}){0,3}", 1..8),
            numbers in prop::collection::vec("[A-Z0-9]{5,12}", 0..5),
            years in prop::collection::vec(1900_i16..2010, 0..3),
            topics in 0_u16..4096,
        ) -> Entity {
            let mut entity = Entity::new("1", Schema::Person, names[0].clone());
            entity.names = names.iter().map(|name| named(name)).collect();
            entity.identifiers = numbers.iter().map(|value| number(IdentifierKind::Passport, value)).collect();
            entity.birth_dates = years.into_iter().filter_map(DateRange::year).collect();
            entity.topics = Topics(topics);
            entity
        }
    }

    /// The same party as another edition of its list may write it.
    fn otherwise(mut entity: Entity, seed: u64) -> Entity {
        let turn = |len: usize| usize::try_from(seed % 1000).unwrap_or(0) % len.max(1);
        let at = turn(entity.names.len());
        entity.names.rotate_left(at);
        if seed.is_multiple_of(2) {
            entity.names.reverse();
        }
        let shift = turn(entity.identifiers.len());
        entity.identifiers.rotate_left(shift);
        entity.birth_dates.reverse();
        for name in &mut entity.names {
            let mut words: Vec<&str> = name.text.split(' ').collect();
            words.reverse();
            name.text = format!("  {} ", words.join("   ")).to_uppercase();
            name.kind = NameKind::Weak;
        }
        for identifier in &mut entity.identifiers {
            identifier.value = identifier.value.to_lowercase().chars().map(|c| format!("{c}-")).collect();
        }
        entity.notes.push(format!("edition {seed}"));
        entity.programmes = vec!["P".to_owned()];
        entity.id.0.push('x');
        entity
    }

    proptest! {
        #[test]
        fn no_other_way_to_write_a_party_makes_it_another(party in parties(), seed in any::<u64>()) {
            // Where upper case is not one to one (ß), a list that shouts has written another name.
            let shouted = party.names.iter().all(|name| name.text.to_uppercase().to_lowercase() == name.text.to_lowercase());
            prop_assume!(shouted);
            prop_assert_eq!(Fingerprint::of(&party), Fingerprint::of(&otherwise(party.clone(), seed)));
        }

        #[test]
        fn a_fact_more_is_always_seen(party in parties(), year in 1800_i16..1900) {
            let mut more = party.clone();
            more.birth_dates.extend(DateRange::year(year));
            let born = vec![Change::Came(Aspect::Born, year.to_string())];
            prop_assert_eq!(differences(&party, &more), born);
            prop_assert_eq!(differences(&more, &party), vec![Change::Went(Aspect::Born)]);
        }

        #[test]
        fn fingerprints_read_back(party in parties()) {
            let print = Fingerprint::of(&party);
            prop_assert_eq!(print.to_string().parse::<Fingerprint>(), Ok(print));
        }
    }
}
