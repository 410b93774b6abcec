//! OFAC's lists: the legacy CSV set and the `sdnList` XML, for the SDN list and for the consolidated non-SDN list.
//!
//! Both formats say the same of most entries. Where they differ: only the XML tells given name from surname, and
//! calls aliases strong or weak; in the CSV weak aliases hide in the remarks.

mod csv;
mod features;
mod remarks;

use super::{FormatError, InputFile, Reading, decode, not_this};
use crate::entity::{NameKind, Schema};

/// Reads one of OFAC's lists from the files of one publication.
pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    for file in files {
        let head = file.bytes.get(..256).unwrap_or(file.bytes);
        let head = decode::decode(head).text.trim_start().to_ascii_lowercase();
        if head.starts_with('<') {
            return Err(not_this(file.name, "not yet"));
        }
        if head.starts_with(['{', '[']) {
            return Err(not_this(file.name, "JSON, where OFAC publishes CSV and XML"));
        }
    }
    csv::read(files, reading)
}

/// What `SDN_Type` and `sdnType` call a party; `None` for an unknown word.
fn schema(word: &str) -> Option<Schema> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "individual" => Schema::Person,
        "" | "-0-" | "entity" => Schema::Organization,
        "vessel" => Schema::Vessel,
        "aircraft" => Schema::Airplane,
        _ => return None,
    })
}

/// What `aka`, `f.k.a.` and their kin say of a name; `nka` is "now known as".
fn name_kind(word: &str) -> NameKind {
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    if letters.eq_ignore_ascii_case("fka") { NameKind::Former } else { NameKind::Alias }
}

/// Where a reviewer finds an entry of either list.
fn source_url(uid: &str) -> String {
    format!("https://sanctionssearch.ofac.treas.gov/Details.aspx?id={uid}")
}
