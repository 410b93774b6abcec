//! A demand: the verification of an identity, by the way that was chosen.
//!
//! ```text
//! Pending -> Incomplete -> Complete
//!        \-> FraudSuspicion (final), Rejected (final for the demand: another may follow)
//! ```

use jiff::Timestamp;
use uuid::Uuid;

use super::AdmissionRefusal;
use super::create::Fresh;
use super::diligence::{Diligence, DiligenceState, Proof};
use super::standing::{Change, Rules, Step, is_proved};
use super::wallet::{self, PageLink};
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Draft, Ids};
use crate::evaluation::words;
use crate::policy::Policy;

/// The verification of an identity.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Its id.
    pub id: Uuid,
    /// By which way.
    pub workflow: Workflow,
    /// Where it stands.
    pub state: DemandState,
    /// Why it was rejected, if it was.
    pub decision: Option<DemandDecision>,
    /// What was shown, oldest first.
    pub diligences: Vec<Diligence>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// The way to verify an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Workflow {
    /// A document and a selfie; what is agreed to is signed on the device.
    ElectronicSign,
    /// A document and a transfer from an account of the customer's own.
    Identity,
}

/// Where a demand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DemandState {
    /// Nothing is decided.
    Pending,
    /// A part is in order, or something was refused: more is to be shown.
    Incomplete,
    /// Everything is in order.
    Complete,
    /// Somebody showed what is not its own.
    FraudSuspicion,
    /// It ended without an answer.
    Rejected,
}

/// Why a demand was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DemandDecision {
    /// Too long ago.
    Expired,
    /// Given up.
    Abandoned,
}

words!(Workflow { ElectronicSign = "electronic_sign", Identity = "identity" });
words!(DemandState {
    Pending = "pending",
    Incomplete = "incomplete",
    Complete = "complete",
    FraudSuspicion = "fraud_suspicion",
    Rejected = "rejected",
});
words!(DemandDecision { Expired = "expired", Abandoned = "abandoned" });

impl Demand {
    /// Most things that are shown in one.
    pub const DILIGENCES_MAX: usize = 30;

    /// Whether something may still be shown.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, DemandState::Pending | DemandState::Incomplete)
    }
}

/// Begins the verification of an identity: with it come the code that binds a device, and the page that takes documents.
///
/// # Errors
/// [`AdmissionRefusal::DemandStands`] unless the one before was rejected; [`AdmissionRefusal::Refused`].
pub fn demand(
    customer: Customer,
    workflow: Workflow,
    fresh: &Fresh,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    let before = change.admission().demand.as_ref();
    if before.is_some_and(|demand| demand.state != DemandState::Rejected) {
        return Err(AdmissionRefusal::DemandStands.into());
    }
    begin(&mut change, workflow, fresh);
    Ok(change.finish())
}

pub(super) fn begin(change: &mut Change<'_>, workflow: Workflow, fresh: &Fresh) {
    let now = change.draft.now();
    let (id, page) = (change.draft.next_id(), change.draft.next_id());
    wallet::activate(change, fresh);
    let admission = change.admission();
    admission.demand = Some(Demand {
        id,
        workflow,
        state: DemandState::Pending,
        decision: None,
        diligences: Vec::new(),
        created_at: now,
        changed_at: now,
    });
    if admission.page.as_ref().is_none_or(|page| page.ended_at.is_some()) {
        let (technical_id, token) = (fresh.technical_id.clone(), fresh.token.clone());
        admission.page = Some(PageLink { id: page, technical_id, token, made_at: now, ended_at: None });
    }
}

/// Goes over from the selfie to the transfer; also what a customer does who refuses the facial scan. Nothing changes for who
/// has done so before.
///
/// # Errors
/// [`AdmissionRefusal::NoDemand`]; [`AdmissionRefusal::WorkflowFinal`] once the identity is verified, or the demand ended.
pub fn to_transfer(customer: Customer, policy: &Policy, ids: &mut dyn Ids, now: Timestamp) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    let demand = change.admission().demand.as_mut().ok_or(AdmissionRefusal::NoDemand)?;
    over_to_transfer(demand, now)?;
    Ok(change.finish())
}

/// The same as a part of a change.
pub(super) fn over_to_transfer(demand: &mut Demand, now: Timestamp) -> Result<(), AdmissionRefusal> {
    if !demand.is_open() {
        return Err(AdmissionRefusal::WorkflowFinal);
    }
    if demand.workflow == Workflow::ElectronicSign {
        demand.workflow = Workflow::Identity;
        demand.changed_at = now;
        demand
            .diligences
            .retain(|shown| shown.kind.proof() != Proof::Selfie || shown.state == DiligenceState::Validated);
    }
    Ok(())
}

/// Says where an open demand stands by what was shown.
pub(super) fn restate(draft: &mut Draft<'_>, rules: &Rules) {
    let now = draft.now();
    let Some(admission) = &mut draft.customer.admission else { return };
    let proved = |step, proofs: &[Proof]| !rules.steps.contains(&step) || is_proved(admission, proofs);
    let complete =
        proved(Step::Document, &[Proof::Document]) && proved(Step::Complementary, &[Proof::Selfie, Proof::Transfer]);
    let Some(demand) =
        admission.demand.as_mut().filter(|demand| demand.is_open() || demand.state == DemandState::Complete)
    else {
        return;
    };
    let decided = |shown: &Diligence| matches!(shown.state, DiligenceState::Validated | DiligenceState::Refused(_));
    let state = if complete {
        DemandState::Complete
    } else if demand.diligences.iter().any(decided) {
        DemandState::Incomplete
    } else {
        DemandState::Pending
    };
    if demand.state != state {
        (demand.state, demand.changed_at) = (state, now);
    }
}

/// When an open demand ends that nobody answers.
pub(super) fn ends_at(demand: &Demand, rules: &Rules) -> Option<Timestamp> {
    let life = jiff::SignedDuration::from_hours(24 * i64::from(rules.demand_days));
    demand.is_open().then(|| demand.created_at.saturating_add(life).unwrap_or(Timestamp::MAX))
}
