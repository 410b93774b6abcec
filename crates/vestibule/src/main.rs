//! The binary: command line, configuration, wiring. `vestibule --help` lists what it does.

mod cli;
mod commands;
mod config;
mod house;
mod listen;
mod logging;
mod networks;
mod sandbox;
mod table;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            // The chain says what failed and why; no error of ours holds personal data.
            eprintln!("vestibule: {error:#}");
            ExitCode::FAILURE
        }
    }
}
