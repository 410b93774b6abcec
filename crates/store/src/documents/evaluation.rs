//! The evaluation of a customer, as kept in the customer's document.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use onboarding::Pii;
use onboarding::evaluation::document::{DocumentFinding, DocumentKind, DocumentReport, DocumentSide};
use onboarding::evaluation::model::{Contribution, Weighed};
use onboarding::evaluation::operation::{EvaluationKind, Operation, Phase, Trigger};
use onboarding::evaluation::{
    Approval, DocumentTag, Evaluation, Finding, Flag, FraudRecord, FraudScore, Kyc, KycBasis, KycRecord, Origin,
    Standing, Tag,
};
use onboarding::id::FileId;
use onboarding::signals::SignalName;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Unreadable, at, moment, opt_date};

/// Every member that may be left out is: most customers have few of them.
#[derive(Serialize, Deserialize)]
pub(super) struct EvaluationV1 {
    approval: String,
    kyc: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weighed: Option<WeighedV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flag: Option<FlagV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, FindingV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signals: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<DocumentV1>,
    #[serde(default, skip_serializing_if = "OriginV1::is_unknown")]
    origin: OriginV1,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    operations: Vec<OperationV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kyc_history: Vec<KycRecordV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fraud_history: Vec<(i64, u16)>,
}

/// Log-odds: where they began, and by how much each signal moved them.
#[derive(Serialize, Deserialize)]
struct WeighedV1 {
    base: f64,
    signals: Vec<(String, f64)>,
}

#[derive(Serialize, Deserialize)]
struct FlagV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct FindingV1 {
    passed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

#[derive(Default, Serialize, Deserialize)]
struct OriginV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip_country: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct OperationV1 {
    id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    trigger: String,
    kind: String,
    phase: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    then_fraud: bool,
    before: StandingV1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<StandingV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<DocumentV1>,
    begun_at: i64,
}

#[derive(Serialize, Deserialize)]
struct StandingV1 {
    approval: String,
    kyc: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<u16>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    flagged: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signals: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct KycRecordV1 {
    at: i64,
    outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issued_on: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct DocumentV1 {
    file: Uuid,
    kind: String,
    side: String,
    country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issued_on: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    findings: BTreeMap<String, DocumentFindingV1>,
}

#[derive(Serialize, Deserialize)]
struct DocumentFindingV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passed: Option<bool>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    details: BTreeMap<String, bool>,
}

impl OriginV1 {
    fn is_unknown(&self) -> bool {
        self.ip.is_none() && self.ip_country.is_none() && self.device.is_none()
    }
}

impl From<&Evaluation> for EvaluationV1 {
    fn from(evaluation: &Evaluation) -> Self {
        let finding = |(tag, finding): (&Tag, &Finding)| {
            (tag.as_str().to_owned(), FindingV1 { passed: finding.passed, reasons: finding.reasons.clone() })
        };
        let origin = &evaluation.origin;
        Self {
            approval: evaluation.approval.as_str().to_owned(),
            kyc: evaluation.kyc.as_str().to_owned(),
            score: evaluation.score.map(FraudScore::ten_thousandths),
            weighed: evaluation.weighed.as_ref().map(WeighedV1::from),
            flag: evaluation
                .flag
                .as_ref()
                .map(|flag| FlagV1 { note: super::reveal(flag.note.as_ref()), at: at(flag.at) }),
            decided: evaluation.decided.map(|decided| decided.as_str().to_owned()),
            tags: evaluation.tags.iter().map(finding).collect(),
            signals: told(&evaluation.signals),
            document: evaluation.document.as_ref().map(DocumentV1::from),
            origin: OriginV1 {
                ip: origin.ip.map(|ip| ip.0),
                ip_country: origin.ip_country.clone(),
                device: super::reveal(origin.device.as_ref()),
            },
            operations: evaluation.operations.iter().map(OperationV1::from).collect(),
            kyc_history: evaluation.kyc_history.iter().map(KycRecordV1::from).collect(),
            fraud_history: evaluation
                .fraud_history
                .iter()
                .map(|record| (at(record.at), record.score.ten_thousandths()))
                .collect(),
        }
    }
}

impl TryFrom<EvaluationV1> for Evaluation {
    type Error = Unreadable;

    fn try_from(document: EvaluationV1) -> Result<Self, Unreadable> {
        let flag = document.flag.map(|flag| {
            Ok::<_, Unreadable>(Flag { note: flag.note.map(Pii), at: moment(flag.at, "evaluation.flag")? })
        });
        let mut tags = BTreeMap::new();
        for (tag, FindingV1 { passed, reasons }) in document.tags {
            tags.insert(word(&tag, Tag::parse)?, Finding { passed, reasons });
        }
        let fraud = |(moment_at, score): (i64, u16)| {
            let (at, score) = (moment(moment_at, "evaluation.fraud_history")?, FraudScore::from_ten_thousandths(score));
            Ok::<_, Unreadable>(FraudRecord { at, score })
        };
        Ok(Self {
            approval: word(&document.approval, Approval::parse)?,
            kyc: word(&document.kyc, Kyc::parse)?,
            score: document.score.map(FraudScore::from_ten_thousandths),
            weighed: document.weighed.map(Weighed::try_from).transpose()?,
            flag: flag.transpose()?,
            decided: document.decided.map(|decided| word(&decided, Approval::parse)).transpose()?,
            tags,
            signals: known(&document.signals)?,
            document: document.document.map(DocumentReport::try_from).transpose()?,
            origin: Origin {
                ip: document.origin.ip.map(Pii),
                ip_country: document.origin.ip_country,
                device: document.origin.device.map(Pii),
            },
            operations: document.operations.into_iter().map(Operation::try_from).collect::<Result<_, _>>()?,
            kyc_history: document.kyc_history.into_iter().map(KycRecord::try_from).collect::<Result<_, _>>()?,
            fraud_history: document.fraud_history.into_iter().map(fraud).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Weighed> for WeighedV1 {
    fn from(weighed: &Weighed) -> Self {
        let signals = weighed.contributions().iter().map(|one| (one.name.as_str().to_owned(), one.log_odds));
        Self { base: weighed.base(), signals: signals.collect() }
    }
}

impl TryFrom<WeighedV1> for Weighed {
    type Error = Unreadable;

    fn try_from(document: WeighedV1) -> Result<Self, Unreadable> {
        let one = |(name, log_odds): (String, f64)| {
            word(&name, SignalName::parse).map(|name| Contribution { name, log_odds })
        };
        let contributions = document.signals.into_iter().map(one).collect::<Result<_, _>>()?;
        Self::restore(document.base, contributions).ok_or(Unreadable::Field("evaluation.weighed"))
    }
}

impl From<&Operation> for OperationV1 {
    fn from(operation: &Operation) -> Self {
        Self {
            id: operation.id,
            request_id: operation.request_id.clone(),
            trigger: operation.trigger.as_str().to_owned(),
            kind: operation.kind.as_str().to_owned(),
            phase: operation.phase.as_str().to_owned(),
            then_fraud: operation.then_fraud,
            before: (&operation.before).into(),
            after: operation.after.as_ref().map(StandingV1::from),
            document: operation.document.as_ref().map(DocumentV1::from),
            begun_at: at(operation.begun_at),
        }
    }
}

impl TryFrom<OperationV1> for Operation {
    type Error = Unreadable;

    fn try_from(document: OperationV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: document.id,
            request_id: document.request_id,
            trigger: word(&document.trigger, Trigger::parse)?,
            kind: word(&document.kind, EvaluationKind::parse)?,
            phase: word(&document.phase, Phase::parse)?,
            then_fraud: document.then_fraud,
            before: document.before.try_into()?,
            after: document.after.map(Standing::try_from).transpose()?,
            document: document.document.map(DocumentReport::try_from).transpose()?,
            begun_at: moment(document.begun_at, "evaluation.operations")?,
        })
    }
}

impl From<&Standing> for StandingV1 {
    fn from(standing: &Standing) -> Self {
        let words = |failed: &BTreeSet<Tag>| failed.iter().map(|tag| tag.as_str().to_owned()).collect();
        Self {
            approval: standing.approval.as_str().to_owned(),
            kyc: standing.kyc.as_str().to_owned(),
            score: standing.score.map(FraudScore::ten_thousandths),
            flagged: standing.flagged,
            failed: standing.failed.as_ref().map(words),
            signals: told(&standing.signals),
        }
    }
}

impl TryFrom<StandingV1> for Standing {
    type Error = Unreadable;

    fn try_from(document: StandingV1) -> Result<Self, Unreadable> {
        let tags = |failed: Vec<String>| failed.iter().map(|tag| word(tag, Tag::parse)).collect::<Result<_, _>>();
        Ok(Self {
            approval: word(&document.approval, Approval::parse)?,
            kyc: word(&document.kyc, Kyc::parse)?,
            score: document.score.map(FraudScore::from_ten_thousandths),
            flagged: document.flagged,
            failed: document.failed.map(tags).transpose()?,
            signals: known(&document.signals)?,
        })
    }
}

impl From<&KycRecord> for KycRecordV1 {
    fn from(record: &KycRecord) -> Self {
        let (document, issued_on) = match &record.by {
            KycBasis::Kyc => (None, None),
            KycBasis::Document { kind, issued_on } => (Some(kind.as_str().to_owned()), *issued_on),
        };
        let issued_on = issued_on.map(|day| day.to_string());
        Self { at: at(record.at), outcome: record.outcome.as_str().to_owned(), document, issued_on }
    }
}

impl TryFrom<KycRecordV1> for KycRecord {
    type Error = Unreadable;

    fn try_from(document: KycRecordV1) -> Result<Self, Unreadable> {
        let issued_on = opt_date(document.issued_on.as_ref(), "evaluation.kyc_history")?;
        let by = match document.document {
            None => KycBasis::Kyc,
            Some(kind) => KycBasis::Document { kind: word(&kind, DocumentKind::parse)?, issued_on },
        };
        let at = moment(document.at, "evaluation.kyc_history")?;
        Ok(Self { at, outcome: word(&document.outcome, Kyc::parse)?, by })
    }
}

impl From<&DocumentReport> for DocumentV1 {
    fn from(report: &DocumentReport) -> Self {
        let finding = |(tag, finding): (&DocumentTag, &DocumentFinding)| {
            let finding = DocumentFindingV1 { passed: finding.passed, details: finding.details.clone() };
            (tag.as_str().to_owned(), finding)
        };
        Self {
            file: report.file.0,
            kind: report.kind.as_str().to_owned(),
            side: report.side.as_str().to_owned(),
            country: report.country.clone(),
            issued_on: report.issued_on.map(|day| day.to_string()),
            findings: report.findings.iter().map(finding).collect(),
        }
    }
}

impl TryFrom<DocumentV1> for DocumentReport {
    type Error = Unreadable;

    fn try_from(document: DocumentV1) -> Result<Self, Unreadable> {
        let mut findings = BTreeMap::new();
        for (tag, DocumentFindingV1 { passed, details }) in document.findings {
            findings.insert(word(&tag, DocumentTag::parse)?, DocumentFinding { passed, details });
        }
        Ok(Self {
            file: FileId(document.file),
            kind: word(&document.kind, DocumentKind::parse)?,
            side: word(&document.side, DocumentSide::parse)?,
            country: document.country,
            issued_on: opt_date(document.issued_on.as_ref(), "evaluation.document")?,
            findings,
        })
    }
}

fn told(signals: &BTreeSet<SignalName>) -> Vec<String> {
    signals.iter().map(|signal| signal.as_str().to_owned()).collect()
}

fn known(signals: &[String]) -> Result<BTreeSet<SignalName>, Unreadable> {
    signals.iter().map(|signal| word(signal, SignalName::parse)).collect()
}

fn word<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Unreadable> {
    parse(text).ok_or(Unreadable::Field("evaluation"))
}
