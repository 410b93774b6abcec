//! Bytes to JSON, strictly: UTF-8, one value, no member twice, bounded depth.
//!
//! `serde_json` alone keeps the last of two members with one name. A proxy before us may have read the first; so two
//! readers would see two customers in one body.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

/// Deepest nesting of objects and lists, where a dialect does not say otherwise.
pub const DEPTH_MAX: usize = 32;

/// Why bytes are no JSON that we read. Positions, never content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// Nothing there.
    #[error("the body is empty, and must be a JSON object")]
    Empty,
    /// No text.
    #[error("the body is not valid UTF-8")]
    Utf8,
    /// No JSON, cut short, or a number no machine can hold.
    #[error("the body is not valid JSON (line {line}, column {column})")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A member stands twice in an object.
    #[error("the body has a member twice in one object (line {line}, column {column})")]
    Duplicate {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Nested deeper than allowed.
    #[error("the body is nested too deeply")]
    Depth,
}

/// Reads one JSON value. A byte order mark before it is tolerated.
///
/// # Errors
/// [`JsonFault`].
pub fn parse(bytes: &[u8]) -> Result<Value, JsonFault> {
    parse_within(bytes, DEPTH_MAX)
}

/// The same, nested at most so deep.
///
/// # Errors
/// [`JsonFault`].
pub fn parse_within(bytes: &[u8], depth_max: usize) -> Result<Value, JsonFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| JsonFault::Utf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(JsonFault::Empty);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { depth_left: depth_max }.deserialize(&mut deserializer);
    value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Data if error.to_string().starts_with(TOO_DEEP) => JsonFault::Depth,
            Category::Data => JsonFault::Duplicate { line, column },
            _ => JsonFault::Syntax { line, column },
        }
    })
}

const TOO_DEEP: &str = "too deep";

/// Builds a [`Value`] and refuses what `serde_json` lets pass.
#[derive(Clone, Copy)]
struct Strict {
    depth_left: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| E::custom(TOO_DEEP))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("a member stands twice"));
            }
            object.insert(name, members.next_value_seed(seed)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_read() {
        let value = json!({ "a": [1, -2, 2.5, true, null, "ü"], "b": { "c": {} } });
        assert_eq!(parse(value.to_string().as_bytes()), Ok(value.clone()));
        assert_eq!(parse(format!("\u{feff} {value} ").as_bytes()), Ok(value));
    }

    #[test]
    fn what_is_wrong_is_said_without_what_was_sent() {
        assert_eq!(parse(b""), Err(JsonFault::Empty));
        assert_eq!(parse(b" \n"), Err(JsonFault::Empty));
        assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(JsonFault::Utf8));
        assert_eq!(parse(b"{\"a\":\"\xed\xa0\x80\"}"), Err(JsonFault::Utf8));
        for broken in
            ["{", "{'a':1}", "{\"a\":1}}", "{\"a\":1e400}", "nul", "{\"a\":\"\\ud800\"}", "{\"a\":01}", "[1,]"]
        {
            assert!(matches!(parse(broken.as_bytes()), Err(JsonFault::Syntax { .. })), "{broken}");
        }
        assert_eq!(parse(b"{\"a\":1,\n\"a\":1}"), Err(JsonFault::Duplicate { line: 2, column: 3 }));
        let escaped = parse(br#"{"b":{"a":1,"\u0061":2}}"#);
        assert!(matches!(escaped, Err(JsonFault::Duplicate { line: 1, .. })), "{escaped:?}");
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(parse(nested(DEPTH_MAX + 1).as_bytes()), Err(JsonFault::Depth));
        assert!(parse("[".repeat(60_000).as_bytes()).is_err());
        assert_eq!(parse(format!("{}1", "{\"a\":".repeat(40)).as_bytes()), Err(JsonFault::Depth));
    }

    proptest! {
        #[test]
        fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(parse(&bytes));
        }

        #[test]
        fn it_agrees_with_the_lax_reader(text in "[\\[\\]{}\",:0-9a-b. -]{0,40}") {
            if let Ok(value) = parse(text.as_bytes()) {
                prop_assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
            }
        }
    }
}
