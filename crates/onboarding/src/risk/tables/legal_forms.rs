//! Legal forms by ISO 20275 code, or by the words of the form.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Risk;

struct Table {
    codes: HashMap<&'static str, Risk>,
    words: Vec<(&'static str, Risk)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { codes: HashMap::new(), words: Vec::new() };
    for row in super::rows(include_str!("legal-forms.csv")) {
        let [what, form, risk, ..] = row.as_slice() else { continue };
        let Some(risk) = Risk::parse(risk) else { continue };
        match *what {
            "code" => drop(table.codes.insert(form, risk)),
            _ => table.words.push((form, risk)),
        }
    }
    table
});

/// The risk of a form. A code that is not in the table, and words that say nothing to us, are standard: the list of ISO
/// has thousands of forms, and most of them are companies like any other.
#[must_use]
pub fn risk(form: &str) -> Risk {
    if let Some(&risk) = TABLE.codes.get(form.to_ascii_uppercase().as_str()) {
        return risk;
    }
    let text = form.to_lowercase();
    let says = |word: &str| {
        text.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
            || (word.contains(' ') && text.contains(word))
    };
    TABLE.words.iter().filter(|(word, _)| says(word)).map(|&(_, risk)| risk).max().unwrap_or(Risk::Standard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        let rows = super::super::rows(include_str!("legal-forms.csv")).count();
        assert_eq!(TABLE.codes.len() + TABLE.words.len(), rows);
    }

    #[test]
    fn forms_are_told_by_code_and_by_word() {
        for (form, expected) in [
            ("2HBR", Risk::Standard),
            ("2hbr", Risk::Standard),
            ("9999", Risk::High),
            ("ABCD", Risk::Standard),
            ("Family trust", Risk::High),
            ("Privatstiftung", Risk::High),
            ("trusty partners", Risk::Standard),
            ("société anonyme à bearer shares", Risk::VeryHigh),
        ] {
            assert_eq!(risk(form), expected, "{form}");
        }
    }
}
