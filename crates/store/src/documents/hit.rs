//! A listed party that looks like the customer, as kept in cases and evidence.

use onboarding::reason::{Agreement, Reason};
use onboarding::screening::{Earlier, Hit, Listing};
use onboarding::{CaseId, Pii};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use watchlists::{Fingerprint, Topics};

use super::{Unreadable, at, moment};

#[derive(Serialize, Deserialize)]
pub(super) struct HitV1 {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    party: String,
    whom: String,
    entity: String,
    list: String,
    /// The bits of [`Topics`]; their meaning is fixed there.
    topics: u16,
    caption: String,
    matched_name: String,
    score: f64,
    name_score: f64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<ReasonV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    details: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<ListingV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    earlier: Option<EarlierV1>,
}

#[derive(Serialize, Deserialize)]
struct ListingV1 {
    entity: String,
    list: String,
    topics: u16,
    caption: String,
    matched_name: String,
    score: f64,
    why: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    details: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct EarlierV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<Uuid>,
    by: String,
    at: i64,
    because: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct ReasonV1 {
    feature: String,
    finding: FindingV1,
    why: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    customer: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    listed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FindingV1 {
    Agrees,
    Contradicts,
    Missing,
}

impl From<&Reason> for ReasonV1 {
    fn from(reason: &Reason) -> Self {
        Self {
            feature: reason.feature.clone(),
            finding: match reason.finding {
                Agreement::Agrees => FindingV1::Agrees,
                Agreement::Contradicts => FindingV1::Contradicts,
                Agreement::Missing => FindingV1::Missing,
            },
            why: reason.why.clone(),
            customer: reason.customer.0.clone(),
            listed: reason.listed.clone(),
        }
    }
}

impl From<ReasonV1> for Reason {
    fn from(reason: ReasonV1) -> Self {
        Self {
            feature: reason.feature,
            finding: match reason.finding {
                FindingV1::Agrees => Agreement::Agrees,
                FindingV1::Contradicts => Agreement::Contradicts,
                FindingV1::Missing => Agreement::Missing,
            },
            why: reason.why,
            customer: Pii(reason.customer),
            listed: reason.listed,
        }
    }
}

impl From<&Listing> for ListingV1 {
    fn from(listing: &Listing) -> Self {
        Self {
            entity: listing.entity.clone(),
            list: listing.list.clone(),
            topics: listing.topics.0,
            caption: listing.caption.clone(),
            matched_name: listing.matched_name.clone(),
            score: listing.score,
            why: listing.why.clone(),
            details: listing.details.clone(),
            listed: listing.listed.as_ref().map(ToString::to_string),
        }
    }
}

impl TryFrom<ListingV1> for Listing {
    type Error = Unreadable;

    fn try_from(listing: ListingV1) -> Result<Self, Unreadable> {
        Ok(Self {
            entity: listing.entity,
            list: listing.list,
            topics: Topics(listing.topics),
            caption: listing.caption,
            matched_name: listing.matched_name,
            score: listing.score,
            why: listing.why,
            details: listing.details,
            listed: fingerprint(listing.listed)?,
        })
    }
}

impl From<&Earlier> for EarlierV1 {
    fn from(earlier: &Earlier) -> Self {
        Self {
            case: earlier.case.map(|case| case.0),
            by: earlier.by.clone(),
            at: at(earlier.at),
            because: earlier.because.clone(),
        }
    }
}

impl TryFrom<EarlierV1> for Earlier {
    type Error = Unreadable;

    fn try_from(earlier: EarlierV1) -> Result<Self, Unreadable> {
        Ok(Self {
            case: earlier.case.map(CaseId),
            by: earlier.by,
            at: moment(earlier.at, "earlier")?,
            because: earlier.because,
        })
    }
}

/// Reads what was kept of what a list said.
pub(super) fn fingerprint(kept: Option<String>) -> Result<Option<Fingerprint>, Unreadable> {
    kept.map(|text| text.parse().map_err(|_| Unreadable::Field("listed"))).transpose()
}

impl From<&Hit> for HitV1 {
    fn from(hit: &Hit) -> Self {
        Self {
            party: hit.party.clone(),
            whom: hit.whom.0.clone(),
            entity: hit.entity.clone(),
            list: hit.list.clone(),
            topics: hit.topics.0,
            caption: hit.caption.clone(),
            matched_name: hit.matched_name.clone(),
            score: hit.score,
            name_score: hit.name_score,
            reasons: hit.reasons.iter().map(Into::into).collect(),
            details: hit.details.clone(),
            listed: hit.listed.as_ref().map(ToString::to_string),
            others: hit.others.iter().map(Into::into).collect(),
            earlier: hit.earlier.as_ref().map(Into::into),
        }
    }
}

impl TryFrom<HitV1> for Hit {
    type Error = Unreadable;

    fn try_from(hit: HitV1) -> Result<Self, Unreadable> {
        Ok(Self {
            party: hit.party,
            whom: Pii(hit.whom),
            entity: hit.entity,
            list: hit.list,
            topics: Topics(hit.topics),
            caption: hit.caption,
            matched_name: hit.matched_name,
            score: hit.score,
            name_score: hit.name_score,
            reasons: hit.reasons.into_iter().map(Into::into).collect(),
            details: hit.details,
            listed: fingerprint(hit.listed)?,
            others: hit.others.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
            earlier: hit.earlier.map(TryInto::try_into).transpose()?,
        })
    }
}
