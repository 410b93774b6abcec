//! What the house asks of a dialect: how one delivery looks in the vendor's words, how long to try, and which
//! registration follows the tenant's settings.

use std::time::Duration;

use jiff::Timestamp;
use onboarding::risk::Facts;
use onboarding::{Case, Customer};
use store::{Delivery, Registration};

use crate::auth::Caller;
use crate::outbound::OutboundRequest;
use crate::registrations::NewRegistration;

/// Waits for a dialect whose vendor says nothing: quick at first, then hourly, for three days in all. A receiver that
/// was down for an hour or a weekend has missed nothing when it is back.
pub const PATIENT: [Duration; 78] = {
    let mut waits = [Duration::from_secs(3_600); 78];
    let first = [5, 30, 120, 300, 600, 1_800];
    let mut at = 0;
    while at < first.len() {
        waits[at] = Duration::from_secs(first[at]);
        at += 1;
    }
    waits
};

/// A vendor's way to tell about an event. Implemented by the `api` room, wired in the binary.
pub trait Dialect: Send + Sync {
    /// What its registrations are stored under.
    fn name(&self) -> &'static str;

    /// What must be read before this delivery can be rendered.
    fn needs(&self, delivery: &Delivery, registration: &Registration) -> Needs;

    /// The request that tells it; none if the vendor would say nothing of this, and then the delivery is done. Nothing
    /// personal is in it unless the vendor's document says so.
    fn render(&self, told: &Told<'_>) -> Option<OutboundRequest>;

    /// The request that only tries the way; none if the dialect knows no such thing.
    fn ping(&self, registration: &Registration, id: uuid::Uuid, now: Timestamp) -> Option<OutboundRequest>;

    /// How long to wait before each further try; the courier adds jitter. After the last [`Self::suspends`] says what is.
    fn retries(&self, registration: &Registration) -> Vec<Duration>;

    /// Whether a registration is suspended once a delivery was tried for the last time. If not, that delivery has failed,
    /// waits to be fetched, and the next one is sent all the same.
    fn suspends(&self) -> bool {
        true
    }

    /// Adds to the facts of a risk rating what this dialect keeps in the customer's attributes; whether it keeps anything,
    /// so that the customer is to be rated at all. It must say the same of the same customer, always.
    fn facts(&self, _customer: &Customer, _facts: &mut Facts) -> bool {
        false
    }

    /// The registrations that follow the tenant's settings: they are made, changed and removed in the write that changes
    /// them. One whose events are fetched is not made before the tenant speaks the dialect ([`crate::Service::follow`]) or
    /// sets something of it: it would gather for nobody.
    fn followed(&self, _house: &Caller) -> Vec<Followed> {
        Vec::new()
    }
}

/// What a rendering needs to have read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// The customer as it is now.
    pub customer: bool,
    /// The case that the event is about; where it is about none, the customer's open one.
    pub case: bool,
}

/// All that a delivery may be rendered from.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What is owed.
    pub delivery: &'a Delivery,
    /// To whom.
    pub registration: &'a Registration,
    /// About whom, if it was asked for and can still be read.
    pub customer: Option<&'a Customer>,
    /// The case, if it was asked for and there is one.
    pub case: Option<&'a Case>,
    /// The tenant and its settings in force.
    pub house: &'a Caller,
    /// When it is rendered.
    pub now: Timestamp,
}

/// A registration that follows settings. It is about everybody.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Its name.
    pub name: &'static str,
    /// What it is to be under these settings; nothing, if there is to be none.
    pub registration: Option<NewRegistration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_lasts_three_days() {
        let in_all: Duration = PATIENT.iter().sum();
        assert!(in_all >= Duration::from_secs(72 * 3_600) && in_all < Duration::from_secs(80 * 3_600), "{in_all:?}");
        assert!(PATIENT.is_sorted());
    }
}
