//! How a sender stands that sends the customer whole and asks for an answer each time: whether the answer is found, and
//! whether it was told to wait for it.
//!
//! ```text
//!         deferred
//!   Due ----------> Deferred
//!     \                |   answered: whoever waits is told
//!      `--> Answered <-'
//! ```

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::changes::{Changes, Work};
use crate::check::{Check, CheckState};
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;

/// What was sent last, as far as its answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submission {
    /// Where the answer stands.
    pub progress: Progress,
    /// From which day on the sender wants the customer to be looked at again.
    pub review_on: Option<Date>,
    /// From which day on it is to be looked at again; known with the first answer.
    pub next_review_on: Option<Date>,
    /// On which day that was last asked of a person.
    pub reviewed_on: Option<Date>,
}

/// Where the answer to a submission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// It is being worked on, and somebody may be waiting for it.
    Due,
    /// It is being worked on, and the sender was told that it comes later.
    Deferred,
    /// It is there, or a question stands open for a person.
    Answered,
}

impl Progress {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Deferred => "deferred",
            Self::Answered => "answered",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Due, Self::Deferred, Self::Answered].into_iter().find(|progress| progress.as_str() == text)
    }
}

/// What there is to say to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The screening has not ended, or could not see all that it must.
    Unscreened,
    /// A person is asked whether it is somebody on a list.
    Asked,
    /// Nothing is open that the answer depends on.
    Decided,
}

/// What there is to say about the customer now. A question of another kind (a review that is due) holds nobody up.
#[must_use]
pub fn standing(customer: &Customer) -> Standing {
    let asked = |state: &CheckState| matches!(state, CheckState::Hit(_) | CheckState::Reviewing(_));
    if customer.submission.is_none_or(|submission| submission.progress != Progress::Answered) {
        Standing::Unscreened
    } else if customer.checks.values().any(|check| asked(&check.state)) {
        Standing::Asked
    } else {
        Standing::Decided
    }
}

/// Notes with a change that was decided that it is a submission, whose answer is due.
pub fn submitted(changes: Changes, review_on: Option<Date>, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    let before = changes.customer.submission;
    let mut draft = Draft::resume(changes, ids, now);
    draft.customer.submission = Some(Submission {
        progress: Progress::Due,
        review_on,
        // A day that the sender wanted counts no longer than it is sent; one of ours is not put off by sending again.
        next_review_on: before.and_then(|before| before.next_review_on.filter(|day| Some(*day) != before.review_on)),
        reviewed_on: before.and_then(|before| before.reviewed_on),
    });
    draft.due(Work::Screen);
    draft.finish()
}

/// The sender is told that the answer comes later. Nothing changes where it is there meanwhile, or was told so before.
#[must_use]
pub fn deferred(customer: Customer, ids: &mut dyn Ids, now: Timestamp) -> Option<Changes> {
    let submission = customer.submission.filter(|submission| submission.progress == Progress::Due)?;
    let mut draft = Draft::new(customer, ids, now);
    draft.customer.submission = Some(Submission { progress: Progress::Deferred, ..submission });
    Some(draft.finish())
}

/// A screening has ended with these changes: if it could see all that it must, the answer is there, or a person is asked.
/// Who was told to wait learns of an answer; of a question, when it is decided.
///
/// The next review is when the sender wants it, unless that was asked of a person already; else so many years from now,
/// or as early as it was due already: to be sent again is not to be looked at by a person.
pub fn screened(changes: Changes, review_years: i8, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    let waiting = changes.customer.checks.values().any(Check::is_awaited);
    let Some(submission) = changes.customer.submission.filter(|_| !waiting) else { return changes };
    if submission.progress == Progress::Answered {
        return changes;
    }
    let mut draft = Draft::resume(changes, ids, now);
    let wanted = submission.review_on.filter(|day| submission.reviewed_on.is_none_or(|asked| *day > asked));
    let next_review_on =
        wanted.or_else(|| submission.next_review_on.into_iter().chain(in_years(now, review_years)).min());
    draft.customer.submission = Some(Submission { progress: Progress::Answered, next_review_on, ..submission });
    if submission.progress == Progress::Deferred && standing(&draft.customer) == Standing::Decided {
        draft.happened(EventKind::SubmissionAnswered, None, None);
    }
    draft.finish()
}

/// Brings the next review forward to so many years from now where the risk has risen since it was set. A day that the
/// sender wants stays.
pub fn hastened(changes: Changes, review_years: i8, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    let Some(submission) = changes.customer.submission else { return changes };
    let soon = in_years(now, review_years);
    let is_ours = submission.next_review_on != submission.review_on;
    if submission.progress != Progress::Answered || !is_ours || soon.is_none() || submission.next_review_on <= soon {
        return changes;
    }
    let mut draft = Draft::resume(changes, ids, now);
    draft.customer.submission = Some(Submission { next_review_on: soon, ..submission });
    draft.finish()
}

/// Notes with the change that asks a person to look at the customer again that it was asked today; the next time is so
/// many years from now.
pub fn review_asked(changes: Changes, review_years: i8, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    let Some(submission) = changes.customer.submission else { return changes };
    let mut draft = Draft::resume(changes, ids, now);
    let next_review_on = in_years(now, review_years);
    draft.customer.submission = Some(Submission { next_review_on, reviewed_on: Some(day(now)), ..submission });
    draft.finish()
}

/// Whether the customer is to be looked at again by now.
#[must_use]
pub fn is_review_due(customer: &Customer, now: Timestamp) -> bool {
    next_review(customer).is_some_and(|due| due <= now)
}

/// When the customer is to be looked at again: as its day begins (UTC).
#[must_use]
pub fn next_review(customer: &Customer) -> Option<Timestamp> {
    let day = customer.submission?.next_review_on?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

fn in_years(now: Timestamp, years: i8) -> Option<Date> {
    day(now).checked_add(Span::new().years(years)).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::check::CheckKind;
    use crate::id::{CaseId, TenantId};
    use crate::onboard::{Onboard, onboard};
    use crate::party::{Party, Person, PersonName};
    use crate::policy::Policy;

    #[derive(Debug, Default)]
    struct Counter(u128);

    impl Ids for Counter {
        fn next(&mut self) -> Uuid {
            self.0 += 1;
            Uuid::from_u128(self.0)
        }
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn sent(review_on: Option<Date>, ids: &mut Counter) -> Customer {
        let person = Person {
            name: PersonName { last: "Kim".to_owned().into(), ..PersonName::default() },
            birth_date: None,
            citizenship: None,
            tax_id: None,
            declared_pep: false,
        };
        let command = Onboard {
            party: Party::Person(person),
            cif_number: String::new(),
            client_identifier: None,
            addresses: Vec::new(),
            phones: Vec::new(),
            emails: Vec::new(),
            identifications: Vec::new(),
            related: Vec::new(),
            checks: BTreeSet::new(),
            attributes: serde_json::Map::new(),
        };
        let changes = onboard(TenantId(Uuid::from_u128(9)), command, &Policy::default(), ids, NOW).expect("let in");
        submitted(changes, review_on, ids, NOW).customer
    }

    /// A screening that ends with every check in this state.
    fn ends(customer: Customer, state: &CheckState, ids: &mut Counter) -> Changes {
        let mut draft = Draft::new(customer, ids, NOW);
        for kind in [CheckKind::Sanctions, CheckKind::Pep] {
            draft.move_check(kind, state.clone());
        }
        let changes = draft.finish();
        screened(changes, 5, ids, NOW)
    }

    fn told(changes: &Changes) -> bool {
        changes.events.iter().any(|event| event.kind == EventKind::SubmissionAnswered)
    }

    #[test]
    fn only_who_was_told_to_wait_is_told_of_the_answer() {
        let mut ids = Counter::default();
        let customer = sent(None, &mut ids);
        assert_eq!((customer.version, standing(&customer)), (1, Standing::Unscreened));
        let in_time = ends(customer.clone(), &CheckState::Clear, &mut ids);
        assert_eq!((told(&in_time), standing(&in_time.customer)), (false, Standing::Decided));
        assert_eq!(deferred(in_time.customer, &mut ids, NOW), None, "it is there: nobody has to wait");
        let waits = deferred(customer, &mut ids, NOW).expect("deferred").customer;
        assert_eq!(deferred(waits.clone(), &mut ids, NOW), None, "once is enough");
        let late = ends(waits, &CheckState::Clear, &mut ids);
        assert_eq!((told(&late), late.customer.version), (true, 3));
        let again = ends(late.customer, &CheckState::Clear, &mut ids);
        assert!(!told(&again), "a list that comes later is no answer");
    }

    #[test]
    fn what_could_not_be_screened_stays_due_and_a_question_is_for_a_person() {
        let mut ids = Counter::default();
        let waits = deferred(sent(None, &mut ids), &mut ids, NOW).expect("deferred").customer;
        let blind = ends(waits, &CheckState::Unavailable(crate::check::Unavailability::NoList), &mut ids);
        assert_eq!((told(&blind), standing(&blind.customer)), (false, Standing::Unscreened));
        let asked = ends(blind.customer, &CheckState::Hit(CaseId(Uuid::from_u128(5))), &mut ids);
        assert_eq!((told(&asked), standing(&asked.customer)), (false, Standing::Asked));
        let confirmed = ends(asked.customer, &CheckState::Confirmed(CaseId(Uuid::from_u128(5))), &mut ids);
        assert_eq!(standing(&confirmed.customer), Standing::Decided);
    }

    #[test]
    fn the_senders_day_is_asked_once() {
        let mut ids = Counter::default();
        let long_ago = Some(date(1969, 12, 1));
        let answered = ends(sent(long_ago, &mut ids), &CheckState::Clear, &mut ids).customer;
        assert!(is_review_due(&answered, NOW));
        let changes = Draft::new(answered, &mut ids, NOW).finish();
        let asked = review_asked(changes, 3, &mut ids, NOW).customer;
        assert_eq!(asked.submission.and_then(|known| known.next_review_on), Some(date(1973, 1, 1)));
        assert!(!is_review_due(&asked, NOW));
        let changes = Draft::new(asked, &mut ids, NOW).finish();
        let again = submitted(changes, long_ago, &mut ids, NOW).customer;
        let answered = ends(again, &CheckState::Clear, &mut ids).customer;
        assert_eq!(answered.submission.and_then(|known| known.next_review_on), Some(date(1973, 1, 1)));
        let by_default = ends(sent(None, &mut ids), &CheckState::Clear, &mut ids).customer;
        assert_eq!(next_review(&by_default).map(|due| due.to_string()).as_deref(), Some("1975-01-01T00:00:00Z"));
    }

    #[test]
    fn sending_again_puts_no_review_off_and_a_risk_that_rises_brings_it_forward() {
        let mut ids = Counter::default();
        let next = |customer: &Customer| customer.submission.and_then(|known| known.next_review_on);
        let resent = |customer, wanted, now, ids: &mut Counter| {
            let changes = submitted(Draft::new(customer, ids, now).finish(), wanted, ids, now);
            screened(changes, 5, ids, now).customer
        };
        let later = NOW + jiff::SignedDuration::from_hours(24 * 365);
        let first = ends(sent(None, &mut ids), &CheckState::Clear, &mut ids).customer;
        let again = resent(first, None, later, &mut ids);
        assert_eq!(next(&again), Some(date(1975, 1, 1)), "five years from the first time, not from the second");
        let hasten = |customer: &Customer, ids: &mut Counter| {
            let changes = Draft::new(customer.clone(), ids, later).finish();
            next(&hastened(changes, 1, ids, later).customer)
        };
        assert_eq!(hasten(&again, &mut ids), Some(date(1972, 1, 1)));
        let wanted = resent(again, Some(date(1999, 1, 1)), later, &mut ids);
        assert_eq!((next(&wanted), hasten(&wanted, &mut ids)), (Some(date(1999, 1, 1)), Some(date(1999, 1, 1))));
        let blanked = resent(wanted, None, later, &mut ids);
        assert_eq!(next(&blanked), Some(date(1976, 1, 1)), "what is not sent any more is gone");
    }
}
