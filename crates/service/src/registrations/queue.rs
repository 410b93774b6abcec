//! Registrations that follow the settings from a tenant's first use of a dialect on, and the queue that holds what was
//! not sent.

use jiff::SignedDuration;
use onboarding::Customer;
use onboarding::customer::Ids;
use store::{Delivery, DeliveryId, Registration, RegistrationFilter};

use crate::refused::Refused;
use crate::{Caller, Service};

/// More registrations than a dialect with a queue has.
const REGISTRATIONS_MAX: u32 = 200;

/// Something that waits to be fetched, and what it is rendered from.
#[derive(Debug, Clone)]
pub struct Queued {
    /// What is owed.
    pub delivery: Delivery,
    /// By which registration.
    pub registration: Registration,
    /// About whom, if the customer can still be read.
    pub customer: Option<Customer>,
}

impl Service {
    /// Makes the registrations that follow the settings, for a tenant that begins to speak this dialect: what happens
    /// before it has set anything waits to be fetched. Those that are there stay as they are.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn follow(&self, caller: &Caller, dialect: &'static str) -> Result<(), Refused> {
        let known = (caller.tenant_id(), dialect);
        if self.following().contains_key(&known) {
            return Ok(());
        }
        let Some(speaker) = self.dialect(dialect) else { return Ok(()) };
        let filter = RegistrationFilter { dialect: Some(dialect.to_owned()), ..RegistrationFilter::default() };
        let there = self.store().registrations(&caller.ctx, &filter, 0, REGISTRATIONS_MAX).await?;
        let now = self.now();
        let mut write = self.store().write(&caller.ctx, now);
        let mut is_new = false;
        for followed in speaker.followed(caller) {
            let Some(wanted) = followed.registration else { continue };
            if there.iter().all(|registration| registration.name != wanted.name) {
                write.registration_put(&wanted.made(caller.tenant_id(), self.ids(now).next(), now))?;
                is_new = true;
            }
        }
        if is_new {
            self.commit(write).await?;
        }
        self.following().insert(known, ());
        Ok(())
    }

    /// What waits to be fetched in this dialect and is not older than it is kept, oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn queued(
        &self,
        caller: &Caller,
        dialect: &str,
        kept: SignedDuration,
        limit: u32,
    ) -> Result<Vec<Queued>, Refused> {
        let since = self.now().saturating_sub(kept).unwrap_or(jiff::Timestamp::MIN);
        let filter = RegistrationFilter { dialect: Some(dialect.to_owned()), ..RegistrationFilter::default() };
        let mut waiting = Vec::new();
        for registration in self.store().registrations(&caller.ctx, &filter, 0, REGISTRATIONS_MAX).await? {
            let owed = self.store().queued(&caller.ctx, registration.id, since, limit).await?;
            waiting.extend(owed.into_iter().map(|delivery| (delivery, registration.clone())));
        }
        waiting.sort_by_key(|(delivery, _)| (delivery.seq, delivery.id));
        waiting.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut queued: Vec<Queued> = Vec::with_capacity(waiting.len());
        for (delivery, registration) in waiting {
            let known = queued.iter().find(|other| other.delivery.customer == delivery.customer);
            let customer = match known {
                Some(other) => other.customer.clone(),
                None => self.store().customer(&caller.ctx, delivery.customer).await?,
            };
            queued.push(Queued { delivery, registration, customer });
        }
        Ok(queued)
    }

    /// Takes these out of the queue.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn take_queued(&self, caller: &Caller, deliveries: &[DeliveryId]) -> Result<(), Refused> {
        Ok(self.store().take_queued(&caller.ctx, deliveries).await?)
    }
}
