//! Changes of who the customer is: the name, and everything else in the profile.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::changes::{Changes, Refusal, Work};
use crate::check::CheckState;
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::party::Party;
use crate::pii::Pii;
use crate::screening::DECLARATION;

/// What a customer is to be from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Who it is, whole: what is left out is gone.
    pub party: Party,
    /// What the dialect keeps for itself, whole.
    pub attributes: Map<String, Value>,
}

/// Puts the revision in place. Where a screening would now ask something else, what was clear is due again, and what a
/// person dismissed of somebody else's name and birth date counts no more.
///
/// # Errors
/// [`Refusal::KindChanged`].
pub fn revise(customer: Customer, revision: Revision, ids: &mut dyn Ids, now: Timestamp) -> Result<Changes, Refusal> {
    if customer.party.kind() != revision.party.kind() {
        return Err(Refusal::KindChanged);
    }
    let before = customer.party.clone();
    let attributes_changed = *customer.attributes != revision.attributes;
    let mut draft = Draft::new(customer, ids, now);
    draft.customer.party = revision.party;
    draft.customer.attributes = Pii(revision.attributes);
    let renamed = names_differ(&before, &draft.customer.party);
    if renamed {
        draft.happened(EventKind::NameChanged, None, None);
    }
    if attributes_changed || profiles_differ(&before, &draft.customer.party) {
        draft.happened(EventKind::ProfileChanged, None, None);
    }
    if before.screens_differently(&draft.customer.party) {
        screen_anew(&mut draft);
    }
    Ok(draft.finish())
}

/// Makes what was clear due again. What a person dismissed of who the customer was says nothing of who it is now, as
/// every dismissal names whom it was about; a declaration made again is a new one.
pub(crate) fn screen_anew(draft: &mut Draft<'_>) {
    for check in draft.customer.checks.values_mut() {
        check.dismissed.retain(|dismissed| dismissed.list != DECLARATION);
    }
    let clear = draft.customer.checks.iter().filter(|(_, check)| check.state == CheckState::Clear);
    let clear: Vec<_> = clear.map(|(&kind, _)| kind).collect();
    for kind in clear {
        draft.move_check(kind, CheckState::Pending);
    }
    if !draft.customer.checks.is_empty() {
        draft.due(Work::Screen);
    }
}

pub(crate) fn names_differ(a: &Party, b: &Party) -> bool {
    match (a, b) {
        (Party::Person(a), Party::Person(b)) => a.name != b.name,
        (Party::Business(a), Party::Business(b)) => a.name != b.name,
        _ => true,
    }
}

pub(crate) fn profiles_differ(a: &Party, b: &Party) -> bool {
    match (a, b) {
        (Party::Person(a), Party::Person(b)) => {
            (&a.birth_date, &a.citizenship, &a.tax_id, a.declared_pep)
                != (&b.birth_date, &b.citizenship, &b.tax_id, b.declared_pep)
        }
        (Party::Business(a), Party::Business(b)) => {
            (&a.formed_on, &a.jurisdiction, &a.tax_id) != (&b.formed_on, &b.jurisdiction, &b.tax_id)
        }
        _ => true,
    }
}
