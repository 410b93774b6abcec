//! Canada's Consolidated Autonomous Sanctions List, XML (`sema-lmes.xml`).
//!
//! A record has no id: regime, schedule and item together are its key. Aliases stand in one line with commas or
//! semicolons between, a word for the language before some of them.

use super::draft::Draft;
use super::xml::{self, Node, Records};
use super::{FormatError, InputFile, Place, Reading, not_this};
use crate::entity::{CountryRole, IdentifierKind, NameKind, Schema};

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let [file] = files else {
        return Err(FormatError::NotOneList { why: "the Canadian list is one XML file".to_owned() });
    };
    if !xml::is_xml(file.bytes) {
        return Err(not_this(file.name, "not XML, which the Canadian list comes in"));
    }
    let text = xml::text_of(file)?;
    let mut records = Records::new(file.name, &text, reading.limits, &["record"])?;
    records.expect_root("data-set")?;
    let mut found = 0;
    while let Some(node) = records.next()? {
        found += 1;
        reading.emit(file.name, Place::Byte(node.offset), party(&node))?;
    }
    reading.bearable(file.name, reading.report.lost, found)
}

fn party(node: &Node) -> Draft {
    // `Russia / Russie`: English first.
    let regime = node.text_of("Country").split(" / ").next().unwrap_or_default();
    let (schedule, item) = (node.text_of("Schedule"), node.text_of("Item"));
    let id = ["ca", regime, schedule, item].map(slug).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let (family, ship) = (node.text_of("LastName"), node.text_of("ShipIMONumber"));
    let schema = match (family.is_empty(), ship.is_empty()) {
        (false, _) => Schema::Person,
        (true, false) => Schema::Vessel,
        (true, true) => Schema::Organization,
    };
    let mut draft = Draft::sanctioned(id.join("-"), schema);
    if schema == Schema::Person {
        draft.name_of_parts(node.text_of("GivenName"), family, NameKind::Primary);
    } else {
        draft.name(node.text_of("EntityOrShip"), NameKind::Primary);
    }
    for alias in aliases(node.text_of("Aliases")) {
        draft.name(&alias, NameKind::Alias);
    }
    draft.birth_date(node.text_of("DateOfBirthOrShipBuildDate"));
    draft.identifier(IdentifierKind::Imo, ship, "", "IMO");
    if schema == Schema::Vessel {
        draft.labelled_note("Type", node.text_of("TitleOrShip"));
    } else {
        draft.position(node.text_of("TitleOrShip"));
    }
    draft.programme(regime);
    draft.labelled_note("Schedule", &format!("{schedule}, item {item}"));
    // Some regimes are no country (`Extremist Settler Violence`): that is not worth a word.
    if let Some(code) = crate::country::code(regime) {
        draft.country_code(code, CountryRole::Other);
    }
    draft.entity.listed_on = draft.date("date of listing", node.text_of("DateOfListing"));
    draft.source_url("https://www.international.gc.ca/world-monde/international_relations-relations_internationales/sanctions/consolidated-consolide.aspx");
    draft
}

/// The names in a line: `A, Russian: Б; Stanko Co., Ltd.`
fn aliases(line: &str) -> Vec<String> {
    const FORMS: [&str; 12] =
        ["ltd", "llc", "inc", "co", "s a", "jsc", "ojsc", "pjsc", "ooo", "oao", "limited", "l l c"];
    const LANGUAGES: [&str; 8] =
        ["russian", "belarusian", "belarussian", "ukrainian", "persian", "arabic", "french", "english"];
    let mut names: Vec<String> = Vec::new();
    for (at, part) in line.split([',', ';']).enumerate() {
        let part = part.trim();
        let part = match part.split_once(':') {
            Some((language, name)) if LANGUAGES.contains(&language.trim().to_lowercase().as_str()) => name.trim(),
            _ => part,
        };
        let word = part.replace('.', " ").trim().to_lowercase();
        match names.last_mut().filter(|_| at > 0 && FORMS.contains(&word.as_str())) {
            // The comma was inside the name.
            Some(name) => {
                name.push_str(", ");
                name.push_str(part);
            }
            None if !part.is_empty() => names.push(part.to_owned()),
            None => {}
        }
    }
    names
}

/// Letters and digits, `-` between.
fn slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_told_apart() {
        assert_eq!(
            aliases("Otto Muster, Russian: Отто Мустер; Muster Co., Ltd., OOO Muster,"),
            ["Otto Muster", "Отто Мустер", "Muster Co., Ltd.", "OOO Muster"]
        );
        assert_eq!(aliases(""), Vec::<String>::new());
    }
}
