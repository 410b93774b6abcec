//! What the house asks of this dialect.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use service::outbound::OutboundRequest;
use service::settings::CALLBACK_TYPES;
use service::{Caller, Delivery, Dialect, Followed, Needs, NewRegistration, Registration, RegistrationMode, Told};
use uuid::Uuid;

use super::{callback, events, frame};
use crate::xpollens::NAME;

/// The vendor's waits before each further try.
const RETRIES: [Duration; 4] =
    [Duration::from_secs(20), Duration::from_secs(60), Duration::from_secs(300), Duration::from_secs(1_800)];

/// How Xpollens tells of what happens to users.
#[derive(Debug, Clone)]
pub struct Xpollens {
    /// Where the house can be reached from outside.
    pub public_url: Arc<str>,
}

impl Dialect for Xpollens {
    fn name(&self) -> &'static str {
        NAME
    }

    fn needs(&self, _: &Delivery, _: &Registration) -> Needs {
        Needs { customer: true, case: false }
    }

    fn render(&self, told: &Told<'_>) -> Option<OutboundRequest> {
        let callback = callback(told, &self.public_url)?;
        Some(frame::request(&callback, told))
    }

    fn ping(&self, _: &Registration, _: Uuid, _: Timestamp) -> Option<OutboundRequest> {
        None
    }

    fn retries(&self, _: &Registration) -> Vec<Duration> {
        RETRIES.to_vec()
    }

    /// What could not be told is fetched from the queue; the next callback is sent all the same.
    fn suspends(&self) -> bool {
        false
    }

    /// One registration a type: sent, where the type has an address, else put into the queue.
    fn followed(&self, house: &Caller) -> Vec<Followed> {
        let settings = &house.settings.xpollens;
        let of_type = |name: &'static str| {
            let url = settings.address_of(name).cloned();
            let mut new = NewRegistration::push(NAME, name, events(name), url.clone().unwrap_or_default());
            new.mode = if url.is_some() { RegistrationMode::Push } else { RegistrationMode::Poll };
            new.callback_url = url;
            new.auth.clone_from(&settings.callback_basic);
            Followed { name, registration: Some(new) }
        };
        CALLBACK_TYPES.into_iter().map(of_type).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_tells_of_something() {
        for of_type in CALLBACK_TYPES {
            assert!(!events(of_type).is_empty(), "{of_type}");
        }
        assert!(events("46").is_empty());
    }
}
