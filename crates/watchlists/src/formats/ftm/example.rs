//! A party as somebody asks for it, in FollowTheMoney's words: read as a list's party is read, so that both sides of a
//! comparison mean the same.

use std::borrow::Cow;

use super::super::draft::Draft;
use super::joins::Joins;
use super::line::Property;
use super::properties;
use super::vocabulary::{self, Role};
use crate::entity::{Entity, Schema, Topic};

/// What a schema is to a screening; `None` for one that ties parties together, or that nobody knows.
pub(crate) fn schema(word: &str) -> Option<Schema> {
    match vocabulary::role(word) {
        Role::Party(schema) => Some(schema),
        Role::Address => Some(Schema::Address),
        Role::Tie | Role::Unknown => None,
    }
}

/// What a topic is to a screening; `None` for one that describes without any risk, or that nobody knows.
pub(crate) fn topic(word: &str) -> Option<Topic> {
    vocabulary::topic(word)
}

/// Whether a property of this name holds a document or number.
pub(crate) fn is_identifier(property: &str) -> bool {
    properties::identifier(property).is_some()
}

/// The party that the properties describe. Its names stand as they were given, and it may have none.
pub(crate) fn read<'a>(schema: Schema, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Entity {
    let joins = Joins::default();
    let mut draft = Draft::new(String::new(), schema);
    for (name, value) in values {
        let property = Property { name: Cow::Borrowed(name), values: vec![Cow::Borrowed(value)], is_list: true };
        properties::pour(&mut draft, &property, &joins);
    }
    draft.entity
}
