//! All tests, on both engines.
//!
//! The tests start a throw-away PostgreSQL by themselves (`testkit::postgres`), one for all test processes. What is
//! done here is what they cannot do each for itself: see that there is a PostgreSQL to start, and make its absence an
//! error instead of a skipped half where nobody would read the message.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// Names a server to use instead of a throw-away one.
const SERVER: &str = "VESTIBULE_TEST_POSTGRES";
/// Makes the tests fail where there is no server.
const REQUIRE: &str = "VESTIBULE_REQUIRE_POSTGRES";

/// Runs the tests; `arguments` go to the test runner. Gives whether all passed.
pub fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let has_postgres = std::env::var_os(SERVER).is_some() || installed(root) || install(root)?;
    let in_ci = std::env::var_os("CI").is_some();
    if !has_postgres {
        eprintln!(
            "no PostgreSQL here and none could be installed: {}",
            if in_ci { "its tests will fail" } else { "its tests are skipped" }
        );
    }
    let cargo = |first: &[&str], arguments: &[String]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(first).args(arguments).current_dir(root).stdin(Stdio::null());
        if has_postgres || in_ci {
            command.env(REQUIRE, "1");
        }
        command.status().context("cargo cannot be run").map(|status| status.success())
    };
    if !succeeds(Command::new(env!("CARGO")).args(["nextest", "--version"])) {
        return cargo(&["test", "--workspace", "--no-fail-fast"], arguments);
    }
    let profile = if in_ci { "ci" } else { "default" };
    let units = cargo(&["nextest", "run", "--workspace", "--no-tests=pass", "--profile", profile], arguments)?;
    // nextest does not run the examples in the documentation.
    let examples = !arguments.is_empty() || cargo(&["test", "--workspace", "--doc", "--no-fail-fast"], &[])?;
    Ok(units && examples)
}

/// Whether there is an `initdb`, where the tests will look for it too.
fn installed(root: &Path) -> bool {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = debian.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.is_file());
    found || succeeds(Command::new("initdb").arg("--version").current_dir(root))
}

/// Tries the system's packages. Only root can, and only where there is apt.
fn install(root: &Path) -> Result<bool> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if !is_root || !succeeds(Command::new("apt-get").arg("--version")) {
        return Ok(false);
    }
    eprintln!("PostgreSQL is not installed: trying apt-get");
    for arguments in [&["update"][..], &["install", "-y", "--no-install-recommends", "postgresql", "util-linux"]] {
        let mut apt = Command::new("apt-get");
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
        if !apt.status().context("apt-get cannot be run")?.success() {
            eprintln!("apt-get {} failed", arguments.join(" "));
        }
    }
    Ok(installed(root))
}

fn succeeds(command: &mut Command) -> bool {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
