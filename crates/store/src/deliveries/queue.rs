//! A queue to fetch from, for a dialect that has one: what was never to be sent, and what could not be.

use db::{Batch, Expect, sql, values};
use jiff::Timestamp;

use super::read::{columns, joins, read};
use super::{Delivery, DeliveryId};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::registrations::RegistrationId;
use crate::rows::{id, time};
use crate::statements::statements;

statements! {
    // What waits of one registration. A time compared with 0 makes SQLite use the index of what waits, or of what failed.
    QUEUE_WAITING = sql(concat!(
        columns!(),
        "FROM deliveries d",
        joins!(),
        "WHERE d.tenant_id=$1 AND d.registration_id=$2 AND r.mode='poll' AND r.state='active' AND d.state='pending' \
         AND d.due_at >= 0 AND d.created_at >= $3 ORDER BY d.due_at, d.seq LIMIT $4"
    ));
    QUEUE_FAILED = sql(concat!(
        columns!(),
        "FROM deliveries d",
        joins!(),
        "WHERE d.tenant_id=$1 AND d.registration_id=$2 AND d.state='failed' AND d.last_attempted_at >= 0 \
         AND d.created_at >= $3 ORDER BY d.seq LIMIT $4"
    ));
    QUEUE_TAKE = sql(
        "UPDATE deliveries SET state='delivered' WHERE tenant_id=$1 AND id=$2 AND (state='failed' OR (state='pending' \
         AND EXISTS (SELECT 1 FROM registrations r WHERE r.tenant_id=deliveries.tenant_id \
         AND r.id=deliveries.registration_id AND r.mode='poll')))",
    );
}

impl Store {
    /// What waits to be fetched of one registration and was made since then, oldest first, at most `limit`: what it is
    /// owed and never sent, and what was tried for the last time.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn queued(
        &self,
        ctx: &Ctx,
        registration: RegistrationId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut all = Vec::new();
        for statement in [&QUEUE_WAITING, &QUEUE_FAILED] {
            let asked = values![id(ctx.tenant.0), id(registration.0), time(since), limit];
            let rows = self.db().read(statement, asked).await?;
            all.extend(rows.iter().map(read).collect::<Result<Vec<_>, _>>()?);
        }
        // Ids that were made within one millisecond are in no order; what happened is.
        all.sort_by_key(|delivery| delivery.seq);
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// Takes these out of the queue; what is not in it stays as it is.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn take_queued(&self, ctx: &Ctx, deliveries: &[DeliveryId]) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        for delivery in deliveries {
            batch.add(&QUEUE_TAKE, values![id(ctx.tenant.0), id(delivery.0)], Expect::AtMost(1));
        }
        if !batch.is_empty() {
            self.db().write(batch).await?;
        }
        Ok(())
    }
}
