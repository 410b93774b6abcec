//! `vestibule risk`: the rules that customers are rated by.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use onboarding::risk::{Model, ModelError, facts};
use onboarding::{TenantId, Timestamp};
use serde_json::{Value, json};
use service::Service;
use service::risk::{Comparison, PutModelError};
use store::{Actor, Ctx};

use super::{operator, say};
use crate::cli::Risk;
use crate::config::Config;
use crate::house;
use crate::table::table;

/// Runs the command. A model with mistakes is printed with them, and ends in failure.
///
/// # Errors
/// An unknown tenant or version, a file that cannot be read, a store that cannot be used.
pub async fn run(config: &Config, command: Risk) -> anyhow::Result<ExitCode> {
    match command {
        Risk::Facts { json } => list_facts(json).map(|()| ExitCode::SUCCESS),
        Risk::Check { file, json } => check(&file, json),
        Risk::Show { tenant, of, json } => {
            let (service, ctx) = house(config, &tenant, None).await?;
            show(&service, &ctx, of, json).await.map(|()| ExitCode::SUCCESS)
        }
        Risk::Put { file, tenant, by, json } => {
            let text = read(&file)?;
            let (service, ctx) = house(config, &tenant, by).await?;
            match service.put_risk_model(&ctx, &text).await {
                Ok(put) if json => say(&json!({"version": put.version, "name": put.name}).to_string())?,
                Ok(put) => say(&format!("{} is version {}; activate it to put it in force.", put.name, put.version))?,
                Err(PutModelError::Invalid(mistakes)) => return refused(&file, &mistakes, json),
                Err(PutModelError::Refused(refused)) => return Err(refused.into()),
            }
            Ok(ExitCode::SUCCESS)
        }
        Risk::Activate { number: version, tenant, from, by, json } => {
            let from = from.as_deref().map(str::parse::<Timestamp>).transpose();
            let from = from.context("a time is written like 2026-12-01T00:00:00Z")?;
            let (service, ctx) = house(config, &tenant, by).await?;
            let activation = service.activate_risk_model(&ctx, version, from).await?;
            let from = activation.effective_from.to_string();
            let said = if json {
                json!({"version": version, "effectiveFrom": from}).to_string()
            } else {
                format!(
                    "Version {version} is in force from {from} on. Customers are rated by it when they are next checked; `vestibule risk apply` rates all of them."
                )
            };
            say(&said).map(|()| ExitCode::SUCCESS)
        }
        Risk::DryRun { model, tenant, json } => {
            let (service, ctx) = house(config, &tenant, None).await?;
            dry_run(&service, &ctx, &model, json).await
        }
        Risk::Apply { tenant, json } => {
            let (service, ctx) = house(config, &tenant, None).await?;
            let applied = service.apply_risk_model(&ctx).await?;
            let said = if json {
                json!({"lookedAt": applied.looked_at, "rerated": applied.rerated, "moved": applied.moved,
                    "asked": applied.asked, "failed": applied.failed})
                .to_string()
            } else {
                format!(
                    "Looked at {}: {} have another rating, {} another level; a person is asked about {}; {} failed.",
                    applied.looked_at, applied.rerated, applied.moved, applied.asked, applied.failed
                )
            };
            say(&said)?;
            Ok(if applied.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

async fn house(config: &Config, tenant: &str, by: Option<String>) -> anyhow::Result<(Service, Ctx)> {
    let service = house::quiet(config).await?;
    let tenant: TenantId = service.tenant(tenant).await?.id;
    Ok((service, Ctx { tenant, actor: Actor::Operator(operator(by)) }))
}

/// Reads a file that may be a model; a longer one is none.
fn read(file: &Path) -> anyhow::Result<String> {
    let opened = std::fs::File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let mut text = String::new();
    let most = Model::BYTES_MAX as u64 + 1;
    let read = opened.take(most).read_to_string(&mut text);
    read.with_context(|| format!("cannot read {}", file.display()))?;
    Ok(text)
}

fn list_facts(as_json: bool) -> anyhow::Result<()> {
    if as_json {
        for fact in facts::all() {
            say(&json!({"name": fact.name, "type": fact.kind.to_string(), "words": fact.words, "about": fact.about})
                .to_string())?;
        }
        return Ok(());
    }
    let rows = facts::all().map(|fact| {
        let kind = if fact.words.is_empty() { fact.kind.to_string() } else { fact.words.join(" | ") };
        vec![fact.name.to_owned(), kind, fact.about.to_owned()]
    });
    say(table(&["fact", "type", "about"], &rows.collect::<Vec<_>>()).trim_end())
}

fn check(file: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    let model = match Model::parse(&read(file)?) {
        Ok(model) => model,
        Err(mistakes) => return refused(file, &mistakes, as_json),
    };
    let said = if as_json {
        json!({"valid": true, "id": model.id, "name": model.name, "rules": model.rules.len()}).to_string()
    } else {
        format!("{} is a model: {} rules.", file.display(), model.rules.len())
    };
    say(&said).map(|()| ExitCode::SUCCESS)
}

fn refused(file: &Path, mistakes: &[ModelError], as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        let errors: Vec<Value> = mistakes.iter().map(|mistake| {
            json!({"line": mistake.line, "column": mistake.column, "rule": mistake.rule, "detail": mistake.message})
        }).collect();
        say(&json!({"valid": false, "errors": errors}).to_string())?;
    } else {
        for mistake in mistakes {
            say(&format!("{}:{mistake}", file.display()))?;
        }
    }
    Ok(ExitCode::FAILURE)
}

async fn show(service: &Service, ctx: &Ctx, version: Option<u32>, as_json: bool) -> anyhow::Result<()> {
    if let Some(version) = version {
        let text = service.risk_model_text(ctx, version).await?;
        return say(&if as_json { json!({"version": version, "model": text}).to_string() } else { text });
    }
    let (models, activations) = service.risk_models(ctx).await?;
    let in_force = service.risk_model_in_force(ctx, service.now()).await?;
    let levels = service.store().risk_levels(ctx).await?;
    let word = |level: Option<onboarding::risk::Level>| level.map_or("not rated", onboarding::risk::Level::as_str);
    if as_json {
        let levels: serde_json::Map<String, Value> =
            levels.iter().map(|&(level, count)| (word(level).to_owned(), count.into())).collect();
        let models: Vec<Value> = models
            .iter()
            .map(|model| {
                json!({"version": model.version, "name": model.name, "createdBy": model.created_by,
                "createdAt": model.created_at.to_string()})
            })
            .collect();
        let activations: Vec<Value> = activations
            .iter()
            .map(|one| {
                json!({"version": one.version, "effectiveFrom": one.effective_from.to_string(),
                "activatedBy": one.activated_by, "activatedAt": one.activated_at.to_string()})
            })
            .collect();
        return say(
            &json!({"inForce": in_force.version, "models": models, "activations": activations, "customers": levels})
                .to_string(),
        );
    }
    say(&format!("In force: version {} ({}, {} rules)", in_force.version, in_force.name, in_force.rules.len()))?;
    let rows = models.iter().map(|model| {
        let from = activations.iter().find(|one| one.version == model.version);
        let from = from.map_or_else(|| "-".to_owned(), |one| one.effective_from.strftime("%Y-%m-%d %H:%M").to_string());
        vec![model.version.to_string(), model.name.clone(), model.created_by.clone(), from]
    });
    say(table(&["version", "name", "by", "in force from (UTC)"], &rows.collect::<Vec<_>>()).trim_end())?;
    let rows = levels.iter().map(|&(level, count)| vec![word(level).to_owned(), count.to_string()]);
    say(table(&["level", "customers"], &rows.collect::<Vec<_>>()).trim_end())
}

async fn dry_run(service: &Service, ctx: &Ctx, named: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let compared = if let Ok(version) = named.parse::<u32>() {
        let model = service.risk_model(ctx, version).await?;
        service.dry_run(ctx, &model, told(as_json)).await?
    } else {
        let file = Path::new(named);
        match Model::parse(&read(file)?) {
            Ok(model) => service.dry_run(ctx, &model, told(as_json)).await?,
            Err(mistakes) => return refused(file, &mistakes, as_json),
        }
    };
    say(&summed(&compared, as_json)).map(|()| ExitCode::SUCCESS)
}

fn told(as_json: bool) -> impl FnMut(service::risk::Moved) + Send {
    move |moved| {
        let (id, from, to) = (moved.customer.to_string(), moved.from.as_str(), moved.to.as_str());
        let line = if as_json {
            json!({"customer": id, "from": from, "to": to, "score": moved.score}).to_string()
        } else {
            format!("{id}  {from} -> {to} (score {})", moved.score)
        };
        // A pipe that is closed ends the program; another fault of the terminal is no reason to stop counting.
        drop(say(&line));
    }
}

fn summed(compared: &Comparison, as_json: bool) -> String {
    if as_json {
        let levels: Vec<Value> = compared
            .levels
            .iter()
            .map(|((from, to), count)| json!({"from": from.as_str(), "to": to.as_str(), "customers": count}))
            .collect();
        return json!({"lookedAt": compared.looked_at, "moved": compared.moved, "unreadable": compared.unreadable,
            "levels": levels})
        .to_string();
    }
    let mut said = format!("{} of {} customers would move.", compared.moved, compared.looked_at);
    for ((from, to), count) in &compared.levels {
        said.push_str(&format!("\n  {:>10} -> {:<10} {count}", from.as_str(), to.as_str()));
    }
    if compared.unreadable > 0 {
        said.push_str(&format!("\n{} could not be read.", compared.unreadable));
    }
    said
}
