//! `vestibule case`: what a person is asked, and what a person decides.

mod show;

use std::path::Path;

use anyhow::{Context, bail};
use onboarding::case::{About, CaseState, Outcome};
use onboarding::check::CheckKind;
use onboarding::{CaseId, Pii};
use serde_json::json;
use service::Service;
use service::cases::{CaseCommand, CaseFilter, Decided};
use service::files::Upload;

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
/// An unknown case, a command that the case does not take, a store that cannot be used.
pub async fn run(config: &Config, command: cli::Case) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    match command {
        cli::Case::List { all, tenant, json } => list(&service, all, tenant, json).await,
        cli::Case::Show { id, json } => {
            let id = case_id(&id)?;
            let reviewer = service.reviewer_of_the_house(&operator(None), id).await?;
            let file = service.case(&reviewer, id).await?;
            if json { say(&show::json(&file).to_string()) } else { say(show::text(&file).trim_end()) }
        }
        cli::Case::Take { id, by } => said(&act(&service, &id, by, None, &CaseCommand::Take).await?),
        cli::Case::Assign { id, to, nobody: _, by } => {
            said(&act(&service, &id, by, None, &CaseCommand::Assign(to)).await?)
        }
        cli::Case::Comment { id, text, by } => {
            said(&act(&service, &id, by, None, &CaseCommand::Comment(Pii(text))).await?)
        }
        cli::Case::Attach { id, file, content_type, by } => {
            let command = CaseCommand::Attach(upload(&file, content_type)?);
            said(&act(&service, &id, by, None, &command).await?)
        }
        cli::Case::Decide { id, given, outcome, about, by, reason, seen } => {
            let outcome = given.or(outcome).context("say the outcome")?;
            let command =
                CaseCommand::Decide { about: about_of(&about)?, outcome: outcome_of(outcome), reason: Pii(reason) };
            said(&act(&service, &id, by, seen, &command).await?)
        }
        cli::Case::Confirm { id, about, by, seen } => {
            let command = CaseCommand::Confirm { about: about_of(&about)?, seen };
            said(&act(&service, &id, by, None, &command).await?)
        }
        cli::Case::Reject { id, about, by, reason, seen } => {
            let command = CaseCommand::Reject { about: about_of(&about)?, reason: Pii(reason) };
            said(&act(&service, &id, by, seen, &command).await?)
        }
        cli::Case::Close { id, by, reason, seen } => {
            said(&act(&service, &id, by, seen, &CaseCommand::Close { reason: Pii(reason) }).await?)
        }
    }
}

async fn act(
    service: &Service,
    id: &str,
    by: Option<String>,
    seen: Option<u64>,
    command: &CaseCommand,
) -> anyhow::Result<Decided> {
    let id = case_id(id)?;
    let reviewer = service.reviewer_of_the_house(&operator(by), id).await?;
    Ok(service.act_on_case(&reviewer, id, seen, command).await?)
}

/// What became of it.
fn said(decided: &Decided) -> anyhow::Result<()> {
    let case = &decided.case;
    say(&format!("{} is {} (version {})", case.id, state(&case.state), case.version))?;
    if case.awaits_confirmation() {
        say("  proposed: another person confirms it, or sends it back")?;
    }
    for (kind, check) in &decided.customer.checks {
        say(&format!("  {}: {}", kind.as_str(), check.state.as_str()))?;
    }
    Ok(())
}

fn outcome_of(outcome: cli::Outcome) -> Outcome {
    match outcome {
        cli::Outcome::Clear => Outcome::FalsePositive,
        cli::Outcome::Positive => Outcome::TrueMatch,
        cli::Outcome::NeedsMore => Outcome::NeedsMore,
        cli::Outcome::Accepted => Outcome::Accepted,
        cli::Outcome::Refused => Outcome::Refused,
        cli::Outcome::Fraud => Outcome::Fraud,
    }
}

fn about_of(about: &cli::About) -> anyhow::Result<About> {
    let number = |text: &str, letter: char| -> anyhow::Result<u32> {
        let number = text.strip_prefix([letter, letter.to_ascii_uppercase()]).unwrap_or(text);
        number
            .parse()
            .with_context(|| format!("hits and questions are named as `vestibule case show` does, such as {letter}1"))
    };
    if let Some(hit) = &about.hit {
        return Ok(About::Hit(number(hit, 'h')?));
    }
    if let Some(question) = &about.question {
        return Ok(About::Question(number(question, 'q')?));
    }
    let check = about.check.as_deref().map(check_kind).transpose()?;
    Ok(check.map_or(About::Everything, About::Check))
}

fn upload(file: &Path, content_type: String) -> anyhow::Result<Upload> {
    let size = std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?.len();
    if size > Upload::BYTES_MAX as u64 {
        bail!("a file has at most {} bytes", Upload::BYTES_MAX);
    }
    let content = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let name = file.file_name().map(|name| Pii(name.to_string_lossy().into_owned()));
    Ok(Upload { purpose: "case attachment", content_type, name, content: Pii(content) })
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
            say(&json!({"case": id, "tenantId": tenant, "customer": customer, "state": state, "checks": checks, "openedAt": opened,
                "version": case.version, "priority": case.priority.as_str(), "dueAt": case.due_at.to_string(),
                "assignee": case.assignee, "awaitsConfirmation": case.awaits_confirmation})
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
            let due = case.due_at.strftime("%Y-%m-%d %H:%M").to_string();
            let (priority, assignee) = (case.priority.as_str().to_owned(), case.assignee.clone().unwrap_or_default());
            let customer = case.customer.to_string();
            vec![case.id.to_string(), case.state.clone(), checks.join(","), priority, due, assignee, opened, customer]
        })
        .collect();
    say(table(&["case", "state", "checks", "priority", "due (UTC)", "assignee", "opened (UTC)", "customer"], &rows)
        .trim_end())
}

/// What a question asks, in a word: the check, where one asks.
fn asks(question: &onboarding::case::Question) -> &'static str {
    question.check().map_or(question.asks.as_str(), CheckKind::as_str)
}

fn case_id(text: &str) -> anyhow::Result<CaseId> {
    CaseId::parse(text).context("a case is named by its id, as `vestibule case list` prints it")
}

fn check_kind(text: &str) -> anyhow::Result<CheckKind> {
    CheckKind::parse(text).context("a check is one of: sanctions, pep, watchlists, adverse")
}

fn state(state: &CaseState) -> String {
    match state {
        CaseState::Open => "open".to_owned(),
        CaseState::InReview { by, .. } => format!("in review by {by}"),
        CaseState::Closed { .. } => "closed".to_owned(),
    }
}
