//! From a name to addresses that may be called.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use tokio::sync::Semaphore;

use super::address;
use super::guard::Guard;

/// How many of a name's addresses are tried. All of them are judged.
const TRIED_MAX: usize = 8;

/// Why a name leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Unresolved {
    #[error("an address of this name is not publicly reachable")]
    Private,
    #[error("this name has no address")]
    NoAnswer,
}

/// Looks a name up and refuses it when any of its addresses is private.
///
/// Any, not all: a name that has both is either a mistake or an attempt to be lucky with the one that gets tried.
pub(super) struct GuardedResolver {
    pub guard: Guard,
    pub lookup: Arc<dyn Lookup>,
}

/// Where addresses come from: the system, or in a test a table.
pub(super) trait Lookup: Send + Sync {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.guard;
        let found = self.lookup.lookup(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = found.await.map_err(|_| Unresolved::NoAnswer)?;
            let allowed = allowed(addresses, guard)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn allowed(mut addresses: Vec<SocketAddr>, guard: Guard) -> Result<Vec<SocketAddr>, Unresolved> {
    if addresses.is_empty() {
        return Err(Unresolved::NoAnswer);
    }
    if guard == Guard::Public && !addresses.iter().all(|found| address::is_public(found.ip())) {
        return Err(Unresolved::Private);
    }
    addresses.truncate(TRIED_MAX);
    Ok(addresses)
}

/// The system's resolver, on threads that may block.
///
/// A look-up cannot be called off: a name server that never answers holds its thread for as long as the system is
/// patient, whatever our deadline says. So the permit lives in the thread, and there are only so many.
pub(super) struct SystemLookup {
    permits: Arc<Semaphore>,
}

impl SystemLookup {
    pub(super) fn new(at_once_max: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_once_max)) }
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> {
        let permits = self.permits.clone();
        Box::pin(async move {
            let permit = permits.acquire_owned().await.map_err(io::Error::other)?;
            tokio::task::spawn_blocking(move || {
                let found = (name.as_str(), 0).to_socket_addrs().map(Iterator::collect);
                drop(permit);
                found
            })
            .await
            .map_err(io::Error::other)?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<SocketAddr> {
        text.split_whitespace().map(|ip| SocketAddr::new(ip.parse().expect("an address"), 0)).collect()
    }

    #[test]
    fn one_private_address_spoils_the_name() {
        for spoiled in
            ["127.0.0.1", "8.8.8.8 10.0.0.1", "10.0.0.1 8.8.8.8", "2606:4700::1 8.8.8.8 fd00::1", "::ffff:8.8.8.8"]
        {
            assert_eq!(allowed(addresses(spoiled), Guard::Public), Err(Unresolved::Private), "{spoiled}");
            assert!(allowed(addresses(spoiled), Guard::AllowPrivate).is_ok());
        }
        assert_eq!(allowed(addresses("8.8.8.8 2606:4700::1"), Guard::Public).map(|found| found.len()), Ok(2));
        assert_eq!(allowed(Vec::new(), Guard::AllowPrivate), Err(Unresolved::NoAnswer));
    }

    #[test]
    fn a_private_address_is_seen_behind_many_public_ones() {
        let many = "8.8.8.8 ".repeat(200) + "10.0.0.1";
        assert_eq!(allowed(addresses(&many), Guard::Public), Err(Unresolved::Private));
        assert_eq!(allowed(addresses(&many), Guard::AllowPrivate).map(|found| found.len()), Ok(TRIED_MAX));
    }

    #[tokio::test]
    async fn a_name_server_that_never_answers_holds_no_more_than_its_share() {
        let system = SystemLookup::new(1);
        let held = system.permits.clone().acquire_owned().await.expect("the semaphore is never closed");
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(20), system.lookup("localhost".to_owned()));
        assert!(waiting.await.is_err(), "the second look-up waits for the first");
        drop(held);
        assert!(system.lookup("localhost".to_owned()).await.is_ok());
    }
}
