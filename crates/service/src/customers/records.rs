//! Addresses, phones, e-mails and identifications of a customer.

use onboarding::contact::{self, Contact};
use onboarding::records::Standing;
use onboarding::{Customer, CustomerId, RecordId};

use crate::answer::{Answer, Reply};
use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Adds a record to a customer.
    ///
    /// # Errors
    /// [`Refused::NotFound`], [`Refused::InFlight`], what the domain refuses.
    pub async fn add_record<T: Contact + Clone + Send + Sync>(
        &self,
        caller: &Caller,
        customer: CustomerId,
        value: T,
        standing: Standing,
        reply: Reply<'_, (Customer, RecordId)>,
    ) -> Result<Answer, Refused> {
        let decide = |customer| {
            let now = self.now();
            contact::add(customer, value.clone(), standing, &mut self.ids(now), now)
        };
        self.change_once(caller, customer, &reply, decide).await
    }

    /// Puts another value in a record's place.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`onboarding::Refusal::NoSuchRecord`].
    pub async fn change_record<T: Contact + Clone + Send + Sync>(
        &self,
        caller: &Caller,
        customer: CustomerId,
        record: RecordId,
        value: T,
        standing: Standing,
    ) -> Result<Customer, Refused> {
        let decide = |customer| {
            let now = self.now();
            Ok(((), contact::change(customer, record, value.clone(), standing, &mut self.ids(now), now)?))
        };
        self.change(&caller.ctx, customer, decide).await.map(|((), customer)| customer)
    }

    /// Removes a record.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`onboarding::Refusal::NoSuchRecord`].
    pub async fn remove_record<T: Contact>(
        &self,
        caller: &Caller,
        customer: CustomerId,
        record: RecordId,
    ) -> Result<(), Refused> {
        let decide = |customer| {
            let now = self.now();
            Ok(((), contact::remove::<T>(customer, record, &mut self.ids(now), now)?))
        };
        self.change(&caller.ctx, customer, decide).await.map(|_| ())
    }
}
