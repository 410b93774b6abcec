//! FollowTheMoney entities, JSON lines (`entities.ftm.json`), as OpenSanctions publishes them.
//!
//! One thing a line: parties, and what ties them (a family, an ownership, an occupancy of a position, a sanction, an
//! address). The first pass keeps what the ties say, by the party they belong to; the second gives the parties. Memory
//! follows the ties, not the file.

pub(crate) mod example;
mod joins;
mod line;
mod properties;
mod vocabulary;

use joins::Joins;
use line::Line;
pub(in crate::formats) use line::Properties;
use vocabulary::Role;
pub(in crate::formats) use vocabulary::topic;

use super::draft::Draft;
use super::{DefectKind, FormatError, InputFile, Place, Reading, not_this};
use crate::entity::{NameKind, Schema};
use crate::same::REFERENT;

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let mut joins = Joins::default();
    for file in files {
        if file.bytes.trim_ascii_start().starts_with(b"[") {
            return Err(not_this(file.name, "a JSON array, where one entity a line is expected"));
        }
        for (number, bytes) in lines(file.bytes) {
            if let Some(line) = Line::parse_tie(bytes, reading.limits.record_bytes_max)
                && joins.keep(&line, bytes.len())
            {
                let why = "a tie of more parties than are kept".to_owned();
                reading.defect(file.name, Place::Line(number), DefectKind::Cut, why);
            }
        }
    }
    for file in files {
        read_file(file, &mut joins, reading)?;
    }
    Ok(())
}

fn read_file(file: &InputFile<'_>, joins: &mut Joins, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let (mut rows, mut broken, mut good) = (0, 0, 0);
    let ends_with_newline = file.bytes.ends_with(b"\n");
    let mut rest = lines(file.bytes).peekable();
    while let Some((number, bytes)) = rest.next() {
        rows += 1;
        let place = Place::Line(number);
        let is_last = rest.peek().is_none();
        let (line, is_utf8) = match Line::parse(bytes, reading.limits.record_bytes_max) {
            Ok(parsed) => parsed,
            Err(_) if is_last && !ends_with_newline && good > 0 => {
                let why = format!("line {number} is not a whole entity and has no line end");
                let offset = file.bytes.len() as u64;
                return Err(FormatError::Truncated { file: file.name.to_owned(), offset, why });
            }
            Err(why) => {
                broken += 1;
                reading.defect(file.name, place, DefectKind::Lost, why.to_owned());
                continue;
            }
        };
        good += 1;
        if !is_utf8 {
            let why = format!("{}: bytes that are not UTF-8 were replaced", line.id);
            reading.defect(file.name, place, DefectKind::Encoding, why);
        }
        let schema = match vocabulary::role(&line.schema) {
            Role::Party(schema) => schema,
            // An address is joined to its parties; one that is listed itself has a topic.
            Role::Address if line.has("topics") => Schema::Address,
            Role::Address | Role::Tie => {
                reading.report.skipped += 1;
                continue;
            }
            Role::Unknown => Schema::Thing,
        };
        let draft = party(&line, schema, joins);
        if draft.entity.names.is_empty() {
            broken += 1;
        }
        reading.emit(file.name, place, draft)?;
    }
    if good == 0 && rows > 0 {
        return Err(not_this(file.name, "no line is an entity with an id, a schema and properties"));
    }
    reading.bearable(file.name, broken, rows)
}

/// Most ids of one party elsewhere that are kept.
const REFERENTS_MAX: usize = 64;

fn party(line: &Line<'_>, schema: Schema, joins: &mut Joins) -> Draft {
    let mut draft = Draft::new(line.id.to_string(), schema);
    if vocabulary::role(&line.schema) == Role::Unknown {
        draft.problems.push((DefectKind::UnknownKind, format!("{}: unknown schema", line.id)));
    }
    let mut odd = false;
    for property in &line.properties.0 {
        odd |= !property.is_list;
        properties::pour(&mut draft, property, joins);
    }
    if odd {
        let why = format!("{}: properties that are no lists; read as lists of one", line.id);
        draft.problems.push((DefectKind::Shape, why));
    }
    if draft.entity.names.is_empty() {
        properties::compose_name(&mut draft);
        // A wallet has no name but its address.
        let caption = line.caption.as_deref().filter(|caption| *caption != line.schema && *caption != line.id);
        let wallet = draft.entity.identifiers.first().filter(|_| schema == Schema::CryptoWallet);
        let name = caption.map(str::to_owned).or_else(|| wallet.map(|wallet| wallet.value.clone()));
        if let Some(name) = name.filter(|_| draft.entity.names.is_empty()) {
            draft.name(&name, NameKind::Primary);
        }
    }
    joins.pour_into(&mut draft, &line.id);
    // Beyond this many, an entity is no party but a cluster that went wrong.
    for referent in line.referents.iter().filter(|referent| **referent != line.id).take(REFERENTS_MAX) {
        draft.link(REFERENT, referent);
    }
    draft
}

/// The lines with something in them, numbered from 1.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes
        .split(|&byte| byte == b'\n')
        .zip(1..)
        .map(|(line, number)| (number, line.trim_ascii()))
        .filter(|(_, line)| !line.is_empty() && *line != b"\x1a")
}
