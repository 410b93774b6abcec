//! The consolidated list of the United Kingdom's OFSI (`ConList.csv`), in its layout of 2018 and in that of 2022.
//!
//! The first line says when it was updated, the second is the header; a row is one name of a group combined with one
//! of its other values. `Group ID` joins them.

use rustc_hash::FxHashMap;

use super::super::draft::Draft;
use super::super::table::{Record, Table};
use super::super::{DefectKind, FormatError, Place, Reading, dates};
use super::schema;
use crate::entity::{CountryRole, IdentifierKind, NameKind};

/// Reads what follows the first line, which says when the list was updated.
pub(super) fn read(file: &str, updated: &str, rest: &str, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    reading.report.published_on = dates::parse(updated.trim_matches([',', '"', ' ', '\r']));
    let needed = ["name6", "name1", "dob", "grouptype", "aliastype", "regime", "groupid"];
    let mut table = Table::open(file, rest, ',', &needed)?;
    let mut groups: Vec<(Place, Draft)> = Vec::new();
    let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
    while let Some(row) = table.next(reading)? {
        let place = match row.place {
            Place::Line(line) => Place::Line(line + 1),
            other => other,
        };
        let id = row.get("groupid");
        if id.is_empty() {
            reading.defect(file, place, DefectKind::Lost, "no group id".to_owned());
            continue;
        }
        let at = *by_id.entry(id.to_owned()).or_insert_with(|| {
            groups.push((place, Draft::sanctioned(format!("uk-{id}"), schema(row.get("grouptype")))));
            groups.len() - 1
        });
        pour(&mut groups[at].1, &row);
    }
    for (place, draft) in groups {
        reading.emit(file, place, draft)?;
    }
    table.finish(reading)
}

fn pour(draft: &mut Draft, row: &Record<'_, '_>) {
    let given = ["name1", "name2", "name3", "name4", "name5"].map(|part| row.get(part)).join(" ");
    let alias_type = row.get("aliastype").to_ascii_lowercase();
    let is_low = row.get("aliasquality").to_ascii_lowercase().starts_with("low");
    let kind = match alias_type.as_str() {
        "prime alias" | "primary name" if !draft.has_primary => NameKind::Primary,
        "fka" => NameKind::Former,
        _ if is_low => NameKind::Weak,
        _ => NameKind::Alias,
    };
    draft.name_of_parts(&given, row.get("name6"), kind);
    for script in numbered(row.get("namenonlatinscript")) {
        draft.name(script, NameKind::Alias);
    }
    for title in numbered(row.get("title")).into_iter().chain(numbered(row.get("position"))) {
        draft.position(title);
    }
    for date in numbered(row.get("dob")) {
        draft.birth_date(date);
    }
    let (towns, countries) = (numbered(row.get("townofbirth")), numbered(row.get("countryofbirth")));
    for town in &towns {
        draft.birth_place(town);
    }
    for country in &countries {
        draft.country(country, CountryRole::Birth);
        if towns.is_empty() {
            draft.birth_place(country);
        }
    }
    for nationality in numbered(row.get("nationality")) {
        draft.country(nationality, CountryRole::Nationality);
    }
    for number in numbered(row.get("passportnumber")) {
        draft.identifier(IdentifierKind::Passport, number, "", "Passport");
    }
    // The old layout has no column for the number alone.
    let is_old = row.get("passportnumber").is_empty();
    for details in numbered(row.get("passportdetails")).into_iter().filter(|_| is_old) {
        pour_document(draft, IdentifierKind::Passport, details, "Passport");
    }
    draft.labelled_note("Passport", row.get("passportdetails"));
    for details in numbered(row.get("ninumber")) {
        pour_document(draft, IdentifierKind::NationalId, details, "NI number");
    }
    for number in numbered(row.get("nationalidentificationnumber")) {
        draft.identifier(IdentifierKind::NationalId, number, "", "National identification number");
    }
    draft.labelled_note("National identification", row.get("nationalidentificationdetails"));
    let lines = ["address1", "address2", "address3", "address4", "address5", "address6", "postzipcode"];
    draft.address(&lines.map(|line| row.get(line)), row.get("country"));
    let other = row.get("otherinformation");
    for imo in imo_numbers(other) {
        draft.identifier(IdentifierKind::Imo, imo, "", "IMO");
    }
    draft.note(other);
    draft.programme(row.get("regime"));
    draft.entity.listed_on = dates::parse(row.get("listedon")).or(draft.entity.listed_on);
    draft.entity.changed_on = dates::parse(row.get("lastupdated")).max(draft.entity.changed_on);
}

/// `G827238 (Tunisian). Issued on 1 June 1996`: the number is the first word with a digit.
fn pour_document(draft: &mut Draft, kind: IdentifierKind, details: &str, label: &str) {
    let number = details.split([' ', ',', ';']).find(|word| word.bytes().filter(u8::is_ascii_digit).count() >= 3);
    let inside = details.split_once('(').and_then(|(_, rest)| rest.split(')').next()).unwrap_or_default();
    let issuer = crate::country::code(inside).unwrap_or_default();
    if let Some(number) = number {
        let number = number.rsplit(':').next().unwrap_or(number).trim_end_matches('.');
        draft.identifier(kind, number, issuer, label);
    }
}

/// The values of a cell that numbers them: `1) Saudi Arabia 2) Qatar`, `(1)-(2) Tunisia (3) Libya`.
fn numbered(cell: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(close) = cell[at..].find(')').map(|found| at + found) {
        let digits = cell[..close].bytes().rev().take_while(u8::is_ascii_digit).count();
        let open = close - digits;
        let marker = if cell[..open].ends_with('(') { open - 1 } else { open };
        let stands_alone = cell[..marker].is_empty() || cell[..marker].ends_with([' ', '-', '.', ',', ')']);
        if (1..=2).contains(&digits) && stands_alone {
            values.push(&cell[start..marker]);
            start = close + 1;
        }
        at = close + 1;
    }
    values.push(&cell[start..]);
    let trim = |value: &str| !value.trim_matches([' ', '-', ',', '.']).is_empty();
    values.into_iter().filter(|value| trim(value)).map(|value| value.trim().trim_end_matches(',')).collect()
}

/// Seven digits soon after `IMO`.
fn imo_numbers(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("IMO").filter_map(|(at, word)| {
        let rest = text[at + word.len()..].trim_start_matches([':', ' ', '.', '-']);
        let rest = rest.strip_prefix("number").map_or(rest, |rest| rest.trim_start_matches([':', ' ']));
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (digits == 7).then(|| &rest[..7])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_values_are_told_apart() {
        for (cell, expected) in [
            ("1) Saudi Arabia 2) Qatar", &["Saudi Arabia", "Qatar"][..]),
            ("(1)-(2) Tunisia (3) Libya", &["Tunisia", "Libya"]),
            ("1) Mullah, 2) Maulavi.", &["Mullah", "Maulavi."]),
            ("G827238 (Tunisian)", &["G827238 (Tunisian)"]),
            ("Tel (98) 12", &["Tel (98) 12"][..]),
            ("", &[]),
        ] {
            if cell.starts_with("Tel") {
                // A number of two digits in brackets cannot be told from a marker; nothing is lost by it.
                assert_eq!(numbered(cell).concat().replace(' ', ""), "Tel12");
            } else {
                assert_eq!(numbered(cell), expected, "{cell}");
            }
        }
        assert_eq!(
            imo_numbers("IMO: 8937675. MMSI 1. IMO number: 9000001 IMO 12").collect::<Vec<_>>(),
            ["8937675", "9000001"]
        );
    }
}
