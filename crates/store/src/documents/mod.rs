//! Documents: what is kept sealed, in a form of its own.
//!
//! A document is JSON that begins with its version, `{"v":1,…}`. The domain has no wire format, so renaming a field there
//! changes nothing here. How to change a document: add types for the next version beside the old ones, write only the
//! new one, read both, and add a file to `tests/documents/`; the files of old versions stay, and so stay readable.

mod admission;
pub(crate) mod case;
pub(crate) mod customer;
mod enrolment;
mod evaluation;
pub(crate) mod evidence;
mod hit;
mod party;
pub(crate) mod questions;
mod rating;
mod record;
mod related;
mod verdict;

use jiff::{Timestamp, civil::Date};
use onboarding::Pii;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::time::{from_micros, micros};

/// Why a document does not read: it was opened, but is not what was sealed by any version known here.
///
/// serde's own words would repeat a part of the text, which is personal, so only the place is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("its document is of version {0}, which this release does not know")]
    Version(u32),
    #[error("its document does not read at line {line}, column {column}")]
    Json { line: usize, column: usize },
    #[error("{0} of its document cannot be")]
    Field(&'static str),
}

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

/// The version that a document says to be of.
fn version(json: &[u8]) -> Result<u32, Unreadable> {
    parse::<Versioned>(json).map(|document| document.v)
}

fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(json).map_err(|error| Unreadable::Json { line: error.line(), column: error.column() })
}

fn write<T: Serialize>(document: &T) -> Zeroizing<Vec<u8>> {
    // Room for what most documents need, so that growing leaves no unwiped copies behind.
    let mut json = Zeroizing::new(Vec::with_capacity(4096));
    serde_json::to_writer(&mut *json, document).expect("documents hold texts, numbers and lists, which JSON can say");
    json
}

fn date(text: &str, field: &'static str) -> Result<Date, Unreadable> {
    text.parse().map_err(|_| Unreadable::Field(field))
}

fn opt_date(text: Option<&String>, field: &'static str) -> Result<Option<Date>, Unreadable> {
    text.map(|text| date(text, field)).transpose()
}

fn moment(at: i64, field: &'static str) -> Result<Timestamp, Unreadable> {
    from_micros(at).ok_or(Unreadable::Field(field))
}

fn at(moment: Timestamp) -> i64 {
    micros(moment)
}

/// A text that is personal in the domain, and sealed here.
fn reveal(text: Option<&Pii<String>>) -> Option<String> {
    text.map(|text| text.0.clone())
}

#[cfg(test)]
mod tests;
