//! Occupations by words, in the languages that senders use most.

use std::sync::LazyLock;

use super::Risk;

static TABLE: LazyLock<Vec<(&'static str, Risk)>> = LazyLock::new(|| {
    let read = |row: Vec<&'static str>| Some((*row.first()?, Risk::parse(row.get(1)?)?));
    super::rows(include_str!("occupations.csv")).filter_map(read).collect()
});

/// The risk of an occupation, in lower case; the worst word in it counts, and one that says nothing to us is standard.
#[must_use]
pub fn risk(occupation: &str) -> Risk {
    let words: Vec<&str> = occupation.split(|c: char| !c.is_alphanumeric()).collect();
    let says = |known: &str| {
        if known.contains(' ') { occupation.contains(known) } else { words.contains(&known) }
    };
    TABLE.iter().filter(|(known, _)| says(known)).map(|&(_, risk)| risk).max().unwrap_or(Risk::Standard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        assert_eq!(TABLE.len(), super::super::rows(include_str!("occupations.csv")).count());
    }

    #[test]
    fn the_worst_word_counts() {
        for (occupation, expected) in [
            ("teacher", Risk::Low),
            ("teacher and art dealer", Risk::High),
            ("member of parliament", Risk::VeryHigh),
            ("plumber", Risk::Standard),
            ("", Risk::Standard),
        ] {
            assert_eq!(risk(occupation), expected, "{occupation}");
        }
    }
}
