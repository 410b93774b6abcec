//! The rooms, the arrows between them, and what the house stands on.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::{File, Findings};

/// The arrows of `ARCHITECTURE.md`: a room, and the rooms it may name in its dependencies.
const ARROWS: [(&str, &[&str]); 12] = [
    ("names", &[]),
    ("watchlists", &["names"]),
    ("onboarding", &["watchlists", "names"]),
    ("db", &[]),
    ("store", &["db", "onboarding", "watchlists"]),
    ("service", &["store", "onboarding", "watchlists", "names"]),
    ("api", &["service", "onboarding", "watchlists"]),
    ("console", &["service", "onboarding"]),
    ("vestibule", &["api", "console", "service", "store", "db", "onboarding", "watchlists", "names"]),
    ("testkit", &["api", "service", "store", "db", "onboarding", "watchlists", "names"]),
    ("loadgen", &[]),
    ("xtask", &[]),
];

/// What only some rooms may touch: the outside world. Tests may touch more.
const KEEPERS: [(&str, &[&str]); 6] = [
    ("rusqlite", &["db", "loadgen"]),
    ("tokio-postgres", &["db"]),
    ("reqwest", &["service"]),
    ("axum", &["api", "console", "vestibule", "testkit"]),
    ("tokio", &["db", "store", "service", "api", "console", "vestibule", "testkit", "loadgen"]),
    ("tracing", &["db", "store", "service", "api", "console", "vestibule"]),
];

/// Checks every manifest.
pub fn check(root: &Path, files: &[File], findings: &mut Findings) -> Result<()> {
    let read = |file: &File| file.text.parse::<Table>().with_context(|| file.path.clone());
    let workspace = files.iter().find(|file| file.path == "Cargo.toml").context("the root has a manifest")?;
    let declared = read(workspace)?;
    let declared = table(&declared, &["workspace", "dependencies"]).cloned().unwrap_or_default();
    let mut used = BTreeSet::new();
    for file in files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let manifest = read(file)?;
        // A workspace of its own, such as that of the fuzzers, which need another compiler.
        if manifest.contains_key("workspace") {
            continue;
        }
        let Some(room) = table(&manifest, &["package"]).and_then(|package| package.get("name")).and_then(Value::as_str)
        else {
            continue;
        };
        // A workspace of its own stands beside the house: the fuzzers, which need another compiler.
        if manifest.contains_key("workspace") {
            continue;
        }
        check_room(room, file, &manifest, findings);
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, wanted) in table(&manifest, &[section]).into_iter().flatten() {
                used.insert(name.clone());
                if wanted.get("workspace").and_then(Value::as_bool) != Some(true) {
                    findings.add(&file.path, format_args!("{name} must take its version from the root manifest"));
                }
            }
        }
        let lints = table(&manifest, &["lints"]).and_then(|lints| lints.get("workspace")).and_then(Value::as_bool);
        if lints != Some(true) {
            findings.add(&file.path, "must take the workspace's lints");
        }
    }
    for name in declared.keys().filter(|name| !used.contains(*name) && !is_room(root, name)) {
        findings.add("Cargo.toml", format_args!("no room takes {name} any more"));
    }
    undocumented(&workspace.text, findings);
    Ok(())
}

fn check_room(room: &str, file: &File, manifest: &Table, findings: &mut Findings) {
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == room) else {
        findings
            .add(&file.path, format_args!("{room} is not in the map: draw its arrows in xtask and ARCHITECTURE.md"));
        return;
    };
    for name in table(manifest, &["dependencies"]).into_iter().flatten().map(|(name, _)| name.as_str()) {
        if ARROWS.iter().any(|(to, _)| *to == name) && !allowed.contains(&name) {
            findings.add(&file.path, format_args!("no arrow goes from {room} to {name}"));
        }
        if KEEPERS.iter().any(|(kept, rooms)| *kept == name && !rooms.contains(&room)) {
            findings.add(&file.path, format_args!("{room} must not touch {name}"));
        }
    }
    for name in table(manifest, &["dev-dependencies"]).into_iter().flatten().map(|(name, _)| name.as_str()) {
        let is_room = ARROWS.iter().any(|(to, _)| *to == name);
        if is_room && name != "testkit" && name != room && !below(room).contains(name) {
            findings.add(&file.path, format_args!("the tests of {room} must not reach up to {name}"));
        }
    }
}

/// Every room that can be reached along the arrows.
fn below(room: &str) -> BTreeSet<&'static str> {
    let arrows = |from: &str| ARROWS.iter().find(|(name, _)| *name == from).map_or(&[][..], |(_, to)| *to);
    let mut reached = BTreeSet::new();
    let mut next = arrows(room).to_vec();
    while let Some(at) = next.pop() {
        if reached.insert(at) {
            next.extend(arrows(at));
        }
    }
    reached
}

/// Each group of dependencies in the root manifest says what it is for.
fn undocumented(text: &str, findings: &mut Findings) {
    let lines = text.lines().skip_while(|line| line.trim() != "[workspace.dependencies]").skip(1);
    let mut explained = false;
    for line in lines.map(str::trim).take_while(|line| !line.starts_with('[')) {
        match line.split_once('=') {
            _ if line.starts_with('#') => explained = true,
            _ if line.is_empty() => explained = false,
            Some((name, _)) if !explained => {
                findings.add("Cargo.toml", format_args!("nothing says what {} is for", name.trim()));
            }
            _ => {}
        }
    }
}

fn is_room(root: &Path, name: &str) -> bool {
    root.join("crates").join(name).is_dir()
}

fn table<'a>(from: &'a Table, path: &[&str]) -> Option<&'a Table> {
    path.iter().try_fold(from, |at, key| at.get(*key)?.as_table())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let manifest: Table = text.parse().expect("a manifest");
        let room = table(&manifest, &["package"]).and_then(|package| package["name"].as_str()).expect("a name");
        let mut findings = Findings::default();
        check_room(room, &File { path: path.to_owned(), text: text.to_owned() }, &manifest, &mut findings);
        findings.0
    }

    #[test]
    fn arrows_go_one_way() {
        let manifest = |room: &str, section: &str, to: &str| {
            found("Cargo.toml", &format!("package.name = {room:?}\n[{section}]\n{to}.workspace = true"))
        };
        assert_eq!(manifest("store", "dependencies", "db"), [""; 0]);
        assert_eq!(manifest("api", "dependencies", "store"), ["Cargo.toml: no arrow goes from api to store"]);
        assert_eq!(manifest("names", "dependencies", "watchlists").len(), 1);
        assert_eq!(manifest("onboarding", "dependencies", "tokio").len(), 1);
        assert_eq!(manifest("api", "dev-dependencies", "store"), [""; 0]);
        assert_eq!(manifest("db", "dev-dependencies", "testkit"), [""; 0]);
        assert_eq!(manifest("db", "dev-dependencies", "store").len(), 1);
        assert_eq!(manifest("annexe", "dependencies", "db").len(), 1);
    }

    #[test]
    fn no_arrow_leads_back() {
        for (room, _) in ARROWS {
            assert!(!below(room).contains(room), "{room}");
        }
    }

    #[test]
    fn a_group_says_what_it_is_for() {
        let mut findings = Findings::default();
        undocumented(
            "[workspace.dependencies]\n# Why.\na = \"1\"\nb = \"1\"\n\nc = \"1\"\n[other]\nd = \"1\"",
            &mut findings,
        );
        assert_eq!(findings.0, ["Cargo.toml: nothing says what c is for"]);
    }
}
