//! All tests, on both engines.
//!
//! The tests start a throw-away PostgreSQL by themselves (`testkit::postgres`), one for all test processes. What is
//! done here is what they cannot do each for itself: see that there is a PostgreSQL to start, and make its absence an
//! error instead of a skipped half where nobody would read the message; see to a browser; run the scripts' own tests.

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
    has_browser()?;
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
    let scripts = !arguments.is_empty() || scripts(root)?;
    if !succeeds(Command::new(env!("CARGO")).args(["nextest", "--version"])) {
        return Ok(cargo(&["test", "--workspace", "--no-fail-fast"], arguments)? && scripts);
    }
    let profile = if in_ci { "ci" } else { "default" };
    let units = cargo(&["nextest", "run", "--workspace", "--no-tests=pass", "--profile", profile], arguments)?;
    // nextest does not run the examples in the documentation.
    let examples = !arguments.is_empty() || cargo(&["test", "--workspace", "--doc", "--no-fail-fast"], &[])?;
    Ok(units && examples && scripts)
}

/// The tests of the browser SDK. They need no package, only Node; the pages themselves are driven by the black-box tests,
/// which need Chromium.
fn scripts(root: &Path) -> Result<bool> {
    if !succeeds(Command::new("node").arg("--version")) {
        eprintln!("no Node here: the tests of sdk/ are skipped");
        return Ok(true);
    }
    let mut node = Command::new("node");
    node.arg("--test").current_dir(root.join("sdk")).stdin(Stdio::null());
    node.status().context("node cannot be run").map(|status| status.success())
}

/// Whether there is an `initdb`, where the tests will look for it too.
fn installed(root: &Path) -> bool {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = debian.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.is_file());
    found || succeeds(Command::new("initdb").arg("--version").current_dir(root))
}

/// Sees to a browser for the pages; where there is none, their tests say that they are skipped.
fn has_browser() -> Result<()> {
    if !succeeds(Command::new("chromedriver").arg("--version")) {
        apt(&["chromium", "chromium-driver"])?;
    }
    Ok(())
}

/// Tries the system's packages.
fn install(root: &Path) -> Result<bool> {
    apt(&["postgresql", "util-linux"])?;
    Ok(installed(root))
}

/// Installs packages. Only root can, and only where there is apt.
fn apt(packages: &[&str]) -> Result<()> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if !is_root || !succeeds(Command::new("apt-get").arg("--version")) {
        return Ok(());
    }
    eprintln!("{} is not installed: trying apt-get", packages[0]);
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    for arguments in [&["update"][..], &install] {
        let mut apt = Command::new("apt-get");
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
        if !apt.status().context("apt-get cannot be run")?.success() {
            eprintln!("apt-get {} failed", arguments.join(" "));
        }
    }
    Ok(())
}

fn succeeds(command: &mut Command) -> bool {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
