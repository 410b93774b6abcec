//! Countries: FATF lists, EU high-risk third countries, offshore centres, embargoes, corruption.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::country;

/// What our table says of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The FATF list it stands on.
    pub fatf: Fatf,
    /// Whether it is an EU high-risk third country (Delegated Regulation 2016/1675).
    pub eu_high_risk: bool,
    /// Whether it is an offshore or secrecy centre.
    pub offshore: bool,
    /// Whether comprehensive sanctions are in force against it.
    pub embargoed: bool,
    /// How much corruption is perceived there.
    pub corruption: Corruption,
}

/// A list of the Financial Action Task Force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fatf {
    /// None.
    None,
    /// Jurisdictions under increased monitoring ("grey list").
    IncreasedMonitoring,
    /// High-risk jurisdictions subject to a call for action ("black list").
    CallForAction,
}

/// How much corruption is perceived in a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corruption {
    /// Little.
    Low,
    /// Some; also where nobody measures it.
    Medium,
    /// Much.
    High,
    /// Very much.
    VeryHigh,
}

impl Marks {
    const NONE: Self = Self {
        fatf: Fatf::None,
        eu_high_risk: false,
        offshore: false,
        embargoed: false,
        corruption: Corruption::Medium,
    };

    /// All in one number, from 0 (unremarkable) to 4 (FATF call for action).
    #[must_use]
    pub fn tier(&self) -> i64 {
        match self {
            Self { fatf: Fatf::CallForAction, .. } => 4,
            Self { fatf: Fatf::IncreasedMonitoring, .. }
            | Self { eu_high_risk: true, .. }
            | Self { embargoed: true, .. } => 3,
            Self { offshore: true, .. } | Self { corruption: Corruption::VeryHigh, .. } => 2,
            Self { corruption: Corruption::High, .. } => 1,
            _ => 0,
        }
    }
}

impl Fatf {
    /// The word in rules.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::IncreasedMonitoring => "increased-monitoring",
            Self::CallForAction => "call-for-action",
        }
    }
}

impl Corruption {
    /// The word in rules.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::VeryHigh => "very-high",
        }
    }
}

static TABLE: LazyLock<HashMap<&'static str, Marks>> = LazyLock::new(|| {
    let read = |row: Vec<&'static str>| {
        let mut marks = Marks::NONE;
        for word in row.get(1)?.split_whitespace() {
            match word {
                "fatf-call" => marks.fatf = Fatf::CallForAction,
                "fatf-monitoring" => marks.fatf = Fatf::IncreasedMonitoring,
                "eu" => marks.eu_high_risk = true,
                "offshore" => marks.offshore = true,
                "embargo" => marks.embargoed = true,
                "corruption-low" => marks.corruption = Corruption::Low,
                "corruption-high" => marks.corruption = Corruption::High,
                "corruption-very-high" => marks.corruption = Corruption::VeryHigh,
                _ => return None,
            }
        }
        Some((*row.first()?, marks))
    };
    super::rows(include_str!("countries.csv")).filter_map(read).collect()
});

/// What our table says of a country by its code, lower case; `None` where it is none. A country that is not in the table
/// has no marks.
#[must_use]
pub fn marks(code: &str) -> Option<&'static Marks> {
    static NONE: Marks = Marks::NONE;
    TABLE.get(code).or_else(|| country::name(code).map(|_| &NONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_country_once_with_marks_that_are_known() {
        let rows: Vec<_> = super::super::rows(include_str!("countries.csv")).collect();
        assert_eq!(TABLE.len(), rows.len(), "each row reads, and none stands twice");
        for row in rows {
            assert!(country::name(row[0]).is_some(), "{} is no country", row[0]);
        }
    }

    #[test]
    fn tiers_follow_the_worst_mark() {
        for (code, tier) in [
            ("kp", 4),
            ("ir", 4),
            ("mm", 4),
            ("ye", 3),
            ("ru", 3),
            ("ky", 2),
            ("so", 2),
            ("br", 1),
            ("de", 0),
            ("pt", 0),
        ] {
            assert_eq!(marks(code).map(Marks::tier), Some(tier), "{code}");
        }
        assert_eq!(marks("DE"), None, "codes are in lower case");
        assert_eq!(marks("zz"), None);
    }
}
