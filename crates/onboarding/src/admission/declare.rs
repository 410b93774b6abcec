//! What a customer does, owns and earns: codes, as the institution asks for them.

use jiff::Timestamp;

use super::standing::Change;
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Ids};
use crate::policy::Policy;

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Declarative {
    /// What it does.
    pub activity: EconomicActivity,
    /// What it owns.
    pub asset: Band,
    /// What it earns in a month.
    pub income: Band,
}

/// A two-digit code of the French statistical office's occupations (PCS, level 2), as far as the Xpollens dialect has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EconomicActivity(u8);

/// The codes: farmers, craftsmen and merchants, liberal professions and executives, intermediate occupations, employees,
/// workers, retired, without activity.
const ACTIVITIES: [u8; 42] = [
    11, 12, 13, 21, 22, 23, 31, 33, 34, 35, 37, 38, 42, 43, 44, 45, 46, 47, 48, 52, 53, 54, 55, 56, 62, 63, 64, 65, 67,
    68, 69, 71, 72, 74, 75, 77, 78, 81, 83, 84, 85, 86,
];

/// Keeps what is declared, in the place of what was declared before.
///
/// # Errors
/// [`AdmissionRefusal::Refused`](super::AdmissionRefusal::Refused).
pub fn declare(
    customer: Customer,
    declared: Declarative,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    change.admission().declarative = Some(declared);
    Ok(change.finish())
}

impl EconomicActivity {
    /// The activity of this code, if there is one.
    #[must_use]
    pub fn of(code: u8) -> Option<Self> {
        ACTIVITIES.contains(&code).then_some(Self(code))
    }

    /// Reads two digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 2).then(|| text.parse().ok().and_then(Self::of)).flatten()
    }

    /// The code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }
}

/// One of seven bands of money, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Band(u8);

impl Band {
    /// The band of this number, from 1 to 7.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        (1..=7).contains(&number).then_some(Self(number))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_that_exist_are_read() {
        for (text, code) in [("11", Some(11)), ("86", Some(86)), ("32", None), ("7", None), ("+11", None), ("", None)] {
            assert_eq!(EconomicActivity::parse(text).map(EconomicActivity::code), code, "{text}");
        }
        assert_eq!(ACTIVITIES.iter().filter(|code| EconomicActivity::of(**code).is_some()).count(), ACTIVITIES.len());
        assert_eq!((0..=9).filter_map(Band::of).map(Band::number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    }
}
