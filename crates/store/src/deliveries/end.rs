//! How a try ends: arrived, to be tried again, given up; and what the owner of a delivery does to it.

use db::{Batch, Expect, Sql, Value, WriteError, sql, values};
use jiff::Timestamp;
use onboarding::TenantId;

use super::{Delivery, DeliveryId};
use crate::context::Ctx;
use crate::error::{CommitError, StoreError};
use crate::open::Store;
use crate::registrations::RegistrationId;
use crate::rows::{id, time};
use crate::statements::statements;
use crate::time::NEVER;

statements! {
    // Whoever has the lease by now: what has arrived is not to be sent again.
    DELIVERY_ARRIVED = sql(
        "UPDATE deliveries SET state='delivered', attempts=attempts+1, attempt_id=NULL, due_at=$1, \
         last_attempted_at=$1, last_status=$2 WHERE tenant_id=$3 AND id=$4 AND state='pending'",
    );
    DELIVERY_END = sql(
        "UPDATE deliveries SET state=$1, attempts=attempts+1, attempt_id=NULL, due_at=$2, last_attempted_at=$3, \
         last_status=$4 WHERE tenant_id=$5 AND id=$6 AND state='pending' AND attempt_id=$7",
    );
    REGISTRATION_SUSPEND = sql(
        "UPDATE registrations SET state='suspended', changed_at=$1, version=version+1 \
         WHERE tenant_id=$2 AND id=$3 AND state='active'",
    );
    // What a registration about one customer is owed and not sent stands in nobody's way: there may be as many of these
    // as customers. What any other is owed is not touched, however much it is.
    PUT_ASIDE = sql(
        "UPDATE deliveries SET due_at=$1, attempt_id=NULL \
         WHERE tenant_id=$2 AND registration_id=(SELECT r.id FROM registrations r WHERE r.tenant_id=$2 AND r.id=$3 \
         AND r.customer_id IS NOT NULL) AND state='pending' AND due_at >= 0",
    );
    DELIVERY_ACKNOWLEDGE = sql(
        "UPDATE deliveries SET state='delivered', attempts=attempts+1, last_attempted_at=$1 \
         WHERE tenant_id=$2 AND id=$3 AND state='pending' AND EXISTS (SELECT 1 FROM registrations r \
         WHERE r.tenant_id=deliveries.tenant_id AND r.id=deliveries.registration_id AND r.mode='poll' \
         AND r.state <> 'deleted')",
    );
    // One that is being tried this moment is left alone: it is on its way already.
    DELIVERY_RESEND = sql(
        "UPDATE deliveries SET state='pending', attempts=0, attempt_id=NULL, due_at=$1 \
         WHERE tenant_id=$2 AND id=$3 AND (attempt_id IS NULL OR due_at <= $1) AND EXISTS (SELECT 1 \
         FROM registrations r WHERE r.tenant_id=deliveries.tenant_id AND r.id=deliveries.registration_id \
         AND r.state <> 'deleted')",
    );
}

/// A delivery that has arrived.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'d> {
    /// Which.
    pub delivery: &'d Delivery,
    /// What was answered; nothing, where its dialect had nothing to say.
    pub status: Option<u16>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Deliveries have arrived, even if their leases have run out meanwhile: all that are written together.
    ///
    /// # Errors
    /// [`CommitError::LeaseLost`] when there is but one, and it was settled already. Of several those are passed over.
    pub async fn delivered(&self, arrived: &[Arrived<'_>]) -> Result<(), CommitError> {
        let mut batch = Batch::new();
        let expected = if arrived.len() == 1 { Expect::Rows(1) } else { Expect::AtMost(1) };
        for Arrived { delivery, status, at } in arrived {
            let update = values![time(*at), status.map(u32::from), id(delivery.tenant.0), id(delivery.id.0)];
            batch.add(&DELIVERY_ARRIVED, update, expected);
        }
        self.settle(batch).await
    }

    /// A leased delivery has not arrived, and is to be tried again at `next_at`. `status` is what was answered, if
    /// anything was.
    ///
    /// # Errors
    /// [`CommitError::LeaseLost`].
    pub async fn retry(
        &self,
        delivery: &Delivery,
        next_at: Timestamp,
        status: Option<u16>,
        at: Timestamp,
    ) -> Result<(), CommitError> {
        self.end(delivery, "pending", next_at, status, at, false).await
    }

    /// A leased delivery has not arrived, and was the last try: its registration is suspended in the same write, and
    /// holds what it is owed from now on.
    ///
    /// # Errors
    /// [`CommitError::LeaseLost`].
    pub async fn failed(&self, delivery: &Delivery, status: Option<u16>, at: Timestamp) -> Result<(), CommitError> {
        self.end(delivery, "failed", at, status, at, true).await
    }

    /// A leased delivery has not arrived, and was the last try; its registration goes on.
    ///
    /// # Errors
    /// [`CommitError::LeaseLost`].
    pub async fn given_up(&self, delivery: &Delivery, status: Option<u16>, at: Timestamp) -> Result<(), CommitError> {
        self.end(delivery, "failed", at, status, at, false).await
    }

    /// The tenant has fetched this delivery. Says whether it was waiting to be.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn acknowledge(&self, ctx: &Ctx, delivery: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        let update = values![time(now), id(ctx.tenant.0), id(delivery.0)];
        batch.add(&DELIVERY_ACKNOWLEDGE, update, Expect::AtMost(1));
        Ok(self.db().write(batch).await?.iter().any(|result| result.rows_affected == 1))
    }

    /// Makes a delivery due again, from its first try on, whatever became of it. Says whether it is: not while a try is
    /// running, nor for a registration that was deleted.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn resend(&self, ctx: &Ctx, delivery: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        batch.add(&DELIVERY_RESEND, values![time(now), id(ctx.tenant.0), id(delivery.0)], Expect::AtMost(1));
        Ok(self.db().write(batch).await?.iter().any(|result| result.rows_affected == 1))
    }

    async fn end(
        &self,
        delivery: &Delivery,
        state: &'static str,
        due_at: Timestamp,
        status: Option<u16>,
        at: Timestamp,
        suspends: bool,
    ) -> Result<(), CommitError> {
        let attempt = delivery.attempt_id.ok_or(CommitError::LeaseLost)?;
        let status = status.map_or(Value::Null, |status| Value::from(u32::from(status)));
        let tenant = delivery.tenant.0;
        let mut batch = Batch::new();
        let update = values![state, time(due_at), time(at), status, id(tenant), id(delivery.id.0), attempt.0];
        batch.add(&DELIVERY_END, update, Expect::Rows(1));
        if suspends {
            batch.add(
                &REGISTRATION_SUSPEND,
                values![time(at), id(tenant), id(delivery.registration.0)],
                Expect::AtMost(1),
            );
            let (put_aside, values) = put_aside(delivery.tenant, delivery.registration);
            batch.add(&put_aside, values, Expect::Any);
        }
        self.settle(batch).await
    }

    async fn settle(&self, batch: Batch) -> Result<(), CommitError> {
        match self.db().write(batch).await {
            Ok(_) => Ok(()),
            Err(WriteError::Expectation { statement: 0, .. }) => Err(CommitError::LeaseLost),
            Err(error) => Err(error.into()),
        }
    }
}

/// What puts aside all that a registration is owed, if it is about one customer: until it is taken up again.
pub(crate) fn put_aside(tenant: TenantId, registration: RegistrationId) -> (Sql, Vec<Value>) {
    (PUT_ASIDE, values![time(NEVER), id(tenant.0), id(registration.0)])
}
