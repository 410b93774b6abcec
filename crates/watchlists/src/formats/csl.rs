//! The Consolidated Screening List of the United States, CSV: a dozen lists of three departments in one table.

use super::draft::Draft;
use super::ofac;
use super::table::{Table, values};
use super::{FormatError, InputFile, Reading, decode_reported};
use crate::country;
use crate::entity::{CountryRole, IdentifierKind, NameKind, Schema, Topic};

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    for file in files {
        let text = decode_reported(file, reading);
        let needed = ["id", "source", "entitynumber", "type", "programs", "name", "altnames", "ids"];
        let mut table = Table::open(file.name, &text, ',', &needed)?;
        while let Some(row) = table.next(reading)? {
            let place = row.place;
            let schema = match row.get("type").to_ascii_lowercase().as_str() {
                "individual" => Schema::Person,
                "entity" => Schema::Organization,
                "vessel" => Schema::Vessel,
                "aircraft" => Schema::Airplane,
                _ => Schema::LegalEntity,
            };
            // A party may be on two of the lists, under one key.
            let list = short(row.get("source")).to_lowercase();
            let mut draft = Draft::new(format!("csl-{list}-{}", row.get("id")), schema);
            for topic in topics(row.get("source")) {
                draft.topic(*topic);
            }
            draft.inverted_name(row.get("name"), NameKind::Primary);
            for name in several(row.get("altnames")) {
                draft.inverted_name(&name, NameKind::Alias);
            }
            draft.programme(row.get("source"));
            for programme in several(row.get("programs")) {
                draft.programme(&programme);
            }
            draft.position(row.get("title"));
            for address in several(row.get("addresses")) {
                // The last part is a code, if it is known at all.
                let code = address.rsplit(", ").next().filter(|last| last.len() == 2).and_then(country::code);
                draft.address(&[&address], "");
                if let Some(code) = code {
                    draft.country_code(code, CountryRole::Residence);
                }
            }
            for (column, role) in [
                ("citizenships", CountryRole::Nationality),
                ("nationalities", CountryRole::Nationality),
                ("vesselflag", CountryRole::Jurisdiction),
            ] {
                for country in several(row.get(column)) {
                    draft.country(&country, role);
                }
            }
            for date in several(row.get("datesofbirth")) {
                draft.birth_date(&date);
            }
            for birth in several(row.get("placesofbirth")) {
                draft.birth_place(&birth);
            }
            draft.identifier(IdentifierKind::CallSign, row.get("callsign"), "", "Call sign");
            draft.link("owner", row.get("vesselowner"));
            if !row.get("entitynumber").is_empty() {
                draft.link("same as", &format!("ofac-{}", row.get("entitynumber")));
            }
            for id in several(row.get("ids")) {
                pour_id(&mut draft, &id);
            }
            for (column, label) in [
                ("vesseltype", "Type"),
                ("grosstonnage", "Tonnage"),
                ("grossregisteredtonnage", "Gross registered tonnage"),
                ("federalregisternotice", "Federal Register"),
                ("standardorder", "Standard order"),
                ("licenserequirement", "Licence requirement"),
                ("licensepolicy", "Licence policy"),
                ("enddate", "Until"),
                ("remarks", "Remarks"),
            ] {
                draft.labelled_note(label, row.get(column));
            }
            draft.entity.listed_on = draft.date("start date", row.get("startdate"));
            draft.source_url(row.get("sourceinformationurl"));
            reading.emit(file.name, place, draft)?;
        }
        table.finish(reading)?;
    }
    Ok(())
}

/// The values of a cell with `; ` between. A `;` without a blank belongs to the value.
fn several(cell: &str) -> Vec<String> {
    cell.split("; ").map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

/// The short word in a source's name: `Entity List (EL) - Bureau of Industry and Security`.
fn short(source: &str) -> &str {
    let inside = source.split_once('(').and_then(|(_, rest)| rest.split(')').next()).unwrap_or_default();
    inside.strip_suffix(" List").unwrap_or(inside)
}

/// Why the parties of a source are listed: sanctions of Treasury and State, export controls of Commerce.
fn topics(source: &str) -> &'static [Topic] {
    match short(source) {
        "EL" | "UVL" | "MEU" => &[Topic::ExportControl],
        "DPL" | "DTC" => &[Topic::Debarred, Topic::ExportControl],
        // SDN, SSI, PLC, CMIC, FSE, CAP, NS-MBS List, ISN and whatever comes next.
        _ => &[Topic::Sanction],
    }
}

/// `Passport, A123, IR`: what OFAC's XML says in three elements.
fn pour_id(draft: &mut Draft, id: &str) {
    let parts = values(&id.replace(", ", "\u{1f}"), '\u{1f}');
    match parts.as_slice() {
        [label, number @ .., issuer] if !number.is_empty() && issuer.len() == 2 => {
            ofac::pour_labelled(draft, label, &number.join(", "), issuer);
        }
        [label, number @ ..] if !number.is_empty() => ofac::pour_labelled(draft, label, &number.join(", "), ""),
        _ => draft.note(id),
    }
}
