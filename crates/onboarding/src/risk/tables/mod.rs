//! Our own tables of what is risky: countries, industries, legal forms, occupations. Each is a data file with its sources
//! and its date at the top, read once.

pub mod countries;
pub mod industries;
pub mod legal_forms;
pub mod occupations;

/// How risky an industry, a legal form or an occupation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Less than usual: supervised, public, transparent.
    Low,
    /// The usual.
    Standard,
    /// Known to be used for laundering: cash, value that travels, opacity.
    High,
    /// Among the worst.
    VeryHigh,
}

impl Risk {
    /// The word in rules and in the data files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Standard => "standard",
            Self::High => "high",
            Self::VeryHigh => "very-high",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Low, Self::Standard, Self::High, Self::VeryHigh].into_iter().find(|risk| risk.as_str() == text)
    }
}

/// The rows of a data file: no comments, no empty lines, cells trimmed.
fn rows(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split(';').map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn every_data_file_says_its_date_and_where_it_is_from() {
        for file in [
            include_str!("countries.csv"),
            include_str!("industries.csv"),
            include_str!("legal-forms.csv"),
            include_str!("occupations.csv"),
        ] {
            assert!(file.contains("# As of 20") && file.contains("# Sources:"), "{file:.80}");
            assert!(rows(file).count() > 10);
        }
    }
}
