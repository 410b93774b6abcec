//! Times as the vendor writes them: US Eastern, with its offset.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// From the compiled-in database: a container without time zones must answer the same.
static EASTERN: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZoneDatabase::bundled().get("America/New_York").expect("the compiled-in database has the zone")
});

/// A time of a record: up to seven fractional digits, without zeros at the end (`2021-01-25T17:55:24.4422582-05:00`).
#[must_use]
pub fn exact(at: Timestamp) -> String {
    let ticks = at.subsec_nanosecond() / 100;
    let fraction = if ticks == 0 { String::new() } else { format!(".{ticks:07}") };
    written(at, fraction.trim_end_matches('0'))
}

/// A time of an event: always three fractional digits (`2021-11-22T10:50:20.553-05:00`).
#[must_use]
pub fn to_the_millisecond(at: Timestamp) -> String {
    written(at, &format!(".{:03}", at.subsec_millisecond()))
}

/// The first moment of a day.
#[must_use]
pub fn beginning(day: Date) -> Option<Timestamp> {
    day.to_zoned(EASTERN.clone()).ok().map(|midnight| midnight.timestamp())
}

fn written(at: Timestamp, fraction: &str) -> String {
    let zoned = at.to_zoned(EASTERN.clone());
    let format = format!("%Y-%m-%dT%H:%M:%S{fraction}%:z");
    strtime::format(format, &zoned).expect("every part of the format is known for a zoned time")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_vendors_examples() {
        for (utc, exactly, to_milliseconds) in [
            ("2021-01-25T22:55:24.4422582Z", "2021-01-25T17:55:24.4422582-05:00", "2021-01-25T17:55:24.442-05:00"),
            ("2021-11-22T15:49:58.843Z", "2021-11-22T10:49:58.843-05:00", "2021-11-22T10:49:58.843-05:00"),
            ("2021-11-22T15:50:20.550Z", "2021-11-22T10:50:20.55-05:00", "2021-11-22T10:50:20.550-05:00"),
            ("2024-07-01T04:00:00Z", "2024-07-01T00:00:00-04:00", "2024-07-01T00:00:00.000-04:00"),
            ("2024-07-01T03:59:59.000001Z", "2024-06-30T23:59:59.000001-04:00", "2024-06-30T23:59:59.000-04:00"),
        ] {
            let at: Timestamp = utc.parse().expect("a time");
            assert_eq!(exact(at), exactly);
            assert_eq!(to_the_millisecond(at), to_milliseconds);
            assert_eq!(exactly.parse::<Timestamp>().expect("it reads back"), at);
        }
    }
}
