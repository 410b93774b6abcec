//! A query string, read like a body: by known names, with every mistake told by its name.

use axum::extract::Query as Pairs;
use http::Uri;
use serde_json::{Map, Value};

use super::error::Problem;
use crate::fields::{Mistakes, Object};

/// The known parameters of a query, each a text. Names are known in any case; of one given twice the first counts.
#[derive(Debug)]
pub struct Query(Value);

impl Query {
    /// Reads a query; parameters of other names are ignored.
    ///
    /// # Errors
    /// Where it is not percent-encoded UTF-8.
    pub fn of(uri: &Uri, names: &[&str]) -> Result<Self, Problem> {
        let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(uri);
        let Pairs(pairs) = pairs.map_err(|_| Problem::invalid("The query is not valid."))?;
        let mut known = Map::new();
        for (name, value) in pairs {
            if let Some(name) = names.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
                known.entry(*name).or_insert(Value::String(value));
            }
        }
        Ok(Self(Value::Object(known)))
    }

    /// Reads its parameters, with all mistakes at once.
    ///
    /// # Errors
    /// Every mistake, in the vendor's shape.
    pub fn read<T>(&self, how: impl FnOnce(&Object<'_>) -> Option<T>) -> Result<T, Problem> {
        let mistakes = Mistakes::default();
        let read = how(&mistakes.object(&self.0));
        mistakes.settle(read).map_err(Problem::from)
    }
}
