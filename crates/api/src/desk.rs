//! Where screenings that somebody waits for are done: on threads of their own, a few at a time, within a time.
//!
//! Comparing names is work for a processor, and a batch has many. So work comes in small pieces; each takes a seat at
//! the desk, and gives it up to whoever waits longest. A large batch is as slow as its size, and a small one beside it
//! is not. What cannot be done in time is told so while its caller still listens.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// What the desk takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Pieces of work that are done at the same time.
    pub seats: usize,
    /// Requests that are there at the same time; one more is sent away.
    pub requests_max: usize,
    /// How long one request may take.
    pub answer_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seats = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        // Below the edge's 30 seconds, so that the desk says why.
        Self { seats, requests_max: 64, answer_within: Duration::from_secs(20) }
    }
}

/// Why the desk did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// Too many requests are there.
    #[error("too many screenings are waiting")]
    Full,
    /// The time is up.
    #[error("the screening took too long")]
    Late,
    /// A bug stopped the work.
    #[error("the screening failed")]
    Broken,
}

/// The desk. Cheap to clone; all clones are one desk.
#[derive(Debug, Clone)]
pub struct Desk {
    seats: Arc<Semaphore>,
    places: Arc<Semaphore>,
    limits: Limits,
}

/// A request that has been let in.
#[derive(Debug)]
pub struct Turn {
    seats: Arc<Semaphore>,
    until: Instant,
    _place: OwnedSemaphorePermit,
}

impl Desk {
    /// A desk within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let (seats, places) = (Semaphore::new(limits.seats), Semaphore::new(limits.requests_max));
        Self { seats: Arc::new(seats), places: Arc::new(places), limits }
    }

    /// Lets a request in; its time begins.
    ///
    /// # Errors
    /// [`Busy::Full`].
    pub fn turn(&self) -> Result<Turn, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy::Full)?;
        let until = Instant::now() + self.limits.answer_within;
        Ok(Turn { seats: Arc::clone(&self.seats), until, _place: place })
    }
}

impl Turn {
    /// Does one piece of work, which is small enough to let others wait for it.
    ///
    /// # Errors
    /// [`Busy::Late`] when no seat comes free in time, [`Busy::Broken`] when the work panics.
    pub async fn work<T: Send + 'static>(&self, piece: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let seat = timeout_at(self.until, Arc::clone(&self.seats).acquire_owned()).await.map_err(|_| Busy::Late)?;
        let seat = seat.map_err(|_| Busy::Broken)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = piece();
            // The seat belongs to the work: it is taken until the work ends, also when nobody waits for it any more.
            drop(seat);
            done
        });
        timeout_at(self.until, done).await.map_err(|_| Busy::Late)?.map_err(|_| Busy::Broken)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn desk(requests_max: usize, answer_within_ms: u64) -> Desk {
        Desk::new(Limits { seats: 1, requests_max, answer_within: Duration::from_millis(answer_within_ms) })
    }

    #[tokio::test]
    async fn one_more_than_fits_is_sent_away_and_may_come_again() {
        let desk = desk(1, 10_000);
        let turn = desk.turn().expect("the first");
        assert_eq!(desk.turn().expect_err("the second"), Busy::Full);
        assert_eq!(turn.work(|| 7).await, Ok(7));
        drop(turn);
        assert!(desk.turn().is_ok());
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_seat_is_told_so_and_a_seat_outlives_its_request() {
        let desk = desk(8, 50);
        let (go, wait) = mpsc::channel::<()>();
        let slow = desk.turn().expect("a place");
        assert_eq!(slow.work(move || wait.recv().is_ok()).await, Err(Busy::Late));
        drop(slow);
        // The work that nobody waits for still sits.
        let next = desk.turn().expect("a place");
        assert_eq!(next.work(|| ()).await, Err(Busy::Late));
        go.send(()).expect("it listens");
        let after = desk.turn().expect("a place");
        assert_eq!(after.work(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn pieces_of_many_requests_take_turns() {
        let desk = desk(8, 10_000);
        let (order, seen) = mpsc::channel();
        let request = |name: &'static str, pieces: usize| {
            let (turn, order) = (desk.turn().expect("a place"), order.clone());
            async move {
                for _ in 0..pieces {
                    let order = order.clone();
                    turn.work(move || order.send(name).expect("it listens")).await.expect("done");
                }
            }
        };
        tokio::join!(request("large", 20), request("small", 2));
        let order: Vec<_> = seen.try_iter().collect();
        let last_small = order.iter().rposition(|name| *name == "small").expect("it was done");
        assert!(last_small < 8, "{order:?}");
    }

    #[tokio::test]
    async fn a_bug_ends_one_piece_and_gives_its_seat_back() {
        let desk = desk(1, 10_000);
        let turn = desk.turn().expect("a place");
        assert_eq!(turn.work(|| -> u8 { panic!("a bug") }).await, Err(Busy::Broken));
        assert_eq!(turn.work(|| 1).await, Ok(1));
    }
}
