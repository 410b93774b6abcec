//! A demand: the verification of an identity, by the way that was chosen.
//!
//! ```text
//! Pending -> Incomplete -> Complete
//!        \-> FraudSuspicion (final), Rejected (final for the demand: another may follow)
//! ```

use jiff::Timestamp;
use uuid::Uuid;

use super::diligence::Diligence;
use crate::evaluation::words;

/// The verification of an identity.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Its id.
    pub id: Uuid,
    /// By which way.
    pub workflow: Workflow,
    /// Where it stands.
    pub state: DemandState,
    /// Why it was rejected, if it was.
    pub decision: Option<DemandDecision>,
    /// What was shown, oldest first.
    pub diligences: Vec<Diligence>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// The way to verify an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Workflow {
    /// A document and a selfie; what is agreed to is signed on the device.
    ElectronicSign,
    /// A document and a transfer from an account of the customer's own.
    Identity,
}

/// Where a demand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DemandState {
    /// Nothing is decided.
    Pending,
    /// A part is in order, or something was refused: more is to be shown.
    Incomplete,
    /// Everything is in order.
    Complete,
    /// Somebody showed what is not its own.
    FraudSuspicion,
    /// It ended without an answer.
    Rejected,
}

/// Why a demand was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DemandDecision {
    /// Too long ago.
    Expired,
    /// Given up.
    Abandoned,
}

words!(Workflow { ElectronicSign = "electronic_sign", Identity = "identity" });
words!(DemandState {
    Pending = "pending",
    Incomplete = "incomplete",
    Complete = "complete",
    FraudSuspicion = "fraud_suspicion",
    Rejected = "rejected",
});
words!(DemandDecision { Expired = "expired", Abandoned = "abandoned" });
