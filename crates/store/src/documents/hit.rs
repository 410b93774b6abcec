//! A listed party that looks like the customer, as kept in cases and evidence.

use onboarding::Pii;
use onboarding::reason::{Agreement, Reason};
use onboarding::screening::Hit;
use serde::{Deserialize, Serialize};
use watchlists::Topics;

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
        }
    }
}

impl From<HitV1> for Hit {
    fn from(hit: HitV1) -> Self {
        Self {
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
        }
    }
}
