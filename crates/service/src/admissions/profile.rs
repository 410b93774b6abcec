//! What is known of a customer is changed.

use onboarding::Customer;
use onboarding::admission::correct::{self, Justification, ProfileChange};
use onboarding::admission::person::AppUserId;

use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Changes what is known of a prospect; contact data only until its identity is validated.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] for an e-mail address that another customer has; what the domain refuses.
    pub async fn update_admitted(
        &self,
        caller: &Caller,
        user: &AppUserId,
        wanted: &ProfileChange,
        justification: Option<&Justification>,
    ) -> Result<Customer, Refused> {
        let customer = self.admitted(caller, user).await?;
        let _alone = match &wanted.contact.email {
            Some(address) => Some(self.alone_with_email(caller, address).await),
            None => None,
        };
        if let Some(address) = &wanted.contact.email {
            self.email_is_free(caller, address, Some(customer.id)).await?;
        }
        let policy = &caller.policy;
        let ((), customer) = self
            .step(caller, customer.id, &[], |customer, _, ids, now| {
                Ok(((), correct::update(customer, wanted, justification, policy, ids, now)?))
            })
            .await?;
        Ok(customer)
    }

    /// Freezes an account, or lets it be used again.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn freeze(&self, caller: &Caller, user: &AppUserId, frozen: bool) -> Result<Customer, Refused> {
        let id = self.admitted(caller, user).await?.id;
        let policy = &caller.policy;
        let decide = |customer, _: &_, ids: &mut dyn onboarding::customer::Ids, now| {
            Ok(((), correct::freeze(customer, frozen, policy, ids, now)?))
        };
        Ok(self.step(caller, id, &[], decide).await?.1)
    }
}
