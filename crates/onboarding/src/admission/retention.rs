//! Who is kept, and who is forgotten: a prospect that comes no further is purged, unless somebody forbade it.
//!
//! Somebody with an account is no prospect. A refused one is a record of the fight against money laundering and is kept for
//! a term of its own. While a list has something to say of a prospect and nobody has answered, it is no abandoned one:
//! it is the house that is late.

use jiff::{SignedDuration, Timestamp};

use super::AdmissionRefusal;
use super::standing::{Rules, Standing};
use crate::changes::{Changes, Refusal, Work};
use crate::check::CheckState;
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::pii::Pii;

/// How long it waits to be looked at again while something is open that must be answered first.
const UNANSWERED_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Why a customer is not forgotten, whatever its time says.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// Why.
    pub reason: Pii<String>,
    /// Who said so.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// How it ended, if it did.
    pub released: Option<Released>,
}

/// How a hold ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    /// Why.
    pub reason: Pii<String>,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What becomes of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// It is forgotten now.
    Forget,
    /// Not before this time; then it is asked again.
    Later(Timestamp),
    /// It is kept, until something changes.
    Keep,
}

impl Hold {
    /// Whether it still holds.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.released.is_none()
    }
}

/// What becomes of a customer that stands so, under these rules, at this time.
#[must_use]
pub fn retention(customer: &Customer, standing: Standing, rules: &Rules, now: Timestamp) -> Retention {
    let Some(admission) = &customer.admission else { return Retention::Keep };
    if admission.hold.as_ref().is_some_and(Hold::is_in_force) {
        return Retention::Keep;
    }
    let (since, days) = match standing {
        Standing::Validated => return Retention::Keep,
        Standing::Refused => (customer.changed_at, rules.refused_days),
        Standing::Initialized | Standing::InProgress => (customer.created_at, rules.prospect_days),
    };
    let due_at = later(since, SignedDuration::from_hours(24 * i64::from(days)));
    if now < due_at {
        return Retention::Later(due_at);
    }
    let open = |state: &CheckState| matches!(state, CheckState::Hit(_) | CheckState::Reviewing(_));
    let asked = customer.checks.values().any(|check| open(&check.state));
    if asked && standing != Standing::Refused {
        return Retention::Later(later(now, UNANSWERED_WAIT));
    }
    Retention::Forget
}

/// Forbids to forget the customer. One that is held already is held for this reason from now on.
///
/// # Errors
/// [`AdmissionRefusal::NotAdmitted`] for one that nobody would forget.
pub fn hold(
    customer: Customer,
    reason: Pii<String>,
    by: &str,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut draft = Draft::new(customer, ids, now);
    let admission = draft.customer.admission.as_mut().ok_or(AdmissionRefusal::NotAdmitted)?;
    admission.hold = Some(Hold { reason, by: by.to_owned(), since: now, released: None });
    draft.happened(EventKind::CustomerHeld, None, None);
    Ok(draft.finish())
}

/// Takes a hold back: if its time has come, the customer is forgotten at once.
///
/// # Errors
/// [`AdmissionRefusal::NotHeld`].
pub fn release(
    customer: Customer,
    reason: Pii<String>,
    by: &str,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut draft = Draft::new(customer, ids, now);
    let admission = draft.customer.admission.as_mut().ok_or(AdmissionRefusal::NotAdmitted)?;
    let hold = admission.hold.as_mut().filter(|hold| hold.is_in_force()).ok_or(AdmissionRefusal::NotHeld)?;
    hold.released = Some(Released { reason, by: by.to_owned(), at: now });
    draft.happened(EventKind::CustomerReleased, None, None);
    draft.due(Work::Forget);
    Ok(draft.finish())
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{admitted, at_day};
    use super::*;
    use crate::check::CheckKind;
    use crate::id::CaseId;

    #[test]
    fn only_an_abandoned_prospect_is_forgotten_at_its_day() {
        let (rules, customer) = (Rules::default(), admitted());
        use Retention::{Forget, Keep, Later};
        for (standing, day, expected) in [
            (Standing::Initialized, 0, Later(at_day(90))),
            (Standing::InProgress, 89, Later(at_day(90))),
            (Standing::Initialized, 90, Forget),
            (Standing::InProgress, 90, Forget),
            (Standing::InProgress, 400, Forget),
            (Standing::Validated, 400, Keep),
            (Standing::Validated, 9_000, Keep),
            (Standing::Refused, 90, Later(at_day(1_826))),
            (Standing::Refused, 1_825, Later(at_day(1_826))),
            (Standing::Refused, 1_826, Forget),
        ] {
            assert_eq!(retention(&customer, standing, &rules, at_day(day)), expected, "{standing:?} on day {day}");
        }
    }

    #[test]
    fn a_changed_policy_counts_when_it_is_asked() {
        let customer = admitted();
        let asked = |days, day| {
            retention(&customer, Standing::InProgress, &Rules { prospect_days: days, ..Rules::default() }, at_day(day))
        };
        assert_eq!(asked(120, 90), Retention::Later(at_day(120)));
        assert_eq!(asked(30, 31), Retention::Forget);
    }

    #[test]
    fn a_hold_wins_until_it_is_taken_back() {
        let (rules, ids) = (Rules::default(), &mut super::super::fixture::Counter::default());
        let asked = |customer: &Customer| retention(customer, Standing::InProgress, &rules, at_day(400));
        let held = hold(admitted(), Pii("a court asked".to_owned()), "ann", ids, at_day(1)).expect("admitted");
        assert_eq!((asked(&held.customer), held.events[0].kind), (Retention::Keep, EventKind::CustomerHeld));
        let released = release(held.customer, Pii("it is settled".to_owned()), "bob", ids, at_day(2)).expect("held");
        assert_eq!(
            (asked(&released.customer), released.work.as_slice()),
            (Retention::Forget, [Work::Forget].as_slice())
        );
        let again = release(released.customer.clone(), Pii(String::new()), "bob", ids, at_day(3));
        assert_eq!(again, Err(AdmissionRefusal::NotHeld.into()));
        let held = hold(released.customer, Pii("another".to_owned()), "ann", ids, at_day(4)).expect("admitted");
        assert_eq!(asked(&held.customer), Retention::Keep);
        let other = Customer { admission: None, ..admitted() };
        assert_eq!(asked(&other), Retention::Keep);
        assert!(hold(other, Pii(String::new()), "ann", ids, at_day(1)).is_err());
    }

    #[test]
    fn an_open_question_of_a_list_is_answered_first() {
        let mut customer = admitted();
        let check = customer.checks.get_mut(&CheckKind::Sanctions).expect("it is screened");
        check.state = CheckState::Hit(CaseId(uuid::Uuid::nil()));
        let asked = |standing| retention(&customer, standing, &Rules::default(), at_day(4_000));
        assert_eq!(asked(Standing::InProgress), Retention::Later(at_day(4_001)));
        assert_eq!(asked(Standing::Refused), Retention::Forget);
    }
}
