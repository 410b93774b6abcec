//! The steps of an enrolment, each a decision of its own.

use jiff::Timestamp;
use uuid::Uuid;

use super::consent::{Consent, GrantConsent};
use super::verification::{
    Approval, ApprovalLevel, DOCUMENTS_MAX, Document, Submission, Verification, VerificationKind,
};
use super::{Activation, Enrolment, EnrolmentRefusal, Stage, Step, next_step, readiness, stage};
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::iban::Iban;
use crate::pii::Pii;
use crate::policy::Policy;

/// What somebody wishes of a verification that begins; never less than the customer's risk asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StartVerification {
    /// How much is to be asked.
    pub kind: Option<VerificationKind>,
    /// Who is to approve.
    pub level: Option<ApprovalLevel>,
}

/// A document as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmitDocument {
    /// What it stands for.
    pub document: Document,
    /// What it is, in the dialect's word.
    pub word: String,
    /// The number on it.
    pub number: Option<Pii<String>>,
    /// The file, where one was sent.
    pub file: Option<Uuid>,
}

/// Somebody's yes to a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approve {
    /// Who says it.
    pub by: String,
    /// Whether for the institution that answers for the others.
    pub as_power_tenant: bool,
    /// Why.
    pub reason: Option<Pii<String>>,
}

/// The last step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activate {
    /// The account number that the wallet gets; no other may have it.
    pub iban: Iban,
    /// Who activates.
    pub by: String,
    /// Why.
    pub reason: Option<Pii<String>>,
}

/// The customer signed in. `None` when it has before: then nothing changes.
///
/// # Errors
/// [`EnrolmentRefusal::NotEnrolled`].
pub fn open_session(customer: Customer, ids: &mut dyn Ids, now: Timestamp) -> Result<Option<Changes>, Refusal> {
    if enrolment(&customer)?.session_opened_at.is_some() {
        return Ok(None);
    }
    let mut draft = Draft::new(customer, ids, now);
    change(&mut draft.customer)?.session_opened_at = Some(now);
    happened(&mut draft, Step::SessionOpened, None, None);
    Ok(Some(draft.finish()))
}

/// The customer showed that the e-mail address is its own. `None` when it has before.
///
/// # Errors
/// [`EnrolmentRefusal::NotEnrolled`].
pub fn verify_email(customer: Customer, ids: &mut dyn Ids, now: Timestamp) -> Result<Option<Changes>, Refusal> {
    if enrolment(&customer)?.email_verified_at.is_some() {
        return Ok(None);
    }
    let mut draft = Draft::new(customer, ids, now);
    change(&mut draft.customer)?.email_verified_at = Some(now);
    happened(&mut draft, Step::EmailVerified, None, None);
    Ok(Some(draft.finish()))
}

/// Starts the verification, once.
///
/// # Errors
/// [`EnrolmentRefusal::OutOfOrder`], [`EnrolmentRefusal::NotEnrolled`].
pub fn start_verification(
    customer: Customer,
    wish: StartVerification,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    in_order(&customer, policy, now, |stage| stage == Stage::SessionCreated)?;
    let (kind, level) = enrolment(&customer)?.verification_asked();
    let mut draft = Draft::new(customer, ids, now);
    let id = draft.next_id();
    change(&mut draft.customer)?.verification = Some(Verification {
        id,
        kind: wish.kind.map_or(kind, |wished| wished.max(kind)),
        level: wish.level.map_or(level, |wished| wished.max(level)),
        documents: Vec::new(),
        approvals: Vec::new(),
        started_at: now,
    });
    happened(&mut draft, Step::VerificationStarted, Some(id), None);
    Ok(draft.finish())
}

/// Shows a document, as long as nobody has approved.
///
/// # Errors
/// [`EnrolmentRefusal::OutOfOrder`], [`EnrolmentRefusal::TooManyDocuments`], [`EnrolmentRefusal::NotEnrolled`].
pub fn submit_document(
    customer: Customer,
    given: SubmitDocument,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let unapproved = enrolment(&customer)?.verification.as_ref().is_some_and(|known| known.approvals.is_empty());
    in_order(&customer, policy, now, |stage| stage == Stage::VerificationInProgress && unapproved)?;
    let mut draft = Draft::new(customer, ids, now);
    let id = draft.next_id();
    let SubmitDocument { document, word, number, file } = given;
    if let Some(verification) = &mut change(&mut draft.customer)?.verification {
        if verification.documents.len() >= DOCUMENTS_MAX {
            return Err(EnrolmentRefusal::TooManyDocuments.into());
        }
        verification.documents.push(Submission { id, document, word, number, file, at: now });
    }
    happened(&mut draft, Step::DocumentSubmitted, Some(id), Some(document.as_str()));
    Ok(draft.finish())
}

/// Approves what was shown: for the customer's institution, or for the one above it, whose yes includes the other.
///
/// # Errors
/// [`EnrolmentRefusal::DocumentsMissing`]; [`EnrolmentRefusal::OutOfOrder`], also when it was approved at this level;
/// [`EnrolmentRefusal::NotEnrolled`].
pub fn approve_verification(
    customer: Customer,
    yes: Approve,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let known = enrolment(&customer)?.verification.as_ref();
    let level = match known {
        Some(known) if yes.as_power_tenant => known.level.max(ApprovalLevel::PowerTenant),
        _ => ApprovalLevel::Tenant,
    };
    let first_at_level = known.is_some_and(|known| known.approved() < Some(level));
    in_order(&customer, policy, now, |stage| stage < Stage::Active && first_at_level)?;
    let missing = known.map(Verification::missing_documents).unwrap_or_default();
    if !missing.is_empty() {
        return Err(EnrolmentRefusal::DocumentsMissing(missing).into());
    }
    let mut draft = Draft::new(customer, ids, now);
    let mut about = None;
    if let Some(verification) = &mut change(&mut draft.customer)?.verification {
        about = Some(verification.id);
        verification.approvals.push(Approval { level, by: yes.by, reason: yes.reason, at: now });
    }
    happened(&mut draft, Step::VerificationApproved, about, Some(level.as_str()));
    Ok(draft.finish())
}

/// The customer agrees to something. What was agreed to can be renewed: in another version, or when it has run out.
///
/// # Errors
/// [`EnrolmentRefusal::OutOfOrder`], [`EnrolmentRefusal::NotEnrolled`].
pub fn grant_consent(
    customer: Customer,
    given: GrantConsent,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let before = enrolment(&customer)?.consents.get(&given.kind);
    let is_new = before.is_none_or(|before| !before.counts(now) || before.version != given.version);
    in_order(&customer, policy, now, |stage| stage >= Stage::Verified && is_new)?;
    let mut draft = Draft::new(customer, ids, now);
    let id = draft.next_id();
    let kind = given.kind;
    change(&mut draft.customer)?.consents.insert(kind, Consent::new(id, given, now));
    happened(&mut draft, Step::ConsentGranted, Some(id), Some(kind.as_str()));
    Ok(draft.finish())
}

/// Activates the wallet, once.
///
/// # Errors
/// [`EnrolmentRefusal::NotVerified`], [`EnrolmentRefusal::MissingConsents`],
/// [`EnrolmentRefusal::PowerTenantApprovalMissing`], in this order; [`EnrolmentRefusal::OutOfOrder`] for one that is
/// active; [`EnrolmentRefusal::NotEnrolled`].
pub fn activate(
    customer: Customer,
    activate: Activate,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    activatable(&customer, policy, now)?;
    let mut draft = Draft::new(customer, ids, now);
    let enrolment = change(&mut draft.customer)?;
    let wallet = enrolment.wallet.id;
    let Activate { iban, by, reason } = activate;
    enrolment.activation = Some(Activation { iban: Pii(iban), by, reason, at: now });
    happened(&mut draft, Step::Activated, Some(wallet), None);
    Ok(draft.finish())
}

/// Whether the customer can be activated now: asked before an account number is drawn for it.
///
/// # Errors
/// As [`activate`].
pub fn activatable(customer: &Customer, policy: &Policy, now: Timestamp) -> Result<(), Refusal> {
    let state = in_order(customer, policy, now, |stage| stage < Stage::Active)?;
    let readiness = readiness(customer, policy, now).ok_or(EnrolmentRefusal::NotEnrolled)?;
    if !readiness.verification_ok {
        return Err(EnrolmentRefusal::NotVerified { state, next: next_step(customer, policy, now) }.into());
    }
    if !readiness.consents_ok {
        return Err(EnrolmentRefusal::MissingConsents(readiness.missing_consents).into());
    }
    if !readiness.power_tenant_ok {
        return Err(EnrolmentRefusal::PowerTenantApprovalMissing.into());
    }
    Ok(())
}

fn in_order(
    customer: &Customer,
    policy: &Policy,
    now: Timestamp,
    fits: impl Fn(Stage) -> bool,
) -> Result<Stage, Refusal> {
    let state = stage(customer, policy, now).ok_or(EnrolmentRefusal::NotEnrolled)?;
    if fits(state) {
        return Ok(state);
    }
    Err(EnrolmentRefusal::OutOfOrder { state, next: next_step(customer, policy, now) }.into())
}

fn enrolment(customer: &Customer) -> Result<&Enrolment, Refusal> {
    Ok(customer.enrolment.as_ref().ok_or(EnrolmentRefusal::NotEnrolled)?)
}

fn change(customer: &mut Customer) -> Result<&mut Enrolment, Refusal> {
    Ok(customer.enrolment.as_mut().ok_or(EnrolmentRefusal::NotEnrolled)?)
}

fn happened(draft: &mut Draft<'_>, step: Step, about: Option<Uuid>, to: Option<&'static str>) {
    draft.happened(EventKind::Enrolment(step), about, to);
}
