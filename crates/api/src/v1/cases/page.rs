//! Where a page of cases ends: opaque to the caller.

use jiff::Timestamp;
use onboarding::CaseId;

/// The mark after this case.
pub fn mark(opened_at: Timestamp, case: CaseId) -> String {
    format!("{}-{}", opened_at.as_microsecond(), case.0.simple())
}

/// Reads [`mark`] back.
pub fn read(text: &str) -> Option<(Timestamp, CaseId)> {
    let (opened_at, case) = text.split_once('-')?;
    Some((Timestamp::from_microsecond(opened_at.parse().ok()?).ok()?, CaseId::parse(case)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_mark_reads_back(micros in 0_i64..4_000_000_000_000_000, case in any::<u128>()) {
            let at = (Timestamp::from_microsecond(micros).expect("in the calendar"), CaseId(uuid::Uuid::from_u128(case)));
            prop_assert_eq!(read(&mark(at.0, at.1)), Some(at));
        }

        #[test]
        fn anything_else_is_none_or_a_mark(text in "[0-9a-f-]{0,50}") {
            if let Some((at, case)) = read(&text) {
                prop_assert_eq!(read(&mark(at, case)), Some((at, case)));
            }
        }
    }
}
