//! The dialect's names of events, and what of the journal each tells.

use std::collections::BTreeSet;

use onboarding::enrolment::Step;
use onboarding::{CheckKind, EventKind};

/// A customer registered.
pub const CREATED: &str = "customer.created";
/// Something of a customer changed.
pub const UPDATED: &str = "customer.updated";
/// A wallet became active.
pub const ACTIVATED: &str = "customer.activated";
/// A person found that somebody on a list is the customer.
pub const SUSPENDED: &str = "customer.suspended";
/// Somebody approved a verification.
pub const APPROVED: &str = "verification.approved";
/// Money moved. There are no payments here, so it is taken and never told.
pub const TRANSACTION: &str = "transaction.completed";

/// Every name.
pub const ALL: [&str; 6] = [CREATED, UPDATED, ACTIVATED, SUSPENDED, APPROVED, TRANSACTION];

/// What this happening, with the state that something moved to, is called; nothing, where the dialect does not speak of
/// it.
#[must_use]
pub fn of(kind: EventKind, to: Option<&str>) -> Option<&'static str> {
    match kind {
        // To be politically exposed is no reason to refuse somebody (FATF recommendation 12).
        EventKind::CheckChanged(check) if to == Some("confirmed") && check != CheckKind::Pep => Some(SUSPENDED),
        EventKind::CustomerOnboarded => Some(CREATED),
        EventKind::Enrolment(Step::Activated) => Some(ACTIVATED),
        EventKind::Enrolment(Step::VerificationApproved) => Some(APPROVED),
        EventKind::NameChanged
        | EventKind::ProfileChanged
        | EventKind::CifNumberChanged
        | EventKind::Added(_)
        | EventKind::Changed(_)
        | EventKind::Removed(_)
        | EventKind::CheckChanged(_)
        | EventKind::Enrolment(_) => Some(UPDATED),
        _ => None,
    }
}

/// Everything in the journal that these names tell.
#[must_use]
pub fn kinds(names: &[&str]) -> BTreeSet<EventKind> {
    let told = |kind: EventKind| [None, Some("confirmed")].into_iter().filter_map(move |to| of(kind, to));
    EventKind::ALL.into_iter().filter(|kind| told(*kind).any(|name| names.contains(&name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_tells_what_it_says() {
        let counts = ALL.map(|name| kinds(&[name]).len());
        assert!(counts[1] > 10, "{counts:?}");
        // Every check but that for politically exposed persons may end in a suspension.
        assert_eq!([counts[0], counts[2], counts[3], counts[4], counts[5]], [1, 1, CheckKind::ALL.len() - 1, 1, 0]);
        assert!(!kinds(&ALL).contains(&EventKind::CaseOpened));
        let sanctions = EventKind::CheckChanged(CheckKind::Sanctions);
        assert_eq!((of(sanctions, Some("hit")), of(sanctions, Some("confirmed"))), (Some(UPDATED), Some(SUSPENDED)));
        assert_eq!(of(EventKind::CheckChanged(CheckKind::Pep), Some("confirmed")), Some(UPDATED));
    }
}
