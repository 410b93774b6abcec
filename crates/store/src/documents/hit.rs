//! A listed party that looks like the customer, as kept in cases and evidence.

use onboarding::Pii;
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
    reasons: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    details: Vec<(String, String)>,
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
            reasons: hit.reasons.iter().map(|reason| reason.0.clone()).collect(),
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
            reasons: hit.reasons.into_iter().map(Pii).collect(),
            details: hit.details,
        }
    }
}
