//! OFAC's lists in three formats: legacy CSV set, `sdnList` XML, advanced XML.
//!
//! The SDN list and the consolidated non-SDN list come in all of them, and they say the same of most entries. Where
//! they differ: only XML tells given name from surname and calls aliases strong or weak (in the CSV weak aliases hide in
//! the remarks), only the advanced XML has names in their own script and first days of listing.

mod advanced;
mod csv;
mod features;
mod remarks;
mod sdn_list;

use super::draft::Draft;
use super::xml::{self, Records};
use super::{FormatError, InputFile, Reading};
use crate::entity::{NameKind, Schema};

/// Reads one of OFAC's lists from the files of one publication.
pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    if let Some(file) = files.iter().find(|file| xml::is_xml(file.bytes)) {
        if files.len() > 1 {
            return Err(FormatError::NotOneList {
                why: format!("`{}` is a whole list, and not the only file", file.name),
            });
        }
        let text = xml::text_of(file)?;
        let records = Records::new(file.name, &text, reading.limits, &["publshInformation", "sdnEntry"])?;
        if records.root.name == "Sanctions" {
            return advanced::read(file.name, &text, reading);
        }
        records.expect_root("sdnList")?;
        return sdn_list::read(records, file.name, reading);
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

/// A number or trait by OFAC's label for it, as the Consolidated Screening List gives it too.
pub(super) fn pour_labelled(draft: &mut Draft, label: &str, text: &str, issuer: &str) {
    features::pour(draft, features::of_label(label), label, text, issuer);
}
