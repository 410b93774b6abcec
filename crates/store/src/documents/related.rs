//! The parties around a customer, as kept.

use onboarding::{Related, RelatedRole};
use serde::{Deserialize, Serialize};

use super::Unreadable;
use super::evidence::NumberV1;
use super::party::PartyV1;

#[derive(Serialize, Deserialize)]
pub(super) struct RelatedV1 {
    key: String,
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    under: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share_millionths: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    party: PartyV1,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    residences: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<NumberV1>,
}

impl From<&Related> for RelatedV1 {
    fn from(related: &Related) -> Self {
        Self {
            key: related.key.clone(),
            role: related.role.as_str().to_owned(),
            under: related.under.clone(),
            share_millionths: related.share_millionths,
            title: related.title.clone(),
            party: (&related.party).into(),
            residences: related.residences.clone(),
            numbers: related.numbers.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<RelatedV1> for Related {
    type Error = Unreadable;

    fn try_from(related: RelatedV1) -> Result<Self, Unreadable> {
        Ok(Self {
            key: related.key,
            role: RelatedRole::parse(&related.role).ok_or(Unreadable::Field("role"))?,
            under: related.under,
            share_millionths: related.share_millionths,
            title: related.title,
            party: related.party.try_into()?,
            residences: related.residences,
            numbers: related.numbers.into_iter().map(Into::into).collect(),
        })
    }
}
