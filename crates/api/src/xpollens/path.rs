//! Ids in paths. What cannot be one names nobody, and is answered like what is not there.

use onboarding::admission::person::AppUserId;
use uuid::Uuid;

use super::error::Problem;

/// A user's id.
///
/// # Errors
/// 404.
pub fn user(text: &str) -> Result<AppUserId, Problem> {
    AppUserId::parse(text).ok_or_else(|| Problem::not_found("User"))
}

/// Another id, with dashes or without.
///
/// # Errors
/// 404.
pub fn id(text: &str, what: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(text).map_err(|_| Problem::not_found(what))
}
