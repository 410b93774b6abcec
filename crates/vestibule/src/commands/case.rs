//! `vestibule case`: what a person is asked, and what a person decides.

use anyhow::Context;
use onboarding::case::{About, Case, CaseState, Outcome};
use onboarding::check::CheckKind;
use onboarding::{CaseId, Customer, Pii};
use serde_json::json;
use service::Service;
use service::cases::CaseCommand;
use store::CaseFilter;

use super::{operator, say};
use crate::cli;
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Most cases listed at once.
const LISTED_MAX: u32 = 200;

/// Runs the command.
///
/// # Errors
/// An unknown case, a decision that the case does not take, a store that cannot be used.
pub async fn run(config: &Config, command: cli::Case) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    match command {
        cli::Case::List { all, tenant, json } => list(&service, all, tenant, json).await,
        cli::Case::Show { id, json } => {
            let id = case_id(&id)?;
            let reviewer = service.reviewer_of_the_house(&operator(None), id).await?;
            let file = service.case(&reviewer, id).await?;
            let (case, customer) = (file.case, file.customer);
            if json { say(&case_json(&case, &customer).to_string()) } else { say(shown(&case, &customer).trim_end()) }
        }
        cli::Case::Take { id, by } => {
            let id = case_id(&id)?;
            let reviewer = service.reviewer_of_the_house(&operator(by), id).await?;
            let decided = service.act_on_case(&reviewer, id, None, &CaseCommand::Take).await?;
            say(&format!("{} is {}", decided.case.id, state(&decided.case.state)))
        }
        cli::Case::Decide { id, outcome, check, by, reason } => {
            let check = check.as_deref().map(check_kind).transpose()?;
            let outcome = match outcome {
                cli::Outcome::Clear => Outcome::FalsePositive,
                cli::Outcome::Positive => Outcome::TrueMatch,
            };
            let about = check.map_or(About::Everything, About::Check);
            let id = case_id(&id)?;
            let reviewer = service.reviewer_of_the_house(&operator(by), id).await?;
            let command = CaseCommand::Decide { about, outcome, reason: Pii(reason) };
            let decided = service.act_on_case(&reviewer, id, None, &command).await?;
            say(&format!("{} is {}", decided.case.id, state(&decided.case.state)))?;
            for (kind, check) in &decided.customer.checks {
                say(&format!("  {}: {}", kind.as_str(), check.state.as_str()))?;
            }
            Ok(())
        }
    }
}

async fn list(service: &Service, all: bool, tenant: Option<String>, as_json: bool) -> anyhow::Result<()> {
    let tenant = match tenant {
        Some(tenant) => Some(service.tenant(&tenant).await?.id),
        None => None,
    };
    let filter = CaseFilter { tenant, unclosed: !all, ..CaseFilter::default() };
    let mut cases = Vec::new();
    for case in service.cases(&filter, LISTED_MAX).await? {
        let reviewer = service.reviewer_of_the_house(&operator(None), case.id).await?;
        let whole = service.case(&reviewer, case.id).await?.case;
        cases.push((case, whole.questions.iter().map(asks).collect::<Vec<_>>()));
    }
    if as_json {
        for (case, checks) in &cases {
            let (id, tenant, customer) = (case.id.to_string(), case.tenant.to_string(), case.customer.to_string());
            let (state, opened) = (&case.state, case.opened_at.to_string());
            say(&json!({"case": id, "tenantId": tenant, "customer": customer, "state": state, "checks": checks, "openedAt": opened})
                .to_string())?;
        }
        return Ok(());
    }
    if cases.is_empty() {
        return say("No case is open.");
    }
    let rows: Vec<Vec<String>> = cases
        .iter()
        .map(|(case, checks)| {
            let opened = case.opened_at.strftime("%Y-%m-%d %H:%M").to_string();
            vec![case.id.to_string(), case.state.clone(), checks.join(","), opened, case.customer.to_string()]
        })
        .collect();
    say(table(&["case", "state", "checks", "opened (UTC)", "customer"], &rows).trim_end())
}

/// What a question asks, in a word: the check, where one asks.
fn asks(question: &onboarding::case::Question) -> &'static str {
    question.check().map_or(question.asks.as_str(), CheckKind::as_str)
}

fn case_id(text: &str) -> anyhow::Result<CaseId> {
    CaseId::parse(text).context("a case is named by its id, as `vestibule case list` prints it")
}

fn check_kind(text: &str) -> anyhow::Result<CheckKind> {
    CheckKind::parse(text).context("a check is one of: sanctions, pep")
}

fn state(state: &CaseState) -> String {
    match state {
        CaseState::Open => "open".to_owned(),
        CaseState::InReview { by, .. } => format!("in review by {by}"),
        CaseState::Closed { .. } => "closed".to_owned(),
    }
}

/// The two sides next to each other, for a person to read.
fn shown(case: &Case, customer: &Customer) -> String {
    let mut out = format!(
        "Case      {}\nState     {}\nOpened    {}\nCustomer  {} (CIF {})\n",
        case.id,
        state(&case.state),
        case.opened_at,
        customer.id,
        customer.cif_number
    );
    for (what, value) in facts(customer) {
        out.push_str(&format!("  {what:<12}{value}\n"));
    }
    for question in &case.questions {
        out.push_str(&format!("\nQuestion  {}: is one of these the customer?\n", asks(question)));
        for asked in &question.hits {
            let (number, hit, score) = (asked.number, &asked.hit, asked.hit.score);
            out.push_str(&format!("\n  {number}. {} [{} {}]  score {score:.3}\n", hit.caption, hit.list, hit.entity));
            for reason in &hit.reasons {
                out.push_str(&format!("       {}\n", reason.0));
            }
            for (what, value) in &hit.details {
                out.push_str(&format!("       {what:<12}{value}\n"));
            }
        }
        if let Some(answer) = question.answer() {
            let word = answer.outcome.as_str().replace('_', " ");
            out.push_str(&format!("\n  Answer    {word}, by {} on {}: {}\n", answer.by, answer.at, answer.reason.0));
        }
    }
    out
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

fn case_json(case: &Case, customer: &Customer) -> serde_json::Value {
    let questions: Vec<_> = case
        .questions
        .iter()
        .map(|question| {
            let hits: Vec<_> = question
                .hits
                .iter()
                .map(|asked| {
                    let hit = &asked.hit;
                    let reasons: Vec<&str> = hit.reasons.iter().map(|reason| reason.as_str()).collect();
                    let details: Vec<_> = hit.details.iter().map(|(what, value)| json!({"what": what, "value": value})).collect();
                    json!({"entity": hit.entity, "list": hit.list, "caption": hit.caption, "matchedName": hit.matched_name,
                        "score": hit.score, "nameScore": hit.name_score, "reasons": reasons, "details": details})
                })
                .collect();
            let answer = question.answer().map(|answer| {
                json!({"outcome": answer.outcome.as_str(), "by": answer.by, "reason": answer.reason.0, "at": answer.at.to_string()})
            });
            json!({"check": asks(question), "hits": hits, "answer": answer})
        })
        .collect();
    let facts: Vec<_> =
        facts(customer).into_iter().map(|(what, value)| json!({"what": what, "value": value})).collect();
    json!({"case": case.id.to_string(), "tenantId": case.tenant.to_string(), "customer": case.customer.to_string(),
        "state": case.state.as_str(), "openedAt": case.opened_at.to_string(), "facts": facts, "questions": questions})
}
