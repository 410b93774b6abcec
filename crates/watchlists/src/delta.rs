//! What changed from one version of a list to the next, by content: what a screening would weigh differently.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::entity::{Entity, EntityId};

/// The parties of one version of a list, each with a digest of what a screening weighs of it.
#[derive(Debug, Default)]
pub struct Inventory(FxHashMap<EntityId, u128>);

/// What a newer version of a list has that an older one has not. Each in the order of the ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delta {
    /// Listed since.
    pub added: Vec<EntityId>,
    /// Listed in both, and weighed differently.
    pub changed: Vec<EntityId>,
    /// Listed no more.
    pub removed: Vec<EntityId>,
}

impl Inventory {
    /// Takes a party of the version in. A list that has an id twice has both under it.
    pub fn note(&mut self, entity: &Entity) {
        let known = self.0.entry(entity.id.clone()).or_default();
        *known = known.wrapping_add(digest(entity));
    }

    /// How many ids there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the newer version has that this one has not.
    #[must_use]
    pub fn delta(&self, newer: &Self) -> Delta {
        let mut delta = Delta::default();
        for (id, digest) in &newer.0 {
            match self.0.get(id) {
                None => delta.added.push(id.clone()),
                Some(known) if known != digest => delta.changed.push(id.clone()),
                Some(_) => {}
            }
        }
        delta.removed = self.0.keys().filter(|id| !newer.0.contains_key(id)).cloned().collect();
        delta.added.sort();
        delta.changed.sort();
        delta.removed.sort();
        delta
    }
}

impl Delta {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// What of a party is another in a newer version, in the order of [`Entity`]: the words for a reader.
#[must_use]
pub fn changed_fields(was: &Entity, is: &Entity) -> Vec<&'static str> {
    let fields = [
        ("kind", was.schema != is.schema),
        ("names", was.names != is.names || was.parts != is.parts),
        ("birth dates", was.birth_dates != is.birth_dates),
        ("death dates", was.death_dates != is.death_dates),
        ("birth places", was.birth_places != is.birth_places),
        ("countries", was.countries != is.countries),
        ("gender", was.gender != is.gender),
        ("identifiers", was.identifiers != is.identifiers),
        ("addresses", was.addresses != is.addresses),
        ("positions", was.positions != is.positions),
        ("topics", was.topics != is.topics),
        ("programmes", was.programmes != is.programmes),
        ("notes", was.notes != is.notes),
        ("links", was.links != is.links),
        ("source", was.source_url != is.source_url),
        ("dates of publication", (&was.listed_on, &was.changed_on) != (&is.listed_on, &is.changed_on)),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// A digest of everything of a party that a screening weighs. Notes, programmes, links and dates of publication are for
/// a reader: a change of them alone makes nobody look alike.
fn digest(entity: &Entity) -> u128 {
    let Entity { schema, names, parts, birth_dates, death_dates, birth_places, countries, .. } = entity;
    let Entity { gender, identifiers, addresses, topics, .. } = entity;
    let mut hasher = Collision { hash: Sha256::new() };
    (schema, names, parts, birth_dates, death_dates, birth_places, countries).hash(&mut hasher);
    (gender, identifiers, addresses, topics).hash(&mut hasher);
    let hash = hasher.hash.finalize();
    let half: [u8; 16] = std::array::from_fn(|at| hash[at]);
    u128::from_be_bytes(half)
}

/// A hasher under which nobody who publishes a list can make two parties look the same.
struct Collision {
    hash: Sha256,
}

impl Hasher for Collision {
    fn write(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    fn finish(&self) -> u64 {
        let hash = self.hash.clone().finalize();
        u64::from_be_bytes(std::array::from_fn(|at| hash[at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::DateRange;
    use crate::entity::{ListedName, NameKind, Schema, Topic, Topics};

    fn version(entities: &[Entity]) -> Inventory {
        let mut inventory = Inventory::default();
        for entity in entities {
            inventory.note(entity);
        }
        inventory
    }

    fn ids(ids: &[&str]) -> Vec<EntityId> {
        ids.iter().map(|id| EntityId((*id).to_owned())).collect()
    }

    fn person(id: &str) -> Entity {
        Entity::new(id, Schema::Person, "Erna Musterfrau")
    }

    #[test]
    fn what_came_went_and_changed_is_told_apart() {
        let mut renamed = person("b");
        renamed.names[0].text = "Erna Mustermann".to_owned();
        let old = version(&[person("a"), person("b"), person("c")]);
        let new = version(&[person("d"), renamed, person("c")]);
        let expected = Delta { added: ids(&["d"]), changed: ids(&["b"]), removed: ids(&["a"]) };
        assert_eq!(old.delta(&new), expected);
        assert!(old.delta(&version(&[person("c"), person("b"), person("a")])).is_empty(), "the order says nothing");
    }

    #[test]
    fn what_a_screening_weighs_is_a_change_and_what_a_reader_reads_is_none() {
        let was = version(&[person("a")]);
        let changed = |change: fn(&mut Entity)| {
            let mut entity = person("a");
            change(&mut entity);
            !was.delta(&version(&[entity])).is_empty()
        };
        let alias = |entity: &mut Entity| {
            let (text, language) = ("Erni".to_owned(), None);
            entity.names.push(ListedName { text, kind: NameKind::Alias, language });
        };
        assert!(changed(alias));
        assert!(changed(|entity| entity.birth_dates = DateRange::parse_iso("1969").into_iter().collect()));
        assert!(changed(|entity| entity.topics = Topics::of(Topic::Sanction)));
        assert!(changed(|entity| entity.addresses.push("Teaneck".to_owned())));
        assert!(!changed(|entity| entity.notes.push("seen in Teaneck".to_owned())));
        assert!(!changed(|entity| entity.programmes.push("SDGT".to_owned())));
        assert!(!changed(|entity| entity.source_url = Some("https://example.com".to_owned())));
    }

    #[test]
    fn each_field_that_differs_is_named() {
        let mut is = person("a");
        assert_eq!(changed_fields(&person("a"), &is), Vec::<&str>::new());
        is.birth_dates = DateRange::parse_iso("1969").into_iter().collect();
        is.notes.push("seen".to_owned());
        assert_eq!(changed_fields(&person("a"), &is), ["birth dates", "notes"]);
    }

    #[test]
    fn an_id_that_stands_twice_is_changed_when_one_of_them_goes() {
        let mut other = person("a");
        other.names[0].text = "Erna Mustermann".to_owned();
        let both = version(&[person("a"), other]);
        assert_eq!(both.delta(&version(&[person("a")])).changed, ids(&["a"]));
    }
}
