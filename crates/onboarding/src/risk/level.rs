//! How risky a customer is, in four words.

/// A level of risk, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Simplified diligence will do.
    Low,
    /// The ordinary diligence.
    Medium,
    /// Enhanced diligence.
    High,
    /// No business is done with it.
    Prohibited,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Prohibited];

    /// The word kept in the store, and told to vendors' clients.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Prohibited => "prohibited",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }

    /// Reads a sender's word, whose vocabulary is open: any case, and the usual words beside ours. A word that means
    /// nothing to us is no level, and raises nothing.
    #[must_use]
    pub fn stated(word: &str) -> Option<Self> {
        let word: String =
            word.trim().to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let word = word.trim().trim_end_matches(" risk");
        Some(match word {
            "low" | "very low" | "minimal" | "simplified" => Self::Low,
            "medium" | "moderate" | "standard" | "normal" | "average" | "medium low" => Self::Medium,
            "high" | "very high" | "critical" | "severe" | "elevated" | "medium high" | "enhanced" => Self::High,
            "prohibited" | "forbidden" | "unacceptable" | "blocked" => Self::Prohibited,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_an_order_and_read_back() {
        assert!(Level::ALL.is_sorted());
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()), Some(level));
            assert_eq!(Level::stated(&level.as_str().to_uppercase()), Some(level));
        }
    }

    #[test]
    fn a_senders_word_is_read_where_it_means_something() {
        for (word, level) in [
            (" High ", Some(Level::High)),
            ("VERY_HIGH", Some(Level::High)),
            ("medium-risk", Some(Level::Medium)),
            ("string", None),
            ("", None),
            ("7", None),
        ] {
            assert_eq!(Level::stated(word), level, "{word:?}");
        }
    }
}
