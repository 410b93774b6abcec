//! What the courier asks of a dialect: how one delivery looks in the vendor's words.

use std::time::Duration;

use onboarding::Customer;
use store::{Delivery, Registration};

use crate::outbound::OutboundRequest;

/// A vendor's way to tell about an event. Implemented by the `api` room, wired in the binary.
pub trait Dialect: Send + Sync {
    /// What its registrations are stored under.
    fn name(&self) -> &'static str;

    /// Whether rendering for this registration needs the customer read first.
    fn wants_customer(&self, registration: &Registration) -> bool;

    /// The request that tells it. Nothing personal is in it unless the vendor's document says so.
    fn render(&self, delivery: &Delivery, registration: &Registration, customer: Option<&Customer>) -> OutboundRequest;

    /// The request that only tries the way; none if the dialect knows no such thing.
    fn ping(&self, registration: &Registration, id: uuid::Uuid, now: jiff::Timestamp) -> Option<OutboundRequest>;

    /// How long to wait before each further try; the courier adds jitter. After the last the registration is suspended.
    fn retries(&self) -> &[Duration];
}
