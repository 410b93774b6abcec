//! One module a command.

mod audit;
mod case;
mod compare;
mod coverage;
mod credential;
mod customer;
mod demo;
mod lists;
mod risk;
mod screen;
mod serve;
mod tenant;
mod webhooks;
mod what_if;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;

use crate::cli::{Cli, Command, Config as ConfigCommand};
use crate::config::{Config, Log};
use crate::logging;

/// Runs the command.
///
/// # Errors
/// What went wrong, for the person at the terminal.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(&cli, std::env::vars())?;
    if let Command::Serve(flags) = &cli.command {
        serve::put_flags(&mut config, flags);
    }
    match &cli.command {
        Command::Compare(compare) => return compare::run(compare).map(|()| ExitCode::SUCCESS),
        Command::Config(command) => return show_config(command, &config).map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    config.validate()?;
    config.log.filter = filter_for(&cli.command, config.log.filter);
    logging::start(&config.log)?;
    // Chosen before the first thread: the default provider is one for the process.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(_) => serve::run(config).await,
            Command::Demo(demo) => demo::run(config, &demo).await,
            Command::Tenant(command) => tenant::run(&config, command).await,
            Command::Credential(command) => credential::run(&config, command).await,
            Command::Webhooks(command) => webhooks::run(&config, command).await,
            Command::Lists(command) => lists::run(&config, command).await,
            Command::Rescreen => coverage::rescreen(&config).await,
            Command::Coverage(command) => coverage::run(&config, &command).await,
            Command::WhatIf(command) => what_if::run(&config, &command).await,
            Command::Screen(screen) => screen::run(&config, &screen).await,
            Command::Case(command) => case::run(&config, command).await,
            Command::Customer(command) => customer::run(&config, command).await,
            Command::Risk(command) => return risk::run(&config, command).await,
            Command::Audit(command) => return audit::run(&config, &command).await,
            Command::Compare(_) | Command::Config(_) => Ok(()),
        }
        .map(|()| ExitCode::SUCCESS)
    })
}

/// What is logged: for a server as configured. A command answers a person, and what the database tells its operator (a
/// server beside it is busy) is not for them, unless somebody asked for more.
fn filter_for(command: &Command, configured: String) -> String {
    let serves = matches!(command, Command::Serve(_) | Command::Demo(_));
    if serves || configured != Log::default().filter { configured } else { "warn,db=error".to_owned() }
}

fn show_config(command: &ConfigCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check => {
            config.validate()?;
            say("The configuration is valid.")
        }
        ConfigCommand::Print => say(toml::to_string_pretty(config)?.trim_end()),
    }
}

/// Prints a line of data to standard output; a closed pipe ends the program quietly.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

/// The account's name, for decisions and changes made at the command line.
fn operator(named: Option<String>) -> String {
    let from_account = || std::env::vars().find(|(name, _)| name == "USER").map(|(_, user)| user);
    named.or_else(from_account).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "operator".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[test]
    fn commands_are_quieter_than_servers_unless_asked() {
        let filter = |arguments: &[&str], configured: &str| {
            let cli = Cli::try_parse_from([&["vestibule"], arguments].concat()).expect("valid arguments");
            filter_for(&cli.command, configured.to_owned())
        };
        assert_eq!(filter(&["serve"], "info"), "info");
        assert_eq!(filter(&["demo"], "info"), "info");
        assert_eq!(filter(&["case", "list"], "info"), "warn,db=error");
        assert_eq!(filter(&["case", "list"], "debug"), "debug");
    }

    /// Each command that does something, by its full name.
    fn leaves(command: &clap::Command, name: &str, found: &mut Vec<(String, clap::Command)>) {
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            let name = format!("{name} {}", below.get_name());
            if below.has_subcommands() {
                leaves(below, &name, found);
            } else {
                found.push((name, below.clone()));
            }
        }
    }

    #[test]
    fn each_command_is_described_with_its_options() {
        let page = include_str!("../../../docs/COMMANDS.md");
        let mut found = Vec::new();
        leaves(&Cli::command(), "vestibule", &mut found);
        assert!(found.len() > 30, "{}", found.len());
        for (name, command) in found {
            let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` | ")));
            let row = row.unwrap_or_else(|| panic!("docs/COMMANDS.md has no row for {name}"));
            for option in command.get_opts().filter_map(clap::Arg::get_long) {
                assert!(row.contains(&format!("--{option}")), "--{option} of {name}: {row}");
            }
        }
    }
}
