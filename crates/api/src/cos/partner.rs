//! The partner id: it must be the caller's own.

use service::Caller;

use super::error::Errors;
use crate::fields::Object;

/// Checks the `partnerId` of a body or query: absent is the caller's.
///
/// # Errors
/// 403 for another partner's. One that is no GUID is noted among the mistakes.
pub fn check(object: &Object<'_>, caller: &Caller) -> Result<(), Errors> {
    match object.field("partnerId").guid() {
        Some(id) if id != caller.tenant_id().0 => Err(Errors::other_partner()),
        _ => Ok(()),
    }
}
