//! What the vendor calls an event, and where the thing it happened to can be read.

use onboarding::check::CheckKind;
use onboarding::event::RecordKind;
use onboarding::{CustomerId, EventKind};
use uuid::Uuid;

/// Every event of this dialect, by both names.
///
/// Names of the beneficial-owner events are inferred from those of the other records; the vendor's pages say only that
/// such events exist.
pub const EVENTS: [(&str, EventKind); 21] = [
    ("Core.Customer.Onboarded", EventKind::CustomerOnboarded),
    ("Core.Customer.Profile.Changed", EventKind::ProfileChanged),
    ("Core.Customer.Name.Changed", EventKind::NameChanged),
    ("Core.Customer.CifNumber.Changed", EventKind::CifNumberChanged),
    ("Core.Customer.Address.Added", EventKind::Added(RecordKind::Address)),
    ("Core.Customer.Address.Changed", EventKind::Changed(RecordKind::Address)),
    ("Core.Customer.Address.Removed", EventKind::Removed(RecordKind::Address)),
    ("Core.Customer.Phone.Added", EventKind::Added(RecordKind::Phone)),
    ("Core.Customer.Phone.Changed", EventKind::Changed(RecordKind::Phone)),
    ("Core.Customer.Phone.Removed", EventKind::Removed(RecordKind::Phone)),
    ("Core.Customer.Email.Added", EventKind::Added(RecordKind::Email)),
    ("Core.Customer.Email.Changed", EventKind::Changed(RecordKind::Email)),
    ("Core.Customer.Email.Removed", EventKind::Removed(RecordKind::Email)),
    ("Core.Customer.Identification.Added", EventKind::Added(RecordKind::Identification)),
    ("Core.Customer.Identification.Changed", EventKind::Changed(RecordKind::Identification)),
    ("Core.Customer.Identification.Removed", EventKind::Removed(RecordKind::Identification)),
    ("Core.Customer.BeneficialOwner.Added", EventKind::Added(RecordKind::Owner)),
    ("Core.Customer.BeneficialOwner.Changed", EventKind::Changed(RecordKind::Owner)),
    ("Core.Customer.BeneficialOwner.Removed", EventKind::Removed(RecordKind::Owner)),
    ("Core.Customer.Ofac.Changed", EventKind::CheckChanged(CheckKind::Sanctions)),
    ("Core.Customer.PepScan.Changed", EventKind::CheckChanged(CheckKind::Pep)),
];

/// The names alone.
#[must_use]
pub fn names() -> Vec<&'static str> {
    EVENTS.iter().map(|(name, _)| *name).collect()
}

/// The event of this name, as written here.
#[must_use]
pub fn kind(name: &str) -> Option<EventKind> {
    EVENTS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The name of this event; events that the dialect has no word for cannot be registered for.
#[must_use]
pub fn of(kind: EventKind) -> Option<&'static str> {
    EVENTS.iter().find(|(_, known)| *known == kind).map(|(name, _)| *name)
}

/// Where records of a kind stand in a path, and what their id is called.
#[must_use]
pub const fn record_words(kind: RecordKind) -> (&'static str, &'static str) {
    match kind {
        RecordKind::Address => ("addresses", "addressId"),
        RecordKind::Phone => ("phones", "phoneId"),
        RecordKind::Email => ("emails", "emailId"),
        RecordKind::Identification => ("identifications", "identificationId"),
        RecordKind::Owner => ("beneficial-owners", "beneficialOwnerId"),
    }
}

/// The kind of record that an event is about, if it is about one.
#[must_use]
pub const fn record(kind: EventKind) -> Option<RecordKind> {
    match kind {
        EventKind::Added(record) | EventKind::Changed(record) | EventKind::Removed(record) => Some(record),
        _ => None,
    }
}

/// The path of what the event is about: relative, without a slash at its beginning.
#[must_use]
pub fn resource(kind: EventKind, customer: CustomerId, about: Option<Uuid>) -> String {
    match (record(kind), about) {
        (Some(record), Some(about)) => format!("core/v1/cm/customers/{customer}/{}/{about}", record_words(record).0),
        _ => format!("core/v1/cm/customers/{customer}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_about_customers_has_one_name() {
        for known in EventKind::ALL {
            let named = EVENTS.iter().filter(|(_, kind)| *kind == known).count();
            // What other dialects ask for has no word in this one.
            let ours = match known {
                EventKind::CustomerOnboarded
                | EventKind::NameChanged
                | EventKind::ProfileChanged
                | EventKind::CifNumberChanged
                | EventKind::Added(_)
                | EventKind::Changed(_)
                | EventKind::Removed(_)
                | EventKind::CheckChanged(CheckKind::Sanctions | CheckKind::Pep) => 1,
                _ => 0,
            };
            assert_eq!(named, ours, "{known:?}");
        }
        for (name, event) in EVENTS {
            assert_eq!((kind(name), of(event)), (Some(event), Some(name)));
        }
        assert_eq!(kind("Core.Customer.Closed"), None);
    }

    #[test]
    fn a_resource_is_relative() {
        let customer = CustomerId(Uuid::from_u128(1));
        let about = Some(Uuid::from_u128(2));
        let at = |kind, about| resource(kind, customer, about);
        assert_eq!(at(EventKind::CustomerOnboarded, None), format!("core/v1/cm/customers/{customer}"));
        assert_eq!(
            at(EventKind::Added(RecordKind::Owner), about),
            format!("core/v1/cm/customers/{customer}/beneficial-owners/00000000-0000-0000-0000-000000000002"),
        );
    }
}
