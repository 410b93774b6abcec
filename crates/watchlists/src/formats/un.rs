//! The United Nations Security Council's consolidated list, XML.
//!
//! `DATAID` is the stable key; `VERSIONNUM` is always 1 and says nothing. A person's name is in up to four parts of
//! which the list does not say what they are; an organisation's is in the first. Empty alias elements are common in
//! what is published: they are nothing, and no defect.

use super::draft::Draft;
use super::xml::{self, Node, Records};
use super::{DefectKind, FormatError, InputFile, Place, Reading, dates, not_this};
use crate::date::DateRange;
use crate::entity::{CountryRole, IdentifierKind, NameKind, Schema};

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let [file] = files else {
        return Err(FormatError::NotOneList { why: "the UN list is one XML file".to_owned() });
    };
    if !xml::is_xml(file.bytes) {
        return Err(not_this(file.name, "not XML, which the UN list comes in"));
    }
    let text = xml::text_of(file)?;
    let mut records = Records::new(file.name, &text, reading.limits, &["INDIVIDUAL", "ENTITY"])?;
    records.expect_root("CONSOLIDATED_LIST")?;
    reading.report.published_on = DateRange::parse_iso(records.root.attribute("dateGenerated"));
    let mut found = 0;
    while let Some(node) = records.next()? {
        found += 1;
        let place = Place::Byte(node.offset);
        let mut key = node.text_of("DATAID").to_owned();
        if key.is_empty() {
            let reference = node.text_of("REFERENCE_NUMBER");
            key = if reference.is_empty() { format!("entry-{found}") } else { reference.to_owned() };
            reading.defect(file.name, place, DefectKind::Shape, format!("no DATAID; kept as un-{key}"));
        }
        let schema = if node.name == "INDIVIDUAL" { Schema::Person } else { Schema::Organization };
        let mut draft = Draft::sanctioned(format!("un-{key}"), schema);
        pour(&node, &mut draft);
        reading.emit(file.name, place, draft)?;
    }
    reading.bearable(file.name, reading.report.lost, found)
}

fn pour(node: &Node, draft: &mut Draft) {
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"].map(|part| node.text_of(part));
    draft.name(&parts.join(" "), NameKind::Primary);
    draft.name(node.text_of("NAME_ORIGINAL_SCRIPT"), NameKind::Alias);
    for alias in node.all("INDIVIDUAL_ALIAS").chain(node.all("ENTITY_ALIAS")) {
        pour_alias(alias, draft);
    }
    draft.programme(node.text_of("UN_LIST_TYPE"));
    draft.programme(node.text_of("REFERENCE_NUMBER"));
    draft.entity.listed_on = draft.date("date of listing", node.text_of("LISTED_ON"));
    draft.entity.changed_on =
        node.items("LAST_DAY_UPDATED", "VALUE").filter_map(|value| dates::parse(&value.text)).max();
    draft.gender(node.text_of("GENDER"));
    for value in node.items("NATIONALITY", "VALUE") {
        draft.country(&value.text, CountryRole::Nationality);
    }
    for value in node.items("TITLE", "VALUE").chain(node.items("DESIGNATION", "VALUE")) {
        draft.position(&value.text);
    }
    for birth in node.all("INDIVIDUAL_DATE_OF_BIRTH") {
        pour_birth_date(birth, draft);
    }
    for birth in node.all("INDIVIDUAL_PLACE_OF_BIRTH") {
        draft.birth_place(&one_line(birth, &["STREET", "CITY", "STATE_PROVINCE", "COUNTRY"]));
        draft.country(birth.text_of("COUNTRY"), CountryRole::Birth);
        draft.labelled_note("Place of birth", birth.text_of("NOTE"));
    }
    for document in node.all("INDIVIDUAL_DOCUMENT") {
        pour_document(document, draft);
    }
    for address in node.all("INDIVIDUAL_ADDRESS").chain(node.all("ENTITY_ADDRESS")) {
        let lines = ["STREET", "CITY", "ZIP_CODE", "STATE_PROVINCE"].map(|line| address.text_of(line));
        draft.address(&lines, address.text_of("COUNTRY"));
        draft.labelled_note("Address", address.text_of("NOTE"));
    }
    draft.note(node.text_of("COMMENTS1"));
    draft.labelled_note("Submitted by", node.text_of("SUBMITTED_BY"));
}

fn pour_alias(alias: &Node, draft: &mut Draft) {
    let note = alias.text_of("NOTE");
    let quality = alias.text_of("QUALITY").to_ascii_lowercase();
    let former = quality.starts_with("f.k.a") || note.to_ascii_lowercase().contains("formerly listed as");
    let kind = match quality.as_str() {
        "low" => NameKind::Weak,
        _ if former => NameKind::Former,
        _ => NameKind::Alias,
    };
    draft.name(alias.text_of("ALIAS_NAME"), kind);
    // Under another name, a person often claimed another birth.
    draft.birth_date(alias.text_of("DATE_OF_BIRTH"));
    draft.birth_place(&one_line(alias, &["CITY_OF_BIRTH", "COUNTRY_OF_BIRTH"]));
    draft.country(alias.text_of("COUNTRY_OF_BIRTH"), CountryRole::Birth);
    draft.labelled_note("Alias", note);
}

fn pour_birth_date(birth: &Node, draft: &mut Draft) {
    let year = |name: &str| birth.text_of(name).parse::<i16>().ok();
    let kind = birth.text_of("TYPE_OF_DATE").to_ascii_uppercase();
    let (date, plain) = (birth.text_of("DATE"), birth.text_of("YEAR"));
    let spoken = if date.is_empty() { plain } else { date };
    let span = match (year("FROM_YEAR"), year("TO_YEAR")) {
        (Some(from), Some(to)) => DateRange::years(from, to),
        (Some(one), None) | (None, Some(one)) => DateRange::year(one),
        (None, None) => dates::parse(spoken),
    };
    match span {
        Some(span) if kind == "APPROXIMATELY" => draft.entity.birth_dates.push(span.about(dates::CIRCA_YEARS)),
        Some(span) => draft.entity.birth_dates.push(span),
        None if !spoken.is_empty() => draft.birth_date(spoken),
        // What is known stands in the note alone, in the words of whoever proposed the listing.
        None => draft.entity.birth_dates.extend(dates::parse(birth.text_of("NOTE"))),
    }
    draft.labelled_note("Date of birth", birth.text_of("NOTE"));
}

fn pour_document(document: &Node, draft: &mut Draft) {
    let (first, second) = (document.text_of("TYPE_OF_DOCUMENT"), document.text_of("TYPE_OF_DOCUMENT2"));
    let label = if second.is_empty() { first } else { second };
    let kinds = format!("{first} {second}").to_lowercase();
    let kind = if ["passport", "passeport", "pasaporte"].iter().any(|word| kinds.contains(word)) {
        IdentifierKind::Passport
    } else if ["identif", "identity", "tazkira", "national id", "nationality"].iter().any(|word| kinds.contains(word)) {
        IdentifierKind::NationalId
    } else {
        IdentifierKind::Other
    };
    let issuing = document.text_of("ISSUING_COUNTRY");
    let country = if issuing.is_empty() { document.text_of("COUNTRY_OF_ISSUE") } else { issuing };
    let number = document.text_of("NUMBER");
    draft.identifier(kind, number, country, label);
    let more = one_line(document, &["NOTE", "DATE_OF_ISSUE", "CITY_OF_ISSUE"]);
    if !more.is_empty() {
        draft.labelled_note("Document", &[label, number, &more].join(" "));
    } else if number.is_empty() {
        draft.labelled_note("Document", label);
    }
}

/// The named parts that are there, with commas between.
fn one_line(node: &Node, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|part| node.text_of(part)).filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}
