//! Lets a prospect in.

use std::hash::{DefaultHasher, Hash, Hasher};

use onboarding::admission::create::{Admit, admit};
use onboarding::admission::standing::{Standing, standing};
use onboarding::onboard::Onboard;
use onboarding::{Customer, CustomerId, Pii};
use store::{CommitError, CustomerFilter, Lookup, Pace};
use tokio::sync::MutexGuard;

use super::{TRIES_MAX, keep};
use crate::refused::Refused;
use crate::{Caller, Service};

/// Most customers with one e-mail address that are looked at.
const ALIKE_MAX: u32 = 50;

/// Another customer, who is not refused, has the address.
const EMAIL_TAKEN: Refused = Refused::State("the e-mail address is another customer's");

impl Service {
    /// Lets a prospect in: the record is durable, its events written and its screening due before this answers. Of two who
    /// send the same id at once, one is let in.
    ///
    /// # Errors
    /// [`Refused::Taken`] for an id that is known; [`Refused::State`] for an e-mail address that another customer has.
    pub async fn admit(&self, caller: &Caller, command: Admit) -> Result<Customer, Refused> {
        let own = Pii(command.app_user_id.as_str().to_owned());
        if self.customer_of_sender(caller, &own).await?.is_some() {
            return Err(Refused::Taken);
        }
        // The dialects that let prospects in send one address; held until the record is written.
        let _alone = match command.onboard.emails.first() {
            Some(email) => Some(self.alone_with_email(caller, &email.address).await),
            None => None,
        };
        for email in &command.onboard.emails {
            self.email_is_free(caller, &email.address, None).await?;
        }
        for _ in 0..TRIES_MAX {
            let (now, fresh) = (self.now(), self.fresh());
            let onboard = Onboard { cif_number: self.cif_number(), ..command.onboard.clone() };
            let command = Admit { onboard, ..command.clone() };
            let changes = admit(caller.ctx.tenant, command, &fresh, &caller.policy, &mut self.ids(now), now)?;
            let mut write = self.store().write(&caller.ctx, now);
            // Whose id it is, is written on the condition that nobody else's is: two at once are not both let in.
            let apart = jiff::SignedDuration::ZERO;
            write.keep_pace(&Pace { external_id: own.clone(), customer: changes.customer.id, at: now, apart });
            write.apply(&changes)?;
            keep(&mut write, None, &changes.customer, &caller.policy)?;
            match self.commit(write).await {
                Ok(()) => return Ok(changes.customer),
                Err(CommitError::TooSoon) => return Err(Refused::Taken),
                Err(CommitError::Conflict | CommitError::CifNumberTaken) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// Holds back whoever else wants this e-mail address at the same moment: of two, the second finds it taken. It holds on
    /// this node.
    pub(super) async fn alone_with_email(&self, caller: &Caller, address: &Pii<String>) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        (caller.tenant_id().0, address.trim().to_lowercase()).hash(&mut hasher);
        let gates = self.email_gates();
        let gate = usize::try_from(hasher.finish() % gates.len() as u64).unwrap_or_default();
        gates[gate].lock().await
    }

    /// Whether no other customer has this e-mail address, except one that is refused.
    ///
    /// # Errors
    /// [`Refused::State`].
    pub(super) async fn email_is_free(
        &self,
        caller: &Caller,
        address: &Pii<String>,
        but: Option<CustomerId>,
    ) -> Result<(), Refused> {
        let filter = CustomerFilter { lookups: vec![Lookup::Email(address.clone())], ..CustomerFilter::default() };
        let alike = self.store().customers(&caller.ctx, &filter, 0, ALIKE_MAX).await?;
        let stands = |customer: &Customer| standing(customer, &caller.policy.admission);
        let mut others = alike.iter().filter(|other| Some(other.id) != but);
        let taken = others.any(|other| stands(other).is_some_and(|stands| stands != Standing::Refused));
        if taken { Err(EMAIL_TAKEN) } else { Ok(()) }
    }
}
