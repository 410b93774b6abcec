//! The lists of the United Kingdom: OFSI's consolidated list, frozen on 28 January 2026, and the UK Sanctions List,
//! which is published in its place.
//!
//! Which one a file is, its content tells. OFSI called a party by its group's number, the UK Sanctions List by a unique
//! id of its own; an entry's key is whatever its list calls it by.

mod con_list;
mod sanctions_list;

use super::{FormatError, InputFile, Reading, decode_reported, not_this, xml};
use crate::entity::Schema;

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let [file] = files else {
        return Err(FormatError::NotOneList { why: "the UK list is one file".to_owned() });
    };
    if xml::is_xml(file.bytes) {
        return sanctions_list::read_xml(file, reading);
    }
    let text = decode_reported(file, reading);
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let first = first.trim().trim_start_matches('"');
    if let Some(updated) = first.strip_prefix("Last Updated") {
        return con_list::read(file.name, updated, rest, reading);
    }
    match first.strip_prefix("Report Date:") {
        Some(day) => sanctions_list::read_csv(file.name, day, rest, reading),
        None => Err(not_this(file.name, "the first line should be `Last Updated,` or `Report Date:` and a day")),
    }
}

fn schema(word: &str) -> Schema {
    match word.to_ascii_lowercase().as_str() {
        "individual" => Schema::Person,
        "ship" => Schema::Vessel,
        _ => Schema::Organization,
    }
}
