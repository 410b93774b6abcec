//! What a compiler does not check about a repository.

mod manifests;
mod sources;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Runs every check, prints what was found, and gives whether that was nothing.
pub fn run(root: &Path) -> Result<bool> {
    let files = files(root)?;
    let mut findings = Findings::default();
    manifests::check(root, &files, &mut findings)?;
    sources::check(&files, &mut findings);
    findings.0.sort();
    for finding in &findings.0 {
        eprintln!("{finding}");
    }
    eprintln!("tidy: {} files, {} findings", files.len(), findings.0.len());
    Ok(findings.0.is_empty())
}

/// What is not in order, a line each.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, at: impl Display, what: impl Display) {
        self.0.push(format!("{at}: {what}"));
    }
}

/// A text file of the repository.
struct File {
    /// From the root, with `/`.
    path: String,
    text: String,
}

/// Every text file that is committed, or would be.
fn files(root: &Path) -> Result<Vec<File>> {
    // A clone that belongs to somebody else is no danger to a command that only lists it.
    let arguments = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(arguments).current_dir(root).output().context("git cannot be run")?;
    ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr).trim());
    let paths = String::from_utf8(listed.stdout).context("a file name is not UTF-8")?;
    let files = paths.split_terminator('\0').filter_map(|path| {
        let on_disk: PathBuf = root.join(path);
        // Deleted but not committed yet, a link, or not text.
        let text = std::fs::read_to_string(on_disk).ok()?;
        Some(File { path: path.to_owned(), text })
    });
    Ok(files.collect())
}
