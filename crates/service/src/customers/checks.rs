//! Checks a customer that its sender sends whole, and answers in time where it can.
//!
//! The customer is found by the sender's own id, or made; what was sent takes the place of what was known, and is screened
//! by the workers as always. Whoever asked waits for that within a budget. What is not there by then is told later: the
//! answer is deferred in a write of its own, so that the worker that finds it sees that somebody has to be told, or the
//! write finds that the answer is there. There is no moment in which it is neither answered nor owed.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use onboarding::customer::Ids;
use onboarding::onboard::{Onboard, onboard};
use onboarding::resubmit::resubmit;
use onboarding::submission::{Standing, deferred, standing, submitted};
use onboarding::{Case, CheckState, Customer, CustomerId, Date, Pii};
use store::{CommitError, CustomerFilter, Lookup, Pace};
use tokio::time::Instant;

use super::TRIES_MAX;
use crate::answer::Running;
use crate::awaited::Waiting;
use crate::refused::Refused;
use crate::registrations::NewRegistration;
use crate::{Caller, Service};

/// How long apart two submissions of one customer must be; Hawk's document has it.
pub const APART: SignedDuration = SignedDuration::from_secs(1);

/// How often the store is asked for an answer that another node may have found; what this one finds is told at once.
const PERIOD: Duration = Duration::from_secs(1);

/// How long a store that has too much to do is left alone.
const PAUSE: Duration = Duration::from_millis(100);

/// How long after its budget an answer may still be put off, when the store has too much to do: what was accepted is not
/// refused lightly.
const GRACE: Duration = Duration::from_secs(20);

/// A customer, sent whole, and what is wanted with it.
#[derive(Debug, Clone)]
pub struct CustomerCheck {
    /// Who it is, and who is around it. Without the sender's own id it is a new customer.
    pub command: Onboard,
    /// From which day on the sender wants it to be looked at again.
    pub review_on: Option<Date>,
    /// Who is to be told of what is found later; `name` and `customer` are filled in here.
    pub callback: Option<NewRegistration>,
    /// The dialect, for a registration that was there and is no longer wanted.
    pub dialect: &'static str,
    /// When the request came in.
    pub arrived_at: Timestamp,
    /// How long the answer may take.
    pub budget: Duration,
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedCustomer {
    /// How it stands.
    pub standing: Standing,
    /// The customer.
    pub customer: Customer,
    /// Its open case.
    pub case: Option<Case>,
}

/// Why a customer is not checked.
#[derive(Debug, thiserror::Error)]
pub enum NotChecked {
    /// Something was accepted about the same customer less than [`APART`] ago. It does not count as a submission.
    #[error("too early after the last submission of this customer")]
    TooEarly,
    /// As always.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<store::StoreError> for NotChecked {
    fn from(error: store::StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl Service {
    /// Takes the customer as it is sent, and answers how it stands: within the budget, or as undecided.
    ///
    /// # Errors
    /// [`NotChecked::TooEarly`]; what the domain refuses; what the store cannot do.
    pub async fn check_customer(&self, caller: &Caller, check: CustomerCheck) -> Result<CheckedCustomer, NotChecked> {
        let until = Instant::now() + check.budget;
        let (id, waiting) = self.submit(caller, &check, until).await?;
        Ok(self.answered(caller, id, waiting, until).await?)
    }

    /// Writes the submission, however often others are faster or the store has too much to do.
    async fn submit(
        &self,
        caller: &Caller,
        check: &CustomerCheck,
        until: Instant,
    ) -> Result<(CustomerId, Waiting), NotChecked> {
        let given = check.command.client_identifier.clone();
        // Where one is being written, another is too early, whatever becomes of the first; nothing has to be tried.
        let _running = match &given {
            Some(own) => Some(self.alone_with(caller, own).await?.ok_or(NotChecked::TooEarly)?),
            None => None,
        };
        let own = given.unwrap_or_else(|| Pii(self.random_uuid().to_string()));
        let (mut conflicts, mut pauses) = (0, 0);
        loop {
            match self.try_submit(caller, check, &own, pauses > 0).await {
                Ok(Some(submitted)) => return Ok(submitted),
                Ok(None) if conflicts < TRIES_MAX => conflicts += 1,
                Ok(None) => return Err(Refused::Conflict.into()),
                Err(NotChecked::Refused(Refused::Overloaded)) if Instant::now() < until => {
                    pauses += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes the submission; nothing where somebody else was faster. `again` says that an earlier try may have been
    /// written although it failed: then what was accepted at this very moment is this.
    async fn try_submit(
        &self,
        caller: &Caller,
        check: &CustomerCheck,
        own: &Pii<String>,
        again: bool,
    ) -> Result<Option<(CustomerId, Waiting)>, NotChecked> {
        let ctx = &caller.ctx;
        let last = self.store().last_accepted(ctx, own).await?;
        if let Some(last) = last.filter(|last| again && last.at == check.arrived_at) {
            return Ok(Some((last.customer, self.awaited().of(last.customer))));
        }
        if last.is_some_and(|last| check.arrived_at.duration_since(last.at) < APART) {
            return Err(NotChecked::TooEarly);
        }
        let known = match last {
            Some(last) => self.store().customer(ctx, last.customer).await?,
            None => self.customer_of_sender(caller, own).await?,
        };
        let now = self.now();
        let command = Onboard { client_identifier: Some(own.clone()), ..check.command.clone() };
        let policy = &caller.policy;
        let changes = match known {
            Some(known) => resubmit(known, command, policy, &mut self.ids(now), now),
            None => {
                let command = Onboard { cif_number: self.cif_number(), ..command };
                onboard(ctx.tenant, command, policy, &mut self.ids(now), now)
            }
        };
        let changes = submitted(changes.map_err(Refused::from)?, check.review_on, &mut self.ids(now), now);
        let customer = changes.customer.id;
        let waiting = self.awaited().of(customer);
        let mut write = self.store().write(ctx, now);
        write.keep_pace(&Pace { external_id: own.clone(), customer, at: check.arrived_at, apart: APART });
        write.apply(&changes)?;
        match &check.callback {
            Some(callback) => {
                let callback =
                    NewRegistration { name: customer.to_string(), customer: Some(customer), ..callback.clone() };
                let registration = callback.made(ctx.tenant, self.ids(now).next(), now);
                write.registration_put(&registration)?;
            }
            None => write.registration_deleted_by_name(check.dialect, &customer.to_string()),
        }
        match self.commit(write).await {
            Ok(()) => Ok(Some((customer, waiting))),
            // Which of them it was is seen when it is looked at again.
            Err(CommitError::Conflict | CommitError::CifNumberTaken | CommitError::TooSoon) => Ok(None),
            Err(error) => Err(Refused::from(error).into()),
        }
    }

    /// Waits until there is something to say, or defers it.
    async fn answered(
        &self,
        caller: &Caller,
        id: CustomerId,
        mut waiting: Waiting,
        until: Instant,
    ) -> Result<CheckedCustomer, Refused> {
        loop {
            let soon = until.min(Instant::now() + PERIOD);
            tokio::select! {
                () = waiting.news() => {}
                () = tokio::time::sleep_until(soon) => {}
            }
            match self.answer_now(caller, id, Instant::now() >= until).await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(Refused::Overloaded) if Instant::now() < until + GRACE => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// What there is to say; when it is late, that it comes later. Nothing while there is nothing to say and time.
    async fn answer_now(
        &self,
        caller: &Caller,
        id: CustomerId,
        late: bool,
    ) -> Result<Option<CheckedCustomer>, Refused> {
        let ctx = &caller.ctx;
        let customer = self.store().customer(ctx, id).await?.ok_or(Refused::NotFound)?;
        let standing = standing(&customer);
        if standing != Standing::Unscreened {
            let case = self.store().open_case(ctx, id).await?;
            return Ok(Some(CheckedCustomer { standing, customer, case }));
        }
        if !late {
            return Ok(None);
        }
        let now = self.now();
        let Some(changes) = deferred(customer.clone(), &mut self.ids(now), now) else {
            return Ok(Some(CheckedCustomer { standing, customer, case: None }));
        };
        let mut write = self.store().write(ctx, now);
        write.apply(&changes)?;
        match self.commit(write).await {
            Ok(()) => Ok(Some(CheckedCustomer { standing, customer: changes.customer, case: None })),
            // Somebody was faster, perhaps with the answer.
            Err(CommitError::Conflict) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The customer that the tenant knows by this id of its own; the first, if a dialect allowed more of them.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn customer_of_sender(&self, caller: &Caller, own: &Pii<String>) -> Result<Option<Customer>, Refused> {
        if let Some(last) = self.store().last_accepted(&caller.ctx, own).await? {
            return Ok(self.store().customer(&caller.ctx, last.customer).await?);
        }
        let lookups = vec![Lookup::ClientIdentifier(own.clone())];
        let filter = CustomerFilter { lookups, ..CustomerFilter::default() };
        Ok(self.store().customers(&caller.ctx, &filter, 0, 1).await?.into_iter().next())
    }

    /// The customer's open case, if there is one.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn open_case_of(&self, caller: &Caller, customer: CustomerId) -> Result<Option<Case>, Refused> {
        Ok(self.store().open_case(&caller.ctx, customer).await?)
    }

    /// The cases in which a person confirmed a check of the customer that stands confirmed; the latest first.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn confirmed_in(&self, caller: &Caller, customer: &Customer) -> Result<Vec<Case>, Refused> {
        let confirmed = customer.checks.values().filter_map(|check| match check.state {
            CheckState::Confirmed(case) => Some(case),
            _ => None,
        });
        let mut found = Vec::new();
        for id in confirmed.collect::<BTreeSet<_>>().into_iter().rev() {
            found.extend(self.store().case(&caller.ctx, id).await?);
        }
        Ok(found)
    }

    /// The right to be the only one on this node that writes about this customer, if nobody else has it.
    async fn alone_with(&self, caller: &Caller, own: &Pii<String>) -> Result<Option<Running>, Refused> {
        let key = self.store().keyed_digest(&caller.ctx, "submission", &[own.trim().as_bytes()]).await?;
        Ok(self.run_alone(key))
    }
}
