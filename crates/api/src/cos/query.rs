//! A query string, read like a body: by known names, with every mistake told by its name.

use axum::extract::Query as Pairs;
use http::Uri;
use serde_json::{Map, Value};

use super::code::Code;
use super::error::Errors;
use crate::fields::{Mistakes, Object};

/// The known parameters of a query, each a text. Names are known in any case; of one given twice the first counts.
#[derive(Debug)]
pub struct Query(Value);

impl Query {
    /// Reads a query; parameters of other names are ignored.
    ///
    /// # Errors
    /// Where it is not percent-encoded UTF-8.
    pub fn of(uri: &Uri, names: &[&str]) -> Result<Self, Errors> {
        let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(uri);
        let Pairs(pairs) = pairs.map_err(|_| Errors::one(Code::Malformed, "the query is not valid"))?;
        let mut known = Map::new();
        for (name, value) in pairs {
            if let Some(name) = names.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
                known.entry(*name).or_insert(Value::String(value));
            }
        }
        Ok(Self(Value::Object(known)))
    }

    /// The query as an object to read fields of.
    pub fn object<'a>(&'a self, mistakes: &'a Mistakes) -> Object<'a> {
        mistakes.object(&self.0)
    }
}
