//! Rows of separated values, with the line each began on and what is wrong with it.
//!
//! Readers that join lines until a quote closes turn one stray quote into a hundred missing rows, silently. This one
//! gives a broken row for a broken row: a quote that closes before the cell does is reported, one that never closes
//! ends with the line where the format has one record a line, and with a refusal where it has not.

use std::borrow::Cow;

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The line it began on, from 1.
    pub line: u64,
    /// Its cells, unquoted; trimmed where they were not quoted (OFAC cuts its remarks at a byte, blank or not).
    pub cells: Vec<Cow<'a, str>>,
    /// What is wrong with its quoting, if anything.
    pub flaw: Option<Flaw>,
}

impl Row<'_> {
    /// Bytes of all its cells.
    pub fn bytes(&self) -> usize {
        self.cells.iter().map(|cell| cell.len()).sum()
    }
}

/// What is wrong with a row's quoting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A quote opened and did not close.
    Unclosed,
    /// Something stands between a closing quote and the end of its cell.
    AfterQuote,
    /// More cells than any format has; the rest of the row was left out.
    TooManyCells,
}

/// Cells of one row; the widest format (EU FSF CSV) has 59.
const CELLS_MAX: usize = 512;

/// What is copied of one cell at most, twice what a record may have by default: a cell with quotes in it has to be put
/// together, and is told to be too long by whoever asks for its row.
const COPIED_BYTES_MAX: usize = 32 << 20;

/// Ends OFAC's files, as it ended those of CP/M.
const CTRL_Z: char = '\u{1a}';

/// Reads rows one by one.
pub(super) struct Rows<'a> {
    rest: &'a str,
    line: u64,
    separator: char,
    /// Whether a quoted cell may go on over the end of a line.
    multiline: bool,
}

impl<'a> Rows<'a> {
    /// Rows of one line each, whatever quotes say.
    pub fn of_lines(text: &'a str, separator: char) -> Self {
        Self { rest: text.trim_end_matches(CTRL_Z), line: 1, separator, multiline: false }
    }

    /// Rows whose quoted cells may hold line ends.
    pub fn of_cells(text: &'a str, separator: char) -> Self {
        Self { rest: text.trim_end_matches(CTRL_Z), line: 1, separator, multiline: true }
    }

    /// One cell off the front; says how it ended.
    fn cell(&mut self, flaw: &mut Option<Flaw>) -> (Cow<'a, str>, End) {
        let plain = self.rest.trim_start_matches([' ', '\t']);
        // A tab that separates is not a blank to skip.
        if let Some(quoted) = plain.strip_prefix('"').filter(|_| self.separator != '\t' || self.rest.starts_with('"')) {
            return self.quoted_cell(quoted, flaw);
        }
        let at = self.rest.find([self.separator, '\n']).unwrap_or(self.rest.len());
        let cell = self.rest[..at].trim();
        let end = self.step_over(at);
        (cell.into(), end)
    }

    fn quoted_cell(&mut self, start: &'a str, flaw: &mut Option<Flaw>) -> (Cow<'a, str>, End) {
        let mut cell: Cow<'a, str> = "".into();
        let mut from = start;
        loop {
            let Some(at) = from.find(if self.multiline { &['"'][..] } else { &['"', '\n'][..] }) else {
                flaw.get_or_insert(Flaw::Unclosed);
                if cell.len() < COPIED_BYTES_MAX {
                    cell += &from[..from.floor_char_boundary(COPIED_BYTES_MAX)];
                }
                self.line += newlines(start);
                self.rest = "";
                return (cell, End::Text);
            };
            if cell.len() < COPIED_BYTES_MAX {
                cell += &from[..at];
            }
            if from[at..].starts_with('\n') {
                flaw.get_or_insert(Flaw::Unclosed);
                self.rest = &from[at..];
                let end = self.step_over(0);
                let cell = match cell {
                    Cow::Borrowed(cell) => cell.trim_end().into(),
                    Cow::Owned(cell) => cell.trim_end().to_owned().into(),
                };
                return (cell, end);
            }
            let after = &from[at + 1..];
            if let Some(next) = after.strip_prefix('"') {
                if cell.len() < COPIED_BYTES_MAX {
                    cell += "\"";
                }
                from = next;
                continue;
            }
            self.line += newlines(&start[..start.len() - after.len()]);
            self.rest = after;
            let stop = after.find([self.separator, '\n']).unwrap_or(after.len());
            if !after[..stop].trim().is_empty() {
                // `"Bank "Nord" AG"`: the quotes were not doubled. What stands there is kept, so that no name is lost.
                flaw.get_or_insert(Flaw::AfterQuote);
                cell += "\"";
                cell += after[..stop].trim_end().trim_end_matches('"');
            }
            let end = self.step_over(stop);
            return (cell, end);
        }
    }

    /// Moves past a separator or line end at this byte of what is left.
    fn step_over(&mut self, at: usize) -> End {
        let mut tail = self.rest[at..].chars();
        let end = match tail.next() {
            None => End::Text,
            Some('\n') => {
                self.line += 1;
                End::Line
            }
            Some(_) => End::Cell,
        };
        self.rest = tail.as_str();
        end
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    /// The next row; blank lines are no rows.
    fn next(&mut self) -> Option<Row<'a>> {
        while !self.rest.is_empty() {
            let (line, mut cells, mut flaw) = (self.line, Vec::new(), None);
            loop {
                let (cell, end) = self.cell(&mut flaw);
                if cells.len() < CELLS_MAX {
                    cells.push(cell);
                } else {
                    flaw.get_or_insert(Flaw::TooManyCells);
                }
                if !matches!(end, End::Cell) {
                    break;
                }
            }
            if cells.len() > 1 || !cells[0].trim().is_empty() || flaw.is_some() {
                return Some(Row { line, cells, flaw });
            }
        }
        None
    }
}

enum End {
    Cell,
    Line,
    Text,
}

fn newlines(text: &str) -> u64 {
    text.bytes().filter(|&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str) -> Vec<(u64, Vec<String>, Option<Flaw>)> {
        Rows::of_lines(text, ',')
            .map(|row| (row.line, row.cells.iter().map(|cell| cell.clone().into_owned()).collect(), row.flaw))
            .collect()
    }

    fn owned(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn rows_end_with_any_line_end_and_with_ctrl_z() {
        let expected = vec![(1, owned(&["36", "A, B", "-0-"]), None), (2, owned(&["37", "C \"D\"", ""]), None)];
        for text in [
            "36,\"A, B\",-0- \n37,\"C \"\"D\"\"\",\n",
            "36,\"A, B\",-0- \r\n37,\"C \"\"D\"\"\",\r\n\u{1a}",
            "36,\"A, B\" ,-0- \n37,\"C \"\"D\"\"\",",
        ] {
            assert_eq!(cells(text), expected, "{text:?}");
        }
        assert_eq!(cells("\u{1a}"), vec![]);
        assert_eq!(cells("\n\n1,2\n\n3,4")[1].0, 5);
    }

    #[test]
    fn a_stray_quote_breaks_its_own_row_only() {
        let rows = cells("1,\"ends never, x\n2,\"B\"\n3,\"Bank \"Nord\" AG\",z\n4,D\n");
        assert_eq!(rows[0], (1, owned(&["1", "ends never, x"]), Some(Flaw::Unclosed)));
        assert_eq!(rows[1], (2, owned(&["2", "B"]), None));
        assert_eq!(rows[2], (3, owned(&["3", "Bank \"Nord\" AG", "z"]), Some(Flaw::AfterQuote)));
        assert_eq!(rows[3], (4, owned(&["4", "D"]), None));
    }

    #[test]
    fn a_cell_may_span_lines_where_its_format_allows_it() {
        let rows: Vec<_> = Rows::of_cells("a;\"one\ntwo\";b\nc;d;\"never", ';').collect();
        assert_eq!(rows[0].cells, ["a", "one\ntwo", "b"]);
        assert_eq!((rows[1].line, rows[1].flaw), (3, Some(Flaw::Unclosed)));
    }

    #[test]
    fn tabs_separate_empty_cells() {
        let rows: Vec<_> = Rows::of_lines("a\t\t\"b\"\tc\n", '\t').collect();
        assert_eq!(rows[0].cells, ["a", "", "b", "c"]);
    }

    proptest! {
        #[test]
        fn what_is_written_well_is_read_as_written(table in proptest::collection::vec(
            proptest::collection::vec("[a-z\", \n'é;]{0,8}", 2..5), 1..6,
        )) {
            let text: String = table
                .iter()
                .map(|row| {
                    let cells: Vec<String> =
                        row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
                    cells.join(",") + "\r\n"
                })
                .collect();
            let read: Vec<Vec<String>> = Rows::of_cells(&text, ',')
                .map(|row| row.cells.iter().map(|cell| cell.clone().into_owned()).collect())
                .collect();
            prop_assert_eq!(&read, &table);
            // And as the usual reader reads it.
            let mut usual = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let usual: Vec<Vec<String>> = usual
                .records()
                .map(|record| record.expect("it is well formed").iter().map(str::to_owned).collect())
                .collect();
            prop_assert_eq!(&read, &usual);
        }

        #[test]
        fn any_text_ends(text in "(?s)[\",;\n\r\\x1aa-cé]{0,200}") {
            let lines = text.lines().count() as u64;
            for rows in [Rows::of_lines(&text, ','), Rows::of_cells(&text, ';')] {
                for row in rows {
                    prop_assert!(row.line <= lines);
                }
            }
        }
    }
}
