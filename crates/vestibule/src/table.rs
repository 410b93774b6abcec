//! Plain tables for a terminal.

/// Rows in columns as wide as their longest cell, two blanks apart.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    let lines = || std::iter::once(&header).chain(rows);
    let width = |column: usize| lines().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..header.len()).map(|column| width(column).unwrap_or_default()).collect();
    let mut out = String::new();
    for row in lines() {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_line_up() {
        let rows = [vec!["un".to_owned(), "877".to_owned()], vec!["ofac-sdn".to_owned(), "3".to_owned()]];
        assert_eq!(table(&["list", "entries"], &rows), "list      entries\nun        877\nofac-sdn  3\n");
    }
}
