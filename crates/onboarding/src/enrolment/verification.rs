//! Verification: which documents a customer must show, and who must have looked at them.

use jiff::Timestamp;
use uuid::Uuid;

use crate::pii::Pii;

/// Most documents of one verification.
pub const DOCUMENTS_MAX: usize = 50;

/// How much is asked of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VerificationKind {
    /// One document.
    Simplified,
    /// Who it is and where it lives.
    Standard,
    /// Everything: enhanced due diligence.
    Enhanced,
}

/// Something that must be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Document {
    /// Passport, identity card or driver's licence.
    GovernmentId,
    /// Where the customer lives.
    ProofOfAddress,
    /// Where the money comes from.
    SourceOfFunds,
    /// Whether the customer is politically exposed, in its own words.
    PepDeclaration,
    /// On whose behalf the customer acts.
    BeneficialOwnership,
}

/// Who has to have said yes; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApprovalLevel {
    /// The customer's own institution.
    Tenant,
    /// The institution that answers for the others: asked for high risks.
    PowerTenant,
    /// The operator of the platform.
    Finhub,
}

/// The documents of one customer, asked for, shown and approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Its id.
    pub id: Uuid,
    /// How much is asked.
    pub kind: VerificationKind,
    /// Who has to approve.
    pub level: ApprovalLevel,
    /// What was shown, in order.
    pub documents: Vec<Submission>,
    /// Who approved, in order.
    pub approvals: Vec<Approval>,
    /// Since when.
    pub started_at: Timestamp,
}

/// A document that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Its id.
    pub id: Uuid,
    /// What it stands for.
    pub document: Document,
    /// What it is, in the dialect's word (`PASSPORT`).
    pub word: String,
    /// The number that stands on it.
    pub number: Option<Pii<String>>,
    /// The file, where one was sent.
    pub file: Option<Uuid>,
    /// When it was shown.
    pub at: Timestamp,
}

/// Somebody's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// For whom it was said.
    pub level: ApprovalLevel,
    /// Who said it.
    pub by: String,
    /// Why, where it was said.
    pub reason: Option<Pii<String>>,
    /// When.
    pub at: Timestamp,
}

impl VerificationKind {
    /// Every kind, from the least asked to the most.
    pub const ALL: [Self; 3] = [Self::Simplified, Self::Standard, Self::Enhanced];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simplified => "simplified",
            Self::Standard => "standard",
            Self::Enhanced => "enhanced",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What must be shown.
    #[must_use]
    pub const fn required(self) -> &'static [Document] {
        use Document::{BeneficialOwnership, GovernmentId, PepDeclaration, ProofOfAddress, SourceOfFunds};
        match self {
            Self::Simplified => &[GovernmentId],
            Self::Standard => &[GovernmentId, ProofOfAddress],
            Self::Enhanced => &[GovernmentId, ProofOfAddress, SourceOfFunds, PepDeclaration, BeneficialOwnership],
        }
    }
}

impl Document {
    /// Every document.
    pub const ALL: [Self; 5] = [
        Self::GovernmentId,
        Self::ProofOfAddress,
        Self::SourceOfFunds,
        Self::PepDeclaration,
        Self::BeneficialOwnership,
    ];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GovernmentId => "government_id",
            Self::ProofOfAddress => "proof_of_address",
            Self::SourceOfFunds => "source_of_funds",
            Self::PepDeclaration => "pep_declaration",
            Self::BeneficialOwnership => "beneficial_ownership",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|document| document.as_str() == text)
    }
}

impl ApprovalLevel {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::Tenant, Self::PowerTenant, Self::Finhub];

    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::PowerTenant => "power_tenant",
            Self::Finhub => "finhub",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

impl Verification {
    /// What must still be shown.
    #[must_use]
    pub fn missing_documents(&self) -> Vec<Document> {
        let shown = |document: &Document| self.documents.iter().any(|submission| submission.document == *document);
        self.kind.required().iter().copied().filter(|document| !shown(document)).collect()
    }

    /// The highest level at which it was approved.
    #[must_use]
    pub fn approved(&self) -> Option<ApprovalLevel> {
        self.approvals.iter().map(|approval| approval.level).max()
    }

    /// Whether more than the customer's own institution has to approve.
    #[must_use]
    pub fn wants_power_tenant(&self) -> bool {
        self.level > ApprovalLevel::Tenant
    }

    /// Whether whoever has to approve beside the customer's own institution did.
    #[must_use]
    pub fn has_power_tenant(&self) -> bool {
        !self.wants_power_tenant() || self.approved() >= Some(self.level)
    }
}
