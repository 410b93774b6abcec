//! A customer that is sent whole again: what is left out is gone, and everything is screened anew.

use jiff::Timestamp;

use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::onboard::{Onboard, all, due, related_fit};
use crate::pii::Pii;
use crate::policy::Policy;
use crate::profile::{names_differ, profiles_differ, screen_anew};

/// Puts everything that was sent in the place of what was known. Id, number and the caller's id stay, and so does what a
/// person is asked or has decided: a question that is open stays open, a confirmed hit stays confirmed.
///
/// # Errors
/// [`Refusal::TooManyRecords`].
pub fn resubmit(
    customer: Customer,
    command: Onboard,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    related_fit(&command)?;
    let mut checks = due(&command, policy, now);
    let addresses = all(command.addresses, ids, now)?;
    let phones = all(command.phones, ids, now)?;
    let emails = all(command.emails, ids, now)?;
    let identifications = all(command.identifications, ids, now)?;
    let mut draft = Draft::new(customer, ids, now);
    let before = std::mem::replace(&mut draft.customer.party, command.party);
    let renamed = names_differ(&before, &draft.customer.party);
    let changed = profiles_differ(&before, &draft.customer.party) || *draft.customer.attributes != command.attributes;
    // A check that was run keeps its state and what was dismissed; whether it must be answered is asked anew.
    for (kind, known) in std::mem::take(&mut draft.customer.checks) {
        let required = checks.get(&kind).is_some_and(|check| check.required);
        checks.insert(kind, crate::check::Check { required, ..known });
    }
    let customer = &mut draft.customer;
    customer.checks = checks;
    customer.client_identifier = command.client_identifier.or(customer.client_identifier.take());
    customer.addresses = addresses;
    customer.phones = phones;
    customer.emails = emails;
    customer.identifications = identifications;
    customer.related = command.related;
    customer.attributes = Pii(command.attributes);
    draft.happened(EventKind::CustomerResubmitted, None, None);
    if renamed {
        draft.happened(EventKind::NameChanged, None, None);
    }
    if changed {
        draft.happened(EventKind::ProfileChanged, None, None);
    }
    screen_anew(&mut draft);
    Ok(draft.finish())
}
