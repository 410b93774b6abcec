//! Enrolments: individuals who register, show who they are, agree, and get an active wallet.
//!
//! What may be done when is `onboarding::enrolment`'s to say; who they are when they come back, [`crate::people`]'s. Each
//! step is one write.

mod activate;
mod register;
mod session;
mod verify;

use onboarding::enrolment::consent::GrantConsent;
use onboarding::enrolment::{Enrolment, NextStep, Stage, next_step, stage, steps};
use onboarding::{Customer, CustomerId};

pub use activate::{ActivationCheck, NewActivation};
pub use register::{EnrolError, Register};
pub use session::{Program, SessionError};
pub use verify::Yes;

use crate::refused::Refused;
use crate::{Caller, Service};

/// A customer, and how far it has come.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The customer.
    pub customer: Customer,
    /// Its enrolment.
    pub enrolment: Enrolment,
    /// Where it stands.
    pub stage: Stage,
    /// What comes next; nothing for who is active.
    pub next: Option<NextStep>,
}

impl Service {
    /// A customer of the caller that was registered to sign in.
    ///
    /// # Errors
    /// [`Refused::NotFound`], also for a customer of another tenant or dialect.
    pub async fn enrolled(&self, caller: &Caller, id: CustomerId) -> Result<Progress, Refused> {
        let customer = self.customer(caller, id).await?;
        self.progress(caller, customer)
    }

    /// The customer agrees to something.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn grant_consent(
        &self,
        caller: &Caller,
        id: CustomerId,
        given: GrantConsent,
    ) -> Result<Progress, Refused> {
        let decide = |customer| {
            let now = self.now();
            Ok(((), steps::grant_consent(customer, given.clone(), &caller.policy, &mut self.ids(now), now)?))
        };
        let ((), customer) = self.change(&caller.ctx, id, decide).await?;
        self.progress(caller, customer)
    }

    pub(crate) fn progress(&self, caller: &Caller, customer: Customer) -> Result<Progress, Refused> {
        let now = self.now();
        let enrolment = customer.enrolment.clone().ok_or(Refused::NotFound)?;
        let stage = stage(&customer, &caller.policy, now).ok_or(Refused::NotFound)?;
        let next = next_step(&customer, &caller.policy, now);
        Ok(Progress { customer, enrolment, stage, next })
    }
}
