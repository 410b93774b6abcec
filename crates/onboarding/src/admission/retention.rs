//! Who is kept, and who is forgotten: a prospect that comes no further is purged, unless somebody forbade it.

use jiff::Timestamp;

use crate::pii::Pii;

/// Why a customer is not forgotten, whatever its time says.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// Why.
    pub reason: Pii<String>,
    /// Who said so.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}
