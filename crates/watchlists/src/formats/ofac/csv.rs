//! The legacy CSV set: `sdn.csv`, `alt.csv`, `add.csv`, `sdn_comments.csv`, or the same four as `cons_*.csv`.
//!
//! No header; `-0-` is null; Ctrl-Z ends the file. `ent_num` joins the four. The alternates, addresses and comments
//! are read first and kept until their entity comes by, so memory follows the three small files.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use rustc_hash::FxHashMap;

use super::super::draft::Draft;
use super::super::rows::{Flaw, Row, Rows};
use super::super::{DefectKind, FormatError, InputFile, Place, Reading, decode_reported, not_this, too_large};
use super::{name_kind, remarks, schema, source_url};
use crate::entity::{CountryRole, IdentifierKind, NameKind, Schema};

/// What a file of the set holds; the value is its number of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Comments = 2,
    Alternates = 5,
    Addresses = 6,
    Primary = 12,
}

/// Rows looked at to tell what a file is.
const SAMPLE_ROWS: usize = 25;

/// The published remarks of an entry are cut after so many characters; the comments file goes on from there.
const REMARKS_CHARS_MAX: usize = 1_000;

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let texts: Vec<(&str, Cow<'_, str>)> =
        files.iter().map(|file| (file.name, decode_reported(file, reading))).collect();
    let mut primary = None;
    let mut sides = Sides::default();
    let mut roles = Vec::new();
    for (file, text) in &texts {
        let Some(role) = role(file, text)? else { continue };
        if roles.contains(&role) {
            return Err(FormatError::NotOneList {
                why: format!("`{file}` is the second file with the columns of {role:?}"),
            });
        }
        roles.push(role);
        match role {
            Role::Primary => primary = Some((*file, text.as_ref())),
            side => sides.read(side, file, text, reading)?,
        }
    }
    let Some((file, text)) = primary else {
        return Err(FormatError::NotOneList {
            why: "none of the files has the twelve columns of `sdn.csv`".to_owned(),
        });
    };
    for (role, what) in [(Role::Alternates, "alternate names"), (Role::Addresses, "addresses")] {
        if !roles.contains(&role) {
            let why = format!("no file with the {what} was handed over: they are missing from the list");
            reading.defect(file, Place::File, DefectKind::MissingFile, why);
        }
    }
    read_primary(file, text, &mut sides, reading)?;
    sides.report_orphans(reading)
}

/// What a file of the set is: by its columns, and it must not be named for another role.
///
/// `None` for a file with nothing but its end mark, which an empty comments file is.
fn role(file: &str, text: &str) -> Result<Option<Role>, FormatError> {
    let mut widths = [0usize; 16];
    let mut rows = 0;
    for row in Rows::of_lines(text, ',').take(SAMPLE_ROWS) {
        rows += 1;
        if is_number(&row.cells[0]) {
            widths[row.cells.len().min(15)] += 1;
        }
    }
    let known = [Role::Primary, Role::Addresses, Role::Alternates, Role::Comments];
    let by_content =
        known.into_iter().max_by_key(|role| widths[*role as usize]).filter(|role| widths[*role as usize] > 0);
    let by_name = role_by_name(file);
    match (by_content, by_name) {
        (None, Some(Role::Comments)) if rows == 0 => Ok(None),
        (None, _) if rows == 0 => Err(FormatError::Empty { file: file.to_owned() }),
        (None, _) => Err(not_this(file, "no row has a number and the columns of one of OFAC's four files")),
        (Some(found), Some(named)) if found != named => {
            Err(not_this(file, format!("the name says {named:?}, the columns say {found:?}")))
        }
        (found, _) => Ok(found),
    }
}

/// The role that the usual names tell, `sdn.csv` and `cons_prim.csv` and so on.
fn role_by_name(file: &str) -> Option<Role> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    let last = stem.rsplit(['_', '-']).next().unwrap_or(stem);
    match last {
        "comments" => Some(Role::Comments),
        "alt" => Some(Role::Alternates),
        "add" => Some(Role::Addresses),
        "sdn" | "prim" => Some(Role::Primary),
        _ => None,
    }
}

fn read_primary(file: &str, text: &str, sides: &mut Sides<'_>, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let mut sound = Soundness::new(file, text, Role::Primary);
    let mut whole_rows = HashSet::new();
    let mut rows = Rows::of_lines(text, ',').peekable();
    while let Some(row) = rows.next() {
        let place = Place::Line(row.line);
        let is_last = rows.peek().is_none();
        if !sound.check(&row, is_last, reading)? {
            continue;
        }
        let cell = |at: usize| row.cells.get(at).map_or("", |cell| cell.as_ref());
        let uid = cell(0).trim();
        let mut hasher = DefaultHasher::new();
        row.cells.hash(&mut hasher);
        if !whole_rows.insert(hasher.finish()) {
            let why = format!("{uid}: the row stands twice, word for word");
            reading.defect(file, place, DefectKind::Repeated, why);
            continue;
        }
        let known = schema(cell(2));
        let mut draft = Draft::sanctioned(format!("ofac-{uid}"), known.unwrap_or(Schema::LegalEntity));
        if known.is_none() {
            draft.problems.push((DefectKind::UnknownKind, format!("{uid}: unknown kind of party")));
        }
        draft.inverted_name(cell(1), NameKind::Primary);
        for programme in cell(3).split(['[', ']']) {
            draft.programme(programme);
        }
        draft.position(cell(4));
        draft.identifier(IdentifierKind::CallSign, cell(5), "", "Call sign");
        draft.labelled_note("Type", cell(6));
        draft.labelled_note("Tonnage", cell(7));
        draft.labelled_note("Gross registered tonnage", cell(8));
        draft.country(cell(9), CountryRole::Jurisdiction);
        draft.link("owner", cell(10));
        draft.source_url(&source_url(uid));
        let side = uid.parse().ok().and_then(|uid: u64| sides.of.remove(&uid)).unwrap_or_default();
        let remarks = with_comment(cell(11), &side, &mut draft);
        remarks::read(&mut draft, &remarks);
        side.pour_into(&mut draft);
        reading.emit(file, place, draft)?;
    }
    sound.finish(reading)
}

/// The remarks of an entry, continued by its comment where they were cut.
fn with_comment<'a>(remarks: &'a str, side: &Side<'a>, draft: &mut Draft) -> Cow<'a, str> {
    // A blank at the cut may have been trimmed by whoever saved the file.
    let is_cut = remarks.chars().count() + 1 >= REMARKS_CHARS_MAX;
    match &side.comment {
        Some((_, comment)) if is_cut => format!("{remarks}{comment}").into(),
        Some((_, comment)) => {
            // Of another day: what it goes on from is not there.
            draft.note(comment);
            let why = format!("{}: a comment goes on from remarks that are not cut; kept as a note", draft.entity.id);
            draft.problems.push((DefectKind::Orphan, why));
            remarks.into()
        }
        None => {
            if is_cut {
                let why = format!("{}: the remarks are cut and no comment goes on", draft.entity.id);
                draft.problems.push((DefectKind::Cut, why));
            }
            remarks.into()
        }
    }
}

/// What the three side files say of one entry.
#[derive(Default)]
struct Side<'a> {
    alternates: Vec<(u64, Row<'a>)>,
    addresses: Vec<(u64, Row<'a>)>,
    comment: Option<(u64, Cow<'a, str>)>,
}

impl Side<'_> {
    fn pour_into(&self, draft: &mut Draft) {
        for (_, row) in &self.alternates {
            let cell = |at: usize| row.cells.get(at).map_or("", |cell| cell.as_ref());
            draft.inverted_name(cell(3), name_kind(cell(2)));
            draft.note(cell(4));
        }
        for (_, row) in &self.addresses {
            let cell = |at: usize| row.cells.get(at).map_or("", |cell| cell.as_ref());
            draft.address(&[cell(2), cell(3)], cell(4));
            draft.note(cell(5));
        }
    }
}

/// What the side files say, by entry.
#[derive(Default)]
struct Sides<'a> {
    of: FxHashMap<u64, Side<'a>>,
    /// The files read: what each is, its name, its rows.
    files: Vec<(Role, &'a str, u64)>,
}

impl<'a> Sides<'a> {
    fn read(&mut self, role: Role, file: &'a str, text: &'a str, reading: &mut Reading<'_>) -> Result<(), FormatError> {
        let mut sound = Soundness::new(file, text, role);
        let mut rows = Rows::of_lines(text, ',').peekable();
        while let Some(mut row) = rows.next() {
            let is_last = rows.peek().is_none();
            if !sound.check(&row, is_last, reading)? {
                continue;
            }
            let Ok(uid) = row.cells[0].trim().parse() else { continue };
            let side: &mut Side<'a> = self.of.entry(uid).or_default();
            match role {
                Role::Alternates => side.alternates.push((row.line, row)),
                Role::Addresses => side.addresses.push((row.line, row)),
                Role::Comments | Role::Primary => {
                    if let Some(text) = (row.cells.len() > 1).then(|| row.cells.swap_remove(1)) {
                        let comment = side.comment.get_or_insert((row.line, "".into()));
                        comment.1 += text;
                    }
                }
            }
        }
        self.files.push((role, file, sound.rows));
        sound.finish(reading)
    }

    /// Reports what found no entry; a side file most of whose rows find none belongs to another list.
    fn report_orphans(&self, reading: &mut Reading<'_>) -> Result<(), FormatError> {
        let mut orphans: Vec<(Role, u64, u64)> = Vec::new();
        for (&uid, side) in &self.of {
            orphans.extend(side.alternates.iter().map(|(line, _)| (Role::Alternates, *line, uid)));
            orphans.extend(side.addresses.iter().map(|(line, _)| (Role::Addresses, *line, uid)));
            orphans.extend(side.comment.iter().map(|(line, _)| (Role::Comments, *line, uid)));
        }
        orphans.sort_unstable_by_key(|(role, line, _)| (*role as u8, *line));
        for &(role, file, rows) in &self.files {
            let of_this = orphans.iter().filter(|(of, ..)| *of == role);
            let count = of_this.clone().count() as u64;
            if role != Role::Comments && count > 1 && count * 2 > rows {
                let why = format!("{count} of {rows} rows of `{file}` belong to no entry of the list");
                return Err(FormatError::NotOneList { why });
            }
            for (_, line, uid) in of_this {
                let why = format!("{uid}: no such entry in the list");
                reading.defect(file, Place::Line(*line), DefectKind::Orphan, why);
            }
        }
        Ok(())
    }
}

/// Counts the broken rows of one file, and tells a broken row from a broken end.
struct Soundness<'a> {
    file: &'a str,
    bytes: u64,
    unterminated: bool,
    role: Role,
    rows: u64,
    broken: u64,
}

impl<'a> Soundness<'a> {
    fn new(file: &'a str, text: &str, role: Role) -> Self {
        let unterminated = !text.ends_with(['\n', '\u{1a}']);
        Self { file, bytes: text.len() as u64, unterminated, role, rows: 0, broken: 0 }
    }

    /// Whether the row can be used. A key and a name are enough: a listed party must not be lost for a comma.
    fn check(&mut self, row: &Row<'_>, is_last: bool, reading: &mut Reading<'_>) -> Result<bool, FormatError> {
        let place = Place::Line(row.line);
        if self.rows == 0 && !is_number(&row.cells[0]) && row.cells.len() == self.role as usize && row.line == 1 {
            // Someone who saved the file again gave it a header.
            return Ok(false);
        }
        self.rows += 1;
        if row.bytes() > reading.limits.record_bytes_max {
            return Err(too_large(self.file, "bytes in one row", reading.limits.record_bytes_max as u64));
        }
        let columns = self.role as usize;
        // Without a line end, a row may be cut before its last cell, or inside it where that is a null: `-0-`.
        let last_cell = row.cells.last().map_or("", |cell| cell.trim());
        let is_cut = is_last && self.unterminated && last_cell.is_empty();
        if is_last && self.unterminated && matches!(last_cell, "-" | "-0") {
            let why = "the file ends inside the null of its last cell; nothing is missing".to_owned();
            reading.defect(self.file, place, DefectKind::Cut, why);
        }
        if is_last && (row.cells.len() < columns || row.flaw == Some(Flaw::Unclosed)) || is_cut {
            return Err(FormatError::Truncated {
                file: self.file.to_owned(),
                offset: self.bytes,
                why: format!("the last row, line {}, has {} of {columns} columns", row.line, row.cells.len()),
            });
        }
        if !is_number(&row.cells[0]) {
            self.broken += 1;
            let why = "no number where the entry's key should be".to_owned();
            reading.defect(self.file, place, DefectKind::Lost, why);
            return Ok(false);
        }
        if row.cells.len() != columns {
            self.broken += 1;
            let why = format!("{}: {} columns instead of {columns}", row.cells[0].trim(), row.cells.len());
            reading.defect(self.file, place, DefectKind::Shape, why);
        } else if row.flaw.is_some() {
            self.broken += 1;
            let why = format!("{}: quotes that do not match", row.cells[0].trim());
            reading.defect(self.file, place, DefectKind::Shape, why);
        }
        Ok(true)
    }

    fn finish(self, reading: &Reading<'_>) -> Result<(), FormatError> {
        reading.bearable(self.file, self.broken, self.rows)
    }
}

fn is_number(cell: &str) -> bool {
    let cell = cell.trim();
    !cell.is_empty() && cell.len() < 19 && cell.bytes().all(|byte| byte.is_ascii_digit())
}
