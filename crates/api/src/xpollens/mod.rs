//! Xpollens: five or six steps in any order, two of them signed on a device; the account opens when all are clear.
//!
//! `docs/XPOLLENS.md` says what is spoken and where it differs. Read in this order:
//! - [`caller`]: who asks; [`error`]: what is said when it does not work; [`body`]: how things are read and written.

pub mod body;
pub mod caller;
pub mod error;

use jiff::SignedDuration;
use service::Service;

/// What registrations of this dialect are stored under.
pub const NAME: &str = "xpollens";

/// The scope that the vendor's clients ask for.
pub const SCOPE: &str = "partner";

/// How long a token lives: the vendor's hour.
pub const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Largest JSON body, in bytes. The largest one that makes sense has about 2 KiB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// What every handler has at hand.
#[derive(Clone)]
pub struct Counter {
    /// The house.
    pub service: Service,
}
