//! What a model would change, and changing it: through all customers of a tenant, a page at a time.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZero;
use std::sync::Arc;

use onboarding::risk::{Level, Model, ask_about, rate, rerate};
use onboarding::submission::hastened;
use onboarding::{Customer, CustomerId, Timestamp};
use store::{CommitError, Ctx, SealedPage};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use crate::refused::Refused;
use crate::{Service, reviews};

/// Customers that are read at once: with their documents a few megabytes at most.
const PAGE: u32 = 500;

/// Customers that are written at once: each waits for its commit, and commits are grouped.
const AT_ONCE: usize = 64;

/// How often one is rated again when somebody else changes it.
const TRIES_MAX: u32 = 8;

/// One customer whose level would be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Who.
    pub customer: CustomerId,
    /// The level it has, by its rating or, where it was never rated, by the model in force.
    pub from: Level,
    /// The level it would have.
    pub to: Level,
    /// The score it would have.
    pub score: u32,
}

/// What a model would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Customers that were looked at.
    pub looked_at: u64,
    /// Customers whose level would be another.
    pub moved: u64,
    /// How many go from which level to which, those that stay among them.
    pub levels: BTreeMap<(Level, Level), u64>,
    /// Customers that could not be read; the log has each.
    pub unreadable: u64,
}

/// What rating everybody anew did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Customers that were looked at.
    pub looked_at: u64,
    /// Customers whose rating is another now.
    pub rerated: u64,
    /// Of those, whose level is another.
    pub moved: u64,
    /// Customers about whom a person was asked.
    pub asked: u64,
    /// Customers that could not be read or written; the log has each.
    pub failed: u64,
}

impl Service {
    /// Says what a model would change among the tenant's customers, and changes nothing. Each that would move is handed to
    /// `moved`, in the order of ids; no more than a page of customers for each processor is held.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn dry_run(
        &self,
        ctx: &Ctx,
        model: &Model,
        mut moved: impl FnMut(Moved) + Send,
    ) -> Result<Comparison, Refused> {
        let now = self.now();
        let yardstick = Arc::new(Yardstick {
            service: self.clone(),
            model: model.clone(),
            in_force: self.risk_model_in_force(ctx, now).await?,
            threshold: self.ownership_threshold(ctx).await?,
            now,
        });
        let at_once = std::thread::available_parallelism().map_or(1, NonZero::get);
        let mut comparison = Comparison::default();
        let mut after = CustomerId(Uuid::nil());
        let mut pages: VecDeque<JoinHandle<(Comparison, Vec<Moved>)>> = VecDeque::with_capacity(at_once);
        loop {
            let page = self.store().customers_after(ctx, after, PAGE).await?;
            let last = page.last();
            if pages.len() >= at_once || last.is_none() {
                let Some(first) = pages.pop_front() else { return Ok(comparison) };
                let (measured, moving) = first.await.map_err(|error| Refused::Internal(Box::new(error)))?;
                comparison.add(measured);
                moving.into_iter().for_each(&mut moved);
            }
            if let Some(last) = last {
                after = last;
                let yardstick = Arc::clone(&yardstick);
                pages.push_back(tokio::task::spawn_blocking(move || yardstick.measure(&page)));
            }
        }
    }

    /// Rates every customer of the tenant by the model in force, writes those whose rating is another, and asks a person
    /// where a level rises to high or prohibited. Breaking it off and starting it again does no harm.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn apply_risk_model(&self, ctx: &Ctx) -> Result<Applied, Refused> {
        let model = self.risk_model_in_force(ctx, self.now()).await?;
        let threshold = self.ownership_threshold(ctx).await?;
        let mut applied = Applied::default();
        let mut after = CustomerId(Uuid::nil());
        loop {
            let page = self.store().customers_after(ctx, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(applied) };
            after = last;
            let mut writes: JoinSet<Result<Outcome, Refused>> = JoinSet::new();
            for (id, customer) in page.read() {
                applied.looked_at += 1;
                let Some(customer) = readable(id, customer) else {
                    applied.failed += 1;
                    continue;
                };
                let rating = rate(&model, &self.facts_of(&customer, threshold, self.now()));
                let rating = rating.following(customer.rating.as_ref());
                if customer.rating.as_ref() == Some(&rating) {
                    continue;
                }
                while writes.len() >= AT_ONCE {
                    applied.count(writes.join_next().await);
                }
                let (service, ctx, model) = (self.clone(), ctx.clone(), Arc::clone(&model));
                writes.spawn(async move { Box::pin(service.rerate_one(&ctx, customer, &model, threshold)).await });
            }
            while !writes.is_empty() {
                applied.count(writes.join_next().await);
            }
        }
    }

    async fn rerate_one(
        &self,
        ctx: &Ctx,
        customer: Customer,
        model: &Model,
        threshold: f64,
    ) -> Result<Outcome, Refused> {
        let mut found = Some(customer);
        for _ in 0..TRIES_MAX {
            let Some(customer) = found else { return Ok(Outcome::default()) };
            let now = self.now();
            let rating = rate(model, &self.facts_of(&customer, threshold, now));
            let before = customer.clone();
            let Some(changes) = rerate(customer, rating, &mut self.ids(now), now) else {
                return Ok(Outcome::default());
            };
            let level = |customer: &Customer| customer.rating.as_ref().map(|rating| rating.level);
            let mut outcome =
                Outcome { rerated: true, moved: level(&before) != level(&changes.customer), asked: false };
            let is_risky = level(&changes.customer) >= Some(Level::High);
            let open = if is_risky { self.store().open_case(ctx, before.id).await? } else { None };
            let changes = ask_about(changes, open, &mut self.ids(now), now);
            outcome.asked = changes.case.is_some();
            let years = reviews::years(&changes.customer);
            let changes = hastened(changes, years, &mut self.ids(now), now);
            let mut write = self.store().write(ctx, now);
            write.apply(&changes)?;
            let house = self.on_behalf_of(ctx.tenant).await?;
            reviews::keep_due(&mut write, &before, &changes.customer, &house.policy, now);
            match self.commit(write).await {
                Ok(()) => return Ok(outcome),
                // Somebody changed it meanwhile: rate what it is now.
                Err(CommitError::Conflict) => found = self.store().customer(ctx, before.id).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }
}

/// What customers are held against in a dry run.
struct Yardstick {
    service: Service,
    model: Model,
    in_force: Arc<Model>,
    threshold: f64,
    now: Timestamp,
}

impl Yardstick {
    /// What would change among a page of customers, and for whom.
    fn measure(&self, page: &SealedPage) -> (Comparison, Vec<Moved>) {
        let (mut comparison, mut moving) = (Comparison::default(), Vec::new());
        for (id, customer) in page.read() {
            let Some(customer) = readable(id, customer) else {
                comparison.unreadable += 1;
                continue;
            };
            let facts = self.service.facts_of(&customer, self.threshold, self.now);
            let rating = rate(&self.model, &facts);
            let rated = customer.rating.as_ref().map(|rating| rating.level);
            let from = rated.unwrap_or_else(|| rate(&self.in_force, &facts).level);
            comparison.looked_at += 1;
            *comparison.levels.entry((from, rating.level)).or_default() += 1;
            if from != rating.level {
                comparison.moved += 1;
                moving.push(Moved { customer: customer.id, from, to: rating.level, score: rating.score });
            }
        }
        (comparison, moving)
    }
}

impl Comparison {
    fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.moved += other.moved;
        self.unreadable += other.unreadable;
        for (levels, count) in other.levels {
            *self.levels.entry(levels).or_default() += count;
        }
    }
}

#[derive(Default)]
struct Outcome {
    rerated: bool,
    moved: bool,
    asked: bool,
}

impl Applied {
    fn count(&mut self, done: Option<Result<Result<Outcome, Refused>, tokio::task::JoinError>>) {
        match done {
            Some(Ok(Ok(outcome))) => {
                self.rerated += u64::from(outcome.rerated);
                self.moved += u64::from(outcome.moved);
                self.asked += u64::from(outcome.asked);
            }
            Some(Ok(Err(error))) => {
                tracing::warn!(error = %error, "A customer could not be rated");
                self.failed += 1;
            }
            Some(Err(_)) => self.failed += 1,
            None => {}
        }
    }
}

fn readable(id: CustomerId, customer: Result<Customer, store::StoreError>) -> Option<Customer> {
    customer.map_err(|error| tracing::error!(customer.id = %id, error = %error, "A customer cannot be read")).ok()
}
