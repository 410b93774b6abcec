//! Operations that take effect by a signature on the bound device, within five minutes.
//!
//! ```text
//! Open -> Approved | Denied | Expired | Failed (the device is locked) | Impossible (what was signed cannot be done now)
//! ```

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::correct::{self, ContactChange};
use super::demand::{self, DemandDecision, DemandState};
use super::standing::{Change, Rules};
use super::tax::{self, TaxDeclaration};
use super::wallet::{self, PublicKey, WalletState};
use super::{Admission, AdmissionRefusal};
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Ids};
use crate::evaluation::words;
use crate::pii::Pii;
use crate::policy::Policy;

/// An operation that waits for its signature, or did.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// Its id: 128 random bits, told to the institution and to the device.
    pub id: Uuid,
    /// What takes effect.
    pub operation: Operation,
    /// SHA-256 of the operation, in canonical JSON.
    pub digest: [u8; 32],
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when it may be answered.
    pub expires_at: Timestamp,
    /// How it ended; it is open, if it has not.
    pub ended: Option<Ended>,
}

/// How a signature ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub how: End,
    /// When.
    pub at: Timestamp,
}

/// How a signature may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Signed: it took effect.
    Approved,
    /// The customer said no.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// The device was locked or killed.
    Failed,
    /// Signed, but it could not be done any more.
    Impossible,
}

words!(End {
    Approved = "approved",
    Denied = "denied",
    Expired = "expired",
    Failed = "failed",
    Impossible = "impossible",
});

/// What takes effect by a signature.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// The tax form.
    Tax(TaxDeclaration),
    /// The terms are accepted.
    Terms,
    /// Where the customer is reached, once it is validated.
    Contact(ContactChange),
    /// Something of the institution's own: nothing follows from it here but that it is told.
    Own(OwnOperation),
}

/// Something that an institution has signed for a purpose of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnOperation {
    /// What it is about: the heading that the customer reads.
    pub context: Pii<String>,
    /// What is signed, line by line: a label and what it says.
    pub lines: Vec<(Pii<String>, Pii<String>)>,
}

impl Operation {
    /// The word for its kind.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Tax(_) => "tax",
            Self::Terms => "terms",
            Self::Contact(_) => "contact",
            Self::Own(_) => "own",
        }
    }
}

impl Signature {
    /// Whether it waits for an answer.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// The word for where it stands.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self.ended {
            None => "open",
            Some(ended) => ended.how.as_str(),
        }
    }
}

/// How long an operation waits for its signature: the five minutes of the Xpollens dialect.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// Most operations that wait at once.
const OPEN_MAX: usize = 10;

/// Most operations that are kept.
const KEPT_MAX: usize = 30;

impl Operation {
    /// It in canonical JSON: members in the order of their names, nothing that is not there, no blanks.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        let text = |value: &Option<Pii<String>>| value.as_ref().map(|text| Value::from(text.as_str()));
        let members = |members: Vec<(&str, Option<Value>)>| -> Value {
            members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
        };
        let operation = match self {
            Self::Terms => json!({"operation": self.as_str()}),
            Self::Tax(declared) => {
                let residence = |residence: &tax::TaxResidence| {
                    let country = Some(Value::from(residence.country.as_str()));
                    members(vec![("country", country), ("number", text(&residence.number))])
                };
                let residences: Vec<Value> = declared.residences.iter().map(residence).collect();
                json!({"operation": self.as_str(), "residences": residences, "usPerson": declared.us_person})
            }
            Self::Own(own) => {
                let lines: Vec<[&str; 2]> =
                    own.lines.iter().map(|(label, said)| [label.as_str(), said.as_str()]).collect();
                json!({"context": own.context.as_str(), "lines": lines, "operation": self.as_str()})
            }
            Self::Contact(change) => {
                let address = change.address.as_ref().map(|address| {
                    let street: Vec<&str> = address.street.iter().map(|line| line.as_str()).collect();
                    members(vec![
                        ("city", text(&address.city)),
                        ("country", Some(Value::from(address.country.as_str()))),
                        ("postalCode", text(&address.postal_code)),
                        ("state", address.state.as_deref().map(Value::from)),
                        ("street", Some(Value::from(street))),
                    ])
                });
                members(vec![
                    ("address", address),
                    ("email", text(&change.email)),
                    ("operation", Some(Value::from(self.as_str()))),
                    ("phone", text(&change.phone)),
                ])
            }
        };
        operation.to_string()
    }

    /// SHA-256 of [`Self::canonical_json`].
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.canonical_json()).into()
    }
}

/// What a device says to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Yes.
    Approved,
    /// No.
    Denied,
    /// The secret code was wrong; this one is not signed, as the key stays locked.
    Failed,
}

words!(Outcome { Approved = "approved", Denied = "denied", Failed = "failed" });

/// The text that a device signs: the id as it is told (hyphenated), the digest in 64 hexadecimal digits, the
/// outcome, and the time in seconds since 1970, with a dot between each.
#[must_use]
pub fn signed_text(id: Uuid, digest: &[u8; 32], outcome: Outcome, at_seconds: i64) -> String {
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{id}.{digest}.{}.{at_seconds}", outcome.as_str())
}

/// Asks for a signature. `id` has 128 random bits.
///
/// # Errors
/// [`AdmissionRefusal::TooMany`] while too many wait; [`AdmissionRefusal::Refused`].
pub fn ask(
    customer: Customer,
    operation: Operation,
    id: Uuid,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    if let Operation::Tax(declared) = &operation {
        let mistakes = declared.mistakes();
        if !mistakes.is_empty() {
            return Err(AdmissionRefusal::TaxMistakes(mistakes).into());
        }
    }
    let admission = change.admission();
    if admission.signatures.iter().filter(|known| known.is_open()).count() >= OPEN_MAX {
        return Err(AdmissionRefusal::TooMany("signatures").into());
    }
    while admission.signatures.len() >= KEPT_MAX {
        let Some(oldest) = admission.signatures.iter().position(|known| !known.is_open()) else { break };
        admission.signatures.remove(oldest);
    }
    let digest = operation.digest();
    let expires_at = now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX);
    admission.signatures.push(Signature { id, operation, digest, asked_at: now, expires_at, ended: None });
    Ok(change.finish())
}

/// What a device answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// To which operation.
    pub id: Uuid,
    /// Which device.
    pub wallet: Pii<Uuid>,
    /// What it says.
    pub outcome: Outcome,
    /// Whether its signature under [`signed_text`] is by its key.
    pub verified: bool,
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It counts: the operation took effect, or will not.
    Ended(End),
    /// The secret code was wrong; so many tries are left.
    WrongCode {
        /// Tries.
        left: u8,
    },
    /// The signature is not by the device's key; so many tries are left.
    BadSignature {
        /// Tries.
        left: u8,
    },
}

/// What a device's signature of this operation is verified with; who may not answer is told so before anything is verified.
///
/// # Errors
/// [`AdmissionRefusal::NoSuchSignature`], [`AdmissionRefusal::WrongDevice`], [`AdmissionRefusal::DeviceLocked`],
/// [`AdmissionRefusal::SignatureExpired`], [`AdmissionRefusal::AlreadyAnswered`].
pub fn may_answer(
    admission: &Admission,
    id: Uuid,
    wallet: Pii<Uuid>,
    now: Timestamp,
) -> Result<(PublicKey, [u8; 32]), AdmissionRefusal> {
    let signature = admission.signatures.iter().find(|known| known.id == id);
    let signature = signature.ok_or(AdmissionRefusal::NoSuchSignature)?;
    let wallet = admission.wallet.as_ref().filter(|known| known.id == wallet).ok_or(AdmissionRefusal::WrongDevice)?;
    match wallet.state {
        WalletState::Killed => return Err(AdmissionRefusal::Ended),
        WalletState::Locked => return Err(AdmissionRefusal::DeviceLocked),
        WalletState::Bound => {}
    }
    match signature.ended {
        Some(Ended { how: End::Expired, .. }) => Err(AdmissionRefusal::SignatureExpired),
        Some(_) => Err(AdmissionRefusal::AlreadyAnswered),
        None if now >= signature.expires_at => Err(AdmissionRefusal::SignatureExpired),
        None => Ok((wallet.key, signature.digest)),
    }
}

/// Takes in what a device answers: only a valid signature has an effect on the operation, and only once. A wrong code or
/// signature counts against the device.
///
/// # Errors
/// As for [`may_answer`].
pub fn answer(
    customer: Customer,
    given: Answer,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<(Answered, Changes), Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    may_answer(change.admission(), given.id, given.wallet, now)?;
    let answered = if given.outcome == Outcome::Failed {
        Answered::WrongCode { left: wallet::failed(change.admission(), now) }
    } else if !given.verified {
        Answered::BadSignature { left: wallet::failed(change.admission(), now) }
    } else {
        if let Some(wallet) = &mut change.admission().wallet {
            wallet.failures = 0;
        }
        Answered::Ended(end(&mut change, given.id, given.outcome))
    };
    Ok((answered, change.finish()))
}

/// Answers in the place of a phone that nobody has: for a sandbox, and nobody else. `None` lets the time run out.
///
/// # Errors
/// [`AdmissionRefusal::NoSuchSignature`], [`AdmissionRefusal::AlreadyAnswered`], [`AdmissionRefusal::SignatureExpired`].
pub fn answer_in_sandbox(
    customer: Customer,
    id: Uuid,
    outcome: Option<Outcome>,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    let known = change.admission().signatures.iter_mut().find(|known| known.id == id);
    let known = known.ok_or(AdmissionRefusal::NoSuchSignature)?;
    match (known.ended, outcome) {
        (Some(Ended { how: End::Expired, .. }), _) => return Err(AdmissionRefusal::SignatureExpired.into()),
        (Some(_), _) => return Err(AdmissionRefusal::AlreadyAnswered.into()),
        (None, Some(Outcome::Failed)) => known.ended = Some(Ended { how: End::Failed, at: now }),
        (None, None) => known.ended = Some(Ended { how: End::Expired, at: now }),
        (None, Some(outcome)) => drop(end(&mut change, id, outcome)),
    }
    Ok(change.finish())
}

/// Ends an operation as it was answered. One that was approved takes effect here, and nowhere else.
fn end(change: &mut Change<'_>, id: Uuid, outcome: Outcome) -> End {
    let now = change.draft.now();
    let refused = change.unless_refused().is_err();
    let Some(signature) = change.admission().signatures.iter_mut().find(|known| known.id == id) else {
        return End::Impossible;
    };
    let how = match outcome {
        Outcome::Approved if refused => End::Impossible,
        Outcome::Approved => End::Approved,
        Outcome::Denied => End::Denied,
        Outcome::Failed => End::Failed,
    };
    signature.ended = Some(Ended { how, at: now });
    if how == End::Approved {
        match signature.operation.clone() {
            Operation::Tax(declared) => tax::signed(&mut change.draft, declared),
            Operation::Terms => change.admission().terms = Some(now),
            Operation::Contact(contact) => correct::put_contact(&mut change.draft, &contact),
            Operation::Own(_) => {}
        }
    }
    how
}

/// Ends everything that waits.
pub(super) fn end_all(admission: &mut Admission, how: End, now: Timestamp) {
    for signature in admission.signatures.iter_mut().filter(|known| known.is_open()) {
        signature.ended = Some(Ended { how, at: now });
    }
}

/// When the next of what an admission waits for ends by itself: an operation nobody has signed, a demand nobody answered.
#[must_use]
pub fn next_end(admission: &Admission, rules: &Rules) -> Option<Timestamp> {
    let signatures = admission.signatures.iter().filter(|known| known.is_open()).map(|known| known.expires_at);
    let demand = admission.demand.as_ref().and_then(|known| demand::ends_at(known, rules));
    signatures.chain(demand).min()
}

/// Ends what nobody has answered in time. `None` where nothing is over.
///
/// # Errors
/// [`AdmissionRefusal::NotAdmitted`].
pub fn expire(
    customer: Customer,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Option<Changes>, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    let rules = &policy.admission;
    if next_end(change.admission(), rules).is_none_or(|end| end > now) {
        return Ok(None);
    }
    let admission = change.admission();
    for signature in admission.signatures.iter_mut().filter(|known| known.is_open() && known.expires_at <= now) {
        signature.ended = Some(Ended { how: End::Expired, at: now });
    }
    let over = |known: &&mut demand::Demand| demand::ends_at(known, rules).is_some_and(|end| end <= now);
    if let Some(demand) = admission.demand.as_mut().filter(over) {
        demand.state = DemandState::Rejected;
        demand.decision = Some(DemandDecision::Expired);
        demand.changed_at = now;
        if let Some(page) = &mut admission.page {
            page.ended_at.get_or_insert(now);
        }
    }
    Ok(Some(change.finish()))
}
