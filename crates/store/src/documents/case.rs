//! A case, as kept. Its state's word and its times stand in clear columns; who and why stand here.

use onboarding::case::{Answer, Case, CaseState, Outcome, Question};
use onboarding::{CaseId, CheckKind, CustomerId, Pii, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::hit::HitV1;
use super::{Unreadable, at, moment, parse, version, write};

/// What the row of a case says in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clear {
    pub id: CaseId,
    pub tenant: TenantId,
    pub customer: CustomerId,
    pub version: u64,
    pub opened_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct CaseV1 {
    v: u32,
    #[serde(flatten)]
    state: StateV1,
    questions: Vec<QuestionV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum StateV1 {
    Open,
    InReview { by: String, since: i64 },
    Closed { at: i64 },
}

#[derive(Serialize, Deserialize)]
struct QuestionV1 {
    check: String,
    hits: Vec<HitV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerV1>,
}

#[derive(Serialize, Deserialize)]
struct AnswerV1 {
    outcome: String,
    by: String,
    reason: String,
    at: i64,
}

/// Writes the document of the newest version.
pub(crate) fn encode(case: &Case) -> Zeroizing<Vec<u8>> {
    let state = match &case.state {
        CaseState::Open => StateV1::Open,
        CaseState::InReview { by, since } => StateV1::InReview { by: by.clone(), since: at(*since) },
        CaseState::Closed { at: closed } => StateV1::Closed { at: at(*closed) },
    };
    write(&CaseV1 { v: 1, state, questions: case.questions.iter().map(Into::into).collect() })
}

/// Reads a document of any version, and joins it with the clear part of its row.
pub(crate) fn decode(clear: Clear, json: &[u8]) -> Result<Case, Unreadable> {
    let document: CaseV1 = match version(json)? {
        1 => parse(json)?,
        other => return Err(Unreadable::Version(other)),
    };
    let state = match document.state {
        StateV1::Open => CaseState::Open,
        StateV1::InReview { by, since } => CaseState::InReview { by, since: moment(since, "since")? },
        StateV1::Closed { at } => CaseState::Closed { at: moment(at, "at")? },
    };
    Ok(Case {
        id: clear.id,
        tenant: clear.tenant,
        customer: clear.customer,
        version: clear.version,
        state,
        questions: document.questions.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        opened_at: clear.opened_at,
    })
}

impl From<&Question> for QuestionV1 {
    fn from(question: &Question) -> Self {
        let answer = question.answer.as_ref().map(|answer| AnswerV1 {
            outcome: answer.outcome.as_str().to_owned(),
            by: answer.by.clone(),
            reason: answer.reason.0.clone(),
            at: at(answer.at),
        });
        let hits = question.hits.iter().map(Into::into).collect();
        Self { check: question.check.as_str().to_owned(), hits, answer }
    }
}

impl TryFrom<QuestionV1> for Question {
    type Error = Unreadable;

    fn try_from(question: QuestionV1) -> Result<Self, Unreadable> {
        let read = |answer: AnswerV1| -> Result<Answer, Unreadable> {
            Ok(Answer {
                outcome: Outcome::parse(&answer.outcome).ok_or(Unreadable::Field("outcome"))?,
                by: answer.by,
                reason: Pii(answer.reason),
                at: moment(answer.at, "at")?,
            })
        };
        Ok(Self {
            check: CheckKind::parse(&question.check).ok_or(Unreadable::Field("check"))?,
            hits: question.hits.into_iter().map(Into::into).collect(),
            answer: question.answer.map(read).transpose()?,
        })
    }
}
