//! Tax numbers, parsed once.

use crate::pii::Pii;

/// Which authority's number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaxIdKind {
    /// United States Social Security number.
    Ssn,
    /// United States Employer Identification Number.
    Ein,
    /// United States Individual Taxpayer Identification Number.
    Itin,
    /// A number of another country.
    Foreign,
}

/// A tax number whose shape fits its kind; digits only for the American ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaxId {
    kind: TaxIdKind,
    value: Pii<String>,
}

/// Why a text is no tax number of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TaxIdError {
    /// SSN, EIN and ITIN have nine digits.
    #[error("must have exactly nine digits")]
    NineDigits,
    /// A foreign number has one to thirty letters, digits, blanks, dots, slashes or dashes.
    #[error("must have 1 to 30 letters, digits, blanks, dots, slashes or dashes")]
    Shape,
}

impl TaxId {
    /// Longest foreign number accepted, in characters.
    pub const FOREIGN_CHARS_MAX: usize = 30;

    /// Parses a number; dashes and blanks in American ones are dropped (`119-98-8776`).
    ///
    /// # Errors
    /// Where the shape does not fit the kind.
    pub fn parse(kind: TaxIdKind, text: &str) -> Result<Self, TaxIdError> {
        let value = match kind {
            TaxIdKind::Ssn | TaxIdKind::Ein | TaxIdKind::Itin => {
                let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
                if digits.len() != 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(TaxIdError::NineDigits);
                }
                digits
            }
            TaxIdKind::Foreign => {
                let text = text.trim();
                let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '/' | '-');
                if text.is_empty() || text.chars().count() > Self::FOREIGN_CHARS_MAX || !text.chars().all(fits) {
                    return Err(TaxIdError::Shape);
                }
                text.to_owned()
            }
        };
        Ok(Self { kind, value: Pii(value) })
    }

    /// Which authority's number it is.
    #[must_use]
    pub fn kind(&self) -> TaxIdKind {
        self.kind
    }

    /// The number itself.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_american_number_has_nine_digits() {
        let good = |text| TaxId::parse(TaxIdKind::Ssn, text).map(|id| id.value().to_owned());
        assert_eq!(good("119-98-8776").as_deref(), Ok("119988776"));
        assert_eq!(good("119988776").as_deref(), Ok("119988776"));
        for bad in ["", "11998877", "1199887766", "11998877a", "١١٩٩٨٨٧٧٦"] {
            assert_eq!(good(bad), Err(TaxIdError::NineDigits), "{bad}");
        }
    }

    #[test]
    fn a_foreign_number_is_bounded() {
        assert!(TaxId::parse(TaxIdKind::Foreign, "RU 7707-083893").is_ok());
        assert_eq!(TaxId::parse(TaxIdKind::Foreign, " "), Err(TaxIdError::Shape));
        assert_eq!(TaxId::parse(TaxIdKind::Foreign, &"1".repeat(31)), Err(TaxIdError::Shape));
        assert_eq!(TaxId::parse(TaxIdKind::Foreign, "1\n2"), Err(TaxIdError::Shape));
    }
}
