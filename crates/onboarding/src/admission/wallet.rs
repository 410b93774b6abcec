//! The device that signs: bound by an activation code, one at a time; and the page that takes documents.

use jiff::Timestamp;
use uuid::Uuid;

use crate::evaluation::words;
use crate::pii::Pii;

/// The code that binds a device.
#[derive(Debug, Clone, PartialEq)]
pub struct Activation {
    /// Its id, which may be told anywhere.
    pub id: Uuid,
    /// The code: 32 hexadecimal digits. Who knows it may bind a device.
    pub code: Pii<String>,
    /// Where it stands.
    pub state: ActivationState,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Where an activation code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActivationState {
    /// It binds a device.
    Open,
    /// It has bound one.
    Used,
    /// It binds none.
    Dead,
}

/// A bound device.
#[derive(Debug, Clone, PartialEq)]
pub struct Wallet {
    /// Its id: 128 random bits, known to the device alone.
    pub id: Pii<Uuid>,
    /// What its signatures are verified with.
    pub key: PublicKey,
    /// Where it stands.
    pub state: WalletState,
    /// Failures in a row.
    pub failures: u8,
    /// When it was bound.
    pub bound_at: Timestamp,
}

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WalletState {
    /// It signs.
    Bound,
    /// It signs no more: too many failures in a row.
    Locked,
    /// It signs no more: the identification failed, or another code was made.
    Killed,
}

/// A public key on the curve P-256: its two coordinates, one after the other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 64]);

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

/// The page that takes a document and a selfie.
#[derive(Debug, Clone, PartialEq)]
pub struct PageLink {
    /// Its id, which may be told anywhere.
    pub id: Uuid,
    /// The `technicalId` of its address: 128 hexadecimal digits.
    pub technical_id: Pii<String>,
    /// The token of its address. Who knows it may show documents.
    pub token: Pii<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was closed, if it was.
    pub ended_at: Option<Timestamp>,
}

words!(ActivationState { Open = "open", Used = "used", Dead = "dead" });
words!(WalletState { Bound = "bound", Locked = "locked", Killed = "killed" });
