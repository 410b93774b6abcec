//! Beneficial owners of a business customer.

use onboarding::ownership;
use onboarding::records::{Owner, Standing};
use onboarding::{Customer, CustomerId, RecordId};

use crate::answer::{Answer, Reply};
use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Adds an owner, who must be a customer of the same tenant.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for either of the two, [`Refused::InFlight`], what the domain refuses.
    pub async fn add_owner(
        &self,
        caller: &Caller,
        customer: CustomerId,
        owner: Owner,
        standing: Standing,
        reply: Reply<'_, (Customer, RecordId)>,
    ) -> Result<Answer, Refused> {
        let kind = self.customer(caller, owner.customer).await?.party.kind();
        let decide = |customer| {
            let now = self.now();
            ownership::add(customer, owner.clone(), kind, standing, &mut self.ids(now), now)
        };
        self.change_once(caller, customer, &reply, decide).await
    }

    /// Changes an owner's title and share (hundredths of a percent).
    ///
    /// # Errors
    /// [`Refused::NotFound`], what the domain refuses.
    pub async fn change_owner(
        &self,
        caller: &Caller,
        customer: CustomerId,
        record: RecordId,
        title: Option<String>,
        share_basis_points: u16,
        standing: Standing,
    ) -> Result<Customer, Refused> {
        let decide = |customer| {
            let now = self.now();
            let title = title.clone();
            let changes =
                ownership::change(customer, record, title, share_basis_points, standing, &mut self.ids(now), now)?;
            Ok(((), changes))
        };
        self.change(&caller.ctx, customer, decide).await.map(|((), customer)| customer)
    }

    /// Removes an owner.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`onboarding::Refusal::NoSuchRecord`].
    pub async fn remove_owner(&self, caller: &Caller, customer: CustomerId, record: RecordId) -> Result<(), Refused> {
        let decide = |customer| {
            let now = self.now();
            Ok(((), ownership::remove(customer, record, &mut self.ids(now), now)?))
        };
        self.change(&caller.ctx, customer, decide).await.map(|_| ())
    }
}
