//! A diligence: one thing that was shown to prove an identity, and what was said to it.
//!
//! ```text
//! Received -> Validated | Refused | ToReview;  ToReview -> Validated | Refused
//! ```

use jiff::Timestamp;
use uuid::Uuid;

use super::AdmissionRefusal;
use super::create::Fresh;
use super::demand::{Demand, DemandState, Workflow};
use super::standing::Change;
use super::wallet;
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Ids};
use crate::evaluation::words;
use crate::id::FileId;
use crate::pii::Pii;
use crate::policy::Policy;

/// One thing that was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Diligence {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: DiligenceKind,
    /// Where it stands.
    pub state: DiligenceState,
    /// What was sent, oldest first.
    pub files: Vec<DiligenceFile>,
    /// When it was shown.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// A file of a diligence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiligenceFile {
    /// The file.
    pub id: FileId,
    /// Its name, as it was sent.
    pub name: Option<Pii<String>>,
}

/// What a diligence is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Proof {
    /// An identity document.
    Document,
    /// A selfie that is like the document.
    Selfie,
    /// A transfer from an account of the same name.
    Transfer,
    /// Anything else; nothing waits for it.
    Other,
}

/// What was shown, in the Xpollens dialect's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DiligenceKind {
    /// An identity card.
    IdCard,
    /// A passport.
    Passport,
    /// A veteran's card.
    VeteranCard,
    /// A military identity card.
    MilitaryId,
    /// A residence permit.
    ResidenceCard,
    /// A contract of employment.
    EmploymentContract,
    /// A payslip.
    Payslip,
    /// A payment by employment cheques.
    Cesu,
    /// A pension statement.
    Pension,
    /// A student's card.
    StudentId,
    /// A tax notice.
    TaxNotice,
    /// An income tax notice.
    IncomeTax,
    /// A statement of rights to income support.
    Asdir,
    /// A statement of active solidarity income.
    Rsa,
    /// A statement of minimum income.
    Rma,
    /// A disability certificate.
    Disability,
    /// A statement of family allowance.
    FamilyAllowance,
    /// An account statement.
    AccountStatement,
    /// A transfer that came in.
    TransferIn,
    /// What other accounts say.
    AccountAggregation,
    /// A selfie.
    Selfie,
}

/// Where a diligence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiligenceState {
    /// It is there; nobody has looked at it.
    Received,
    /// A person looks at it.
    ToReview,
    /// It is in order.
    Validated,
    /// It is not; another may be shown.
    Refused(Reason),
}

/// Why something was refused: the reasons that the Xpollens dialect tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// First and family name, or day and month, were taken for each other.
    DataInversion,
    /// The machine-readable zone does not hold.
    InvalidMrz,
    /// It is none.
    NoIdentityDocument,
    /// A side or a part is missing.
    IncompleteDocument,
    /// It cannot be read.
    IllegibleDocument,
    /// It is blurred.
    BlurredDocument,
    /// It has expired.
    ExpiredDocument,
    /// It says something else than was declared.
    DataMismatch,
    /// The person is too young.
    MinorPerson,
    /// Somebody else's identity.
    IdentityFraud,
    /// Too little light.
    TooDarkSelfie,
    /// Too much light.
    TooBrightSelfie,
    /// Another face.
    NonMatchingSelfie,
    /// No face, or none that is there.
    InvalidSelfie,
}

words!(DiligenceKind {
    IdCard = "ID_CARD",
    Passport = "PASSPORT",
    VeteranCard = "VETERAN_CARD",
    MilitaryId = "MILITARY_ID",
    ResidenceCard = "RES_CARD",
    EmploymentContract = "EMPL_CONTRACT",
    Payslip = "PAYSLIP",
    Cesu = "CESU",
    Pension = "PENSION_RET",
    StudentId = "STUDENT_ID",
    TaxNotice = "TAX_NOTICE",
    IncomeTax = "INCOME_TAX",
    Asdir = "ASDIR",
    Rsa = "RSA",
    Rma = "RMA",
    Disability = "DIS_CERTIF",
    FamilyAllowance = "PROOF_FAM_ALLOW",
    AccountStatement = "ACC_STAT",
    TransferIn = "SCTIN",
    AccountAggregation = "ACC_AGG",
    Selfie = "SELFIE",
});
words!(Reason {
    DataInversion = "Data inversion",
    InvalidMrz = "Invalid MRZ band",
    NoIdentityDocument = "This document is not an identity document",
    IncompleteDocument = "Incomplete document",
    IllegibleDocument = "Illegible document",
    BlurredDocument = "Blurred document",
    ExpiredDocument = "Expired document",
    DataMismatch = "Document and data mismatch",
    MinorPerson = "Minor person",
    IdentityFraud = "Identity fraud",
    TooDarkSelfie = "Too dark selfie",
    TooBrightSelfie = "Too bright selfie",
    NonMatchingSelfie = "Non-matching selfie",
    InvalidSelfie = "Invalid selfie",
});

impl DiligenceKind {
    /// What it is for.
    #[must_use]
    pub const fn proof(self) -> Proof {
        match self {
            Self::IdCard | Self::Passport | Self::VeteranCard | Self::MilitaryId | Self::ResidenceCard => {
                Proof::Document
            }
            Self::Selfie => Proof::Selfie,
            Self::TransferIn => Proof::Transfer,
            _ => Proof::Other,
        }
    }
}

impl DiligenceState {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::ToReview => "to_review",
            Self::Validated => "validated",
            Self::Refused(_) => "refused",
        }
    }

    /// Why it was refused, if it was.
    #[must_use]
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Refused(reason) => Some(reason),
            _ => None,
        }
    }

    /// The state of this word; `reason` is for a refused one.
    #[must_use]
    pub fn parse(word: &str, reason: Option<Reason>) -> Option<Self> {
        match (word, reason) {
            ("received", None) => Some(Self::Received),
            ("to_review", None) => Some(Self::ToReview),
            ("validated", None) => Some(Self::Validated),
            ("refused", Some(reason)) => Some(Self::Refused(reason)),
            _ => None,
        }
    }
}

impl Reason {
    /// Reads it as a person types it: case and blanks around it do not matter.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

/// What was concluded of a diligence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is in order.
    Validated,
    /// It is not; another may be shown.
    Refused(Reason),
    /// It is somebody else's: the customer is refused.
    Fraud,
}

/// Something that is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What it is.
    pub kind: DiligenceKind,
    /// The files.
    pub files: Vec<DiligenceFile>,
    /// Who looks at it.
    pub by: LookedAtBy,
}

/// Who looks at what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedAtBy {
    /// A person, who is asked in the customer's case.
    Person,
    /// A machine, which answers later.
    Machine,
}

/// Most files of a diligence.
pub const FILES_MAX: usize = 6;

/// Something is shown. What is added to a diligence of the same kind that nobody has decided joins it: the other side of a
/// card. Which diligence it is.
///
/// # Errors
/// [`AdmissionRefusal::NoDemand`], [`AdmissionRefusal::NotAwaited`], [`AdmissionRefusal::TooMany`].
pub fn show(
    customer: Customer,
    shown: Shown,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<(Uuid, Changes), Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    let id = receive(&mut change, shown)?;
    Ok((id, change.finish()))
}

/// The same as a part of a change.
///
/// # Errors
/// As for [`show`].
pub fn receive(change: &mut Change<'_>, shown: Shown) -> Result<Uuid, AdmissionRefusal> {
    let (id, now) = (change.draft.next_id(), change.draft.now());
    let demand = change.admission().demand.as_mut().ok_or(AdmissionRefusal::NoDemand)?;
    let proof = shown.kind.proof();
    let out_of_place = proof == Proof::Selfie && demand.workflow == Workflow::Identity;
    let of_proof = |known: &&mut Diligence| known.kind.proof() == proof && proof != Proof::Other;
    let validated = demand.diligences.iter_mut().filter(of_proof).any(|known| known.state == DiligenceState::Validated);
    if !demand.is_open() || out_of_place || validated {
        return Err(AdmissionRefusal::NotAwaited);
    }
    let state = match shown.by {
        LookedAtBy::Person => DiligenceState::ToReview,
        LookedAtBy::Machine => DiligenceState::Received,
    };
    let undecided = |state| matches!(state, DiligenceState::Received | DiligenceState::ToReview);
    demand.changed_at = now;
    let open = demand.diligences.iter_mut().find(|known| known.kind == shown.kind && undecided(known.state));
    if let Some(open) = open {
        if open.files.len() + shown.files.len() > FILES_MAX {
            return Err(AdmissionRefusal::TooMany("files"));
        }
        open.files.extend(shown.files);
        open.state = state;
        open.changed_at = now;
        return Ok(open.id);
    }
    if demand.diligences.len() >= Demand::DILIGENCES_MAX {
        return Err(AdmissionRefusal::TooMany("diligences"));
    }
    let files = shown.files;
    demand.diligences.push(Diligence { id, kind: shown.kind, state, files, created_at: now, changed_at: now });
    Ok(id)
}

/// Somebody has concluded something of a diligence. Where the identification fails, the device dies with it and another
/// code is made; where somebody shows what is not its own, everything ends.
///
/// # Errors
/// [`AdmissionRefusal::NotAwaited`] for a diligence that nobody waits for.
pub fn decide(
    customer: Customer,
    diligence: Uuid,
    verdict: Verdict,
    fresh: &Fresh,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    conclude(&mut change, diligence, verdict, fresh)?;
    Ok(change.finish())
}

/// The same as a part of a change.
///
/// # Errors
/// As for [`decide`].
pub fn conclude(
    change: &mut Change<'_>,
    diligence: Uuid,
    verdict: Verdict,
    fresh: &Fresh,
) -> Result<(), AdmissionRefusal> {
    let now = change.draft.now();
    let demand = change.admission().demand.as_mut().filter(|demand| demand.is_open());
    let demand = demand.ok_or(AdmissionRefusal::NotAwaited)?;
    let waits = |known: &&mut Diligence| {
        known.id == diligence && matches!(known.state, DiligenceState::Received | DiligenceState::ToReview)
    };
    let shown = demand.diligences.iter_mut().find(waits).ok_or(AdmissionRefusal::NotAwaited)?;
    shown.state = match verdict {
        Verdict::Validated => DiligenceState::Validated,
        Verdict::Refused(reason) => DiligenceState::Refused(reason),
        Verdict::Fraud => DiligenceState::Refused(Reason::IdentityFraud),
    };
    shown.changed_at = now;
    let identifies = matches!(shown.kind.proof(), Proof::Document | Proof::Selfie);
    demand.changed_at = now;
    match verdict {
        Verdict::Fraud => demand.state = DemandState::FraudSuspicion,
        Verdict::Refused(_) if identifies => wallet::kill(change, fresh),
        _ => {}
    }
    Ok(())
}

/// A person is to look at what a machine could not say anything of.
///
/// # Errors
/// [`AdmissionRefusal::NotAwaited`].
pub fn put_to_person(
    customer: Customer,
    diligence: Uuid,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    let demand = change.admission().demand.as_mut().filter(|demand| demand.is_open());
    let shown = demand.into_iter().flat_map(|demand| &mut demand.diligences);
    let mut waits = shown.filter(|known| known.id == diligence && known.state == DiligenceState::Received);
    let shown = waits.next().ok_or(AdmissionRefusal::NotAwaited)?;
    (shown.state, shown.changed_at) = (DiligenceState::ToReview, now);
    Ok(change.finish())
}
