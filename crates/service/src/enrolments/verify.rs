//! Verification: started, shown documents, approved by the customer's institution or the one that answers for it.

use std::sync::Arc;

use onboarding::customer::Ids;
use onboarding::enrolment::steps::{self, Approve, StartVerification, SubmitDocument};
use onboarding::{CustomerId, FileId, Pii};
use store::{CommitError, Ctx, CustomerFilter, Lookup, Tenant};
use uuid::Uuid;

use super::Progress;
use crate::files::Upload;
use crate::refused::Refused;
use crate::{Caller, Service};

/// How often a document is shown again when the customer was changed meanwhile.
const TRIES_MAX: u32 = 8;

/// Somebody's yes to a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yes {
    /// Who says it, where the caller names a person.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<Pii<String>>,
}

impl Service {
    /// Starts a customer's verification, once.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn start_verification(
        &self,
        caller: &Caller,
        id: CustomerId,
        wish: StartVerification,
    ) -> Result<Progress, Refused> {
        let decide = |customer| {
            let now = self.now();
            Ok(((), steps::start_verification(customer, wish, &caller.policy, &mut self.ids(now), now)?))
        };
        let ((), customer) = self.change(&caller.ctx, id, decide).await?;
        self.progress(caller, customer)
    }

    /// Shows a document, with a file or without; both are written together.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn submit_verification_document(
        &self,
        caller: &Caller,
        id: CustomerId,
        shown: SubmitDocument,
        file: Option<Upload>,
    ) -> Result<Progress, Refused> {
        for _ in 0..TRIES_MAX {
            let (customer, now) = (self.customer(caller, id).await?, self.now());
            let mut ids = self.ids(now);
            let file = file.clone().map(|file| file.file(FileId(ids.next()), id));
            let shown = SubmitDocument { file: file.as_ref().map(|file| file.id.0), ..shown.clone() };
            let changes = steps::submit_document(customer, shown, &caller.policy, &mut ids, now)?;
            let mut write = self.store().write(&caller.ctx, now);
            write.apply(&changes)?;
            if let Some(file) = &file {
                write.keep_file(file)?;
            }
            match self.commit(write).await {
                Ok(()) => return self.progress(caller, changes.customer),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// A verification of one of the caller's customers.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn verification(&self, caller: &Caller, verification: Uuid) -> Result<Progress, Refused> {
        let filter = CustomerFilter { lookups: vec![Lookup::Verification(verification)], ..CustomerFilter::default() };
        let found = self.store().customers(&caller.ctx, &filter, 0, 1).await?;
        self.progress(caller, found.into_iter().next().ok_or(Refused::NotFound)?)
    }

    /// Somebody of the customer's institution, or of its power tenant, approves what was shown.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a verification that is neither the caller's nor of a tenant it answers for; what the
    /// domain refuses.
    pub async fn approve_verification(
        &self,
        caller: &Caller,
        verification: Uuid,
        yes: Yes,
    ) -> Result<Progress, Refused> {
        let (house, id) = self.house_of_verification(caller, verification).await?;
        let as_power_tenant = self.power_tenant(&house).await?.is_some_and(|power| power.id == caller.tenant.id);
        let by = yes.by.unwrap_or_else(|| caller.ctx.actor.to_string());
        let yes = Approve { by, as_power_tenant, reason: yes.reason };
        let decide = |customer| {
            let now = self.now();
            Ok(((), steps::approve_verification(customer, yes.clone(), &house.policy, &mut self.ids(now), now)?))
        };
        let ((), customer) = self.change(&house.ctx, id, decide).await?;
        self.progress(&house, customer)
    }

    /// The tenant that answers for the caller's: the one it names, if that one answers for others; itself, if it names
    /// none.
    pub(crate) async fn power_tenant(&self, caller: &Caller) -> Result<Option<Arc<Tenant>>, Refused> {
        let Some(named) = &caller.settings.finhub.power_tenant else { return Ok(Some(Arc::clone(&caller.tenant))) };
        let found = self.store().tenant_by_key(named).await?;
        Ok(found.filter(|power| power.power).map(Arc::new))
    }

    /// Whose customer a verification is: the caller's own, or of a tenant that it answers for.
    async fn house_of_verification(
        &self,
        caller: &Caller,
        verification: Uuid,
    ) -> Result<(Caller, CustomerId), Refused> {
        match self.verification(caller, verification).await {
            Ok(progress) => return Ok((caller.clone(), progress.customer.id)),
            Err(Refused::NotFound) if caller.tenant.power => {}
            Err(error) => return Err(error),
        }
        for tenant in self.store().tenants().await? {
            let house = self.on_behalf_of(tenant.id).await?;
            if house.settings.finhub.power_tenant.as_ref() != Some(&caller.tenant.key) {
                continue;
            }
            let house = Caller { ctx: Ctx { tenant: tenant.id, actor: caller.ctx.actor.clone() }, ..house };
            match self.verification(&house, verification).await {
                Ok(progress) => return Ok((house, progress.customer.id)),
                Err(Refused::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Refused::NotFound)
    }
}
