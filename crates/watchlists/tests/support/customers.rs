//! Labelled customers, and a list of politicians in a format of its own.

use std::path::Path;

use watchlists::{
    Country, CountryRole, DateRange, Entity, Gender, IndexBuilder, ListedName, NameKind, Query, Schema, Topic, Topics,
    country,
};

/// The members of the US Congress as a list of politically exposed persons.
pub fn congress(lists: &Path, builder: &mut IndexBuilder) {
    let list = builder.list("us-congress", "test");
    for file in ["legislators-current.csv", "legislators-historical.csv"] {
        for row in table(&lists.join("pep/congress_legislators").join(file)) {
            let cell = |column: &str| row.get(column);
            let mut entity = Entity::new(cell("bioguide_id"), Schema::Person, cell("full_name"));
            let parts = [cell("first_name"), cell("middle_name"), cell("last_name"), cell("suffix")];
            let full = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
            let mut also = vec![full];
            if !cell("nickname").is_empty() {
                also.push(format!("{} {}", cell("nickname"), cell("last_name")));
            }
            if entity.names[0].text.is_empty() {
                entity.names.clear();
            }
            for (text, kind) in also.into_iter().zip([NameKind::Primary, NameKind::Alias]) {
                entity.names.push(ListedName { text, kind, language: None });
            }
            entity.topics = Topics::of(Topic::Pep);
            entity.birth_dates = DateRange::parse_iso(cell("birthday")).into_iter().collect();
            entity.gender = match cell("gender") {
                "F" => Some(Gender::Female),
                "M" => Some(Gender::Male),
                _ => None,
            };
            entity.countries = vec![Country { code: "us".to_owned(), role: CountryRole::Nationality }];
            builder.add(list, &entity);
        }
    }
}

/// A row of a table with a header.
pub struct Row {
    header: csv::StringRecord,
    cells: csv::StringRecord,
}

impl Row {
    /// The cell of a column.
    pub fn get(&self, column: &str) -> &str {
        let at = self.header.iter().position(|known| known == column).expect("the table has the column");
        self.cells.get(at).unwrap_or("").trim()
    }
}

/// The rows of a table with a header.
pub fn table(path: &Path) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).expect("the table is in the folder");
    let header = reader.headers().expect("a header").clone();
    reader.records().map(|cells| Row { header: header.clone(), cells: cells.expect("a readable row") }).collect()
}

/// The customer of a row: name, birth date, gender, nationality and place of birth.
pub fn customer(row: &Row) -> Query {
    let mut query = Query::named(Schema::Person, row.get("full_name"));
    query.birth_date = loose_date(row.get("date_of_birth"));
    query.gender = match row.get("gender") {
        "male" => Some(Gender::Male),
        "female" => Some(Gender::Female),
        _ => None,
    };
    if let Some(code) = country::code(row.get("nationality")) {
        query.countries = vec![Country { code: code.to_owned(), role: CountryRole::Nationality }];
    }
    if !row.get("place_of_birth").is_empty() {
        query.birth_places = vec![row.get("place_of_birth").to_owned()];
    }
    query
}

/// A date as damaged data has it: months and days of one digit; a month that does not exist leaves the year.
fn loose_date(text: &str) -> Option<DateRange> {
    let padded: Vec<String> = text.split('-').map(|part| format!("{part:0>2}")).collect();
    DateRange::parse_iso(&padded.join("-")).or_else(|| DateRange::parse_iso(padded.first()?))
}
