//! Passwords are hashed with Argon2id, a few at a time: each takes 19 MiB and some milliseconds of a core.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use onboarding::Pii;
use store::PasswordHash;
use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::Service;
use crate::refused::Refused;

/// The floor of OWASP's password storage advice: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// How many may wait for a core; whoever comes then is told to come back.
const WAITING_MAX: usize = 128;

/// How many people can sign in beside each other. Two who share a place wait for each other, which costs one hash.
const PLACES: usize = 256;

/// A hash that no password has, for those that nobody has: they take as long.
static NOBODYS: LazyLock<PasswordHash> = LazyLock::new(|| hashed("", &[0; 16]));

/// The right to hash, held while it runs.
#[derive(Debug)]
pub(crate) struct Slot {
    _waiting: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
}

/// Who may hash at the same time.
#[derive(Debug)]
pub(crate) struct Hashing {
    waiting: Arc<Semaphore>,
    running: Arc<Semaphore>,
    turns: Box<[Mutex<()>]>,
}

impl Default for Hashing {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self::new(WAITING_MAX, cores)
    }
}

impl Hashing {
    fn new(waiting: usize, running: usize) -> Self {
        let turns = std::iter::repeat_with(Mutex::default).take(PLACES).collect();
        Self { waiting: Arc::new(Semaphore::new(waiting)), running: Arc::new(Semaphore::new(running)), turns }
    }

    /// Waits for a core, unless too many do.
    pub(crate) async fn slot(&self) -> Result<Slot, Refused> {
        self.run(self.wait()?).await
    }

    /// Waits until nobody else signs in as this user here, and then for a core, unless too many wait. A try counts as
    /// failed until it succeeds: side by side, right ones would be counted as guesses of each other.
    pub(crate) async fn turn(&self, user: Uuid) -> Result<(MutexGuard<'_, ()>, Slot), Refused> {
        let waiting = self.wait()?;
        let place = user.as_u128() % self.turns.len() as u128;
        let turn = self.turns[usize::try_from(place).expect("fewer places than a usize counts")].lock().await;
        Ok((turn, self.run(waiting).await?))
    }

    fn wait(&self) -> Result<OwnedSemaphorePermit, Refused> {
        Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| Refused::Overloaded)
    }

    async fn run(&self, waiting: OwnedSemaphorePermit) -> Result<Slot, Refused> {
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Refused::Overloaded)?;
        Ok(Slot { _waiting: waiting, _running: running })
    }
}

impl Service {
    /// The hash of a password, with a salt of its own.
    ///
    /// # Errors
    /// [`Refused::Overloaded`] when too many wait.
    pub async fn hash_password(&self, password: &Pii<String>) -> Result<PasswordHash, Refused> {
        let slot = self.hashing().slot().await?;
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.random_bytes()[..16]);
        let password = password.clone();
        off_the_threads(slot, move || hashed(&password, &salt)).await
    }

    /// Whether this is the password of the hash; without a hash it takes as long, and is not.
    pub(crate) async fn is_password(
        &self,
        slot: Slot,
        password: &Pii<String>,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Refused> {
        let password = password.clone();
        off_the_threads(slot, move || match hash {
            Some(hash) => fits(&password, &hash),
            None => {
                std::hint::black_box(fits(&password, &NOBODYS));
                false
            }
        })
        .await
    }
}

async fn off_the_threads<T: Send + 'static>(
    slot: Slot,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refused> {
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(slot);
        done
    });
    done.await.map_err(|error| Refused::Internal(Box::new(error)))
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hashed(password: &str, salt: &[u8; 16]) -> PasswordHash {
    let hash = argon2().hash_password_with_salt(password.as_bytes(), salt).expect("within Argon2's bounds");
    PasswordHash(hash.to_string())
}

fn fits(password: &str, hash: &PasswordHash) -> bool {
    phc::PasswordHash::new(&hash.0).is_ok_and(|known| argon2().verify_password(password.as_bytes(), &known).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash() {
        let hash = hashed("SecurePass123!@#", &[7; 16]);
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(fits("SecurePass123!@#", &hash));
        assert!(!fits("SecurePass123!@", &hash));
        assert!(!fits("", &PasswordHash("$argon2id$nonsense".to_owned())));
        assert_eq!(format!("{hash:?}"), "PasswordHash(‹secret›)");
    }

    #[tokio::test]
    async fn whoever_comes_when_too_many_wait_is_sent_away() {
        let hashing = Hashing::new(1, 1);
        let slot = hashing.slot().await.expect("the first");
        assert!(matches!(hashing.slot().await, Err(Refused::Overloaded)));
        drop(slot);
        assert!(hashing.slot().await.is_ok());
    }

    #[tokio::test]
    async fn those_who_sign_in_as_one_person_take_turns() {
        let hashing = Hashing::new(8, 8);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = hashing.turn(one).await.expect("the first");
        drop(hashing.turn(other).await.expect("another person"));
        let mut second = std::pin::pin!(hashing.turn(one));
        let soon = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, &mut second).await.is_err());
        drop(first);
        drop(second.await.expect("the next"));
    }
}
