//! What a customer does by itself on its page: it agrees that faces are compared, or not, and shows what is wanted.
//!
//! What an institution shows for its customer goes by [`super::diligence`]: whether the customer agreed is then for the
//! institution to know.

use jiff::Timestamp;
use uuid::Uuid;

use super::demand::{Demand, Workflow, over_to_transfer};
use super::diligence::{DiligenceState, Proof};
use super::standing::Change;
use super::{Admission, AdmissionRefusal};
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Ids};
use crate::policy::Policy;

/// What a customer said when it was asked whether its face may be compared with its document. It is kept because who
/// compares faces must be able to show that it may (articles 7 and 9 of the GDPR).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// For which verification it was asked.
    pub demand: Uuid,
    /// Whether it agreed.
    pub given: bool,
    /// When it said so.
    pub at: Timestamp,
}

/// What was said last for the verification that is there; nothing while nobody has answered.
#[must_use]
pub fn last_consent(admission: &Admission) -> Option<Consent> {
    let demand = admission.demand.as_ref()?.id;
    admission.consents.iter().rev().find(|consent| consent.demand == demand).copied()
}

/// Keeps what a customer said. Who refuses, or takes back what it said, goes over to the transfer.
///
/// # Errors
/// [`AdmissionRefusal::NoDemand`]; [`AdmissionRefusal::NotAwaited`] to agree where no faces are compared any more;
/// [`AdmissionRefusal::WorkflowFinal`] to refuse once the identity is verified.
pub fn consent(
    customer: Customer,
    given: bool,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    let admission = change.admission();
    let demand = admission.demand.as_mut().ok_or(AdmissionRefusal::NoDemand)?;
    if !given {
        over_to_transfer(demand, now)?;
    } else if !demand.is_open() || demand.workflow != Workflow::ElectronicSign {
        return Err(AdmissionRefusal::NotAwaited.into());
    }
    let demand = demand.id;
    // There are two a verification at most: there is no way back from a transfer.
    if last_consent(admission).is_none_or(|last| last.given != given) {
        admission.consents.push(Consent { demand, given, at: now });
    }
    Ok(change.finish())
}

/// Whether something of the kind is still wanted on the page: what waits for an answer is not shown twice.
#[must_use]
pub fn wants(demand: &Demand, proof: Proof) -> bool {
    let by_this_way = match proof {
        Proof::Document => true,
        Proof::Selfie => demand.workflow == Workflow::ElectronicSign,
        Proof::Transfer | Proof::Other => false,
    };
    let mut shown = demand.diligences.iter().filter(|shown| shown.kind.proof() == proof);
    by_this_way && demand.is_open() && shown.all(|shown| matches!(shown.state, DiligenceState::Refused(_)))
}

/// Whether a customer may show this on its page.
///
/// # Errors
/// [`AdmissionRefusal::NotAdmitted`], [`AdmissionRefusal::NoDemand`], [`AdmissionRefusal::NotAwaited`];
/// [`AdmissionRefusal::NoConsent`] for a face, before the customer agreed.
pub fn may_show(customer: &Customer, proof: Proof) -> Result<(), AdmissionRefusal> {
    let admission = customer.admission.as_ref().ok_or(AdmissionRefusal::NotAdmitted)?;
    let demand = admission.demand.as_ref().ok_or(AdmissionRefusal::NoDemand)?;
    if !wants(demand, proof) {
        return Err(AdmissionRefusal::NotAwaited);
    }
    if proof == Proof::Selfie && !last_consent(admission).is_some_and(|consent| consent.given) {
        return Err(AdmissionRefusal::NoConsent);
    }
    Ok(())
}
