//! A customer, as kept. What stands in clear columns of the row is not repeated here.

use std::collections::BTreeMap;

use onboarding::check::{Dismissed, Unavailability};
use onboarding::id::EvidenceId;
use onboarding::submission::{Progress, Submission};
use onboarding::{
    CaseId, Check, CheckKind, CheckState, Customer, CustomerId, CustomerStatus, Evaluation, Pii, TenantId, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::admission::AdmissionV1;
use super::enrolment::EnrolmentV1;
use super::evaluation::EvaluationV1;
use super::party::PartyV1;
use super::rating::RatingV1;
use super::record::{AddressV1, EmailV1, IdentificationV1, OwnerV1, PhoneV1, RecordV1, records_in, records_out};
use super::related::RelatedV1;
use super::{Unreadable, at, moment, parse, version, write};

/// What the row of a customer says in clear.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clear {
    pub id: CustomerId,
    pub tenant: TenantId,
    pub version: u64,
    pub event_count: u64,
    pub status: CustomerStatus,
    pub cif_number: String,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct CustomerV1 {
    v: u32,
    party: PartyV1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_identifier: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<RecordV1<AddressV1>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    phones: Vec<RecordV1<PhoneV1>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    emails: Vec<RecordV1<EmailV1>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    identifications: Vec<RecordV1<IdentificationV1>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    owners: Vec<RecordV1<OwnerV1>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedV1>,
    checks: BTreeMap<String, CheckV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rating: Option<RatingV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evaluation: Option<EvaluationV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enrolment: Option<EnrolmentV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    admission: Option<AdmissionV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    submission: Option<SubmissionV1>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    attributes: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct SubmissionV1 {
    progress: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    review_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_review_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reviewed_on: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct CheckV1 {
    #[serde(flatten)]
    state: StateV1,
    changed_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Uuid>,
    /// Left out when it is so, as it nearly always is.
    #[serde(default = "yes", skip_serializing_if = "std::clone::Clone::clone")]
    required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dismissed: Vec<DismissedV1>,
}

fn yes() -> bool {
    true
}

#[derive(Serialize, Deserialize)]
struct DismissedV1 {
    list: String,
    entity: String,
    whom: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    identified: bool,
    at: i64,
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<Uuid>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum StateV1 {
    Pending,
    Unavailable { why: String },
    Clear,
    Hit { case: Uuid },
    Reviewing { case: Uuid },
    Confirmed { case: Uuid },
}

/// Writes the document of the newest version.
pub(crate) fn encode(customer: &Customer) -> Zeroizing<Vec<u8>> {
    let checks = customer.checks.iter().map(|(kind, check)| (kind.as_str().to_owned(), check.into()));
    write(&CustomerV1 {
        v: 1,
        party: (&customer.party).into(),
        client_identifier: super::reveal(customer.client_identifier.as_ref()),
        addresses: records_out(&customer.addresses),
        phones: records_out(&customer.phones),
        emails: records_out(&customer.emails),
        identifications: records_out(&customer.identifications),
        owners: records_out(&customer.owners),
        related: customer.related.iter().map(Into::into).collect(),
        checks: checks.collect(),
        rating: customer.rating.as_ref().map(Into::into),
        evaluation: customer.evaluation.as_ref().map(EvaluationV1::from),
        enrolment: customer.enrolment.as_ref().map(Into::into),
        admission: customer.admission.as_ref().map(Into::into),
        submission: customer.submission.map(Into::into),
        attributes: customer.attributes.0.clone(),
    })
}

/// Reads a document of any version, and joins it with the clear part of its row.
pub(crate) fn decode(clear: Clear, json: &[u8]) -> Result<Customer, Unreadable> {
    let document: CustomerV1 = match version(json)? {
        1 => parse(json)?,
        other => return Err(Unreadable::Version(other)),
    };
    let mut checks = BTreeMap::new();
    for (kind, check) in document.checks {
        let kind = CheckKind::parse(&kind).ok_or(Unreadable::Field("checks"))?;
        checks.insert(kind, check.try_into()?);
    }
    Ok(Customer {
        id: clear.id,
        tenant: clear.tenant,
        version: clear.version,
        event_count: clear.event_count,
        status: clear.status,
        party: document.party.try_into()?,
        cif_number: clear.cif_number,
        client_identifier: document.client_identifier.map(Pii),
        addresses: records_in(document.addresses, "addresses")?,
        phones: records_in(document.phones, "phones")?,
        emails: records_in(document.emails, "emails")?,
        identifications: records_in(document.identifications, "identifications")?,
        owners: records_in(document.owners, "owners")?,
        related: document.related.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        checks,
        rating: document.rating.map(TryInto::try_into).transpose()?,
        evaluation: document.evaluation.map(Evaluation::try_from).transpose()?,
        enrolment: document.enrolment.map(TryInto::try_into).transpose()?,
        admission: document.admission.map(TryInto::try_into).transpose()?,
        submission: document.submission.map(TryInto::try_into).transpose()?,
        attributes: Pii(document.attributes),
        created_at: clear.created_at,
        changed_at: clear.changed_at,
    })
}

impl From<Submission> for SubmissionV1 {
    fn from(submission: Submission) -> Self {
        Self {
            progress: submission.progress.as_str().to_owned(),
            review_on: submission.review_on.map(|day| day.to_string()),
            next_review_on: submission.next_review_on.map(|day| day.to_string()),
            reviewed_on: submission.reviewed_on.map(|day| day.to_string()),
        }
    }
}

impl TryFrom<SubmissionV1> for Submission {
    type Error = Unreadable;

    fn try_from(submission: SubmissionV1) -> Result<Self, Unreadable> {
        let progress = Progress::parse(&submission.progress).ok_or(Unreadable::Field("progress"))?;
        let day = |text: String| text.parse().map_err(|_| Unreadable::Field("review_on"));
        Ok(Self {
            progress,
            review_on: submission.review_on.map(day).transpose()?,
            next_review_on: submission.next_review_on.map(day).transpose()?,
            reviewed_on: submission.reviewed_on.map(day).transpose()?,
        })
    }
}

impl From<&Dismissed> for DismissedV1 {
    fn from(dismissed: &Dismissed) -> Self {
        Self {
            list: dismissed.list.clone(),
            entity: dismissed.entity.clone(),
            whom: dismissed.whom.0.clone(),
            listed: dismissed.listed.as_ref().map(ToString::to_string),
            identified: dismissed.identified,
            at: at(dismissed.at),
            by: dismissed.by.clone(),
            case: dismissed.case.map(|case| case.0),
        }
    }
}

impl TryFrom<DismissedV1> for Dismissed {
    type Error = Unreadable;

    fn try_from(dismissed: DismissedV1) -> Result<Self, Unreadable> {
        Ok(Self {
            list: dismissed.list,
            entity: dismissed.entity,
            whom: Pii(dismissed.whom),
            listed: super::hit::fingerprint(dismissed.listed)?,
            identified: dismissed.identified,
            at: moment(dismissed.at, "dismissed")?,
            by: dismissed.by,
            case: dismissed.case.map(CaseId),
        })
    }
}

impl From<&Check> for CheckV1 {
    fn from(check: &Check) -> Self {
        let state = match check.state {
            CheckState::Pending => StateV1::Pending,
            CheckState::Unavailable(why) => StateV1::Unavailable { why: why.as_str().to_owned() },
            CheckState::Clear => StateV1::Clear,
            CheckState::Hit(case) => StateV1::Hit { case: case.0 },
            CheckState::Reviewing(case) => StateV1::Reviewing { case: case.0 },
            CheckState::Confirmed(case) => StateV1::Confirmed { case: case.0 },
        };
        Self {
            state,
            changed_at: at(check.changed_at),
            evidence: check.evidence.map(|id| id.0),
            required: check.required,
            dismissed: check.dismissed.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<CheckV1> for Check {
    type Error = Unreadable;

    fn try_from(check: CheckV1) -> Result<Self, Unreadable> {
        let state = match check.state {
            StateV1::Pending => CheckState::Pending,
            StateV1::Unavailable { why } => {
                CheckState::Unavailable(Unavailability::parse(&why).ok_or(Unreadable::Field("why"))?)
            }
            StateV1::Clear => CheckState::Clear,
            StateV1::Hit { case } => CheckState::Hit(CaseId(case)),
            StateV1::Reviewing { case } => CheckState::Reviewing(CaseId(case)),
            StateV1::Confirmed { case } => CheckState::Confirmed(CaseId(case)),
        };
        let changed_at = moment(check.changed_at, "changed_at")?;
        Ok(Self {
            state,
            changed_at,
            evidence: check.evidence.map(EvidenceId),
            required: check.required,
            dismissed: check.dismissed.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}
