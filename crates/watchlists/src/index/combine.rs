//! The ordering score: two axes to one number that still ranks among hits.
//!
//! | what is known | score |
//! | --- | --- |
//! | exact name, nothing else | 0.90 |
//! | exact name, same day of birth | 0.95 |
//! | exact name, same day and nationality | 0.956 |
//! | exact name, birth dates years apart | 0.61 |
//! | exact weak alias, nothing else | 0.74 |
//! | the same passport, whatever the name | 0.90 and up |

use names::Score;

use crate::evidence::Sum;

const ALERT: u32 = Score::ALERT.ten_thousandths() as u32;
const ONE: u32 = Score::ONE.ten_thousandths() as u32;
/// An exact name alone; the room above it is for evidence.
const EXACT_NAME: u32 = 9_000;
/// An exact weak alias alone: found, and close to the line.
const EXACT_WEAK: u32 = 7_400;
/// What any other likeness to a weak alias loses.
const WEAK_LOSS: u32 = 1_500;
/// The most a weak alias that is not exact has without evidence: just under the line.
const WEAK_MAX: u32 = ALERT - 100;
/// An identifier that stands alone, with a name that has nothing in common.
const IDENTIFIED: u32 = 9_000;

/// The score of the names alone. Keeps what the names said below the line, and leaves room above an exact name.
pub(super) fn base(name: Score, weak: bool) -> Score {
    let name = u32::from(name.ten_thousandths());
    let base = if name < ALERT { name } else { ALERT + (name - ALERT) * (EXACT_NAME - ALERT) / (ONE - ALERT) };
    let base = match (weak, name == ONE) {
        (false, _) => base,
        (true, true) => EXACT_WEAK,
        (true, false) => base.saturating_sub(WEAK_LOSS).min(WEAK_MAX),
    };
    score(base)
}

/// Both axes together.
pub(super) fn ordering(name: Score, weak: bool, sum: Sum) -> Score {
    let named = u32::from(name.ten_thousandths());
    let base = u32::from(base(name, weak).ten_thousandths());
    // What agrees ranks the alike; it makes nobody alike. A birth date is shared by thousands.
    let lift = if named < ALERT { 0 } else { sum.lift };
    let lifted = base + (ONE - base) * lift / 1_000;
    let ordered = lifted.saturating_sub(10 * sum.penalty * doubt(named) / 1_000);
    // Without an identifier nothing is certain; ties at one would hide the order.
    let ordered = ordered.min(ONE - 1);
    if sum.identified { score(ordered.max(IDENTIFIED + named * 999 / ONE)) } else { score(ordered) }
}

/// How much more a contradiction weighs against a name that is merely alike, in thousandths: as it stands against an
/// exact name, twice as much at 0.8.
fn doubt(name: u32) -> u32 {
    1_000 + (ONE - name) / 2
}

/// The lowest name score that can reach the threshold when everything else agrees as much as it may.
pub(super) fn name_min(threshold: Score, lift_max: u32) -> Score {
    let best = Sum { lift: lift_max, penalty: 0, identified: false };
    let (mut low, mut high) = (0, ONE as u16);
    // The score grows with the name's, so halving finds the first that suffices.
    while low < high {
        let middle = low + (high - low) / 2;
        if ordering(Score::from_ten_thousandths(middle), false, best) >= threshold {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Score::from_ten_thousandths(low)
}

fn score(ten_thousandths: u32) -> Score {
    Score::from_ten_thousandths(u16::try_from(ten_thousandths).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(score: u16) -> Score {
        Score::from_ten_thousandths(score)
    }

    fn with(lift: u32, penalty: u32) -> Sum {
        Sum { lift, penalty, identified: false }
    }

    #[test]
    fn the_table_of_the_module_holds() {
        let exact = Score::ONE;
        assert_eq!(ordering(exact, false, with(0, 0)), name(9_000));
        assert_eq!(ordering(exact, false, with(500, 0)), name(9_500));
        assert_eq!(ordering(exact, false, with(560, 0)), name(9_560));
        assert_eq!(ordering(exact, false, with(0, 290)), name(6_100));
        assert_eq!(ordering(exact, true, with(0, 0)), name(7_400));
        let passport = Sum { lift: 950, penalty: 0, identified: true };
        assert!(ordering(Score::ZERO, false, passport) >= name(9_000));
        assert!(ordering(exact, false, passport) > ordering(exact, false, with(700, 0)));
    }

    #[test]
    fn the_score_grows_with_the_name_and_the_evidence() {
        for lift in [0, 100, 500, 900] {
            for penalty in [0, 60, 290] {
                for step in 0..200_u16 {
                    let (low, high) = (name(step * 50), name(step * 50 + 50));
                    let (one, two) =
                        (ordering(low, false, with(lift, penalty)), ordering(high, false, with(lift, penalty)));
                    assert!(one <= two, "{low} {high} {lift} {penalty}");
                    assert!(ordering(high, true, with(lift, penalty)) <= two);
                    assert!(ordering(high, false, with(lift + 50, penalty)) >= two);
                }
            }
        }
    }

    #[test]
    fn no_name_below_the_minimum_reaches_the_threshold() {
        for lift in [0, 120, 500, 960] {
            for threshold in [7_000, 8_000, 9_300] {
                let least = name_min(name(threshold), lift);
                for score in 0..=10_000 {
                    if name(score) < least {
                        assert!(ordering(name(score), false, with(lift, 0)) < name(threshold));
                    }
                }
            }
        }
        assert_eq!(name_min(Score::ALERT, 0), Score::ALERT);
    }
}
