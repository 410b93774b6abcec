//! Gives events their place in the journal, and fans them out into what is owed to whom.

use std::collections::BTreeMap;

use db::{Batch, Expect, WriteError, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::customer::Ids;
use onboarding::{CustomerId, Event, TenantId};

use super::chain::{Entry, Head};
use super::read::{Unsealed, mac};
use crate::context::Ctx;
use crate::deliveries::{self, Delivery, DeliveryId};
use crate::error::{CommitError, Inconsistent, StoreError};
use crate::jobs::AttemptId;
use crate::open::Store;
use crate::registrations::{Interest, RegistrationMode, RegistrationState};
use crate::rows::{count, id, time};
use crate::statements::statements;
use crate::vault::key::Key;
use crate::write::{Meaning, Statements};

statements! {
    OUTBOX_INSERT = sql(
        "INSERT INTO outbox (tenant_id, event_id, customer_id, kind, number, about, to_state, actor, happened_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    OUTBOX_DELETE = sql("DELETE FROM outbox WHERE entry=$1 AND event_id=$2");
    JOURNAL_INSERT = sql(
        "INSERT INTO journal (tenant_id, seq, hash, event_id, customer_id, kind, number, about, to_state, actor, \
         happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    );
    HEAD_INSERT = sql("INSERT INTO journal_heads (tenant_id, seq, hash, mac) VALUES ($1, $2, $3, $4)");
    // Touches no row if the head is another by now.
    HEAD_MOVE = sql(
        "UPDATE journal_heads SET seq=$1, hash=$2, mac=$3 WHERE tenant_id=$4 AND seq=$5 AND hash=$6",
    );
}

/// Facts with their places, and what is owed because of them: ready to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealBatch {
    /// The facts, each with the outbox entry it leaves.
    pub entries: Vec<(i64, Entry)>,
    /// For each tenant the head that was extended and the one it becomes.
    pub heads: BTreeMap<TenantId, (Head, Head)>,
    /// What is owed.
    pub owed: Vec<Owed>,
}

/// Why nothing was sealed.
#[derive(Debug)]
pub(super) enum NotSealed {
    /// The tenant's journal has an entry where the one after its head belongs.
    BeyondHead(TenantId),
    /// Another reason, which is no single tenant's.
    Other(CommitError),
}

impl NotSealed {
    /// What to tell of [`NotSealed::BeyondHead`].
    pub(super) fn beyond_head(tenant: TenantId) -> StoreError {
        Inconsistent::new("journal_heads", tenant.0.simple().to_string(), "the journal goes on after it").into()
    }
}

impl<T: Into<CommitError>> From<T> for NotSealed {
    fn from(error: T) -> Self {
        Self::Other(error.into())
    }
}

/// One entry that one registration is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The delivery as it will be.
    pub delivery: Delivery,
    /// The customer that the registration is about, if it is about one.
    pub about: Option<CustomerId>,
    /// Whether it can be sent at once.
    pub sendable: bool,
}

impl SealBatch {
    /// Gives the facts their places after these heads, in the order they come, and finds who wants to know. A tenant
    /// that is not in `heads` has an empty journal.
    #[must_use]
    pub fn new(
        unsealed: Vec<Unsealed>,
        heads: &BTreeMap<TenantId, Head>,
        interests: &BTreeMap<TenantId, Vec<Interest>>,
        ids: &mut dyn Ids,
        now: Timestamp,
    ) -> Self {
        let mut batch = Self::default();
        for Unsealed { entry: outbox_entry, fact } in unsealed {
            let tenant = fact.tenant;
            let known = heads.get(&tenant).copied().unwrap_or_default();
            let (_, head) = batch.heads.entry(tenant).or_insert((known, known));
            let (extended, entry) = head.extend(fact);
            *head = extended;
            let interested = interests.get(&tenant).into_iter().flatten();
            let (customer, kind) = (entry.fact.customer, entry.fact.kind);
            for interest in interested.filter(|interest| interest.covers(customer, kind)) {
                batch.owed.push(Owed {
                    delivery: Delivery::owed(DeliveryId(ids.next()), interest, &entry, now),
                    about: interest.customer,
                    sendable: interest.mode == RegistrationMode::Push && interest.state == RegistrationState::Active,
                });
            }
            batch.entries.push((outbox_entry, entry));
        }
        batch
    }

    /// Whether there is nothing to seal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Store {
    /// Writes entries, heads and deliveries, all or nothing. Deliveries that can be sent at once are leased to this
    /// process for as long as `lease`, and answered.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when the journal has grown meanwhile; [`crate::Inconsistent`] where a journal goes on
    /// after its head.
    pub async fn seal(&self, sealing: SealBatch, lease: SignedDuration) -> Result<Vec<Delivery>, CommitError> {
        self.write_sealing(sealing, lease).await.map_err(|error| match error {
            NotSealed::BeyondHead(tenant) => NotSealed::beyond_head(tenant).into(),
            NotSealed::Other(error) => error,
        })
    }

    /// The same, telling whose journal is in the way.
    pub(super) async fn write_sealing(
        &self,
        sealing: SealBatch,
        lease: SignedDuration,
    ) -> Result<Vec<Delivery>, NotSealed> {
        let attempt = AttemptId::random();
        let mut batch = Batch::new();
        for (&tenant, (before, after)) in &sealing.heads {
            let mac = mac(&self.keys(tenant).await?.journal, after);
            let put = values![count(after.seq), after.hash, mac, id(tenant.0), count(before.seq), before.hash];
            batch.add(&HEAD_MOVE, put, Expect::Rows(1));
        }
        // Whose entry each statement of the batch puts into the journal, to know who is stuck.
        let mut inserts = BTreeMap::new();
        for (outbox_entry, entry) in &sealing.entries {
            batch.add(&OUTBOX_DELETE, values![*outbox_entry, id(entry.fact.event.0)], Expect::Rows(1));
            inserts.insert(batch.len(), entry.fact.tenant);
            batch.add(&JOURNAL_INSERT, journal_row(entry), Expect::Rows(1));
        }
        let mut leased = Vec::new();
        for Owed { mut delivery, about, sendable } in sealing.owed {
            if sendable {
                delivery.attempt_id = Some(attempt);
                delivery.due_at = delivery.created_at.saturating_add(lease).unwrap_or(Timestamp::MAX);
            }
            deliveries::claim::insert(&mut batch, &delivery, about);
            leased.extend(sendable.then_some(delivery));
        }
        match self.db().write(batch).await {
            Ok(_) => Ok(leased),
            Err(WriteError::Expectation { .. }) => Err(CommitError::Conflict.into()),
            // The head was moved before, by this very transaction: whoever raced with it would have failed there.
            Err(WriteError::Unique { statement, violation }) => match inserts.get(&statement) {
                Some(&tenant) => Err(NotSealed::BeyondHead(tenant)),
                None => Err(StoreError::from(WriteError::Unique { statement, violation }).into()),
            },
            Err(error) => Err(StoreError::from(error).into()),
        }
    }
}

/// Adds the head of a journal that has no entry yet. It is there from the first, so that one that is missing later was
/// removed.
pub(crate) fn genesis(batch: &mut Batch, tenant: TenantId, key: &Key) {
    let head = Head::default();
    let insert = values![id(tenant.0), count(head.seq), head.hash, mac(key, &head)];
    batch.add(&HEAD_INSERT, insert, Expect::Rows(1));
}

/// Adds the events of a decision to those that wait for their place.
pub(crate) fn outbox(ctx: &Ctx, events: &[Event], statements: &mut Statements) {
    for event in events {
        let insert = values![
            id(ctx.tenant.0),
            id(event.id.0),
            id(event.customer.0),
            event.kind.as_str(),
            count(event.number),
            event.about.map(id_bytes),
            event.to,
            ctx.actor.to_string(),
            time(event.at)
        ];
        statements.add(&OUTBOX_INSERT, insert, Expect::Rows(1), Meaning::Event);
    }
}

fn journal_row(entry: &Entry) -> Vec<db::Value> {
    let fact = &entry.fact;
    values![
        id(fact.tenant.0),
        count(entry.seq),
        entry.hash,
        id(fact.event.0),
        id(fact.customer.0),
        fact.kind.as_str(),
        count(fact.number),
        fact.about.map(id_bytes),
        fact.to.clone(),
        fact.actor.to_string(),
        time(fact.at)
    ]
}

fn id_bytes(id: uuid::Uuid) -> [u8; 16] {
    id.into_bytes()
}
