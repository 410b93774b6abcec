//! Makes deliveries, and leases those that are due.

use db::{Batch, Expect, Row, sql, sql_for, values};
use jiff::{SignedDuration, Timestamp};

use super::{Delivery, DeliveryId};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::jobs::AttemptId;
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;

statements! {
    DELIVERY_INSERT = sql(
        "INSERT INTO deliveries (tenant_id, id, registration_id, seq, state, attempts, attempt_id, due_at, \
         last_attempted_at, last_status, created_at) VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7, NULL, NULL, $8)",
    );
    // So many of each registration and no more, so that one with a long backlog keeps nobody else waiting.
    DELIVERIES_CLAIM = sql_for(
        "UPDATE deliveries SET attempt_id=$1, due_at=$2, attempts=attempts+1 WHERE (tenant_id, id) IN \
         (SELECT d.tenant_id, d.id FROM registrations r JOIN deliveries d ON d.tenant_id=r.tenant_id AND d.id IN \
         (SELECT x.id FROM deliveries x WHERE x.tenant_id=r.tenant_id AND x.registration_id=r.id \
         AND x.state='pending' AND x.due_at <= $3 ORDER BY x.due_at, x.id LIMIT $5) \
         WHERE r.state='active' AND r.mode='push' ORDER BY d.due_at, d.id LIMIT $4) \
         RETURNING tenant_id, id",
        // A lateral join, because PostgreSQL would look at every delivery for the other form. Several nodes claim at
        // once: whether a row is still pending and due is asked again once it is locked.
        "WITH due AS MATERIALIZED (SELECT l.tenant_id, l.id FROM deliveries l WHERE (l.tenant_id, l.id) IN \
         (SELECT d.tenant_id, d.id FROM registrations r CROSS JOIN LATERAL \
         (SELECT x.tenant_id, x.id, x.due_at FROM deliveries x WHERE x.tenant_id=r.tenant_id \
         AND x.registration_id=r.id AND x.state='pending' AND x.due_at <= $3 ORDER BY x.due_at, x.id LIMIT $5) d \
         WHERE r.state='active' AND r.mode='push' ORDER BY d.due_at, d.id LIMIT $4) \
         AND l.state='pending' AND l.due_at <= $3 FOR UPDATE SKIP LOCKED) \
         UPDATE deliveries SET attempt_id=$1, due_at=$2, attempts=attempts+1 FROM due \
         WHERE deliveries.tenant_id=due.tenant_id AND deliveries.id=due.id \
         RETURNING deliveries.tenant_id, deliveries.id",
    );
    DELIVERIES_RELEASE = sql(
        "UPDATE deliveries SET due_at=$1, attempt_id=NULL WHERE state='pending' AND attempt_id IS NOT NULL",
    );
}

impl Store {
    /// Leases at most `limit` deliveries that are due, or whose lease has run out, until `now + lease`; of each
    /// registration at most `of_each`. Only of registrations that are active and want to be sent to.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
        of_each: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let attempt = AttemptId::random();
        let mut batch = Batch::new();
        batch.add(&DELIVERIES_CLAIM, values![attempt.0, time(until), time(now), limit, of_each], Expect::Any);
        let results = self.db().write(batch).await?;
        let mut claimed = Vec::new();
        for row in results.iter().flat_map(|result| &result.rows) {
            let (ctx, id) = key(row)?;
            let delivery = self.delivery(&ctx, id).await?;
            claimed.extend(delivery.filter(|delivery| delivery.attempt_id == Some(attempt)));
        }
        claimed.sort_by_key(|delivery| (delivery.tenant, delivery.seq));
        Ok(claimed)
    }
}

/// Adds what a registration is owed.
pub(crate) fn insert(batch: &mut Batch, delivery: &Delivery) {
    let insert = values![
        id(delivery.tenant.0),
        id(delivery.id.0),
        id(delivery.registration.0),
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

fn key(row: &Row) -> Result<(Ctx, DeliveryId), StoreError> {
    let row = Reader::new(row, "deliveries", "id");
    Ok((Ctx::system(row.tenant()?), DeliveryId(row.uuid("id")?)))
}
