//! Time in columns: whole microseconds since 1970, which both engines sort and compare alike.

use jiff::Timestamp;

/// The microsecond a moment lies in. Whoever needs to read back what was written gives whole microseconds.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// When nothing is due: a second before the year 9000, which every calendar and language reads.
pub(crate) const NEVER: Timestamp = Timestamp::constant(221_845_391_999, 0);

/// The moment, if the calendar reaches that far.
pub(crate) fn from_micros(micros: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros).ok()
}
