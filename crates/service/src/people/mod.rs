//! People who sign in with a password: FinHub's customers.
//!
//! - [`passwords`]: Argon2id, bounded;
//! - [`sign_in`]: sessions, and whose token it is; [`jwt`], [`keys`]: what the token is, and what signs it;
//! - [`email`]: whether an e-mail address is somebody's own.
//!
//! A token is a JWT because the vendor's is; what decides is the row of its session, which is asked on every use.

pub mod email;
pub mod jwt;
pub mod keys;
pub mod passwords;
pub mod sign_in;

use jiff::SignedDuration;

pub use email::VerifyEmailError;
pub use sign_in::{NewSession, SignIn, SignInError, SignedIn};

/// Failures in a row after which nobody may try.
pub const ATTEMPTS_MAX: u32 = 5;

/// For how long.
pub const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(30);

/// How long a session and its token live.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_secs(3_600);

/// What somebody with a session is.
pub const ROLES: &[&str] = &["USER"];
