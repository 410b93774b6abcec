//! Activation: the last step, with an account number that nobody else has.

use onboarding::enrolment::steps::{self, Activate};
use onboarding::enrolment::{Readiness, readiness};
use onboarding::{CustomerId, Pii, Refusal, TenantId};
use store::CommitError;
use uuid::Uuid;

use super::Progress;
use crate::people::VerifyEmailError;
use crate::refused::Refused;
use crate::{Caller, Service};

/// How often an activation starts again when the customer was changed meanwhile.
const TRIES_MAX: u32 = 8;

/// Whether a customer may be activated, and who would have to say so.
#[derive(Debug, Clone)]
pub struct ActivationCheck {
    /// The customer, and how far it has come.
    pub progress: Progress,
    /// What stands against it.
    pub readiness: Readiness,
    /// The tenant that answers for the customer's own; none, if the one that was named answers for nobody.
    pub power_tenant: Option<TenantId>,
}

/// What is said with an activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewActivation {
    /// Who activates, where the caller names a person.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<Pii<String>>,
    /// The token of the verification mail and the user it was sent to, where the caller shows them.
    pub code: Option<(Pii<String>, Uuid)>,
}

impl Service {
    /// Whether a customer may be activated, and what stands against it.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn activation_check(&self, caller: &Caller, id: CustomerId) -> Result<ActivationCheck, Refused> {
        let progress = self.enrolled(caller, id).await?;
        let readiness = readiness(&progress.customer, &caller.policy, self.now()).ok_or(Refused::NotFound)?;
        let power_tenant = self.power_tenant(caller).await?.map(|power| power.id);
        Ok(ActivationCheck { progress, readiness, power_tenant })
    }

    /// Activates a customer's wallet, once.
    ///
    /// A token of the verification mail that is shown with it is used up first, and stays so if the activation is
    /// refused: it proves the address, whatever comes of the wallet.
    ///
    /// # Errors
    /// [`VerifyEmailError::Unknown`] for a token that proves nothing; [`Refused::NotFound`]; what the domain refuses.
    pub async fn activate(
        &self,
        caller: &Caller,
        id: CustomerId,
        new: NewActivation,
    ) -> Result<Progress, VerifyEmailError> {
        if let Some((token, user)) = &new.code {
            let known = self.enrolled(caller, id).await?;
            if known.enrolment.user != *user {
                return Err(VerifyEmailError::Unknown);
            }
            if known.enrolment.email_verified_at.is_none() {
                self.verify_email(caller, id, token).await?;
            }
        }
        let by = new.by.unwrap_or_else(|| caller.ctx.actor.to_string());
        for _ in 0..TRIES_MAX {
            let customer = self.customer(caller, id).await?;
            if customer.enrolment.is_none() {
                return Err(Refused::NotFound.into());
            }
            let now = self.now();
            // Nobody who cannot be activated uses up a number.
            steps::activatable(&customer, &caller.policy, now).map_err(refused)?;
            let iban = self.draw_iban(&caller.settings.finhub.issuer).await?;
            let activate = Activate { iban, by: by.clone(), reason: new.reason.clone() };
            let changes = steps::activate(customer, activate, &caller.policy, &mut self.ids(now), now);
            let changes = changes.map_err(refused)?;
            let mut write = self.store().write(&caller.ctx, now);
            write.apply(&changes).map_err(Refused::from)?;
            match self.commit(write).await {
                Ok(()) => return Ok(self.progress(caller, changes.customer)?),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(Refused::from(error).into()),
            }
        }
        Err(Refused::Conflict.into())
    }
}

fn refused(refusal: Refusal) -> VerifyEmailError {
    Refused::from(refusal).into()
}
