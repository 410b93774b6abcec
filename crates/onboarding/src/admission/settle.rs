//! What follows from a change of any step, and what is told of it.

use super::account::AccountState;
use super::demand::{DemandState, Workflow};
use super::diligence::DiligenceState;
use super::filtering::{Filtering, FilteringStage, filtering, forbids};
use super::signature::End;
use super::standing::{Rules, Standing, standing};
use super::wallet::{ActivationState, WalletState};
use super::{Admission, Moved, signature};
use crate::customer::{Customer, Draft};
use crate::event::EventKind;

/// How an admission stood before a change.
#[derive(Debug)]
pub(super) struct Before {
    admission: Option<Admission>,
    standing: Option<Standing>,
    filtering: Option<Filtering>,
}

impl Before {
    /// How it stands; nothing for who was not let in this way.
    pub fn of(customer: &Customer, rules: &Rules) -> Option<Self> {
        let admission = Some(customer.admission.clone()?);
        Some(Self { admission, standing: standing(customer, rules), filtering: filtering(customer) })
    }

    /// Before there was anything.
    pub fn nothing() -> Self {
        Self { admission: None, standing: None, filtering: None }
    }
}

/// Opens the account of who is validated, freezes that of who turns out to be forbidden, and ends everything of who is
/// refused.
pub(super) fn open_or_close(draft: &mut Draft<'_>, rules: &Rules) {
    let (now, stands) = (draft.now(), standing(&draft.customer, rules));
    let forbidden = draft.customer.admission.as_ref().is_some_and(|known| forbids(&draft.customer, known));
    let Some(admission) = &mut draft.customer.admission else { return };
    match stands {
        Some(Standing::Validated) => {
            admission.frozen |= forbidden;
            let open = if admission.frozen { AccountState::Frozen } else { AccountState::Activated };
            admission.account.state = open;
            if let Some(page) = &mut admission.page {
                page.ended_at.get_or_insert(now);
            }
        }
        Some(Standing::Refused) => {
            if let Some(page) = &mut admission.page {
                page.ended_at.get_or_insert(now);
            }
            if let Some(activation) = admission.activation.as_mut().filter(|it| it.state == ActivationState::Open) {
                activation.state = ActivationState::Dead;
            }
            if let Some(wallet) = &mut admission.wallet {
                wallet.state = WalletState::Killed;
            }
            signature::end_all(admission, End::Impossible, now);
        }
        _ => {}
    }
}

/// What is told of a demand: one that did not move in any of these has not moved.
type DemandSeen = (uuid::Uuid, DemandState, Workflow, Vec<(uuid::Uuid, DiligenceState)>);

fn demand_seen(admission: &Admission) -> Option<DemandSeen> {
    let demand = admission.demand.as_ref()?;
    let shown = demand.diligences.iter().map(|diligence| (diligence.id, diligence.state)).collect();
    Some((demand.id, demand.state, demand.workflow, shown))
}

/// Tells whatever has moved, in an order that a reader would expect: what was done first, what follows from it last.
pub(super) fn tell(draft: &mut Draft<'_>, before: &Before, rules: &Rules) {
    let Some(after) = draft.customer.admission.clone() else { return };
    let known = before.admission.as_ref();
    let mut told: Vec<(Moved, Option<uuid::Uuid>, &'static str)> = Vec::new();
    let signatures = known.map(|known| known.signatures.as_slice()).unwrap_or_default();
    for signature in &after.signatures {
        let was = signatures.iter().find(|was| was.id == signature.id);
        if was.is_none_or(|was| was.ended != signature.ended) {
            told.push((Moved::Signature, Some(signature.id), signature.as_str()));
        }
    }
    let transfers = known.map(|known| known.transfers.as_slice()).unwrap_or_default();
    for transfer in &after.transfers {
        let was = transfers.iter().find(|was| was.id == transfer.id);
        if was.is_none_or(|was| (was.outcome, was.refunded) != (transfer.outcome, transfer.refunded)) {
            told.push((Moved::Transfer, Some(transfer.id), transfer.outcome.as_str()));
        }
    }
    if let Some(form) = after.tax.as_ref().filter(|form| known.and_then(|known| known.tax.as_ref()) != Some(*form)) {
        told.push((Moved::Tax, Some(form.id), form.status().as_str()));
    }
    let was_demand = known.and_then(|known| known.demand.as_ref());
    let moved_demand = after.demand.as_ref().filter(|_| known.and_then(demand_seen) != demand_seen(&after));
    let demand = moved_demand.map(|demand| (Moved::Demand, Some(demand.id), demand.state.as_str()));
    let new_demand = moved_demand.is_some_and(|demand| was_demand.is_none_or(|was| was.id != demand.id));
    told.extend(demand.filter(|_| !new_demand));
    let filtered = filtering(&draft.customer);
    if let Some(filtered) = filtered.filter(|filtered| before.filtering != Some(*filtered)) {
        told.push((Moved::Filtering, None, filtered.stage.as_str()));
    } else if filtered.is_none() && before.filtering.is_some() {
        told.push((Moved::Filtering, None, FilteringStage::InProgress.as_str()));
    }
    if let Some(activation) = &after.activation {
        let was = known.and_then(|known| known.activation.as_ref());
        if was.is_none_or(|was| (was.id, was.state) != (activation.id, activation.state)) {
            told.push((Moved::Activation, Some(activation.id), activation.state.as_str()));
        }
    }
    let stands = standing(&draft.customer, rules);
    if let Some(stands) = stands.filter(|_| stands != before.standing) {
        told.push((Moved::Standing, None, stands.as_str()));
    }
    if let Some(page) = &after.page {
        let was = known.and_then(|known| known.page.as_ref());
        if was.is_none_or(|was| (was.id, was.ended_at) != (page.id, page.ended_at)) {
            told.push((Moved::Page, Some(page.id), if page.ended_at.is_none() { "open" } else { "ended" }));
        }
    }
    told.extend(demand.filter(|_| new_demand));
    if known.is_none_or(|known| known.account.state != after.account.state) {
        told.push((Moved::Account, Some(after.account.id), after.account.state.as_str()));
    }
    if known.is_some_and(|known| known.frozen != after.frozen) {
        told.push((Moved::Freeze, None, if after.frozen { "frozen" } else { "ok" }));
    }
    for (moved, about, to) in told {
        draft.happened(EventKind::Admission(moved), about, Some(to));
    }
}
