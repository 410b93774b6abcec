//! Gives events their place in the journal, and fans them out into what is owed to whom.

use std::collections::{BTreeMap, BTreeSet};

use db::{Batch, Expect, WriteError, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::customer::Ids;
use onboarding::{Event, TenantId};

use super::chain::{Entry, Head};
use super::read::{Unsealed, mac};
use crate::context::Ctx;
use crate::deliveries::{self, Delivery, DeliveryId};
use crate::error::CommitError;
use crate::jobs::AttemptId;
use crate::open::Store;
use crate::registrations::{Interest, RegistrationMode, RegistrationState};
use crate::rows::{count, id, time};
use crate::statements::statements;
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
    // Touches no row if the head is another by now.
    HEAD_PUT = sql(
        "INSERT INTO journal_heads (tenant_id, seq, hash, mac) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id) DO UPDATE SET seq=excluded.seq, hash=excluded.hash, mac=excluded.mac \
         WHERE journal_heads.seq=$5 AND journal_heads.hash=$6",
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

/// One entry that one registration is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The delivery as it will be.
    pub delivery: Delivery,
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
            for interest in interested.filter(|interest| interest.event == entry.fact.kind) {
                batch.owed.push(Owed {
                    delivery: Delivery::owed(DeliveryId(ids.next()), interest, &entry, now),
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
    /// Reads what waits and seals it: the whole of the sealer's work. Answers with what can be sent at once, leased to
    /// this process, and how many facts were sealed; if that is `limit`, there may be more.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when another node was faster: nothing to worry about.
    pub async fn seal_next(
        &self,
        limit: u32,
        ids: &mut (dyn Ids + Send),
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<(Vec<Delivery>, usize), CommitError> {
        let unsealed = self.unsealed(limit).await?;
        let (mut heads, mut interests) = (BTreeMap::new(), BTreeMap::new());
        let tenants: BTreeSet<TenantId> = unsealed.iter().map(|waiting| waiting.fact.tenant).collect();
        for tenant in tenants {
            let ctx = Ctx::system(tenant);
            heads.insert(tenant, self.head(&ctx).await?);
            interests.insert(tenant, self.interests(&ctx).await?);
        }
        let sealed = unsealed.len();
        let batch = SealBatch::new(unsealed, &heads, &interests, ids, now);
        Ok((self.seal(batch, lease).await?, sealed))
    }

    /// Writes entries, heads and deliveries, all or nothing. Deliveries that can be sent at once are leased to this
    /// process for as long as `lease`, and answered.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when the journal has grown meanwhile.
    pub async fn seal(&self, sealing: SealBatch, lease: SignedDuration) -> Result<Vec<Delivery>, CommitError> {
        let attempt = AttemptId::random();
        let mut batch = Batch::new();
        for (&tenant, (before, after)) in &sealing.heads {
            let mac = mac(&self.keys(tenant).await?.journal, after);
            let put = values![id(tenant.0), count(after.seq), after.hash, mac, count(before.seq), before.hash];
            batch.add(&HEAD_PUT, put, Expect::Rows(1));
        }
        for (outbox_entry, entry) in &sealing.entries {
            batch.add(&OUTBOX_DELETE, values![*outbox_entry, id(entry.fact.event.0)], Expect::Rows(1));
            batch.add(&JOURNAL_INSERT, journal_row(entry), Expect::Rows(1));
        }
        let mut leased = Vec::new();
        for Owed { mut delivery, sendable } in sealing.owed {
            if sendable {
                delivery.attempts = 1;
                delivery.attempt_id = Some(attempt);
                delivery.due_at = delivery.created_at.saturating_add(lease).unwrap_or(Timestamp::MAX);
            }
            deliveries::claim::insert(&mut batch, &delivery);
            leased.extend(sendable.then_some(delivery));
        }
        match self.db().write(batch).await {
            Ok(_) => Ok(leased),
            Err(WriteError::Expectation { .. } | WriteError::Unique { .. }) => Err(CommitError::Conflict),
            Err(error) => Err(error.into()),
        }
    }
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
