//! CSV 1.0: the entity is repeated on every row, and a row has one of its names, births, documents, countries.
//!
//! The file is known as it was saved by a spreadsheet as well, each line wrapped in one pair of quotes and padded.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::super::draft::Draft;
use super::super::table::{Record, Table};
use super::super::{DefectKind, FormatError, InputFile, Place, Reading, dates, decode_reported};
use super::{identifier_kind, schema};
use crate::entity::{CountryRole, NameKind};

pub(super) fn read(file: &InputFile<'_>, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let decoded = decode_reported(file, reading);
    let text = unwrapped(&decoded);
    if matches!(text, Cow::Owned(_)) {
        let why = "every line is wrapped in quotes, as spreadsheets save it".to_owned();
        reading.defect(file.name, Place::File, DefectKind::Shape, why);
    }
    let needed = ["entitylogicalid", "subjecttype", "programme", "naalwholename", "birtdate", "idennumber"];
    let mut table = Table::open(file.name, &text, ';', &needed)?;
    let mut entities: Vec<(Place, Draft)> = Vec::new();
    let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
    while let Some(row) = table.next(reading)? {
        let id = row.get("entitylogicalid");
        if id.is_empty() {
            reading.defect(file.name, row.place, DefectKind::Lost, "no entity id".to_owned());
            continue;
        }
        if reading.report.published_on.is_none() {
            let date = ["datefile", "datefilexxxx"].map(|column| row.get(column)).concat();
            reading.report.published_on = dates::parse(&date);
        }
        let at = *by_id.entry(id.to_owned()).or_insert_with(|| {
            entities.push((row.place, Draft::sanctioned(format!("eu-{id}"), schema(row.get("subjecttype")))));
            entities.len() - 1
        });
        pour(&mut entities[at].1, &row);
    }
    for (place, draft) in entities {
        reading.emit(file.name, place, draft)?;
    }
    table.finish(reading)
}

/// The text without the quotes around every line and the tabs behind, if it has them.
fn unwrapped(text: &str) -> Cow<'_, str> {
    let is_wrapped = |line: &str| {
        let line = line.trim_end();
        line.len() > 1 && line.starts_with('"') && line.ends_with('"') && !line.contains("\";\"")
    };
    if !text.lines().next().is_some_and(is_wrapped) {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_end();
        let inside = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
        plain.push_str(inside.replace("\"\"", "\"").trim_end());
        plain.push('\n');
    }
    plain.into()
}

fn pour(draft: &mut Draft, row: &Record<'_, '_>) {
    let kind = if draft.has_primary { NameKind::Alias } else { NameKind::Primary };
    let given = [row.get("naalfirstname"), row.get("naalmiddlename")].join(" ");
    let (family, whole) = (row.get("naallastname"), row.get("naalwholename"));
    let language = Some(row.get("naallanguage").to_ascii_lowercase()).filter(|language| !language.is_empty());
    if whole.is_empty() {
        draft.name_of_parts(&given, family, kind);
    } else {
        draft.name_in(whole, kind, language);
        if kind == NameKind::Primary && draft.is_person() {
            let part = |text: &str| super::super::draft::value(text).into_iter().collect();
            draft.entity.parts.given = part(&given);
            draft.entity.parts.family = part(family);
        }
    }
    draft.gender(row.get("naalgender"));
    draft.position(row.get("naaltitle"));
    draft.position(row.get("naalfunction"));
    draft.birth_date(row.get("birtdate"));
    draft.birth_place(row.get("birtplace"));
    country(draft, row.get("birtcountry"), CountryRole::Birth);
    country(draft, row.get("citicountry"), CountryRole::Nationality);
    let lines = ["addrnumber", "addrstreet", "addrzipcode", "addrcity", "addrother"].map(|line| row.get(line));
    draft.address(&lines, "");
    country(draft, row.get("addrcountry"), CountryRole::Residence);
    let document = row.get("idennumber");
    let (number, kind) = document.split_once(" (").unwrap_or((document, ""));
    let kind = kind.split(['-', ')']).next().unwrap_or_default();
    let issuer = crate::country::code(row.get("idencountry")).unwrap_or_default();
    draft.identifier(identifier_kind(kind), number, issuer, kind);
    draft.programme(row.get("programme"));
    draft.programme(row.get("eurefnum"));
    draft.note(&row.get("entityremark").replace("\\n", " "));
    draft.source_url(row.get("lebaurl"));
    draft.entity.changed_on = dates::parse(row.get("lebapublicationdate")).max(draft.entity.changed_on);
}

/// `00` and `UNKNOWN` are EU's words for a country it does not know.
fn country(draft: &mut Draft, name: &str, role: CountryRole) {
    if name != "00" {
        draft.country(name, role);
    }
}
