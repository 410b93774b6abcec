//! Reads customers.

use onboarding::{Customer, CustomerId};
use store::CustomerFilter;

use crate::refused::Refused;
use crate::{Caller, Service};

/// A part of a longer list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Whether more follows.
    pub more: bool,
}

impl<T> Page<T> {
    /// A page of at most `limit` out of a query that asked for one more.
    #[must_use]
    pub fn of(mut items: Vec<T>, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}

impl Service {
    /// One customer of the caller.
    ///
    /// # Errors
    /// [`Refused::NotFound`], also for another tenant's.
    pub async fn customer(&self, caller: &Caller, id: CustomerId) -> Result<Customer, Refused> {
        self.store().customer(&caller.ctx, id).await?.ok_or(Refused::NotFound)
    }

    /// The caller's customers that fit the filter, in the order they were let in.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn customers(
        &self,
        caller: &Caller,
        filter: &CustomerFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Customer>, Refused> {
        Ok(Page::of(self.store().customers(&caller.ctx, filter, offset, limit + 1).await?, limit))
    }
}
