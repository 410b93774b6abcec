//! The query of an address, read like a body: what is not known is a mistake that is told.

use axum::extract::Query as Pairs;
use http::Uri;
use serde_json::{Map, Value};

use super::problem::{Code, Problem};
use crate::fields::{Fault, Mistakes, Object};

/// Reads the parameters that are known, and tells every mistake at once.
///
/// # Errors
/// A query that is not percent-encoded UTF-8, an unknown parameter, a value that does not fit.
pub fn read<T>(uri: &Uri, names: &[&'static str], read: impl FnOnce(&Object<'_>) -> T) -> Result<T, Problem> {
    let mistakes = Mistakes::default();
    let pairs = object(uri, names, &mistakes)?;
    let read = read(&mistakes.object(&pairs));
    Ok(mistakes.settle(Some(read))?)
}

/// The parameters as an object of texts; those that are none of `names` are noted.
///
/// # Errors
/// A query that is not percent-encoded UTF-8.
fn object(uri: &Uri, names: &[&'static str], mistakes: &Mistakes) -> Result<Value, Problem> {
    let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(uri);
    let Pairs(pairs) =
        pairs.map_err(|_| Problem::new(Code::InvalidRequest, "The query is not percent-encoded UTF-8."))?;
    let mut known = Map::new();
    for (name, value) in pairs {
        if names.contains(&name.as_str()) {
            known.insert(name, Value::String(value));
        } else {
            mistakes.add(name, Fault::Unknown(names.to_vec()));
        }
    }
    Ok(Value::Object(known))
}
