//! Industries by ISO 18245 merchant category code.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Risk;

static TABLE: LazyLock<HashMap<&'static str, Risk>> = LazyLock::new(|| {
    let read = |row: Vec<&'static str>| Some((*row.first()?, Risk::parse(row.get(1)?)?));
    super::rows(include_str!("industries.csv")).filter_map(read).collect()
});

/// Words that tell a risky trade where no code does.
const WORDS: &[(&str, Risk)] = &[
    ("gambling", Risk::VeryHigh),
    ("casino", Risk::VeryHigh),
    ("betting", Risk::VeryHigh),
    ("crypto", Risk::VeryHigh),
    ("virtual asset", Risk::VeryHigh),
    ("money service", Risk::VeryHigh),
    ("money transfer", Risk::VeryHigh),
    ("remittance", Risk::VeryHigh),
    ("arms", Risk::VeryHigh),
    ("weapon", Risk::VeryHigh),
    ("adult", Risk::High),
    ("precious", Risk::High),
    ("jewel", Risk::High),
    ("pawn", Risk::High),
    ("real estate", Risk::High),
    ("charity", Risk::High),
    ("cash", Risk::High),
    ("financial services", Risk::High),
];

/// The risk of one code or word; `None` for a word that says nothing to us. A code that is not in the table is standard.
#[must_use]
pub fn risk(industry: &str) -> Option<Risk> {
    if industry.len() == 4 && industry.bytes().all(|b| b.is_ascii_digit()) {
        return Some(TABLE.get(industry).copied().unwrap_or(Risk::Standard));
    }
    WORDS.iter().filter(|(word, _)| industry.contains(word)).map(|&(_, risk)| risk).max()
}

/// The worst of several; `None` where not one says anything.
pub(in crate::risk) fn worst(industries: &[String]) -> Option<Risk> {
    industries.iter().filter_map(|industry| risk(industry)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        let rows = super::super::rows(include_str!("industries.csv")).count();
        assert_eq!(TABLE.len(), rows);
        assert!(TABLE.keys().all(|code| code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit())));
    }

    #[test]
    fn the_worst_industry_counts() {
        let worst = |all: &[&str]| worst(&all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
        assert_eq!(worst(&["5065", "7995"]), Some(Risk::VeryHigh));
        assert_eq!(worst(&["5065", "5085"]), Some(Risk::Standard));
        assert_eq!(worst(&["online casino"]), Some(Risk::VeryHigh));
        assert_eq!(worst(&["bricks"]), None);
        assert_eq!(worst(&[]), None);
    }
}
