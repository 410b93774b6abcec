//! What whoever operates the house sees of registrations, and takes up again.

use store::{Actor, Backlog, Ctx, Registration, RegistrationFilter, RegistrationId, RegistrationState, Scopes};

use crate::refused::Refused;
use crate::{Caller, Service};

/// Registrations read at once.
const PAGE: u32 = 200;

/// A registration, and what it is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upkeep {
    /// The registration.
    pub registration: Registration,
    /// What it is owed.
    pub backlog: Backlog,
}

impl Upkeep {
    /// Whether somebody should look at it: it is suspended, or something does not arrive.
    #[must_use]
    pub fn needs_somebody(&self) -> bool {
        self.registration.state == RegistrationState::Suspended || self.backlog.is_failing()
    }
}

impl Service {
    /// Tells each registration of a tenant with what it is owed, oldest first; however many there are, few are held at once.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown tenant.
    pub async fn each_registration(&self, tenant: &str, mut each: impl FnMut(Upkeep) + Send) -> Result<(), Refused> {
        let ctx = Ctx::system(self.tenant(tenant).await?.id);
        let mut offset = 0;
        loop {
            let page = self.store().registrations(&ctx, &RegistrationFilter::default(), offset, PAGE).await?;
            let read = page.len();
            for registration in page {
                let backlog = self.store().backlog(&ctx, registration.id).await?;
                each(Upkeep { registration, backlog });
            }
            if read < PAGE as usize {
                return Ok(());
            }
            offset += u64::from(PAGE);
        }
    }

    /// Takes a suspended registration up again, for its tenant's operator, whichever dialect it was made in; what was held
    /// for it goes out now. With `failed`, what was given up is tried again, too; how much that is, is told.
    ///
    /// # Errors
    /// [`Refused::NotFound`], [`Refused::Conflict`].
    pub async fn take_up_registration(
        &self,
        operator: &str,
        tenant: &str,
        id: RegistrationId,
        failed: bool,
    ) -> Result<(Registration, u64), Refused> {
        let tenant = self.tenant(tenant).await?;
        let caller = Caller::of(tenant, Actor::Operator(operator.to_owned()), Scopes::default());
        let known = self.store().registration(&caller.ctx, id).await?.ok_or(Refused::NotFound)?;
        let restarted = self.restart_registration(&caller, &known.dialect, id).await?;
        let resent = if failed { self.store().resend_failed(&caller.ctx, id, self.now()).await? } else { 0 };
        self.signals().courier_due.notify_one();
        Ok((restarted, resent))
    }
}
