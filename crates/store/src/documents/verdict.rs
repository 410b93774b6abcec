//! What persons said to a question or hit, as kept in a case.

use onboarding::Pii;
use onboarding::case::{Answer, Outcome, Standing, Verdict};
use serde::{Deserialize, Serialize};

use super::{Unreadable, at, moment};

#[derive(Serialize, Deserialize)]
pub(super) struct VerdictV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    past: Vec<AnswerV1>,
}

#[derive(Serialize, Deserialize)]
struct AnswerV1 {
    outcome: String,
    by: String,
    reason: String,
    at: i64,
    /// Left out when one person was enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    standing: Option<StandingV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum StandingV1 {
    Proposed,
    Confirmed { by: String, at: i64 },
    Rejected { by: String, at: i64, reason: String },
    Void,
}

impl From<&Verdict> for VerdictV1 {
    fn from(verdict: &Verdict) -> Self {
        Self { answer: verdict.last.as_ref().map(Into::into), past: verdict.past.iter().map(Into::into).collect() }
    }
}

impl TryFrom<VerdictV1> for Verdict {
    type Error = Unreadable;

    fn try_from(verdict: VerdictV1) -> Result<Self, Unreadable> {
        Ok(Self {
            last: verdict.answer.map(TryInto::try_into).transpose()?,
            past: verdict.past.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Answer> for AnswerV1 {
    fn from(answer: &Answer) -> Self {
        let standing = match &answer.standing {
            Standing::Given => None,
            Standing::Proposed => Some(StandingV1::Proposed),
            Standing::Confirmed { by, at: then } => Some(StandingV1::Confirmed { by: by.clone(), at: at(*then) }),
            Standing::Rejected { by, at: then, reason } => {
                Some(StandingV1::Rejected { by: by.clone(), at: at(*then), reason: reason.0.clone() })
            }
            Standing::Void => Some(StandingV1::Void),
        };
        Self {
            outcome: answer.outcome.as_str().to_owned(),
            by: answer.by.clone(),
            reason: answer.reason.0.clone(),
            at: at(answer.at),
            standing,
        }
    }
}

impl TryFrom<AnswerV1> for Answer {
    type Error = Unreadable;

    fn try_from(answer: AnswerV1) -> Result<Self, Unreadable> {
        let standing = match answer.standing {
            None => Standing::Given,
            Some(StandingV1::Proposed) => Standing::Proposed,
            Some(StandingV1::Confirmed { by, at }) => Standing::Confirmed { by, at: moment(at, "at")? },
            Some(StandingV1::Rejected { by, at, reason }) => {
                Standing::Rejected { by, at: moment(at, "at")?, reason: Pii(reason) }
            }
            Some(StandingV1::Void) => Standing::Void,
        };
        Ok(Self {
            outcome: Outcome::parse(&answer.outcome).ok_or(Unreadable::Field("outcome"))?,
            by: answer.by,
            reason: Pii(answer.reason),
            at: moment(answer.at, "at")?,
            standing,
        })
    }
}
