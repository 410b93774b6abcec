//! How alike two names are, as a whole number.

use std::fmt;

/// How alike two names are: 0 (nothing in common) to 1 (the same name), in ten-thousandths.
///
/// An integer, so that the same two names give the same score to the bit on every machine and in every build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Score(u16);

impl Score {
    /// Nothing in common.
    pub const ZERO: Self = Self(0);
    /// The same name.
    pub const ONE: Self = Self(10_000);
    /// 0.7: the threshold the engine is calibrated for, and the one the promises to an index are made at.
    pub const ALERT: Self = Self(7_000);

    /// A score from ten-thousandths; more than 10,000 is cut to 1.
    pub const fn from_ten_thousandths(value: u16) -> Self {
        if value > 10_000 { Self::ONE } else { Self(value) }
    }

    /// The score in ten-thousandths.
    pub const fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// The score as a number between 0 and 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}
