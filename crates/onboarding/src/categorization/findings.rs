//! What is wrong with a hierarchy: everything at once, each with its place as a JSON pointer (RFC 6901).

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};
use uuid::Uuid;

/// Most categories, features, keys of a feature, or values of a key; and most findings that are told.
const MEMBERS_MAX: usize = 200;

/// Longest name, code, key or value, in characters.
const WORD_CHARS_MAX: usize = 100;

/// One thing that is wrong with a hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HierarchyFinding {
    /// Where, as a JSON pointer (`/features/X/mandatoryKeys`); empty for the whole.
    pub pointer: String,
    /// What, to be read after the place.
    pub message: String,
}

/// Why something is no hierarchy: every finding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct HierarchyError(pub Vec<HierarchyFinding>);

impl fmt::Display for HierarchyFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the whole" } else { &self.pointer };
        write!(f, "{place} {}", self.message)
    }
}

/// The place of a member whose name may be anything.
pub(super) fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Everything that is wrong, as it is found. Places are JSON pointers.
#[derive(Default)]
pub(super) struct Findings(Vec<HierarchyFinding>);

impl Findings {
    /// What was read, if nothing is wrong with it.
    pub(super) fn settle<T>(self, read: T) -> Result<T, HierarchyError> {
        if self.0.is_empty() { Ok(read) } else { Err(HierarchyError(self.0)) }
    }

    pub(super) fn add(&mut self, at: &str, what: fmt::Arguments<'_>) {
        // One file cannot make an answer of any length.
        if self.0.len() < MEMBERS_MAX {
            self.0.push(HierarchyFinding { pointer: at.to_owned(), message: what.to_string() });
        }
    }

    pub(super) fn object(&mut self, at: &str, value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_else(|| {
            self.add(at, format_args!("must be an object"));
            Map::new()
        })
    }

    pub(super) fn unknown(&mut self, at: &str, object: &Map<String, Value>, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            self.add(&below(at, key), format_args!("is not known"));
        }
    }

    pub(super) fn members<'v>(&mut self, at: &str, value: Option<&'v Value>) -> Vec<(&'v String, &'v Value)> {
        let found = self.0.len();
        let members = self.optional_members(at, value);
        if members.is_empty() && self.0.len() == found {
            self.add(at, format_args!("must be an object with at least one member"));
        }
        members
    }

    pub(super) fn optional_members<'v>(&mut self, at: &str, value: Option<&'v Value>) -> Vec<(&'v String, &'v Value)> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
        let Some(object) = value.as_object() else {
            self.add(at, format_args!("must be an object"));
            return Vec::new();
        };
        if object.len() > MEMBERS_MAX {
            self.add(at, format_args!("must have at most {MEMBERS_MAX} members"));
            return Vec::new();
        }
        for key in object.keys().filter(|key| !is_word(key)) {
            let chars = key.chars().count();
            let message =
                format_args!("has a name that is empty, too long, not printable or holds a comma: {chars} characters");
            self.add(at, message);
        }
        object.iter().collect()
    }

    pub(super) fn words(&mut self, at: &str, value: Option<&Value>) -> Vec<String> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
        let items = value.as_array().filter(|items| items.len() <= MEMBERS_MAX);
        let words: Option<Vec<String>> = items.and_then(|items| {
            items.iter().map(|item| item.as_str().filter(|word| is_word(word)).map(str::to_owned)).collect()
        });
        words.unwrap_or_else(|| {
            self.add(
                at,
                format_args!("must be a list of at most {MEMBERS_MAX} texts of 1 to {WORD_CHARS_MAX} characters"),
            );
            Vec::new()
        })
    }

    pub(super) fn word(&mut self, at: &str, value: Option<&Value>) -> String {
        let word = value.and_then(Value::as_str).filter(|word| is_word(word));
        if word.is_none() {
            self.add(at, format_args!("must be a text of 1 to {WORD_CHARS_MAX} characters"));
        }
        word.unwrap_or_default().to_owned()
    }

    pub(super) fn id(&mut self, at: &str, value: Option<&Value>) -> Uuid {
        value.and_then(Value::as_str).and_then(|text| Uuid::try_parse(text).ok()).unwrap_or_else(|| {
            self.add(at, format_args!("must be a UUID"));
            Uuid::nil()
        })
    }

    pub(super) fn twice(&mut self, at: &str, ids: impl Iterator<Item = Uuid>) {
        let mut seen = BTreeSet::new();
        for id in ids.filter(|id| !id.is_nil()) {
            if !seen.insert(id) {
                self.add(at, format_args!("have the id {id} twice"));
            }
        }
    }
}

/// A comma would make one value of several look like several.
fn is_word(text: &str) -> bool {
    (1..=WORD_CHARS_MAX).contains(&text.chars().count()) && !text.contains(|c: char| c.is_control() || c == ',')
}
