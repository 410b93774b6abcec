//! What is to be signed: asked for by the institution, ended by the device, the time, or a sandbox.

use onboarding::Customer;
use onboarding::admission::correct::ContactChange;
use onboarding::admission::person::AppUserId;
use onboarding::admission::signature::{self, Operation, Outcome, OwnOperation};
use onboarding::admission::tax::TaxDeclaration;
use store::{HandleKind, Job};
use uuid::Uuid;

use super::{admission, keep};
use crate::refused::Refused;
use crate::{Caller, Service};

impl Service {
    /// Has the customer sign its tax form.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`onboarding::AdmissionRefusal::TaxMistakes`] and what else the domain refuses.
    pub async fn ask_tax(&self, caller: &Caller, user: &AppUserId, declared: TaxDeclaration) -> Result<Uuid, Refused> {
        self.ask_signature(caller, user, Operation::Tax(declared)).await
    }

    /// Has the customer sign that it accepts the terms.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn ask_terms(&self, caller: &Caller, user: &AppUserId) -> Result<Uuid, Refused> {
        self.ask_signature(caller, user, Operation::Terms).await
    }

    /// Has the customer sign where it is reached. That its e-mail address is nobody else's is looked at before.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] for an e-mail address that another customer has; what the domain refuses.
    pub async fn ask_contact(&self, caller: &Caller, user: &AppUserId, change: ContactChange) -> Result<Uuid, Refused> {
        if let Some(address) = &change.email {
            let customer = self.admitted(caller, user).await?;
            self.email_is_free(caller, address, Some(customer.id)).await?;
        }
        self.ask_signature(caller, user, Operation::Contact(change)).await
    }

    /// Has the customer sign something of the institution's own.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn ask_own(&self, caller: &Caller, user: &AppUserId, asked: OwnOperation) -> Result<Uuid, Refused> {
        self.ask_signature(caller, user, Operation::Own(asked)).await
    }

    async fn ask_signature(&self, caller: &Caller, user: &AppUserId, operation: Operation) -> Result<Uuid, Refused> {
        let id = self.admitted(caller, user).await?.id;
        let (handle, policy) = (self.random_handle(), &caller.policy);
        self.step(caller, id, &[], |customer, _, ids, now| {
            Ok(((), signature::ask(customer, operation.clone(), handle, policy, ids, now)?))
        })
        .await?;
        Ok(handle)
    }

    /// Answers in the place of a phone that nobody has; `None` lets the time run out. Only for a sandbox tenant's customers.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`onboarding::AdmissionRefusal::AlreadyAnswered`], [`onboarding::AdmissionRefusal::SignatureExpired`].
    pub async fn answer_in_sandbox(&self, id: Uuid, outcome: Option<Outcome>) -> Result<Customer, Refused> {
        let (house, customer) = self.led_by(HandleKind::Signature, &id.to_string()).await?;
        if !house.tenant.sandbox {
            return Err(Refused::NotFound);
        }
        let policy = &house.policy;
        let (_, customer) = self
            .step(&house, customer.id, &[], |customer, _, ids, now| {
                Ok(((), signature::answer_in_sandbox(customer, id, outcome, policy, ids, now)?))
            })
            .await?;
        Ok(customer)
    }

    /// Ends what of an admission nobody has answered in time, and comes back when the next does.
    pub(crate) async fn end_unanswered(&self, job: &Job) -> Result<(), Refused> {
        let house = self.on_behalf_of(job.tenant).await?;
        let now = self.now();
        let customer = self.store().customer(&house.ctx, job.customer).await?;
        let mut write = self.store().write(&house.ctx, now);
        let Some(customer) = customer.filter(|customer| customer.admission.is_some()) else {
            write.job_done(job);
            return Ok(self.commit(write).await?);
        };
        let before = customer.clone();
        let changes = signature::expire(customer, &house.policy, &mut self.ids(now), now)?;
        let after = changes.as_ref().map_or(&before, |changes| &changes.customer);
        let next = admission(after)?;
        let next = signature::next_end(next, &house.policy.admission);
        if let Some(changes) = &changes {
            write.apply(changes)?;
            keep(&mut write, Some(&before), &changes.customer, &house.policy)?;
        }
        match next {
            Some(end) => write.job_later(job, end),
            None => write.job_done(job),
        }
        Ok(self.commit(write).await?)
    }
}
