//! Every statement is known, and taken by both engines.

use std::path::{Path, PathBuf};

use testkit::engines;

use crate::house::House;

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            found.push((path, text));
        }
    }
    found
}

#[test]
fn no_statement_is_declared_anywhere_else() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let count = |word: &str| sources.iter().map(|(_, text)| text.matches(word).count()).sum::<usize>();
    let (portable, two_fold) = (count(" = sql("), count(" = sql_for("));
    assert_eq!(portable + two_fold, count("sql(") + count("sql_for("), "a statement outside `statements!`");
    let known = store::statements::all();
    assert_eq!(known.len(), portable + two_fold, "a module is missing from `statements::all`");
    let differing: Vec<_> = known.iter().filter(|(_, sql)| sql.differs()).map(|(name, _)| *name).collect();
    assert_eq!(differing, ["DELIVERIES_CLAIM", "JOBS_CLAIM"], "one text for both engines is the rule");
    assert_eq!(two_fold, differing.len());
    // Lists with optional filters are built of constant pieces; these three and no others.
    let built: Vec<_> = sources.iter().filter(|(_, text)| text.contains("Sql::built(")).map(|(path, _)| path).collect();
    let mut built: Vec<_> = built.iter().filter_map(|path| path.file_name()).collect();
    built.sort();
    assert_eq!(built, ["filter.rs", "list.rs", "read.rs"]);
}

/// Statements that find what they are about before it is known whose it is, and those that work for the whole house.
const OF_THE_HOUSE: &[&str] = &[
    // Who asks?
    "ANY_TENANT_KEY",
    "TENANT",
    "TENANTS",
    "TENANT_BY_KEY",
    "TENANT_INSERT",
    "SETTINGS_UPDATE",
    "MASTER_CHECK",
    "MASTER_CHECK_INSERT",
    "CREDENTIAL_BY_ID",
    "CREDENTIAL_BY_PUBLIC_ID",
    "CREDENTIAL_BY_SECRET_HASH",
    "TOKEN",
    "CASE_TENANT",
    "SIGNING_KEY",
    "SIGNING_KEYS_PUBLISHED",
    // Money names an account and no tenant.
    "ACCOUNT",
    // Who comes without a credential.
    "HANDLE",
    // Two tenants may share a bank code, and must not share an account number.
    "ACCOUNT_NEXT",
    // Workers.
    "ANSWERS_PURGE",
    "TOKENS_PURGE",
    "SESSIONS_PURGE",
    "EMAIL_TOKENS_PURGE",
    "JOBS_CLAIM",
    "JOBS_MAKE_DUE",
    "JOBS_RELEASE",
    "JOBS_COUNT",
    "DELIVERIES_DUE_COUNT",
    "BEHIND_COUNT",
    "REGISTRATIONS_DUE",
    "REGISTRATIONS_DUE_ABOUT",
    "DELIVERIES_RELEASE",
    "INTERESTS_ABOUT",
    "OUTBOX",
    "OUTBOX_OF_OTHERS",
    "OUTBOX_DELETE",
    // The network is asked of every other tenant that takes part.
    "SHARED_IN_NETWORK",
    // Lists are everybody's.
    "CURRENT",
    "VERSIONS",
    "VERSION",
    "STAMP",
    "STAMP_RAISE",
    "VERSION_PUT",
    "OTHERS_OUT_OF_FORCE",
    "CHUNK_PUT",
    "CHUNKS",
    "ORPHANS_DELETE",
    "TOGETHER",
    "GENERATION_ADD",
    "GENERATION_LISTS_ADD",
    "NEWEST",
    "GENERATION",
    "GENERATION_LISTS",
    "FIRST_WITH",
    "FEEDS",
    "FEED_PUT",
    "FEED_DELETE",
    "FEEDS_DUE",
    "FEED_CLAIM",
    "FEED_RENEW",
    "FEED_END",
    "FEED_LET_GO",
    "FEEDS_RELEASE",
    "VERSION_CONFIRM",
    // A pass goes through every tenant's customers.
    "PASS_BEGIN",
    "PASSES_SUPERSEDE",
    "PASS_CLAIM",
    "PASS_GO_ON",
    "PASS_END",
    "PASSES",
    "PASSES_BEFORE",
    "WHOLE_AT",
    // One node works for whoever asked first.
    "WHAT_IF_CLAIM",
];

#[test]
fn every_other_statement_names_the_tenant() {
    for (name, sql) in store::statements::all() {
        let text = sql.text(db::Engine::Sqlite);
        let inserts = text.starts_with("INSERT INTO") && text.contains("tenant_id");
        let names = inserts || text.split("WHERE").skip(1).any(|conditions| conditions.contains("tenant_id=$"));
        assert_eq!(names, !OF_THE_HOUSE.contains(&name), "{name}: {text}");
    }
}

engines! {
    async fn both_engines_take_every_statement(house: House) {
        let all: Vec<_> = store::statements::all().into_iter().map(|(_, sql)| sql).collect();
        let wrong = house.raw().await.prepare_all(&all).await.err().unwrap_or_default();
        let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Statements that look at all of a small table, or at all that waits.
const SCANS: &[&str] = &[
    "REGISTRATIONS_DUE",
    "DELIVERIES_RELEASE",
    "FEEDS",
    "FEEDS_DUE",
    "FEEDS_RELEASE",
    "DELIVERIES_DUE_COUNT",
    "BEHIND_COUNT",
    "GENERATION_LISTS_ADD",
    "NEWEST",
    "JOBS_RELEASE",
    "JOBS_COUNT",
    "TOLD",
    "CURRENT",
    "TOGETHER",
    "ANY_TENANT_KEY",
    "PASS_CLAIM",
    "PASSES",
    "TENANTS",
];

#[test]
fn no_statement_goes_through_a_whole_table() {
    testkit::block_on(async {
        let house = <House as testkit::Setup>::set_up(testkit::TestDb::sqlite()).await;
        let raw = house.raw().await;
        let mut scans = Vec::new();
        for (name, sql) in store::statements::all() {
            let text = sql.text(db::Engine::Sqlite);
            let parameters = (1..).take_while(|n| text.contains(&format!("${n}"))).count();
            let explain = db::Sql::built(format!("EXPLAIN QUERY PLAN {text}"));
            let plan = raw.read(&explain, vec![db::Value::Null; parameters]).await.expect("it explains");
            let steps: Vec<_> = plan.iter().map(|row| row.text("detail").expect("a text").to_owned()).collect();
            // Of a part that has a limit of its own, what is gone through is that limit.
            // A row of parameters alone is of no table.
            let is_bounded = |step: &str| step.starts_with("SCAN bounded_") || step == "SCAN CONSTANT ROW";
            let scans_all = |step: &str| step.starts_with("SCAN") && !is_bounded(step);
            if steps.iter().any(|step| scans_all(step) || step.contains("AUTOMATIC")) {
                scans.push(name);
            }
        }
        assert_eq!(scans, SCANS);
    });
}
