//! Makes deliveries, and leases those that are due.

use std::collections::HashSet;

use db::{Batch, Expect, sql, sql_for, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::{CustomerId, TenantId};

use super::Delivery;
use crate::context::Ctx;
use crate::error::StoreError;
use crate::jobs::AttemptId;
use crate::open::Store;
use crate::registrations::RegistrationId;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;

statements! {
    DELIVERY_INSERT = sql(
        "INSERT INTO deliveries (tenant_id, id, registration_id, customer_id, seq, state, attempts, attempt_id, due_at, \
         last_attempted_at, last_status, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, NULL, NULL, $9)",
    );
    // The one that has waited longest first.
    REGISTRATIONS_DUE = sql(
        "SELECT r.tenant_id, r.id, (SELECT x.due_at FROM deliveries x WHERE x.tenant_id=r.tenant_id \
         AND x.registration_id=r.id AND x.state='pending' AND x.due_at <= $1 ORDER BY x.due_at, x.id LIMIT 1) AS since \
         FROM registrations r WHERE r.customer_id IS NULL AND r.state='active' AND r.mode='push' AND EXISTS (SELECT 1 FROM deliveries x \
         WHERE x.tenant_id=r.tenant_id AND x.registration_id=r.id AND x.state='pending' AND x.due_at <= $1) \
         ORDER BY since, r.id LIMIT $2",
    );
    // There may be as many of these as customers, and few of them owed anything: so led by what is owed. What is not to
    // be sent is put aside, so that this does not pass it over again and again.
    REGISTRATIONS_DUE_ABOUT = sql(
        "SELECT r.tenant_id, r.id, d.due_at AS since FROM deliveries d JOIN registrations r ON r.tenant_id=d.tenant_id \
         AND r.id=d.registration_id WHERE d.state='pending' AND d.customer_id IS NOT NULL AND d.due_at <= $1 \
         AND r.state='active' AND r.mode='push' ORDER BY d.due_at LIMIT $2",
    );
    // A claim only reserves: a try is counted when it ends, so that a lease that is lost costs none.
    DELIVERIES_CLAIM = sql_for(
        "UPDATE deliveries SET attempt_id=$1, due_at=$2 WHERE tenant_id=$3 AND id IN \
         (SELECT x.id FROM deliveries x WHERE x.tenant_id=$3 AND x.registration_id=$4 AND x.state='pending' \
         AND x.due_at <= $5 ORDER BY x.due_at, x.id LIMIT $6)",
        // Several nodes claim at once: none waits for another, none gets the same row. Materialised, so that no plan can
        // run the locking part more than once and lease more than the limit.
        "WITH due AS MATERIALIZED (SELECT x.tenant_id, x.id FROM deliveries x WHERE x.tenant_id=$3 \
         AND x.registration_id=$4 AND x.state='pending' AND x.due_at <= $5 ORDER BY x.due_at, x.id LIMIT $6 \
         FOR UPDATE SKIP LOCKED) \
         UPDATE deliveries SET attempt_id=$1, due_at=$2 FROM due \
         WHERE deliveries.tenant_id=due.tenant_id AND deliveries.id=due.id",
    );
    // Only what could still be sent: not what is settled, nor of a registration that was suspended or deleted meanwhile.
    DELIVERY_RENEW = sql(
        "UPDATE deliveries SET due_at=$1 WHERE tenant_id=$2 AND id=$3 AND state='pending' AND attempt_id=$4 \
         AND EXISTS (SELECT 1 FROM registrations r WHERE r.tenant_id=deliveries.tenant_id \
         AND r.id=deliveries.registration_id AND r.mode='push' AND r.state='active')",
    );
    // What its holder has no room for: due as it was, for whoever claims it.
    DELIVERY_LET_GO = sql(
        "UPDATE deliveries SET due_at=$1, attempt_id=NULL WHERE tenant_id=$2 AND id=$3 AND state='pending' AND attempt_id=$4",
    );
    DELIVERIES_RELEASE = sql(
        "UPDATE deliveries SET due_at=$1, attempt_id=NULL WHERE state='pending' AND attempt_id IS NOT NULL",
    );
}

impl Store {
    /// Active registrations that want to be sent to and are owed something that is due, or whose lease has run out;
    /// the one that has waited longest first, at most `limit`.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn registrations_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(TenantId, RegistrationId)>, StoreError> {
        let mut due = Vec::new();
        for statement in [&REGISTRATIONS_DUE, &REGISTRATIONS_DUE_ABOUT] {
            for row in &self.db().read(statement, values![time(now), limit]).await? {
                let row = Reader::new(row, "registrations", "id");
                due.push((row.int("since")?, RegistrationId(row.uuid("id")?), row.tenant()?));
            }
        }
        due.sort();
        let mut seen = HashSet::new();
        due.retain(|(_, registration, _)| seen.insert(*registration));
        due.truncate(limit as usize);
        Ok(due.into_iter().map(|(_, registration, tenant)| (tenant, registration)).collect())
    }

    /// Leases what these registrations are owed and what is due, or whose lease has run out, until `now + lease`; of
    /// each registration at most `of_each`. It is only reserved by that: a try is counted when it ends.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        of: &[(TenantId, RegistrationId)],
        of_each: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let attempt = AttemptId::random();
        let mut batch = Batch::new();
        for (tenant, registration) in of {
            let claim = values![attempt.0, time(until), id(tenant.0), id(registration.0), time(now), of_each];
            batch.add(&DELIVERIES_CLAIM, claim, Expect::Any);
        }
        let results = self.db().write(batch).await?;
        let mut claimed = Vec::new();
        for ((tenant, registration), result) in of.iter().zip(&results) {
            if result.rows_affected > 0 {
                claimed.extend(self.leased(&Ctx::system(*tenant), *registration, attempt, until).await?);
            }
        }
        claimed.sort_by_key(|delivery| (delivery.tenant, delivery.seq));
        Ok(claimed)
    }

    /// Gives leased deliveries back, which whoever claims next may have at once.
    ///
    /// # Errors
    /// What the store cannot do; their leases run out then.
    pub async fn let_go(&self, deliveries: &[Delivery], now: Timestamp) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        for delivery in deliveries {
            let Some(attempt) = delivery.attempt_id else { continue };
            let values = values![time(now), id(delivery.tenant.0), id(delivery.id.0), attempt.0];
            batch.add(&DELIVERY_LET_GO, values, Expect::AtMost(1));
        }
        if !batch.is_empty() {
            self.db().write(batch).await?;
        }
        Ok(())
    }

    /// Leases a leased delivery anew, until `now + lease`. `None` when it is somebody else's by now, was settled, or
    /// its registration no longer wants it: it is not to be sent.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn renew_delivery(
        &self,
        delivery: Delivery,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<Delivery>, StoreError> {
        let Some(attempt) = delivery.attempt_id else { return Ok(None) };
        let due_at = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let mut batch = Batch::new();
        let renewal = values![time(due_at), id(delivery.tenant.0), id(delivery.id.0), attempt.0];
        batch.add(&DELIVERY_RENEW, renewal, Expect::AtMost(1));
        let renewed = self.db().write(batch).await?.iter().any(|result| result.rows_affected == 1);
        Ok(renewed.then_some(Delivery { due_at, ..delivery }))
    }
}

/// Adds what a registration is owed; `about` is the customer that the registration is about, if it is about one.
pub(crate) fn insert(batch: &mut Batch, delivery: &Delivery, about: Option<CustomerId>) {
    let insert = values![
        id(delivery.tenant.0),
        id(delivery.id.0),
        id(delivery.registration.0),
        about.map(|customer| id(customer.0)),
        count(delivery.seq),
        delivery.attempts,
        delivery.attempt_id.map(|attempt| attempt.0),
        time(delivery.due_at),
        time(delivery.created_at)
    ];
    batch.add(&DELIVERY_INSERT, insert, Expect::Rows(1));
}

/// Ends every lease.
pub(crate) fn release(batch: &mut Batch, now: Timestamp) {
    batch.add(&DELIVERIES_RELEASE, values![time(now)], Expect::Any);
}
