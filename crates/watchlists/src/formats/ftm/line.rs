//! One line: an entity with properties, every one of which should be a list of texts and need not be.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::vocabulary::{self, Role};

/// An entity as its line has it.
#[derive(Deserialize)]
pub(super) struct Line<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub schema: Cow<'a, str>,
    #[serde(borrow, default)]
    pub caption: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub properties: Properties<'a>,
    /// Ids of the same party elsewhere; what is no text says nothing.
    #[serde(borrow, default, deserialize_with = "texts")]
    pub referents: Vec<Cow<'a, str>>,
}

/// Only what tells a tie from a party.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
}

impl<'a> Line<'a> {
    /// The entity of a line, and whether the line was UTF-8; the reason if it is none.
    pub fn parse(bytes: &'a [u8], bytes_max: usize) -> Result<(Line<'a>, bool), &'static str> {
        if bytes.len() > bytes_max {
            return Err("the line is longer than any entity");
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => serde_json::from_str(text).map(|line| (line, true)).map_err(|_| NOT_AN_ENTITY),
            Err(_) => {
                let text = String::from_utf8_lossy(bytes);
                let line: Line<'_> = serde_json::from_str(&text).map_err(|_| NOT_AN_ENTITY)?;
                Ok((line.into_owned(), false))
            }
        }
    }

    /// The entity of a line, if it is one that belongs to others.
    pub fn parse_tie(bytes: &'a [u8], bytes_max: usize) -> Option<Line<'a>> {
        if bytes.len() > bytes_max {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let head: Head<'_> = serde_json::from_str(text).ok()?;
        let is_tie = matches!(vocabulary::role(&head.schema), Role::Tie | Role::Address);
        is_tie.then(|| serde_json::from_str(text).ok())?
    }

    /// The values of a property.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_name = self.properties.0.iter().filter(move |property| property.name == name);
        of_name.flat_map(|property| property.values.iter().map(AsRef::as_ref))
    }

    /// The first value of a property; nothing if there is none.
    pub fn first(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    fn into_owned<'b>(self) -> Line<'b> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let properties = self.properties.0.into_iter().map(|property| Property {
            name: owned(property.name),
            values: property.values.into_iter().map(owned).collect(),
            is_list: property.is_list,
        });
        Line {
            id: owned(self.id),
            schema: owned(self.schema),
            caption: self.caption.map(owned),
            properties: Properties(properties.collect()),
            referents: self.referents.into_iter().map(owned).collect(),
        }
    }
}

const NOT_AN_ENTITY: &str = "not a JSON object with an id, a schema and properties";

/// The properties in the order of the line; one that stands twice is two.
pub(in crate::formats) struct Properties<'a>(pub Vec<Property<'a>>);

pub(in crate::formats) struct Property<'a> {
    pub name: Cow<'a, str>,
    /// Its values as texts; what is no text, number or truth value is left out.
    pub values: Vec<Cow<'a, str>>,
    /// Whether it is a list of texts, as it should be.
    pub is_list: bool,
}

fn texts<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Cow<'a, str>>, D::Error> {
    Values::deserialize(deserializer).map(|values| values.texts)
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Properties<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Properties<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of properties")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut properties = Vec::new();
                while let Some((Text(name), values)) = map.next_entry::<Text<'de>, Values<'de>>()? {
                    properties.push(Property { name, values: values.texts, is_list: values.is_list });
                }
                Ok(Properties(properties))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Any JSON value as the texts in it.
#[derive(Default)]
struct Values<'a> {
    texts: Vec<Cow<'a, str>>,
    is_list: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Values<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        fn one<'a>(text: impl Into<Cow<'a, str>>) -> Values<'a> {
            Values { texts: vec![text.into()], is_list: false }
        }
        impl<'de> Visitor<'de> for Any {
            type Value = Values<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(one(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(one(text.to_owned()))
            }

            fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
                Ok(one(truth.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(one(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(one(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(one(number.to_string()))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Values::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Values { texts: Vec::new(), is_list: true };
                while let Some(values) = seq.next_element::<Values<'de>>()? {
                    all.is_list &= !values.is_list && values.texts.len() == 1;
                    all.texts.extend(values.texts);
                }
                Ok(all)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Values::default())
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_whatever_their_shape() {
        let text =
            br#"{"id":"x","schema":"Person","properties":{"name":["A",null,"B\u00fc"],"alias":"C","notes":[["D"]],
            "n":7,"o":{"deep":[1]},"name":["E"],"gone":null}}"#;
        let (line, is_utf8) = Line::parse(text, 1000).unwrap();
        assert!(is_utf8);
        assert_eq!(line.all("name").collect::<Vec<_>>(), ["A", "Bü", "E"]);
        assert_eq!((line.first("alias"), line.first("notes"), line.first("n"), line.first("o")), ("C", "D", "7", ""));
        let odd: Vec<_> = line.properties.0.iter().filter(|one| !one.is_list).map(|one| one.name.as_ref()).collect();
        assert_eq!(odd, ["name", "alias", "notes", "n", "o", "gone"]);
    }

    #[test]
    fn what_is_no_entity_says_so() {
        for text in [&b"{"[..], b"[]", b"{}", br#"{"id":1,"schema":"Person","properties":{}}"#, b"\xff", b"null"] {
            assert!(Line::parse(text, 1000).is_err());
        }
        assert!(Line::parse(b"{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{}}", 10).is_err());
        assert!(Line::parse(&b"[".repeat(100_000), 1_000_000).is_err());
        let (line, is_utf8) = Line::parse(b"{\"id\":\"a\xff\",\"schema\":\"Person\",\"properties\":{}}", 1000).unwrap();
        assert_eq!((line.id.as_ref(), is_utf8), ("a\u{fffd}", false));
    }
}
