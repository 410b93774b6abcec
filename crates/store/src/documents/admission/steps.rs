//! What is declared, shown and sent, as kept.

use onboarding::admission::declare::{Band, Declarative, EconomicActivity};
use onboarding::admission::demand::{Demand, DemandDecision, DemandState, Workflow};
use onboarding::admission::diligence::{Diligence, DiligenceFile, DiligenceKind, DiligenceState, Reason};
use onboarding::admission::page::Consent;
use onboarding::admission::tax::{PaperState, TaxDeclaration, TaxForm, TaxPaper, TaxPaperKind, TaxResidence};
use onboarding::admission::transfer::{Transfer, TransferOutcome, TransferScheme};
use onboarding::{FileId, Pii};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{all, word};
use crate::documents::{Unreadable, at, moment, reveal};

#[derive(Serialize, Deserialize)]
pub(super) struct DeclarativeV1 {
    activity: u8,
    asset: u8,
    income: u8,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TaxDeclarationV1 {
    us_person: bool,
    residences: Vec<TaxResidenceV1>,
}

#[derive(Serialize, Deserialize)]
struct TaxResidenceV1 {
    country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TaxFormV1 {
    id: Uuid,
    declared: TaxDeclarationV1,
    likely: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    papers: Vec<TaxPaperV1>,
    signed_at: i64,
}

#[derive(Serialize, Deserialize)]
struct TaxPaperV1 {
    id: Uuid,
    kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<Uuid>,
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ConsentV1 {
    demand: Uuid,
    given: bool,
    at: i64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct DemandV1 {
    id: Uuid,
    workflow: String,
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    diligences: Vec<DiligenceV1>,
    created_at: i64,
    changed_at: i64,
}

#[derive(Serialize, Deserialize)]
struct DiligenceV1 {
    id: Uuid,
    kind: String,
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<DiligenceFileV1>,
    created_at: i64,
    changed_at: i64,
}

#[derive(Serialize, Deserialize)]
struct DiligenceFileV1 {
    id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TransferV1 {
    id: Uuid,
    sender_id: String,
    scheme: String,
    amount_cents: u64,
    debtor_name: String,
    debtor_iban: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    likeness: Option<(u8, u8)>,
    outcome: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    refunded: bool,
    received_at: i64,
}

fn reason(kept: Option<String>) -> Result<Option<Reason>, Unreadable> {
    kept.map(|text| word(&text, Reason::parse, "reason")).transpose()
}

impl From<Declarative> for DeclarativeV1 {
    fn from(declared: Declarative) -> Self {
        let (asset, income) = (declared.asset.number(), declared.income.number());
        Self { activity: declared.activity.code(), asset, income }
    }
}

impl TryFrom<DeclarativeV1> for Declarative {
    type Error = Unreadable;

    fn try_from(kept: DeclarativeV1) -> Result<Self, Unreadable> {
        Ok(Self {
            activity: EconomicActivity::of(kept.activity).ok_or(Unreadable::Field("activity"))?,
            asset: Band::of(kept.asset).ok_or(Unreadable::Field("asset"))?,
            income: Band::of(kept.income).ok_or(Unreadable::Field("income"))?,
        })
    }
}

impl From<&TaxDeclaration> for TaxDeclarationV1 {
    fn from(declared: &TaxDeclaration) -> Self {
        let residence = |residence: &TaxResidence| TaxResidenceV1 {
            country: residence.country.clone(),
            number: reveal(residence.number.as_ref()),
        };
        Self { us_person: declared.us_person, residences: declared.residences.iter().map(residence).collect() }
    }
}

impl From<TaxDeclarationV1> for TaxDeclaration {
    fn from(kept: TaxDeclarationV1) -> Self {
        let residence = |kept: TaxResidenceV1| TaxResidence { country: kept.country, number: kept.number.map(Pii) };
        Self { us_person: kept.us_person, residences: kept.residences.into_iter().map(residence).collect() }
    }
}

impl From<&TaxForm> for TaxFormV1 {
    fn from(form: &TaxForm) -> Self {
        let paper = |paper: &TaxPaper| TaxPaperV1 {
            id: paper.id,
            kind: paper.kind.as_str().to_owned(),
            files: paper.files.iter().map(|file| file.0).collect(),
            state: paper.state.as_str().to_owned(),
            reason: paper.state.reason().map(|reason| reason.as_str().to_owned()),
        };
        Self {
            id: form.id,
            declared: (&form.declared).into(),
            likely: form.likely,
            papers: form.papers.iter().map(paper).collect(),
            signed_at: at(form.signed_at),
        }
    }
}

impl TryFrom<TaxFormV1> for TaxForm {
    type Error = Unreadable;

    fn try_from(kept: TaxFormV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: kept.id,
            declared: kept.declared.into(),
            likely: kept.likely,
            papers: all(kept.papers)?,
            signed_at: moment(kept.signed_at, "tax")?,
        })
    }
}

impl TryFrom<TaxPaperV1> for TaxPaper {
    type Error = Unreadable;

    fn try_from(kept: TaxPaperV1) -> Result<Self, Unreadable> {
        let reason = reason(kept.reason)?;
        Ok(Self {
            id: kept.id,
            kind: word(&kept.kind, TaxPaperKind::parse, "papers")?,
            files: kept.files.into_iter().map(FileId).collect(),
            state: word(&kept.state, |word| PaperState::parse(word, reason), "papers")?,
        })
    }
}

impl From<&Consent> for ConsentV1 {
    fn from(consent: &Consent) -> Self {
        Self { demand: consent.demand, given: consent.given, at: at(consent.at) }
    }
}

impl TryFrom<ConsentV1> for Consent {
    type Error = Unreadable;

    fn try_from(kept: ConsentV1) -> Result<Self, Unreadable> {
        Ok(Self { demand: kept.demand, given: kept.given, at: moment(kept.at, "consents")? })
    }
}

impl From<&Demand> for DemandV1 {
    fn from(demand: &Demand) -> Self {
        Self {
            id: demand.id,
            workflow: demand.workflow.as_str().to_owned(),
            state: demand.state.as_str().to_owned(),
            decision: demand.decision.map(|decision| decision.as_str().to_owned()),
            diligences: demand.diligences.iter().map(Into::into).collect(),
            created_at: at(demand.created_at),
            changed_at: at(demand.changed_at),
        }
    }
}

impl TryFrom<DemandV1> for Demand {
    type Error = Unreadable;

    fn try_from(kept: DemandV1) -> Result<Self, Unreadable> {
        let decision = kept.decision.map(|text| word(&text, DemandDecision::parse, "decision"));
        Ok(Self {
            id: kept.id,
            workflow: word(&kept.workflow, Workflow::parse, "workflow")?,
            state: word(&kept.state, DemandState::parse, "demand")?,
            decision: decision.transpose()?,
            diligences: all(kept.diligences)?,
            created_at: moment(kept.created_at, "demand")?,
            changed_at: moment(kept.changed_at, "demand")?,
        })
    }
}

impl From<&Diligence> for DiligenceV1 {
    fn from(diligence: &Diligence) -> Self {
        let file = |file: &DiligenceFile| DiligenceFileV1 { id: file.id.0, name: reveal(file.name.as_ref()) };
        Self {
            id: diligence.id,
            kind: diligence.kind.as_str().to_owned(),
            state: diligence.state.as_str().to_owned(),
            reason: diligence.state.reason().map(|reason| reason.as_str().to_owned()),
            files: diligence.files.iter().map(file).collect(),
            created_at: at(diligence.created_at),
            changed_at: at(diligence.changed_at),
        }
    }
}

impl TryFrom<DiligenceV1> for Diligence {
    type Error = Unreadable;

    fn try_from(kept: DiligenceV1) -> Result<Self, Unreadable> {
        let reason = reason(kept.reason)?;
        let file = |kept: DiligenceFileV1| DiligenceFile { id: FileId(kept.id), name: kept.name.map(Pii) };
        Ok(Self {
            id: kept.id,
            kind: word(&kept.kind, DiligenceKind::parse, "diligences")?,
            state: word(&kept.state, |word| DiligenceState::parse(word, reason), "diligences")?,
            files: kept.files.into_iter().map(file).collect(),
            created_at: moment(kept.created_at, "diligences")?,
            changed_at: moment(kept.changed_at, "diligences")?,
        })
    }
}

impl From<&Transfer> for TransferV1 {
    fn from(transfer: &Transfer) -> Self {
        Self {
            id: transfer.id,
            sender_id: transfer.sender_id.0.clone(),
            scheme: transfer.scheme.as_str().to_owned(),
            amount_cents: transfer.amount_cents,
            debtor_name: transfer.debtor_name.0.clone(),
            debtor_iban: transfer.debtor_iban.0.clone(),
            likeness: transfer.likeness,
            outcome: transfer.outcome.as_str().to_owned(),
            refunded: transfer.refunded,
            received_at: at(transfer.received_at),
        }
    }
}

impl TryFrom<TransferV1> for Transfer {
    type Error = Unreadable;

    fn try_from(kept: TransferV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: kept.id,
            sender_id: Pii(kept.sender_id),
            scheme: word(&kept.scheme, TransferScheme::parse, "scheme")?,
            amount_cents: kept.amount_cents,
            debtor_name: Pii(kept.debtor_name),
            debtor_iban: Pii(kept.debtor_iban),
            likeness: kept.likeness,
            outcome: word(&kept.outcome, TransferOutcome::parse, "transfers")?,
            refunded: kept.refunded,
            received_at: moment(kept.received_at, "transfers")?,
        })
    }
}
