//! The device that signs: bound by an activation code, one at a time; and the page that takes documents.

use jiff::Timestamp;
use uuid::Uuid;

use super::create::Fresh;
use super::signature::{self, End};
use super::standing::Change;
use super::{Admission, AdmissionRefusal};
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Ids};
use crate::evaluation::words;
use crate::pii::Pii;
use crate::policy::Policy;

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

/// Failures in a row that lock a device.
pub const FAILURES_MAX: u8 = 5;

/// A device that wants to be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bind {
    /// The id that it gets: 128 random bits.
    pub id: Pii<Uuid>,
    /// What its signatures are verified with; that it is on the curve was looked at.
    pub key: PublicKey,
}

/// Binds a device by the code that is open. Who asks again with the same key has missed the answer, and has its device.
///
/// # Errors
/// [`AdmissionRefusal::Ended`]; [`AdmissionRefusal::DeviceBound`]; [`AdmissionRefusal::Refused`].
pub fn bind(
    customer: Customer,
    code: &str,
    device: Bind,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    let admission = change.admission();
    let known = admission.activation.as_mut().filter(|known| known.code.as_str() == code);
    let activation = known.ok_or(AdmissionRefusal::Ended)?;
    let repeated = |wallet: &Wallet| wallet.state == WalletState::Bound && wallet.key == device.key;
    match activation.state {
        ActivationState::Open => {}
        ActivationState::Used if admission.wallet.as_ref().is_some_and(repeated) => return Ok(change.finish()),
        ActivationState::Used | ActivationState::Dead => return Err(AdmissionRefusal::Ended.into()),
    }
    if admission.wallet.as_ref().is_some_and(|wallet| wallet.state == WalletState::Bound) {
        return Err(AdmissionRefusal::DeviceBound.into());
    }
    activation.state = ActivationState::Used;
    admission.wallet =
        Some(Wallet { id: device.id, key: device.key, state: WalletState::Bound, failures: 0, bound_at: now });
    Ok(change.finish())
}

/// Makes another code, for who has lost its device or locked it: the device before it dies.
///
/// # Errors
/// [`AdmissionRefusal::NoDemand`] before there ever was a code; [`AdmissionRefusal::Refused`].
pub fn renew(
    customer: Customer,
    fresh: &Fresh,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    if change.admission().activation.is_none() {
        return Err(AdmissionRefusal::NoDemand.into());
    }
    kill(&mut change, fresh);
    if let Some(activation) = &mut change.admission().activation {
        activation.state = ActivationState::Dead;
    }
    activate(&mut change, fresh);
    Ok(change.finish())
}

/// Makes a code, unless one is open or has bound the device that is there.
pub(super) fn activate(change: &mut Change<'_>, fresh: &Fresh) {
    let (id, now) = (change.draft.next_id(), change.draft.now());
    let admission = change.admission();
    let open = admission.activation.as_ref().is_some_and(|known| known.state == ActivationState::Open);
    let bound = admission.wallet.as_ref().is_some_and(|wallet| wallet.state == WalletState::Bound);
    if !open && !bound {
        let code = fresh.activation_code.clone();
        admission.activation = Some(Activation { id, code, state: ActivationState::Open, made_at: now });
    }
}

/// The device signs no more, and what waited for it fails; another code is made. Nothing happens where none is bound.
pub(super) fn kill(change: &mut Change<'_>, fresh: &Fresh) {
    let now = change.draft.now();
    let admission = change.admission();
    let Some(wallet) = admission.wallet.as_mut().filter(|wallet| wallet.state != WalletState::Killed) else { return };
    wallet.state = WalletState::Killed;
    signature::end_all(admission, End::Failed, now);
    activate(change, fresh);
}

/// Counts a failure. At the fifth in a row the device is locked, and whatever waits for it fails; how many are left.
pub(super) fn failed(admission: &mut Admission, now: Timestamp) -> u8 {
    let Some(wallet) = &mut admission.wallet else { return 0 };
    wallet.failures = wallet.failures.saturating_add(1);
    let left = FAILURES_MAX.saturating_sub(wallet.failures);
    if left == 0 {
        wallet.state = WalletState::Locked;
        signature::end_all(admission, End::Failed, now);
    }
    left
}
