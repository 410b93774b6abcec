//! Developer commands: `cargo xtask <command>`.
//!
//! - `tidy` looks at the repository itself: the direction of the arrows between the rooms, what each dependency is
//!   for, module docs, unfinished work, sizes of files, paths of somebody's machine;
//! - `test` runs every test on both engines, and installs PostgreSQL first where that is possible.

mod test;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask tidy | cargo xtask test [ARGUMENTS OF THE TEST RUNNER]";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is a folder of the repository");
    let done = match arguments.next().as_deref() {
        Some("tidy") => tidy::run(root),
        Some("test") => test::run(root, &arguments.collect::<Vec<_>>()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
