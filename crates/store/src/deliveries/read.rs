//! Reads deliveries, with the entry they tell of and what their registration says.

use db::{Row, sql, values};
use jiff::Timestamp;
use onboarding::EventKind;
use onboarding::id::EventId;

use super::{Delivery, DeliveryId, DeliveryState};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::jobs::AttemptId;
use crate::open::Store;
use crate::registrations::{RegistrationId, RegistrationMode};
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;

macro_rules! columns {
    () => {
        "SELECT d.tenant_id, d.id, d.registration_id, r.dialect, r.name, r.mode, d.seq, j.event_id, j.kind, \
         j.customer_id, j.number, j.about, j.to_state, j.happened_at, \
         CASE WHEN d.state='pending' AND r.state='suspended' THEN 'held' \
         WHEN d.state='pending' AND r.state='deleted' THEN 'abandoned' ELSE d.state END AS state, \
         d.attempts, d.attempt_id, d.due_at, d.last_attempted_at, d.last_status, d.created_at "
    };
}

macro_rules! joins {
    () => {
        " JOIN registrations r ON r.tenant_id=d.tenant_id AND r.id=d.registration_id \
         JOIN journal j ON j.tenant_id=d.tenant_id AND j.seq=d.seq "
    };
}

pub(super) use {columns, joins};

statements! {
    DELIVERY = sql(concat!(columns!(), "FROM deliveries d", joins!(), "WHERE d.tenant_id=$1 AND d.id=$2"));
    // The lease says it; the time it ends leads to it.
    LEASED = sql(concat!(
        columns!(),
        "FROM deliveries d",
        joins!(),
        "WHERE d.tenant_id=$1 AND d.registration_id=$2 AND d.state='pending' AND d.due_at=$3 AND d.attempt_id=$4"
    ));
    DELIVERIES_OF = sql(concat!(
        columns!(),
        "FROM deliveries d",
        joins!(),
        "WHERE d.tenant_id=$1 AND d.registration_id=$2 ORDER BY d.id LIMIT $3 OFFSET $4"
    ));
    DELIVERIES = sql(concat!(
        columns!(),
        "FROM deliveries d",
        joins!(),
        "WHERE d.tenant_id=$1 AND r.dialect=$2 ORDER BY d.id LIMIT $3 OFFSET $4"
    ));
    // The oldest of each registration first, of which there are few; then the oldest of those.
    POLL_NEXT = sql(concat!(
        columns!(),
        "FROM registrations r JOIN deliveries d ON d.tenant_id=r.tenant_id AND d.id = \
         (SELECT x.id FROM deliveries x WHERE x.tenant_id=r.tenant_id AND x.registration_id=r.id \
         AND x.state='pending' ORDER BY x.due_at, x.id LIMIT 1) \
         JOIN journal j ON j.tenant_id=d.tenant_id AND j.seq=d.seq \
         WHERE r.tenant_id=$1 AND r.dialect=$2 AND r.mode='poll' AND r.state='active' ORDER BY d.seq LIMIT 1"
    ));
}

impl Store {
    /// One delivery of the tenant.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn delivery(&self, ctx: &Ctx, delivery: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let row = self.db().read_one(&DELIVERY, values![id(ctx.tenant.0), id(delivery.0)]).await?;
        row.as_ref().map(read).transpose()
    }

    /// What one claim has leased of what this registration is owed.
    pub(crate) async fn leased(
        &self,
        ctx: &Ctx,
        registration: RegistrationId,
        attempt: AttemptId,
        until: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        let leased = values![id(ctx.tenant.0), id(registration.0), time(until), attempt.0];
        self.db().read(&LEASED, leased).await?.iter().map(read).collect()
    }

    /// The tenant's deliveries in this dialect, oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn deliveries(
        &self,
        ctx: &Ctx,
        dialect: &str,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let page = values![id(ctx.tenant.0), dialect, limit, count(offset)];
        self.db().read(&DELIVERIES, page).await?.iter().map(read).collect()
    }

    /// What this registration was and is owed, oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn deliveries_of(
        &self,
        ctx: &Ctx,
        registration: RegistrationId,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let page = values![id(ctx.tenant.0), id(registration.0), limit, count(offset)];
        self.db().read(&DELIVERIES_OF, page).await?.iter().map(read).collect()
    }

    /// The oldest delivery that waits to be fetched in this dialect. It is the same until it is acknowledged.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn poll_next(&self, ctx: &Ctx, dialect: &str) -> Result<Option<Delivery>, StoreError> {
        let row = self.db().read_one(&POLL_NEXT, values![id(ctx.tenant.0), dialect]).await?;
        row.as_ref().map(read).transpose()
    }
}

pub(super) fn read(row: &Row) -> Result<Delivery, StoreError> {
    let row = Reader::new(row, "deliveries", "id");
    let attempt: Option<Result<[u8; 16], _>> = row.opt_bytes("attempt_id")?.map(TryInto::try_into);
    let attempt = attempt.transpose().map_err(|_| row.inconsistent("its attempt_id has not 16 bytes"))?;
    Ok(Delivery {
        id: DeliveryId(row.uuid("id")?),
        tenant: row.tenant()?,
        registration: RegistrationId(row.uuid("registration_id")?),
        dialect: row.string("dialect")?,
        name: row.string("name")?,
        mode: row.word("mode", RegistrationMode::parse)?,
        seq: row.number("seq")?,
        event: EventId(row.uuid("event_id")?),
        kind: row.word("kind", EventKind::parse)?,
        customer: row.customer("customer_id")?,
        number: row.number("number")?,
        about: row.opt_uuid("about")?,
        to: row.opt_string("to_state")?,
        at: row.time("happened_at")?,
        state: row.word("state", DeliveryState::parse)?,
        attempts: row.number("attempts")?,
        attempt_id: attempt.map(AttemptId),
        due_at: row.time("due_at")?,
        last_attempted_at: row.opt_time("last_attempted_at")?,
        last_status: row.opt_number("last_status")?,
        created_at: row.time("created_at")?,
    })
}
