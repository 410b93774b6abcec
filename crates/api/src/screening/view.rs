//! Entities as the vendor's clients read them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use service::ListVersion;
use service::screening::Lists;
use watchlists::same::REFERENT;
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
        let (list, _) = lists.visible().find(|(version, _)| version.list == *name)?;
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
        let referents = self.entity.links.iter().filter(|(relation, _)| target && relation == REFERENT);
        let referents = referents.map(|(_, id)| id.clone()).collect();
        EntityView {
            id,
            caption,
            schema,
            properties,
            datasets: vec![self.list.list.clone()],
            referents,
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;

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
