//! Hawk: checks of customers, persons and companies with everybody around them, as its public documents have them.
//!
//! `docs/HAWK.md` says what is spoken and where it differs. Read in this order:
//! - [`shapes`], [`check`], [`partial_date`]: how a request may be written; [`node`], [`request`], [`parties`]: what it says.

pub mod check;
pub mod node;
pub mod partial_date;
pub mod parties;
pub mod request;
pub mod shapes;

/// What registrations of this dialect are stored under.
pub const NAME: &str = "hawk";

/// Largest body, in bytes. The vendor's example, with every field filled, has 34 KiB.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// Deepest nesting of a body: more than thirty companies, each owned by the next.
pub const DEPTH_MAX: usize = 100;
