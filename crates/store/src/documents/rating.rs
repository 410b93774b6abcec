//! The rating of a customer, as kept in the customer's document.

use onboarding::risk::{Factor, Level, Rating};
use serde::{Deserialize, Serialize};

use super::Unreadable;

#[derive(Serialize, Deserialize)]
pub(super) struct RatingV1 {
    level: String,
    own: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stated: Option<String>,
    score: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    factors: Vec<FactorV1>,
    model: String,
    model_version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct FactorV1 {
    rule: String,
    name: String,
    points: u32,
    reason: String,
}

impl From<&Rating> for RatingV1 {
    fn from(rating: &Rating) -> Self {
        let factors = rating.factors.iter().cloned().map(|factor| {
            let Factor { rule, name, points, reason } = factor;
            FactorV1 { rule, name, points, reason }
        });
        Self {
            level: rating.level.as_str().to_owned(),
            own: rating.own.as_str().to_owned(),
            stated: rating.stated.map(|level| level.as_str().to_owned()),
            score: rating.score,
            factors: factors.collect(),
            model: rating.model.clone(),
            model_version: rating.model_version,
            asked: rating.asked.map(|level| level.as_str().to_owned()),
        }
    }
}

impl TryFrom<RatingV1> for Rating {
    type Error = Unreadable;

    fn try_from(stored: RatingV1) -> Result<Self, Unreadable> {
        let level = |word: &str| Level::parse(word).ok_or(Unreadable::Field("rating"));
        let factors = stored.factors.into_iter().map(|factor| {
            let FactorV1 { rule, name, points, reason } = factor;
            Factor { rule, name, points, reason }
        });
        Ok(Self {
            level: level(&stored.level)?,
            own: level(&stored.own)?,
            stated: stored.stated.as_deref().map(level).transpose()?,
            score: stored.score,
            factors: factors.collect(),
            model: stored.model,
            model_version: stored.model_version,
            asked: stored.asked.as_deref().map(level).transpose()?,
        })
    }
}
