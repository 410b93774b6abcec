//! An enrolment, as kept in its customer's document.

use std::collections::BTreeMap;

use onboarding::categorization::{AssignedFeature, Categorization, CategoryApproval, CategoryRisk};
use onboarding::enrolment::consent::{Consent, ConsentKind};
use onboarding::enrolment::verification::{
    Approval, ApprovalLevel, Document, Submission, Verification, VerificationKind,
};
use onboarding::enrolment::{Activation, Enrolment, Wallet};
use onboarding::iban::Iban;
use onboarding::{Pii, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Unreadable, at, moment, reveal};

#[derive(Serialize, Deserialize)]
pub(super) struct EnrolmentV1 {
    user: Uuid,
    wallet: Uuid,
    currency: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    categorization: Option<CategorizationV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_verified_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_opened_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verification: Option<VerificationV1>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    consents: BTreeMap<String, ConsentV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activation: Option<ActivationV1>,
}

#[derive(Serialize, Deserialize)]
struct CategorizationV1 {
    category: Uuid,
    name: String,
    active: bool,
    approval: String,
    risk: String,
    features: Vec<FeatureV1>,
}

#[derive(Serialize, Deserialize)]
struct FeatureV1 {
    id: Uuid,
    code: String,
    enabled: bool,
    parameters: Vec<(String, Vec<String>)>,
}

#[derive(Serialize, Deserialize)]
struct VerificationV1 {
    id: Uuid,
    kind: String,
    level: String,
    documents: Vec<SubmissionV1>,
    approvals: Vec<ApprovalV1>,
    started_at: i64,
}

#[derive(Serialize, Deserialize)]
struct SubmissionV1 {
    id: Uuid,
    document: String,
    word: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<Uuid>,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct ApprovalV1 {
    level: String,
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct ConsentV1 {
    id: Uuid,
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted_at: Option<i64>,
    granted_at: i64,
    expires_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ActivationV1 {
    iban: String,
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    at: i64,
}

impl From<&Enrolment> for EnrolmentV1 {
    fn from(enrolment: &Enrolment) -> Self {
        let consents = enrolment.consents.iter().map(|(kind, consent)| (kind.as_str().to_owned(), consent.into()));
        Self {
            user: enrolment.user,
            wallet: enrolment.wallet.id,
            currency: enrolment.wallet.currency.clone(),
            categorization: enrolment.categorization.as_ref().map(Into::into),
            email_verified_at: enrolment.email_verified_at.map(at),
            session_opened_at: enrolment.session_opened_at.map(at),
            verification: enrolment.verification.as_ref().map(Into::into),
            consents: consents.collect(),
            activation: enrolment.activation.as_ref().map(Into::into),
        }
    }
}

impl TryFrom<EnrolmentV1> for Enrolment {
    type Error = Unreadable;

    fn try_from(document: EnrolmentV1) -> Result<Self, Unreadable> {
        let mut consents = BTreeMap::new();
        for (kind, consent) in document.consents {
            let kind = ConsentKind::parse(&kind).ok_or(Unreadable::Field("consents"))?;
            consents.insert(kind, consent.try_into()?);
        }
        Ok(Self {
            user: document.user,
            wallet: Wallet { id: document.wallet, currency: document.currency },
            categorization: document.categorization.map(TryInto::try_into).transpose()?,
            email_verified_at: opt_moment(document.email_verified_at, "email_verified_at")?,
            session_opened_at: opt_moment(document.session_opened_at, "session_opened_at")?,
            verification: document.verification.map(TryInto::try_into).transpose()?,
            consents,
            activation: document.activation.map(TryInto::try_into).transpose()?,
        })
    }
}

impl From<&Categorization> for CategorizationV1 {
    fn from(known: &Categorization) -> Self {
        let feature = |feature: &AssignedFeature| FeatureV1 {
            id: feature.id,
            code: feature.code.clone(),
            enabled: feature.enabled,
            parameters: feature.parameters.clone(),
        };
        Self {
            category: known.category,
            name: known.name.clone(),
            active: known.active,
            approval: known.approval.as_str().to_owned(),
            risk: known.risk.as_str().to_owned(),
            features: known.features.iter().map(feature).collect(),
        }
    }
}

impl TryFrom<CategorizationV1> for Categorization {
    type Error = Unreadable;

    fn try_from(document: CategorizationV1) -> Result<Self, Unreadable> {
        let feature = |feature: FeatureV1| AssignedFeature {
            id: feature.id,
            code: feature.code,
            enabled: feature.enabled,
            parameters: feature.parameters,
        };
        Ok(Self {
            category: document.category,
            name: document.name,
            active: document.active,
            approval: CategoryApproval::parse(&document.approval).ok_or(Unreadable::Field("approval"))?,
            risk: CategoryRisk::parse(&document.risk).ok_or(Unreadable::Field("risk"))?,
            features: document.features.into_iter().map(feature).collect(),
        })
    }
}

impl From<&Verification> for VerificationV1 {
    fn from(known: &Verification) -> Self {
        let submission = |submission: &Submission| SubmissionV1 {
            id: submission.id,
            document: submission.document.as_str().to_owned(),
            word: submission.word.clone(),
            number: reveal(submission.number.as_ref()),
            file: submission.file,
            at: at(submission.at),
        };
        let approval = |approval: &Approval| ApprovalV1 {
            level: approval.level.as_str().to_owned(),
            by: approval.by.clone(),
            reason: reveal(approval.reason.as_ref()),
            at: at(approval.at),
        };
        Self {
            id: known.id,
            kind: known.kind.as_str().to_owned(),
            level: known.level.as_str().to_owned(),
            documents: known.documents.iter().map(submission).collect(),
            approvals: known.approvals.iter().map(approval).collect(),
            started_at: at(known.started_at),
        }
    }
}

impl TryFrom<VerificationV1> for Verification {
    type Error = Unreadable;

    fn try_from(document: VerificationV1) -> Result<Self, Unreadable> {
        let submission = |known: SubmissionV1| {
            Ok(Submission {
                id: known.id,
                document: Document::parse(&known.document).ok_or(Unreadable::Field("document"))?,
                word: known.word,
                number: known.number.map(Pii),
                file: known.file,
                at: moment(known.at, "at")?,
            })
        };
        let approval = |known: ApprovalV1| {
            Ok(Approval {
                level: ApprovalLevel::parse(&known.level).ok_or(Unreadable::Field("level"))?,
                by: known.by,
                reason: known.reason.map(Pii),
                at: moment(known.at, "at")?,
            })
        };
        Ok(Self {
            id: document.id,
            kind: VerificationKind::parse(&document.kind).ok_or(Unreadable::Field("kind"))?,
            level: ApprovalLevel::parse(&document.level).ok_or(Unreadable::Field("level"))?,
            documents: document.documents.into_iter().map(submission).collect::<Result<_, _>>()?,
            approvals: document.approvals.into_iter().map(approval).collect::<Result<_, _>>()?,
            started_at: moment(document.started_at, "started_at")?,
        })
    }
}

impl From<&Consent> for ConsentV1 {
    fn from(consent: &Consent) -> Self {
        Self {
            id: consent.id,
            version: consent.version.clone(),
            accepted_at: consent.accepted_at.map(at),
            granted_at: at(consent.granted_at),
            expires_at: at(consent.expires_at),
            ip_address: reveal(consent.ip_address.as_ref()),
            user_agent: reveal(consent.user_agent.as_ref()),
        }
    }
}

impl TryFrom<ConsentV1> for Consent {
    type Error = Unreadable;

    fn try_from(document: ConsentV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: document.id,
            version: document.version,
            accepted_at: opt_moment(document.accepted_at, "accepted_at")?,
            granted_at: moment(document.granted_at, "granted_at")?,
            expires_at: moment(document.expires_at, "expires_at")?,
            ip_address: document.ip_address.map(Pii),
            user_agent: document.user_agent.map(Pii),
        })
    }
}

impl From<&Activation> for ActivationV1 {
    fn from(known: &Activation) -> Self {
        Self {
            iban: known.iban.as_str().to_owned(),
            by: known.by.clone(),
            reason: reveal(known.reason.as_ref()),
            at: at(known.at),
        }
    }
}

impl TryFrom<ActivationV1> for Activation {
    type Error = Unreadable;

    fn try_from(document: ActivationV1) -> Result<Self, Unreadable> {
        Ok(Self {
            iban: Pii(Iban::parse(&document.iban).map_err(|_| Unreadable::Field("iban"))?),
            by: document.by,
            reason: document.reason.map(Pii),
            at: moment(document.at, "at")?,
        })
    }
}

fn opt_moment(at: Option<i64>, field: &'static str) -> Result<Option<Timestamp>, Unreadable> {
    at.map(|at| moment(at, field)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENROLMENT_V1: &str = include_str!("fixtures/enrolment.v1.json");

    /// Everything an enrolment can have.
    fn enrolment() -> Enrolment {
        let second = |second: i64| Timestamp::from_second(1_700_000_000 + second).expect("within the calendar");
        let uuid = Uuid::from_u128;
        let text = |text: &str| Pii(text.to_owned());
        let feature = AssignedFeature {
            id: uuid(3),
            code: "ENHANCED_AML_MONITORING".to_owned(),
            enabled: true,
            parameters: vec![("pepCategory".to_owned(), vec!["DOMESTIC_PEP".to_owned(), "RCA".to_owned()])],
        };
        let categorization = Categorization {
            category: uuid(4),
            name: "HIGH_RISK_INDIVIDUAL".to_owned(),
            active: true,
            approval: CategoryApproval::PowerTenant,
            risk: CategoryRisk::High,
            features: vec![feature],
        };
        let submission = Submission {
            id: uuid(6),
            document: Document::GovernmentId,
            word: "PASSPORT".to_owned(),
            number: Some(text("C01X00T47")),
            file: Some(uuid(7)),
            at: second(3),
        };
        let reason = Some(text("seen in person"));
        let approval =
            Approval { level: ApprovalLevel::PowerTenant, by: "ann".to_owned(), reason: reason.clone(), at: second(4) };
        let verification = Verification {
            id: uuid(5),
            kind: VerificationKind::Enhanced,
            level: ApprovalLevel::Finhub,
            documents: vec![submission],
            approvals: vec![approval],
            started_at: second(2),
        };
        let consent = Consent {
            id: uuid(8),
            version: "1.0".to_owned(),
            accepted_at: Some(second(5)),
            granted_at: second(6),
            expires_at: second(7),
            ip_address: Some(text("192.0.2.1")),
            user_agent: Some(text("curl")),
        };
        let iban = Pii(Iban::parse("DE89370400440532013000").expect("the registry's example"));
        Enrolment {
            user: uuid(1),
            wallet: Wallet { id: uuid(2), currency: "EUR".to_owned() },
            categorization: Some(categorization),
            email_verified_at: Some(second(0)),
            session_opened_at: Some(second(1)),
            verification: Some(verification),
            consents: [(ConsentKind::DataProcessing, consent)].into(),
            activation: Some(Activation { iban, by: "ann".to_owned(), reason, at: second(8) }),
        }
    }

    #[test]
    fn what_is_written_is_the_fixture_and_reads_back() {
        let written = serde_json::to_value(EnrolmentV1::from(&enrolment())).expect("JSON");
        let fixture: serde_json::Value = serde_json::from_str(ENROLMENT_V1).expect("JSON");
        assert_eq!(written, fixture, "{written:#}");
        let read: EnrolmentV1 = serde_json::from_str(ENROLMENT_V1).expect("a document");
        assert_eq!(Enrolment::try_from(read), Ok(enrolment()));
        let bare = Enrolment {
            categorization: None,
            email_verified_at: None,
            session_opened_at: None,
            verification: None,
            consents: BTreeMap::new(),
            activation: None,
            ..enrolment()
        };
        let json = serde_json::to_string(&EnrolmentV1::from(&bare)).expect("JSON");
        assert_eq!(json.matches(':').count(), 3, "what is not there is not written: {json}");
        let read: EnrolmentV1 = serde_json::from_str(&json).expect("a document");
        assert_eq!(Enrolment::try_from(read), Ok(bare));
    }
}
