//! The way from a registration to an active wallet: one step after the other, and never back.
//!
//! ```text
//! Registered -> SessionCreated -> VerificationInProgress -> Verified -> ConsentsGranted -> Active
//!    (a session)   (verification starts)  (documents, approval,  (three consents)   (activation)
//!                                          checks clear)
//! ```
//! Where a customer stands is read off what is there, never kept beside it. [`steps`] has what may be done;
//! [`readiness`] what is missing before activation.

pub mod consent;
pub mod password;
pub mod steps;
pub mod verification;

use std::collections::BTreeMap;

pub use crate::iban;

use jiff::Timestamp;
use uuid::Uuid;

use crate::categorization::Categorization;
use crate::changes::{Changes, Work};
use crate::check::{CheckKind, CheckState};
use crate::customer::Customer;
use crate::iban::Iban;
use crate::pii::Pii;
use crate::policy::Policy;
use consent::{Consent, ConsentKind};
use verification::{ApprovalLevel, Document, Verification, VerificationKind};

/// What a customer has beside its record when it signs in and pays: a user, a wallet, and how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrolment {
    /// The user that signs in.
    pub user: Uuid,
    /// Where the money will be.
    pub wallet: Wallet,
    /// The category it was put into, if any.
    pub categorization: Option<Categorization>,
    /// Since when the e-mail address is known to be its own.
    pub email_verified_at: Option<Timestamp>,
    /// When it first signed in.
    pub session_opened_at: Option<Timestamp>,
    /// Its verification, once started.
    pub verification: Option<Verification>,
    /// What it agreed to, the latest of each kind.
    pub consents: BTreeMap<ConsentKind, Consent>,
    /// How it was activated, once it was.
    pub activation: Option<Activation>,
}

/// Where the money is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// Its id.
    pub id: Uuid,
    /// ISO 4217.
    pub currency: String,
}

/// What activation added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The wallet's account number.
    pub iban: Pii<Iban>,
    /// Who activated.
    pub by: String,
    /// Why, where it was said.
    pub reason: Option<Pii<String>>,
    /// When.
    pub at: Timestamp,
}

/// What a registration brings.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEnrolment {
    /// The user that will sign in.
    pub user: Uuid,
    /// The wallet to be.
    pub wallet: Wallet,
    /// The category, validated.
    pub categorization: Option<Categorization>,
}

/// How far a customer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Registered, and nothing more.
    Registered,
    /// Has signed in.
    SessionCreated,
    /// Documents are being shown and looked at.
    VerificationInProgress,
    /// Its institution approved, and the checks are clear.
    Verified,
    /// Agreed to everything it must.
    ConsentsGranted,
    /// Has an account number.
    Active,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// The customer signs in.
    CreateSession,
    /// The verification is started.
    InitiateVerification,
    /// The customer shows documents.
    SubmitDocuments,
    /// The institution approves.
    ApproveVerification,
    /// The house clears the checks, or people do.
    AwaitChecks,
    /// The customer agrees.
    GrantConsents,
    /// The power tenant approves.
    PowerTenantApproval,
    /// The institution activates.
    Activate,
}

/// Something that happens on the way, in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The customer signed in for the first time.
    SessionOpened,
    /// The e-mail address is the customer's own.
    EmailVerified,
    /// The verification began.
    VerificationStarted,
    /// A document was shown.
    DocumentSubmitted,
    /// Somebody approved.
    VerificationApproved,
    /// The customer agreed to something.
    ConsentGranted,
    /// The wallet is active.
    Activated,
}

/// Why a step is not taken. Nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentRefusal {
    /// The customer was not registered to sign in.
    #[error("the customer is not enrolled")]
    NotEnrolled,
    /// Another step comes first, or this one was taken already.
    #[error("the customer is {}; next comes {}", state.as_str(), next.map_or("nothing", NextStep::as_str))]
    OutOfOrder {
        /// Where the customer stands.
        state: Stage,
        /// What comes next; nothing for who is active.
        next: Option<NextStep>,
    },
    /// Documents are missing that must be shown before anybody can approve.
    #[error("documents are missing")]
    DocumentsMissing(Vec<Document>),
    /// More documents than a verification takes.
    #[error("there are too many documents")]
    TooManyDocuments,
    /// Nobody is activated who is not verified.
    #[error("the customer is not verified; next comes {}", next.map_or("nothing", NextStep::as_str))]
    NotVerified {
        /// Where the customer stands.
        state: Stage,
        /// What comes next.
        next: Option<NextStep>,
    },
    /// Nobody is activated who has not agreed to everything.
    #[error("consents are missing")]
    MissingConsents(Vec<ConsentKind>),
    /// The power tenant has not approved.
    #[error("the power tenant has not approved")]
    PowerTenantApprovalMissing,
}

/// Whether a customer may be activated, and what stands against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether nothing stands against it.
    pub allowed: bool,
    /// Whether every consent is there and counts.
    pub consents_ok: bool,
    /// Whether the documents are approved and the checks clear.
    pub verification_ok: bool,
    /// Whether the power tenant approved, or need not.
    pub power_tenant_ok: bool,
    /// Whether the power tenant has to approve.
    pub power_tenant_required: bool,
    /// Whether the customer counts as a high risk.
    pub high_risk: bool,
    /// The consents that are missing.
    pub missing_consents: Vec<ConsentKind>,
}

impl Stage {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SessionCreated => "session_created",
            Self::VerificationInProgress => "verification_in_progress",
            Self::Verified => "verified",
            Self::ConsentsGranted => "consents_granted",
            Self::Active => "active",
        }
    }
}

impl NextStep {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateSession => "create_session",
            Self::InitiateVerification => "initiate_verification",
            Self::SubmitDocuments => "submit_documents",
            Self::ApproveVerification => "approve_verification",
            Self::AwaitChecks => "await_checks",
            Self::GrantConsents => "grant_consents",
            Self::PowerTenantApproval => "power_tenant_approval",
            Self::Activate => "activate",
        }
    }
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 7] = [
        Self::SessionOpened,
        Self::EmailVerified,
        Self::VerificationStarted,
        Self::DocumentSubmitted,
        Self::VerificationApproved,
        Self::ConsentGranted,
        Self::Activated,
    ];

    /// The word kept in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionOpened => "enrolment.session.opened",
            Self::EmailVerified => "enrolment.email.verified",
            Self::VerificationStarted => "enrolment.verification.started",
            Self::DocumentSubmitted => "enrolment.document.submitted",
            Self::VerificationApproved => "enrolment.verification.approved",
            Self::ConsentGranted => "enrolment.consent.granted",
            Self::Activated => "enrolment.activated",
        }
    }
}

impl Enrolment {
    /// Whether the wallet can be used.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.activation.is_some()
    }

    /// Whether the customer counts as a high risk: by its category, or by what the category's parameters say.
    #[must_use]
    pub fn is_high_risk(&self) -> bool {
        self.categorization.as_ref().is_some_and(Categorization::is_high_risk)
    }

    /// The consents that are missing or have run out.
    #[must_use]
    pub fn missing_consents(&self, now: Timestamp) -> Vec<ConsentKind> {
        let counts = |kind: &ConsentKind| self.consents.get(kind).is_some_and(|consent| consent.counts(now));
        ConsentKind::ALL.into_iter().filter(|kind| !counts(kind)).collect()
    }

    /// How much is asked of the customer at least, and who has to approve: everything of a high risk, and the power
    /// tenant; little of a low one.
    #[must_use]
    pub fn verification_asked(&self) -> (VerificationKind, ApprovalLevel) {
        if self.is_high_risk() {
            return (VerificationKind::Enhanced, ApprovalLevel::PowerTenant);
        }
        let low = self.categorization.as_ref().is_some_and(Categorization::is_low_risk);
        (if low { VerificationKind::Simplified } else { VerificationKind::Standard }, ApprovalLevel::Tenant)
    }
}

/// Adds an enrolment to a customer that is just being let in; its e-mail address is to be verified.
#[must_use]
pub fn begin(mut changes: Changes, new: NewEnrolment) -> Changes {
    changes.customer.enrolment = Some(Enrolment {
        user: new.user,
        wallet: new.wallet,
        categorization: new.categorization,
        email_verified_at: None,
        session_opened_at: None,
        verification: None,
        consents: BTreeMap::new(),
        activation: None,
    });
    changes.work.push(Work::VerifyEmail);
    changes
}

/// Where a customer stands; `None` for one that is not enrolled.
#[must_use]
pub fn stage(customer: &Customer, policy: &Policy, now: Timestamp) -> Option<Stage> {
    let enrolment = customer.enrolment.as_ref()?;
    Some(if enrolment.is_active() {
        Stage::Active
    } else if enrolment.session_opened_at.is_none() {
        Stage::Registered
    } else if enrolment.verification.is_none() {
        Stage::SessionCreated
    } else if enrolment.consents.is_empty() && !verified(customer, enrolment, policy) {
        Stage::VerificationInProgress
    } else if !enrolment.missing_consents(now).is_empty() {
        // Who has agreed to something was verified then, and does not go back.
        Stage::Verified
    } else {
        Stage::ConsentsGranted
    })
}

/// What comes next for a customer; `None` for one that is active or not enrolled.
#[must_use]
pub fn next_step(customer: &Customer, policy: &Policy, now: Timestamp) -> Option<NextStep> {
    let enrolment = customer.enrolment.as_ref()?;
    let verification = enrolment.verification.as_ref();
    match stage(customer, policy, now)? {
        Stage::Registered => Some(NextStep::CreateSession),
        Stage::SessionCreated => Some(NextStep::InitiateVerification),
        Stage::VerificationInProgress if verification.is_some_and(|v| !v.missing_documents().is_empty()) => {
            Some(NextStep::SubmitDocuments)
        }
        Stage::VerificationInProgress if verification.is_some_and(|v| v.approvals.is_empty()) => {
            Some(NextStep::ApproveVerification)
        }
        Stage::VerificationInProgress => Some(NextStep::AwaitChecks),
        Stage::Verified => Some(NextStep::GrantConsents),
        Stage::ConsentsGranted if !checks_allow(customer, policy) => Some(NextStep::AwaitChecks),
        Stage::ConsentsGranted if !readiness_of(customer, enrolment, policy, now).power_tenant_ok => {
            Some(NextStep::PowerTenantApproval)
        }
        Stage::ConsentsGranted => Some(NextStep::Activate),
        Stage::Active => None,
    }
}

/// Whether a customer may be activated, and what stands against it; `None` for one that is not enrolled.
#[must_use]
pub fn readiness(customer: &Customer, policy: &Policy, now: Timestamp) -> Option<Readiness> {
    Some(readiness_of(customer, customer.enrolment.as_ref()?, policy, now))
}

fn readiness_of(customer: &Customer, enrolment: &Enrolment, policy: &Policy, now: Timestamp) -> Readiness {
    let missing_consents = enrolment.missing_consents(now);
    let verification_ok = verified(customer, enrolment, policy);
    let exposed = is_exposed(customer);
    let verification = enrolment.verification.as_ref();
    let power_tenant_required =
        exposed || verification.map_or_else(|| enrolment.is_high_risk(), Verification::wants_power_tenant);
    let approved = verification.and_then(Verification::approved);
    let power_tenant_ok = !power_tenant_required
        || verification.is_some_and(Verification::has_power_tenant) && approved >= Some(ApprovalLevel::PowerTenant);
    let consents_ok = missing_consents.is_empty();
    Readiness {
        allowed: consents_ok && verification_ok && power_tenant_ok && !enrolment.is_active(),
        consents_ok,
        verification_ok,
        power_tenant_ok,
        power_tenant_required,
        high_risk: exposed || enrolment.is_high_risk(),
        missing_consents,
    }
}

/// Whether everything asked was shown, somebody approved it, and the checks allow it.
fn verified(customer: &Customer, enrolment: &Enrolment, policy: &Policy) -> bool {
    let approved = enrolment.verification.as_ref().is_some_and(|verification| !verification.approvals.is_empty());
    approved && checks_allow(customer, policy)
}

/// Whether no check speaks against the customer: those the policy requires have an answer, and none is a hit. That
/// somebody is politically exposed is no reason to refuse, but one to ask higher up (FATF recommendation 12).
fn checks_allow(customer: &Customer, policy: &Policy) -> bool {
    let required = policy.required_checks(customer.party.kind());
    let answered = required.iter().all(|kind| customer.checks.contains_key(kind));
    answered
        && customer.checks.iter().all(|(kind, check)| match check.state {
            CheckState::Clear => true,
            CheckState::Pending | CheckState::Unavailable(_) => !required.contains(kind),
            CheckState::Hit(_) | CheckState::Reviewing(_) => false,
            CheckState::Confirmed(_) => *kind == CheckKind::Pep,
        })
}

/// Whether a person found the customer to be politically exposed.
fn is_exposed(customer: &Customer) -> bool {
    customer.checks.get(&CheckKind::Pep).is_some_and(|check| matches!(check.state, CheckState::Confirmed(_)))
}
