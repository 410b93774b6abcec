//! OpenSanctions' `targets.simple.csv`: one listed party a row, flattened.
//!
//! It has no topics. A row that names a sanction or a programme is sanctioned, one of a red notice is wanted; of any
//! other the file does not say why it is listed, and whoever loads it has to.

use super::draft::Draft;
use super::table::Table;
use super::{FormatError, InputFile, Reading, decode_reported};
use crate::entity::{CountryRole, IdentifierKind, NameKind, Schema, Topic};

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    for file in files {
        let text = decode_reported(file, reading);
        let needed = ["id", "schema", "name", "aliases", "birthdate", "countries", "dataset"];
        let mut table = Table::open(file.name, &text, ',', &needed)?;
        while let Some(row) = table.next(reading)? {
            let place = row.place;
            let mut draft = Draft::of_schema_word(row.get("id").to_owned(), row.get("schema"));
            draft.name(row.get("name"), NameKind::Primary);
            for name in row.all("aliases") {
                draft.name(&name, NameKind::Alias);
            }
            for date in row.all("birthdate") {
                draft.birth_date(&date);
            }
            let role = match draft.entity.schema {
                Schema::Company | Schema::Vessel | Schema::Airplane => CountryRole::Jurisdiction,
                _ => CountryRole::Other,
            };
            for country in row.all("countries") {
                draft.country(&country, role);
            }
            for address in row.all("addresses") {
                draft.address(&[&address], "");
            }
            for number in row.all("identifiers") {
                match number.strip_prefix("IMO").filter(|rest| rest.len() == 7) {
                    Some(imo) => draft.identifier(IdentifierKind::Imo, imo, "", "IMO"),
                    None => draft.identifier(IdentifierKind::Other, &number, "", ""),
                }
            }
            for sanction in row.all("sanctions") {
                let wanted = sanction.to_ascii_lowercase().starts_with("red notice");
                draft.topic(if wanted { Topic::Wanted } else { Topic::Sanction });
                draft.note(&sanction);
            }
            for programme in row.all("programids") {
                draft.topic(Topic::Sanction);
                draft.programme(&programme);
            }
            for (column, label) in [("phones", "Phone"), ("emails", "E-mail")] {
                for contact in row.all(column) {
                    draft.labelled_note(label, &contact);
                }
            }
            draft.labelled_note("Dataset", row.get("dataset"));
            draft.entity.changed_on = draft.date("last change", row.get("lastchange"));
            reading.emit(file.name, place, draft)?;
        }
        table.finish(reading)?;
    }
    Ok(())
}
