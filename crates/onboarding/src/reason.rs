//! Why a listed party looks like the customer, or does not: one comparison each, the two sides next to each other.

use crate::pii::Pii;

/// One comparison of the customer with a listed party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What was compared (`name`, `birth_date`), in the engine's word.
    pub feature: String,
    /// What came of it.
    pub finding: Agreement,
    /// Why, in a few words without personal data.
    pub why: String,
    /// The customer's side, as it was compared; empty if it says nothing.
    pub customer: Pii<String>,
    /// The list's side, as published; empty if it says nothing.
    pub listed: String,
}

/// What came of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// The two sides agree.
    Agrees,
    /// They contradict each other.
    Contradicts,
    /// One of them does not say.
    Missing,
}

impl Agreement {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Contradicts => "contradicts",
            Self::Missing => "missing",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Agrees, Self::Contradicts, Self::Missing].into_iter().find(|finding| finding.as_str() == text)
    }
}

impl Reason {
    /// It in one line, for a reader.
    #[must_use]
    pub fn line(&self) -> Pii<String> {
        let values = match (self.customer.as_str(), self.listed.as_str()) {
            ("", "") => String::new(),
            (customer, listed) => format!(" (customer: {customer}; list: {listed})"),
        };
        let feature = self.feature.replace('_', " ");
        Pii(format!("{feature}: {}, {}{values}", self.finding.as_str(), self.why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_leaves_out_what_nobody_says() {
        let reason = |customer: &str, listed: &str| Reason {
            feature: "birth_date".to_owned(),
            finding: Agreement::Agrees,
            why: "same day".to_owned(),
            customer: Pii(customer.to_owned()),
            listed: listed.to_owned(),
        };
        assert_eq!(reason("", "").line().0, "birth date: agrees, same day");
        let both = "birth date: agrees, same day (customer: 1961-03-14; list: 1961)";
        assert_eq!(reason("1961-03-14", "1961").line().0, both);
    }
}
