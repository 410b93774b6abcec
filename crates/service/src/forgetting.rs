//! Forgetting prospects that came no further, and holding those that must not be forgotten.

use onboarding::admission::retention::{self, Retention, retention};
use onboarding::admission::standing::standing;
use onboarding::changes::Work;
use onboarding::customer::Ids;
use onboarding::id::EventId;
use onboarding::{Changes, Customer, CustomerId, Event, EventKind, Pii, Refusal};
use store::{Actor, CommitError, Ctx, Forgotten, Job, Remains, Scopes, StoreError};

use crate::refused::Refused;
use crate::{Caller, Service};

/// How often a hold is tried again when the customer was changed meanwhile.
const TRIES_MAX: u32 = 8;

impl Service {
    /// Forgets a prospect whose time has come; one whose time has not is asked about again then.
    pub(crate) async fn forget_if_due(&self, job: &Job) -> Result<(), Refused> {
        // Asked anew, not believed for a second: what made this due may be that the rules have just changed.
        let tenant = self.store().tenant(job.tenant).await?.ok_or(Refused::NotFound)?;
        let house = Caller::of(tenant, Actor::System, Scopes::default());
        let (ctx, now) = (&house.ctx, self.now());
        let mut write = self.store().write(ctx, now);
        let Some(remains) = self.store().remains(ctx, job.customer).await? else {
            write.job_done(job);
            return Ok(self.commit(write).await?);
        };
        // A crash in the middle of forgetting leaves somebody that nobody can read any more.
        let decided =
            if remains.keyless { Some(Retention::Forget) } else { self.retention_of(&house, job.customer).await? };
        match decided {
            Some(Retention::Forget) => {
                write.job_done(job);
                write.forget(&self.forgotten(job.customer, &remains));
            }
            Some(Retention::Later(due_at)) => write.job_later(job, due_at),
            Some(Retention::Keep) | None => write.job_done(job),
        }
        let forgets = decided == Some(Retention::Forget);
        self.commit(write).await.map_err(|error| match error {
            CommitError::LeaseLost => Refused::State("the lease was lost"),
            error => error.into(),
        })?;
        if forgets {
            tracing::info!(customer.id = %job.customer, "Forgot a prospect that came no further");
            self.signals().something_was_destroyed();
        }
        Ok(())
    }

    async fn retention_of(&self, house: &Caller, customer: CustomerId) -> Result<Option<Retention>, StoreError> {
        let rules = &house.policy.admission;
        let customer = self.store().customer(&house.ctx, customer).await?;
        Ok(customer.and_then(|customer| {
            let stands = standing(&customer, rules)?;
            Some(retention(&customer, stands, rules, self.now()))
        }))
    }

    fn forgotten(&self, customer: CustomerId, remains: &Remains) -> Forgotten {
        let now = self.now();
        let event = Event {
            id: EventId(self.ids(now).next()),
            kind: EventKind::CustomerForgotten,
            customer,
            number: remains.event_count + 1,
            about: None,
            to: None,
            at: now,
        };
        Forgotten { customer, version: remains.version, event }
    }

    /// Forbids to forget a customer, whatever its time says.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn hold_customer(
        &self,
        ctx: &Ctx,
        customer: CustomerId,
        reason: &Pii<String>,
        by: &str,
    ) -> Result<Customer, Refused> {
        let decide = |customer, ids: &mut dyn Ids, now| retention::hold(customer, reason.clone(), by, ids, now);
        self.changed_hold(ctx, customer, decide).await
    }

    /// Takes a hold back: if its time has come, the customer is forgotten at once.
    ///
    /// # Errors
    /// As for [`Service::hold_customer`].
    pub async fn release_customer(
        &self,
        ctx: &Ctx,
        customer: CustomerId,
        reason: &Pii<String>,
        by: &str,
    ) -> Result<Customer, Refused> {
        let decide = |customer, ids: &mut dyn Ids, now| retention::release(customer, reason.clone(), by, ids, now);
        self.changed_hold(ctx, customer, decide).await
    }

    async fn changed_hold(
        &self,
        ctx: &Ctx,
        id: CustomerId,
        decide: impl Fn(Customer, &mut dyn Ids, onboarding::Timestamp) -> Result<Changes, Refusal>,
    ) -> Result<Customer, Refused> {
        for _ in 0..TRIES_MAX {
            let customer = self.store().customer(ctx, id).await?.ok_or(Refused::NotFound)?;
            let now = self.now();
            let changes = decide(customer, &mut self.ids(now), now)?;
            let mut write = self.store().write(ctx, now);
            write.apply(&changes)?;
            match self.commit(write).await {
                Ok(()) => return Ok(changes.customer),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// A customer of any tenant, for an operator of the house: by its id, or by the institution's own id for it, of the
    /// tenant that is named or of whichever has one.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] where several tenants have one.
    pub async fn customer_of_the_house(
        &self,
        operator: &str,
        named: &str,
        tenant: Option<&str>,
    ) -> Result<(Ctx, Customer), Refused> {
        let tenants = match tenant {
            Some(tenant) => vec![self.tenant(tenant).await?],
            None => self.tenants().await?,
        };
        let mut found = Vec::new();
        for tenant in tenants {
            let ctx = Ctx { tenant: tenant.id, actor: Actor::Operator(operator.to_owned()) };
            let customer = match CustomerId::parse(named) {
                Some(id) => self.store().customer(&ctx, id).await?,
                None => self.customer_called(&ctx, named).await?,
            };
            found.extend(customer.map(|customer| (ctx, customer)));
        }
        if found.len() > 1 {
            return Err(Refused::State("several tenants have a customer of this id: name the tenant"));
        }
        found.pop().ok_or(Refused::NotFound)
    }

    async fn customer_called(&self, ctx: &Ctx, external_id: &str) -> Result<Option<Customer>, Refused> {
        let lookups = vec![store::Lookup::ClientIdentifier(Pii(external_id.to_owned()))];
        let filter = store::CustomerFilter { lookups, ..store::CustomerFilter::default() };
        Ok(self.store().customers(ctx, &filter, 0, 1).await?.pop())
    }

    /// Has every prospect of a tenant looked at again, because the rules of forgetting have changed.
    pub(crate) async fn ask_retention_anew(&self, ctx: &Ctx) -> Result<(), Refused> {
        Ok(self.store().make_due_of(ctx, Work::Forget, self.now()).await?)
    }
}
