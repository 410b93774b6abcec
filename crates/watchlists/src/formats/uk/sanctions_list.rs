//! The UK Sanctions List of the Foreign, Commonwealth and Development Office, XML and CSV.
//!
//! An XML `Designation` is a party. A row of the CSV is one of a party's names or other values, with its kind, regime
//! and dates on every row; `Unique ID` joins them. The part of a day that is not known is written `dd` or `mm`. Of
//! digital wallets the list speaks in prose alone, which is kept as a note.

use rustc_hash::FxHashMap;

use super::super::draft::Draft;
use super::super::table::{Record, Table};
use super::super::xml::{self, Node, Records};
use super::super::{DefectKind, FormatError, InputFile, Place, Reading, dates};
use super::schema;
use crate::country;
use crate::entity::{CountryRole, IdentifierKind, NameKind};

pub(super) fn read_xml(file: &InputFile<'_>, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let text = xml::text_of(file)?;
    let mut records = Records::new(file.name, &text, reading.limits, &["DateGenerated", "Designation"])?;
    records.expect_root("Designations")?;
    let mut found = 0;
    while let Some(node) = records.next()? {
        if node.name == "DateGenerated" {
            reading.report.published_on = dates::parse(&node.text);
            continue;
        }
        found += 1;
        let place = Place::Byte(node.offset);
        let id = node.text_of("UniqueID");
        if id.is_empty() {
            reading.defect(file.name, place, DefectKind::Lost, "no unique id".to_owned());
            continue;
        }
        let mut draft = Draft::sanctioned(format!("uk-{id}"), schema(node.text_of("IndividualEntityShip")));
        pour_node(&node, &mut draft);
        reading.emit(file.name, place, draft)?;
    }
    reading.bearable(file.name, reading.report.lost, found)
}

/// Reads what follows the first line, which names the day of the report.
pub(super) fn read_csv(file: &str, day: &str, rest: &str, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    reading.report.published_on = dates::parse(day.trim_matches([',', '"', ' ', '\r']));
    let needed = ["uniqueid", "name6", "name1", "nametype", "regimename", "designationtype", "dob"];
    let mut table = Table::open(file, rest, ',', &needed)?;
    let mut parties: Vec<(Place, Draft)> = Vec::new();
    let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
    while let Some(row) = table.next(reading)? {
        let place = match row.place {
            Place::Line(line) => Place::Line(line + 1),
            other => other,
        };
        let id = row.get("uniqueid");
        if id.is_empty() {
            reading.defect(file, place, DefectKind::Lost, "no unique id".to_owned());
            continue;
        }
        let at = *by_id.entry(id.to_owned()).or_insert_with(|| {
            parties.push((place, Draft::sanctioned(format!("uk-{id}"), schema(row.get("designationtype")))));
            parties.len() - 1
        });
        pour_row(&mut parties[at].1, &row);
    }
    for (place, draft) in parties {
        reading.emit(file, place, draft)?;
    }
    table.finish(reading)
}

fn pour_node(node: &Node, draft: &mut Draft) {
    for name in node.items("Names", "Name") {
        let parts = ["Name1", "Name2", "Name3", "Name4", "Name5"].map(|part| name.text_of(part));
        pour_name(draft, &parts, name.text_of("Name6"), name.text_of("NameType"), name.text_of("AliasStrength"));
    }
    for name in node.items("NonLatinNames", "NonLatinName") {
        draft.name(name.text_of("NameNonLatinScript"), NameKind::Alias);
    }
    for title in node.items("Titles", "Title") {
        draft.position(&title.text);
    }
    for address in node.items("Addresses", "Address") {
        let lines = ["AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "AddressLine5", "AddressLine6"];
        let lines = lines.map(|line| address.text_of(line));
        pour_address(draft, lines, address.text_of("AddressPostalCode"), address.text_of("AddressCountry"));
    }
    for person in node.items("IndividualDetails", "Individual") {
        pour_person(person, draft);
    }
    for entity in node.items("EntityDetails", "Entity") {
        for number in entity.items("BusinessRegistrationNumbers", "BusinessRegistrationNumber") {
            pour_registration(draft, &number.text);
        }
        for (list, item, label) in [
            ("TypeOfEntities", "TypeOfEntity", "Type of entity"),
            ("ParentCompanies", "ParentCompany", "Parent company"),
            ("Subsidiaries", "Subsidiary", "Subsidiary"),
        ] {
            entity.items(list, item).for_each(|value| draft.labelled_note(label, &value.text));
        }
    }
    for ship in node.items("ShipDetails", "Ship") {
        for number in ship.items("IMONumbers", "IMONumber") {
            pour_imo(draft, &number.text);
        }
        for flag in ship.items("CurrentBelievedFlagOfShips", "CurrentBelievedFlagOfShip") {
            draft.country(&flag.text, CountryRole::Jurisdiction);
        }
        for (list, item, label) in [
            ("TypeOfShipDetails", "TypeOfShip", "Type of ship"),
            ("CurrentOwnerOperators", "CurrentOwnerOperator", "Current owner or operator"),
            ("PreviousOwnerOperators", "PreviousOwnerOperator", "Previous owner or operator"),
            ("PreviousFlags", "PreviousFlag", "Previous flag"),
        ] {
            ship.items(list, item).for_each(|value| draft.labelled_note(label, &value.text));
        }
    }
    pour_listing(draft, |field| {
        node.text_of(match field {
            Listing::Regime => "RegimeName",
            Listing::Reference => "UNReferenceNumber",
            Listing::Designated => "DateDesignated",
            Listing::Updated => "LastUpdated",
            Listing::Imposed => "SanctionsImposed",
            Listing::Other => "OtherInformation",
            Listing::Reasons => "UKStatementofReasons",
        })
    });
}

fn pour_person(person: &Node, draft: &mut Draft) {
    for date in person.items("DOBs", "DOB") {
        pour_birth_date(draft, &date.text);
    }
    for nationality in person.items("Nationalities", "Nationality") {
        draft.country(&nationality.text, CountryRole::Nationality);
    }
    for gender in person.items("Genders", "Gender") {
        draft.gender(&gender.text);
    }
    for position in person.items("Positions", "Position") {
        draft.position(&position.text);
    }
    for place in person.items("BirthDetails", "Location") {
        pour_birth_place(draft, place.text_of("TownOfBirth"), place.text_of("CountryOfBirth"));
    }
    for passport in person.items("PassportDetails", "Passport") {
        let more = passport.text_of("PassportAdditionalInformation");
        pour_document(draft, IdentifierKind::Passport, passport.text_of("PassportNumber"), more);
    }
    for id in person.items("NationalIdentifierDetails", "NationalIdentifier") {
        let more = id.text_of("NationalIdentifierAdditionalInformation");
        pour_document(draft, IdentifierKind::NationalId, id.text_of("NationalIdentifierNumber"), more);
    }
}

fn pour_row(draft: &mut Draft, row: &Record<'_, '_>) {
    let parts = ["name1", "name2", "name3", "name4", "name5"].map(|part| row.get(part));
    pour_name(draft, &parts, row.get("name6"), row.get("nametype"), row.get("aliasstrength"));
    draft.name(row.get("namenonlatinscript"), NameKind::Alias);
    draft.position(row.get("title"));
    draft.position(row.get("position"));
    pour_birth_date(draft, row.get("dob"));
    pour_birth_place(draft, row.get("townofbirth"), row.get("countryofbirth"));
    draft.country(row.get("nationalityies"), CountryRole::Nationality);
    draft.gender(row.get("gender"));
    let more = row.get("passportadditionalinformation");
    pour_document(draft, IdentifierKind::Passport, row.get("passportnumber"), more);
    let more = row.get("nationalidentifieradditionalinformation");
    pour_document(draft, IdentifierKind::NationalId, row.get("nationalidentifiernumber"), more);
    pour_registration(draft, row.get("businessregistrationnumbers"));
    pour_imo(draft, row.get("imonumber"));
    draft.country(row.get("currentbelievedflagofship"), CountryRole::Jurisdiction);
    let lines = ["addressline1", "addressline2", "addressline3", "addressline4", "addressline5", "addressline6"];
    pour_address(draft, lines.map(|line| row.get(line)), row.get("addresspostalcode"), row.get("addresscountry"));
    for (column, label) in [
        ("typeofentity", "Type of entity"),
        ("parentcompany", "Parent company"),
        ("subsidiaries", "Subsidiary"),
        ("typeofship", "Type of ship"),
        ("currentowneroperators", "Current owner or operator"),
        ("previousowneroperators", "Previous owner or operator"),
        ("previousflags", "Previous flag"),
    ] {
        draft.labelled_note(label, row.get(column));
    }
    pour_listing(draft, |field| {
        row.get(match field {
            Listing::Regime => "regimename",
            Listing::Reference => "unreferencenumber",
            Listing::Designated => "datedesignated",
            Listing::Updated => "lastupdated",
            Listing::Imposed => "sanctionsimposed",
            Listing::Other => "otherinformation",
            Listing::Reasons => "ukstatementofreasons",
        })
    });
}

/// What both formats say of the listing itself, each under a name of its own.
#[derive(Clone, Copy)]
enum Listing {
    Regime,
    Reference,
    Designated,
    Updated,
    Imposed,
    Other,
    Reasons,
}

fn pour_listing<'t>(draft: &mut Draft, text_of: impl Fn(Listing) -> &'t str) {
    draft.programme(text_of(Listing::Regime));
    draft.programme(text_of(Listing::Reference));
    for measure in text_of(Listing::Imposed).split('|') {
        draft.labelled_note("Imposed", measure);
    }
    draft.note(text_of(Listing::Other));
    draft.note(text_of(Listing::Reasons));
    draft.entity.listed_on = dates::parse(text_of(Listing::Designated)).or(draft.entity.listed_on);
    draft.entity.changed_on = dates::parse(text_of(Listing::Updated)).max(draft.entity.changed_on);
}

/// A name: its given half in up to five parts, the family's or the whole of an organisation's in the sixth.
fn pour_name(draft: &mut Draft, given: &[&str; 5], family: &str, kind: &str, strength: &str) {
    let kind = kind.to_ascii_lowercase();
    let kind = match kind.as_str() {
        "primary name" if !draft.has_primary => NameKind::Primary,
        _ if kind.starts_with("fka") || kind.starts_with("f.k.a") || kind.contains("former") => NameKind::Former,
        _ if strength.to_ascii_lowercase().starts_with("low") => NameKind::Weak,
        _ => NameKind::Alias,
    };
    draft.name_of_parts(&given.join(" "), family, kind);
}

fn pour_birth_date(draft: &mut Draft, text: &str) {
    draft.birth_date(&text.to_ascii_lowercase().replace("dd/", "00/").replace("mm/", "00/"));
}

fn pour_birth_place(draft: &mut Draft, town: &str, country: &str) {
    draft.birth_place(if town.is_empty() { country } else { town });
    draft.country(country, CountryRole::Birth);
}

/// A passport or card; what is said of it often begins with who issued it: `Mali passport`.
fn pour_document(draft: &mut Draft, kind: IdentifierKind, number: &str, more: &str) {
    let label = if kind == IdentifierKind::Passport { "Passport" } else { "National identifier" };
    let issuer = more.split([' ', ',', '.', '(']).next().and_then(country::code).unwrap_or_default();
    draft.identifier(kind, number, issuer, label);
    draft.labelled_note(label, more);
}

fn pour_registration(draft: &mut Draft, number: &str) {
    draft.identifier(IdentifierKind::Registration, number, "", "Business registration number");
}

fn pour_imo(draft: &mut Draft, number: &str) {
    let number = number.trim().trim_start_matches("IMO").trim_start_matches([' ', ':']);
    draft.identifier(IdentifierKind::Imo, number, "", "IMO");
}

fn pour_address(draft: &mut Draft, [a, b, c, d, e, f]: [&str; 6], postcode: &str, country: &str) {
    draft.address(&[a, b, c, d, e, f, postcode], country);
}
