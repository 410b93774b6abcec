//! The `sdnList` XML: `sdn.xml` and `consolidated.xml`, under the old namespace and the new.

use super::super::draft::Draft;
use super::super::xml::{Node, Records};
use super::super::{DefectKind, FormatError, Place, Reading, dates};
use super::features::{self, Feature};
use super::{name_kind, schema, source_url};
use crate::entity::{CountryRole, IdentifierKind, NameKind, Schema};

pub(super) fn read(mut records: Records<'_>, file: &str, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let (mut declared, mut found) = (None, 0);
    while let Some(node) = records.next()? {
        if node.name == "publshInformation" {
            reading.report.published_on = dates::parse_american(node.text_of("Publish_Date"));
            declared = node.text_of("Record_Count").parse().ok();
            continue;
        }
        found += 1;
        let place = Place::Byte(node.offset);
        let uid = node.text_of("uid");
        if uid.is_empty() {
            reading.defect(file, place, DefectKind::Shape, format!("entry {found} has no uid; numbered by its place"));
        }
        let key = if uid.is_empty() { format!("ofac-entry-{found}") } else { format!("ofac-{uid}") };
        reading.emit(file, place, entry(&node, key, uid))?;
    }
    match declared {
        Some(declared) if found < declared => {
            return Err(FormatError::CountMismatch { file: file.to_owned(), declared, found });
        }
        Some(declared) if found > declared => {
            let why = format!("{declared} entries are announced, {found} are there");
            reading.defect(file, Place::File, DefectKind::Shape, why);
        }
        _ => {}
    }
    reading.bearable(file, reading.report.lost, found)
}

fn entry(node: &Node, key: String, uid: &str) -> Draft {
    let known = schema(node.text_of("sdnType"));
    let mut draft = Draft::sanctioned(key, known.unwrap_or(Schema::LegalEntity));
    if known.is_none() {
        draft.problems.push((DefectKind::UnknownKind, format!("{uid}: unknown kind of party")));
    }
    draft.name_of_parts(node.text_of("firstName"), node.text_of("lastName"), NameKind::Primary);
    draft.position(node.text_of("title"));
    draft.note(node.text_of("remarks"));
    for programme in node.items("programList", "program") {
        draft.programme(&programme.text);
    }
    for aka in node.items("akaList", "aka") {
        let kind = match name_kind(aka.text_of("type")) {
            NameKind::Alias if aka.text_of("category").eq_ignore_ascii_case("weak") => NameKind::Weak,
            kind => kind,
        };
        draft.name_of_parts(aka.text_of("firstName"), aka.text_of("lastName"), kind);
    }
    for id in node.items("idList", "id") {
        let (label, country) = (id.text_of("idType"), id.text_of("idCountry"));
        let feature = features::of_label(label);
        features::pour(&mut draft, feature, label, id.text_of("idNumber"), country);
        let issued = id.text_of("issueDate");
        let expires = id.text_of("expirationDate");
        if matches!(feature, Feature::Id(_)) && !(issued.is_empty() && expires.is_empty()) {
            draft.note(&format!("{label} {}: issued {issued}, expires {expires}", id.text_of("idNumber")));
        }
    }
    for address in node.items("addressList", "address") {
        let lines = ["address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "region"];
        draft.address(&lines.map(|line| address.text_of(line)), address.text_of("country"));
    }
    for (list, item) in [("nationalityList", "nationality"), ("citizenshipList", "citizenship")] {
        for of in node.items(list, item) {
            draft.country(of.text_of("country"), CountryRole::Nationality);
        }
    }
    for birth in node.items("dateOfBirthList", "dateOfBirthItem") {
        draft.birth_date(birth.text_of("dateOfBirth"));
    }
    for birth in node.items("placeOfBirthList", "placeOfBirthItem") {
        draft.birth_place(birth.text_of("placeOfBirth"));
    }
    for vessel in node.all("vesselInfo") {
        draft.identifier(IdentifierKind::CallSign, vessel.text_of("callSign"), "", "Call sign");
        draft.labelled_note("Type", vessel.text_of("vesselType"));
        draft.labelled_note("Tonnage", vessel.text_of("tonnage"));
        draft.labelled_note("Gross registered tonnage", vessel.text_of("grossRegisteredTonnage"));
        draft.country(vessel.text_of("vesselFlag"), CountryRole::Jurisdiction);
        draft.link("owner", vessel.text_of("vesselOwner"));
    }
    if !uid.is_empty() {
        draft.source_url(&source_url(uid));
    }
    draft
}
