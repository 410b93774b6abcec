//! Changes who a customer is.

use onboarding::profile::{Revision, revise};
use onboarding::{Customer, CustomerId};

use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Puts a revision in place, made by the caller from the customer as it is.
    ///
    /// # Errors
    /// [`Refused::NotFound`], what the domain refuses.
    pub async fn revise(
        &self,
        caller: &Caller,
        customer: CustomerId,
        revision: &(dyn Fn(&Customer) -> Revision + Send + Sync),
    ) -> Result<Customer, Refused> {
        let decide = |customer: Customer| {
            let now = self.now();
            let revision = revision(&customer);
            Ok(((), revise(customer, revision, &mut self.ids(now), now)?))
        };
        self.change(&caller.ctx, customer, decide).await.map(|((), customer)| customer)
    }
}
