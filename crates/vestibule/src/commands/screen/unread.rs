//! What rows said and could not be asked: counted, and told by line. Values are personal data and are not repeated.

use std::collections::BTreeMap;

/// Lines named one by one; the rest are counted.
const LINES_SHOWN: usize = 5;

/// What of a row is not part of its screening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// No name with anything to compare, and no number either.
    Everything,
    /// No name to compare: its numbers alone were looked for.
    Name,
    /// A date of birth that cannot be read, or can be in two ways.
    BirthDate,
    /// A country that is none.
    Country,
    /// A kind of party that is none.
    Schema,
}

/// Which lines have what unread.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<Unread, (u64, Vec<u64>)>);

impl Tally {
    /// Takes down what is unread in a line.
    pub fn add(&mut self, line: u64, unread: &[Unread]) {
        for what in unread {
            let (count, lines) = self.0.entry(*what).or_default();
            *count += 1;
            if lines.len() < LINES_SHOWN {
                lines.push(line);
            }
        }
    }

    /// How many rows were not screened at all.
    pub fn not_screened(&self) -> u64 {
        self.0.get(&Unread::Everything).map_or(0, |(count, _)| *count)
    }

    /// One sentence for each kind of thing that is unread.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(what, (count, lines))| {
            let what = match what {
                Unread::Everything => "not screened: no name to compare",
                Unread::Name => "screened by numbers alone: no name to compare",
                Unread::BirthDate => "screened without the date of birth: write it as 1966-09-08 or 8 Sep 1966",
                Unread::Country => "screened without a country: it is not known",
                Unread::Schema => "screened against every kind of entry: the schema is not known",
            };
            let named = lines.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            let more = if *count > lines.len() as u64 { " ..." } else { "" };
            let (rows, word) = if *count == 1 { ("row", "line") } else { ("rows", "lines") };
            format!("{count} {rows} {what} ({word} {named}{more})")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_and_the_rest_is_counted() {
        let mut tally = Tally::default();
        tally.add(2, &[Unread::BirthDate, Unread::Everything]);
        for line in 3..10 {
            tally.add(line, &[Unread::BirthDate]);
        }
        assert_eq!(tally.not_screened(), 1);
        let sentences: Vec<String> = tally.sentences().collect();
        assert_eq!(sentences[0], "1 row not screened: no name to compare (line 2)");
        assert!(
            sentences[1].starts_with("8 rows ") && sentences[1].ends_with("(lines 2, 3, 4, 5, 6 ...)"),
            "{sentences:?}"
        );
    }
}
