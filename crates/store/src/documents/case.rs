//! A case, as kept. Its state's word, times, priority and assignee stand in clear columns; who said what and why stand
//! here.

use onboarding::case::{
    AskedHit, Asks, Assignment, Attachment, Case, CaseState, Comment, Priority, Question, Severity,
};
use onboarding::{CaseId, CheckKind, CustomerId, FileId, Pii, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::hit::HitV1;
use super::verdict::VerdictV1;
use super::{Unreadable, at, date, moment, parse, version, write};

/// What the row of a case says in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clear {
    pub id: CaseId,
    pub tenant: TenantId,
    pub customer: CustomerId,
    pub version: u64,
    pub opened_at: Timestamp,
    pub priority: Priority,
    pub due_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct CaseV1 {
    v: u32,
    #[serde(flatten)]
    state: StateV1,
    questions: Vec<QuestionV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignment: Option<AssignmentV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    comments: Vec<CommentV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<AttachmentV1>,
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
    number: u32,
    #[serde(flatten)]
    asks: AsksV1,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hits: Vec<AskedHitV1>,
    #[serde(flatten)]
    verdict: VerdictV1,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "asks", rename_all = "snake_case")]
enum AsksV1 {
    Hits { check: String },
    Rule { rule: String, severity: String, why: String },
    Review { due: String },
    Document { file: Uuid, what: String },
    Approval { what: String },
}

#[derive(Serialize, Deserialize)]
struct AskedHitV1 {
    number: u32,
    hit: HitV1,
    #[serde(flatten)]
    verdict: VerdictV1,
}

#[derive(Serialize, Deserialize)]
struct AssignmentV1 {
    to: String,
    by: String,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct CommentV1 {
    by: String,
    at: i64,
    text: String,
}

#[derive(Serialize, Deserialize)]
struct AttachmentV1 {
    file: Uuid,
    by: String,
    at: i64,
}

/// Writes the document of the newest version.
pub(crate) fn encode(case: &Case) -> Zeroizing<Vec<u8>> {
    let state = match &case.state {
        CaseState::Open => StateV1::Open,
        CaseState::InReview { by, since } => StateV1::InReview { by: by.clone(), since: at(*since) },
        CaseState::Closed { at: closed } => StateV1::Closed { at: at(*closed) },
    };
    let assignment =
        case.assignment.as_ref().map(|it| AssignmentV1 { to: it.to.clone(), by: it.by.clone(), at: at(it.at) });
    let comment = |it: &Comment| CommentV1 { by: it.by.clone(), at: at(it.at), text: it.text.0.clone() };
    let attachment = |it: &Attachment| AttachmentV1 { file: it.file.0, by: it.by.clone(), at: at(it.at) };
    write(&CaseV1 {
        v: 1,
        state,
        questions: case.questions.iter().map(Into::into).collect(),
        assignment,
        comments: case.comments.iter().map(comment).collect(),
        attachments: case.attachments.iter().map(attachment).collect(),
    })
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
    let assignment = |it: AssignmentV1| Ok(Assignment { to: it.to, by: it.by, at: moment(it.at, "at")? });
    let comment = |it: CommentV1| Ok(Comment { by: it.by, at: moment(it.at, "at")?, text: Pii(it.text) });
    let attachment = |it: AttachmentV1| Ok(Attachment { file: FileId(it.file), by: it.by, at: moment(it.at, "at")? });
    Ok(Case {
        id: clear.id,
        tenant: clear.tenant,
        customer: clear.customer,
        version: clear.version,
        state,
        questions: document.questions.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        opened_at: clear.opened_at,
        assignment: document.assignment.map(assignment).transpose()?,
        priority: clear.priority,
        due_at: clear.due_at,
        comments: document.comments.into_iter().map(comment).collect::<Result<_, _>>()?,
        attachments: document.attachments.into_iter().map(attachment).collect::<Result<_, _>>()?,
    })
}

impl From<&Question> for QuestionV1 {
    fn from(question: &Question) -> Self {
        let asks = match &question.asks {
            Asks::Hits { check } => AsksV1::Hits { check: check.as_str().to_owned() },
            Asks::Rule { rule, severity, why } => {
                AsksV1::Rule { rule: rule.clone(), severity: severity.as_str().to_owned(), why: why.0.clone() }
            }
            Asks::Review { due } => AsksV1::Review { due: due.to_string() },
            Asks::Document { file, what } => AsksV1::Document { file: file.0, what: what.clone() },
            Asks::Approval { what } => AsksV1::Approval { what: what.clone() },
        };
        let hit = |asked: &AskedHit| AskedHitV1 {
            number: asked.number,
            hit: (&asked.hit).into(),
            verdict: (&asked.verdict).into(),
        };
        let hits = question.hits.iter().map(hit).collect();
        Self { number: question.number, asks, hits, verdict: (&question.verdict).into() }
    }
}

impl TryFrom<QuestionV1> for Question {
    type Error = Unreadable;

    fn try_from(question: QuestionV1) -> Result<Self, Unreadable> {
        let asks = match question.asks {
            AsksV1::Hits { check } => Asks::Hits { check: CheckKind::parse(&check).ok_or(Unreadable::Field("check"))? },
            AsksV1::Rule { rule, severity, why } => {
                let severity = Severity::parse(&severity).ok_or(Unreadable::Field("severity"))?;
                Asks::Rule { rule, severity, why: Pii(why) }
            }
            AsksV1::Review { due } => Asks::Review { due: date(&due, "due")? },
            AsksV1::Document { file, what } => Asks::Document { file: FileId(file), what },
            AsksV1::Approval { what } => Asks::Approval { what },
        };
        let hit = |asked: AskedHitV1| {
            let (number, hit, verdict) = (asked.number, asked.hit.try_into()?, asked.verdict.try_into()?);
            Ok(AskedHit { number, hit, verdict })
        };
        let hits = question.hits.into_iter().map(hit).collect::<Result<_, Unreadable>>()?;
        Ok(Self { number: question.number, asks, hits, verdict: question.verdict.try_into()? })
    }
}
