//! Entities as the vendor's clients read them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use service::ListVersion;
use service::screening::Lists;
use watchlists::screening::EntityNumber;
use watchlists::{DateRange, Entity, Topic, ftm};

/// An entity.
#[derive(Debug, Clone, Serialize)]
pub struct EntityView {
    /// Its id on its list.
    pub id: String,
    /// The name its list leads with.
    pub caption: String,
    /// What it is.
    pub schema: &'static str,
    /// What the list says of it.
    pub properties: BTreeMap<String, Vec<Property>>,
    /// The list it stands on.
    pub datasets: Vec<String>,
    /// Other ids of the same entity; ours are never merged.
    pub referents: Vec<String>,
    /// Whether it is listed itself.
    pub target: bool,
    /// Unknown here: a list does not say when somebody first saw it.
    pub first_seen: Option<String>,
    /// When the list was last found to hold it.
    pub last_seen: Option<String>,
    /// When its entry changed, as the list says.
    pub last_change: Option<String>,
}

/// A value, or an entity in the place of one.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Property {
    /// A text.
    Text(String),
    /// An entity that belongs to the first.
    Nested(Box<EntityView>),
}

/// The properties that hold entities.
pub const NESTED: [&str; 2] = ["addressEntity", "sanctions"];

/// An entity of the index, with what its list says of the list.
pub struct Found<'a> {
    /// The entity.
    pub entity: Entity,
    /// Its list.
    pub list: &'a ListVersion,
}

impl<'a> Found<'a> {
    /// The entity of this number.
    #[must_use]
    pub fn of(lists: &'a Lists, number: EntityNumber) -> Option<Self> {
        let name = &lists.index.list_of(number)?.name;
        let list = lists.versions.iter().find(|version| version.list == *name)?;
        Some(Self { entity: lists.index.entity(number)?, list })
    }

    /// The entity and its own properties.
    #[must_use]
    pub fn view(&self) -> EntityView {
        let properties = ftm::properties(&self.entity);
        let texts = |values: Vec<String>| values.into_iter().map(Property::Text).collect();
        let properties = properties.into_iter().map(|(name, values)| (name, texts(values))).collect();
        let (id, caption) = (self.entity.id.0.clone(), self.entity.caption().to_owned());
        self.shown(id, caption, ftm::schema_word(self.entity.schema), properties, true)
    }

    /// The same, with what belongs to it in it.
    #[must_use]
    pub fn nested_view(&self) -> EntityView {
        let mut view = self.view();
        for property in NESTED {
            let nested = self.nested(property);
            if !nested.is_empty() {
                let nested = nested.into_iter().map(|nested| Property::Nested(Box::new(nested)));
                view.properties.insert(property.to_owned(), nested.collect());
            }
        }
        view
    }

    /// The entities that belong to it by this property.
    #[must_use]
    pub fn nested(&self, property: &str) -> Vec<EntityView> {
        let id = &self.entity.id.0;
        let text = |texts: &[String]| texts.iter().cloned().map(Property::Text).collect::<Vec<_>>();
        match property {
            "addressEntity" => {
                let each = self.entity.addresses.iter().zip(1..).map(|(address, number)| {
                    let properties = BTreeMap::from([("full".to_owned(), vec![Property::Text(address.clone())])]);
                    self.shown(format!("{id}-address-{number}"), address.clone(), "Address", properties, false)
                });
                each.collect()
            }
            "sanctions" if self.entity.topics.has(Topic::Sanction) => {
                let all = [
                    ("authority", vec![Property::Text(self.list.title.clone())]),
                    ("program", text(&self.entity.programmes)),
                    ("sourceUrl", text(self.entity.source_url.as_slice())),
                    ("listingDate", text(self.entity.listed_on.map(|date| date.to_string()).as_slice())),
                ];
                let told = all.into_iter().filter(|(_, values)| !values.is_empty());
                let properties = told.map(|(name, values)| (name.to_owned(), values)).collect();
                let (id, caption) = (format!("{id}-sanction"), self.list.title.clone());
                vec![self.shown(id, caption, "Sanction", properties, false)]
            }
            _ => Vec::new(),
        }
    }

    fn shown(
        &self,
        id: String,
        caption: String,
        schema: &'static str,
        properties: BTreeMap<String, Vec<Property>>,
        target: bool,
    ) -> EntityView {
        EntityView {
            id,
            caption,
            schema,
            properties,
            datasets: vec![self.list.list.clone()],
            referents: Vec::new(),
            target,
            first_seen: None,
            last_seen: Some(seconds(self.list.confirmed_at)),
            last_change: self.changed_on().map(|date| format!("{}T00:00:00", date.last)),
        }
    }

    /// The last change of the entry that its list tells of.
    #[must_use]
    pub fn changed_on(&self) -> Option<DateRange> {
        self.entity.changed_on.max(self.entity.listed_on)
    }
}

/// A time as the vendor writes it: UTC, seconds, no offset.
#[must_use]
pub fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Total {
    /// That many.
    pub value: usize,
    /// `eq`, or `gte` if there may be more.
    pub relation: &'static str,
}

impl Total {
    /// Exactly that many.
    #[must_use]
    pub const fn exactly(value: usize) -> Self {
        Self { value, relation: "eq" }
    }
}

/// Two small lists of invented parties, for the tests of this dialect.
#[cfg(test)]
pub mod fixture {
    use std::sync::Arc;

    use watchlists::entity::{Country, CountryRole, Identifier, IdentifierKind, ListedName, NameKind};
    use watchlists::{Gender, Index, Schema, Topics};

    use super::*;

    fn version(list: &str, topics: Topics) -> ListVersion {
        let at = Timestamp::from_second(1_700_000_000).expect("a second");
        ListVersion {
            list: list.to_owned(),
            hash: [list.len() as u8; 32],
            title: format!("The {list} list"),
            published_on: Some("2023-11-14".to_owned()),
            entities: 2,
            names: 3,
            topics,
            defects: 0,
            bytes: 1,
            files: vec!["file".to_owned()],
            added_at: at,
            confirmed_at: at,
        }
    }

    /// Timur Kasimov (sanctioned, `un-1`), Northern Lights (a ship, `un-2`), Aigul Kasimova (a PEP, `pep-1`), Kasimov
    /// Trading LLC (sanctioned, `ftm-1`).
    pub fn lists() -> Lists {
        let mut builder = Index::builder();
        let (un, ftm) = (builder.list("un", "1"), builder.list("ftm", "1"));
        let mut kasimov = Entity::new("un-1", Schema::Person, "Timur Kasimov");
        let alias = "Tamerlan Kasimow".to_owned();
        kasimov.names.push(ListedName { text: alias, kind: NameKind::Alias, language: None });
        kasimov.topics = Topics::of(Topic::Sanction);
        kasimov.birth_dates = vec![DateRange::parse_iso("1962-05-08").expect("a date")];
        kasimov.countries = vec![Country { code: "kz".to_owned(), role: CountryRole::Nationality }];
        kasimov.gender = Some(Gender::Male);
        kasimov.addresses = vec!["1 Abay Ave, Almaty".to_owned()];
        kasimov.programmes = vec!["KZi.001".to_owned()];
        kasimov.identifiers = vec![Identifier {
            kind: IdentifierKind::Passport,
            value: "N 1234567".to_owned(),
            country: Some("kz".to_owned()),
            label: None,
        }];
        kasimov.listed_on = DateRange::parse_iso("2020-01-02");
        kasimov.changed_on = DateRange::parse_iso("2023-03-04");
        builder.add(un, &kasimov);
        let mut ship = Entity::new("un-2", Schema::Vessel, "Northern Lights");
        ship.topics = Topics::of(Topic::Sanction);
        builder.add(un, &ship);
        let mut pep = Entity::new("pep-1", Schema::Person, "Aigul Kasimova");
        pep.topics = Topics::of(Topic::Pep);
        pep.countries = vec![Country { code: "kz".to_owned(), role: CountryRole::Nationality }];
        pep.changed_on = DateRange::parse_iso("2021-01-01");
        builder.add(ftm, &pep);
        let mut company = Entity::new("ftm-1", Schema::Company, "Kasimov Trading LLC");
        company.topics = Topics::of(Topic::Sanction);
        company.countries = vec![Country { code: "cy".to_owned(), role: CountryRole::Jurisdiction }];
        builder.add(ftm, &company);
        let both = Topics::of(Topic::Pep).with(Topic::Sanction);
        let versions = vec![version("un", Topics::of(Topic::Sanction)), version("ftm", both)];
        Lists { index: Arc::new(builder.build()), versions }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn json_of<T: Serialize>(value: &T) -> Value {
        serde_json::to_value(value).expect("JSON")
    }

    #[test]
    fn an_entity_in_the_vendors_shape() {
        let lists = fixture::lists();
        let found = Found::of(&lists, EntityNumber(0)).expect("an entity");
        let shown = json!({
            "id": "un-1", "caption": "Timur Kasimov", "schema": "Person",
            "properties": {
                "name": ["Timur Kasimov"], "alias": ["Tamerlan Kasimow"], "birthDate": ["1962-05-08"],
                "nationality": ["kz"], "gender": ["male"], "address": ["1 Abay Ave, Almaty"],
                "passportNumber": ["N 1234567"], "program": ["KZi.001"], "topics": ["sanction"],
                "createdAt": ["2020-01-02"], "modifiedAt": ["2023-03-04"]
            },
            "datasets": ["un"], "referents": [], "target": true,
            "first_seen": null, "last_seen": "2023-11-14T22:13:20", "last_change": "2023-03-04T00:00:00"
        });
        assert_eq!(json_of(&found.view()), shown);

        let nested = json_of(&found.nested_view());
        let sanction = &nested["properties"]["sanctions"][0];
        assert_eq!((&sanction["schema"], &sanction["id"]), (&json!("Sanction"), &json!("un-1-sanction")));
        assert_eq!(sanction["properties"]["program"], json!(["KZi.001"]));
        assert_eq!(sanction["properties"]["authority"], json!(["The un list"]));
        let address = &nested["properties"]["addressEntity"][0];
        assert_eq!(
            (&address["schema"], &address["properties"]["full"]),
            (&json!("Address"), &json!(["1 Abay Ave, Almaty"]))
        );
    }

    #[test]
    fn what_a_list_does_not_tell_is_null() {
        let lists = fixture::lists();
        let ship = Found::of(&lists, EntityNumber(1)).expect("an entity");
        assert_eq!((ship.changed_on(), ship.view().last_change), (None, None));
        assert!(Found::of(&lists, EntityNumber(99)).is_none());
    }
}
