//! Who waits within a request for what a worker of this process finds out about a customer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use onboarding::CustomerId;
use tokio::sync::watch;

/// Everybody who waits, by customer.
#[derive(Debug, Default)]
pub(crate) struct Awaited(Mutex<HashMap<CustomerId, watch::Sender<()>>>);

/// Somebody who waits, from the moment this is made: what is told before it is asked for is not missed.
#[derive(Debug)]
pub(crate) struct Waiting {
    awaited: Arc<Awaited>,
    customer: CustomerId,
    news: watch::Receiver<()>,
}

impl Awaited {
    /// Begins to wait for news of a customer.
    pub(crate) fn of(self: &Arc<Self>, customer: CustomerId) -> Waiting {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let news = all.entry(customer).or_insert_with(|| watch::Sender::new(())).subscribe();
        Waiting { awaited: Arc::clone(self), customer, news }
    }

    /// There is news of a customer.
    pub(crate) fn tell(&self, customer: CustomerId) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = all.get(&customer) {
            waiting.send_replace(());
        }
    }
}

impl Waiting {
    /// Comes back when there is news that was not told of yet.
    pub(crate) async fn news(&mut self) {
        if self.news.changed().await.is_err() {
            // The sender stays as long as somebody waits; were it gone, nothing would ever come.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut all = self.awaited.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(&self.customer).is_some_and(|waiting| waiting.receiver_count() <= 1) {
            all.remove(&self.customer);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn news_is_not_missed_and_nothing_is_left_behind() {
        let awaited = Arc::new(Awaited::default());
        let (one, other) = (CustomerId(Uuid::from_u128(1)), CustomerId(Uuid::from_u128(2)));
        let (mut first, mut second) = (awaited.of(one), awaited.of(one));
        awaited.tell(other);
        awaited.tell(one);
        first.news().await;
        second.news().await;
        drop(first);
        awaited.tell(one);
        second.news().await;
        drop(second);
        assert!(awaited.0.lock().expect("whole").is_empty());
    }
}
