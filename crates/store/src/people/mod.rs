//! People who sign in: users, their sessions, and the tokens that prove an e-mail address.
//!
//! Of a password the Argon2id hash is kept, sealed; of a session and of a token a hash. An e-mail address stands here
//! only as the tenant's keyed token of it, which is also what makes it unique.

mod email;
mod sessions;
mod users;
pub(crate) mod write;

pub(crate) use email::STATEMENTS as EMAIL_STATEMENTS;
pub(crate) use sessions::STATEMENTS as SESSION_STATEMENTS;
pub use sessions::Session;
pub(crate) use users::STATEMENTS as USER_STATEMENTS;
pub use users::{Attempt, NewUser, PasswordHash, User};
