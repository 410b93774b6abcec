//! An institution's own list: CSV with a header, or JSON lines with the same words as keys.
//!
//! Only `name` is needed. Every word is taken in any case and with or without `_`. A column that is not known is kept
//! as notes and reported once. Without `topics`, a party is on the list because the institution does not serve it.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::draft::Draft;
use super::ftm::{self, Properties};
use super::table::{Table, folded, values};
use super::{DefectKind, FormatError, InputFile, Place, Reading, decode_reported, not_this};
use crate::entity::{CountryRole, IdentifierKind, NameKind, Schema, Topic};

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    for file in files {
        let text = decode_reported(file, reading);
        if text.trim_start().starts_with('{') {
            read_json(file.name, &text, reading)?;
        } else if text.trim_start().starts_with(['[', '<']) {
            return Err(not_this(file.name, "neither CSV with a header nor one JSON object a line"));
        } else {
            read_csv(file.name, &text, reading)?;
        }
    }
    Ok(())
}

fn read_csv(file: &str, text: &str, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let head = text.lines().next().unwrap_or_default();
    let most = |separator: &char| head.matches(*separator).count();
    let separator = [',', ';', '\t'].into_iter().max_by_key(most).unwrap_or(',');
    let mut table = Table::open(file, text, separator, &[])?;
    let columns: Vec<String> = table.header().iter().map(|name| folded(name)).collect();
    if !columns.iter().any(|word| is_name(word)) {
        return Err(not_this(file, "the header has no column `name`, and none `last_name`"));
    }
    for (word, name) in columns.iter().zip(table.header()) {
        if !is_known(word) {
            let why = format!("the column `{name}` is not known; its values are kept as notes");
            reading.defect(file, Place::Line(1), DefectKind::Shape, why);
        }
    }
    while let Some(row) = table.next(reading)? {
        let place = row.place;
        let cells: Vec<_> = columns.iter().map(|word| (word.as_str(), cell_values(word, row.get(word)))).collect();
        let draft = party(&cells);
        reading.emit(file, place, draft)?;
    }
    table.finish(reading)
}

fn read_json(file: &str, text: &str, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let (mut rows, mut broken) = (0, 0);
    let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).peekable();
    while let Some((line, number)) = lines.next() {
        rows += 1;
        let place = Place::Line(number);
        let properties = match serde_json::from_str::<Properties<'_>>(line) {
            Ok(properties) => properties.0,
            Err(_) if lines.peek().is_none() && !text.ends_with('\n') && rows > 1 => {
                let (offset, why) = (text.len() as u64, format!("line {number} is not a whole object"));
                return Err(FormatError::Truncated { file: file.to_owned(), offset, why });
            }
            Err(_) => {
                broken += 1;
                reading.defect(file, place, DefectKind::Lost, "not a JSON object".to_owned());
                continue;
            }
        };
        let words: Vec<(String, Vec<Cow<'_, str>>)> =
            properties.into_iter().map(|property| (folded(&property.name), property.values)).collect();
        for (word, _) in words.iter().filter(|(word, _)| !is_known(word)) {
            let why = format!("the key `{}` is not known; its values are kept as notes", capped(word));
            reading.defect(file, place, DefectKind::Shape, why);
        }
        let fields: Vec<_> = words.iter().map(|(word, values)| (word.as_str(), values.clone())).collect();
        let draft = party(&fields);
        broken += u64::from(draft.entity.names.is_empty());
        reading.emit(file, place, draft)?;
    }
    reading.bearable(file, broken, rows)
}

/// The words for the family half of a name.
const FAMILY: [&str; 3] = ["lastname", "surname", "familyname"];

/// What a word means. The first of each line is the one the documentation gives.
fn field(word: &str) -> Option<Field> {
    use Field::{Country, Id, Name, Plain};
    Some(match word {
        "id" | "key" | "reference" | "schema" | "type" | "kind" | "entitytype" => Plain,
        "firstname" | "givenname" | "lastname" | "surname" | "familyname" => Plain,
        "name" | "fullname" => Name(NameKind::Primary),
        "aliases" | "alias" | "aka" | "alternatenames" => Name(NameKind::Alias),
        "weakaliases" | "weakalias" | "nicknames" => Name(NameKind::Weak),
        "previousnames" | "previousname" | "formernames" | "fka" => Name(NameKind::Former),
        "birthdate" | "birthdates" | "dateofbirth" | "birthday" | "dob" | "incorporationdate" => Field::BirthDate,
        "birthplace" | "placeofbirth" | "pob" => Field::BirthPlace,
        "nationality" | "nationalities" | "citizenship" | "citizenships" => Country(CountryRole::Nationality),
        "residence" | "countryofresidence" => Country(CountryRole::Residence),
        "jurisdiction" | "flag" => Country(CountryRole::Jurisdiction),
        "countries" | "country" => Country(CountryRole::Other),
        "gender" | "sex" => Field::Gender,
        "passport" | "passports" | "passportnumber" => Id(IdentifierKind::Passport),
        "nationalid" | "nationalids" | "idnumber" => Id(IdentifierKind::NationalId),
        "taxid" | "taxids" | "taxnumber" | "ssn" | "vat" => Id(IdentifierKind::TaxId),
        "registrationnumber" | "registrationnumbers" | "companynumber" => Id(IdentifierKind::Registration),
        "lei" => Id(IdentifierKind::Lei),
        "bic" | "swift" => Id(IdentifierKind::Bic),
        "imo" | "imonumber" => Id(IdentifierKind::Imo),
        "wallets" | "wallet" | "walletaddress" => Id(IdentifierKind::Wallet),
        "identifiers" | "identifier" => Id(IdentifierKind::Other),
        "addresses" | "address" => Field::Address,
        "positions" | "position" | "title" => Field::Position,
        "topics" | "topic" | "category" => Field::Topic,
        "programmes" | "programme" | "programs" | "program" => Field::Programme,
        "notes" | "note" | "reason" | "remarks" => Field::Note,
        "sourceurl" | "url" => Field::SourceUrl,
        "listedon" | "dateadded" => Field::ListedOn,
        _ => return None,
    })
}

#[derive(Clone, Copy)]
enum Field {
    Name(NameKind),
    BirthDate,
    BirthPlace,
    Country(CountryRole),
    Gender,
    Id(IdentifierKind),
    Address,
    Position,
    Topic,
    Programme,
    Note,
    SourceUrl,
    ListedOn,
    /// Read on its own.
    Plain,
}

fn is_known(word: &str) -> bool {
    field(word).is_some()
}

/// Whether a word is one that a party can be called by.
fn is_name(word: &str) -> bool {
    matches!(field(word), Some(Field::Name(NameKind::Primary))) || FAMILY.contains(&word)
}

/// A cell holds several values with `;` or `|` between, except where a sentence may stand.
fn cell_values<'a>(word: &str, cell: &'a str) -> Vec<Cow<'a, str>> {
    match field(word) {
        Some(Field::Note | Field::Plain | Field::Address | Field::SourceUrl) | None => vec![cell.into()],
        Some(Field::Name(NameKind::Primary)) => vec![cell.into()],
        Some(_) if cell.contains('|') => values(cell, '|').into_iter().map(Cow::from).collect(),
        Some(_) => values(cell, ';').into_iter().map(Cow::from).collect(),
    }
}

fn party(fields: &[(&str, Vec<Cow<'_, str>>)]) -> Draft {
    let first = |words: &[&str]| {
        let found = fields.iter().find(|(word, values)| words.contains(word) && !values.is_empty());
        found.map_or("", |(_, values)| values[0].trim())
    };
    let (given, family) = (first(&["firstname", "givenname"]), first(&FAMILY));
    let key = first(&["id", "key", "reference"]);
    let id = if key.is_empty() { content_key(fields) } else { format!("custom-{key}") };
    let word = first(&["schema", "type", "kind", "entitytype"]);
    let is_person =
        word.is_empty() && (!family.is_empty() || !first(&["birthdate", "dateofbirth", "birthday", "dob"]).is_empty());
    let mut draft = if is_person { Draft::new(id, Schema::Person) } else { Draft::of_schema_word(id, word) };
    for (word, values) in fields {
        for value in values {
            pour(&mut draft, word, value);
        }
    }
    if !draft.has_primary {
        draft.name_of_parts(given, family, NameKind::Primary);
    } else if !family.is_empty() {
        draft.entity.parts.given.push(given.to_owned());
        draft.entity.parts.family.push(family.to_owned());
    }
    if draft.entity.topics == crate::entity::Topics::NONE {
        draft.topic(Topic::Blocked);
    }
    draft
}

fn pour(draft: &mut Draft, word: &str, value: &str) {
    match field(word) {
        // A person may be written the other way round, as lists do.
        Some(Field::Name(kind)) => draft.inverted_name(value, kind),
        Some(Field::BirthDate) => draft.birth_date(value),
        Some(Field::BirthPlace) => draft.birth_place(value),
        Some(Field::Country(role)) => draft.country(value, role),
        Some(Field::Gender) => draft.gender(value),
        Some(Field::Id(kind)) => draft.identifier(kind, value, "", word),
        Some(Field::Address) => draft.address(&[value], ""),
        Some(Field::Position) => draft.position(value),
        Some(Field::Topic) => match own_topic(value) {
            Some(topic) => draft.topic(topic),
            None => draft.labelled_note("topics", value),
        },
        Some(Field::Programme) => draft.programme(value),
        Some(Field::Note) => draft.note(value),
        Some(Field::SourceUrl) => draft.source_url(value),
        Some(Field::ListedOn) => draft.entity.listed_on = draft.date("date of listing", value),
        Some(Field::Plain) => {}
        None => draft.labelled_note(&capped(word), value),
    }
}

/// A word of the file, short enough to repeat.
fn capped(word: &str) -> String {
    word.chars().take(64).collect()
}

/// FollowTheMoney's topics, and the words people use for them.
fn own_topic(word: &str) -> Option<Topic> {
    let word = word.trim().to_ascii_lowercase();
    Some(match word.as_str() {
        "blocked" | "block" | "blocklist" | "blacklist" | "internal" => Topic::Blocked,
        "pep" => Topic::Pep,
        "rca" => Topic::Rca,
        "sanctions" | "sanctioned" => Topic::Sanction,
        "adverse" | "adverse media" | "adverse.media" | "adverse-media" | "media" => Topic::AdverseMedia,
        "regulatory" | "regulatory action" => Topic::Regulatory,
        "special interest" | "sip" | "sie" => Topic::Interest,
        "fraud" => Topic::Crime,
        topic => return ftm::topic(topic),
    })
}

/// A key from the content, so that the same row has the same key in the next version of the list.
fn content_key(fields: &[(&str, Vec<Cow<'_, str>>)]) -> String {
    let mut hash = Sha256::new();
    for (word, values) in fields {
        if matches!(field(word), Some(Field::Name(NameKind::Primary) | Field::BirthDate | Field::Plain)) {
            for value in values {
                hash.update(word.as_bytes());
                hash.update([0]);
                hash.update(value.trim().to_lowercase().as_bytes());
                hash.update([0]);
            }
        }
    }
    format!("custom-{}", hex::encode(&hash.finalize()[..8]))
}
