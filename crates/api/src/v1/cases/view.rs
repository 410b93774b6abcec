//! A case as a reviewer reads it: the customer next to each listed party.

use onboarding::case::{Answer, AskedHit, Asks, Case, CaseState, Question, Standing, Verdict};
use onboarding::party::PartyKind;
use onboarding::reason::Reason;
use onboarding::screening::{Earlier, Listing, Subject};
use serde::Serialize;
use serde_json::{Value, json};
use service::cases::CaseFile;
use watchlists::ftm;

/// A case with everything that belongs to it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseView<'a> {
    id: String,
    version: u64,
    state: &'static str,
    reviewer: Option<&'a str>,
    priority: &'static str,
    opened_at: String,
    due_at: String,
    closed_at: Option<String>,
    awaits_confirmation: bool,
    assignment: Value,
    customer: Value,
    questions: Vec<Value>,
    comments: Vec<Value>,
    attachments: Vec<Value>,
    lists: Vec<Value>,
    earlier: Vec<Value>,
}

impl<'a> CaseView<'a> {
    /// The view of a case.
    pub fn of(file: &'a CaseFile) -> Self {
        let case = &file.case;
        let (reviewer, closed_at) = match &case.state {
            CaseState::Open => (None, None),
            CaseState::InReview { by, .. } => (Some(by.as_str()), None),
            CaseState::Closed { at } => (None, Some(at.to_string())),
        };
        let assignment = case.assignment.as_ref();
        let comments = case.comments.iter();
        let lists = file.lists.iter();
        Self {
            id: case.id.to_string(),
            version: case.version,
            state: case.state.as_str(),
            reviewer,
            priority: case.priority.as_str(),
            opened_at: case.opened_at.to_string(),
            due_at: case.due_at.to_string(),
            closed_at,
            awaits_confirmation: case.awaits_confirmation(),
            assignment: assignment.map_or(Value::Null, |it| json!({"to": it.to, "by": it.by, "at": it.at.to_string()})),
            customer: customer(file),
            questions: case.questions.iter().map(|it| question(it, file)).collect(),
            comments: comments.map(|it| json!({"by": it.by, "at": it.at.to_string(), "text": it.text.0})).collect(),
            attachments: attachments(file),
            lists: lists.map(|seen| json!({"list": seen.list, "version": seen.version})).collect(),
            earlier: file.earlier.iter().map(earlier).collect(),
        }
    }
}

/// The customer's side, and where its checks stand.
fn customer(file: &CaseFile) -> Value {
    let customer = &file.customer;
    let checks = customer.checks.iter().map(|(kind, check)| (kind.as_str().to_owned(), json!(check.state.as_str())));
    let mut view = subject(&Subject::of(customer));
    if let Some(view) = view.as_object_mut() {
        view.insert("id".to_owned(), json!(customer.id.to_string()));
        view.insert("cifNumber".to_owned(), json!(customer.cif_number));
        view.insert("checks".to_owned(), Value::Object(checks.collect()));
    }
    view
}

fn subject(subject: &Subject) -> Value {
    let kind = match subject.kind {
        PartyKind::Person => "person",
        PartyKind::Business => "business",
    };
    let numbers = subject.numbers.iter();
    let numbers = numbers.map(|it| json!({"kind": it.kind, "value": it.value.0, "country": it.country}));
    json!({
        "kind": kind,
        "name": subject.name.0,
        "born": subject.born.map(|born| born.0.to_string()),
        "nationality": subject.nationality.as_ref().map(|code| &code.0),
        "residences": subject.residences,
        "numbers": numbers.collect::<Vec<_>>(),
    })
}

fn question(question: &Question, file: &CaseFile) -> Value {
    let mut view = asked(question);
    if let (Some(view), Some(Value::Object(said))) = (view.as_object_mut(), Some(verdict(&question.verdict))) {
        view.extend(said);
        view.insert("id".to_owned(), json!(format!("q{}", question.number)));
        view.insert("hits".to_owned(), question.hits.iter().map(|it| hit(it, file)).collect());
    }
    view
}

fn asked(question: &Question) -> Value {
    let asks = question.asks.as_str();
    match &question.asks {
        Asks::Hits { check } => json!({"asks": asks, "check": check.as_str()}),
        Asks::Rule { rule, severity, why } => {
            json!({"asks": asks, "rule": rule, "severity": severity.as_str(), "why": why.0})
        }
        Asks::Review { due } => json!({"asks": asks, "due": due.to_string()}),
        Asks::Document { file, what } => json!({"asks": asks, "file": file.to_string(), "what": what}),
        Asks::Approval { what } => json!({"asks": asks, "what": what}),
    }
}

fn hit(asked: &AskedHit, file: &CaseFile) -> Value {
    let hit = &asked.hit;
    let related = file.customer.related.iter().find(|related| related.key == hit.party);
    let seen = file.lists.iter().find(|seen| seen.list == hit.list);
    let mut view = json!({
        "id": format!("h{}", asked.number),
        "party": hit.party,
        "partySubject": related.map(|related| subject(&Subject::of_related(related))),
        "entity": hit.entity,
        "list": hit.list,
        "listVersion": seen.map(|seen| &seen.version),
        "topics": ftm::topic_words(hit.topics),
        "caption": hit.caption,
        "matchedName": hit.matched_name,
        "score": hit.score,
        "nameScore": hit.name_score,
        "evidence": hit.reasons.iter().map(evidence).collect::<Vec<_>>(),
        "details": details(&hit.details),
        "otherSources": hit.others.iter().map(|listing| source(listing, file)).collect::<Vec<_>>(),
        "askedAgain": hit.earlier.as_ref().map(asked_again),
    });
    if let (Some(view), Value::Object(said)) = (view.as_object_mut(), verdict(&asked.verdict)) {
        view.extend(said);
    }
    view
}

fn details(details: &[(String, String)]) -> Vec<Value> {
    details.iter().map(|(what, value)| json!({"what": what, "value": value})).collect()
}

/// Where else the same party is listed.
fn source(listing: &Listing, file: &CaseFile) -> Value {
    let seen = file.lists.iter().find(|seen| seen.list == listing.list);
    json!({
        "entity": listing.entity,
        "list": listing.list,
        "listVersion": seen.map(|seen| &seen.version),
        "topics": ftm::topic_words(listing.topics),
        "caption": listing.caption,
        "matchedName": listing.matched_name,
        "score": listing.score,
        "because": listing.why,
        "details": details(&listing.details),
    })
}

/// What was decided before, and why that counts no more.
fn asked_again(earlier: &Earlier) -> Value {
    json!({"case": earlier.case.map(|case| case.to_string()), "by": earlier.by, "at": earlier.at.to_string(),
        "because": earlier.because})
}

fn evidence(reason: &Reason) -> Value {
    json!({"feature": reason.feature, "finding": reason.finding.as_str(), "reason": reason.why,
        "customer": reason.customer.0, "listed": reason.listed})
}

fn verdict(verdict: &Verdict) -> Value {
    json!({"answer": verdict.last.as_ref().map(answer), "past": verdict.past.iter().map(answer).collect::<Vec<_>>()})
}

fn answer(answer: &Answer) -> Value {
    let (standing, second, why) = match &answer.standing {
        Standing::Given => ("given", None, None),
        Standing::Proposed => ("proposed", None, None),
        Standing::Confirmed { by, at } => ("confirmed", Some((by, at)), None),
        Standing::Rejected { by, at, reason } => ("rejected", Some((by, at)), Some(&reason.0)),
        Standing::Void => ("void", None, None),
    };
    let second = second.map(|(by, at)| json!({"by": by, "at": at.to_string(), "reason": why}));
    json!({"outcome": answer.outcome.as_str().replace('_', "-"), "by": answer.by, "reason": answer.reason.0,
        "at": answer.at.to_string(), "standing": standing, "second": second})
}

fn attachments(file: &CaseFile) -> Vec<Value> {
    let view = |it: &onboarding::case::Attachment| {
        let info = file.files.iter().find(|info| info.id == it.file);
        json!({"id": it.file.to_string(), "by": it.by, "at": it.at.to_string(),
            "name": info.and_then(|info| info.name.as_ref()).map(|name| &name.0),
            "contentType": info.map(|info| &info.content_type), "bytes": info.map(|info| info.bytes)})
    };
    file.case.attachments.iter().map(view).collect()
}

/// What was decided before, without the whole of what was seen.
fn earlier(case: &Case) -> Value {
    let hit = |asked: &AskedHit| {
        json!({"id": format!("h{}", asked.number), "entity": asked.hit.entity, "list": asked.hit.list,
            "caption": asked.hit.caption, "answer": asked.verdict.last.as_ref().map(answer)})
    };
    let questions = case.questions.iter().map(|question| {
        let mut view = asked(question);
        if let Some(view) = view.as_object_mut() {
            view.insert("answer".to_owned(), json!(question.answer().map(answer)));
            view.insert("hits".to_owned(), question.hits.iter().map(hit).collect());
        }
        view
    });
    let closed_at = if let CaseState::Closed { at } = &case.state { Some(at.to_string()) } else { None };
    json!({"id": case.id.to_string(), "openedAt": case.opened_at.to_string(), "closedAt": closed_at,
        "questions": questions.collect::<Vec<_>>()})
}
