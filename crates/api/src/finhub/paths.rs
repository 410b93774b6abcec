//! Ids in paths. Whatever is no UUID names nothing, and is answered like what is not there.

use onboarding::CustomerId;
use uuid::Uuid;

use super::error::Failure;
use crate::fields::guid;

/// A customer's id.
///
/// # Errors
/// 404.
pub fn customer(text: &str) -> Result<CustomerId, Failure> {
    guid(text).map(CustomerId).ok_or_else(|| Failure::not_found("customer"))
}

/// An id that is shown with a prefix: `verif-…`, or bare.
///
/// # Errors
/// 404.
pub fn prefixed(text: &str, prefix: &str, what: &str) -> Result<Uuid, Failure> {
    let bare = text.strip_prefix(prefix).unwrap_or(text);
    guid(bare).ok_or_else(|| Failure::not_found(what))
}
