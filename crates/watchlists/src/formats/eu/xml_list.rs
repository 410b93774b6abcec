//! XML 1.1 (`xmlFullSanctionsList_1_1`): all values are attributes, `logicalId` is the key.

use super::super::draft::Draft;
use super::super::xml::{self, Node, Records};
use super::super::{DefectKind, FormatError, InputFile, Place, Reading, dates};
use super::{identifier_kind, schema};
use crate::date::{DateRange, Day};
use crate::entity::{CountryRole, NameKind};

pub(super) fn read(file: &InputFile<'_>, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let text = xml::text_of(file)?;
    let mut records = Records::new(file.name, &text, reading.limits, &["sanctionEntity"])?;
    records.expect_root("export")?;
    reading.report.published_on = DateRange::parse_iso(records.root.attribute("generationDate"));
    let mut found = 0;
    while let Some(node) = records.next()? {
        found += 1;
        let place = Place::Byte(node.offset);
        let mut key = node.attribute("logicalId").to_owned();
        if key.is_empty() {
            key = format!("entry-{found}");
            reading.defect(file.name, place, DefectKind::Shape, format!("no logicalId; kept as eu-{key}"));
        }
        reading.emit(file.name, place, party(&node, &key))?;
    }
    reading.bearable(file.name, reading.report.lost, found)
}

fn party(node: &Node, key: &str) -> Draft {
    let subject = node.all("subjectType").next();
    let code = subject.map_or("", |subject| match subject.attribute("classificationCode") {
        "" => subject.attribute("code"),
        code => code,
    });
    let mut draft = Draft::sanctioned(format!("eu-{key}"), schema(code));
    for name in node.all("nameAlias") {
        pour_name(&mut draft, name);
    }
    for birth in node.all("birthdate") {
        pour_birth(&mut draft, birth);
    }
    for citizenship in node.all("citizenship") {
        country(&mut draft, citizenship, CountryRole::Nationality);
    }
    for address in node.all("address") {
        let lines = ["street", "poBox", "zipCode", "city", "place", "region", "countryDescription"];
        let lines = lines.map(|line| address.attribute(line)).map(|line| if line == "UNKNOWN" { "" } else { line });
        draft.address(&lines, "");
        country(&mut draft, address, CountryRole::Residence);
    }
    for document in node.all("identification") {
        let number = match document.attribute("number") {
            "" => document.attribute("latinNumber"),
            number => number,
        };
        let issuer = crate::country::code(document.attribute("countryIso2Code")).unwrap_or_default();
        let label = document.attribute("identificationTypeDescription");
        draft.identifier(identifier_kind(document.attribute("identificationTypeCode")), number, issuer, label);
        for flag in ["knownExpired", "knownFalse", "revokedByIssuer", "reportedLost"] {
            if document.attribute(flag) == "true" {
                draft.note(&format!("{label} {number}: {flag}"));
            }
        }
    }
    for regulation in node.all("regulation") {
        draft.programme(regulation.attribute("programme"));
        draft.labelled_note("Regulation", regulation.attribute("numberTitle"));
        draft.source_url(regulation.text_of("publicationUrl"));
        let published = DateRange::parse_iso(regulation.attribute("publicationDate"));
        draft.entity.changed_on = published.max(draft.entity.changed_on);
    }
    draft.programme(node.attribute("euReferenceNumber"));
    draft.programme(node.attribute("unitedNationId"));
    draft.entity.listed_on = draft.date("designation date", node.attribute("designationDate"));
    draft.note(node.attribute("designationDetails"));
    for remark in node.all("remark") {
        draft.note(&remark.text);
    }
    draft
}

fn pour_name(draft: &mut Draft, name: &Node) {
    let kind = match name.attribute("strong") {
        "false" => NameKind::Weak,
        _ if draft.has_primary => NameKind::Alias,
        _ => NameKind::Primary,
    };
    let language = Some(name.attribute("nameLanguage").to_ascii_lowercase()).filter(|language| !language.is_empty());
    let given = [name.attribute("firstName"), name.attribute("middleName")].join(" ");
    match name.attribute("wholeName") {
        "" => draft.name_of_parts(&given, name.attribute("lastName"), kind),
        whole => draft.name_in(whole, kind, language),
    }
    if kind == NameKind::Primary && draft.is_person() {
        let part = |text: &str| super::super::draft::value(text).into_iter().collect();
        draft.entity.parts.given = part(&given);
        draft.entity.parts.family = part(name.attribute("lastName"));
    }
    draft.gender(name.attribute("gender"));
    draft.position(name.attribute("title"));
    draft.position(name.attribute("function"));
}

fn pour_birth(draft: &mut Draft, birth: &Node) {
    let number = |name: &str| birth.attribute(name).parse::<i16>().ok().filter(|number| *number > 0);
    let small = |name: &str| number(name).and_then(|number| u8::try_from(number).ok());
    let date = match (number("year"), small("monthOfYear"), small("dayOfMonth")) {
        (Some(year), Some(month), Some(day)) => Day::new(year, month, day).map(DateRange::day),
        (Some(year), Some(month), None) => DateRange::month(year, month),
        (Some(year), None, _) => DateRange::year(year),
        (None, ..) => match (number("yearRangeFrom"), number("yearRangeTo")) {
            (Some(from), Some(to)) => DateRange::years(from, to),
            (one, other) => one.or(other).and_then(DateRange::year),
        },
    };
    // Another calendar's years are not ours.
    let gregorian = matches!(birth.attribute("calendarType"), "" | "GREGORIAN");
    match dates::parse(birth.attribute("birthdate")).or(date.filter(|_| gregorian)) {
        Some(date) if birth.attribute("circa") == "true" => {
            draft.entity.birth_dates.push(date.about(dates::CIRCA_YEARS));
        }
        Some(date) => draft.entity.birth_dates.push(date),
        None => draft.birth_date(birth.attribute("birthdate")),
    }
    let place = ["place", "city", "region"].map(|part| birth.attribute(part));
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    draft.birth_place(&place.join(", "));
    country(draft, birth, CountryRole::Birth);
    for remark in birth.all("remark") {
        draft.labelled_note("Birth", &remark.text);
    }
}

/// `00` is EU's word for a country it does not know.
fn country(draft: &mut Draft, of: &Node, role: CountryRole) {
    let code = of.attribute("countryIso2Code");
    if code != "00" {
        draft.country(code, role);
    }
}
