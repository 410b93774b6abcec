//! A case for a person to read: the two sides next to each other.

use onboarding::Customer;
use onboarding::case::{Answer, Asks, Case, Question, Standing};
use onboarding::screening::{Earlier, Listing};
use serde_json::{Value, json};
use service::cases::CaseFile;

use super::{asks, state};

/// The case as text.
pub(super) fn text(file: &CaseFile) -> String {
    let CaseFile { case, customer, earlier, lists, files } = file;
    let mut out = format!("Case      {} (version {})\nState     {}\n", case.id, case.version, state(&case.state));
    out.push_str(&format!("Priority  {}, due {}\n", case.priority.as_str(), case.due_at));
    if let Some(assignment) = &case.assignment {
        out.push_str(&format!("Assignee  {}\n", assignment.to));
    }
    out.push_str(&format!("Opened    {}\nCustomer  {} (CIF {})\n", case.opened_at, customer.id, customer.cif_number));
    for (what, value) in facts(customer) {
        out.push_str(&format!("  {what:<12}{value}\n"));
    }
    for question in &case.questions {
        out.push_str(&format!("\nQuestion  q{} {}: {}\n", question.number, asks(question), wording(question)));
        for asked in &question.hits {
            let (number, hit, score) = (asked.number, &asked.hit, asked.hit.score);
            out.push_str(&format!("\n  h{number}. {} [{} {}]  score {score:.3}\n", hit.caption, hit.list, hit.entity));
            if !hit.party.is_empty() {
                out.push_str(&format!("       about {}\n", hit.party));
            }
            if let Some(seen) = lists.iter().find(|seen| seen.list == hit.list) {
                out.push_str(&format!("       list version {}\n", seen.version));
            }
            for reason in &hit.reasons {
                out.push_str(&format!("       {}\n", reason.line().0));
            }
            for (what, value) in &hit.details {
                out.push_str(&format!("       {what:<12}{value}\n"));
            }
            for other in &hit.others {
                let (caption, list, entity, why) = (&other.caption, &other.list, &other.entity, &other.why);
                out.push_str(&format!("       also listed {caption} [{list} {entity}]: {why}\n"));
            }
            if let Some(earlier) = &hit.earlier {
                out.push_str(&format!("       dismissed before by {} on {}", earlier.by, earlier.at));
                earlier.case.iter().for_each(|case| out.push_str(&format!(" in case {case}")));
                out.push_str(&format!("; asked again: {}\n", earlier.because.join("; ")));
            }
            if let Some(answer) = &asked.verdict.last {
                out.push_str(&format!("       said: {}\n", line(answer)));
            }
        }
        if let Some(answer) = &question.verdict.last {
            out.push_str(&format!("\n  Answer    {}\n", line(answer)));
        }
    }
    for comment in &case.comments {
        out.push_str(&format!("\nComment   by {} on {}: {}\n", comment.by, comment.at, comment.text.0));
    }
    for attachment in &case.attachments {
        let info = files.iter().find(|info| info.id == attachment.file);
        let name = info.and_then(|info| info.name.as_ref()).map_or("", |name| name.as_str());
        out.push_str(&format!("\nFile      {} {name}, by {} on {}\n", attachment.file, attachment.by, attachment.at));
    }
    for case in earlier {
        out.push_str(&format!("\nEarlier   {}, {}\n", case.id, state(&case.state)));
        for question in &case.questions {
            let answer = question.answer().map(line).unwrap_or_default();
            out.push_str(&format!("  {}: {answer}\n", asks(question)));
        }
    }
    out
}

fn wording(question: &Question) -> String {
    match &question.asks {
        Asks::Hits { .. } => "is one of these the customer?".to_owned(),
        Asks::Rule { rule, severity, why } => format!("{rule} ({}) fired: {}", severity.as_str(), why.0),
        Asks::Review { due } => format!("review due on {due}"),
        Asks::Document { file, what } => format!("{what}, file {file}"),
        Asks::Approval { what } => format!("approval: {what}"),
    }
}

fn line(answer: &Answer) -> String {
    let word = answer.outcome.as_str().replace('_', " ");
    let standing = match &answer.standing {
        Standing::Given => String::new(),
        Standing::Proposed => " (proposed)".to_owned(),
        Standing::Confirmed { by, .. } => format!(" (confirmed by {by})"),
        Standing::Rejected { by, reason, .. } => format!(" (sent back by {by}: {})", reason.0),
        Standing::Void => " (void)".to_owned(),
    };
    format!("{word}, by {} on {}: {}{standing}", answer.by, answer.at, answer.reason.0)
}

fn facts(customer: &Customer) -> Vec<(&'static str, String)> {
    let mut facts = vec![("name", customer.party.full_name().0)];
    match &customer.party {
        onboarding::Party::Person(person) => {
            facts.extend(person.birth_date.map(|date| ("born", date.to_string())));
            facts.extend(person.citizenship.as_ref().map(|code| ("citizen", code.0.clone())));
        }
        onboarding::Party::Business(business) => {
            facts.extend(business.formed_on.map(|date| ("formed", date.to_string())));
            facts.extend(business.jurisdiction.as_ref().map(|code| ("jurisdiction", code.clone())));
        }
    }
    facts.extend(customer.addresses.iter().map(|address| {
        let value = &address.value;
        let parts = [value.city.as_ref().map(|city| city.0.clone()), value.state.clone(), Some(value.country.clone())];
        ("address", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }));
    facts.extend(customer.checks.iter().map(|(kind, check)| (kind.as_str(), check.state.as_str().to_owned())));
    facts
}

/// The case as JSON.
pub(super) fn json(file: &CaseFile) -> Value {
    let (case, customer): (&Case, &Customer) = (&file.case, &file.customer);
    let questions: Vec<Value> = case.questions.iter().map(question).collect();
    let facts: Vec<_> =
        facts(customer).into_iter().map(|(what, value)| json!({"what": what, "value": value})).collect();
    let comments = case.comments.iter();
    let comments = comments.map(|it| json!({"by": it.by, "at": it.at.to_string(), "text": it.text.0}));
    let files: Vec<String> = case.attachments.iter().map(|it| it.file.to_string()).collect();
    let earlier: Vec<String> = file.earlier.iter().map(|case| case.id.to_string()).collect();
    json!({"case": case.id.to_string(), "tenantId": case.tenant.to_string(), "customer": case.customer.to_string(),
        "version": case.version, "state": case.state.as_str(), "priority": case.priority.as_str(),
        "dueAt": case.due_at.to_string(), "assignee": case.assignment.as_ref().map(|it| &it.to),
        "awaitsConfirmation": case.awaits_confirmation(), "openedAt": case.opened_at.to_string(), "facts": facts,
        "questions": questions, "comments": comments.collect::<Vec<_>>(), "attachments": files, "earlier": earlier})
}

fn question(question: &Question) -> Value {
    let hit = |asked: &onboarding::case::AskedHit| {
        let hit = &asked.hit;
        let reasons: Vec<String> = hit.reasons.iter().map(|reason| reason.line().0).collect();
        let details: Vec<_> = hit.details.iter().map(|(what, value)| json!({"what": what, "value": value})).collect();
        let other = |other: &Listing| {
            json!({"entity": other.entity, "list": other.list, "caption": other.caption,
            "score": other.score, "because": other.why})
        };
        let others: Vec<Value> = hit.others.iter().map(other).collect();
        let again = |earlier: &Earlier| {
            json!({"case": earlier.case.map(|case| case.to_string()), "by": earlier.by,
            "at": earlier.at.to_string(), "because": earlier.because})
        };
        json!({"hit": format!("h{}", asked.number), "party": hit.party, "entity": hit.entity, "list": hit.list,
            "caption": hit.caption, "matchedName": hit.matched_name, "score": hit.score, "nameScore": hit.name_score,
            "reasons": reasons, "details": details, "otherSources": others, "askedAgain": hit.earlier.as_ref().map(again),
            "answer": asked.verdict.last.as_ref().map(answer)})
    };
    let hits: Vec<Value> = question.hits.iter().map(hit).collect();
    json!({"question": format!("q{}", question.number), "check": asks(question), "asks": wording(question),
        "hits": hits, "answer": question.verdict.last.as_ref().map(answer)})
}

fn answer(answer: &Answer) -> Value {
    json!({"outcome": answer.outcome.as_str(), "by": answer.by, "reason": answer.reason.0, "at": answer.at.to_string(),
        "proposed": answer.standing == Standing::Proposed})
}
