//! What the lists say of a customer, as far as it is told: whether it is politically exposed, and whether that has been
//! looked at. Never what stands on a list of sanctions.

use super::Admission;
use super::demand::DemandState;
use crate::check::{CheckKind, CheckState};
use crate::customer::Customer;
use crate::evaluation::words;

/// What is told of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filtering {
    /// Whether it is looked at.
    pub stage: FilteringStage,
    /// Whether the customer is politically exposed; none as long as nobody can say.
    pub exposed: Option<bool>,
    /// Whether it is served all the same; none as long as nobody has said, or need not.
    pub served: Option<bool>,
}

/// Whether the lists have been looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilteringStage {
    /// They are, or a person is.
    InProgress,
    /// They have been.
    Done,
}

words!(FilteringStage { InProgress = "in_progress", Done = "done" });

/// What the lists say. Nothing before the identity is verified: until then nobody knows whom they speak of.
#[must_use]
pub fn filtering(customer: &Customer) -> Option<Filtering> {
    let admission = customer.admission.as_ref()?;
    admission.demand.as_ref().filter(|demand| demand.state == DemandState::Complete)?;
    let exposed = match customer.checks.get(&CheckKind::Pep).map(|check| &check.state) {
        Some(CheckState::Clear) => Some(false),
        Some(CheckState::Confirmed(_)) => Some(true),
        _ => None,
    };
    let looking = customer
        .checks
        .values()
        .any(|check| check.is_awaited() || matches!(check.state, CheckState::Hit(_) | CheckState::Reviewing(_)));
    let unsaid = exposed == Some(true) && admission.exposed_served.is_none();
    let stage = if looking || unsaid { FilteringStage::InProgress } else { FilteringStage::Done };
    Some(Filtering { stage, exposed, served: admission.exposed_served.filter(|_| exposed == Some(true)) })
}

/// Whether a list says that the customer is not to be served. To be politically exposed is no reason (FATF
/// recommendation 12), unless a person decides so.
pub(super) fn forbids(customer: &Customer, admission: &Admission) -> bool {
    let proven = customer.checks.iter().filter(|(_, check)| matches!(check.state, CheckState::Confirmed(_)));
    let mut kinds = proven.map(|(kind, _)| *kind);
    kinds.any(|kind| kind != CheckKind::Pep || admission.exposed_served == Some(false))
}
