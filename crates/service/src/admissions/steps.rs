//! Steps that an institution takes for its customer.

use onboarding::Customer;
use onboarding::admission::declare::{self, Declarative};
use onboarding::admission::demand::{self, Workflow};
use onboarding::admission::person::AppUserId;
use onboarding::admission::wallet;

use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Keeps what a customer declares of its work and money.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn declare(&self, caller: &Caller, user: &AppUserId, declared: Declarative) -> Result<Customer, Refused> {
        let id = self.admitted(caller, user).await?.id;
        let policy = &caller.policy;
        let (_, customer) = self
            .step(caller, id, &[], |customer, _, ids, now| {
                Ok(((), declare::declare(customer, declared, policy, ids, now)?))
            })
            .await?;
        Ok(customer)
    }

    /// Begins the verification of a customer's identity.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn demand(&self, caller: &Caller, user: &AppUserId, workflow: Workflow) -> Result<Customer, Refused> {
        let id = self.admitted(caller, user).await?.id;
        let policy = &caller.policy;
        let (_, customer) = self
            .step(caller, id, &[], |customer, fresh, ids, now| {
                Ok(((), demand::demand(customer, workflow, fresh, policy, ids, now)?))
            })
            .await?;
        Ok(customer)
    }

    /// Goes over from the selfie to the transfer.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn demand_transfer(&self, caller: &Caller, user: &AppUserId) -> Result<Customer, Refused> {
        let id = self.admitted(caller, user).await?.id;
        self.to_transfer(caller, id).await
    }

    pub(super) async fn to_transfer(&self, house: &Caller, id: onboarding::CustomerId) -> Result<Customer, Refused> {
        let policy = &house.policy;
        let (_, customer) = self
            .step(house, id, &[], |customer, _, ids, now| Ok(((), demand::to_transfer(customer, policy, ids, now)?)))
            .await?;
        Ok(customer)
    }

    /// Makes another activation code for a customer who has lost its device or locked it.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn renew_activation(&self, caller: &Caller, user: &AppUserId) -> Result<Customer, Refused> {
        let id = self.admitted(caller, user).await?.id;
        let policy = &caller.policy;
        let (_, customer) = self
            .step(caller, id, &[], |customer, fresh, ids, now| {
                Ok(((), wallet::renew(customer, fresh, policy, ids, now)?))
            })
            .await?;
        Ok(customer)
    }
}
