//! Takes what waits in the outbox and seals it, each tenant apart: what is wrong with one journal holds up no other.

use std::collections::{BTreeMap, BTreeSet};

use db::{Value, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::TenantId;
use onboarding::customer::Ids;

use super::read::{Unsealed, Waiting, waiting};
use super::seal::{NotSealed, SealBatch};
use crate::context::Ctx;
use crate::deliveries::Delivery;
use crate::error::{CommitError, StoreError};
use crate::open::Store;
use crate::rows::id;
use crate::statements::statements;

/// How long a tenant that could not be sealed is left alone before it is tried, and told of, again: an operator may
/// have mended it meanwhile.
const LEFT_ALONE: SignedDuration = SignedDuration::from_secs(10);

/// How many tenants the database passes over itself. There are rarely any; more are passed over here.
const PASSED_OVER: usize = 8;

statements! {
    OUTBOX = sql(
        "SELECT entry, tenant_id, event_id, customer_id, kind, number, about, to_state, actor, happened_at \
         FROM outbox WHERE entry > $1 ORDER BY entry LIMIT $2",
    );
    OUTBOX_OF_OTHERS = sql(
        "SELECT entry, tenant_id, event_id, customer_id, kind, number, about, to_state, actor, happened_at \
         FROM outbox WHERE entry > $1 AND tenant_id NOT IN ($2, $3, $4, $5, $6, $7, $8, $9) ORDER BY entry LIMIT $10",
    );
}

/// What a sealer remembers from one portion to the next.
#[derive(Debug, Default)]
pub struct Sealer {
    /// Whatever waits up to this outbox entry is stuck.
    after: i64,
    /// Whom to leave alone, and until when.
    stuck: BTreeMap<TenantId, Timestamp>,
    /// Until when rows that name no tenant are not told of again.
    nobodys: Option<Timestamp>,
}

/// What became of one portion.
#[derive(Debug, Default)]
pub struct Sealed {
    /// What can be sent at once, leased to this process.
    pub deliveries: Vec<Delivery>,
    /// How many facts have their place now.
    pub events: usize,
    /// Whether more may wait that can be sealed.
    pub more: bool,
    /// Whose facts cannot be sealed, where this was not told within the last ten seconds. They wait.
    pub stuck: Vec<Stuck>,
}

/// Somebody whose facts cannot be sealed before somebody has looked at it.
#[derive(Debug)]
pub struct Stuck {
    /// Who; `None` for a row of the outbox that does not even say whose it is.
    pub tenant: Option<TenantId>,
    /// Why not.
    pub why: StoreError,
}

impl Sealer {
    fn is_stuck(&self, tenant: TenantId) -> bool {
        self.stuck.contains_key(&tenant)
    }

    fn leave_alone(&mut self, tenant: TenantId, why: StoreError, now: Timestamp, told: &mut Vec<Stuck>) {
        if self.stuck.insert(tenant, later(now)).is_none() {
            told.push(Stuck { tenant: Some(tenant), why });
        }
    }

    fn pass_over(&mut self, why: StoreError, now: Timestamp, told: &mut Vec<Stuck>) {
        if self.nobodys.is_none_or(|until| until <= now) {
            self.nobodys = Some(later(now));
            told.push(Stuck { tenant: None, why });
        }
    }
}

impl Store {
    /// Seals the oldest facts that can be sealed, at most `limit`: the whole of the sealer's work. A tenant whose head
    /// is missing or not vouched for, whose journal goes on after its head, or of whom a row does not read, is passed
    /// over with all that waits of it.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when another node was faster: nothing to worry about.
    pub async fn seal_portion(
        &self,
        sealer: &mut Sealer,
        limit: u32,
        ids: &mut (dyn Ids + Send),
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Sealed, CommitError> {
        if sealer.after == 0 {
            sealer.stuck.retain(|_, until| *until > now);
        }
        let found = self.outbox_rows(sealer, limit).await?;
        let (full, last) = (found.len() >= limit as usize, found.last().map_or(0, |row| row.entry));
        let rows = found.len();
        let mut sealed = Sealed { more: full, ..Sealed::default() };
        let mut tenants = BTreeSet::new();
        for row in &found {
            match (row.tenant, &row.unsealed) {
                (Some(tenant), Ok(_)) => drop(tenants.insert(tenant)),
                (Some(tenant), Err(why)) => sealer.leave_alone(tenant, why.clone(), now, &mut sealed.stuck),
                (None, Err(why)) => sealer.pass_over(why.clone(), now, &mut sealed.stuck),
                (None, Ok(_)) => {}
            }
        }
        let (mut heads, mut interests) = (BTreeMap::new(), BTreeMap::new());
        tenants.retain(|tenant| !sealer.is_stuck(*tenant));
        for tenant in tenants {
            let ctx = Ctx::system(tenant);
            let known = async { Ok((self.head(&ctx).await?, self.interests(&ctx).await?)) };
            match known.await {
                Ok((head, wishes)) => {
                    heads.insert(tenant, head);
                    interests.insert(tenant, wishes);
                }
                Err(why @ (StoreError::Inconsistent(_) | StoreError::NoSuchTenant)) => {
                    sealer.leave_alone(tenant, why, now, &mut sealed.stuck);
                }
                Err(error) => return Err(error.into()),
            }
        }
        for (tenant, wish) in self.interests_about(sealer.after, last).await? {
            match (wish, interests.get_mut(&tenant)) {
                (Ok(wish), Some(wishes)) => wishes.push(wish),
                (Err(why), Some(_)) => {
                    heads.remove(&tenant);
                    sealer.leave_alone(tenant, why, now, &mut sealed.stuck);
                }
                (_, None) => {}
            }
        }
        let ready = found.into_iter().filter_map(|row| row.unsealed.ok());
        let ready: Vec<_> = ready.filter(|waiting| heads.contains_key(&waiting.fact.tenant)).collect();
        let events = ready.len();
        let batch = SealBatch::new(ready, &heads, &interests, ids, now);
        match self.write_sealing(batch, lease).await {
            Ok(deliveries) => (sealed.deliveries, sealed.events) = (deliveries, events),
            Err(NotSealed::BeyondHead(tenant)) => {
                let why = NotSealed::beyond_head(tenant);
                sealer.leave_alone(tenant, why, now, &mut sealed.stuck);
                // Nothing was written: the same again, without this one.
                sealed.more = true;
                return Ok(sealed);
            }
            Err(NotSealed::Other(error)) => return Err(error),
        }
        if !full {
            sealer.after = 0;
        } else if events < rows {
            // What is left of these is stuck, and must not fill the next portion too.
            sealer.after = last;
        }
        Ok(sealed)
    }

    /// Seals the oldest facts, as [`Store::seal_portion`] does for a sealer that remembers nothing. Answers with what
    /// can be sent at once, and how many facts were sealed.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when another node was faster.
    pub async fn seal_next(
        &self,
        limit: u32,
        ids: &mut (dyn Ids + Send),
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<(Vec<Delivery>, usize), CommitError> {
        let sealed = self.seal_portion(&mut Sealer::default(), limit, ids, now, lease).await?;
        Ok((sealed.deliveries, sealed.events))
    }

    /// The oldest facts that wait for their place, of all tenants.
    ///
    /// # Errors
    /// What the store cannot do; [`crate::Inconsistent`] where one of them does not read.
    pub async fn unsealed(&self, limit: u32) -> Result<Vec<Unsealed>, StoreError> {
        self.outbox_rows(&Sealer::default(), limit).await?.into_iter().map(|row| row.unsealed).collect()
    }

    async fn outbox_rows(&self, sealer: &Sealer, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let Some(first) = sealer.stuck.keys().next() else {
            return self.db().read(&OUTBOX, values![sealer.after, limit]).await?.iter().map(waiting).collect();
        };
        let mut others = values![sealer.after];
        let passed_over = sealer.stuck.keys().chain(std::iter::repeat(first));
        others.extend(passed_over.take(PASSED_OVER).map(|tenant| id(tenant.0)));
        others.push(Value::from(limit));
        self.db().read(&OUTBOX_OF_OTHERS, others).await?.iter().map(waiting).collect()
    }
}

fn later(now: Timestamp) -> Timestamp {
    now.saturating_add(LEFT_ALONE).unwrap_or(Timestamp::MAX)
}
