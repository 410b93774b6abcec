//! What the house takes from the world, as arguments: the time and randomness. (Calls outside: [`crate::outbound`].)

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use onboarding::customer::Ids;
use uuid::Uuid;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The machine's clock, which a sandbox may move forward.
#[derive(Debug, Default)]
pub struct SystemClock {
    advanced_ms: AtomicI64,
}

impl SystemClock {
    /// Moves the clock forward, for every worker and expiry. Only a sandbox does.
    pub fn advance(&self, by: SignedDuration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.advanced_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
        let machine = Timestamp::now();
        let advanced = SignedDuration::from_millis(self.advanced_ms.load(Ordering::SeqCst));
        let now = machine.saturating_add(advanced).unwrap_or(Timestamp::MAX);
        // The store keeps microseconds: what is answered now and what is read back later must be the same instant.
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// The machine's random number generator.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the machine gives random bytes; without them no key is safe");
    }
}

/// New ids: UUID version 7, of one moment.
pub struct FreshIds<'a> {
    entropy: &'a dyn Entropy,
    at_ms: u64,
    spare: [u8; 160],
    used: usize,
}

impl std::fmt::Debug for FreshIds<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FreshIds")
    }
}

impl<'a> FreshIds<'a> {
    /// Ids of this moment.
    pub fn new(entropy: &'a dyn Entropy, now: Timestamp) -> Self {
        let at_ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
        // One call for sixteen ids: a decision rarely needs more.
        Self { entropy, at_ms, spare: [0; 160], used: 160 }
    }
}

impl Ids for FreshIds<'_> {
    fn next(&mut self) -> Uuid {
        if self.used == self.spare.len() {
            self.entropy.fill(&mut self.spare);
            self.used = 0;
        }
        let mut random = [0; 10];
        random.copy_from_slice(&self.spare[self.used..self.used + 10]);
        self.used += 10;
        uuid::Builder::from_unix_timestamp_millis(self.at_ms, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_of_version_seven_and_all_different() {
        let mut ids = FreshIds::new(&SystemEntropy, Timestamp::from_second(1_700_000_000).expect("a second"));
        let many: BTreeSet<Uuid> = (0..100).map(|_| ids.next()).collect();
        assert_eq!(many.len(), 100);
        assert!(many.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn a_sandbox_clock_moves_forward_and_keeps_microseconds() {
        let clock = SystemClock::default();
        let before = clock.now();
        clock.advance(SignedDuration::from_hours(24 * 90));
        assert!(clock.now().duration_since(before) >= SignedDuration::from_hours(24 * 90));
        assert_eq!(clock.now().as_nanosecond() % 1000, 0);
    }
}
