//! Separated values with a header: cells by the name of their column, in whatever order and case it stands.

use std::iter::Peekable;

use rustc_hash::FxHashMap;

use super::rows::{Flaw, Row, Rows};
use super::{DefectKind, FormatError, Place, Reading, not_this, too_large};

/// A table that is read row by row.
pub(super) struct Table<'a> {
    file: &'a str,
    bytes: u64,
    columns: FxHashMap<String, usize>,
    header: Vec<String>,
    rows: Peekable<Rows<'a>>,
    /// Rows so far, and those that were broken.
    pub counted: u64,
    pub broken: u64,
}

/// One row of a table.
pub(super) struct Record<'t, 'a> {
    pub place: Place,
    row: Row<'a>,
    columns: &'t FxHashMap<String, usize>,
}

impl<'a> Table<'a> {
    /// Reads the header, which must be the first row of the text and have the given columns.
    pub fn open(file: &'a str, text: &'a str, separator: char, needed: &[&str]) -> Result<Self, FormatError> {
        let mut rows = Rows::of_cells(text, separator).peekable();
        let Some(first) = rows.next() else { return Err(FormatError::Empty { file: file.to_owned() }) };
        let header: Vec<String> = first.cells.iter().map(|cell| cell.trim().to_owned()).collect();
        let mut columns = FxHashMap::default();
        for (at, name) in header.iter().enumerate() {
            // Where a name stands twice (the key in EU's CSV), the first one counts.
            columns.entry(folded(name)).or_insert(at);
        }
        for name in needed {
            if !columns.contains_key(*name) {
                return Err(not_this(file, format!("the header has no column `{name}`")));
            }
        }
        Ok(Self { file, bytes: text.len() as u64, columns, header, rows, counted: 0, broken: 0 })
    }

    /// The names of the columns, as the header has them.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The next row. One of another width is a defect and read as far as it goes; as the last one it is a cut file.
    pub fn next(&mut self, reading: &mut Reading<'_>) -> Result<Option<Record<'_, 'a>>, FormatError> {
        let width = self.header.len();
        loop {
            let Some(row) = self.rows.next() else { return Ok(None) };
            if row.cells.iter().zip(&self.header).all(|(cell, name)| cell.trim() == name) && row.cells.len() == width {
                // The header again, as the Consolidated Screening List has it.
                continue;
            }
            self.counted += 1;
            if row.bytes() > reading.limits.record_bytes_max {
                return Err(too_large(self.file, "bytes in one row", reading.limits.record_bytes_max as u64));
            }
            let is_last = self.rows.peek().is_none();
            let place = Place::Line(row.line);
            if is_last && (row.cells.len() < width || row.flaw == Some(Flaw::Unclosed)) {
                return Err(FormatError::Truncated {
                    file: self.file.to_owned(),
                    offset: self.bytes,
                    why: format!("the last row, line {}, has {} of {width} columns", row.line, row.cells.len()),
                });
            }
            if row.cells.len() != width || row.flaw.is_some() {
                self.broken += 1;
                let why = match row.flaw {
                    Some(_) => "quotes that do not match".to_owned(),
                    None => format!("{} columns instead of {width}", row.cells.len()),
                };
                reading.defect(self.file, place, DefectKind::Shape, why);
            }
            return Ok(Some(Record { place, row, columns: &self.columns }));
        }
    }

    /// Refuses a table of which too much was broken.
    pub fn finish(self, reading: &Reading<'_>) -> Result<(), FormatError> {
        reading.bearable(self.file, self.broken + reading.report.lost, self.counted)
    }
}

impl Record<'_, '_> {
    /// The cell under a column, by its folded name; nothing if there is no such column.
    pub fn get(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|&at| self.row.cells.get(at)).map_or("", |cell| cell.trim())
    }

    /// The values of a cell that holds several, with `;` between; one that holds a `;` itself is quoted again.
    pub fn all(&self, column: &str) -> Vec<String> {
        values(self.get(column), ';')
    }
}

/// The letters and digits of a column's name: `Alias Type`, `alias_type` and `AliasType` are one.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The values of a text that holds several.
pub(super) fn values(text: &str, separator: char) -> Vec<String> {
    let cells = Rows::of_cells(text, separator).flat_map(|row| row.cells);
    cells.map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_a_cell_may_be_quoted_again() {
        assert_eq!(values("A;\"B \"\"C\"\"; D\"; E ;", ';'), ["A", "B \"C\"; D", "E"]);
        assert_eq!(values("\"\"", ';'), Vec::<String>::new());
    }
}
