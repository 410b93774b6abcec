//! What stands in the files.

use super::{File, Findings};

/// A file above this many lines usually holds two concerns.
const LINES_MAX: usize = 600;

/// Files that are longer with a reason.
const LONG: [&str; 0] = [];

/// How many statements may be written once for each engine. Each is a place where the engines can come to differ; a
/// new one moves this number in the same change. The two are the claims of jobs and deliveries (SKIP LOCKED).
const TWICE_MAX: usize = 2;

/// Checks every file.
pub fn check(files: &[File], findings: &mut Findings) {
    let mut twice = 0;
    for file in files {
        machine_paths(file, findings);
        if !file.path.ends_with(".rs") {
            continue;
        }
        unfinished(file, findings);
        let lines = file.text.lines().count();
        if lines > LINES_MAX && !LONG.contains(&file.path.as_str()) {
            findings.add(&file.path, format_args!("{lines} lines, more than {LINES_MAX}: two concerns?"));
        }
        if is_source(&file.path) && !file.text.starts_with("//!") {
            findings.add(&file.path, "does not begin by saying what it is (//!)");
        }
        if !file.path.starts_with("crates/db/") && is_source(&file.path) {
            twice += file.text.matches(concat!("sql_", "for(")).count();
        }
    }
    if twice != TWICE_MAX {
        findings.add("crates/store", format_args!("{twice} statements are written twice, {TWICE_MAX} are expected"));
    }
}

fn is_source(path: &str) -> bool {
    (path.starts_with("crates/") || path.starts_with("xtask/")) && path.contains("/src/")
}

/// Markers of work that is not done, and tests that are switched off.
fn unfinished(file: &File, findings: &mut Findings) {
    const MARKS: [&str; 7] = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("dbg", "!("),
        concat!("FIX", "ME"),
        concat!("// TO", "DO"),
        concat!("// X", "XX"),
        concat!("#[ign", "ore"),
    ];
    for (number, line) in (1..).zip(file.text.lines()) {
        if let Some(mark) = MARKS.iter().find(|mark| line.contains(**mark)) {
            findings.add(format_args!("{}:{number}", file.path), format_args!("unfinished: {mark}"));
        }
    }
}

/// Absolute paths that exist on one machine only.
fn machine_paths(file: &File, findings: &mut Findings) {
    const PLACES: [&str; 4] =
        [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];
    if file.path.ends_with(".lock") {
        return;
    }
    for (number, line) in (1..).zip(file.text.lines()) {
        let stands_alone = |place: &&str| {
            line.match_indices(place).any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric()))
        };
        if let Some(place) = PLACES.iter().find(|place| stands_alone(place)) {
            findings.add(format_args!("{}:{number}", file.path), format_args!("a path of one machine: {place}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        check(&[File { path: path.to_owned(), text: text.to_owned() }], &mut findings);
        findings.0.retain(|finding| !finding.contains("written twice"));
        findings.0
    }

    #[test]
    fn what_is_not_in_order() {
        assert_eq!(found("crates/a/src/lib.rs", "//! A room.\n"), [""; 0]);
        assert_eq!(found("crates/a/src/lib.rs", "fn a() {}\n").len(), 1);
        assert_eq!(found("crates/a/tests/it.rs", "fn a() {}\n"), [""; 0]);
        assert_eq!(found("crates/a/src/lib.rs", &format!("//! A room.\n{}", "\n".repeat(LINES_MAX))).len(), 1);
        let unfinished = concat!("//! A.\nfn a() { todo", "!() }\n// FIX", "ME\n#[ign", "ore]\n");
        assert_eq!(found("crates/a/src/lib.rs", unfinished).len(), 3);
    }

    #[test]
    fn paths_of_one_machine() {
        let found = |text: &str| found("README.md", text).len();
        assert_eq!(found(concat!("see \"/ho", "me/ann/x\"")), 1);
        assert_eq!(found(concat!("cd /wo", "rk/x")), 1);
        assert_eq!(found(concat!("https://example.com/ho", "me/x")), 0);
        assert_eq!(found("/var/lib/vestibule"), 0);
    }
}
