//! What would be, if another version of a list, another threshold or less evidence were in force: the customer base, or a
//! sample of it, is asked both ways. Nothing is changed by it.
//!
//! - [`proposal`]: what is tried, as data, and read from the outside;
//! - [`report`]: what came of it, counted;
//! - [`replay`]: one customer, both ways;
//! - [`work`]: those that were asked for over our own API, one after the other.
//!
//! Two indexes are in memory at most: the one in force, and one of the versions that are tried. Customers are read page by
//! page. Counts are complete; of the hits that came or went, so many are named.

pub mod proposal;
mod replay;
pub mod report;
pub(crate) mod work;

use std::sync::Arc;

use onboarding::{CustomerId, Policy, TenantId};
use store::Ctx;
use uuid::Uuid;
use watchlists::Index;
use watchlists::formats::FormatError;

pub use proposal::{Proposal, Sample, Unproposable};
pub use report::{Kept, Report};
pub use work::WhatIf;

use crate::Service;
use crate::refused::Refused;
use proposal::Stride;
use replay::{Replay, Tried};

/// Customers compared at once.
const PAGE: u32 = 500;

/// A way through the customers of a tenant, page by page.
pub struct Walk {
    ctx: Ctx,
    replay: Arc<Replay>,
    stride: Stride,
    after: CustomerId,
    passed: u64,
    report: Report,
}

impl Walk {
    /// Looks at the next page; `false` where there is none.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn step(&mut self, service: &Service) -> Result<bool, Refused> {
        let page = service.store().customers_after(&self.ctx, self.after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(false) };
        let (replay, stride, from) = (Arc::clone(&self.replay), self.stride, self.passed);
        let measured = tokio::task::spawn_blocking(move || {
            let (mut measured, mut read) = (Report::default(), 0);
            for ((_, customer), number) in page.read().zip(from..) {
                read += 1;
                if !stride.takes(number) {
                    continue;
                }
                match customer {
                    Ok(customer) => replay.customer(&customer, &mut measured),
                    // Whose key is gone meanwhile is nobody any more.
                    Err(_) => measured.unreadable += 1,
                }
            }
            (measured, read)
        });
        let (measured, read) = measured.await.map_err(|error| Refused::Internal(Box::new(error)))?;
        self.report.add(measured);
        self.passed += read;
        self.after = last;
        Ok(true)
    }

    /// How many customers were passed, of how many.
    #[must_use]
    pub fn passed(&self) -> (u64, u64) {
        (self.passed, self.report.customers)
    }

    /// What came of it.
    #[must_use]
    pub fn report(self) -> Report {
        self.report
    }
}

impl Service {
    /// Begins to ask every customer of the tenant, or those of the sample, both ways.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a version that there is not; a stored list that cannot be read.
    pub async fn begin_what_if(&self, tenant: TenantId, proposal: &Proposal) -> Result<Walk, Refused> {
        let (ctx, house) = (Ctx::system(tenant), self.on_behalf_of(tenant).await?);
        let replay = Arc::new(self.prepared(&ctx, &house.policy, proposal).await?);
        let customers = self.store().coverage(&ctx, 0).await?.customers;
        let report = Report { customers, ..Report::default() };
        let stride = proposal.sample.stride(customers);
        Ok(Walk { ctx, replay, stride, after: CustomerId(Uuid::nil()), passed: 0, report })
    }

    async fn prepared(&self, ctx: &Ctx, policy: &Policy, proposal: &Proposal) -> Result<Replay, Refused> {
        let lists = self.lists_in_force();
        let mut stored = Vec::new();
        for (list, hash) in &proposal.versions {
            let version = self.version_of(list, Some(*hash)).await?.ok_or(Refused::NotFound)?;
            // Another tenant's list is none.
            if version.tenant.is_some_and(|owner| owner != ctx.tenant) {
                return Err(Refused::NotFound);
            }
            stored.push((list.clone(), version));
        }
        let tried = tokio::task::spawn_blocking(move || -> Result<Tried, FormatError> {
            let mut builder = Index::builder();
            let mut names = Vec::with_capacity(stored.len());
            for (list, version) in stored {
                let number = builder.list(list.clone(), String::new());
                version.read(&mut |entity| {
                    builder.add(number, &entity);
                })?;
                names.push(list);
            }
            Ok(Tried { index: builder.build(), lists: names })
        });
        let tried = tried.await.map_err(|error| Refused::Internal(Box::new(error)))?;
        let tried = tried.map_err(|error| Refused::Internal(Box::new(error)))?;
        Ok(Replay::new(&lists, tried, ctx.tenant, policy, proposal))
    }
}
